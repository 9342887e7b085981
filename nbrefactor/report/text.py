"""Outcomes for people in a terminal: what becomes of each definition and why, then the diffs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nbrefactor.model.outcome import Finding, Outcome
from nbrefactor.model.reason import Reason
from nbrefactor.report.counted import count
from nbrefactor.report.hanging import hang
from nbrefactor.visible import visible, visible_line

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["render", "render_diff", "summarise", "visible"]

_LEVEL_STYLES = {
    "exact": "green",
    "renamed": "green",
    "compatible": "cyan",
    "divergent": "yellow",
}


def render(
    outcome: Outcome, *, diff: bool = True, unmet: bool = True, width: int | None = None
) -> Text:
    """Show one notebook's outcome.

    Parameters
    ----------
    outcome : Outcome
        What became, or would become, of the notebook.
    diff : bool
        Whether the diffs of the edited cells follow the summary.
    unmet : bool
        Whether wishes about definitions that it does not have are named.
    width : int or None
        Columns into which the lines of the summary are broken; None for any number.

    Returns
    -------
    rich.text.Text
        Lines, each with a line end; styled, plain where the terminal has no colours.
    """
    from rich.text import Text

    text = Text()
    text.append(f"{visible_line(outcome.path)}\n", "bold")
    if outcome.reason:
        style = "red" if outcome.status == "failed" else "yellow"
        text.append(f"  {outcome.status}: ", style)
        text.append(f"{visible_line(outcome.reason)}\n")
    definitions = [found for found in outcome.findings if found.level is not None]
    longest = max((len(visible(found.name or "")) for found in definitions), default=0)
    for found in definitions:
        text.append_text(_definition(found, longest))
    for found in outcome.findings:
        if found.fold is not None:
            text.append_text(_plot(found))
        elif found.level is None:
            text.append(f"  {visible(found.message)}\n", "yellow")
    missing = outcome.unmet if unmet else ()
    for note in (*outcome.notes, *(f'{one.wish}: no cell defines "{one.name}"' for one in missing)):
        text.append(f"  {visible(note)}\n", "dim")
    told_of = definitions or any(found.fold for found in outcome.findings)
    if outcome.status == "unchanged" and not told_of:
        text.append("  nothing to do\n", "dim")
    text = hang(text, width)
    if diff and (outcome.cells or outcome.metadata):
        text.append("\n")
        text.append_text(render_changes(outcome))
    return text


def render_changes(outcome: Outcome) -> Text:
    """Show what changes in one notebook: the diffs of its cells, and its metadata.

    Parameters
    ----------
    outcome : Outcome
        What would become of the notebook.

    Returns
    -------
    rich.text.Text
        Lines, each with a line end; an empty one between two parts.
    """
    from rich.text import Text

    parts = [render_diff(outcome.cell_diff(change)) for change in outcome.cells]
    for edit in outcome.metadata:
        where = visible(".".join(edit.path))
        parts.append(Text(f"  metadata {where} becomes {visible(repr(edit.value))}\n"))
    return Text("\n").join(parts)


def render_diff(diff: str) -> Text:
    """Colour a unified diff.

    Parameters
    ----------
    diff : str
        Lines of a unified diff.

    Returns
    -------
    rich.text.Text
        The same lines.
    """
    from rich.text import Text

    text = Text()
    for line in diff.split("\n")[:-1]:
        if line.startswith(("---", "+++")):
            style = "bold"
        elif line.startswith("@@"):
            style = "magenta"
        else:
            style = {"+": "green", "-": "red"}.get(line[:1], "")
        text.append(f"{visible(line)}\n", style)
    return text


def summarise(outcomes: Sequence[Outcome], *, written: bool) -> str:
    """Sum several outcomes up in one line.

    Parameters
    ----------
    outcomes : sequence of Outcome
        One for each notebook.
    written : bool
        Whether changes were written, or would be.

    Returns
    -------
    str
        One line without a line end.
    """
    changed = [outcome for outcome in outcomes if outcome.status == "changed"]
    folded = sum(found.fold is not None for one in outcomes for found in one.replaced)
    replaced = sum(len(outcome.replaced) for outcome in outcomes) - folded
    stays = sum(
        found.level is not None and not found.edits
        for outcome in outcomes
        for found in outcome.findings
    )
    parts = []
    if changed:
        verb = "changed" if written else "would change"
        parts.append(f"{count(len(changed), 'notebook')} {verb}")
        if replaced:
            parts.append(f"{count(replaced, 'definition')} replaced")
        if folded:
            parts.append(f"{count(folded, 'plot')} folded")
    else:
        idle = sum(outcome.status == "unchanged" for outcome in outcomes)
        if idle:
            parts.append(f"nothing to do in {count(idle, 'notebook')}")
    if stays:
        parts.append(f"{count(stays, 'definition')} {'stays' if stays == 1 else 'stay'}")
    for status in ("skipped", "failed"):
        if number := sum(outcome.status == status for outcome in outcomes):
            parts.append(f"{number} {status}")
    return ", ".join(parts)


def unmet_by_all(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Name, once, the wishes about definitions that none of several notebooks has.

    Parameters
    ----------
    outcomes : sequence of Outcome
        One for each notebook.

    Returns
    -------
    tuple of str
        Lines without their ends.
    """
    looked = [one for one in outcomes if one.status in ("changed", "unchanged")]
    if not looked:
        return ()
    by_all = set(looked[0].unmet).intersection(*(one.unmet for one in looked[1:]))
    return tuple(
        visible_line(f'{one.wish}: no cell of these notebooks defines "{one.name}"')
        for one in looked[0].unmet
        if one in by_all
    )


def _definition(found: Finding, width: int) -> Text:
    from rich.text import Text

    assert found.level is not None
    assert found.cell is not None
    text = Text()
    text.append(f"  cell {found.cell + 1:>3}  ", "dim")
    text.append(f"{visible(found.name or ''):<{width}}  ", "bold")
    level = "forced" if any(one.code == "forced" for one in found.reasons) else found.level
    text.append(f"{level:<10}", _LEVEL_STYLES[found.level])
    share = "" if found.similarity is None else f"{found.similarity:>4.0%}"
    text.append(f" {share:>5}  ")
    if found.edits:
        text.append(f"becomes an import of {visible(found.target or '')}\n")
    else:
        text.append(f"stays; compared with {visible(found.target or '')}\n")
    for reason in told(found.reasons):
        text.append(f"            {visible(reason)}\n", "dim")
    return text


def _plot(found: Finding) -> Text:
    """Say what becomes of statements that draw; their calls stand in the diff beside them."""
    from rich.text import Text

    assert found.cell is not None
    text = Text()
    text.append(f"  cell {found.cell + 1:>3}  ", "dim")
    text.append(f"plot, row {found.row}  ", "bold")
    text.append(f"{found.fold:<10}", "green" if found.fold == "exact" else "cyan")
    verb = "becomes a call of" if found.edits else "stays; drawn by"
    text.append(f"  {verb} {visible(found.target or '')}\n")
    for reason in told(found.reasons):
        text.append(f"            {visible(reason)}\n", "dim")
    return text


def told(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """Say once what is the same in several cells.

    Parameters
    ----------
    reasons : sequence of Reason
        Reasons of a verdict.

    Returns
    -------
    tuple of str
        One sentence for each kind, with all of its cells.
    """
    cells: dict[Reason, list[int]] = {}
    for reason in reasons:
        cells.setdefault(replace(reason, cells=()), []).extend(reason.cells)
    return tuple(
        replace(reason, cells=tuple(dict.fromkeys(found))).sentence
        for reason, found in cells.items()
    )

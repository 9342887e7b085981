"""One definition explained to people: both sources side by side, and what keeps them apart."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from nbrefactor.model.outcome import Explanation, Obligation
from nbrefactor.report.text import told
from nbrefactor.visible import visible, visible_line

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_SIDE_BY_SIDE_FROM = 100  # columns
# What each obligation of a verdict asks, by its name.
_ASKED: Mapping[str, str] = {
    "kind": "both are the same kind of thing",
    "names": "every name in it means the same in the module",
    "values": "what calls pass is what the body reads",
    "place": "an import can stand where it stands",
    "import": "importing the module does nothing but bind the name",
    "observations": "nothing in the notebook looks at what would change",
    "uses": "its calls bind, and what they give is used alike",
    "others": "everybody else who uses it finds what they found",
    "body": "both bodies do the same besides computing the result",
    "told": "what the target does otherwise, a keyword can tell it",
    "company": "it stays an object of its own",
    "will": "it is what you asked for",
}


def render_explanation(explanation: Explanation, *, width: int) -> RenderableType:
    """Show a verdict with its sources, its reasons and what would help.

    Parameters
    ----------
    explanation : Explanation
        What to show.
    width : int
        Columns of the terminal; the sources stand side by side from 100 on.

    Returns
    -------
    rich.console.RenderableType
        Something for a console to print.
    """
    from rich.console import Group
    from rich.text import Text

    finding = explanation.finding
    assert finding.cell is not None
    head = Text()
    head.append(f"{visible(finding.name or '')}", "bold")
    head.append(f"  cell {finding.cell + 1}, row {finding.row}", "dim")
    head.append(f"  {finding.level}", "bold cyan")
    if finding.similarity is not None:
        head.append(f"  {finding.similarity:.0%} of the code in common", "dim")
    parts: list[RenderableType] = [head, Text("")]
    if explanation.difference and width < _SIDE_BY_SIDE_FROM:
        parts.append(Text(f"- cell {finding.cell + 1}", "red"))
        parts.append(Text(f"+ {visible_line(explanation.place)}", "green"))
        parts.append(_difference(explanation.difference))
    elif explanation.difference:
        parts.append(_side_by_side(explanation, width))
    elif explanation.target:
        parts.append(Text(f"the same in {visible_line(explanation.place)}", "dim"))
        parts.append(Text(visible(explanation.inline)))
    verdict = "is replaced" if finding.edits else "stays"
    message = _wrapped(f"{verdict}: {visible(finding.message)}", "", width)
    parts.append(Text(f"\n{message}", "bold"))
    if explanation.obligations:
        parts.append(_obligations(explanation.obligations, width))
    notes = [reason for reason in finding.reasons if reason.is_note]
    if notes or not explanation.obligations:
        parts.append(Text("\nto know", "bold"))
        told_all = told(notes if explanation.obligations else finding.reasons)
        parts.append(_listed(told_all, width))
    if explanation.advice:
        parts.append(Text("\nwhat would help", "bold"))
        parts.append(_listed(explanation.advice, width, "green"))
    return Group(*parts, Text(""))


def _difference(text: str) -> Text:
    from rich.text import Text

    lines = Text()
    for line in text.split("\n"):
        style = {"+": "green", "-": "red"}.get(line[:1], "dim")
        lines.append(f"{visible(line)}\n", style)
    lines.rstrip()
    return lines


def _obligations(obligations: Sequence[Obligation], width: int) -> Text:
    """List what had to hold: what fails first, with every reason."""
    from rich.text import Text

    lines = Text()
    for one in sorted(obligations, key=lambda one: not one.reasons):
        lines.append("  fails  " if one.reasons else "  holds  ", "red" if one.reasons else "green")
        asked = _wrapped(_ASKED[one.name], "         ", width).lstrip()
        lines.append(f"{asked}\n", "" if one.reasons else "dim")
        for reason in told(one.reasons):
            lines.append(f"{_wrapped(visible(reason), '         - ', width)}\n")
    lines.rstrip()
    return lines


def _listed(sentences: Iterable[str], width: int, style: str = "") -> Text:
    from rich.text import Text

    return Text("\n".join(_wrapped(visible(one), "  - ", width) for one in sentences), style)


def _wrapped(text: str, indent: str, width: int) -> str:
    """Break a sentence at the terminal's width, below its own beginning."""
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_on_hyphens=False,
    )


def _side_by_side(explanation: Explanation, width: int) -> RenderableType:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    assert explanation.finding.cell is not None
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), width=width, expand=True)
    table.add_column(f"cell {explanation.finding.cell + 1}", ratio=1, overflow="fold")
    table.add_column(visible_line(explanation.place), ratio=1, overflow="fold")
    for left, right, same in _aligned(explanation.inline, explanation.target):
        table.add_row(
            Text(visible(left), "" if same else "red"),
            Text(visible(right), "" if same else "green"),
        )
    return table


def _aligned(left: str, right: str) -> Iterator[tuple[str, str, bool]]:
    """Pair the lines of two sources; lines without a counterpart stand alone."""
    mine, theirs = left.split("\n"), right.split("\n")
    matcher = difflib.SequenceMatcher(
        None,
        [" ".join(line.split()) for line in mine],
        [" ".join(line.split()) for line in theirs],
        autojunk=False,
    )
    for tag, start, end, first, last in matcher.get_opcodes():
        for offset in range(max(end - start, last - first)):
            yield (
                mine[start + offset] if start + offset < end else "",
                theirs[first + offset] if first + offset < last else "",
                tag == "equal",
            )


def render_plot(explanation: Explanation) -> Text:
    """Show a plot that is written out, the call that draws it, and what keeps it.

    Parameters
    ----------
    explanation : Explanation
        What to show.

    Returns
    -------
    rich.text.Text
        Lines, each with a line end.
    """
    from rich.text import Text

    finding, text = explanation.finding, Text()
    assert finding.cell is not None
    text.append("plot", "bold")
    text.append(f"  cell {finding.cell + 1}, row {finding.row}  ", "dim")
    text.append(f"{finding.fold or 'no target draws it'}\n", "bold cyan")
    for line in explanation.inline.split("\n"):
        text.append(f"  - {visible(line)}\n", "red")
    for line in explanation.target.split("\n") if explanation.target else ():
        text.append(f"  + {visible(line)}\n", "green")
    for reason in told(finding.reasons):
        text.append(f"  {visible(reason)}\n", "dim")
    for remedy in explanation.advice:
        text.append(f"  helps: {visible(remedy)}\n")
    return text

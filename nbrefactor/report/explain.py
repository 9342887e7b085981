"""One definition explained to people: both sources side by side, and what keeps them apart."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nbrefactor.model.outcome import Explanation
from nbrefactor.report.text import render_diff, told
from nbrefactor.visible import visible, visible_line

if TYPE_CHECKING:
    from rich.console import RenderableType

_SIDE_BY_SIDE_FROM = 100  # columns


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
    parts: list[RenderableType] = [head]
    if width >= _SIDE_BY_SIDE_FROM:
        parts.append(_side_by_side(explanation, width))
    else:
        parts.append(Text(f"\nin cell {finding.cell + 1}:", "bold"))
        parts.append(Text(visible(explanation.inline)))
        parts.append(Text(f"\n{visible_line(explanation.place)}:", "bold"))
        parts.append(Text(visible(explanation.target)))
        if finding.difference:
            parts.append(Text("\ndifference, normalised:", "bold"))
            parts.append(render_diff(finding.difference + "\n"))
    verdict = "is replaced" if finding.edits else "stays"
    parts.append(Text(f"\n{verdict}: {visible(finding.message)}", "bold"))
    parts.extend(Text(f"  - {visible(reason)}") for reason in told(finding.reasons))
    if explanation.advice:
        parts.append(Text("\nwhat would help", "bold"))
        parts.extend(Text(f"  - {visible(advice)}", "green") for advice in explanation.advice)
    return Group(*parts, Text(""))


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

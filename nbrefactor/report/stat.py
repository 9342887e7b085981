"""Changes in a line each, as ``git diff --stat`` shows them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from nbrefactor.model.outcome import Outcome
from nbrefactor.visible import visible_line


@dataclass(frozen=True, slots=True)
class Stat:
    """How much changes in one notebook.

    Parameters
    ----------
    path : str
        The notebook as the user named it.
    replaced, stays : int
        Its definitions that are replaced, and those that stay although a target has their name.
    added, removed : int
        Lines of its cells.
    """

    path: str
    replaced: int
    stays: int
    added: int
    removed: int


def stat_of(outcome: Outcome) -> Stat:
    """Count what changes in one notebook."""
    added = removed = 0
    for change in outcome.cells:
        lines = difflib.unified_diff(
            change.before.split("\n"), change.after.split("\n"), n=0, lineterm=""
        )
        for line in list(lines)[2:]:
            added += line.startswith("+")
            removed += line.startswith("-")
    stays = sum(found.level is not None and not found.edits for found in outcome.findings)
    return Stat(outcome.path, len(outcome.replaced), stays, added, removed)


def render_stats(stats: Sequence[Stat]) -> str:
    """Show changes as a table without borders.

    Parameters
    ----------
    stats : sequence of Stat
        One for each notebook that changes.

    Returns
    -------
    str
        Lines, each with a line end; empty where nothing changes.
    """
    rows = [
        (
            visible_line(one.path),
            f"{one.replaced} replaced",
            f"{one.stays} {'stays' if one.stays == 1 else 'stay'}",
            f"+{one.added}",
            f"-{one.removed}",
        )
        for one in stats
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(
        f"{name:<{widths[0]}} | "
        f"{replaced:>{widths[1]}}, {stays:<{widths[2]}} | {added:>{widths[3]}} {removed}\n"
        for name, replaced, stays, added, removed in rows
    )

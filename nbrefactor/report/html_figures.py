"""Figures on the page of a verification: pictures over each other, and tables of what differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from nbrefactor.verify.figures.values import Difference, FigureComparison

Text = Callable[[str], str]

# Rows that are shown before the rest is folded away.
_MOST_ROWS = 8
_LONGEST = 160
_QUOTED = re.compile(r"text '[^']*'")
_KINDS = {"data": "data", "words": "words", "addition": "added", "style": "style"}


def figure_tables(found: FigureComparison | None, text: Text) -> dict[str, Any]:
    """Prepare what differs between two figures.

    Parameters
    ----------
    found : FigureComparison or None
        None where the figures were not recorded.
    text : callable
        Makes text harmless.

    Returns
    -------
    dict
        ``rows`` of the table, those of ``more`` that are folded away, and ``members``, one table
        for each array that differs.
    """
    if found is None:
        return {"rows": [], "more": [], "members": []}
    rows = _grouped(found.differences, text)
    important = [row for row in rows if row["kind"] != "style"]
    style = [row for row in rows if row["kind"] == "style"]
    free = max(0, _MOST_ROWS - len(important))
    return {
        "rows": [*important, *style[:free]],
        "more": style[free:],
        "members": [
            {
                "where": text(f"{difference.name}: {difference.where}"),
                "rows": [
                    {"where": text(one.where), "before": text(one.before), "after": text(one.after)}
                    for one in difference.members
                ],
            }
            for difference in found.differences
            if difference.members
        ],
    }


def _grouped(differences: Sequence[Difference], text: Text) -> list[dict[str, Any]]:
    """Give one row to what many artists have in common, such as the size of all numbers."""
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in differences:
        where = _QUOTED.sub("texts", one.where) if one.kind == "style" else one.where
        key: tuple[str, ...] = (one.kind, one.name, where, one.before, one.after)
        if one.kind == "style" and where != one.where:
            key = (one.kind, one.name, where)
        row = rows.setdefault(
            key,
            {
                "kind": one.kind,
                "called": _KINDS[one.kind],
                "name": text(one.name),
                "where": text(where),
                "before": text(one.before[:_LONGEST]),
                "after": text(one.after[:_LONGEST]),
                "count": 0,
            },
        )
        row["count"] += 1
    return list(rows.values())

"""A scan as JSON, and as the data of its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbrefactor.scan.values import Copy, Family, Group, Scan
from nbrefactor.visible import visible_json, visible_line

_VERSION = 1


def render(scan: Scan) -> str:
    """Write a scan as one JSON object.

    Parameters
    ----------
    scan : Scan
        What was found.

    Returns
    -------
    str
        An object with the numbers, the list ``families`` and the list ``problems``. A family has
        ``groups``, the largest first: copies of one program whose names mean the same. ``move``
        says how they can go: ``as-is``, ``helpers``, ``parameter`` or ``no`` with its ``why``.
    """
    document = {
        "version": _VERSION,
        "notebooks": scan.notebooks,
        "modules": scan.modules,
        "definitions": scan.definitions,
        "groups": len(scan.groups),
        "lines": scan.gone,
        "families": [family_data(family, str) for family in scan.families],
        "problems": [visible_line(problem) for problem in scan.problems],
    }
    return visible_json(document, indent=2) + "\n"


def family_data(family: Family, text: Callable[[str], str]) -> dict[str, Any]:
    """Give a family as plain values.

    Parameters
    ----------
    family : Family
        The family.
    text : callable
        Makes text of notebooks fit for where it goes.

    Returns
    -------
    dict
        Lists, texts and numbers only.
    """
    told: list[dict[str, Any]] = [{"difference": "", "differences": [], "similarity": 1.0}]
    told += [
        {
            "difference": one.kind,
            "differences": [text(difference) for difference in one.differences],
            "similarity": round(one.similarity, 3),
        }
        for one in family.variants
    ]
    return {
        "name": text(family.name),
        "lines": family.gone,
        "copies": family.copies,
        "notebooks": len(family.notebooks),
        "groups": [
            {**_group_data(group, text), **more}
            for group, more in zip(family.groups, told, strict=True)
        ],
    }


def _group_data(group: Group, text: Callable[[str], str]) -> dict[str, Any]:
    move = group.move
    return {
        "name": text(group.name),
        "kind": group.kind,
        "length": group.lines,
        "lines": group.gone,
        "move": None if move is None else move.way,
        "names": [] if move is None else [text(name) for name in move.names],
        "why": "" if move is None else text(move.why),
        "packages": list(group.packages),
        "draws": group.draws,
        "copies": [_copy_data(copy, text) for copy in group.copies],
        "source": text(group.best.source),
    }


def _copy_data(copy: Copy, text: Callable[[str], str]) -> dict[str, Any]:
    return {"path": text(copy.path), "cell": copy.cell, "row": copy.row}

"""Raise the version that a notebook states, in every place, and add an entry to its changelog.

What this takes is loaded only for a notebook that may state a version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from nbrefactor.config import PARTS

if TYPE_CHECKING:
    from datetime import datetime

    from nbrefactor.config import Part
    from nbrefactor.model.outcome import Edit, Finding, MetadataEdit
    from nbrefactor.notebook.document import Cell

NOTHING = "No version found; neither version nor changelog is changed."
ADVICE = "A place that is not recognised can be named with --version-pattern."


@dataclass(frozen=True, slots=True)
class Bump:
    """What raising a notebook's version changes.

    Parameters
    ----------
    old, new : str or None
        The version before and after, without a ``v``; None where the notebook states none, and
        equal where nothing is raised.
    edits : tuple of Edit
        In the order of the notebook; none overlaps another.
    metadata_edits : tuple of MetadataEdit
        Values of the notebook's metadata.
    findings : tuple of Finding
        What `check_versions` reports of the notebook as it was.
    notes : tuple of str
        What was left alone or could not be done, a sentence each.
    """

    old: str | None
    new: str | None
    edits: tuple[Edit, ...] = ()
    metadata_edits: tuple[MetadataEdit, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


@cache
def _in_markdown() -> re.Pattern[str]:
    return re.compile(
        r"\d\.\d|(?:\bv|version|release|rev)\.?\s{0,3}\d|version\W{1,12}v?\d", re.IGNORECASE
    )


def states_in_markdown(cells: Sequence[Cell]) -> bool:
    """Tell whether any markdown cell has something like a version in it."""
    return any(
        cell.cell_type == "markdown" and _in_markdown().search(cell.source) for cell in cells
    )


def may_state(cells: Sequence[Cell], metadata: Mapping[str, Any], patterns: Sequence[str]) -> bool:
    """Tell whether there is any place in which a notebook can state its version."""
    return (
        bool(patterns)
        or any(isinstance(metadata.get(key), str) for key in ("version", "notebook_version"))
        or any(cell.cell_type == "code" and "_version__" in cell.source for cell in cells)
        or any(cell.cell_type == "code" and "VERSION" in cell.source for cell in cells)
        or states_in_markdown(cells)
    )


def check_versions(
    cells: Sequence[Cell], metadata: Mapping[str, Any], patterns: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Report where a notebook's own statements of its version disagree.

    Parameters
    ----------
    cells : sequence of Cell
        All cells, in order.
    metadata : mapping
        The notebook's own metadata.
    patterns : sequence of str
        Regular expressions that name further places, as for `plan_bump`.

    Returns
    -------
    tuple of Finding
        ``NB301`` for each place that states less than the highest version, ``NB302`` where the
        changelog's newest entry is for an older one.

    Raises
    ------
    ValueError
        If a pattern is not a regular expression, has no group ``version``, or does not end.
    """
    if not may_state(cells, metadata, patterns):
        return ()
    from nbrefactor.versioning.plan import read_findings

    return read_findings(cells, metadata, patterns)


def plan_bump(
    cells: Sequence[Cell],
    metadata: Mapping[str, Any],
    *,
    part: Part,
    entries: Sequence[str],
    now: datetime,
    patterns: Sequence[str] = (),
) -> Bump:
    """Plan the edits that raise a notebook's version and record that in its changelog.

    Parameters
    ----------
    cells : sequence of Cell
        All cells, in order.
    metadata : mapping
        The notebook's own metadata.
    part : {"patch", "minor", "major", "none"}
        What is raised; ``none`` changes neither version nor changelog.
    entries : sequence of str
        Texts for the changelog, a bullet each. Without any the changelog is left alone.
    now : datetime
        Written for the dates beside the version, each in its own format.
    patterns : sequence of str
        Regular expressions with a group ``version``, and at will one called ``date``, that name
        places which the rules do not know. They see the whole source of markdown and Python cells.

    Returns
    -------
    Bump
        The highest version stated anywhere counts, the changelog's newest entry included. Every
        place is brought up from there, one that had fallen behind too, which a finding reports.

    Raises
    ------
    ValueError
        If ``part`` is none of the four, or a pattern is not a regular expression, has no group
        ``version``, or does not end in time.
    """
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}, but is {part!r}")
    if not may_state(cells, metadata, patterns):
        return Bump(None, None, notes=(f"{NOTHING} {ADVICE}",))
    from nbrefactor.versioning.plan import plan

    return plan(cells, metadata, part, entries, now, patterns)

"""Inline definitions that a module holds: replaced by imports, or reported with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nbrefactor.model.outcome import Edit, Finding, Level
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import CodeCell, Timeline
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.rewrite.calls import rewrite_calls
from nbrefactor.rewrite.imports import Replacement, replace_definitions
from nbrefactor.rewrite.shown import shows_everything
from nbrefactor.rewrite.top import WayUp, import_cell
from nbrefactor.verdict.match import Match

CODES: dict[Level, str] = {
    "exact": "NB101",
    "renamed": "NB102",
    "compatible": "NB103",
    "divergent": "NB104",
}
_RELATIONS: dict[Level, str] = {
    "exact": "is an exact copy of",
    "renamed": "is a renamed copy of",
    "compatible": "can be replaced by",
    "divergent": "is not the same as",
}


def report_definitions(
    matches: Sequence[Match], notebook: Timeline, *, to_top: bool = False
) -> tuple[Finding, ...]:
    """Turn the verdicts on definitions into findings with the edits that resolve them.

    Parameters
    ----------
    matches : sequence of Match
        The verdicts on one notebook's definitions, in the notebook's order.
    notebook : Timeline
        The notebook's code.
    to_top : bool
        Whether imports are to move into its import cell, as far as that is safe.

    Returns
    -------
    tuple of Finding
        One for each, in the same order.
    """
    edits: dict[Match, tuple[Edit, ...]] = {}
    matches, moving = _with_places(matches, notebook) if to_top else (matches, {})
    everything = shows_everything(notebook)
    by_definition = {found.definition: found for found in matches}
    homes = [found.definition.home for found in matches]
    replaced = [found for found in matches if found.accepted]
    staying: dict[CodeCell, list[Replacement]] = {}
    arriving: dict[CodeCell, list[Replacement]] = {}
    for found in replaced:
        if found in moving:
            arriving.setdefault(moving[found], []).append(_replacement(found))
        else:
            staying.setdefault(found.definition.home, []).append(_replacement(found))
    for home in dict.fromkeys([*homes, *moving.values()]):
        planned_here = replace_definitions(
            home, staying.get(home, []), arriving.get(home, []), everything=everything
        )
        for replacement, planned in planned_here:
            edits[by_definition[replacement.definition]] = planned
    # Definitions of one name may share their call sites: each call is rewritten once.
    calls = {call.use.node: call for found in replaced for call in found.calls}
    callers: dict[int, Match] = {}
    for found in replaced:
        for call in found.calls:
            callers.setdefault(call.use.home.cell.index, found)
    for edit in rewrite_calls(list(calls.values())):
        match = callers[edit.cell]
        edits[match] = (*edits.get(match, ()), edit)
    return tuple(_finding(found, edits.get(found, ())) for found in matches)


def _with_places(
    matches: Sequence[Match], notebook: Timeline
) -> tuple[Sequence[Match], dict[Match, CodeCell]]:
    """Decide which imports move into the import cell, and say of each why it does or does not."""
    top = import_cell(notebook)
    leaving = frozenset(found.definition.node for found in matches if found.accepted)
    way = WayUp(notebook, leaving)
    placed: list[Match] = []
    moving: dict[Match, CodeCell] = {}
    together: dict[tuple[str, int], list[DefinitionNode]] = {}
    for found in matches:
        if found.accepted:
            together.setdefault(_as(found), []).append(found.definition.node)
    for found in matches:
        if not found.accepted:
            placed.append(found)
            continue
        alike = frozenset(together[_as(found)])
        if top is None:
            why = "no cell has imports at its top"
        else:
            why = way.why_in_place(found, top, alike)
        if why or top is None:
            stays = Reason("stays-in-place", why)
            placed.append(replace(found, reasons=(*found.reasons, stays)))
            continue
        proof = Reason("moves-to-top", cells=(top.cell.index + 1,))
        placed.append(replace(found, reasons=(*found.reasons, proof)))
        moving[placed[-1]] = top
    return placed, moving


def _as(match: Match) -> tuple[str, int]:
    """Give the name, and what it comes to mean, by which imports are the same."""
    return match.definition.name, id(match.target)


def _replacement(match: Match) -> Replacement:
    assert match.module is not None
    assert match.target is not None
    return Replacement(match.definition, match.module.name, match.target.name)


def _finding(match: Match, edits: tuple[Edit, ...]) -> Finding:
    definition = match.definition
    cell = definition.home.cell
    target = "" if match.target is None else _dotted(match)
    message = f'"{definition.name}" {_RELATIONS[match.level]} {target}'
    if not match.accepted and match.reasons:
        stays = "" if match.level == "divergent" else ", but stays"
        # A refusal comes first, a level that is not accepted last.
        message += f"{stays}: {match.reasons[0 if match.level == 'divergent' else -1]}"
    return Finding(
        code=CODES[match.level],
        message=message,
        cell=cell.index,
        cell_id=cell.id,
        row=definition.node.lineno,
        name=definition.name,
        level=match.level,
        similarity=match.similarity,
        target=target,
        reasons=match.reasons,
        difference=match.difference,
        edits=edits,
    )


def _dotted(match: Match) -> str:
    assert match.module is not None
    assert match.target is not None
    return f"{match.module.name}.{match.target.name}"

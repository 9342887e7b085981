"""Inline definitions that a module holds: replaced by imports, or reported with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from nbrefactor.analysis.verdict import Match
from nbrefactor.outcome import Edit, Finding, Level
from nbrefactor.rules.calls import rewrite_calls
from nbrefactor.rules.imports import Replacement, replace_definitions

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


def report_definitions(matches: Sequence[Match]) -> tuple[Finding, ...]:
    """Turn the verdicts on definitions into findings with the edits that resolve them.

    Parameters
    ----------
    matches : sequence of Match
        The verdicts on one notebook's definitions, in the notebook's order.

    Returns
    -------
    tuple of Finding
        One for each, in the same order.
    """
    edits: dict[Match, tuple[Edit, ...]] = {}
    for home in dict.fromkeys(found.definition.home for found in matches):
        leaving = {
            found.definition: found
            for found in matches
            if found.accepted and found.definition.home is home
        }
        replacements = [
            Replacement(found.definition, found.module.name, found.target.name)
            for found in leaving.values()
            if found.module is not None and found.target is not None
        ]
        for replacement, planned in replace_definitions(home, replacements):
            edits[leaving[replacement.definition]] = planned
    # Definitions of one name may share their call sites: each call is rewritten once.
    replaced = [found for found in matches if found.accepted]
    calls = {call.use.node: call for found in replaced for call in found.calls}
    for edit in rewrite_calls(list(calls.values())):
        match = next(
            found
            for found in replaced
            if any(call.use.home.cell.index == edit.cell for call in found.calls)
        )
        edits[match] = (*edits.get(match, ()), edit)
    return tuple(_finding(found, edits.get(found, ())) for found in matches)


def _finding(match: Match, edits: tuple[Edit, ...]) -> Finding:
    definition = match.definition
    cell = definition.home.cell
    target = "" if match.target is None else _dotted(match)
    message = f'"{definition.name}" {_RELATIONS[match.level]} {target}'
    if not match.accepted and match.reasons:
        message += f", but stays: {match.reasons[-1]}"
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

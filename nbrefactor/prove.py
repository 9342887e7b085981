"""Writing only what was measured: plan, run both versions, drop what fails, until the rest holds.

The loop knows neither how replacements are found nor how notebooks run: it is given a planner and
a judge, and asks the planner again without the names whose evidence failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from nbrefactor.model.outcome import Outcome
from nbrefactor.verify.values import CellComparison, Verification

# Plans a notebook without some of the names that it defines.
Planner = Callable[[frozenset[str]], Outcome]
# Runs the original and the planned result, and compares what they show.
Judge = Callable[[Outcome], Verification]
# On what a replacement rests: the programs are equal, or both were run and showed the same.
Rest = Literal["same program", "measured"]

_SAME_PROGRAM = frozenset({"exact", "renamed"})


@dataclass(frozen=True, slots=True)
class Dropped:
    """A replacement that is not made.

    Parameters
    ----------
    name : str
        The notebook's name of it.
    reason : str
        What its evidence lacks, in a sentence.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What is left to be written, and why.

    Parameters
    ----------
    outcome : Outcome
        The plan with the replacements that are proven; unchanged where none is.
    verification : Verification or None
        The runs that prove it; None where nothing is left to be proven.
    rests : mapping of str to Rest
        On what each replacement that is left rests.
    dropped : tuple of Dropped
        The replacements that are not made, in the order in which they fell.
    rounds : int
        How often both versions were run.
    """

    outcome: Outcome
    verification: Verification | None
    rests: Mapping[str, Rest]
    dropped: tuple[Dropped, ...]
    rounds: int


def prove(plan: Planner, judge: Judge) -> Proof:
    """Find the replacements that hold when both versions run.

    Parameters
    ----------
    plan : callable
        Plans the notebook without some names; each call without more of them.
    judge : callable
        Runs and compares.

    Returns
    -------
    Proof
        Ends after at most as many rounds as there are replaced names, and one more: each round
        that does not prove the rest drops at least one.
    """
    left_out: frozenset[str] = frozenset()
    dropped: list[Dropped] = []
    rounds = 0
    while True:
        outcome = plan(left_out)
        names = outcome.replaced_names
        if outcome.status != "changed" or not names:
            return Proof(outcome, None, {}, tuple(dropped), rounds)
        found = judge(outcome)
        rounds += 1
        fallen = [one for one in failing(found) if one.name in names]
        if not fallen:
            rests: dict[str, Rest] = {
                name: "measured" if _seen(name, found) else "same program" for name in sorted(names)
            }
            return Proof(outcome, found, rests, tuple(dropped), rounds)
        dropped += fallen
        left_out |= {one.name for one in fallen}


def failing(found: Verification) -> tuple[Dropped, ...]:
    """Find the replacements that the runs do not prove.

    Parameters
    ----------
    found : Verification
        Both versions, compared.

    Returns
    -------
    tuple of Dropped
        Those that a failing cell calls or in whose cell the notebook was edited; all, where a cell
        fails for which none of them answers; those whose calls were not compared; and those of
        whose effects nothing is known, where the runs left other files behind.
    """
    fallen: dict[str, Dropped] = {}
    everything = found.outcome.replaced_names
    for cell in found.failures:
        reason = f"cell {cell.cell + 1} {_what(cell)}"
        # A cell that fails with nobody to blame speaks against all of them.
        for name in sorted(_blamed(cell, found) or everything):
            fallen.setdefault(name, Dropped(name, reason))
    for name in sorted(everything - set(fallen)):
        if found.left_behind and _is_left_to_a_run(name, found.outcome):
            fallen[name] = Dropped(name, found.left_behind[0])
    for name in sorted(everything - set(fallen)):
        if not _seen(name, found) and not _is_same_program(name, found.outcome):
            called = any(name in cell.calls for cell in found.cells)
            why = "no cell that calls it could be compared" if called else "no cell calls it"
            fallen[name] = Dropped(name, f"{why}, so that nothing is proven of it")
    return tuple(fallen.values())


def _blamed(cell: CellComparison, found: Verification) -> frozenset[str]:
    defined = {one.name for one in found.outcome.replaced if one.cell == cell.cell and one.name}
    return frozenset(cell.calls) or frozenset(defined)


def _what(cell: CellComparison) -> str:
    bad = next((one for one in (*cell.outputs, *cell.files) if one.status == cell.status), None)
    detail = cell.detail or ("" if bad is None else bad.detail)
    return f"is {cell.status}: {detail}" if detail else f"is {cell.status}"


def _seen(name: str, found: Verification) -> bool:
    return any(name in cell.calls for cell in found.compared)


def _is_same_program(name: str, outcome: Outcome) -> bool:
    levels = {one.level for one in outcome.replaced if one.name == name}
    return levels <= _SAME_PROGRAM and not _is_left_to_a_run(name, outcome)


def _is_left_to_a_run(name: str, outcome: Outcome) -> bool:
    reasons = (reason for one in outcome.replaced if one.name == name for reason in one.reasons)
    return any(reason.code == "left-to-a-run" for reason in reasons)

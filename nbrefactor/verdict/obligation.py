"""What an obligation can answer, and what the solver makes of the answers."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from nbrefactor.model.reason import Reason
from nbrefactor.verdict.match import CallEdit


@dataclass(frozen=True, slots=True)
class Replacement:
    """One definition that goes, and what comes in its place.

    Parameters
    ----------
    inline : ast.AST
        The definition.
    target : ast.AST or None
        The target; None stands for any.
    """

    inline: ast.AST
    target: ast.AST | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """Something that speaks against a replacement, unless others are made.

    Parameters
    ----------
    reason : Reason
        What it is.
    unless : tuple of frozenset of Replacement
        Sets of replacements; where all of one set are made, nothing speaks against it any more.
        Without any, nothing helps.
    """

    reason: Reason
    unless: tuple[frozenset[Replacement], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What one obligation says: it holds where no clause is left.

    Parameters
    ----------
    clauses : tuple of Clause
        What speaks against the replacement.
    calls : tuple of CallEdit
        Calls that have to change.
    notes : tuple of Reason
        What the user should know although it holds.
    """

    clauses: tuple[Clause, ...] = ()
    calls: tuple[CallEdit, ...] = ()
    notes: tuple[Reason, ...] = ()


HOLDS = Answer()


def fails(*reasons: Reason) -> Answer:
    """Answer that nothing helps, for these reasons; without any, that it holds."""
    return Answer(tuple(Clause(reason) for reason in reasons)) if reasons else HOLDS

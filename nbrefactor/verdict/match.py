"""The verdict on one inline definition, as values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nbrefactor.model.outcome import Level, Obligation

if TYPE_CHECKING:
    from nbrefactor.library.target import Target, TargetModule
    from nbrefactor.model.reason import Reason
    from nbrefactor.program.timeline import InlineDefinition, Use
    from nbrefactor.python.signature import CallChange
    from nbrefactor.verdict.offer import Offer


@dataclass(frozen=True)
class Accepted:
    """A module that may stand in, and the worst level that is accepted from it.

    Parameters
    ----------
    module : TargetModule
        The module.
    level : Level
        The level.
    made_of_copies : bool
        Whether it was made of the notebooks' own copies, so that calls may say what another copy
        has by default; from any other module such a target is no more than compatible.
    """

    module: TargetModule
    level: Level
    made_of_copies: bool = False

    @cached_property
    def offer(self) -> Offer:
        """What the module offers; read once, however many notebooks are compared with it."""
        from nbrefactor.verdict.offer import Offer

        return Offer(self.module)


@dataclass(frozen=True, slots=True, eq=False)
class CallEdit:
    """A call that has to change for a replacement to mean the same.

    Parameters
    ----------
    use : Use
        The call site.
    change : CallChange
        What changes in its arguments.
    hide_result : bool
        Whether its cell must not show the result: the inline function returned nothing.
    """

    use: Use
    change: CallChange
    hide_result: bool


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """An inline definition, the target it was compared with, and the verdict.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    module : TargetModule or None
        The module of the target; None where nothing was compared.
    target : Target or None
        The target.
    level : Level
        How well they match.
    accepted : bool
        Whether the definition is replaced.
    similarity : float
        Share of the code in common, 0 to 1.
    reasons : tuple of Reason
        Why the verdict is as it is.
    difference : str
        Diff of the normalised bodies; empty for ``exact`` and ``renamed``.
    calls : tuple of CallEdit
        The calls that change with the replacement.
    obligations : tuple of Obligation
        What was asked of the replacement, and what of it does not hold.
    alias : str
        An ``--alias`` that would pair the two, where only their names keep them apart.
    """

    definition: InlineDefinition
    module: TargetModule | None
    target: Target | None
    level: Level
    accepted: bool
    similarity: float = 1.0
    reasons: tuple[Reason, ...] = ()
    difference: str = ""
    calls: tuple[CallEdit, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    alias: str = ""

"""What a rule is given: a glance at a notebook first, the notebook itself where that may pay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from nbrefactor.config import Settings
    from nbrefactor.library.target import TargetModule
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.notebook.document import Document
    from nbrefactor.program.target_index import TargetIndex
    from nbrefactor.python.scopes import DefinitionNode


class Sought(Struct, frozen=True):
    """What is looked for in a notebook.

    Parameters
    ----------
    settings : Settings
        What the user asked for.
    targets : callable
        Reads the target modules and indexes them.
    shapes : callable
        Gives the shapes of the notebook's definitions that have an outline.
    nodes : callable
        Gives the notebook's definitions.
    sources : callable
        Gives the texts of the notebook's code cells.
    """

    settings: Settings
    targets: Callable[[], TargetIndex]
    shapes: Callable[[str], Iterable[str]]
    nodes: Callable[[], Iterable[DefinitionNode]]
    sources: Callable[[], Iterable[str]]


class Look(Struct, frozen=True):
    """A notebook, and what is asked of it once for all rules.

    Parameters
    ----------
    document : Document
        The notebook.
    facts : Facts
        What a glance at it told.
    modules : callable
        Reads the target modules.
    definitions : callable
        Gives the findings about its definitions.
    versions : callable
        Gives the findings about its versions.
    folds : callable
        Gives the findings about its statements that draw.
    failure : Finding or None
        What failed when it was run.
    """

    document: Document
    facts: Facts
    modules: Callable[[], Sequence[TargetModule]]
    definitions: Callable[[], tuple[Finding, ...]]
    versions: Callable[[], tuple[Finding, ...]]
    folds: Callable[[], tuple[Finding, ...]]
    failure: Finding | None = None

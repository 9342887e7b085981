"""What a module-level name can be bound to, in terms that a notebook and a module have in common.

Two names mean the same where their meanings are equal: both imported from the same place, or both
bound to the same constant. Whatever cannot be told from the source is `Unclear`, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from nbrefactor.python.scopes import DefinitionNode

STAR = "*"
"""The name that stands for every name that cannot be listed."""

PLAIN_ASSIGNMENTS = ("computed", "mutable literal")
"""How the reasons of `Unclear` begin where a name was only assigned, nothing more unusual."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A name bound by an import.

    Parameters
    ----------
    dotted : str
        Where it comes from: ``numpy`` for ``import numpy as np``, ``a`` for ``import a.b``,
        ``matplotlib.pyplot`` for ``from matplotlib import pyplot``. Relative imports are absolute.
    """

    dotted: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A name bound to an immutable literal.

    Parameters
    ----------
    value : str
        ``repr`` of the value, so that ``1``, ``1.0`` and ``True`` differ.
    """

    value: str


@dataclass(frozen=True, slots=True)
class Defined:
    """A name bound by one ``def``, ``async def`` or ``class``; equal only to itself."""

    node: DefinitionNode


@dataclass(frozen=True, slots=True)
class Unclear:
    """A name whose value the source does not tell; never the same as anything.

    Parameters
    ----------
    reason : str
        Why not: ``bound more than once``, ``computed: load(path)``.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Starred:
    """Names that cannot be listed.

    Parameters
    ----------
    modules : tuple of str
        The modules of ``from module import *``, absolute, in order.
    dynamic : bool
        Whether names are also bound by text (``globals()[name] = ...``, ``exec``), or by a star
        import whose module cannot be told.
    """

    modules: tuple[str, ...]
    dynamic: bool = False


Meaning: TypeAlias = Imported | Constant | Defined | Unclear | Starred

"""What a notebook's text tells at a glance: enough to say of most rules that they find nothing.

Values that every check needs are structs of msgspec: their classes are made fifty times faster than
dataclasses, which a hook pays for each time it starts.
"""

from __future__ import annotations

from msgspec import Struct


class Defined(Struct, frozen=True, array_like=True):
    """A definition, as far as can be told without comparing it.

    Parameters
    ----------
    name : str
        Its name.
    outline : str
        What it has in common with every renamed copy of it.
    """

    name: str
    outline: str


class Imported(Struct, frozen=True, array_like=True):
    """Names that a cell imports from a module.

    Parameters
    ----------
    module : str
        The module's dotted name.
    names : tuple of str
        What is imported from it.
    """

    module: str
    names: tuple[str, ...]


class Facts(Struct, frozen=True, array_like=True):
    """What the bytes of a notebook tell, whatever the settings and the target modules are.

    Parameters
    ----------
    foreign : bool
        Its kernel is not Python, so nothing else of it was looked at.
    opaque : tuple of int
        Positions of the code cells that do not parse, counted from 0.
    definitions : tuple of Defined
        Its definitions, each once.
    imports : tuple of Imported
        Its imports of names, each once.
    optouts : bool
        It may opt out of a rule.
    versions : bool
        It may state two versions.
    draws : bool
        It may draw with pyplot.
    """

    foreign: bool = False
    opaque: tuple[int, ...] = ()
    definitions: tuple[Defined, ...] = ()
    imports: tuple[Imported, ...] = ()
    optouts: bool = False
    versions: bool = False
    draws: bool = False

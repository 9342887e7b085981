"""The names that star imports bring in, as far as sources tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbrefactor.library.listed import Listed, listed
from nbrefactor.library.locate import TargetError, locate
from nbrefactor.library.source_module import read_source
from nbrefactor.python.environment import environment
from nbrefactor.python.meanings import (
    STAR,
    Constant,
    Defined,
    Imported,
    Meaning,
    Starred,
    Unclear,
)


@dataclass(frozen=True, slots=True)
class World:
    """The names of a notebook or module, those of its star imports among them.

    Parameters
    ----------
    names : mapping of str to Meaning
        What each name means once all of the code has run.
    unknown : tuple of str
        Modules whose star import may bring in any name, because they could not be read.
    dynamic : bool
        Whether text that is run may bind any name.
    values : mapping of str to str
        Texts for the values of names that calls make of constants; equal where these are.
    """

    names: Mapping[str, Meaning]
    unknown: tuple[str, ...] = ()
    dynamic: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


def world(names: Mapping[str, Meaning], roots: Sequence[Path]) -> World:
    """List what the star imports among some names bring in.

    Parameters
    ----------
    names : mapping of str to Meaning
        As `environment` gives them.
    roots : sequence of Path
        Folders in which to look for modules, besides the environment.

    Returns
    -------
    World
        The names; one that is bound visibly and by a star import to different things is unclear.
    """
    stars = names.get(STAR)
    if not isinstance(stars, Starred):
        return World(names)
    merged = {name: meaning for name, meaning in names.items() if name != STAR}
    unknown = []
    for module in stars.modules:
        found = _public(module, roots, frozenset())
        if found is None:
            unknown.append(module)
            continue
        for name, meaning in found.items():
            if merged.setdefault(name, meaning) != meaning:
                merged[name] = Unclear(f'also bound by "from {module} import *"')
    return World(merged, tuple(unknown), stars.dynamic)


def _public(
    module: str, roots: Sequence[Path], around: frozenset[str]
) -> dict[str, Meaning] | None:
    """List what a star import of a module binds; None where that cannot be told."""
    if module in around:
        return {}
    try:
        location = locate(module, notebook=None, roots=roots)
        source = read_source(location.name, location.path)
        names = dict(environment(source.tree, source.package, main=False))
        listing = listed(source.tree, _nobody)
    except (TargetError, RecursionError):
        return None
    stars = names.pop(STAR, None)
    if isinstance(stars, Starred):
        if stars.dynamic:
            return None
        for other in stars.modules:
            found = _public(other, roots, around | {module})
            if found is None:
                return None
            names = {**found, **names}
    if listing is not None and not listing.complete:
        return None
    public = listing.names if listing is not None else [n for n in names if not n.startswith("_")]
    return {name: _seen_from_outside(module, name, names.get(name)) for name in public}


def _seen_from_outside(module: str, name: str, meaning: Meaning | None) -> Meaning:
    if isinstance(meaning, Imported | Constant):
        return meaning
    if meaning is None or isinstance(meaning, Defined):
        return Imported(f"{module}.{name}")
    return Unclear(f'bound by "from {module} import *"')


def _nobody(name: str) -> Listed | None:
    return None

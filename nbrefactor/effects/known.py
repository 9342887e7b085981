"""What is known of libraries: what their functions, methods and attributes do.

The tables are data, one file a library in ``knowledge/``. A table is read when it is first asked
for. What no table has is not known, and what is not known is for the caller to fear.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

from nbrefactor.effects.tables import (
    BUILTINS,
    EFFECTS,
    Attribute,
    Contract,
    Decorator,
    Known,
    Magic,
    Place,
    Table,
    Type,
    read,
)
from nbrefactor.effects.types import alternatives, plain

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = [
    "EFFECTS",
    "Attribute",
    "Contract",
    "Decorator",
    "Known",
    "Magic",
    "Place",
    "attribute",
    "constant",
    "contract",
    "decorator",
    "describes",
    "extension",
    "function",
    "has_library",
    "is_transparent",
    "libraries",
    "magic",
    "method",
    "operators_are_pure",
    "types_having",
]


def function(origin: str) -> Known | None:
    """Give what a call of a library's function or class does.

    Parameters
    ----------
    origin : str
        Its full name, such as ``numpy.linalg.norm`` or ``builtins.len``.

    Returns
    -------
    Known or None
        None where no table has it.
    """
    found = _table_of(origin)
    return None if found is None else found.functions.get(_real(found, origin))


@lru_cache(maxsize=4096)
def method(type_name: str | None, name: str) -> Known | None:
    """Give what a method does.

    Parameters
    ----------
    type_name : str or None
        Type of the object, as an annotation; None where it is not known.
    name : str
        Name of the method.

    Returns
    -------
    Known or None
        With several possible types, or none known, the worst of those that have the method. None
        where no table has it.
    """
    found: list[Known] = []
    for one in _candidates(type_name):
        known = _looked_up(one, name, "methods")
        if known is not None:
            found.append(_returning(known, one if type_name else ""))
    return _worst(found)


@lru_cache(maxsize=4096)
def attribute(type_name: str | None, name: str) -> Attribute | None:
    """Give what an attribute is; like `method` where the type is not known."""
    found: list[Attribute] = []
    for one in _candidates(type_name):
        known = _looked_up(one, name, "attributes")
        if known is not None:
            returns = (one if type_name else "") if known.returns == "self" else known.returns
            found.append(Attribute(known.shares, returns))
    if not found:
        return None
    return Attribute(any(one.shares for one in found), _common(one.returns for one in found))


def describes(type_name: str) -> bool:
    """Tell whether a table describes a type."""
    return _type(plain(type_name)) is not None


def types_having(*names: str) -> str:
    """Give the types that have all of these methods or attributes: what a value can be.

    Parameters
    ----------
    *names : str
        What is asked of the value.

    Returns
    -------
    str
        Alternatives, as an annotation; empty where no type has them all.
    """
    return " | ".join(
        one
        for one in _all_types()
        if all(
            _looked_up(one, name, "methods") or _looked_up(one, name, "attributes")
            for name in names
        )
    )


def operators_are_pure(type_name: str) -> bool:
    """Tell whether operators on values of a type run nothing but harmless code."""
    types = [_type(plain(one)) for one in alternatives(type_name)]
    return bool(types) and all(one is not None and one.operators for one in types)


def constant(origin: str) -> str | None:
    """Give the type of a library's value that nobody changes (``""`` where it has none).

    Parameters
    ----------
    origin : str
        Its full name, such as ``math.pi``.

    Returns
    -------
    str or None
        None where no table has it.
    """
    found = _table_of(origin)
    return None if found is None else found.constants.get(_real(found, origin))


def decorator(origin: str) -> Decorator | None:
    """Give what a decorator does; None where no table has it."""
    found = _table_of(origin)
    return None if found is None else found.decorators.get(_real(found, origin))


def is_transparent(origin: str) -> bool:
    """Tell whether a decorator leaves calls, name and signature as they are."""
    found = decorator(origin)
    return found is not None and found.transparent


def has_library(module: str) -> bool:
    """Tell whether importing a module does nothing but bind a name, as far as tables know."""
    found = _table_of(module)
    return found is not None and _real(found, module) in found.modules


def magic(name: str) -> Magic | None:
    """Give what a magic does.

    Parameters
    ----------
    name : str
        With its marks: ``%time`` is another magic than ``%%time``.

    Returns
    -------
    Magic or None
        None where no table has it.
    """
    table = _table("IPython")
    return None if table is None else table.magics.get(name)


def extension(name: str) -> bool:
    """Tell whether loading an extension of IPython leaves the notebook's names alone."""
    table = _table("IPython")
    return table is not None and name in table.extensions


def contract(origin: str) -> Contract | None:
    """Give what a bundled plot takes and does; None for everything else."""
    found = _table_of(origin)
    return None if found is None else found.contracts.get(origin)


def libraries() -> tuple[str, ...]:
    """Name the libraries that have a table."""
    names = (entry.name for entry in resources.files(f"{__package__}.knowledge").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def _table(library: str) -> Table | None:
    if library not in _names_of_tables():
        return None
    file = resources.files(f"{__package__}.knowledge").joinpath(f"{library}.toml")
    return read(tomllib.loads(file.read_text("utf-8")))


@lru_cache(maxsize=1)
def _names_of_tables() -> frozenset[str]:
    return frozenset(libraries())


def _table_of(origin: str) -> Table | None:
    return _table(origin.partition(".")[0])


def _real(table: Table, origin: str) -> str:
    """Follow an alias of a module, such as ``matplotlib.pyplot.cm``."""
    parts = origin.split(".")
    for end in range(len(parts), 0, -1):
        of = table.aliases.get(".".join(parts[:end]))
        if of is not None:
            return ".".join([of, *parts[end:]])
    return origin


# -- types ---------------------------------------------------------------------------------------


def _type(name: str) -> Type | None:
    table = _table_of(name) if "." in name else _table(BUILTINS)
    return None if table is None else table.types.get(name)


def _candidates(type_name: str | None) -> Iterable[str]:
    return _all_types() if type_name is None else alternatives(type_name)


@lru_cache(maxsize=1)
def _all_types() -> tuple[str, ...]:
    tables = (_table(library) for library in libraries())
    return tuple(name for table in tables if table for name in table.types)


def _looked_up(type_name: str, name: str, kind: Literal["methods", "attributes"]) -> Any:
    """Find a method or attribute in a type or its bases."""
    found = _type(plain(type_name))
    if found is None:
        return None
    members: Mapping[str, Any] = getattr(found, kind)
    if name in members:
        return members[name]
    inherited = (_looked_up(base, name, kind) for base in found.bases)
    return next((one for one in inherited if one is not None), None)


def _returning(known: Known, type_name: str) -> Known:
    """Replace "self" as the type of a result by the object's own type."""
    if known.returns != "self":
        return known
    return replace(known, returns=type_name)


def _worst(found: list[Known]) -> Known | None:
    """Give all that any of several methods may do."""
    if len(found) < 2:
        return found[0] if found else None

    def joined(key: str) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(one for known in found for one in getattr(known, key)))

    return Known(
        effects=joined("effects"),
        changes=joined("changes"),
        changes_if={
            keyword: place for known in found for keyword, place in known.changes_if.items()
        },
        shares=joined("shares"),
        holds=joined("holds"),
        calls=joined("calls"),
        unknown_if=joined("unknown_if"),
        returns=_common(known.returns for known in found),
        draws=_common(known.draws for known in found),
        data=joined("data"),
        keeps_shape=all(known.keeps_shape for known in found),
        keeps_numbers=all(known.keeps_numbers for known in found),
        stable=all(known.stable for known in found),
        succeeds=all(known.succeeds for known in found),
    )


def _common(values: Iterable[str]) -> str:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else ""

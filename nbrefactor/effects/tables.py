"""The tables of knowledge: their values, and how they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

#: An argument: its position, its keyword, ``"self"``, ``"*"`` (every positional argument), ``"**"``
#: (every keyword argument) or ``"global"`` (an object that everybody can reach, no argument).
Place = int | str
Does = Literal["python", "text", "nothing"]

EFFECTS = frozenset(
    {
        "asks", "closes", "displays", "draws", "ends-process", "frames", "imports", "logs",
        "makes-figure", "network", "prints", "random", "reads-environment", "reads-figure",
        "reads-files", "runs-process", "runs-text", "saves-figure", "seeds", "selects-figure",
        "settings", "shows", "warns", "writes-files",
    }
)  # fmt: skip
BUILTINS = "builtins"
_NOTHING: Mapping[str, Place] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Known:
    """What a call of one function or method does.

    Parameters
    ----------
    effects : tuple of str
        What it does besides computing its result, in the words of `EFFECTS`.
    changes : tuple of Place
        Arguments that it changes in place.
    changes_if : mapping of str to Place
        By keyword: the argument that is changed where the keyword is given.
    shares : tuple of Place
        Arguments that the result may be, or may be a view of: changing it changes them.
    holds : tuple of Place
        Arguments that the result may contain, or whose elements it may contain: changing the result
        leaves them alone, changing what is taken out of it does not.
    calls : tuple of Place
        Arguments that it calls, or that are called when its result is used. They may be given
        something that is no function, such as None or a text.
    unknown_if : tuple of Place
        Arguments that make it do something else, which is not known.
    returns : str
        Type of the result, as an annotation; empty where it is not always the same.
    draws : str
        What it draws into a figure, such as ``image``.
    data : tuple of Place
        Arguments whose data is drawn.
    stable : bool
        Whether it gives the same whenever it is called in one process, although it looks at what
        is around it.
    keeps_shape : bool
        Whether the result has the first argument's numbers in their places, each for itself
        computed on.
    keeps_numbers : bool
        Whether the result has the first argument's numbers themselves, in their order.
    succeeds : bool
        Whether it raises nothing, whatever the values of its arguments, where their number and
        their types are as its documentation asks. A table names such functions in its key of the
        same name, and such methods in that of their type.
    """

    effects: tuple[str, ...] = ()
    changes: tuple[Place, ...] = ()
    changes_if: Mapping[str, Place] = field(default_factory=lambda: _NOTHING)
    shares: tuple[Place, ...] = ()
    holds: tuple[Place, ...] = ()
    calls: tuple[Place, ...] = ()
    unknown_if: tuple[Place, ...] = ()
    returns: str = ""
    draws: str = ""
    data: tuple[Place, ...] = ()
    keeps_shape: bool = False
    keeps_numbers: bool = False
    stable: bool = False
    succeeds: bool = False

    def covers(self, positional: int, keywords: Collection[str], *, starred: bool = False) -> bool:
        """Tell whether a call with these arguments is one of those that are known.

        Parameters
        ----------
        positional : int
            Number of positional arguments.
        keywords : collection of str
            Keywords of the call; ``**`` where a mapping is unpacked.
        starred : bool, default False
            Whether a sequence is unpacked among the positional arguments.

        Returns
        -------
        bool
        """
        return not any(
            (starred or place < positional)
            if isinstance(place, int)
            else (place in keywords or "**" in keywords)
            for place in self.unknown_if
        )


@dataclass(frozen=True, slots=True)
class Attribute:
    """What is known of one attribute.

    Parameters
    ----------
    shares : bool
        Whether it may be a part or view of its object.
    returns : str
        Its type, as an annotation; empty where it is not always the same.
    """

    shares: bool = True
    returns: str = ""


@dataclass(frozen=True, slots=True)
class Decorator:
    """What a decorator does to the function that it decorates.

    Parameters
    ----------
    transparent : bool
        Whether applying it runs nothing else, and calls, name and signature stay as they are.
    keeps_state : bool
        Whether the decorated function remembers earlier calls.
    """

    transparent: bool = False
    keeps_state: bool = False


@dataclass(frozen=True, slots=True)
class Magic:
    """What a line or cell magic of IPython does.

    Parameters
    ----------
    body : {"python", "text", "nothing"}
        Whether the rest of its line, or its cell, is run as Python in the notebook's names.
    binds : bool
        Whether it may bind names besides those that its body binds.
    effects : tuple of str
        What it does besides.
    """

    body: Does = "nothing"
    binds: bool = False
    effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """What a bundled plot takes and does.

    Parameters
    ----------
    roles : mapping of str to str
        Role of each parameter: ``matrix`` ([rows, columns] of numbers, drawn as they are),
        ``stack`` (a matrix, or a stack of which one is drawn), ``numbers`` (of any shape, each
        drawn by itself), ``ratio`` (a number or matrix to divide by), ``pairs`` (row and column to
        mark), ``history`` (lists of numbers by name), ``text``, ``path`` (the figure is saved there
        where it is given), ``number``, ``index``, ``flag``, ``size``, ``colors`` or ``axes``.
    keys : tuple of str
        Keys that it reads of a history.
    raises : tuple of str
        Classes of the errors that it raises by itself.
    running : tuple of str
        Keys of a history that it takes for events, unless `running_keyword` says that their values
        go on.
    running_keyword : str
        The keyword that says so.
    """

    roles: Mapping[str, str]
    keys: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    running_keyword: str = ""


@dataclass(frozen=True, slots=True)
class Type:
    """What is known of one type.

    Parameters
    ----------
    bases : tuple of str
        Types whose methods and attributes it has as well.
    methods, attributes : mapping
        What is known of each, by name.
    operators : bool
        Whether operators on its values run nothing but harmless code of the library.
    """

    bases: tuple[str, ...]
    methods: Mapping[str, Known]
    attributes: Mapping[str, Attribute]
    operators: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """All that is known of one library, by full names."""

    functions: Mapping[str, Known]
    types: Mapping[str, Type]
    constants: Mapping[str, str]
    decorators: Mapping[str, Decorator]
    magics: Mapping[str, Magic]
    contracts: Mapping[str, Contract]
    aliases: Mapping[str, str]
    modules: frozenset[str]
    extensions: frozenset[str] = frozenset()


def read(data: Mapping[str, Any]) -> Table:
    """Give a table from its file's content."""
    library: str = data["library"]
    functions = {
        full: _known(entry)
        for entry in data.get("function", ())
        for full in _full(library, entry["names"])
    }
    for entry in data.get("class", ()):
        for name, full in zip(entry["names"], _full(library, entry["names"]), strict=True):
            made = name if library == BUILTINS else full
            functions[full] = _known({"returns": made, **entry})
    for full in _full(library, data.get("succeeds", ())):
        functions[full] = replace(functions[full], succeeds=True)
    constants = {
        full: str(entry.get("returns", ""))
        for entry in data.get("constant", ())
        for full in _full(library, entry["names"])
    }
    decorators = _entries(library, data.get("decorator", ()), Decorator)
    contracts = {
        f"{library}.{entry['name']}": Contract(**_frozen(entry))
        for entry in data.get("contract", ())
    }
    names = [*functions, *constants, *decorators, *contracts]
    return Table(
        functions=functions,
        types={entry["name"]: _read_type(entry) for entry in data.get("type", ())},
        constants=constants,
        decorators=decorators,
        magics={
            name: Magic(**_frozen(entry))
            for entry in data.get("magic", ())
            for name in entry["names"]
        },
        contracts=contracts,
        aliases={
            f"{library}.{name}": f"{library}.{of}" for name, of in data.get("alias", {}).items()
        },
        modules=frozenset({library, *data.get("modules", ())})
        | {name.rpartition(".")[0] for name in names},
        extensions=frozenset(data.get("extensions", ())),
    )


def _entries(library: str, entries: Iterable[Mapping[str, Any]], kind: Any) -> dict[str, Any]:
    return {
        full: kind(**_frozen(entry)) for entry in entries for full in _full(library, entry["names"])
    }


def _read_type(entry: Mapping[str, Any]) -> Type:
    methods = {name: _known(one) for one in entry.get("method", ()) for name in one["names"]}
    for name in entry.get("succeeds", ()):
        methods[name] = replace(methods[name], succeeds=True)
    return Type(
        bases=tuple(entry.get("bases", ())),
        methods=methods,
        attributes={
            name: Attribute(**_frozen(one))
            for one in entry.get("attribute", ())
            for name in one["names"]
        },
        operators=entry.get("operators") == "pure",
    )


def _known(entry: Mapping[str, Any]) -> Known:
    return Known(**_frozen(entry))


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Give an entry's values without its names, lists as tuples."""
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in entry.items()
        if key not in ("name", "names", "unchecked")
    }


def _full(library: str, names: Iterable[str]) -> list[str]:
    return [f"{library}.{name}" for name in names]

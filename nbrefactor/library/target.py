"""The module whose functions replace inline ones, read as source."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from nbrefactor.library.exported import Ambiguous, Definition, ExportReader, Other
from nbrefactor.library.locate import (
    Location,
    TargetError,
    locate,
    locate_bundled,
    locate_file,
    looks_like_path,
)
from nbrefactor.library.source_module import SourceModule, read_source
from nbrefactor.model.names import BUNDLED_MODULE
from nbrefactor.python.bindings import Binding
from nbrefactor.python.meanings import STAR, Starred
from nbrefactor.python.scopes import DefinitionNode

__all__ = [
    "Target",
    "TargetError",
    "TargetModule",
    "read_target_module",
]

# Names that Python, or IPython's history of outputs and inputs, gives a meaning to.
_GIVEN_A_MEANING = re.compile(r"_+|__\w*__|_\d+|_i+|_i\d+|_[iod]h|_exit_code")


@dataclass(frozen=True, slots=True)
class Target:
    """A function or class that can replace an inline one.

    Parameters
    ----------
    name : str
        Its public name in the named module.
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        Its definition, which may have another name.
    module : SourceModule
        The file that defines it.
    """

    name: str
    node: DefinitionNode
    module: SourceModule


@dataclass(frozen=True, slots=True)
class TargetModule:
    """A module that a notebook can import functions and classes from.

    Parameters
    ----------
    name : str
        Dotted name, as it is written in the import.
    path : Path
        Its source file.
    source : SourceModule
        That file, read.
    targets : Mapping of str to Target
        Public functions and classes, re-exported ones included.
    ambiguous : Mapping of str to str
        Public names that may be functions or classes but are bound in more than one way, with the
        reason.
    exports : frozenset of str
        Public names that the module binds to anything else.
    location : Location
        Where it was found, and what it takes to import it.
    note : str
        Empty, or what the user should know: what the kernel needs, files that could not be read.
    """

    name: str
    path: Path
    source: SourceModule
    targets: Mapping[str, Target]
    ambiguous: Mapping[str, str]
    exports: frozenset[str]
    location: Location
    note: str

    @property
    def importable_from(self) -> Path | None:
        """The folder that has to be on the path; None where the environment finds the module."""
        return self.location.importable_from


def read_target_module(
    name_or_path: str,
    *,
    notebook: Path | None,
    roots: Sequence[Path] = (),
    environment: Sequence[str] | None = None,
    planned: Mapping[Path, bytes] = MappingProxyType({}),
) -> TargetModule:
    """Read a module, and what it re-exports, without importing anything.

    Parameters
    ----------
    name_or_path : str
        Dotted name, or a ``.py`` file relative to the current directory or the notebook.
    notebook : Path or None
        The notebook that is to import from it.
    roots : sequence of Path
        Further folders to look in.
    environment : sequence of str or None
        The environment's path; None stands for the one that this program runs in.
    planned : mapping of Path to bytes
        Modules that are going to be written, by their absolute paths; they are named by path.

    Returns
    -------
    TargetModule
        Its functions and classes.

    Raises
    ------
    TargetError
        Where there is no such module, or its source cannot be read.
    """
    if name_or_path == BUNDLED_MODULE:
        location = locate_bundled(name_or_path, notebook=notebook)
    elif looks_like_path(name_or_path):
        location = locate_file(
            name_or_path, notebook=notebook, roots=roots, environment=environment, planned=planned
        )
    else:
        location = locate(name_or_path, notebook=notebook, roots=roots, environment=environment)
    source = read_source(location.name, location.path, planned)
    reader = ExportReader(location.finder)
    try:
        return _target_module(location, source, reader)
    except RecursionError as error:
        raise TargetError(f"{location.path} is nested too deeply to be followed.") from error


def _target_module(location: Location, source: SourceModule, reader: ExportReader) -> TargetModule:
    grouped: dict[str, list[Binding]] = {}
    for binding in reader.add(source):
        if binding.runtime:
            grouped.setdefault(binding.name, []).append(binding)
    stars = grouped.pop(STAR, [])

    listing = reader.listed(location.name)
    listed = dict.fromkeys(listing.names if listing is not None else ())
    names = dict.fromkeys([*grouped, *listed])
    for star in stars:
        if star.origin is not None and _is_passed_on(star.origin[0], location):
            names.update(dict.fromkeys(reader.exported(star.origin[0])))

    targets: dict[str, Target] = {}
    ambiguous: dict[str, str] = {}
    exports: set[str] = set()
    for name in names:
        if name.startswith("_") and not _is_own(name, grouped, location):
            continue
        origins = (
            [binding.origin[0] if binding.origin else None for binding in grouped[name]]
            if name in grouped
            else [None]
        )
        if (
            name not in listed
            and not name.startswith("_")
            and all(
                origin is not None and not _is_passed_on(origin, location) for origin in origins
            )
        ):
            exports.add(name)
            continue
        match reader.outcome(location.name, name):
            case Definition(node=node, module=module):
                targets[name] = Target(name, node, module)
            case Ambiguous(reason=reason, module=where):
                ambiguous[name] = reason if where == location.name else f"in {where}: {reason}"
            case Other.VALUE | Other.UNKNOWN if not name.startswith("_"):
                exports.add(name)
    return TargetModule(
        name=location.name,
        path=location.path,
        source=source,
        targets=targets,
        ambiguous=ambiguous,
        exports=frozenset(exports),
        location=location,
        note=" ".join(_notes(location, stars, reader)),
    )


def _is_own(name: str, grouped: Mapping[str, Sequence[Binding]], location: Location) -> bool:
    """Tell whether a private name is one of the user's own, which their notebooks may share.

    What Python itself gives a meaning to, as `_` and `__getattr__`, is none.
    """
    return (
        location.importable_from is not None
        and not _GIVEN_A_MEANING.fullmatch(name)
        and name in grouped
        and all(binding.origin is None for binding in grouped[name])
    )


def _is_passed_on(origin: str, location: Location) -> bool:
    """Tell whether an import from `origin` offers the name to others, and does not just use it."""
    own, other = location.name.partition(".")[0], origin.partition(".")[0]
    if own == other:
        return True
    if location.importable_from is not None:
        found = location.finder.find(other)
        if found is not None and location.importable_from in found.roots:
            return True
    return location.is_package and other not in sys.stdlib_module_names


def _notes(location: Location, stars: Sequence[Binding], reader: ExportReader) -> Iterator[str]:
    if location.note:
        yield location.note
    if any(isinstance(star.meaning, Starred) and star.meaning.dynamic for star in stars):
        yield (
            f"{location.path} binds names while it is imported: "
            "what they stand for may not be what its source shows."
        )
    yield from reader.unreadable

"""What a module's names stand for once imports have been followed through other sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from nbrefactor.library.listed import Listed, listed
from nbrefactor.library.locate import Finder, TargetError
from nbrefactor.library.source_module import SourceModule, read_source
from nbrefactor.python.bindings import Binding, bindings
from nbrefactor.python.meanings import (
    PLAIN_ASSIGNMENTS,
    STAR,
    Constant,
    Defined,
    Imported,
    Starred,
    Unclear,
)
from nbrefactor.python.scopes import DefinitionNode


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that stands for one definition, wherever that is."""

    node: DefinitionNode
    module: SourceModule


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A name that may stand for a definition, but not surely for one alone.

    Parameters
    ----------
    reason : str
        Why not.
    module : str
        The module in which that is so.
    """

    reason: str
    module: str


class Other(Enum):
    """What else a name can be."""

    VALUE = "bound, but to no function or class"
    UNKNOWN = "bound to something whose source was not found"
    MISSING = "not bound"


Outcome: TypeAlias = Definition | Ambiguous | Other


@dataclass(frozen=True, slots=True)
class _Event:
    """One place that gives a name its meaning.

    `implicit` where the name is not written there: a star import, or the import of `submodule`,
    which binds that module's name in its package. `sure` is False where that may not happen.
    """

    outcome: Outcome
    row: int
    condition: str
    implicit: bool = False
    sure: bool = True
    change: str = ""
    submodule: str = ""


@dataclass(frozen=True, slots=True)
class _Module:
    source: SourceModule
    bindings: tuple[Binding, ...]
    positions: Mapping[str, Sequence[int]]
    submodules: Mapping[str, int]  # where each is first imported from


class ExportReader:
    """Follows names through modules, reading each file once for the length of one call.

    Parameters
    ----------
    finder : Finder
        Finds the modules.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._modules: dict[str, _Module | None] = {}
        self._outcomes: dict[tuple[str, str], Outcome] = {}
        self._listed: dict[str, Listed | None] = {}
        self._exported: dict[str, Sequence[str]] = {}
        self._changing: set[tuple[str, str]] = set()
        self._unreadable: list[str] = []

    @property
    def unreadable(self) -> Sequence[str]:
        """Why modules that were found could not be followed, a sentence each."""
        return tuple(self._unreadable)

    def add(self, source: SourceModule) -> Sequence[Binding]:
        """Take a module that has been read; give its bindings."""
        found = bindings(source.tree, source.package, main=False)
        positions: dict[str, list[int]] = {}
        submodules: dict[str, int] = {}
        for position, binding in enumerate(found):
            if binding.runtime:
                positions.setdefault(binding.name, []).append(position)
                origin = binding.origin[0] if binding.origin is not None else ""
                if source.package == source.name and origin.startswith(f"{source.name}."):
                    inside = origin[len(source.name) + 1 :].partition(".")[0]
                    submodules.setdefault(inside, position)
        self._modules[source.name] = _Module(source, found, positions, submodules)
        return found

    def listed(self, module: str) -> Listed | None:
        """Give a module's ``__all__``; None where it has none or is not known."""
        if module not in self._listed:
            self._listed[module] = None  # a cycle ends here
            loaded = self._load(module)
            if loaded is not None:

                def other(name: str) -> Listed | None:
                    for position in loaded.positions.get(name, ()):
                        meaning = loaded.bindings[position].meaning
                        if isinstance(meaning, Imported):
                            return self.listed(meaning.dotted)
                    return None

                self._listed[module] = listed(loaded.source.tree, other)
        return self._listed[module]

    def exported(self, module: str) -> Sequence[str]:
        """List what ``from module import *`` brings in, or may bring in."""
        if module not in self._exported:
            self._exported[module] = ()  # a cycle ends here
            loaded = self._load(module)
            if loaded is not None:
                listing = self.listed(module)
                names = dict.fromkeys(listing.names if listing is not None else ())
                names.update(dict.fromkeys(loaded.positions))
                for position in loaded.positions.get(STAR, ()):
                    for star in _modules(loaded.bindings[position]):
                        names.update(dict.fromkeys(self.exported(star)))
                names.pop(STAR, None)
                self._exported[module] = tuple(
                    name for name in names if self._is_exported(module, name) is not False
                )
        return self._exported[module]

    def outcome(self, module: str, name: str) -> Outcome:
        """Tell what a name of a module stands for after the module has been imported."""
        key = (module, name)
        if key not in self._outcomes:
            self._outcomes[key] = Other.MISSING  # a cycle ends here
            loaded = self._load(module)
            if loaded is None:
                self._outcomes[key] = Other.UNKNOWN
            else:
                events = list(self._events(loaded, name))
                outcome = _settled(events, module)
                if isinstance(outcome, Definition) and self._hides(loaded, name, outcome, events):
                    reason = f'may be replaced by the submodule "{name}" when that is imported'
                    outcome = Ambiguous(reason, module)
                self._outcomes[key] = outcome
                if any(event.sure and event.outcome != outcome for event in events):
                    self._changing.add(key)
        return self._outcomes[key]

    def _load(self, name: str) -> _Module | None:
        if name not in self._modules:
            self._modules[name] = None
            found = self._finder.find(name)
            if found is not None and found.path is not None and found.kind in ("module", "package"):
                try:
                    self.add(read_source(name, found.path, self._finder.planned))
                except TargetError as error:
                    self._unreadable.append(str(error))
                except RecursionError:
                    self._unreadable.append(f"{found.path} is nested too deeply to be followed.")
        return self._modules[name]

    def _events(self, module: _Module, name: str) -> Iterator[_Event]:
        positions = {*module.positions.get(name, ()), *module.positions.get(STAR, ())}
        submodule = module.submodules.get(name) if positions else None
        if submodule is not None:
            positions.add(submodule)
        for position in sorted(positions):
            binding = module.bindings[position]
            if position == submodule:
                yield _Event(
                    Other.VALUE,
                    binding.row,
                    binding.condition,
                    implicit=True,
                    change="replaced by the submodule of the same name",
                    submodule=f"{module.source.name}.{name}",
                )
            if binding.name == name:
                yield self._event(module, binding)
            elif binding.name == STAR:
                yield from self._star_events(module, binding, name)

    def _event(self, module: _Module, binding: Binding) -> _Event:
        match binding.meaning:
            case Defined(node=node):
                outcome: Outcome = Definition(node, module.source)
            case Imported() if binding.origin is not None:
                outcome = self._imported(module.source.name, *binding.origin)
            case Imported() | Constant():
                outcome = Other.VALUE
            case Unclear(reason=reason):
                return _Event(Other.VALUE, binding.row, binding.condition, change=reason)
        return _Event(outcome, binding.row, binding.condition)

    def _hides(
        self, module: _Module, name: str, found: Definition, events: Sequence[_Event]
    ) -> bool:
        """Tell whether a later import of a submodule would take a definition's name.

        The first import of a submodule binds its name in the package, further ones do not.
        """
        own = f"{module.source.name}.{name}"
        is_package = module.source.package == module.source.name
        if not is_package or f"{found.module.name}.".startswith(f"{own}."):
            return False
        if any(event.submodule == own and not event.condition for event in events):
            return False
        return self._finder.find(own) is not None

    def _imported(self, importer: str, module: str, name: str) -> Outcome:
        outcome = self.outcome(module, name)
        if outcome is Other.MISSING:
            is_module = self._finder.find(f"{module}.{name}") is not None
            return Other.VALUE if is_module else Other.UNKNOWN
        if isinstance(outcome, Definition) and self._may_be_seen_early(importer, module):
            changes = (module, name) in self._changing
            if changes or self._finder.find(f"{module}.{name}") is not None:
                return Ambiguous(
                    f'imported from "{module}" maybe before it is bound there', importer
                )
        return outcome

    def _may_be_seen_early(self, importer: str, module: str) -> bool:
        """Tell whether the import may run while `module` itself is still being imported.

        A package starts before its submodules do, so what it imports from them is complete.
        """
        same_package = importer.partition(".")[0] == module.partition(".")[0]
        return same_package and not module.startswith(f"{importer}.")

    def _star_events(self, module: _Module, binding: Binding, name: str) -> Iterator[_Event]:
        for star in _modules(binding):
            exported = self._is_exported(star, name)
            listing = self.listed(star)
            if exported is False:
                continue
            outcome = self.outcome(star, name)
            if outcome is Other.MISSING and listing is not None and name in listing.names:
                outcome = self._imported(module.source.name, star, name)
            if outcome is Other.MISSING:
                continue
            yield _Event(
                outcome,
                binding.row,
                binding.condition,
                implicit=True,
                sure=exported is True and outcome is not Other.UNKNOWN,
                change=f'may be replaced by "from {star} import *"',
            )

    def _is_exported(self, module: str, name: str) -> bool | None:
        """Tell whether a star import would bring in a name; None where that cannot be told."""
        listing = self.listed(module)
        if listing is None:
            if name.startswith("_"):
                return False
            return True if self._load(module) else None
        if name in listing.names:
            return True
        return False if listing.complete else None


def _modules(binding: Binding) -> tuple[str, ...]:
    return binding.meaning.modules if isinstance(binding.meaning, Starred) else ()


def _settled(events: Sequence[_Event], module: str) -> Outcome:
    """Fold all that happens to a name, in source order, into what it stands for at the end."""
    # A name that is surely bound later hides what a star import brought in before.
    sure = max(
        (at for at, event in enumerate(events) if not event.implicit and not event.condition),
        default=-1,
    )
    events = [event for at, event in enumerate(events) if at >= sure or not event.implicit]
    definitions = [event.outcome for event in events if isinstance(event.outcome, Definition)]
    if definitions:
        # Its module was imported before the name was bound, and is not imported a second time.
        homes = {f"{definition.module.name}." for definition in definitions}
        events = [
            event
            for event in events
            if not (
                event.submodule and any(home.startswith(f"{event.submodule}.") for home in homes)
            )
        ]
    if events and not any(event.sure for event in events):
        return Other.UNKNOWN
    outcomes = list(dict.fromkeys(event.outcome for event in events))
    if all(isinstance(outcome, Other) for outcome in outcomes):
        if not events or events[-1].change == "deleted":
            return Other.MISSING
        return Other.UNKNOWN if outcomes == [Other.UNKNOWN] else Other.VALUE
    if len(outcomes) == 1:
        # A try block around an import is there for its failure, which an import repeats loudly.
        if all(event.condition not in ("", "try") for event in events):
            return Ambiguous(f"bound only under a condition (row {events[0].row})", module)
        return outcomes[0]
    for event in events:
        explains = event.change and not event.change.startswith(PLAIN_ASSIGNMENTS)
        if explains and not (event.implicit and event.sure and not event.submodule):
            return Ambiguous(f"{event.change} (row {event.row})", module)
    rows = " and ".join(str(row) for row in dict.fromkeys(event.row for event in events))
    return Ambiguous(f"bound more than once (rows {rows})", module)

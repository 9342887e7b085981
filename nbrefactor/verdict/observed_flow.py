"""Where the functions and classes of a notebook go, and who does more with them than call them.

Every name, attribute and result of the program has a slot that collects what can be in it, in no
order; a statement is evaluated again whenever a slot that it reads has got more. What is done with
things on the way is noted as events.
"""

from __future__ import annotations

import ast
import builtins
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbrefactor.python.scopes import in_scope
from nbrefactor.verdict.observed_origins import ATTRIBUTES, ENUMS, SHELLS
from nbrefactor.verdict.observed_steps import Step, steps
from nbrefactor.verdict.observed_values import (
    MAIN,
    NOTHING,
    Event,
    EventKind,
    Scope,
    Sees,
    Slot,
    Thing,
    Things,
    Unit,
    put_inside,
    taken_out,
    themselves,
)

# Of chains such as lib.load().map().map() only the beginning tells anything.
_LONGEST_ORIGIN = 8
_MOST_CALLS = 2
_NAMESPACE = Slot("namespace", "")
_RAISED = Slot("raised", "")
_ANNOTATED = Slot("annotated", "")


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call is given; `spread` is what its starred arguments hold."""

    positional: Sequence[Things]
    keywords: Mapping[str, Things]
    spread: Things

    @property
    def all(self) -> Things:
        """Everything that is handed over."""
        return self.spread.union(*self.positional, *self.keywords.values())


class Flow(ABC):
    """The things of a program and the events among them.

    Parameters
    ----------
    units : sequence of Unit
        The notebook and the modules of its project that can be read.
    """

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = {unit.name: unit for unit in units}
        self.callees: dict[ast.Call, Things] = {}
        self.decorators: dict[ast.expr, Things] = {}
        self.bases: dict[ast.AST, Things] = {}
        self.texts = frozenset(_texts(units))
        cut = steps(units)
        self.steps = tuple(cut.all)
        self.scopes = cut.scopes
        self._slots: dict[Slot, set[Thing]] = {}
        self._readers: dict[Slot, set[Step]] = {}
        self._events: dict[tuple[EventKind, ast.AST, str], Event] = {}
        self._queue: deque[Step] = deque()
        self._queued: set[Step] = set()
        self.step = Step(ast.Module([], []), Scope("module", frozenset()), MAIN, 0)
        self._run(cut.all)

    @abstractmethod
    def evaluate(self, step: Step) -> None:
        """Evaluate one statement, or the head of one that holds others."""

    @abstractmethod
    def expression(self, node: ast.expr, scope: Scope) -> Things:
        """Give what an expression can be, and note what it does."""

    @property
    def events(self) -> tuple[Event, ...]:
        """All that was noted."""
        return tuple(self._events.values())

    def _run(self, all_steps: Sequence[Step]) -> None:
        self._queue.extend(all_steps)
        self._queued.update(all_steps)
        while self._queue:
            self.step = self._queue.popleft()
            self._queued.discard(self.step)
            try:
                self.evaluate(self.step)
            except RecursionError:
                self._leave_unread(self.step)

    def _leave_unread(self, step: Step) -> None:
        """Remember what a statement names that is nested too deeply to be evaluated."""
        for inner in ast.walk(step.node):
            if isinstance(inner, ast.Name):
                things = self.named(inner.id, step.scope)
                self.note("unread", inner, (t for t in things if not isinstance(t.of, str)))

    # -- slots -----------------------------------------------------------------------------------

    def read(self, slot: Slot) -> Things:
        """Give what is known to be in a slot; whoever reads it is evaluated again with more."""
        self._readers.setdefault(slot, set()).add(self.step)
        return frozenset(self._slots.get(slot, ()))

    def write(self, slot: Slot, things: Things) -> None:
        """Put things into a slot."""
        held = self._slots.setdefault(slot, set())
        if things <= held:
            return
        held |= things
        for reader in self._readers.get(slot, ()):
            if reader not in self._queued:
                self._queued.add(reader)
                self._queue.append(reader)
        if MAIN in self.units and slot.where is self.units[MAIN].scope:
            self.write(_NAMESPACE, put_inside(things))

    def note(
        self,
        kind: EventKind,
        node: ast.AST,
        things: Iterable[Thing],
        detail: str = "",
        sees: tuple[Sees, ...] = (),
    ) -> None:
        """Remember that something is done with things."""
        found = frozenset(things)
        if kind not in ("looks", "changes") and all(isinstance(t.of, str) for t in found):
            return
        key = (kind, node, detail)
        before = self._events.get(key)
        if before is None:
            step = self.step
            before = Event(kind, node, step.cell, step.unit, detail, sees, NOTHING, step.within)
        self._events[key] = replace(before, things=before.things | found)

    # -- names and attributes --------------------------------------------------------------------

    def named(self, name: str, scope: Scope) -> Things:
        """Give what a name can be."""
        slot = Slot(scope.of(name), name)
        found = self.read(slot)
        if not found and slot.where is scope.module and hasattr(builtins, name):
            return frozenset({Thing("origin", f"builtins.{name}")})
        if not found and name in ("display", "get_ipython"):
            return frozenset({Thing("origin", f"builtins.{name}")})
        return found

    def imported(self, dotted: str) -> Things:
        """Give what a full name can be: the definition too, where its module can be read."""
        if dotted.count(".") > _LONGEST_ORIGIN or dotted.count("()") > _MOST_CALLS:
            return NOTHING
        if dotted == MAIN or (dotted.startswith(SHELLS) and "user" in dotted.rpartition(".")[2]):
            return self.namespace()
        found = {Thing("origin", dotted)}
        module, _, name = dotted.rpartition(".")
        if module in self.units:
            found |= self.read(Slot(self.units[module].scope, name))
        return frozenset(found)

    def namespace(self) -> Things:
        """Give the notebook's names as a module or dictionary, with everything inside."""
        return self.read(_NAMESPACE) | {Thing("origin", MAIN)}

    def raised(self) -> Things:
        """Give the errors that are raised anywhere."""
        return self.read(_RAISED)

    def raise_(self, things: Things) -> None:
        """Remember what is raised."""
        self.write(_RAISED, things)

    def annotated(self) -> Things:
        """Give the classes that annotations name."""
        return self.read(_ANNOTATED)

    def annotate(self, things: Things) -> None:
        """Remember what an annotation names."""
        self.write(_ANNOTATED, frozenset(themselves(things)) | put_inside(things))

    def content(self, slot: Slot) -> Things:
        """Give what is in a slot in the end."""
        return frozenset(self._slots.get(slot, ()))

    def attribute(self, base: Things, name: str, node: ast.AST) -> Things:
        """Give what an attribute of something can be, and note who looks at it."""
        if name in ATTRIBUTES and not is_module_like(base):
            self.note("looks", node, base, name, (ATTRIBUTES[name],))
        found: set[Thing] = set()
        for thing in themselves(base):
            found |= self._attribute_of(thing, name)
        if not is_module_like(base):
            found |= self.read(Slot("attribute", name))
        return frozenset(found)

    def _attribute_of(self, thing: Thing, name: str) -> Things:
        if isinstance(thing.of, str):
            return self.imported(f"{thing.of}.{name}")
        if thing.kind == "definition":
            return self.member(thing.of, name)
        if thing.kind == "instance":
            if name == "__class__":
                return frozenset({Thing("definition", thing.of)})
            return self._bound_member(thing.of, name)
        if thing.kind == "bound" and name == "__func__":
            return frozenset({Thing("definition", thing.of)})
        return NOTHING

    def _bound_member(self, owner: ast.AST, name: str) -> Things:
        found: set[Thing] = set()
        for thing in self.member(owner, name):
            method = thing.of
            if thing.kind != "definition" or not isinstance(
                method, (ast.FunctionDef, ast.AsyncFunctionDef)
            ):
                found.add(thing)
            elif is_property(method):
                found |= self.result(method)
            else:
                found.add(Thing("bound", method))
        return frozenset(found)

    def member(self, owner: ast.AST, name: str) -> Things:
        """Give what the body of a class, or of a base that can be read, binds a name to."""
        pending, seen = [owner], {owner}
        while pending:
            node = pending.pop(0)
            scope = self.scopes.get(node)
            if not isinstance(node, ast.ClassDef) or scope is None:
                continue
            if name in scope.bound:
                found = self.read(Slot(scope, name))
                if self.is_enum(node) and not any(t.kind == "definition" for t in found):
                    found |= {Thing("instance", node)}
                return found
            for base in self.bases.get(node, NOTHING):
                if not isinstance(base.of, str) and base.of not in seen:
                    seen.add(base.of)
                    pending.append(base.of)
        return NOTHING

    def lineage(self, node: ast.AST) -> tuple[str | ast.AST, ...]:
        """Give a class with its bases and theirs; full names for those that cannot be read."""
        found: dict[str | ast.AST, None] = {node: None}
        pending = [node]
        while pending:
            for base in self.bases.get(pending.pop(), NOTHING):
                if base.of not in found:
                    found[base.of] = None
                    if not isinstance(base.of, str):
                        pending.append(base.of)
        return tuple(found)

    def origins(self, node: ast.AST) -> frozenset[str]:
        """Give the bases of a class that cannot be read, those of its bases among them."""
        return frozenset(base for base in self.lineage(node) if isinstance(base, str))

    def is_enum(self, node: ast.AST) -> bool:
        """Tell whether a class is an enumeration."""
        return bool(self.origins(node) & ENUMS)

    # -- results and elements ----------------------------------------------------------------------

    def result(self, function: ast.AST) -> Things:
        """Give what a call of a function gives."""
        if isinstance(function, ast.AsyncFunctionDef) or is_generator(function):
            return frozenset({Thing("generator", function)})  # type: ignore[arg-type]
        return self.read(Slot(function, "return"))

    def awaited(self, things: Things) -> Things:
        """Give what awaiting gives."""
        found = set(themselves(things))
        for thing in themselves(things):
            if thing.kind == "generator" and isinstance(thing.of, ast.AsyncFunctionDef):
                found |= self.read(Slot(thing.of, "return"))
        return frozenset(found)

    def elements(self, things: Things) -> Things:
        """Give what walking through something gives."""
        found = set(taken_out(things))
        for thing in themselves(things):
            if isinstance(thing.of, str):
                continue
            if thing.kind == "generator":
                found |= self.read(Slot(thing.of, "yield"))
            elif thing.kind == "instance":
                for name in ("__iter__", "__next__", "__getitem__"):
                    for method in self.member(thing.of, name):
                        if isinstance(method.of, (ast.FunctionDef, ast.AsyncFunctionDef)):
                            found |= self.read(Slot(method.of, "return"))
                            found |= self.read(Slot(method.of, "yield"))
            elif thing.kind == "definition" and self.is_enum(thing.of):
                found.add(Thing("instance", thing.of))
        return frozenset(found)

    def absorb(self, into: ast.expr, things: Things, scope: Scope) -> None:
        """Put things inside of what an expression names."""
        if not things:
            return
        match into:
            case ast.Name(id=name):
                owner = scope.of(name)
                self.write(Slot(owner, name), things)
                if owner.kind == "module":
                    self.note("keeps", into, things, name)
            case ast.Attribute(attr=name):
                self.write(Slot("attribute", name), things)
                self.note("keeps", into, things, name)
            case ast.Subscript(value=value) | ast.Call(func=ast.Attribute(value=value)):
                self.absorb(value, things, scope)


def is_module_like(things: Things) -> bool:
    """Tell whether something was only imported, and is no result of a call."""
    found = list(themselves(things))
    return bool(found) and all(
        isinstance(thing.of, str) and "()" not in thing.of and thing.of != MAIN for thing in found
    )


def is_property(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether reading a method, or setting it, calls it."""
    written = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(
        "property" in text or text.endswith((".setter", ".getter", ".deleter")) for text in written
    )


def is_generator(node: ast.AST) -> bool:
    """Tell whether a function gives its results one by one."""
    body = getattr(node, "body", None)
    return isinstance(body, list) and any(
        isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in in_scope(body)
    )


def _texts(units: Sequence[Unit]) -> Iterator[str]:
    for unit in units:
        for _, tree in unit.parts:
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value

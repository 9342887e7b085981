"""A notebook with the modules of its project: what can be seen of each of its definitions."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbrefactor.library.source_module import SourceModule, read_source
from nbrefactor.library.target import TargetError
from nbrefactor.program.timeline import Timeline
from nbrefactor.program.words import words
from nbrefactor.python.bindings import absolute_module, modules_run
from nbrefactor.python.scopes import DefinitionNode, bound_names
from nbrefactor.verdict import observed_origins as table
from nbrefactor.verdict.observed_flow import Flow
from nbrefactor.verdict.observed_statements import Evaluation
from nbrefactor.verdict.observed_values import (
    MAIN,
    NOTHING,
    Event,
    Scope,
    Slot,
    Thing,
    Things,
    Unit,
    origins,
)

_MOST_MODULES = 30
_SHOWS_SOURCE = ("??", "%psource", "%pinfo2", "%pfile", "%page")


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What a program does with its definitions.

    Parameters
    ----------
    flow : Flow
        Where things go.
    owners : mapping of ast.AST to ast.AST
        For each function, class and call the definition of the notebook that it stands in.
    about : mapping of ast.AST to tuple of Event
        For each definition of the notebook what is done with it, its instances and its results.
    imported : mapping of (str, str) to int
        The first cell, counted from 1, that imports a name (or ``*``) from a module.
    attributes : mapping of str to sequence of (int, ast.expr)
        The cells that look up an attribute of a name, in their order, and of what they do.
    asked_for : mapping of str to sequence of int
        The cells with lines that show the source of what has a name, in their order.
    """

    flow: Flow
    owners: Mapping[object, ast.AST]
    about: Mapping[ast.AST, tuple[Event, ...]]
    imported: Mapping[tuple[str, str], int]
    attributes: Mapping[str, Sequence[tuple[int, ast.expr]]]
    asked_for: Mapping[str, Sequence[int]]

    def events(self, node: DefinitionNode, kind: str) -> Iterator[Event]:
        """Give the events of one kind that concern a definition."""
        return (event for event in self.about.get(node, ()) if event.kind == kind)

    def mine(self, node: DefinitionNode, things: Iterable[Thing]) -> list[Thing]:
        """Give the things that come from a definition."""
        return [thing for thing in things if self.owners.get(thing.of) is node]

    def scope(self) -> Scope:
        """Give the notebook's names."""
        return self.flow.units[MAIN].scope

    def reachable(self, things: Things) -> Things:
        """Give what objects hold, as far as the classes of the notebook tell."""
        found, pending = set(things), list(things)
        while pending:
            thing = pending.pop()
            if thing.kind != "instance" or not isinstance(thing.of, ast.ClassDef):
                continue
            for name in attributes_kept(thing.of):
                fresh = self.flow.content(Slot("attribute", name)) - found
                found |= fresh
                pending.extend(fresh)
        return frozenset(found)

    def has_own_text(self, thing: Thing, *, as_text: bool = False) -> bool:
        """Tell whether the text of an object does not name the module of its class."""
        if isinstance(thing.of, ast.Call):
            made = origins(self.flow.callees.get(thing.of, NOTHING))
            return not any(table.MAKES_CLASSES.get(origin, True) for origin in made)
        if isinstance(thing.of, str):
            return False
        for one in self.flow.lineage(thing.of):
            if isinstance(one, str):
                if _base_has_own_text(one):
                    return True
            elif isinstance(one, ast.ClassDef):
                told = self._says_own_text(one, as_text=as_text)
                if told is not None:
                    return told
        return False

    def _says_own_text(self, node: ast.ClassDef, *, as_text: bool) -> bool | None:
        """Tell the same of a class body with its decorators; None where they say nothing."""
        methods = {s.name: s for s in node.body if isinstance(s, ast.FunctionDef)}
        if as_text and ("__str__" in methods or "__format__" in methods):
            return True
        if "__repr__" in methods:
            return "__repr__(" not in "".join(map(ast.unparse, methods["__repr__"].body))
        decorators = {
            origin.removesuffix("()")
            for decorator in node.decorator_list
            for origin in origins(self.flow.decorators.get(decorator, NOTHING))
        }
        if decorators & {"dataclasses.dataclass", "attr.s", "attrs.define", "attr.define"}:
            return not any("repr=False" in ast.unparse(d) for d in node.decorator_list)
        return None


def attributes_kept(node: ast.ClassDef) -> frozenset[str]:
    """Name the attributes that instances of a class keep, as its body tells."""
    stored = {
        inner.attr
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store)
    }
    fields = {
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }
    return frozenset(stored | fields)


def _base_has_own_text(origin: str) -> bool:
    module, _, name = origin.rpartition(".")
    if module == "builtins":
        found = getattr(builtins, name, None)
        if isinstance(found, type) and issubclass(found, BaseException):
            return True
    return origin.removesuffix("()") in table.OWN_TEXT or origin.startswith("torch.nn.")


def sight(notebook: Timeline, modules: Sequence[SourceModule]) -> Sight:
    """Look through a notebook and what it imports of its project.

    Parameters
    ----------
    notebook : Timeline
        The notebook.
    modules : sequence of SourceModule
        The modules of its project that it imports.

    Returns
    -------
    Sight
        Everything that is done with its definitions.
    """
    flow = Evaluation([_notebook(notebook), *map(_unit, modules)])
    owners: dict[object, ast.AST] = {}
    for step in flow.steps:
        if step.unit == MAIN and not step.within and isinstance(step.node, DefinitionNode):
            for inner in ast.walk(step.node):
                if isinstance(
                    inner,
                    (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Call),
                ):
                    owners[inner] = step.node
    about: dict[ast.AST, list[Event]] = {}
    for event in flow.events:
        concerned = {owners.get(thing.of) for thing in event.things}
        for node in concerned:
            if node is not None:
                about.setdefault(node, []).append(event)
    told = {node: tuple(events) for node, events in about.items()}
    return Sight(flow, owners, told, *_looked_up(notebook), _asked_for(notebook))


def _looked_up(
    notebook: Timeline,
) -> tuple[dict[tuple[str, str], int], dict[str, list[tuple[int, ast.expr]]]]:
    """Index the names that a notebook imports from modules, and the attributes that it reads."""
    imported: dict[tuple[str, str], int] = {}
    attributes: dict[str, list[tuple[int, ast.expr]]] = {}
    for home in notebook.cells:
        cell = home.cell.index + 1
        for node in ast.walk(home.tree):
            match node:
                case ast.ImportFrom(names=aliases):
                    if module := absolute_module(node, ""):
                        for alias in aliases:
                            imported.setdefault((module, alias.name), cell)
                case ast.Attribute(value=value, attr=name):
                    attributes.setdefault(name, []).append((cell, value))
    return imported, attributes


def _asked_for(notebook: Timeline) -> dict[str, list[int]]:
    """Index the names in lines that show the source of something."""
    found: dict[str, list[int]] = {}
    for home in notebook.cells:
        for magic in home.code.magics:
            text = magic.text.strip()
            if text.startswith(_SHOWS_SOURCE) or text.endswith("??"):
                for name in words(text):
                    found.setdefault(name, []).append(home.cell.index + 1)
    return found


def _notebook(notebook: Timeline) -> Unit:
    bound = frozenset().union(*(bound_names(home.tree.body) for home in notebook.cells))
    shows_more = any("ast_node_interactivity" in home.cell.source for home in notebook.cells)
    shown = {
        statement
        for home in notebook.cells
        for statement in (home.tree.body if shows_more else home.tree.body[-1:])
        if isinstance(statement, ast.Expr | ast.Assign if shows_more else ast.Expr)
        and not home.is_silenced(statement)
    }
    parts = tuple((home.cell.index + 1, home.tree) for home in notebook.cells)
    return Unit(MAIN, Scope("module", bound), parts, shown=frozenset(shown))


def project_modules(notebook: Timeline, roots: Sequence[Path]) -> Iterator[SourceModule]:
    """Read the modules of the project that a notebook imports, and those that these import."""
    pending = [name for home in notebook.cells for name in _imported(home.tree, "")]
    seen: set[str] = set()
    while pending and len(seen) < _MOST_MODULES:
        name = pending.pop(0)
        source = None if name in seen else _read(name, roots)
        if source is None:
            continue
        seen.add(name)
        pending.extend(_imported(source.tree, source.package))
        yield source


def _unit(source: SourceModule) -> Unit:
    scope = Scope("module", bound_names(source.tree.body))
    return Unit(source.name, scope, ((0, source.tree),), source.package)


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from modules_run(node, package)


def _read(name: str, roots: Sequence[Path]) -> SourceModule | None:
    for root in roots:
        place = root.joinpath(*name.split("."))
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if path.is_file():
                try:
                    return read_source(name, path)
                except TargetError:
                    return None
    return None

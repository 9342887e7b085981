"""What can be changed in a file: the operators of mutmut, wherever code runs."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

# Another type in their place says nothing about what the program does.
_ABOUT_TYPES = frozenset({"Literal", "NewType", "TypeVar", "cast"})


@dataclass(frozen=True)
class Mutant:
    """One change of one file."""

    path: str
    line: int
    number: int
    before: str
    after: str

    @property
    def room(self) -> str:
        """The folder of the package that the file stands in."""
        return self.path.split("/")[1]

    def diff(self) -> str:
        """The change with a little of what stands around it."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), self.path, self.path, "", "", 2, ""
        )
        return "\n".join(lines)

    def changed(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The lines that go and those that come, without indentation."""
        lines = list(difflib.ndiff(self.before.splitlines(), self.after.splitlines()))
        gone = tuple(line[2:].strip() for line in lines if line.startswith("- "))
        come = tuple(line[2:].strip() for line in lines if line.startswith("+ "))
        return gone, come


@dataclass(frozen=True)
class Site:
    """Where a mutant is, before its text is written."""

    path: str
    line: int
    number: int


class File:
    """A file with all that can be changed in it."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        found = _Changes(wrapper.module)
        wrapper.visit(found)
        self._module = wrapper.module
        self._changes = found.changes

    def sites(self) -> tuple[Site, ...]:
        """Every change, in the order of the file."""
        return tuple(
            Site(self._path, change.line, number) for number, change in enumerate(self._changes)
        )

    def mutant(self, site: Site) -> Mutant | None:
        """The changed file; None where the change is no Python, or none."""
        change = self._changes[site.number]
        # Only the statement around it is written anew, which is faster.
        body = list(self._module.body)
        whole = body[change.statement].deep_replace(change.original, change.mutated)
        assert isinstance(whole, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
        body[change.statement] = whole
        module = self._module.with_changes(body=body)
        if module.code == self._text:
            return None
        try:
            compile(module.code, self._path, "exec", dont_inherit=True)
        except SyntaxError:
            return None
        return Mutant(self._path, site.line, site.number, self._text, module.code)


@dataclass(frozen=True)
class _Change:
    original: cst.CSTNode
    mutated: cst.CSTNode
    line: int
    statement: int


class _Changes(cst.CSTVisitor):
    """Collects what each operator makes of each node that runs."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, module: cst.Module) -> None:
        super().__init__()
        self.changes: list[_Change] = []
        self._lines: list[int] = [1]
        self._places = {id(statement): at for at, statement in enumerate(module.body)}
        self._statement = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        # Operators have no position of their own.
        position = self.get_metadata(PositionProvider, node, None)
        self._statement = self._places.get(id(node), self._statement)
        self._lines.append(position.start.line if position else self._lines[-1])
        if _says_nothing(node):
            return False
        for mutated in _mutated(node):
            self.changes.append(_Change(node, mutated, self._lines[-1], self._statement))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._lines.pop()


def _mutated(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            yield from operator(node)


def _says_nothing(node: cst.CSTNode) -> bool:
    """Whether what stands in it is for type checkers, or would only break the import."""
    if isinstance(node, (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)):
        return True
    if isinstance(node, cst.Subscript):
        return isinstance(node.value, cst.Name) and node.value.value in _ABOUT_TYPES
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value in _ABOUT_TYPES
    )

"""All definitions of the notebooks, by name, program and what the names in them mean."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbrefactor.python.address import Builtin, Origin
from nbrefactor.python.scopes import free_references
from nbrefactor.scan.definitions import Texts
from nbrefactor.scan.grouping import Grouping, Placed
from nbrefactor.scan.moves import is_data
from nbrefactor.scan.names import Surroundings, told_as
from nbrefactor.scan.programs import Program
from nbrefactor.scan.reading import Reader, files_of
from nbrefactor.scan.sources import Source
from nbrefactor.scan.values import Copy, Text, best_documented


@dataclass(frozen=True, eq=False)
class Bucket:
    """Copies of one program under one name, in which every name means the same.

    Parameters
    ----------
    program : Program
        The program.
    members : tuple of Placed
        Its copies, each with its notebook.
    arounds : callable
        Gives what names mean in a notebook.
    """

    program: Program
    members: tuple[Placed, ...]
    arounds: Callable[[Source], Surroundings]

    @property
    def around(self) -> Surroundings:
        """What names mean in the notebook of the first copy."""
        return self.arounds(self.members[0].source)

    @property
    def copies(self) -> tuple[Copy, ...]:
        """The copies."""
        return tuple(one.copy for one in self.members)

    @property
    def name(self) -> str:
        """Their name."""
        return self.members[0].copy.text.name

    @cached_property
    def outside(self) -> tuple[str, ...]:
        """The names around it that it needs when it runs."""
        return outside(self.program)

    @cached_property
    def best(self) -> Placed:
        """The best documented copy: see `nbrefactor.scan.values.best_documented`."""
        rest = self.members
        while rest:
            kept = best_documented([one.copy.text for one in rest])
            found = next(one for one in rest if one.copy.text is kept)
            if not self.why_not_written(found):
                return found
            rest = tuple(one for one in rest if one.copy.text is not kept)
        return self.members[0]

    def why_not_written(self, one: Placed) -> str:
        """Say what an annotation of a copy names that cannot be imported; empty for nothing."""
        around = self.arounds(one.source)
        for name in annotated(one.copy.text):
            if not isinstance(around.symbol(name), (Origin, Builtin)):
                return f"an annotation names {name}, which no import brings in"
        return ""

    @cached_property
    def data(self) -> tuple[str, ...]:
        """The names around it that hold values of the notebook."""
        return tuple(n for n in self.outside if is_data(self.around.symbol(n)))

    @cached_property
    def code(self) -> frozenset[tuple[str, str]]:
        """What its other names mean: imports, helpers, builtins."""
        data = set(self.data)
        return frozenset(
            (name, told_as(self.around.symbol(name))) for name in self.outside if name not in data
        )


def outside(program: Program) -> tuple[str, ...]:
    """Name what a program reads around it, annotations aside, which no copy needs to share."""
    node = program.first.node
    if isinstance(node, ast.Module):
        return program.outside
    read = {one.name for one in free_references(node) if not one.annotation}
    return tuple(name for name in program.outside if name in read)


def annotated(text: Text) -> tuple[str, ...]:
    """Name what the annotations of a definition read around it."""
    if isinstance(text.node, ast.Module):
        return ()
    return tuple(dict.fromkeys(one.name for one in free_references(text.node) if one.annotation))


_Key = tuple[Program, tuple[tuple[str, str], ...], str]


class Library:
    """The definitions of a number of notebooks.

    Parameters
    ----------
    paths : sequence of Path or str
        Notebooks, and folders that are searched for them.
    reader : Reader
        Reads them; its problems are those of the library.
    """

    def __init__(self, paths: Sequence[Path | str], reader: Reader) -> None:
        files = files_of(paths)
        self._texts = Texts()
        self.sources: dict[str, Source] = {one.path: one for one in reader.notebooks(files)}
        self.problems = (*files.problems, *reader.left_out, *reader.problems)
        self._placed = [one for source in self.sources.values() for one in self._in(source)]
        self._grouping = Grouping(self._placed, self._texts)
        self._families: dict[str, tuple[Bucket, ...]] = {}
        self._outside: dict[Program, tuple[str, ...]] = {}

    def _in(self, source: Source) -> Iterator[Placed]:
        for cell, text in source.cells:
            for found in self._texts.definitions(text):
                yield Placed(source, found, Copy(source.path, cell, found.row, found.text))

    def around(self, source: Source) -> Surroundings:
        """Give the names of a notebook."""
        return self._grouping.surroundings(source)

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Placed]]:
        """The definitions of each name, in the order of the notebooks."""
        found: dict[str, list[Placed]] = {}
        for one in self._placed:
            found.setdefault(one.copy.text.name, []).append(one)
        return found

    def family(self, name: str) -> tuple[Bucket, ...]:
        """Group the definitions of a name: those with the most copies first."""
        if name not in self._families:
            found: dict[_Key, list[Placed]] = {}
            for one in self.by_name.get(name, ()):
                text = one.copy.text
                around = self.around(one.source)
                program = around.program(text)
                # What magics do is not in the tree, so that their text has to be the same.
                if program not in self._outside:
                    self._outside[program] = outside(program)
                names = self._outside[program]
                told = tuple((name, told_as(around.symbol(name))) for name in names)
                key = (program, told, text.source if one.found.magic else "")
                found.setdefault(key, []).append(one)
            self._families[name] = tuple(self._buckets(found))
        return self._families[name]

    def _buckets(self, keyed: dict[_Key, list[Placed]]) -> Iterator[Bucket]:
        ranked = sorted(keyed.items(), key=lambda one: -len(one[1]))
        for (program, _, _), members in ranked:
            yield Bucket(program, tuple(members), self.around)


def gone(copies: Sequence[Copy]) -> int:
    """Count the lines that would go if one copy were left."""
    lines = [copy.text.lines for copy in copies]
    return sum(lines) - max(lines, default=0)

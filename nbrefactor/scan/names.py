"""What the names around a copy mean where it stands, read from the cells that can bind them."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbrefactor.python.address import Builtin, Literal, Local, Origin, Symbol, Unknown
from nbrefactor.python.meanings import STAR, Constant, Imported, Meaning, Starred, Unclear
from nbrefactor.scan.definitions import Found, Texts
from nbrefactor.scan.glance import names_of
from nbrefactor.scan.programs import Program, Programs
from nbrefactor.scan.sources import Source
from nbrefactor.scan.values import Text

_KERNEL = frozenset({"display", "get_ipython"})
_STAR = re.compile(r"\bimport\s*\*")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Key:
    """A program with what each name around it stands for."""

    form: object
    names: tuple[tuple[str, str], ...]


class Surroundings:
    """The names of one notebook or module, looked up when they are asked for.

    Parameters
    ----------
    source : Source
        The file.
    texts : Texts
        Parses cells.
    programs : Programs
        Gives programs of definitions.
    meanings : dict
        What each cell binds, shared among notebooks.
    keys : dict
        The keys of helpers, shared among notebooks.
    """

    def __init__(
        self,
        source: Source,
        texts: Texts,
        programs: Programs,
        meanings: dict[str, Mapping[str, Meaning]],
        keys: dict[Key, int],
    ) -> None:
        self._source = source
        self._texts = texts
        self._programs = programs
        self._meanings = meanings
        self._keys = keys
        self._symbols: dict[str, Symbol] = {}
        self._defined_as: dict[str, list[Found]] | None = None
        self._open: list[str] = []
        self.helpers: dict[str, Found] = {}

    def symbol(self, name: str) -> Symbol:
        """Say what a name stands for."""
        known = self._symbols.get(name)
        if known is None:
            if name in self._open or len(self._open) > _DEEPEST:
                return Local(f"circle {name}")
            self._open.append(name)
            known = self._look(name)
            self._open.pop()
            self._symbols[name] = known
        return known

    def _look(self, name: str) -> Symbol:
        found: list[Meaning] = []
        stars: list[str] = []
        for source in self._binding_cells(name):
            meanings = self._of_cell(source)
            if name in meanings:
                found.append(meanings[name])
            star = meanings.get(STAR)
            if isinstance(star, Starred):
                stars.extend(star.modules or ("text",))
        defined = self._definitions.get(name)
        if defined:
            return self._defined(name, defined, len(found))
        distinct = list(dict.fromkeys(found))
        if not distinct:
            if hasattr(builtins, name) or name in _KERNEL:
                return Builtin(name)
            if stars or self._has_star():
                return Unknown(name, "may come from a star import")
            return Unknown(name, "is bound nowhere")
        if len(distinct) > 1:
            return Unknown(name, "is bound more than once")
        match distinct[0]:
            case Imported(dotted=dotted):
                return Origin(dotted)
            case Constant(value=value):
                return Literal(value)
            case Unclear(reason=reason):
                return Unknown(name, reason)
        return Unknown(name, "is a definition inside of another statement")

    def _defined(self, name: str, defined: list[Found], bindings: int) -> Symbol:
        """Give the address of a function of the notebook, if it is only one."""
        if len({one.text.source for one in defined}) > 1 or bindings > len(defined):
            return Unknown(name, "is defined in more than one way")
        helper = defined[0]
        if helper.magic:
            return Unknown(name, "holds a magic or shell line")
        self.helpers[name] = helper
        program = self._programs.of(helper.text)
        return Local(self._number(self.key(program)))

    def _number(self, key: Key) -> str:
        """Give equal keys one short name, so that keys of their users stay short."""
        return str(self._keys.setdefault(key, len(self._keys)))

    @property
    def _definitions(self) -> dict[str, list[Found]]:
        if self._defined_as is None:
            self._defined_as = {}
            for _, source in self._source.cells:
                for one in self._texts.definitions(source):
                    self._defined_as.setdefault(one.text.name, []).append(one)
        return self._defined_as

    def program(self, text: Text) -> Program:
        """Give the program of a text."""
        return self._programs.of(text)

    def key(self, program: Program) -> Key:
        """Give a program with what its names stand for: equal keys are the same program."""
        told = tuple((name, told_as(self.symbol(name))) for name in program.outside)
        return Key(program.form, told)

    def binding_trees(self, name: str) -> Iterator[ast.Module]:
        """Give the cells that may bind a name, parsed."""
        for source in self._binding_cells(name):
            parsed = self._texts.parsed(source)
            if parsed is not None:
                yield parsed.tree

    def _binding_cells(self, name: str) -> list[str]:
        return [one for _, one in self._source.cells if name in self._texts.may_bind(one)]

    def _has_star(self) -> bool:
        return any("*" in source and _STAR.search(source) for _, source in self._source.cells)

    def _of_cell(self, source: str) -> Mapping[str, Meaning]:
        meanings = self._meanings.get(source)
        if meanings is None:
            parsed = self._texts.parsed(source)
            try:
                meanings = {} if parsed is None else names_of(parsed.tree)
            except RecursionError:
                meanings = {}
            self._meanings[source] = meanings
        return meanings


def told_as(symbol: Symbol) -> str:
    """Write what a name means as text; what only holds data is a name that calls could pass."""
    match symbol:
        case Origin(dotted=dotted):
            return f"import {dotted}"
        case Builtin(name=name):
            return f"builtin {name}"
        case Local(address=address):
            return f"local {address}"
        case Literal():
            return "data"
        case Unknown(why=why) if is_missing(symbol) or "defin" in why:
            return why
    return "data"


def is_missing(symbol: Symbol) -> bool:
    """Tell whether nothing in the file binds the name."""
    return isinstance(symbol, Unknown) and symbol.why in (
        "is bound nowhere",
        "may come from a star import",
    )

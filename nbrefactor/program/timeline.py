"""The code cells of a notebook in order, with what each binds, reads and may touch unseen."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from nbrefactor.effects import known
from nbrefactor.notebook.document import Cell
from nbrefactor.notebook.magics import CellCode, MagicText, parse, read_cell
from nbrefactor.program.hidden import HiddenAccess, hidden_accesses
from nbrefactor.program.words import imports_in, words, words_bound
from nbrefactor.python.environment import STAR, Imported, Meaning, Unclear, environment
from nbrefactor.python.scopes import DefinitionNode, Reference, references

Role = Literal["call", "attribute", "decorator", "base", "value"]

_PARAMETER_TAGS = frozenset({"parameters", "injected-parameters"})
PARAMETER = "a parameter of the notebook"
"""Why a name is unclear that whoever runs the notebook may set."""


@dataclass(frozen=True, slots=True, eq=False)
class CodeCell:
    """A code cell whose Python is known.

    Parameters
    ----------
    cell : Cell
        The cell as it stands in the notebook.
    code : CellCode
        Its source with what is not Python masked.
    tree : ast.Module
        The parsed masked source.
    parents : mapping of ast.AST to ast.AST
        The node around each node.
    references : tuple of Reference
        What it reads, binds and deletes of the notebook's names.
    """

    cell: Cell
    code: CellCode
    tree: ast.Module
    parents: Mapping[ast.AST, ast.AST]
    references: tuple[Reference, ...]

    def start(self, node: ast.AST) -> int:
        """Offset in the cell's source at which a node begins."""
        return self.code.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Offset in the cell's source behind a node."""
        return self.code.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def leaks(self, node: ast.AST) -> bool:
        """Tell whether what a node binds reaches the notebook, and does not end with a timing."""
        if not self.code.leaks:
            return False
        if not self.code.unleaked:
            return True
        while not hasattr(node, "lineno"):
            node = self.parents[node]
        start = self.start(node)
        return not any(begin <= start < end for begin, end in self.code.unleaked)

    def is_silenced(self, node: ast.AST) -> bool:
        """Tell whether a semicolon behind a node keeps IPython from showing its value."""
        behind = self.cell.source[self.end(node) :].partition("#")[0]
        return behind.strip().startswith(";")

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a node, the nearest first."""
        while node in self.parents:
            node = self.parents[node]
            yield node


@dataclass(frozen=True, slots=True, eq=False)
class InlineDefinition:
    """A function or class defined at the top of a cell, or in an ``if``, ``try`` or ``with`` there.

    Parameters
    ----------
    name : str
        Its name.
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        Its definition.
    home : CodeCell
        The cell that holds it.
    block : list of ast.stmt
        The statements among which it stands.
    inside : str
        ``""`` at the top of the cell, else the statement around it: ``if``, ``try``, ``with``,
        ``for``, ``while``, ``match`` or, in a handler, ``except``.
    """

    name: str
    node: DefinitionNode
    home: CodeCell
    block: Sequence[ast.stmt]
    inside: str

    @property
    def start(self) -> int:
        """Offset at which the definition begins, its decorators included."""
        first = self.node.decorator_list[0] if self.node.decorator_list else self.node
        if first is self.node:
            return self.home.start(self.node)
        return self.home.cell.source.rindex("@", 0, self.home.start(first))

    @property
    def end(self) -> int:
        """Offset behind the definition's last statement."""
        return self.home.end(self.node)


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """One place that reads a notebook name."""

    name: str
    node: ast.Name
    home: CodeCell
    role: Role
    deferred: bool

    @property
    def row(self) -> int:
        """The row at which it happens at the earliest: that of the outermost function around it."""
        functions = [
            node for node in self.home.ancestors(self.node) if isinstance(node, _FUNCTIONS)
        ]
        return functions[-1].lineno if functions else self.node.lineno

    @property
    def call(self) -> ast.Call | None:
        """The call, where the name is called."""
        around = self.home.parents[self.node]
        return around if self.role == "call" and isinstance(around, ast.Call) else None


@dataclass(frozen=True, slots=True, eq=False)
class Rebinding:
    """One place that binds or deletes a notebook name."""

    name: str
    node: ast.AST
    home: CodeCell
    deletes: bool

    @property
    def place(self) -> tuple[int, int]:
        """Cell and row, to be compared with those of other bindings."""
        return (self.home.cell.index, getattr(self.node, "lineno", 0))

    @property
    def is_sure(self) -> bool:
        """Whether it happens whenever its cell runs to its end: no branch, loop or body around."""
        node: ast.AST = self.node
        while node in self.home.parents:
            around = self.home.parents[node]
            if isinstance(around, ast.Module):
                return True
            if isinstance(around, (*_SCOPES, ast.If, ast.For, ast.While, ast.Try, ast.Match)):
                return False
            if isinstance(around, (ast.AsyncFor, ast.IfExp, ast.BoolOp, ast.ListComp)):
                return False
            node = around
        return True


@dataclass(frozen=True, slots=True)
class Mention:
    """Text that may read or bind names although it is no Python of the cell.

    Parameters
    ----------
    cell : int
        Position of the cell.
    text : str
        The text.
    what : str
        What it is, as the subject of a sentence: ``cell 3 does not parse and``.
    words : frozenset of str
        The names in the text.
    bound : frozenset of str
        Those of them that it may bind.
    imports : mapping of str to frozenset of str
        Names that it imports, and where from.
    """

    cell: int
    text: str
    what: str
    words: frozenset[str]
    bound: frozenset[str]
    imports: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def may_change(self, name: str, meaning: Meaning) -> bool:
        """Tell whether the text may make a name mean something else than it does."""
        if name not in self.bound:
            return False
        if not isinstance(meaning, Imported):
            return True
        # An import among other lines counts as the only one that binds the name.
        return self.imports.get(name) != frozenset({meaning.dotted})


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """A notebook's code in order.

    Parameters
    ----------
    cells : tuple of CodeCell
        The cells that are Python.
    definitions : tuple of InlineDefinition
        Their definitions, in order.
    uses : mapping of str to tuple of Use
        Where each name is read.
    rebindings : mapping of str to tuple of Rebinding
        Where each name is bound or deleted, definitions included.
    mentions : tuple of Mention
        Text that may read or bind what it names.
    environment : mapping of str to Meaning
        What each name means once every cell has run.
    opaque : tuple of (Cell, str)
        Cells that do not parse, with the reason.
    hidden : tuple of HiddenAccess
        Places that may read or bind any name unseen.
    texts : tuple of Cell
        Code cells that are no Python: opaque ones, and text for something else.
    """

    cells: tuple[CodeCell, ...]
    definitions: tuple[InlineDefinition, ...]
    uses: Mapping[str, tuple[Use, ...]]
    rebindings: Mapping[str, tuple[Rebinding, ...]]
    mentions: tuple[Mention, ...]
    environment: Mapping[str, Meaning]
    opaque: tuple[tuple[Cell, str], ...]
    hidden: tuple[HiddenAccess, ...]
    texts: tuple[Cell, ...]

    @property
    def hidden_writer(self) -> HiddenAccess | None:
        """The first place that may bind any name unseen."""
        return next((found for found in self.hidden if found.writes), None)

    @property
    def joined(self) -> ast.Module:
        """The statements of all cells whose names reach the notebook, as one module."""
        return _joined(self.cells)

    @property
    def before_star(self) -> frozenset[str]:
        """Names that a star import follows after they are bound first."""
        stars = [found.place for found in self.rebindings.get(STAR, ())]
        if not stars:
            return frozenset()
        return frozenset(
            name
            for name, bindings in self.rebindings.items()
            if name != STAR and min(found.place for found in bindings) < max(stars)
        )

    def mention(self, name: str) -> Mention | None:
        """Return the first text that names a name and may read or bind it."""
        return next((found for found in self.mentions if name in found.words), None)

    def cells_that_bind(self, name: str) -> tuple[int, ...]:
        """Give the numbers of the cells that bind a name, counted from 1."""
        return tuple(sorted({found.home.cell.index + 1 for found in self.rebindings.get(name, ())}))

    def reached_by(self, binding: Rebinding) -> tuple[Use, ...]:
        """Give the uses of a name that may see what one place binds.

        Cells run from top to bottom. A use in a function's body may see later bindings too, any
        other use only one above it; neither sees one that another binding, which surely runs,
        takes over from before the function is defined.
        """
        return tuple(use for use in self.uses.get(binding.name, ()) if self._reaches(binding, use))

    def _reaches(self, binding: Rebinding, use: Use) -> bool:
        at = (use.home.cell.index, use.row)
        if use.deferred and binding.place >= at:
            return True
        if binding.place > at:
            return use.home is binding.home and _in_same_loop(binding, use)
        return not any(
            binding.place < other.place <= at and other.is_sure and not _holds(other, use)
            for other in self.rebindings.get(binding.name, ())
        )

    def definitions_that_use(self, node: DefinitionNode) -> frozenset[DefinitionNode] | None:
        """Give the definitions around all uses of a definition's name, its own aside.

        None where it is used outside of any, or text may use it.
        """
        if self.mention(node.name) is not None:
            return None
        inline = {definition.node for definition in self.definitions}
        users: set[DefinitionNode] = set()
        for use in self.uses.get(node.name, ()):
            around = [found for found in use.home.ancestors(use.node) if found in inline]
            if not around:
                return None
            users.update(found for found in around if isinstance(found, DefinitionNode))
        return frozenset(users - {node})


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def _in_same_loop(binding: Rebinding, use: Use) -> bool:
    """Tell whether a binding below a use comes before it in a loop's next round."""
    around = set(binding.home.ancestors(binding.node))
    return any(
        node in around and isinstance(node, (ast.For, ast.AsyncFor, ast.While))
        for node in use.home.ancestors(use.node)
    )


def _holds(binding: Rebinding, use: Use) -> bool:
    """Tell whether a use stands in the statement that binds, and so is read before it."""
    return binding.home is use.home and any(
        node is _statement(binding) for node in use.home.ancestors(use.node)
    )


def _statement(binding: Rebinding) -> ast.AST:
    node = binding.node
    while not isinstance(node, ast.stmt) and node in binding.home.parents:
        node = binding.home.parents[node]
    return node


def timeline(cells: Sequence[Cell], *, before: Timeline | None = None) -> Timeline:
    """Read the code of a notebook.

    Parameters
    ----------
    cells : sequence of Cell
        All cells of the notebook.
    before : Timeline or None
        The notebook before some of its cells were edited; what it has read of the others is not
        read again.

    Returns
    -------
    Timeline
        What the code cells define, use and may touch.
    """
    reading = _Reading({} if before is None else _homes(before))
    for cell in cells:
        if cell.cell_type == "code":
            reading.add(cell)
    return _timeline(reading)


def _homes(before: Timeline) -> dict[tuple[int, str], CodeCell]:
    return {(home.cell.index, home.cell.source): home for home in before.cells}


@dataclass(slots=True)
class _Reading:
    """Code cells as they are read, one after the other."""

    known: Mapping[tuple[int, str], CodeCell]
    code_cells: list[CodeCell] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    opaque: list[tuple[Cell, str]] = field(default_factory=list)
    texts: list[Cell] = field(default_factory=list)

    def add(self, cell: Cell) -> None:
        """Read one more cell."""
        home = self.known.get((cell.index, cell.source))
        if home is not None:
            self._add_python(replace(home, cell=cell))
            return
        code = read_cell(cell.source)
        if code.kind != "python":
            self._add_text(cell, code)
            return
        tree = code.tree or parse(code.python)
        try:
            found = references(tree.body)
        except RecursionError:
            self.texts.append(cell)
            self.opaque.append((cell, "it is nested too deeply to be understood"))
            what = f"cell {cell.index + 1} is nested too deeply to be understood and"
            self.mentions.append(_mention(cell, cell.source, what))
            return
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self._add_python(CodeCell(cell, code, tree, parents, found))

    def _add_python(self, home: CodeCell) -> None:
        self.code_cells.append(home)
        index = home.cell.index
        for magic in home.code.magics:
            if (bound := _bound_by_magic(magic.text)) is not None:
                what = f"a magic line in cell {index + 1}"
                self.mentions.append(Mention(index, magic.text, what, words(magic.text), bound))

    def _add_text(self, cell: Cell, code: CellCode) -> None:
        self.texts.append(cell)
        number = f"cell {cell.index + 1}"
        if code.kind == "opaque":
            self.opaque.append((cell, code.reason))
            self.mentions.append(_mention(cell, cell.source, f"{number} does not parse and"))
        elif code.reads_text:
            self.mentions.append(_mention(cell, cell.source, f"the magic of {number}"))
        if code.binds:
            own = frozenset(code.binds)
            self.mentions.append(
                Mention(cell.index, cell.source, f"the magic of {number}", own, own)
            )


def _timeline(reading: _Reading) -> Timeline:
    code_cells, mentions = reading.code_cells, reading.mentions
    uses: dict[str, list[Use]] = {}
    rebindings: dict[str, list[Rebinding]] = {}
    for home in code_cells:
        for reference in home.references:
            name, node = reference.name, reference.node
            if reference.context == "read":
                assert isinstance(node, ast.Name)
                use = Use(name, node, home, _role(home, node), reference.deferred)
                uses.setdefault(name, []).append(use)
            elif home.leaks(node):
                place = Rebinding(name, node, home, reference.context == "delete")
                rebindings.setdefault(name, []).append(place)
    names = environment(_joined(code_cells), "", main=True)
    hidden = tuple(_hidden(code_cells, names))
    if hidden:
        mentions.extend(_run_text(code_cells, hidden[0]))
    return Timeline(
        tuple(code_cells),
        tuple(found for home in code_cells for found in _definitions(home)),
        {name: tuple(found) for name, found in uses.items()},
        {name: tuple(found) for name, found in rebindings.items()},
        tuple(mentions),
        _environment(names, code_cells, mentions),
        tuple(reading.opaque),
        hidden,
        tuple(reading.texts),
    )


def _mention(cell: Cell, text: str, what: str) -> Mention:
    return Mention(cell.index, text, what, words(text), words_bound(text), imports_in(text))


def _bound_by_magic(text: str) -> frozenset[str] | None:
    """Give the words that a magic line may bind by itself; None where it asks for help only."""
    if _asks_for_help(text):
        return None
    if text.startswith("!"):
        return frozenset()
    name, _, rest = text.partition(" ")
    found = known.magic(name)
    return words(rest) if found is None or found.binds else frozenset()


def _hidden(cells: Sequence[CodeCell], names: Mapping[str, Meaning]) -> Iterator[HiddenAccess]:
    for home in cells:
        number = home.cell.index + 1
        if home.code.binds_unknown or any(map(_loads_unknown, home.code.magics)):
            yield HiddenAccess("a magic line", cell=number)
        for found in hidden_accesses(home.tree, names):
            yield replace(found, cell=number)


def _loads_unknown(magic: MagicText) -> bool:
    """Tell whether a magic line loads an extension of which nobody knows what it does."""
    name, _, extension = magic.text.strip().partition(" ")
    return name in ("%load_ext", "%reload_ext") and not known.extension(extension.strip())


def _definitions(home: CodeCell) -> Iterator[InlineDefinition]:
    pending: list[tuple[Sequence[ast.stmt], str]] = [(home.tree.body, "")]
    found: list[InlineDefinition] = []
    while pending:
        block, inside = pending.pop()
        for statement in block:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.append(InlineDefinition(statement.name, statement, home, block, inside))
                continue
            kind = type(statement).__name__.lower().removeprefix("async").removesuffix("star")
            for part in ("body", "orelse", "finalbody"):
                pending.append((getattr(statement, part, []), inside or kind))
            for case in getattr(statement, "cases", ()):
                pending.append((case.body, inside or "match"))
            for handler in getattr(statement, "handlers", ()):
                pending.append((handler.body, "except"))
    return iter(sorted(found, key=lambda definition: definition.node.lineno))


def _joined(cells: Sequence[CodeCell]) -> ast.Module:
    body = [statement for home in cells for statement in home.tree.body if home.leaks(statement)]
    return ast.Module(body, [])


def _environment(
    names: Mapping[str, Meaning], cells: Sequence[CodeCell], mentions: Sequence[Mention]
) -> dict[str, Meaning]:
    meanings = dict(names)
    for home in cells:
        for name in home.code.binds:
            meanings[name] = Unclear(f"bound by a magic in cell {home.cell.index + 1}")
        if _PARAMETER_TAGS & set(home.cell.tags):
            for found in home.references:
                if found.context == "bind":
                    meanings[found.name] = Unclear(PARAMETER)
    for mention in mentions:
        for name in mention.bound & meanings.keys():
            if mention.may_change(name, meanings[name]):
                meanings[name] = Unclear(f"{mention.what} may bind it")
    return meanings


def _role(home: CodeCell, node: ast.Name) -> Role:
    around = home.parents[node]
    if isinstance(around, ast.Call) and around.func is node:
        return "call"
    if isinstance(around, ast.Attribute):
        return "attribute"
    if isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        if node in around.decorator_list:
            return "decorator"
        if isinstance(around, ast.ClassDef) and node in around.bases:
            return "base"
    return "value"


def _asks_for_help(text: str) -> bool:
    stripped = text.strip()
    return stripped.startswith("?") or stripped.endswith("?") or stripped.startswith("%pinfo")


def _run_text(cells: Sequence[CodeCell], running: HiddenAccess) -> Iterator[Mention]:
    """Yield the texts of a notebook that runs text: any of them may name anything."""
    for home in cells:
        for node in ast.walk(home.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                is_text = home.cell.index + 1 == running.cell or node.value.isidentifier()
                if is_text:
                    what = f"text of cell {home.cell.index + 1}, which cell {running.cell} may run,"
                    yield _mention(home.cell, node.value, what)

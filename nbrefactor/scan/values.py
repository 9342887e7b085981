"""The frozen values that travel from reading to a report: copies, groups, families."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from nbrefactor.python.scopes import DefinitionNode, own_parameters

Kind = Literal["function", "class", "cell"]
Way = Literal["as-is", "helpers", "parameter", "no"]
Difference = Literal["literal", "default", "parameter", "name", "line", "function"]


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """The source of a definition or cell, parsed once however often it occurs.

    Parameters
    ----------
    name : str
        The definition's name; empty for a cell.
    source : str
        Its lines, decorators and comments in it included, without common indentation.
    node : ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef or ast.Module
        Its tree; a module for a cell.
    lines : int
        How many lines of code it has; empty lines and comments do not count.
    """

    name: str
    source: str
    node: DefinitionNode | ast.Module
    lines: int

    @property
    def kind(self) -> Kind:
        """What it is."""
        if isinstance(self.node, ast.Module):
            return "cell"
        return "class" if isinstance(self.node, ast.ClassDef) else "function"


def text_of(name: str, source: str, node: DefinitionNode | ast.Module) -> Text:
    """Make a text, its lines counted."""
    stripped = (line.strip() for line in source.splitlines())
    lines = sum(1 for line in stripped if line and not line.startswith("#"))
    return Text(name, source, node, lines)


@dataclass(frozen=True, slots=True)
class Copy:
    """One place where a definition stands.

    Parameters
    ----------
    path : str
        The file, as found.
    cell : int or None
        Number of the cell, counted from 1; None in a ``.py`` file.
    row : int
        Line within the cell or file, counted from 1.
    text : Text
        Its source.
    """

    path: str
    cell: int | None
    row: int
    text: Text

    @property
    def in_module(self) -> bool:
        """Whether it stands in a ``.py`` file."""
        return self.cell is None


@dataclass(frozen=True, slots=True)
class Move:
    """How the copies of a group could leave their notebooks.

    Parameters
    ----------
    way : Way
        ``as-is`` (an import is enough), ``helpers`` (with functions that it uses), ``parameter``
        (calls pass what it reads of the notebook), or ``no``.
    names : tuple of str
        The helpers, or the names that become parameters.
    why : str
        What keeps it in its notebook; empty where it can go.
    """

    way: Way
    names: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Copies of one program whose names mean the same wherever they stand.

    Parameters
    ----------
    copies : tuple of Copy
        In the order in which they were found; those in ``.py`` files last.
    move : Move or None
        How they could go; None where there is one copy.
    packages : tuple of str
        Top-level packages that the program uses, sorted.
    draws : bool
        Whether it draws with a plotting library.
    """

    copies: tuple[Copy, ...]
    move: Move | None = None
    packages: tuple[str, ...] = ()
    draws: bool = False

    @property
    def name(self) -> str:
        """The name that most copies have."""
        names = [copy.text.name for copy in self.copies]
        return max(dict.fromkeys(names), key=names.count)

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.copies[0].text.kind

    @property
    def inline(self) -> tuple[Copy, ...]:
        """The copies in notebooks."""
        return tuple(copy for copy in self.copies if not copy.in_module)

    @property
    def modules(self) -> tuple[str, ...]:
        """The ``.py`` files that hold it already."""
        return tuple(dict.fromkeys(copy.path for copy in self.copies if copy.in_module))

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The notebooks that hold it."""
        return tuple(dict.fromkeys(copy.path for copy in self.inline))

    @property
    def lines(self) -> int:
        """How many lines the longest copy has."""
        return max(copy.text.lines for copy in self.copies)

    @property
    def gone(self) -> int:
        """How many lines would go if one copy in a module were left."""
        total = sum(copy.text.lines for copy in self.inline)
        return total if self.modules else max(total - self.lines, 0)

    @property
    def best(self) -> Text:
        """The best documented copy: see `best_documented`."""
        return best_documented([copy.text for copy in self.copies])


@dataclass(frozen=True, slots=True)
class Variant:
    """A group beside the family's largest one, with what differs.

    Parameters
    ----------
    group : Group
        The group.
    kind : Difference
        The largest difference: a literal, a default, a parameter, a name from outside, a line, or
        really another function.
    differences : tuple of str
        What differs, a sentence each, at most a few.
    similarity : float
        Share of the lines that both have in common, 0 to 1.
    """

    group: Group
    kind: Difference
    differences: tuple[str, ...]
    similarity: float


@dataclass(frozen=True, slots=True)
class Family:
    """Groups that belong together by name or shape.

    Parameters
    ----------
    group : Group
        The one with the most lines to lose.
    variants : tuple of Variant
        The others, those with the most copies first.
    """

    group: Group
    variants: tuple[Variant, ...] = ()

    @property
    def name(self) -> str:
        """The name of its largest group."""
        return self.group.name

    @property
    def gone(self) -> int:
        """How many lines of identical copies would go."""
        return self.group.gone + sum(one.group.gone for one in self.variants)

    @property
    def groups(self) -> tuple[Group, ...]:
        """All groups, the largest first."""
        return (self.group, *(one.group for one in self.variants))

    @property
    def copies(self) -> int:
        """How many copies stand in notebooks."""
        return sum(len(group.inline) for group in self.groups)

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The notebooks that hold any of them."""
        return tuple(dict.fromkeys(path for group in self.groups for path in group.notebooks))


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found.

    Parameters
    ----------
    families : tuple of Family
        Those that the user asked for, the most lines first.
    notebooks, modules, definitions : int
        How many files of each kind were read, and how many definitions stand in notebooks.
    problems : tuple of str
        Files that could not be read, a sentence each.
    left_out : tuple of str
        Named files that the settings leave out, a sentence each.
    """

    families: tuple[Family, ...]
    notebooks: int
    modules: int
    definitions: int
    problems: tuple[str, ...] = field(default=())
    left_out: tuple[str, ...] = field(default=())

    @property
    def groups(self) -> tuple[Group, ...]:
        """All groups of copies: those with one copy are only variants of others."""
        return tuple(
            group
            for family in self.families
            for group in family.groups
            if len(group.copies) > 1 and group.inline
        )

    @property
    def gone(self) -> int:
        """How many lines would go."""
        return sum(group.gone for group in self.groups)


def best_documented(texts: Sequence[Text]) -> Text:
    """Choose the copy to keep: the longest docstring, then annotations, comments, frequency.

    Parameters
    ----------
    texts : sequence of Text
        Sources of one program.

    Returns
    -------
    Text
        Of equals the one that comes first.
    """
    counts: dict[str, int] = {}
    for text in texts:
        counts[text.source] = counts.get(text.source, 0) + 1

    def worth(text: Text) -> tuple[int, int, int, int]:
        node = text.node
        said = ast.get_docstring(node) or ""
        annotated = 0
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            parameters = own_parameters(node.args)
            annotated = sum(one.annotation is not None for one in parameters)
            annotated += node.returns is not None
        comments = sum(line.lstrip().startswith("#") for line in text.source.splitlines())
        return len(said), annotated, comments, counts[text.source]

    return max(dict.fromkeys(texts), key=worth)

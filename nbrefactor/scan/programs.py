"""Programs of texts, normalised only where another text may be the same program."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbrefactor.python.canonical import canonical, numbered
from nbrefactor.python.dump import dump
from nbrefactor.python.scopes import references
from nbrefactor.scan.outline import Outline, outline
from nbrefactor.scan.values import Text

# Who reads these has docstrings and annotations as part of the program.
_OWN_TEXT = frozenset({"__doc__", "__annotations__", "getdoc", "get_type_hints"})


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """One program, whoever spells it.

    Parameters
    ----------
    first : Text
        The text with which it was found first.
    form : object
        What is compared: equal forms are the same program up to comments, layout, docstrings,
        annotations and names of its own.
    """

    first: Text
    form: object
    _outside: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def outside(self) -> tuple[str, ...]:
        """The names around it that it reads or binds, sorted."""
        if not self._outside:
            self._outside.append(_outside(self.first))
        return self._outside[0]


class Programs:
    """Tells which texts are the same program, for the length of one scan.

    Parameters
    ----------
    texts : iterable of Text
        All of them.
    """

    def __init__(self, texts: Iterable[Text]) -> None:
        self._outlines: dict[Text, Outline | None] = {}
        self._spellings: dict[tuple[object, object], set[tuple[object, ...]]] = {}
        self._names: dict[tuple[object, ...], set[str]] = {}
        self._programs: dict[Text, Program] = {}
        self._by_form: dict[object, Program] = {}
        self._shapes: dict[Text, str] = {}
        for text in texts:
            self._outline(text)

    def _outline(self, text: Text) -> Outline | None:
        if text not in self._outlines:
            self._outlines[text] = made = _outline(text)
            if made is not None:
                key = (made.structure, made.values)
                self._spellings.setdefault(key, set()).add(made.words)
                self._names.setdefault(made.structure, set()).add(text.name)
        return self._outlines[text]

    def has_company(self, text: Text) -> bool:
        """Tell whether a text of another name has the same structure."""
        made = self._outline(text)
        return made is not None and len(self._names[made.structure]) > 1

    def of(self, text: Text) -> Program:
        """Give a text's program: one value for all texts that are the same."""
        found = self._programs.get(text)
        if found is None:
            form = self._form(text)
            found = self._by_form.setdefault(form, Program(text, form))
            self._programs[text] = found
        return found

    def shape(self, text: Text) -> str:
        """Give the program without literals and names of its own."""
        if text not in self._shapes:
            node = text.node
            try:
                tree = node if isinstance(node, ast.Module) else numbered(node)
                self._shapes[text] = f"{text.kind} {dump(tree, _kind)}"
            except RecursionError:
                self._shapes[text] = text.source
        return self._shapes[text]

    def _form(self, text: Text) -> object:
        made = self._outline(text)
        if made is None or _OWN_TEXT.intersection(w for w in made.words if isinstance(w, str)):
            return text.source
        node = text.node
        spellings = self._spellings[made.structure, made.values]
        if isinstance(node, ast.Module) or len(spellings) == 1:
            return made
        return f"{type(node).__name__} {canonical(node).program}"


def _outline(text: Text) -> Outline | None:
    try:
        return outline(text.node)
    except RecursionError:
        return None


def _outside(text: Text) -> tuple[str, ...]:
    """Name what a text reads or binds around it, annotations included."""
    own = getattr(text.node, "name", None)
    names: dict[str, None] = {}
    try:
        pending = [symtable.symtable(text.source, "<text>", "exec")]
    except (SyntaxError, ValueError, RecursionError):
        return _outside_of_tree(text)
    if pending[0].get_type() == "module" and text.kind == "cell":
        names.update(dict.fromkeys(pending[0].get_identifiers()))
    while pending:
        table = pending.pop()
        if table.get_type() != "module":
            found = (symbol.get_name() for symbol in table.get_symbols() if symbol.is_global())
            names.update(dict.fromkeys(found))
        else:
            found = (one.get_name() for one in table.get_symbols() if one.is_referenced())
            names.update(dict.fromkeys(found))
        pending.extend(table.get_children())
    return tuple(sorted(name for name in names if name != own))


def _outside_of_tree(text: Text) -> tuple[str, ...]:
    """Do the same by the tree, where magics keep the source from being Python."""
    node = text.node
    try:
        found = references(node.body if isinstance(node, ast.Module) else [node])
    except RecursionError:
        return ()
    own = getattr(node, "name", None)
    return tuple(sorted({one.name for one in found if one.name != own}))


def _kind(node: ast.Constant) -> str:
    return type(node.value).__name__

"""What differs between two definitions, named in the words of their source."""

from __future__ import annotations

import ast
import copy
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbrefactor.python.difference import paired
from nbrefactor.python.scopes import DefinitionNode

_MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Part:
    """A smallest piece of code that one of two definitions has and the other has not.

    Parameters
    ----------
    label : str
        The keyword or variable that it is given to; empty where there is none.
    here, there : str
        The inline code and the target's; empty where it has none there.
    """

    label: str
    here: str
    there: str

    def __str__(self) -> str:
        if not self.here:
            return f"{_short(self.there)} only in the target"
        if not self.there:
            return f"{_short(self.here)} only here"
        label = f"{self.label}: " if self.label else ""
        return f"{label}{_short(self.here)} here, {_short(self.there)} in the target"


def differing_parts(inline: DefinitionNode, target: DefinitionNode) -> tuple[Part, ...]:
    """Name what differs between the bodies of two functions or classes.

    Parameters
    ----------
    inline, target : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definitions.

    Returns
    -------
    tuple of Part
        Parameters first, then in the order of the source. Names, docstrings, annotations, defaults
        of parameters and layout are no differences; locals bear the target's names as far as they
        correspond.
    """
    here, there = paired(inline, target)
    return (
        *_parameters(here, there),
        *_lists("", here.decorator_list, there.decorator_list),
        *_lists("", here.body, there.body),
    )


def _parameters(here: DefinitionNode, there: DefinitionNode) -> Iterator[Part]:
    if isinstance(here, ast.ClassDef) or isinstance(there, ast.ClassDef):
        return
    one, other = _without_defaults(here.args), _without_defaults(there.args)
    if one != other:
        yield Part("parameters", f"({one})", f"({other})")


def _without_defaults(arguments: ast.arguments) -> str:
    bare = copy.copy(arguments)
    bare.defaults, bare.kw_defaults = [], [None] * len(arguments.kwonlyargs)
    return ast.unparse(bare)


def _lists(label: str, here: Sequence[ast.AST], there: Sequence[ast.AST]) -> Iterator[Part]:
    one, other = [ast.dump(node) for node in here], [ast.dump(node) for node in there]
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            continue
        shared = min(end - start, last - first)
        for offset in range(shared):
            yield from _nodes(label, here[start + offset], there[first + offset])
        for node in here[start + shared : end]:
            yield Part(label, ast.unparse(node), "")
        for node in there[first + shared : last]:
            yield Part(label, "", ast.unparse(node))


def _nodes(label: str, here: ast.AST, there: ast.AST) -> Iterator[Part]:
    if ast.dump(here) == ast.dump(there):
        return
    whole = type(here) is not type(there) or isinstance(here, (ast.Tuple, ast.List))
    inner = [] if whole else list(_inner(label, here, there))
    # Where too much of one expression differs, the expression says more than its pieces.
    if inner and (len(inner) == 1 or not isinstance(here, ast.expr)):
        yield from inner
    else:
        yield Part(label, ast.unparse(here), ast.unparse(there))


def _inner(label: str, here: ast.AST, there: ast.AST) -> Iterator[Part]:
    if isinstance(here, ast.keyword) and isinstance(there, ast.keyword):
        if here.arg == there.arg:
            yield from _nodes(here.arg or "", here.value, there.value)
        return
    match here, there:
        case ast.Call(keywords=mine), ast.Call(keywords=theirs):
            yield from _nodes(label, here.func, there.func)
            yield from _lists(label, here.args, there.args)
            yield from _keywords(mine, theirs)
            return
        case ast.Assign(targets=[ast.Name(id=name)]), ast.Assign(targets=[ast.Name(id=other)]):
            label = name if name == other else label
    for field in here._fields:
        one, two = getattr(here, field, None), getattr(there, field, None)
        if isinstance(one, list) and isinstance(two, list) and field != "ops":
            if all(isinstance(part, ast.AST) for part in (*one, *two)):
                yield from _lists(label, one, two)
        elif isinstance(one, ast.expr) and isinstance(two, ast.expr):
            yield from _nodes(label, one, two)


def _keywords(here: Sequence[ast.keyword], there: Sequence[ast.keyword]) -> Iterator[Part]:
    """Pair keywords by name: their order is no matter of what is drawn."""
    others = {keyword.arg: keyword for keyword in there}
    for keyword in here:
        if keyword.arg in others:
            yield from _nodes(keyword.arg or "", keyword.value, others.pop(keyword.arg).value)
        else:
            yield Part("", ast.unparse(keyword), "")
    for keyword in others.values():
        yield Part("", "", ast.unparse(keyword))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"

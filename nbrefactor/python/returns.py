"""What a function hands back, as far as its source tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbrefactor.python.scopes import DefinitionNode, bound_by

_FIGURE_MAKERS = ("figure", "gcf", "get_figure", "Figure")
_FIGURE_ANNOTATIONS = ("Figure", "matplotlib.figure.Figure", "plt.Figure", "mpl.figure.Figure")


def returned(node: DefinitionNode) -> frozenset[str]:
    """Say what a definition returns.

    Parameters
    ----------
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definition.

    Returns
    -------
    frozenset of str
        Noun phrases, one for each kind of result: ``"nothing"``, ``"a Figure"``, ``"a pair"``,
        ``"a tuple of 3"``, ``"a value"`` (anything else), ``"a generator"``, ``"a coroutine"``,
        ``"an instance"`` for a class.
    """
    if isinstance(node, ast.ClassDef):
        return frozenset({"an instance"})
    own = list(_own_nodes(node))
    if any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in own):
        return frozenset({"a generator"})
    if isinstance(node, ast.AsyncFunctionDef):
        return frozenset({"a coroutine"})
    if node.returns is not None and _annotation(node.returns) in _FIGURE_ANNOTATIONS:
        return frozenset({"a Figure"})
    kinds = {_kind(inner.value, own) for inner in own if isinstance(inner, ast.Return)}
    if not kinds or not _always_returns(node.body):
        kinds.add("nothing")
    return frozenset(kinds)


def same_result(one: DefinitionNode, other: DefinitionNode) -> bool:
    """Tell whether whoever uses the result of the one can use that of the other alike.

    Parameters
    ----------
    one, other : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        Two definitions whose bodies differ.

    Returns
    -------
    bool
        True where both return nothing, or both their figure. Values of the same kind can have
        been computed in different ways.
    """
    kinds = returned(one)
    return kinds == returned(other) and kinds in ({"nothing"}, {"a Figure"})


def describe(kinds: frozenset[str]) -> str:
    """Write the kinds of result as a phrase."""
    return " or ".join(sorted(kinds))


def _annotation(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ast.unparse(node)


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a function's body without the functions and classes nested in it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _own_nodes(child)


def _kind(value: ast.expr | None, own: list[ast.AST]) -> str:
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        return "nothing"
    if isinstance(value, ast.Tuple) and not any(isinstance(e, ast.Starred) for e in value.elts):
        return "a pair" if len(value.elts) == 2 else f"a tuple of {len(value.elts)}"
    if _makes_figure(value):
        return "a Figure"
    if isinstance(value, ast.Name) and _always_figure(value.id, own):
        return "a Figure"
    return "a value"


def _always_figure(name: str, own: list[ast.AST]) -> bool:
    """Tell whether a local name is bound by nothing but the making of a figure."""
    bindings = sum(
        (isinstance(node, ast.arg) and node.arg == name) or name in bound_by(node) for node in own
    )
    figures = 0
    for node in own:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name:
                figures += _makes_figure(node.value)
            elif isinstance(target, ast.Tuple) and _called(node.value) == "subplots":
                first = target.elts[0]
                figures += isinstance(first, ast.Name) and first.id == name
    return 0 < bindings == figures


def _makes_figure(value: ast.expr) -> bool:
    if isinstance(value, ast.Attribute) and value.attr == "figure":
        return True
    return _called(value) in _FIGURE_MAKERS


def _called(value: ast.expr) -> str:
    if not isinstance(value, ast.Call):
        return ""
    if isinstance(value.func, ast.Attribute):
        return value.func.attr
    return value.func.id if isinstance(value.func, ast.Name) else ""


def _always_returns(body: list[ast.stmt]) -> bool:
    """Tell whether every way through these statements returns or raises."""
    last = body[-1]
    if isinstance(last, (ast.Return, ast.Raise)):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and _always_returns(last.body) and _always_returns(last.orelse)
    if isinstance(last, (ast.With, ast.AsyncWith)):
        return _always_returns(last.body)
    if isinstance(last, ast.Try):
        return _always_returns(last.body) and all(_always_returns(h.body) for h in last.handlers)
    return False

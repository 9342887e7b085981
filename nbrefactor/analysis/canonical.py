"""The canonical form of a definition: what is left of it without comments, layout and names."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from nbrefactor.analysis.scopes import (
    DefinitionNode,
    bound_names,
    free_references,
    function_locals,
    own_parameters,
    parameter_names,
)

_Node = TypeVar("_Node", bound=ast.AST)

_OWN_TEXT = frozenset({"__doc__", "__annotations__", "getdoc", "get_type_hints"})


@dataclass(frozen=True, slots=True)
class Canonical:
    """One definition, made comparable.

    Parameters
    ----------
    text : str
        The program without comments, layout, docstrings and annotations, its own name taken out.
        Equal texts are Type-1 clones.
    shape : str
        The same with every local name replaced by its order of appearance. Equal shapes are
        Type-2 clones.
    parameters : tuple of str
        The parameters' names in the order in which they are written; empty for a class.
    outside : tuple of str
        Names of the surrounding module that the definition reads or binds, annotations aside, in
        order of appearance and without its own.
    recursive : bool
        Whether it reads or binds its own name, as whatever the module holds under it by then.
    """

    text: str
    shape: str
    parameters: tuple[str, ...]
    outside: tuple[str, ...]
    recursive: bool = False


def canonical(node: DefinitionNode) -> Canonical:
    """Reduce a definition to what it does.

    Parameters
    ----------
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definition; it is not modified.

    Returns
    -------
    Canonical
        Its comparable forms.

    Notes
    -----
    A decorator may look at the docstring and the annotations of what it decorates, so those of a
    decorated function count as part of its program. So do the annotations in a class body, of
    which dataclasses are made.
    """
    bare = bare_definition(node)
    own_name = node.name
    around = dict.fromkeys(found.name for found in free_references(bare))
    bare.name = "_"
    text = ast.dump(_rename_self(copied(bare), own_name))
    shape = text
    parameters: tuple[str, ...] = ()
    if not isinstance(bare, ast.ClassDef):
        parameters = parameter_names(bare.args)
        shape = ast.dump(_rename_self(_rename_locals(bare), own_name))
    outside = tuple(name for name in around if name != own_name)
    return Canonical(text, shape, parameters, outside, recursive=own_name in around)


def bare_definition(node: _Node) -> _Node:
    """Copy a definition without its docstring and annotations, as far as they are not its program.

    Parameters
    ----------
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definition; it is not modified.

    Returns
    -------
    ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The bare copy.
    """
    # Who reads docstrings or annotations has them as part of the program.
    bare = copied(node)
    if not any(_names_text(inner) for inner in ast.walk(node)):
        bare = _Bare().visit(bare)
    for inner in ast.walk(bare):
        if isinstance(inner, ast.Constant):
            inner.kind = None  # u"" and "" are the same text
    return bare


def _names_text(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=str(name)) | ast.Attribute(attr=str(name)) | ast.Constant(value=str(name)):
            return name in _OWN_TEXT
    return False


def copied(node: _Node) -> _Node:
    """Copy a tree, several times as fast as `copy.deepcopy` because trees share nothing."""
    fields = {name: _copied_value(getattr(node, name, None)) for name in node._fields}
    return ast.copy_location(type(node)(**fields), node)


def _copied_value(value: Any) -> Any:
    if isinstance(value, ast.AST):
        return copied(value)
    return [_copied_value(item) for item in value] if isinstance(value, list) else value


class _Bare(ast.NodeTransformer):
    """Takes docstrings and annotations out."""

    def __init__(self, *, in_class: bool = False, keep_declarations: bool = False) -> None:
        self.in_class = in_class
        self.keep_declarations = keep_declarations

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        if not node.decorator_list:
            node.returns = None
            for parameter in own_parameters(node.args):
                parameter.annotation = None
            node.body = _without_docstring(node.body)
        if not any(_is_declaration(inner) for inner in ast.walk(node)):
            _visit_body(node, _Bare())
            return node
        local = function_locals(node)
        plain = copied(node)
        _visit_body(plain, _Bare())
        if function_locals(plain) == local:
            return plain
        # A bare `x: int` makes x local; where nothing else does, it is part of the program.
        _visit_body(node, _Bare(keep_declarations=True))
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if not node.decorator_list:
            node.body = _without_docstring(node.body)
        _visit_body(node, _Bare(in_class=True))
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if self.in_class or (node.value is None and self.keep_declarations):
            return node
        if node.value is None:
            return None
        value = self.visit(node.value)
        return ast.Assign(targets=[node.target], value=value, lineno=node.lineno)


def _is_declaration(node: ast.AST) -> bool:
    return isinstance(node, ast.AnnAssign) and node.value is None


def _visit_body(node: DefinitionNode, transformer: ast.NodeTransformer) -> None:
    kept = [transformer.visit(statement) for statement in node.body]
    node.body = [statement for statement in kept if statement is not None] or [ast.Pass()]


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return body[1:] or [ast.Pass()]
    return body


def _rename_self(node: _Node, own_name: str) -> _Node:
    """Take a definition's own name out of its body, so that recursion compares equal."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and own_name in function_locals(
        node
    ):
        return node
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id == own_name:
            inner.id = "_"
    return node


def _rename_locals(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Replace local names by numbers; names of nested functions stay.

    A nested function's parameters can be named in calls (``inner(a=1)``), and what it binds is
    its own, so only names that it takes from the function around it are renamed in it.
    """
    renamed = copied(node)
    if any(_sees_names(inner, node.name) for inner in ast.walk(renamed)):
        return renamed
    counter = itertools.count()
    names: _Names = {name: f"${next(counter)}" for name in parameter_names(renamed.args)}
    for parameter in own_parameters(renamed.args):
        parameter.arg = names[parameter.arg]
    scope = (names | dict.fromkeys(function_locals(node) - names.keys(), ""),)
    for statement in renamed.body:
        _number(statement, scope, counter)
    return renamed


def _sees_names(node: ast.AST, own_name: str) -> bool:
    """Tell whether local names matter here, so that renaming them makes another program."""
    match node:
        case ast.Name(id="locals" | "vars" | "eval" | "exec" | "dir"):
            return True
        case ast.Global():
            # It may stand in a nested function and name what is a local name around that.
            return True
        case ast.Call(func=ast.Name(id=name), keywords=keywords):
            return name in (own_name, "_") and bool(keywords)
    return False


# Innermost first: local names with their numbers, empty until a name appears. Names that must
# stay stand for themselves.
_Names = dict[str, str]


def _number(node: ast.AST, scopes: tuple[_Names, ...], counter: Iterator[int]) -> None:
    def number(name: str) -> str:
        for names in scopes:
            if name in names:
                names[name] = names[name] or f"${next(counter)}"
                return names[name]
        return name

    outside: list[ast.AST] = []
    inside = scopes
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        outside = [node.generators[0].iter]
        targets = bound_names([generator.target for generator in node.generators])
        inside = (dict.fromkeys(targets, ""), *scopes)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        outside = [*getattr(node, "decorator_list", []), *node.args.defaults]
        outside.extend(default for default in node.args.kw_defaults if default is not None)
        inside = ({name: name for name in function_locals(node)}, *scopes)
    elif isinstance(node, ast.ClassDef):
        outside = [*node.decorator_list, *node.bases, *node.keywords]
        inside = ({name: name for name in bound_names(node.body)}, *scopes)

    if isinstance(node, ast.Name):
        node.id = number(node.id)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        node.name = number(node.name)
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        node.name = number(node.name) if node.name else node.name
    elif isinstance(node, ast.MatchMapping):
        node.rest = number(node.rest) if node.rest else node.rest
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            if alias.asname or "." not in alias.name:
                alias.asname = number(alias.asname or alias.name)
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        node.names = [number(name) for name in node.names]

    for part in outside:
        _number(part, scopes, counter)
    for child in ast.iter_child_nodes(node):
        if child not in outside:
            _number(child, inside, counter)

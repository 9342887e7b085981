"""The canonical form of a definition: what is left of it without comments, layout and names."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass
from typing import Any, TypeVar

from nbrefactor.python.dump import dump
from nbrefactor.python.scopes import (
    DefinitionNode,
    Scope,
    Visit,
    free_references,
    function_locals,
    own_parameters,
    parameter_names,
    walk,
)

_Node = TypeVar("_Node", bound=ast.AST)

# Stands for a definition's own name; no name of a program is written like it.
_SELF = "<self>"
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
    program : str
        The same with local names replaced and parameters kept, which calls can name.
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
    program: str
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
    Whether anybody looks at docstrings and annotations, decorators among them, is a question of its
    own. The annotations in a class body, of which dataclasses are made, are part of the program.
    """
    bare = bare_definition(node)
    own_name = node.name
    around = dict.fromkeys(found.name for found in free_references(bare))
    bare.name = _SELF
    text = dump(_rename_self(copied(bare), own_name))
    shape = program = text
    parameters: tuple[str, ...] = ()
    if not isinstance(bare, ast.ClassDef):
        parameters = parameter_names(bare.args)
        shape = dump(_rename_self(_rename_locals(bare), own_name))
        program = dump(_rename_self(_rename_locals(bare, parameters=False), own_name))
    outside = tuple(name for name in around if name != own_name)
    return Canonical(text, shape, program, parameters, outside, recursive=own_name in around)


def numbered(node: DefinitionNode) -> DefinitionNode:
    """Copy a definition with its own name taken out and all local names replaced by numbers."""
    bare = bare_definition(node)
    own_name, bare.name = node.name, _SELF
    if isinstance(bare, ast.ClassDef):
        return _rename_self(bare, own_name)
    return _rename_self(_rename_locals(bare), own_name)


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
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
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
            inner.id = _SELF
    return node


def _rename_locals(
    node: ast.FunctionDef | ast.AsyncFunctionDef, *, parameters: bool = True
) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Replace local names by numbers; names of nested functions stay.

    A nested function's parameters can be named in calls (``inner(a=1)``), and what it binds is
    its own, so only names that it takes from the function around it are renamed in it.
    """
    renamed = copied(node)
    if any(_sees_names(inner, node.name) for inner in ast.walk(renamed)):
        return renamed
    numbers = _Numbers(node, parameters=parameters)
    visits = list(walk([renamed]))
    for argument in own_parameters(renamed.args):
        argument.arg = numbers.of_parameter(argument.arg)
    for visit in visits:
        if visit.node is not renamed and len(visit.scopes) > 1:
            numbers.rename(visit)
    return renamed


_NAMED = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.ExceptHandler,
    ast.MatchAs,
    ast.MatchStar,
)


class _Numbers:
    """Gives each local name a number in the order in which the names appear."""

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef, *, parameters: bool) -> None:
        self._counter = itertools.count()
        names = parameter_names(node.args)
        self._parameters = {
            name: f"${next(self._counter)}" if parameters else name for name in names
        }
        self._numbers: dict[tuple[Scope, str], str] = {}

    def of_parameter(self, name: str) -> str:
        return self._parameters.get(name, name)

    def rename(self, visit: Visit) -> None:
        node = visit.node
        own = visit.scopes[1]
        if isinstance(node, ast.Name):
            stores = not isinstance(node.ctx, ast.Load)
            owner = visit.home(node.id) if stores else visit.owner(node.id)
            node.id = self._number(node.id, owner, own)
        elif isinstance(node, _NAMED):
            if node.name:
                node.name = self._number(node.name, visit.home(node.name), own)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            node.rest = self._number(node.rest, visit.home(node.rest), own)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if alias.asname or "." not in alias.name:
                    name = alias.asname or alias.name
                    alias.asname = self._number(name, visit.home(name), own)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            node.names = [self._number(name, visit.owner(name), own) for name in node.names]

    def _number(self, name: str, owner: Scope, own: Scope) -> str:
        if owner is own and name in self._parameters:
            return self._parameters[name]
        if owner is own or owner.kind == "comprehension":
            key = (owner, name)
            if key not in self._numbers:
                self._numbers[key] = f"${next(self._counter)}"
            return self._numbers[key]
        return name


def _sees_names(node: ast.AST, own_name: str) -> bool:
    """Tell whether local names matter here, so that renaming them makes another program."""
    match node:
        case ast.Name(id="locals" | "vars" | "eval" | "exec" | "dir"):
            return True
        case ast.Global():
            # It may stand in a nested function and name what is a local name around that.
            return True
        case ast.Call(func=ast.Name(id=name), keywords=keywords):
            return name in (own_name, _SELF) and bool(keywords)
    return False

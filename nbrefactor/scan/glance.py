"""What a cell binds, told without looking into what its statements compute."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from nbrefactor.python.environment import environment
from nbrefactor.python.literal import literal
from nbrefactor.python.meanings import STAR, Constant, Defined, Imported, Meaning, Unclear

_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def names_of(tree: ast.Module) -> Mapping[str, Meaning]:
    """Tell what the names that a cell binds mean once it has run.

    Parameters
    ----------
    tree : ast.Module
        The cell.

    Returns
    -------
    Mapping of str to Meaning
        As `environment` gives it, without the reasons of what is unclear: a cell of imports,
        definitions and plain assignments is read at a glance, any other as a whole.
    """
    found: dict[str, Meaning] = {}
    for statement in tree.body:
        bound = _bound(statement)
        if bound is None:
            return environment(tree, "", main=True)
        for name, meaning in bound.items():
            known = found.setdefault(name, meaning)
            if known != meaning:
                found[name] = Unclear("bound more than once")
    return found


def _bound(statement: ast.stmt) -> Mapping[str, Meaning] | None:
    """Give what a plain statement binds; None where that takes a closer look."""
    match statement:
        case ast.Import(names=aliases):
            return {
                alias.asname or alias.name.partition(".")[0]: Imported(
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                for alias in aliases
            }
        case ast.ImportFrom(module=str(module), level=0, names=aliases):
            if aliases[0].name == STAR:
                return None
            return {
                alias.asname or alias.name: Imported(f"{module}.{alias.name}") for alias in aliases
            }
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            if any(isinstance(node, ast.Global | ast.NamedExpr) for node in ast.walk(statement)):
                return None
            return {statement.name: Defined(statement)}
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            if not isinstance(value, ast.Constant | ast.UnaryOp | ast.BinOp | ast.Tuple):
                return None if _binds_inside(value) else {name: Unclear("computed")}
            text = literal(value, frozenset())
            return {name: Unclear("computed") if text is None else Constant(text)}
        case ast.Expr(value=value):
            return None if _binds_inside(value) else {}
        case ast.For() | ast.While() | ast.With() | ast.Assign() | ast.AugAssign():
            return _stored(statement)
    return None


def _binds_inside(node: ast.AST) -> bool:
    return any(
        isinstance(inner, ast.NamedExpr)
        or (isinstance(inner, ast.Name) and inner.id in ("exec", "globals", "vars", "locals"))
        or (isinstance(inner, ast.Name) and inner.id == "setattr")
        for inner in ast.walk(node)
    )


def _stored(statement: ast.stmt) -> Mapping[str, Meaning] | None:
    """Take what is stored anywhere in a statement for bound; None where it defines or imports."""
    found: dict[str, Meaning] = {}
    for node in ast.walk(statement):
        if isinstance(node, (*_IMPORTS, *_DEFINITIONS, ast.Try, ast.Match, ast.Lambda)):
            return None
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found[node.id] = Unclear("computed")
    return None if _binds_inside(statement) else found

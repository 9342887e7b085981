"""Whether one definition is another with some parameters filled in.

``def save(name, *, folder)`` is ``def save(name)`` where the body reads ``IMAGES`` instead of
`folder`: a call of the general one that passes ``folder=IMAGES`` does what the special one does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nbrefactor.python.canonical import Canonical, bare_definition, canonical, copied
from nbrefactor.python.scopes import FunctionNode, bound_by, free_references, parameter_names
from nbrefactor.python.signature import Signature, signature, written

Function = ast.FunctionDef | ast.AsyncFunctionDef

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_BRANCHES = (
    *(ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.Match, ast.BoolOp),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Compare),
)
_PAUSES = (ast.Yield, ast.YieldFrom, ast.Await)
_LEAVES = (*_PAUSES, ast.Return, ast.Raise, ast.Assert)


@dataclass(frozen=True, slots=True)
class Filled:
    """A parameter of the general definition, and what stands for it in the special one.

    Parameters
    ----------
    parameter : str
        The parameter's name.
    value : str
        Python source: a name from outside of the special definition, or a literal.
    is_name : bool
        Whether it is a name.
    optional : bool
        Whether the parameter has another value by default.
    late : bool
        Whether it may be read when the call is over: by a nested function or a generator.
    certain : bool
        Whether each call reads it, whatever it is given.
    """

    parameter: str
    value: str
    is_name: bool
    optional: bool = False
    late: bool = False
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """The general definition as it is with parameters filled in.

    Parameters
    ----------
    filled : tuple of Filled
        The parameters; those that already have the value as their default are left out.
    form : Canonical
        The canonical form of the special definition, which both share.
    parameters : tuple of str
        The general definition's names of the other parameters, in their order.
    """

    filled: tuple[Filled, ...]
    form: Canonical
    parameters: tuple[str, ...]


def instance(special: Function, general: Function) -> Instance | None:
    """Find how a general definition becomes a special one; None where it does not.

    Parameters
    ----------
    special, general : ast.FunctionDef or ast.AsyncFunctionDef
        The definitions. Parameters that only the general one has, all by keyword alone, are filled
        in; of the others literal defaults may differ.

    Returns
    -------
    Instance or None
        The two are the same program once that is done: their canonical forms are compared.
    """
    wanted = _further(signature(special.args), signature(general.args))
    if wanted is None:
        return None
    here, there = bare_definition(special), bare_definition(general)
    values: dict[str, list[ast.expr]] = {name: [] for name in wanted}
    if not _matches(here.body, there.body, values):
        return None
    for name, found in values.items():
        if not found or len({ast.dump(one) for one in found}) > 1 or _binds(there, name):
            return None
    made = _made(there, {name: found[0] for name, found in values.items()}, here)
    mine, theirs = canonical(here), canonical(made)
    if mine.shape != theirs.shape or mine.outside != theirs.outside:
        return None
    filled = tuple(_filled(here, there, values))
    if any(one.is_name and one.value not in mine.outside for one in filled):
        return None
    return Instance(filled, mine, theirs.parameters)


def is_literal(node: ast.expr) -> bool:
    """Tell whether an expression is a literal of a value that nobody can change."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=value)):
            return isinstance(value, (int, float, complex))
        case ast.Tuple(elts=elements, ctx=ast.Load()):
            return all(map(is_literal, elements))
    return False


def _further(special: Signature, general: Signature) -> tuple[str, ...] | None:
    """Name the parameters that only the general one has; None where not all can be passed."""
    further = [one for one in general.parameters if one.name not in special]
    shared = len(general.parameters) - len(further)
    if any(one.kind != "keyword-only" for one in further) or shared != len(special.parameters):
        return None
    return tuple(one.name for one in further)


def _matches(here: object, there: object, values: dict[str, list[ast.expr]]) -> bool:
    """Walk two trees side by side and collect what stands for the parameters."""
    if isinstance(there, ast.Name) and there.id in values and isinstance(there.ctx, ast.Load):
        if isinstance(here, ast.Name) or (isinstance(here, ast.expr) and is_literal(here)):
            values[there.id].append(here)
            return True
        return False
    if type(here) is not type(there):
        return False
    if isinstance(here, ast.AST):
        assert isinstance(there, ast.AST)
        return all(
            _matches(getattr(here, name, None), getattr(there, name, None), values)
            for name in here._fields
        )
    if isinstance(here, list):
        assert isinstance(there, list)
        if len(here) != len(there):
            return False
        return all(_matches(a, b, values) for a, b in zip(here, there, strict=True))
    # Names and literals are compared as canonical forms, which know whose they are.
    return True


def _binds(node: ast.AST, name: str) -> bool:
    """Tell whether a parameter is bound anew in its function, or in one inside of it."""
    for inner in ast.walk(node):
        if name in bound_by(inner):
            return True
        if isinstance(inner, (ast.Global, ast.Nonlocal)) and name in inner.names:
            return True
        if (
            inner is not node
            and isinstance(inner, _FUNCTIONS)
            and name in parameter_names(inner.args)
        ):
            return True
    return False


def _made(general: Function, values: dict[str, ast.expr], special: Function) -> Function:
    """Fill the values in, take the parameters out, and give the others the special defaults."""
    made = copied(general)
    fill = _Fill(values)
    made.body = [fill.visit(statement) for statement in made.body]
    arguments, theirs = made.args, special.args
    kept = [
        (one, default)
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if one.arg not in values
    ]
    arguments.kwonlyargs = [one for one, _ in kept]
    arguments.kw_defaults = [default for _, default in kept]
    if len(arguments.defaults) == len(theirs.defaults):
        pairs = zip(arguments.defaults, theirs.defaults, strict=True)
        arguments.defaults = [_default(mine, other) for mine, other in pairs]
    if len(arguments.kw_defaults) == len(theirs.kw_defaults):
        both = zip(arguments.kw_defaults, theirs.kw_defaults, strict=True)
        arguments.kw_defaults = [
            _default(mine, other) if mine is not None and other is not None else mine
            for mine, other in both
        ]
    return made


def _default(mine: ast.expr, other: ast.expr) -> ast.expr:
    """Take the other default where calls that rely on it can say it."""
    return other if is_literal(mine) and is_literal(other) else mine


class _Fill(ast.NodeTransformer):
    """Puts values in the place of parameters."""

    def __init__(self, values: dict[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self._values.get(node.id)
        return node if value is None else copied(value)


def _filled(
    special: Function, general: Function, values: dict[str, list[ast.expr]]
) -> Iterator[Filled]:
    defaults = {one.name: one.default for one in signature(general.args).parameters}
    free = {id(found.node) for found in free_references(special)}
    parents = {child: node for node in ast.walk(special) for child in ast.iter_child_nodes(node)}
    pauses = isinstance(special, ast.AsyncFunctionDef) or any(
        isinstance(node, _PAUSES) for node in _own(special)
    )
    for name, found in values.items():
        value, default = found[0], defaults[name]
        if default is not None and ast.dump(default) == ast.dump(value):
            continue
        if isinstance(value, ast.Name):
            if any(id(one) not in free for one in found):
                # A local name of the special definition: nobody outside has it.
                yield Filled(name, "", is_name=True)
                continue
            late = pauses or any(_is_late(one, parents) for one in found)
            certain = any(_is_certain(one, special, parents) for one in found)
            yield Filled(name, value.id, True, default is not None, late, certain)
        else:
            yield Filled(name, written(value), False, default is not None)


def _own(function: FunctionNode) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of functions inside of it."""
    pending: list[ast.AST] = list(ast.iter_child_nodes(function))
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            pending.extend(ast.iter_child_nodes(node))


def _around(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node


def _is_late(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether something may read a name after the call in which it stands has returned."""
    around = list(_around(node, parents))[:-1]
    return any(isinstance(one, (*_FUNCTIONS, ast.GeneratorExp)) for one in around)


def _is_certain(node: ast.AST, special: Function, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether a name is read in each call: in no branch, and before any way out."""
    around = list(_around(node, parents))
    if any(isinstance(one, _BRANCHES) for one in around[:-1]):
        return False
    statement = around[-2] if len(around) > 1 else node
    for one in special.body:
        if one is statement:
            return True
        if any(isinstance(inner, _LEAVES) for inner in ast.walk(one)):
            return False
    return False

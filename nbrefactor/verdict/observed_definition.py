"""What a definition computes and keeps: a cell does that whenever it runs, a module once."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbrefactor.effects import known
from nbrefactor.effects.lasting import LASTING
from nbrefactor.python.excerpt import excerpt
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.python.signature import signature
from nbrefactor.verdict.observed_sight import Sight
from nbrefactor.verdict.observed_values import Scope, Slot, Thing, themselves

# Calls with the same result whenever they are made, of libraries whose tables do not have them.
_STABLE = frozenset(
    {
        *("builtins.classmethod", "builtins.property", "builtins.staticmethod"),
        *("collections.namedtuple", "enum.auto", "functools.partialmethod"),
        *("operator.attrgetter", "operator.itemgetter", "torch.arange", "torch.device"),
        *("torch.ones", "torch.tensor", "torch.zeros", "types.MappingProxyType"),
        *("types.SimpleNamespace", "typing.NewType", "typing.ParamSpec", "typing.TypeVar"),
        *("typing.cast", "typing.NamedTuple", "typing.TypedDict"),
    }
)
_FIRM_EFFECTS = frozenset({"imports"})
# Modules whose attributes are the state of the process.
_STATE = ("sys.", "os.environ", "matplotlib.rcParams", "matplotlib.pyplot.rcParams", "builtins.")
_FIRM_STATE = frozenset({"sys.maxsize", "sys.float_info", "sys.byteorder", "sys.version_info"})


def computed_when_defined(node: DefinitionNode, sight: Sight) -> Iterator[str]:
    """Find what depends on the moment at which a definition runs.

    Parameters
    ----------
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definition.
    sight : Sight
        The notebook around it.

    Yields
    ------
    str
        Python source of an expression, shortened: a default, a base, a value of the class, an
        argument of a decorator.
    """
    seen: set[str] = set()
    for expression, scope in _evaluated(node, sight.scope(), sight):
        for part in _unsteady(expression, scope, sight):
            text = excerpt(part)
            if text not in seen:
                seen.add(text)
                yield text


def _evaluated(
    node: DefinitionNode, scope: Scope, sight: Sight
) -> Iterator[tuple[ast.expr, Scope]]:
    """Yield the expressions that are evaluated while a definition runs."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            yield from ((argument, scope) for argument in decorator.args)
            yield from ((keyword.value, scope) for keyword in decorator.keywords)
    if not isinstance(node, ast.ClassDef):
        yield from ((default, scope) for default in node.args.defaults)
        yield from ((default, scope) for default in node.args.kw_defaults if default is not None)
        return
    yield from ((base, scope) for base in node.bases)
    yield from ((keyword.value, scope) for keyword in node.keywords)
    inner = sight.flow.scopes[node]
    for statement in node.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from _evaluated(statement, inner, sight)
        else:
            yield from ((part, inner) for part in _expressions(statement))


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield what a statement of a class body evaluates, annotations and targets left out."""
    match statement:
        case ast.AnnAssign(value=value):
            if value is not None:
                yield value
        case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.Expr(value=value):
            yield value
        case _:
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.expr):
                    yield child
                elif isinstance(child, ast.stmt):
                    yield from _expressions(child)


def _unsteady(node: ast.expr, scope: Scope, sight: Sight) -> Iterator[ast.expr]:
    """Yield the parts of an expression that another moment may compute otherwise."""
    match node:
        case ast.Constant() | ast.Name() | ast.Lambda():
            # What names mean is another question, and a lambda computes nothing yet.
            return
        case ast.Call():
            yield from _unsteady_call(node, scope, sight)
        case ast.Attribute(value=value):
            if not _is_steady_attribute(node, scope, sight):
                yield node
            elif not isinstance(value, (ast.Name, ast.Attribute)):
                yield from _unsteady(value, scope, sight)
        case ast.Subscript(value=ast.Attribute() as value) if not _is_steady_container(
            value, scope, sight
        ):
            yield node
        case ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom():
            yield node
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.comprehension):
                    yield from _unsteady(child.iter, scope, sight)
                elif isinstance(child, ast.expr):
                    yield from _unsteady(child, scope, sight)


def _unsteady_call(node: ast.Call, scope: Scope, sight: Sight) -> Iterator[ast.expr]:
    if not _is_steady_call(node, scope, sight):
        yield node
        return
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        value = argument.value if isinstance(argument, ast.Starred) else argument
        yield from _unsteady(value, scope, sight)


def _is_steady_call(node: ast.Call, scope: Scope, sight: Sight) -> bool:
    if isinstance(node.func, ast.Attribute) and isinstance(
        node.func.value, (ast.Constant, ast.JoinedStr)
    ):
        return True
    if isinstance(node.func, ast.Attribute):
        # A setter or getter of a property of the class itself.
        owners = themselves(sight.flow.expression(node.func.value, scope))
        if any(isinstance(thing.of, ast.FunctionDef) for thing in owners):
            return True
    found = [thing.of for thing in themselves(sight.flow.expression(node.func, scope))]
    return bool(found) and all(isinstance(one, str) and _is_steady_function(one) for one in found)


def _is_steady_function(origin: str) -> bool:
    if origin in _STABLE:
        return True
    told = known.function(origin)
    return told is not None and not (set(told.effects) - _FIRM_EFFECTS)


def _is_steady_attribute(node: ast.Attribute, scope: Scope, sight: Sight) -> bool:
    """Tell whether an attribute is of a module or class, and nobody gives it another value."""
    base = list(themselves(sight.flow.expression(node.value, scope)))
    if not base:
        return False
    return all(_is_steady_member(thing, node.attr, sight) for thing in base)


def _is_steady_member(thing: Thing, name: str, sight: Sight) -> bool:
    if not isinstance(thing.of, str):
        return thing.kind == "definition"
    full = f"{thing.of}.{name}"
    if known.constant(full) is not None or full in _FIRM_STATE:
        return True
    if full.startswith(_STATE) or "()" in full or _is_changed_somewhere(thing.of, name, sight):
        return False
    unit = sight.flow.units.get(thing.of)
    if unit is None:
        return True
    # Of modules that can be read only their definitions and imports: the rest is configuration.
    found = sight.flow.content(Slot(unit.scope, name))
    return any(found_one.how == "itself" for found_one in found)


def _is_changed_somewhere(module: str, name: str, sight: Sight) -> bool:
    return any(
        event.kind == "changes"
        and event.detail in (name, "")
        and any(thing.of == module for thing in event.things)
        for event in sight.flow.events
    )


def _is_steady_container(node: ast.Attribute, scope: Scope, sight: Sight) -> bool:
    """Tell whether an index into an attribute is a type's parameter, or of a constant."""
    found = [thing.of for thing in themselves(sight.flow.expression(node, scope))]
    return all(
        not isinstance(one, str) or known.constant(one) is not None or _looks_like_class(one)
        for one in found
    )


def _looks_like_class(origin: str) -> bool:
    last = origin.rpartition(".")[2]
    return last[:1].isupper() and not last.isupper()


# -- what is kept between calls --------------------------------------------------------------------


def renewed_state(node: DefinitionNode) -> Iterator[str]:
    """Name what a definition keeps between calls and renews each time that it runs.

    Parameters
    ----------
    node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definition.

    Yields
    ------
    str
        Parameters with a list, dict or set as default, and such attributes of a class, that are
        not only read: handed to a method, indexed, looped over, compared or computed with. And
        attributes of a class that its own body sets on the class.
    """
    if isinstance(node, ast.ClassDef):
        yield from _renewed_by_class(node)
        return
    for parameter in signature(node.args).parameters:
        if _is_mutable(parameter.default) and _is_changed(
            node, parameter.name, nested=_is_nested(parameter.default)
        ):
            yield parameter.name


def _renewed_by_class(node: ast.ClassDef) -> Iterator[str]:
    own = {node.name, "cls"}
    set_on_class = {
        inner.attr
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute)
        and isinstance(inner.ctx, ast.Store)
        and (
            (isinstance(inner.value, ast.Name) and inner.value.id in own)
            or ast.unparse(inner.value) in ("type(self)", "self.__class__")
        )
    }
    for statement in node.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ):
                nested = _is_nested(value)
                if name in set_on_class or (
                    _is_mutable(value) and _is_changed(node, name, nested=nested)
                ):
                    yield name
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from renewed_state(statement)


def keeps_state(node: DefinitionNode) -> bool:
    """Tell whether two copies of a definition may be told apart by what they keep."""
    if isinstance(node, ast.ClassDef) or node.decorator_list:
        return True
    return any(_is_mutable(parameter.default) for parameter in signature(node.args).parameters)


def _is_mutable(value: ast.expr | None) -> bool:
    match value:
        case None | ast.Constant() | ast.Name() | ast.Attribute() | ast.Lambda():
            return False
        case ast.Tuple(elts=parts):
            return any(map(_is_mutable, parts))
        case ast.UnaryOp(operand=operand):
            return _is_mutable(operand)
        case ast.BinOp(left=left, op=ast.Mod()) if _is_text(left):
            return False
        case ast.BinOp(left=left, op=ast.Add(), right=right) if _is_text(left) or _is_text(right):
            return False
        case ast.BinOp(left=left, right=right):
            return _is_mutable(left) or _is_mutable(right)
        case ast.Compare() | ast.JoinedStr():
            return False
        case ast.Call(func=ast.Name(id="float" | "int" | "str" | "bool" | "frozenset" | "range")):
            return False
        case ast.Call(func=func):
            return not _looks_lasting(func)
    return True


def _is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.JoinedStr) or (
        isinstance(value, ast.Constant) and isinstance(value.value, str)
    )


def _looks_lasting(func: ast.expr) -> bool:
    """Tell whether a call makes something that nobody can change, by the name of what is called."""
    last = ast.unparse(func).rpartition(".")[2]
    return any(origin.rpartition(".")[2] == last for origin in LASTING)


def _is_nested(value: ast.expr | None) -> bool:
    """Tell whether what is taken out of a value can be changed too."""
    match value:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return any(map(_is_mutable, parts))
        case ast.Dict(values=parts):
            return any(map(_is_mutable, parts))
        case ast.ListComp(elt=part) | ast.SetComp(elt=part) | ast.DictComp(value=part):
            return _is_mutable(part)
    return False


def _is_changed(node: DefinitionNode, name: str, *, nested: bool) -> bool:
    """Tell whether a local name, or an attribute of that name, is not only read."""

    def is_named(part: ast.AST) -> bool:
        match part:
            case ast.Name(id=found, ctx=ast.Load()) | ast.Attribute(attr=found):
                return found == name
        return False

    read = sum(
        is_named(part) for inner in ast.walk(node) for part in _only_read(inner, nested=nested)
    )
    return read < sum(is_named(inner) for inner in ast.walk(node))


def _only_read(node: ast.AST, *, nested: bool) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=positional) if _only_reads(name):
            yield from positional
        case ast.Compare(left=left, comparators=others):
            yield from (left, *others)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield test
    if nested:
        return
    match node:
        case ast.Call(func=ast.Attribute(), args=positional, keywords=keywords):
            yield from positional
            yield from (keyword.value for keyword in keywords)
        case ast.Subscript(value=value, ctx=ast.Load()):
            yield value
        case ast.For(iter=value) | ast.comprehension(iter=value) | ast.Starred(value=value):
            yield value
        case ast.BinOp(left=left, right=right):
            yield from (left, right)
        case ast.Attribute(value=value, attr="copy" | "count" | "get" | "index" | "items"):
            yield value
        case ast.Attribute(value=value, attr="keys" | "values" | "union" | "isdisjoint"):
            yield value
        case ast.FormattedValue(value=value) | ast.keyword(arg=None, value=value):
            yield value


def _only_reads(name: str) -> bool:
    """Tell whether a builtin changes nothing of its arguments and keeps nothing of them."""
    told = known.function(f"builtins.{name}")
    return told is not None and not (told.changes or told.shares or told.calls or told.effects)

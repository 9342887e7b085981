"""What a statement does with the things of a program."""

from __future__ import annotations

import ast

from nbrefactor.python.bindings import absolute_module
from nbrefactor.verdict.observed_calls import call, decorate
from nbrefactor.verdict.observed_flow import Flow
from nbrefactor.verdict.observed_steps import Step
from nbrefactor.verdict.observed_values import (
    MAIN,
    NOTHING,
    Scope,
    Slot,
    Thing,
    Things,
    comprehension_scope,
    function_scope,
    put_inside,
    themselves,
)


class Evaluation(Flow):
    """The flow of a program, statement by statement."""

    def evaluate(self, step: Step) -> None:
        """Evaluate one statement, or the head of one that holds others."""
        _evaluate(self, step)

    def expression(self, node: ast.expr, scope: Scope) -> Things:
        """Give what an expression can be, and note what it does."""
        return expression(self, node, scope)


def _evaluate(flow: Flow, step: Step) -> None:
    node, scope = step.node, step.scope
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            _function(flow, node, scope)
        case ast.ClassDef():
            _class(flow, node, scope)
        case ast.Import() | ast.ImportFrom():
            _import(flow, node, scope)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                _assign(flow, target, value, scope)
        case ast.AnnAssign(target=target, annotation=annotation, value=value):
            _annotation(flow, annotation, scope)
            if value is not None:
                bind(flow, target, expression(flow, value, scope), scope)
        case ast.AugAssign(target=target, value=value):
            bind(flow, target, put_inside(flow.elements(expression(flow, value, scope))), scope)
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            _walk_through(flow, target, value, scope, scope)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                entered = expression(flow, item.context_expr, scope)
                if item.optional_vars is not None:
                    bind(flow, item.optional_vars, entered, scope)
        case ast.Return(value=ast.expr() as value):
            _return(flow, step, expression(flow, value, scope))
        case ast.Raise(exc=ast.expr() as error):
            _raise(flow, expression(flow, error, scope))
        case ast.ExceptHandler():
            _handler(flow, node, scope)
        case ast.match_case():
            _case(flow, node, scope)
        case ast.Delete(targets=targets):
            for target in targets:
                if isinstance(target, ast.Attribute):
                    changed = expression(flow, target.value, scope)
                    flow.note("changes", target, changed, target.attr)
        case ast.Expr(value=value):
            expression(flow, value, scope)
        case ast.If(test=value) | ast.While(test=value) | ast.Match(subject=value):
            expression(flow, value, scope)
        case ast.Assert(test=value, msg=message):
            expression(flow, value, scope)
            if message is not None:
                expression(flow, message, scope)
    if isinstance(node, (ast.Expr, ast.Assign)) and node in flow.units[step.unit].shown:
        flow.note("shows", node, expression(flow, node.value, scope), "display")


def _return(flow: Flow, step: Step, things: Things) -> None:
    if step.within:
        flow.write(Slot(step.within[-1], "return"), things)


def _raise(flow: Flow, things: Things) -> None:
    flow.raise_(
        frozenset(
            Thing("instance", thing.of) if thing.kind == "definition" else thing
            for thing in themselves(things)
            if thing.kind in ("definition", "instance")
        )
    )


def _assign(flow: Flow, target: ast.expr, value: ast.expr, scope: Scope) -> None:
    match target, value:
        case (
            (ast.Tuple(elts=into) | ast.List(elts=into)),
            (ast.Tuple(elts=of) | ast.List(elts=of)),
        ) if len(into) == len(of) and not any(isinstance(e, ast.Starred) for e in (*into, *of)):
            for part, one in zip(into, of, strict=True):
                _assign(flow, part, one, scope)
        case _:
            bind(flow, target, expression(flow, value, scope), scope)


def _function(flow: Flow, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
    _defaults(flow, node.args, flow.scopes[node], scope)
    for argument in (*ast.walk(node.args), node):
        annotation = getattr(argument, "returns" if argument is node else "annotation", None)
        if annotation is not None:
            _annotation(flow, annotation, scope)
    within = flow.step.within
    if within and isinstance(within[-1], ast.ClassDef):
        _own_object(flow, node, within[-1])
    bind_name(flow, node.name, decorate(flow, node, scope), scope)


def _annotation(flow: Flow, node: ast.expr, scope: Scope) -> None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    flow.annotate(expression(flow, node, scope))


def _own_object(
    flow: Flow, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef
) -> None:
    """Put an object of its class, or the class, into a method's first parameter."""
    parameters = [*node.args.posonlyargs, *node.args.args]
    kinds = {ast.unparse(decorator) for decorator in node.decorator_list}
    if not parameters or "staticmethod" in kinds:
        return
    of_class = "classmethod" in kinds or node.name in ("__new__", "__init_subclass__")
    own = Thing("definition" if of_class else "instance", owner)
    flow.write(Slot(flow.scopes[node], parameters[0].arg), frozenset({own}))


def _defaults(flow: Flow, arguments: ast.arguments, inner: Scope, scope: Scope) -> None:
    positional = [*arguments.posonlyargs, *arguments.args]
    given = zip(reversed(positional), reversed(arguments.defaults), strict=False)
    by_keyword = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    for parameter, default in (*given, *by_keyword):
        if default is not None:
            flow.write(Slot(inner, parameter.arg), expression(flow, default, scope))


def _class(flow: Flow, node: ast.ClassDef, scope: Scope) -> None:
    found = [expression(flow, base, scope) for base in node.bases]
    for keyword in node.keywords:
        expression(flow, keyword.value, scope)
    bases = frozenset(themselves(NOTHING.union(*found)))
    if flow.bases.get(node) != bases:
        flow.bases[node] = bases
    bind_name(flow, node.name, decorate(flow, node, scope), scope)


def _import(flow: Flow, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
    for alias in node.names:
        if isinstance(node, ast.Import):
            dotted = alias.name if alias.asname else alias.name.partition(".")[0]
            bind_name(flow, alias.asname or dotted, flow.imported(dotted), scope)
        elif alias.name == "*":
            module = absolute_module(node, flow.units[flow.step.unit].package)
            unit = flow.units.get(module or "")
            for name in unit.scope.bound if unit else ():
                if not name.startswith("_"):
                    bind_name(flow, name, flow.imported(f"{module}.{name}"), scope)
        else:
            module = absolute_module(node, flow.units[flow.step.unit].package)
            bind_name(
                flow, alias.asname or alias.name, flow.imported(f"{module}.{alias.name}"), scope
            )


def _handler(flow: Flow, node: ast.ExceptHandler, scope: Scope) -> None:
    caught = expression(flow, node.type, scope) if node.type is not None else NOTHING
    flow.note("compares", node, caught, "except")
    if node.name:
        classes = {thing.of for thing in caught if thing.kind == "definition"}
        raised = flow.raised()
        if classes and not any(thing.kind == "origin" for thing in caught):
            raised = frozenset(
                thing
                for thing in raised
                if not isinstance(thing.of, str) and classes & {*flow.lineage(thing.of)}
            )
        bind_name(flow, node.name, raised, scope)


def _case(flow: Flow, node: ast.match_case, scope: Scope) -> None:
    for inner in ast.walk(node.pattern):
        match inner:
            case ast.MatchClass(cls=cls):
                flow.note("compares", inner, expression(flow, cls, scope), "case")
            case ast.MatchValue(value=value):
                flow.note("compares", inner, expression(flow, value, scope), "case")
    if node.guard is not None:
        expression(flow, node.guard, scope)


# -- binding ---------------------------------------------------------------------------------------


def bind_name(flow: Flow, name: str, things: Things, scope: Scope) -> None:
    """Bind a name of a scope."""
    while scope.kind == "comprehension" and name not in scope.bound and scope.around is not None:
        scope = scope.around
    flow.write(Slot(scope.of(name), name), things)


def bind(flow: Flow, target: ast.expr, things: Things, scope: Scope) -> None:
    """Bind what an assignment or loop assigns to."""
    match target:
        case ast.Name(id=name):
            bind_name(flow, name, things, scope)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            inside = flow.elements(things)
            for part in parts:
                bind(
                    flow,
                    part,
                    put_inside(inside) if isinstance(part, ast.Starred) else inside,
                    scope,
                )
        case ast.Starred(value=value):
            bind(flow, value, things, scope)
        case ast.Attribute(value=value, attr=name):
            _bind_attribute(flow, target, expression(flow, value, scope), things, name)
        case ast.Subscript(value=value, slice=index):
            keys = expression(flow, index, scope)
            flow.note("compares", target, keys, "key")
            base = expression(flow, value, scope)
            if Thing("origin", MAIN) in base and isinstance(index, ast.Constant):
                flow.write(Slot(flow.units[MAIN].scope, str(index.value)), things)
            flow.absorb(value, put_inside(things | keys), scope)


def _walk_through(
    flow: Flow, target: ast.expr, walked: ast.expr, scope: Scope, inner: Scope
) -> None:
    """Bind what a loop takes out of something; keys and numbers of pairs are no things."""
    things = flow.elements(expression(flow, walked, scope))
    while isinstance(walked, ast.Call) and len(walked.args) == 1 and _is_walker(walked.func):
        # Such as list(table.items()).
        if not isinstance(walked.args[0], ast.Call):
            break
        walked = walked.args[0]
    match target, walked:
        case ast.Tuple(elts=[_, second]), ast.Call(func=ast.Attribute(attr="items"), args=[]):
            bind(flow, second, things, inner)
        case ast.Tuple(elts=[_, second]), ast.Call(func=ast.Attribute(attr="getmembers")):
            bind(flow, second, things, inner)
        case ast.Tuple(elts=[_, second]), ast.Call(func=ast.Name(id="enumerate"), args=[of, *_]):
            _walk_through(flow, second, of, scope, inner)
        case ast.Tuple(elts=targets), ast.Call(func=ast.Name(id="zip"), args=of) if len(
            targets
        ) == len(of):
            for part, one in zip(targets, of, strict=True):
                _walk_through(flow, part, one, scope, inner)
        case _:
            bind(flow, target, things, inner)


def _is_walker(func: ast.expr) -> bool:
    name = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
    return name in ("list", "sorted", "tuple", "tqdm", "reversed", "iter")


def _bind_attribute(
    flow: Flow, target: ast.Attribute, base: Things, things: Things, name: str
) -> None:
    flow.note("changes", target, base, name)
    flow.write(Slot("attribute", name), things)
    for thing in themselves(base):
        if isinstance(thing.of, str) and thing.of in flow.units:
            flow.write(Slot(flow.units[thing.of].scope, name), things)
    if not any(thing.kind in ("instance", "definition") for thing in themselves(base)):
        flow.note("hands", target, things, name)


# -- expressions -----------------------------------------------------------------------------------


def expression(flow: Flow, node: ast.expr, scope: Scope) -> Things:
    """Give what an expression can be, and note what it does."""
    match node:
        case ast.Constant():
            return NOTHING
        case ast.Name(id=name):
            return flow.named(name, scope)
        case ast.Attribute(value=value, attr=name):
            return flow.attribute(expression(flow, value, scope), name, node)
        case ast.Call():
            return call(flow, node, scope)
        case ast.Subscript():
            return _subscript(flow, node, scope)
        case ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
            return _display(flow, node, scope)
        case ast.IfExp(test=test, body=one, orelse=other):
            expression(flow, test, scope)
            return expression(flow, one, scope) | expression(flow, other, scope)
        case ast.BoolOp(values=values):
            return NOTHING.union(*(expression(flow, value, scope) for value in values))
        case ast.NamedExpr(target=target, value=value):
            found = expression(flow, value, scope)
            bind(flow, target, found, scope)
            return found
        case ast.Compare():
            return _compare(flow, node, scope)
        case ast.Lambda():
            return _lambda(flow, node, scope)
        case ast.Await(value=value):
            return flow.awaited(expression(flow, value, scope))
        case ast.Starred(value=value):
            return flow.elements(expression(flow, value, scope))
        case ast.FormattedValue(value=value):
            flow.note("shows", node, expression(flow, value, scope), "text")
            return NOTHING
        case _:
            return _other(flow, node, scope)


def _other(flow: Flow, node: ast.expr, scope: Scope) -> Things:
    match node:
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return _comprehension(flow, node, scope)
        case ast.BinOp(left=left, op=op, right=right):
            one, other = expression(flow, left, scope), expression(flow, right, scope)
            if isinstance(op, ast.Mod) and _is_text(left):
                flow.note("shows", node, other, "text")
                return NOTHING
            return frozenset(thing for thing in one | other if thing.how != "itself")
        case ast.Yield(value=value):
            if value is not None:
                _yield(flow, expression(flow, value, scope))
            return NOTHING
        case ast.YieldFrom(value=value):
            _yield(flow, flow.elements(expression(flow, value, scope)))
            return NOTHING
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            expression(flow, child, scope)
    return NOTHING


def _yield(flow: Flow, things: Things) -> None:
    if flow.step.within:
        flow.write(Slot(flow.step.within[-1], "yield"), things)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _display(flow: Flow, node: ast.expr, scope: Scope) -> Things:
    if isinstance(node, ast.Dict):
        keys = [expression(flow, key, scope) for key in node.keys if key is not None]
        flow.note("compares", node, NOTHING.union(*keys), "key")
        values = [
            expression(flow, value, scope)
            if key is not None
            else flow.elements(expression(flow, value, scope))
            for key, value in zip(node.keys, node.values, strict=True)
        ]
        return put_inside(NOTHING.union(*keys, *values))
    parts: list[ast.expr] = getattr(node, "elts", [])
    return put_inside(NOTHING.union(*(expression(flow, part, scope) for part in parts)))


def _subscript(flow: Flow, node: ast.Subscript, scope: Scope) -> Things:
    base = expression(flow, node.value, scope)
    index = expression(flow, node.slice, scope)
    flow.note("compares", node, index, "key")
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    found = set(flow.elements(base))
    for thing in themselves(base):
        if thing.of == MAIN and isinstance(key, str):
            found = set(flow.read(Slot(flow.units[MAIN].scope, key)))
        elif thing.of == "sys.modules":
            own = isinstance(node.slice, ast.Name) and node.slice.id == "__name__"
            name = flow.step.unit if own else key
            found |= flow.imported(name) if isinstance(name, str) else NOTHING
        elif isinstance(thing.of, str):
            # Such as List[Point], which names the class.
            found |= put_inside(index)
        elif thing.kind == "definition":
            found.add(thing)
    return frozenset(found)


def _compare(flow: Flow, node: ast.Compare, scope: Scope) -> Things:
    sides = [expression(flow, side, scope) for side in (node.left, *node.comparators)]
    flow.note("compares", node, NOTHING.union(*sides), type(node.ops[0]).__name__)
    return NOTHING


def _lambda(flow: Flow, node: ast.Lambda, scope: Scope) -> Things:
    if node not in flow.scopes:
        flow.scopes[node] = function_scope(node, scope)
    inner = flow.scopes[node]
    _defaults(flow, node.args, inner, scope)
    flow.write(Slot(node, "return"), expression(flow, node.body, inner))
    return frozenset({Thing("definition", node)})


def _comprehension(
    flow: Flow,
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp,
    scope: Scope,
) -> Things:
    if node not in flow.scopes:
        flow.scopes[node] = comprehension_scope(node.generators, scope)
    inner = flow.scopes[node]
    for position, generator in enumerate(node.generators):
        outside = inner if position else scope
        _walk_through(flow, generator.target, generator.iter, outside, inner)
        for test in generator.ifs:
            expression(flow, test, inner)
    if isinstance(node, ast.DictComp):
        keys = expression(flow, node.key, inner)
        return put_inside(keys | expression(flow, node.value, inner))
    return put_inside(expression(flow, node.elt, inner))

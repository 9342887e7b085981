"""What a call does with the things that it is handed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nbrefactor.effects.tables import Known
from nbrefactor.verdict import observed_origins as table
from nbrefactor.verdict.observed_flow import Arguments, Flow, is_module_like
from nbrefactor.verdict.observed_values import (
    MAIN,
    NOTHING,
    Scope,
    Slot,
    Thing,
    Things,
    held_by,
    put_inside,
    taken_out,
    themselves,
)

# What these give is followed more closely than the tables can say.
_FOLLOWED = frozenset({"builtins.getattr", "builtins.type", "builtins.vars"})


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    """A call with what is known of it before it is looked up.

    Parameters
    ----------
    node : ast.Call
        The call.
    scope : Scope
        Where it stands.
    callees : Things
        What is called.
    receiver : Things
        The object whose method it is, where it is written as one.
    name : str
        That method's name.
    arguments : Arguments
        What it is given.
    """

    node: ast.Call
    scope: Scope
    callees: Things
    receiver: Things
    name: str
    arguments: Arguments

    @property
    def origins(self) -> list[str]:
        """The full names of what is called, a single empty one where nothing is known of it."""
        found = sorted(thing.of for thing in themselves(self.callees) if isinstance(thing.of, str))
        return found or [""]


def call(flow: Flow, node: ast.Call, scope: Scope) -> Things:
    """Give what a call can give, and note what becomes of its arguments."""
    receiver, name = NOTHING, ""
    if isinstance(node.func, ast.Attribute):
        receiver, name = flow.expression(node.func.value, scope), node.func.attr
        callees = flow.attribute(receiver, name, node.func)
    else:
        callees = flow.expression(node.func, scope)
    made = _Call(node, scope, callees, receiver, name, _arguments(flow, node, scope))
    flow.callees[node] = flow.callees.get(node, NOTHING) | callees
    flow.note("calls", node, _called_unseen(flow, node, callees))
    found: set[Thing] = set()
    for thing in themselves(callees):
        found |= _called(flow, thing, made)
    if not any(_is_readable(thing) for thing in themselves(callees)):
        found |= _unread(flow, made)
    return frozenset(found)


def _called_unseen(flow: Flow, node: ast.Call, callees: Things) -> Things:
    """Give what is called here by another way than by its name in a cell."""
    name = node.func.id if isinstance(node.func, ast.Name) and flow.step.unit == MAIN else ""
    return frozenset(t for t in themselves(callees) if getattr(t.of, "name", "") != name)


def decorate(
    flow: Flow, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope
) -> Things:
    """Give what a definition's name is bound to: the definition, and what decorators make of it."""
    found = {Thing("definition", node)}
    for decorator in reversed(node.decorator_list):
        made = flow.expression(decorator, scope)
        flow.decorators[decorator] = made
        arguments = Arguments([frozenset(found)], {}, NOTHING)
        for thing in themselves(made):
            if _is_readable(thing):
                found |= _enter(flow, thing, arguments)
    return frozenset(found)


def _is_readable(thing: Thing) -> bool:
    """Tell whether the code that a call of it runs can be read."""
    if thing.kind in ("bound", "definition"):
        return not isinstance(thing.of, (str, ast.Call))
    return thing.kind == "instance" and isinstance(thing.of, ast.ClassDef)


def _arguments(flow: Flow, node: ast.Call, scope: Scope) -> Arguments:
    positional, spread = [], NOTHING
    for value in node.args:
        things = flow.expression(value, scope)
        if isinstance(value, ast.Starred):
            spread |= things
        else:
            positional.append(things)
    keywords = {}
    for keyword in node.keywords:
        things = flow.expression(keyword.value, scope)
        if keyword.arg is None:
            spread |= taken_out(things)
        else:
            keywords[keyword.arg] = things
    return Arguments(positional, keywords, spread)


# -- code that can be read -------------------------------------------------------------------------


def _called(flow: Flow, thing: Thing, made: _Call) -> Things:
    if isinstance(thing.of, str):
        return _unseen_result(flow, thing.of, made)
    if isinstance(thing.of, ast.Call):
        return frozenset({Thing("instance", thing.of)})
    found = _enter(flow, thing, made.arguments)
    if isinstance(thing.of, ast.ClassDef) and thing.kind == "definition":
        _construct(flow, thing.of, made)
    return found


def _enter(flow: Flow, thing: Thing, arguments: Arguments) -> Things:
    """Hand arguments to what is called, and give its result."""
    node = thing.of
    if isinstance(node, ast.ClassDef):
        if thing.kind == "definition":
            for method in (*flow.member(node, "__init__"), *flow.member(node, "__new__")):
                _bind(flow, method, arguments, skip=1)
            return frozenset({Thing("instance", node)})
        found: set[Thing] = set()
        for name in ("__call__", "forward"):
            for method in flow.member(node, name):
                _bind(flow, method, arguments, skip=1)
                if isinstance(method.of, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    found |= flow.result(method.of)
        return frozenset(found)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        _bind(flow, thing, arguments, skip=_own_parameters(thing, node))
        return flow.result(node)
    return NOTHING


def _own_parameters(thing: Thing, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> int:
    if thing.kind != "bound" or isinstance(node, ast.Lambda):
        return 0
    return 0 if any(ast.unparse(d) == "staticmethod" for d in node.decorator_list) else 1


def _bind(flow: Flow, thing: Thing, arguments: Arguments, *, skip: int) -> None:
    node = thing.of
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return
    scope = flow.scopes.get(node)
    if scope is None:
        return
    listed = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)][skip:]
    by_name = {*listed, *(argument.arg for argument in node.args.kwonlyargs)}
    for position, things in enumerate(arguments.positional):
        if position < len(listed):
            flow.write(Slot(scope, listed[position]), things)
        elif node.args.vararg is not None:
            flow.write(Slot(scope, node.args.vararg.arg), put_inside(things))
    for name, things in arguments.keywords.items():
        if name in by_name:
            flow.write(Slot(scope, name), things)
        elif node.args.kwarg is not None:
            flow.write(Slot(scope, node.args.kwarg.arg), put_inside(things))
    if arguments.spread:
        for name in by_name:
            flow.write(Slot(scope, name), arguments.spread)
        for extra in (node.args.vararg, node.args.kwarg):
            if extra is not None:
                flow.write(Slot(scope, extra.arg), put_inside(arguments.spread))


def _construct(flow: Flow, node: ast.ClassDef, made: _Call) -> None:
    """Keep what a class without an own constructor is given: in its fields, or in a base."""
    if flow.member(node, "__init__"):
        return
    fields = [
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]
    for position, things in enumerate(made.arguments.positional):
        if position < len(fields):
            flow.write(Slot("attribute", fields[position]), things)
    for name, things in made.arguments.keywords.items():
        flow.write(Slot("attribute", name), things)
    if any(isinstance(base.of, str) for base in flow.bases.get(node, NOTHING)):
        _hand_on(flow, made, [None])


# -- code that cannot be read ----------------------------------------------------------------------


def _unseen_result(flow: Flow, origin: str, made: _Call) -> Things:
    found = set(flow.imported(f"{origin}()"))
    told = table.told_by_call(origin, "")
    if origin in table.MAKES_CLASSES and (origin != "builtins.type" or len(made.node.args) == 3):
        found.add(Thing("definition", made.node))
    if origin == "builtins.type":
        found |= {
            Thing("definition", thing.of)
            for thing in themselves(made.arguments.all)
            if thing.kind == "instance"
        }
    if told is None and origin not in table.CONTAINERS:
        found |= held_by(made.arguments.all)
    return frozenset(found)


def _unread(flow: Flow, made: _Call) -> Things:
    """Note what code that cannot be read does with what it is handed, and give its result."""
    told = [table.told_by_call(origin, made.name) for origin in made.origins]
    found: set[Thing] = set()
    for origin, knowledge in zip(made.origins, told, strict=True):
        _observe(flow, made, origin)
        found |= _special(flow, made, origin)
        found |= _passed_through(flow, made, origin, knowledge)
    found |= _method(flow, made)
    _call_back(flow, made)
    if not any(
        table.looks(origin) or table.shows(origin) or origin in table.STORES
        for origin in made.origins
    ):
        _hand_on(flow, made, told)
    return frozenset(found)


def _observe(flow: Flow, made: _Call, origin: str) -> None:
    things, node = made.arguments.all, made.node
    last = origin.rpartition(".")[2]
    if sees := table.looks(origin):
        flow.note("looks", node, things, last, sees)
    if how := table.shows(origin):
        flow.note("shows", node, things, how)
    if origin in table.STORES or made.name in table.STORING_METHODS:
        flow.note("stores", node, things | made.receiver, origin or made.name)
    if origin.startswith(table.DOCTESTS):
        flow.note("looks", node, flow.elements(flow.namespace()), origin, ("doc", "module"))
    if origin in ("builtins.isinstance", "builtins.issubclass", "builtins.id", "builtins.hash"):
        flow.note("compares", node, things, last)
    if origin == "functools.update_wrapper":
        flow.note("changes", node, NOTHING.union(*made.arguments.positional[:1]), last)
    if origin in ("operator.attrgetter", "operator.methodcaller"):
        for name in _constants(node):
            if name in table.ATTRIBUTES:
                flow.note("looks", node, NOTHING, name, (table.ATTRIBUTES[name],))


def _special(flow: Flow, made: _Call, origin: str) -> Things:
    """Builtins that do what statements do."""
    first = made.arguments.positional[0] if made.arguments.positional else NOTHING
    names = list(_constants(made.node))
    match origin:
        case "builtins.globals" | "builtins.locals" | "builtins.vars" if not made.node.args:
            return flow.namespace()
        case "builtins.vars":
            classes = frozenset(t for t in first if t.kind == "definition")
            flow.note("looks", made.node, classes, "__dict__", ("module",))
            return flow.namespace() if Thing("origin", MAIN) in first else NOTHING
        case "builtins.getattr" | "builtins.hasattr":
            found = set(first) if not names else set()
            for name in names[:1] or sorted(flow.texts & table.ATTRIBUTES.keys()):
                found |= flow.attribute(first, name, made.node)
            return frozenset(found) if origin == "builtins.getattr" else NOTHING
        case "builtins.setattr" | "builtins.delattr":
            flow.note("changes", made.node, first, names[0] if names else "")
            if names and len(made.arguments.positional) > 2:
                flow.write(Slot("attribute", names[0]), made.arguments.positional[2])
        case "builtins.super":
            return NOTHING
    if origin in table.ANNOTATED:
        return flow.annotated()
    return NOTHING


def _constants(node: ast.Call) -> Iterator[str]:
    for argument in node.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _passed_through(flow: Flow, made: _Call, origin: str, told: Known | None) -> Things:
    """Give what of the arguments can be in, or be, the result."""
    if origin in table.CONTAINERS:
        things = made.arguments.all
        return put_inside(things | flow.elements(things))
    if told is None or origin in _FOLLOWED:
        return NOTHING
    found: set[Thing] = set()
    called = NOTHING.union(*(_at(made, place) for place in told.calls))
    for place in told.holds:
        things = _at(made, place) - called
        found |= put_inside(things | flow.elements(things))
    for place in told.shares:
        things = _at(made, place)
        found |= things | flow.elements(things)
    for place in told.calls:
        for thing in themselves(_at(made, place)):
            if _is_readable(thing):
                found |= put_inside(_enter(flow, thing, Arguments([], {}, NOTHING)))
    return frozenset(found)


def _at(made: _Call, place: int | str) -> Things:
    arguments = made.arguments
    match place:
        case "self":
            # The data of an object of the notebook's own may be shared, but not the object.
            return frozenset(thing for thing in made.receiver if thing.kind != "instance")
        case "*":
            return arguments.spread.union(*arguments.positional)
        case "**":
            return arguments.spread.union(*arguments.keywords.values())
        case str():
            return arguments.keywords.get(place, NOTHING)
    listed = arguments.positional
    return listed[place] if place < len(listed) else arguments.spread


def _method(flow: Flow, made: _Call) -> Things:
    """Follow methods of containers, and what other objects keep of their arguments."""
    func, name, things = made.node.func, made.name, made.arguments.all
    if not isinstance(func, ast.Attribute):
        return NOTHING
    found: set[Thing] = set()
    if any(thing.how == "inside" for thing in made.receiver) and name in table.GIVING_METHODS:
        found |= {t for t in made.receiver if t.how == "inside"} | taken_out(made.receiver)
    if name in table.PUTTING_METHODS:
        flow.absorb(func.value, put_inside(things | flow.elements(things)), made.scope)
    elif not is_module_like(made.receiver):
        flow.absorb(func.value, held_by(things), made.scope)
    if name == "format":
        flow.note("shows", made.node, things, "text")
    if name == "register":
        flow.note("changes", made.node, made.receiver, name)
    if name in table.GIVES_ITSELF:
        found |= _itself(flow, made.receiver)
    return frozenset(found)


def _itself(flow: Flow, receiver: Things) -> Things:
    """Give the objects that an inherited method gives, or may give where the base is unknown."""
    found: set[Thing] = set()
    for thing in themselves(receiver):
        if thing.kind == "instance" and not isinstance(thing.of, str):
            known_base = any(base.startswith(table.GIVING_BASES) for base in flow.origins(thing.of))
            found.add(thing if known_base else Thing("instance", thing.of, "held"))
    return frozenset(found)


def _call_back(flow: Flow, made: _Call) -> None:
    """Whoever is handed a function may call it with what else it is handed."""
    handed = [*made.arguments.positional, *made.arguments.keywords.values(), made.receiver]
    for callback in handed[:-1]:
        for thing in themselves(callback):
            if not _is_readable(thing) or thing.kind == "instance":
                continue
            others = NOTHING.union(*(one for one in handed if one is not callback))
            given = flow.elements(others) | frozenset(
                one for one in themselves(others) if one.kind == "instance"
            )
            if given:
                _enter(flow, thing, Arguments([], {}, given))


def _hand_on(flow: Flow, made: _Call, told: list[Known | None]) -> None:
    """Note what is handed to code of which nothing is known."""
    if all(knowledge is not None for knowledge in told):
        return
    things = frozenset(
        thing for thing in made.arguments.all if thing.kind in ("definition", "bound")
    )
    if things:
        flow.note("hands", made.node, things, ast.unparse(made.node.func))

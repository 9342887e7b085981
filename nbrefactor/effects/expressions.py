"""What expressions may be and do: calls are looked up, followed where readable, or unknown."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbrefactor.effects import known, types
from nbrefactor.effects.known import Known
from nbrefactor.effects.values import NEW, Demand, Effect, Event, Summary, Value, container, joined
from nbrefactor.python.excerpt import excerpt
from nbrefactor.python.meanings import Constant, Defined, Imported, Meaning

FIGURES = frozenset(
    {
        *("makes-figure", "draws", "shows", "closes", "saves-figure", "selects-figure"),
        "reads-figure",
    }
)
_LITERALS: Mapping[type, str] = {
    ast.List: "list",
    ast.Set: "set",
    ast.Tuple: "tuple",
    ast.Dict: "dict",
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
    ast.JoinedStr: "str",
}


@dataclass(slots=True)
class Notes:
    """What is noted while a body is read."""

    effects: set[Effect] = field(default_factory=set)
    demands: set[Demand] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    results: list[Value] = field(default_factory=list)


class Expressions:
    """Reads expressions of one body; the notes grow as it goes.

    Parameters
    ----------
    names : mapping of str to Meaning
        What the names around the body mean.
    variables : dict of str to Value
        What its own names may be; it grows.
    follow : callable
        Gives the summary of a function that can be read.
    """

    def __init__(
        self,
        names: Mapping[str, Meaning],
        variables: dict[str, Value],
        follow: Callable[[ast.AST, Mapping[str, Value]], Summary | None],
    ) -> None:
        self.names = names
        self.variables = variables
        self.follow = follow
        self.notes = Notes()
        self.conditions: list[str] = []
        self.within: list[ast.AST] = []
        self.loops = 0
        self.nested: set[ast.AST] = set()

    # -- values ------------------------------------------------------------------------------

    def value(self, node: ast.AST | None) -> Value:
        """Give what an expression may be, noting what happens on the way."""
        match node:
            case None | ast.Constant():
                kind = type(node.value).__name__ if isinstance(node, ast.Constant) else ""
                return Value(type=kind)
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Call():
                return self._call(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.BinOp():
                return self._operation(node)
            case ast.IfExp():
                self._test(node.test)
                return joined(self.value(node.body), self.value(node.orelse))
            case ast.BoolOp():
                values = []
                for part in node.values:
                    self._test(part)
                    values.append(self.value(part))
                return joined(*values)
            case ast.NamedExpr():
                value = self.value(node.value)
                self.bind(node.target, value)
                return value
            case ast.Lambda():
                self.nested.add(node)
                return Value(functions=frozenset({node}), type="function")
            case ast.List() | ast.Tuple() | ast.Set():
                parts = [self.value(part) for part in node.elts]
                return container(*parts, kind=_LITERALS[type(node)])
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Starred():
                return self.value(node.value).element
            case ast.Await() | ast.Yield() | ast.YieldFrom():
                self.note("suspends")
                inner = self.value(node.value)
                self.notes.results.append(inner)
                return inner.element
            case ast.Compare():
                return self._compare(node)
        parts = [self.value(child) for child in ast.iter_child_nodes(node)]
        if isinstance(node, ast.Dict):
            return container(*parts, kind="dict")
        return Value(type=_LITERALS.get(type(node), ""))

    def _name(self, node: ast.Name) -> Value:
        name = node.id
        if name in self.variables:
            return self.variables[name]
        meaning = self.names.get(name)
        match meaning:
            case Imported(dotted=dotted):
                return Value(origin=dotted, roots=frozenset({f"global {name}"}))
            case Defined(node=definition):
                return Value(functions=frozenset({definition}), type="function")
            case Constant():
                return Value()
            case None if name == "display":
                return Value(origin="IPython.display.display")
            case None if hasattr(builtins, name):
                return Value(origin=f"builtins.{name}")
        inside = frozenset({f"global {name}"})
        return Value(roots=inside, holds=inside)

    def _attribute(self, node: ast.Attribute) -> Value:
        base = self.value(node.value)
        if base.origin:
            origin = f"{base.origin}.{node.attr}"
            return Value(origin=origin, roots=base.roots, type=known.constant(origin) or "")
        self.demand(base, "attribute", node.attr)
        found = known.attribute(base.type or None, node.attr)
        if found is None:
            return replace(base.element, functions=frozenset(), type="")
        inside = base.roots | base.holds if found.shares else frozenset()
        return Value(roots=inside, holds=inside, type=found.returns)

    def _subscript(self, node: ast.Subscript) -> Value:
        base = self.value(node.value)
        self.value(node.slice)
        index = node.slice
        what = repr(index.value) if isinstance(index, ast.Constant) else "?"
        self.demand(base, "index", what)
        return replace(base.element, part=base.part, type=types.element(base.type))

    def _operation(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        for side in (left, right):
            self.demand(side, "operator", "@" if isinstance(node.op, ast.MatMult) else "")
        like = _like(node.op, left, right)
        text = "str" if "str" in (left.type, right.type) else ""
        return Value(like=like, part=like, type=text)

    def _compare(self, node: ast.Compare) -> Value:
        against_none = all(
            isinstance(part, ast.Constant) and part.value is None for part in node.comparators
        ) and all(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops)
        for part in (node.left, *node.comparators):
            self.demand(self.value(part), "none" if against_none else "compare")
        return Value()

    def _test(self, node: ast.expr) -> None:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node = node.operand
        if isinstance(node, ast.Name):
            self.demand(self.value(node), "truth")

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> Value:
        kept = dict(self.variables)
        self.loops += 1
        for generator in node.generators:
            self.loop_over(generator.target, generator.iter)
            for test in generator.ifs:
                self.value(test)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        values = [self.value(part) for part in parts]
        self.loops -= 1
        walrus = {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
        kept.update((name, self.variables[name]) for name in walrus if name in self.variables)
        self.variables.clear()
        self.variables.update(kept)
        return container(*values, kind=_LITERALS[type(node)])

    # -- binding -----------------------------------------------------------------------------

    def bind(self, target: ast.AST, value: Value) -> None:
        """Note what an assignment does: it binds names, and changes what it stores into."""
        match target:
            case ast.Name(id=name):
                self.variables[name] = value
            case ast.Tuple() | ast.List():
                for position, part in enumerate(target.elts):
                    self.bind(part, _part(value, position))
            case ast.Starred(value=inner):
                self.bind(inner, container(value))
            case ast.Attribute() | ast.Subscript():
                base = self.value(target.value)
                if isinstance(target, ast.Subscript):
                    self.value(target.slice)
                self.change(base)
                if isinstance(target.value, ast.Name):
                    self._put_into(target.value.id, value)

    def _put_into(self, name: str, value: Value) -> None:
        if name in self.variables:
            around = self.variables[name]
            inside = value.roots | value.holds
            self.variables[name] = replace(around, holds=around.holds | inside, like="")

    def loop_over(self, target: ast.AST, iterated: ast.expr) -> None:
        """Bind a loop's target to the elements of what it walks."""
        value = self.value(iterated)
        over = value
        if isinstance(iterated, ast.BoolOp):
            # `for a, b in pairs or []`
            over = self.value(iterated.values[0])
        arity = len(target.elts) if isinstance(target, (ast.Tuple, ast.List)) else 0
        self.demand(over, "iterate", str(arity))
        element = replace(value.element, type=types.element(value.type))
        if over.exactly and arity:
            element = replace(element, item=(over.exactly, -1))  # numbered by its target
        self.bind(target, element)

    # -- notes -------------------------------------------------------------------------------

    def note(self, kind: str, subject: str = "") -> None:
        """Note one effect."""
        self.notes.effects.add(Effect(kind, subject))

    def demand(self, value: Value, what: str, detail: str = "") -> None:
        """Note what is asked of an argument."""
        if value.exactly:
            self.notes.demands.add(Demand(value.exactly, what, detail))

    def change(self, value: Value) -> None:
        """Note that an object is changed, for whoever else has it."""
        if value.origin:
            self.note("unknown", f"a change of {value.origin}")
            return
        for root in value.roots:
            self.note("changes", root)

    # -- calls -------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Value:
        base = None
        if isinstance(node.func, ast.Attribute):
            base = self.value(node.func.value)
            called = Value() if not base.origin else self.value(node.func)
        else:
            called = self.value(node.func)
        arguments = _Arguments(
            tuple(self.value(argument) for argument in node.args),
            {keyword.arg or "**": self.value(keyword.value) for keyword in node.keywords},
            base,
            starred=any(isinstance(argument, ast.Starred) for argument in node.args),
        )
        if called.origin:
            return self._known_call(node, called.origin, known.function(called.origin), arguments)
        if isinstance(node.func, ast.Attribute) and base is not None:
            return self._method(node, node.func.attr, base, arguments)
        if called.functions:
            return joined(*(self._followed(one, node, arguments) for one in called.functions))
        self.demand(called, "call")
        self.note("unknown", excerpt(node.func))
        return self._unknown_result(arguments)

    def _method(self, node: ast.Call, name: str, base: Value, arguments: _Arguments) -> Value:
        self.demand(base, "method", name)
        found = known.method(base.type or None, name)
        return self._known_call(node, f"{base.type or '…'}.{name}", found, arguments)

    def _known_call(
        self, node: ast.Call, origin: str, found: Known | None, arguments: _Arguments
    ) -> Value:
        for position, value in enumerate(arguments.positional):
            self.demand(value, "passed", f"{origin} {position}")
        for keyword, value in arguments.keywords.items():
            self.demand(value, "passed", f"{origin} {keyword}")
        keywords = frozenset(arguments.keywords)
        if found is None or not found.covers(
            len(arguments.positional), keywords, starred=arguments.starred
        ):
            self.note("unknown", excerpt(node.func))
            return self._unknown_result(arguments)
        for changed in found.changes:
            for value in arguments.at(changed):
                # `out=(values,)` changes what the tuple holds.
                self.change(value.element if value.type == "tuple" else value)
        for keyword, changed in found.changes_if.items():
            if keyword in arguments.keywords:
                for value in arguments.at(changed):
                    self.change(value)
        for kind in found.effects:
            self._effect(kind, origin, node, found, arguments)
        for called in found.calls:
            for value in arguments.at(called):
                self._called_by_others(value, node)
        return self._result(origin, found, arguments)

    def _result(self, origin: str, found: Known, arguments: _Arguments) -> Value:
        shared = [value for one in found.shares for value in arguments.at(one)]
        if "global" in found.shares:
            # Everybody can reach it, so changing it is seen by everybody.
            shared.append(Value(frozenset({f"global {origin}()"})))
        held = [value for one in found.holds for value in arguments.at(one)]
        roots = frozenset().union(*(value.roots for value in shared))
        holds = frozenset().union(
            *(value.holds for value in shared), *(value.roots | value.holds for value in held)
        )
        first = arguments.first
        if first is None:
            return Value(roots, holds, type=found.returns)
        kept = found.keeps_numbers and arguments.says_nothing_more
        return Value(
            roots,
            holds,
            type=found.returns,
            like=first.like if found.keeps_shape else "",
            part=first.part if found.keeps_shape else "",
            same=first.same if kept else "",
        )

    def _effect(
        self, kind: str, origin: str, node: ast.Call, found: Known, arguments: _Arguments
    ) -> None:
        subject = origin
        if kind in ("saves-figure", "writes-files", "reads-files") and arguments.positional:
            # Where the caller says which file it is, the effect is the caller's wish.
            subject = _only_root(arguments.positional[0]) or origin
        if kind not in FIGURES or kind == "saves-figure":
            self.note(kind, subject)
        if kind in FIGURES:
            data = tuple(value for one in found.data for value in arguments.at(one))
            self.notes.events.append(
                Event(
                    kind,
                    origin,
                    node,
                    self.condition,
                    tuple(self.within),
                    self.loops > 0,
                    found.draws,
                    data,
                    arguments.positional,
                )
            )

    @property
    def condition(self) -> str:
        """What decides whether the present statement runs."""
        if not self.conditions:
            return ""
        return self.conditions[0] if len(set(self.conditions)) == 1 else "?"

    def _called_by_others(self, value: Value, node: ast.Call) -> None:
        if value.origin:
            found = known.function(value.origin)
            self._known_call(node, value.origin, found, _Arguments(starred=True))
        for function in value.functions:
            self._followed(function, node, _Arguments())
        if not value.origin and not value.functions:
            self.demand(value, "call")
            self.note("unknown", "a function that is passed on")

    def _followed(self, function: ast.AST, node: ast.Call, arguments: _Arguments) -> Value:
        around = self.variables if function in self.nested else {}
        summary = self.follow(function, around)
        if summary is None:
            self.note("unknown", getattr(function, "name", "a function"))
            return self._unknown_result(arguments)
        given = _given(function, arguments)
        self.notes.events.append(
            Event(
                "calls",
                getattr(function, "name", ""),
                node,
                self.condition,
                tuple(self.within),
                self.loops > 0,
            )
        )
        for effect in summary.effects:
            if effect.kind == "changes" and effect.subject in given:
                self.change(given[effect.subject])
            elif effect.subject in given:
                root = _only_root(given[effect.subject])
                self.note(effect.kind, root or getattr(function, "name", ""))
            else:
                self.notes.effects.add(effect)
        for event in summary.events:
            repeated = event.repeated or self.loops > 0
            condition = "?" if event.conditional and self.condition else event.conditional
            self.notes.events.append(
                replace(
                    event,
                    repeated=repeated,
                    conditional=condition or self.condition,
                    within=(*self.within, *event.within),
                )
            )
        for demand in summary.demands:
            passed_on = given.get(f"parameter {demand.parameter}", NEW)
            self.demand(passed_on, demand.what, demand.detail)
        result = summary.result
        passed = [given[root] for root in result.roots | result.holds if root in given]
        own = frozenset(r for r in result.roots | result.holds if r.startswith("global "))
        inside = own.union(*(value.roots | value.holds for value in passed))
        return Value(roots=inside, holds=inside, type=result.type, functions=result.functions)

    def _unknown_result(self, arguments: _Arguments) -> Value:
        """Whatever an unknown function returns may be what it was given."""
        everything = joined(*arguments.all)
        inside = everything.roots | everything.holds
        return Value(roots=inside, holds=inside)


# They hold all that a plot can show of a number.
_FLOATS = frozenset(
    f"{place}.{name}"
    for place in ("numpy", "torch")
    for name in ("float32", "float64", "double", "float")
) | {"builtins.float"}


@dataclass(frozen=True, slots=True)
class _Arguments:
    """The values that a call passes."""

    positional: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)
    base: Value | None = None
    starred: bool = False

    @property
    def all(self) -> Sequence[Value]:
        base = () if self.base is None else (self.base,)
        return (*base, *self.positional, *self.keywords.values())

    @property
    def first(self) -> Value | None:
        """What the call works on: the object of a method, else the first argument."""
        if self.base is not None and not self.base.origin:
            return self.base
        return self.positional[0] if self.positional else None

    @property
    def says_nothing_more(self) -> bool:
        """Whether a call says nothing but what it works on, and which floats it makes of it."""
        own = self.base is None or bool(self.base.origin)
        dtypes = [v for k, v in self.keywords.items() if k == "dtype"]
        return (
            not self.starred
            and len(self.positional) == own
            and len(dtypes) == len(self.keywords)
            and all(value.origin in _FLOATS for value in dtypes)
        )

    def at(self, place: str | int) -> Iterable[Value]:
        """Give the values at a position, under a keyword, or the object itself."""
        if place == "self":
            return () if self.base is None else (self.base,)
        if isinstance(place, int):
            if self.starred:
                return self.positional[: place + 1] or self.positional
            return self.positional[place : place + 1]
        if place == "*":
            return self.positional
        found = self.keywords.get(place)
        return tuple(v for v in (found, self.keywords.get("**")) if v is not None)


def _like(op: ast.operator, left: Value, right: Value) -> str:
    """Tell whose numbers a result holds: those of an array computed on with plain arguments."""
    if isinstance(op, ast.MatMult):
        return ""
    arrays = [value for value in (left, right) if value.like and not value.exactly]
    if not arrays:
        arrays = [value for value in (left, right) if value.like]
        if len(arrays) > 1 and isinstance(op, (ast.Div, ast.FloorDiv, ast.Sub)):
            arrays = arrays[:1]
    others = [value for value in (left, right) if value not in arrays]
    plain = all(value.type in ("int", "float") or value.exactly for value in others)
    return arrays[0].like if len(arrays) == 1 and plain else ""


def _part(value: Value, position: int) -> Value:
    element = replace(value.element, type=types.part(value.type, position))
    if value.item is not None:
        return replace(element, item=(value.item[0], position))
    return element


def _only_root(value: Value) -> str:
    """Give the one parameter that a value comes from; empty where there is another or none."""
    return value.exactly and f"parameter {value.exactly}"


def _given(function: ast.AST, arguments: _Arguments) -> dict[str, Value]:
    """Pair a followed function's parameters with what a call passes."""
    if isinstance(function, ast.ClassDef):
        return {}
    assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    listed = [*function.args.posonlyargs, *function.args.args]
    everything = joined(*arguments.all)
    loose = arguments.starred or "**" in arguments.keywords
    given: dict[str, Value] = {}
    for position, argument in enumerate(listed):
        if loose:
            given[f"parameter {argument.arg}"] = replace(everything, exactly="", like="")
        elif position < len(arguments.positional):
            given[f"parameter {argument.arg}"] = arguments.positional[position]
    for keyword, value in arguments.keywords.items():
        given[f"parameter {keyword}"] = value
    rest = arguments.positional[len(listed) :]
    if function.args.vararg:
        given[f"parameter {function.args.vararg.arg}"] = container(*rest)
    if function.args.kwarg:
        given[f"parameter {function.args.kwarg.arg}"] = container(*arguments.keywords.values())
    return given

"""The plotting functions of a target module as what they draw, one pattern a way to call them."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbrefactor.effects.summary import Summaries
from nbrefactor.fold.following import NotFollowedError, Way, defaults_of
from nbrefactor.fold.normal import Origin
from nbrefactor.fold.reading import Handle, Reader, settled
from nbrefactor.fold.table import StandIn, calls, stand_ins
from nbrefactor.fold.values import Element, Guard, Pattern, Round
from nbrefactor.library.target import TargetModule
from nbrefactor.python.environment import environment
from nbrefactor.python.meanings import Imported, Meaning
from nbrefactor.python.scopes import bound_names

# A function that can be called in more ways than this is no pattern.
_MOST_WAYS = 200
_PYPLOT: Mapping[str, Meaning] = {"plt": Imported("matplotlib.pyplot")}


def find_patterns(module: TargetModule) -> tuple[Pattern, ...]:
    """Read what the functions of a module draw, as far as their source can be followed.

    Parameters
    ----------
    module : TargetModule
        The module.

    Returns
    -------
    tuple of Pattern
        Of each function one for each way to call it, in the module's order.
    """
    known = stand_ins(module.name)
    found: list[Pattern] = []
    for target in module.targets.values():
        stand_in = known.get(target.name)
        if stand_in is not None:
            found.extend(_of_stand_in(module.name, stand_in))
        elif isinstance(target.node, ast.FunctionDef) and not target.node.decorator_list:
            source = target.module
            names = environment(source.tree, source.package, main=False)
            helpers = {
                one.name: one
                for one in source.tree.body
                if isinstance(one, ast.FunctionDef) and one.name != target.name
            }
            function = _Function(target.node, module.name, target.name, names, helpers)
            found.extend(function.patterns())
    return tuple(found)


def _of_stand_in(module: str, stand_in: StandIn) -> Iterator[Pattern]:
    node = ast.parse(stand_in.draws).body[0]
    assert isinstance(node, ast.FunctionDef)
    function = _Function(node, module, node.name, _PYPLOT, {}, is_told=True)
    for pattern in function.patterns():
        yield replace(pattern, adds=stand_in.adds)


@dataclass(frozen=True, slots=True)
class _Function:
    """A function whose drawing is read."""

    node: ast.FunctionDef
    module: str
    name: str
    names: Mapping[str, Meaning]
    helpers: Mapping[str, ast.FunctionDef]
    is_told: bool = False

    def patterns(self) -> Iterator[Pattern]:
        """Read it for each way to call it."""
        arguments = self.node.args
        if arguments.vararg or arguments.kwarg or arguments.posonlyargs:
            return
        if not self.is_told and not _names_pyplot(self.names):
            return
        ways = list(itertools.islice(self._ways(), _MOST_WAYS + 1))
        if len(ways) > _MOST_WAYS:
            return
        summaries = Summaries(self.names)
        for chosen in ways:
            try:
                pattern = self._pattern(chosen, summaries)
            except NotFollowedError:
                continue
            if pattern is not None:
                yield pattern

    @property
    def _parameters(self) -> tuple[str, ...]:
        arguments = self.node.args
        return tuple(one.arg for one in (*arguments.args, *arguments.kwonlyargs))

    def _ways(self) -> Iterator[dict[str, ast.expr | None]]:
        """Choose for each parameter that decides something what it is; None where it is given."""
        defaults = defaults_of(self.node)
        tested = dict(_tested(self.node, set(self._parameters)))
        options: list[list[ast.expr | None]] = []
        for name in tested:
            default, constants = defaults.get(name), tested[name]
            listed: list[ast.expr | None] = [*constants]
            if isinstance(default, ast.Constant) and isinstance(default.value, bool):
                listed = [ast.Constant(True), ast.Constant(False)]
            elif isinstance(default, ast.Constant) and default.value is None:
                listed = [default, *(constants or [None])]
            elif default is None:
                listed.append(None)
            else:
                listed += [None, ast.Constant(None)]
            options.append(listed)
        for values in itertools.product(*options):
            yield dict(zip(tested, values, strict=True))

    def _pattern(
        self, chosen: Mapping[str, ast.expr | None], summaries: Summaries
    ) -> Pattern | None:
        fixed = {name: value for name, value in chosen.items() if value is not None}
        defaults = defaults_of(self.node)
        open_ones = [name for name in self._parameters if name not in fixed]
        present = {name for name in open_ones if name in chosen or name not in defaults}
        way = Way(self.helpers, dict(fixed), set(present))
        statements = way.statements(self.node.body)
        axes = self._axes_parameter(open_ones)
        handles = {} if axes is None else {axes: Handle("axes", axes)}
        body = _Body(self, summaries.origin, Reader(summaries.origin, handles), dict(fixed))
        elements = body.elements(statements)
        if elements is None or not any(not e.is_set and not e.ends for e in elements):
            return None
        figures = [e for e in elements if e.kind == "figure"]
        if len(figures) > 1 or any(e.kind == "panel" for e in elements):
            return None
        if figures and (elements[0] is not figures[0] or figures[0].data or axes is not None):
            return None
        if len({e.axes for e in elements if not e.ends and e.kind != "figure"}) > 1:
            return None
        return Pattern(
            self.module,
            self.name,
            elements,
            self._parameters,
            frozenset(one.arg for one in self.node.args.args),
            defaults,
            fixed,
            frozenset(n for n in present if n in defaults and _is_none(defaults[n])) - {axes or ""},
            axes or "",
            bool(figures),
            returns=self.is_told or _returns(self.node),
        )

    def _axes_parameter(self, names: Sequence[str]) -> str | None:
        """Find the parameter whose methods draw."""
        methods = {name for owner, name in calls().by_name if owner == "axes"}
        found = {
            node.value.id
            for node in ast.walk(self.node)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in methods
            and node.value.id in names
        }
        if len(found) > 1:
            raise NotFollowedError
        return next(iter(found), None)


@dataclass(slots=True)
class _Body:
    """Reads the followed statements of a function, with what its own names stand for."""

    function: _Function
    origin: Origin
    reader: Reader
    known: dict[str, ast.expr]

    def elements(self, statements: Sequence[ast.stmt]) -> tuple[Element, ...] | None:
        """Give what they draw; None where one of them does anything else."""
        found: list[Element] = []
        for statement in statements:
            read = self.reader.read(statement)
            if read is not None:
                if read.reasons:
                    return None
                found.extend(self._resolved(element) for element in read.elements)
                continue
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.known[name] = self._meant(value, frozenset())
                case ast.Return(value=value) if value is None or self.reader.held(value):
                    pass
                case ast.Return(value=ast.Name(id=name)) if name in self.reader.handles:
                    pass
                case _:
                    return None
        elements, reasons = settled(found)
        return None if reasons else elements

    def _resolved(self, element: Element) -> Element:
        own: set[str] = set()
        scope: list[Round | Guard] = []
        for part in element.scope:
            if isinstance(part, Guard):
                scope.append(Guard(self._meant(part.test, frozenset(own))))
                continue
            iterable = self._meant(part.iterable, frozenset(own))
            own |= bound_names([part.target])
            scope.append(Round(part.target, iterable))
        if own & {*self.known, *self.function._parameters}:
            raise NotFollowedError

        def resolved(values: Mapping[str, ast.expr]) -> dict[str, ast.expr]:
            meant = {name: self._meant(value, frozenset(own)) for name, value in values.items()}
            return {name: value for name, value in meant.items() if not _is_none(value)}

        return replace(
            element,
            data=resolved(element.data),
            words=resolved(element.words),
            style=resolved(element.style),
            scope=tuple(scope),
            statement=None,
        )

    def _meant(self, node: ast.expr, own: frozenset[str]) -> ast.expr:
        """Say an expression by the parameters, and by names that mean the same elsewhere."""
        for name in ast.walk(node):
            if isinstance(name, ast.Name) and name.id in self.reader.handles:
                raise NotFollowedError
        free = {*self.function._parameters, *own} - self.known.keys()
        meant = _Meant(self.known, free, self.function, self.origin).visit(copy.deepcopy(node))
        assert isinstance(meant, ast.expr)
        return meant


class _Meant(ast.NodeTransformer):
    def __init__(
        self, known: Mapping[str, ast.expr], free: set[str], function: _Function, origin: Origin
    ) -> None:
        self._known, self._free, self._function = known, free, function
        self._origin = origin

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self._free:
            return node
        if node.id in self._known:
            return copy.deepcopy(self._known[node.id])
        if self._function.is_told or self._origin(node):
            return node
        # A global of the module is none of the notebook's, whatever it is called.
        return ast.Name(f"{self._function.module}.{node.id}", ast.Load())


def _tested(
    function: ast.FunctionDef, parameters: set[str]
) -> Iterator[tuple[str, list[ast.expr | None]]]:
    """Give the parameters that decide what runs, and the constants that they are compared with."""
    tests: list[ast.expr] = []
    for node in ast.walk(function):
        if isinstance(node, (ast.If, ast.IfExp)):
            tests.append(node.test)
        elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.BoolOp, ast.Compare)):
            tests.append(node.value)
    found: dict[str, list[ast.expr | None]] = {}
    for node in itertools.chain.from_iterable(map(ast.walk, tests)):
        if isinstance(node, ast.Name) and node.id in parameters:
            found.setdefault(node.id, [])
        match node:
            case ast.Compare(
                left=ast.Name(id=name), ops=[ast.Eq()], comparators=[ast.Constant() as constant]
            ) if name in parameters:
                found.setdefault(name, []).append(constant)
    yield from found.items()


def _returns(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value)
        for node in ast.walk(function)
    )


def _names_pyplot(names: Mapping[str, Meaning]) -> bool:
    return any(
        isinstance(meaning, Imported) and meaning.dotted.startswith("matplotlib")
        for meaning in names.values()
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None

"""One-way unification: the drawing of a function, its parameters open, with that of a block."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nbrefactor.fold.normal import Origin, normal, text
from nbrefactor.fold.values import Argument, Block, Element, Guard, Pattern, Round, Unified
from nbrefactor.model.reason import Reason

# What may be there or not without changing what is shown: named as a difference.
_LOOK = frozenset({"grid", "layout"})
# What matplotlib does where it is not told, as far as it is certain.
_USUAL = {"cmap": "'viridis'"}


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a block is not what a pattern draws; the later it fails, the nearer it is."""

    reason: Reason
    matched: int


def unify(
    pattern: Pattern, block: Block, here: Origin, there: Origin, *, whole: bool
) -> Unified | Miss:
    """Tell what call of a pattern's function draws what a block draws.

    Parameters
    ----------
    pattern : Pattern
        The function, for one way to call it.
    block : Block
        The statements.
    here, there : callable
        What names mean in the notebook, and in the function's module.
    whole : bool
        Whether the call is to make the figure too.

    Returns
    -------
    Unified or Miss
        The arguments, and in which looks the plots differ; or what does not agree.
    """
    match = _Match(pattern, block, here, there)
    try:
        return match.unified(whole=whole)
    except _DiffersError as error:
        return Miss(error.reason, max(match.common, len(match.used)))


class _DiffersError(Exception):
    def __init__(self, reason: Reason) -> None:
        self.reason = reason


@dataclass(slots=True)
class _Match:
    pattern: Pattern
    block: Block
    here: Origin
    there: Origin
    used: set[Element] = field(default_factory=set)
    bound: dict[str, Argument] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    common: int = 0

    def unified(self, *, whole: bool) -> Unified:
        """Pair every element of the pattern with one of the block."""
        mine = [e for e in self.block.elements if whole or e.kind not in ("figure", "panel")]
        self._order(mine)
        self._kinds(mine)
        for wanted in self.pattern.elements:
            self._pair(wanted, mine)
        for element in mine:
            if element in self.used:
                continue
            if element.kind in _LOOK and not self._stands(element, mine):
                self.used.add(element)
                self.differences.append(element.kind)
            elif not self._stands(element, mine):
                raise _DiffersError(
                    Reason("fold-draws-more", element.kind, there=self.pattern.name)
                )
        arguments = self._arguments()
        differences = [*_together(self.differences), *self.pattern.adds]
        return Unified(
            self.block,
            self.pattern,
            arguments,
            frozenset(self.used),
            tuple(dict.fromkeys(differences)),
        )

    def _stands(self, element: Element, mine: Sequence[Element]) -> bool:
        """Tell whether an element can stay behind the call: nothing that is drawn follows it."""
        if not element.ends or any(e.kind == "shown" for e in self.pattern.elements):
            return False
        behind = mine[mine.index(element) + 1 :]
        return all(one.ends and one not in self.used for one in behind)

    def _order(self, mine: Sequence[Element]) -> None:
        """See that artists come in the same order, which colours and covering go by."""
        sides = [
            [e.kind for e in side if not e.is_set and not e.ends and e.kind not in _FREE]
            for side in (mine, self.pattern.elements)
        ]
        if sides[0] != sides[1]:
            more = [kind for kind in sides[0] if kind not in sides[1]] or sides[1] or ["nothing"]
            raise _DiffersError(Reason("fold-draws-more", more[0], there=self.pattern.name))

    def _kinds(self, mine: Sequence[Element]) -> None:
        """See at a glance that either side has what the other has, before anything is compared."""
        have = {e.kind for e in mine if not e.ends} - _LOOK - {"figure", "panel"}
        theirs = [e for e in self.pattern.elements if not e.ends]
        wanted = {e.kind for e in theirs} - _LOOK - {"figure", "panel"}
        needed = {e.kind for e in theirs if not self._is_optional(e)}
        self.common = len(have & wanted)
        for kind in sorted(have - wanted):
            raise _DiffersError(Reason("fold-draws-more", kind, there=self.pattern.name))
        for kind in sorted((wanted & needed) - have):
            raise _DiffersError(Reason("fold-draws-less", kind, there=self.pattern.name))

    def _pair(self, wanted: Element, mine: Sequence[Element]) -> None:
        candidates = [e for e in mine if e.kind == wanted.kind and e not in self.used]
        if not candidates and self._is_optional(wanted):
            return
        if not candidates:
            if wanted.kind in _LOOK:
                self.differences.append(wanted.kind)
                return
            raise _DiffersError(Reason("fold-draws-less", wanted.kind, there=self.pattern.name))
        failure: _DiffersError | None = None
        for element in candidates:
            before = (dict(self.bound), list(self.differences))
            try:
                self._element(wanted, element)
            except _DiffersError as error:
                self.bound, self.differences = before
                failure = failure or error
                continue
            self.used.add(element)
            return
        assert failure is not None
        raise failure

    def _is_optional(self, wanted: Element) -> bool:
        """Tell whether an element is drawn for each item of a list that is empty by default."""
        default = self.pattern.defaults.get(_listed(wanted) or "")
        is_empty = isinstance(default, (ast.Tuple, ast.List)) and not default.elts
        return wanted.kind == "text" and is_empty

    # -- elements ------------------------------------------------------------------------------

    def _element(self, wanted: Element, element: Element) -> None:
        names: dict[str, ast.expr] = {}
        pairs = _listed(wanted)
        if pairs is not None and pairs not in self.pattern.chosen:
            self._collect(pairs, wanted, element)
            return
        self._scope(wanted, element, names)
        for name in _union(wanted.data, element.data):
            self._data(name, wanted.data.get(name), element.data.get(name), element, names)
        for name in _union(wanted.words, element.words):
            self._words(name, wanted.words.get(name), element.words.get(name), element, names)
        for name in _union(wanted.style, element.style):
            self._style(name, wanted.style.get(name), element.style.get(name), element, names)

    def _scope(self, wanted: Element, element: Element, names: dict[str, ast.expr]) -> None:
        if len(wanted.scope) != len(element.scope):
            raise _DiffersError(Reason("fold-loops-differ", element.kind, there=self.pattern.name))
        for part, other in zip(wanted.scope, element.scope, strict=True):
            if isinstance(part, Guard) and isinstance(other, Guard):
                self._value(part.test, other.test, element, names)
            elif isinstance(part, Round) and isinstance(other, Round):
                self._value(part.iterable, other.iterable, element, names)
                self._target(part.target, other.target, names)
            else:
                raise _DiffersError(
                    Reason("fold-loops-differ", element.kind, there=self.pattern.name)
                )

    def _target(self, wanted: ast.expr, given: ast.expr, names: dict[str, ast.expr]) -> None:
        match wanted, given:
            case ast.Name(id=name), ast.Name():
                names[name] = given
            case ast.Tuple(elts=one), ast.Tuple(elts=other) if len(one) == len(other):
                for part, like in zip(one, other, strict=True):
                    self._target(part, like, names)
            case _:
                raise _DiffersError(Reason("fold-loops-differ", there=self.pattern.name))

    def _collect(self, parameter: str, wanted: Element, element: Element) -> None:
        """Collect what loops of the block draw one by one into the list that a parameter takes."""
        (loop,) = wanted.scope
        assert isinstance(loop, Round)
        own = [node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)]
        caught: dict[str, ast.expr] = {}
        if not element.scope or isinstance(element.scope[0], Guard):
            raise _DiffersError(Reason("fold-loops-differ", element.kind, there=self.pattern.name))
        for name in _union(wanted.data, element.data):
            one, other = wanted.data.get(name), element.data.get(name)
            if one is None or other is None or not isinstance(one, ast.Name) or one.id not in own:
                self._data(name, one, other, element, {})
                continue
            if one.id in caught and not self._same(caught[one.id], other):
                raise _DiffersError(
                    Reason("fold-data-differs", name, here=_told(other), there=self.pattern.name)
                )
            caught[one.id] = other
        for name in _union(wanted.words, element.words):
            self._words(name, wanted.words.get(name), element.words.get(name), element, {})
        if set(own) - caught.keys():
            raise _DiffersError(Reason("fold-data-differs", parameter, there=self.pattern.name))
        for name in _union(wanted.style, element.style):
            self._style(name, wanted.style.get(name), element.style.get(name), element, {})
        parts = [caught[name] for name in own]
        item = parts[0] if isinstance(loop.target, ast.Name) else ast.Tuple(parts, ast.Load())
        self._bind(parameter, _comprehension(item, element), element)

    # -- arguments of calls --------------------------------------------------------------------

    def _data(
        self,
        name: str,
        wanted: ast.expr | None,
        given: ast.expr | None,
        element: Element,
        names: Mapping[str, ast.expr],
    ) -> None:
        if wanted is None:
            raise _DiffersError(
                Reason("fold-data-differs", name, here=_told(given), there=self.pattern.name)
            )
        if given is None:
            self._absent(name, wanted, element)
            return
        self._value(wanted, given, element, names, name)

    def _absent(self, name: str, wanted: ast.expr, element: Element) -> None:
        """Take what the block leaves to matplotlib, where a call leaves it to that too."""
        default = self._default(wanted)
        if default is None or not _is_none(default):
            raise _DiffersError(Reason("fold-data-differs", name, there=self.pattern.name))

    def _words(
        self,
        name: str,
        wanted: ast.expr | None,
        given: ast.expr | None,
        element: Element,
        names: Mapping[str, ast.expr],
    ) -> None:
        if wanted is None or given is None:
            if wanted is not None and given is None and self._default(wanted) is not None:
                self._absent(name, wanted, element)
                return
            told = _said(given) or "nothing"
            raise _DiffersError(
                Reason("fold-words-differ", element.kind, here=told, there=_said(wanted))
            )
        synonyms = _either(wanted)
        if synonyms is None:
            try:
                self._value(wanted, given, element, names, name)
            except _DiffersError:
                raise _DiffersError(
                    Reason(
                        "fold-words-differ", element.kind, here=_said(given), there=_said(wanted)
                    )
                ) from None
            return
        said = given.value if isinstance(given, ast.Constant) else None
        # Only words that stand there as they are: a glance at the text has to see them.
        home = self.block.home
        written = home.cell.source[home.start(given) : home.end(given)]
        if (
            not isinstance(said, str)
            or written[1:-1] != said
            or said.casefold() not in map(str.casefold, synonyms)
        ):
            raise _DiffersError(
                Reason(
                    "fold-words-differ", element.kind, here=_said(given), there=repr(synonyms[0])
                )
            )
        if said != synonyms[0]:
            self.differences.append(f"{element.kind} {said!r} becomes {synonyms[0]!r}")

    def _style(
        self,
        name: str,
        wanted: ast.expr | None,
        given: ast.expr | None,
        element: Element,
        names: Mapping[str, ast.expr],
    ) -> None:
        if given is None and wanted is not None:
            default = self._default(wanted) or wanted
            if not _is_none(default) and ast.unparse(default) != _USUAL.get(name):
                self.differences.append(f"{name} of the {element.kind}")
            return
        if given is None:
            return
        if wanted is not None:
            before = dict(self.bound)
            try:
                self._value(wanted, given, element, names, name)
            except _DiffersError:
                self.bound = before
            else:
                return
        if _may_hide(name, given):
            raise _DiffersError(
                Reason("fold-data-differs", name, here=_told(given), there=self.pattern.name)
            )
        self.differences.append(f"{name} of the {element.kind}")

    # -- expressions ---------------------------------------------------------------------------

    def _value(
        self,
        wanted: ast.expr,
        given: ast.expr,
        element: Element,
        names: Mapping[str, ast.expr],
        name: str = "",
    ) -> None:
        """Unify an expression of the pattern with one of the block."""
        if (inner := _flat(wanted)) is not None:
            if not _is_flat(self._normal(given)):
                raise _DiffersError(
                    Reason("fold-not-flat", here=_said(given), there=self.pattern.name)
                )
            wanted = inner
        if isinstance(wanted, ast.Name) and self._is_open(wanted.id):
            if self._reads_loop(given, element):
                raise _DiffersError(
                    Reason("fold-data-differs", name, here=_told(given), there=self.pattern.name)
                )
            self._bind(wanted.id, given, element)
            return
        known = {one: self._normal(argument.node) for one, argument in self.bound.items()}
        known |= {one: self._normal(value) for one, value in names.items()}
        if not any(self._is_open(one) for one in _names(wanted)):
            known |= {n: self._theirs(v) for n, v in self._defaults(wanted).items()}
            if text(self._theirs(wanted, known)) == text(self._normal(given)):
                return
        elif self._descend(wanted, given, element, names):
            return
        raise _DiffersError(
            Reason(
                "fold-data-differs",
                name or element.kind,
                here=_told(given),
                there=self.pattern.name,
            )
        )

    def _descend(
        self, wanted: ast.expr, given: ast.expr, element: Element, names: Mapping[str, ast.expr]
    ) -> bool:
        """Unify the parts of two expressions of one kind."""
        if isinstance(given, ast.Name) and given.id in self.block.locals:
            given = self.block.locals[given.id]
        if type(wanted) is not type(given):
            return False
        for key in wanted._fields:
            one, other = getattr(wanted, key), getattr(given, key)
            ones = one if isinstance(one, list) else [one]
            others = other if isinstance(other, list) else [other]
            if len(ones) != len(others):
                return False
            for part, like in zip(ones, others, strict=True):
                if isinstance(part, ast.expr) and isinstance(like, ast.expr):
                    self._value(part, like, element, names)
                elif isinstance(part, ast.AST) and isinstance(like, ast.AST):
                    if ast.dump(part) != ast.dump(like):
                        return False
                elif part != like:
                    return False
        return True

    def _is_open(self, name: str) -> bool:
        """Tell whether a name is a parameter of which nothing is known yet."""
        settled = name in self.bound or name in self.pattern.chosen
        return name in self.pattern.parameters and not settled and name != self.pattern.axes

    def _reads_loop(self, given: ast.expr, element: Element) -> bool:
        own = {
            one for part in element.scope if isinstance(part, Round) for one in _names(part.target)
        }
        return bool(own & set(_names(given)))

    def _bind(self, parameter: str, node: ast.expr, element: Element) -> None:
        self.bound[parameter] = Argument(node, element.statement)

    def _default(self, wanted: ast.expr) -> ast.expr | None:
        """Give what acts for an expression that nothing is given for, and note that it does."""
        if isinstance(wanted, ast.Constant):
            return wanted
        if not isinstance(wanted, ast.Name):
            return None
        name = wanted.id
        if name in self.bound:
            return self.bound[name].node
        if not self._is_open(name) or name in self.pattern.given:
            return None
        default = self.pattern.defaults.get(name)
        if default is not None:
            self.bound[name] = Argument(default)
        return default

    def _defaults(self, wanted: ast.expr) -> dict[str, ast.expr]:
        return {n: self.pattern.chosen[n] for n in _names(wanted) if n in self.pattern.chosen}

    def _normal(self, node: ast.expr) -> ast.expr:
        known: dict[str, ast.expr] = {}
        for name, value in self.block.locals.items():
            known[name] = normal(value, self.here, known)
        return normal(node, self.here, known)

    def _theirs(self, node: ast.expr, known: Mapping[str, ast.expr] | None = None) -> ast.expr:
        return normal(node, self.there, known)

    def _same(self, one: ast.expr, other: ast.expr) -> bool:
        return text(self._normal(one)) == text(self._normal(other))

    def _arguments(self) -> dict[str, Argument]:
        """Give what a call has to say: what differs from the defaults."""
        found: dict[str, Argument] = {}
        pattern = self.pattern
        for name in pattern.parameters:
            default = pattern.defaults.get(name)
            argument = self.bound.get(name)
            if argument is None and name in pattern.chosen:
                argument = Argument(pattern.chosen[name])
            if argument is None:
                if (default is None or name in pattern.given) and name != pattern.axes:
                    raise _DiffersError(Reason("fold-draws-less", name, there=pattern.name))
                continue
            if default is not None and text(self._normal(argument.node)) == text(
                self._theirs(default)
            ):
                continue
            found[name] = argument
        return found


# Looks that hide what is drawn where they are zero, or what lies above it where they are high.
_SIZES = frozenset(
    {
        *("alpha", "zorder", "fontsize", "rwidth", "width", "height"),
        *("linewidth", "linewidths", "markersize"),
    }
)
_FREE = frozenset({"text", "figure", "panel"})


def _together(differences: Sequence[str]) -> Iterator[str]:
    """Say in one the looks of one kind of artist."""
    looks: dict[str, list[str]] = {}
    for one in differences:
        name, of, kind = one.partition(" of the ")
        if of and " " not in name:
            looks.setdefault(kind, []).append(name)
        else:
            yield one
    for kind, names in looks.items():
        yield f"{', '.join(dict.fromkeys(names))} of the {kind}"


def _listed(wanted: Element) -> str | None:
    """Name the parameter whose items an element draws one by one."""
    match wanted.scope:
        case (Round(iterable=ast.Name(id=name)),):
            return name
    return None


def _comprehension(item: ast.expr, element: Element) -> ast.expr:
    """Write loops and conditions around a drawing call as the list of what they go through."""
    generators: list[ast.comprehension] = []
    for part in element.scope:
        if isinstance(part, Round):
            generators.append(ast.comprehension(part.target, part.iterable, [], 0))
        else:
            generators[-1].ifs.append(part.test)
    only = generators[0]
    if len(generators) == 1 and not only.ifs and ast.unparse(only.target) == ast.unparse(item):
        return only.iter
    return ast.ListComp(item, generators)


def _may_hide(name: str, value: ast.expr) -> bool:
    """Tell whether a look may be that nothing is to be seen: a zero, or no colour at all."""
    if isinstance(value, ast.Constant):
        said = value.value
        if isinstance(said, str):
            return said.strip().lower() in ("", "none")
        return name in _SIZES and not (isinstance(said, int | float) and said > 0)
    return name in _SIZES


def _flat(node: ast.expr) -> ast.expr | None:
    """Give what a stand-in says has to have one axis only."""
    match node:
        case ast.Call(func=ast.Name(id="flat"), args=[inner]):
            return inner
    return None


def _is_flat(node: ast.expr) -> bool:
    """Tell whether an expression surely has one axis."""
    match node:
        case ast.Call(func=ast.Attribute(attr="flatten" | "ravel"), args=[], keywords=[]):
            return True
        case ast.Call(
            func=ast.Attribute(attr="reshape" | "view"),
            args=[ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1))],
        ):
            return True
    return False


def _either(node: ast.expr) -> list[str] | None:
    """Give the words of which a stand-in says that they mean the same."""
    match node:
        case ast.Call(func=ast.Name(id="either"), args=args):
            return [str(one.value) for one in args if isinstance(one, ast.Constant)]
    return None


def _names(node: ast.AST) -> Iterator[str]:
    return (one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def _union(one: Mapping[str, ast.expr], other: Mapping[str, ast.expr]) -> list[str]:
    return list(dict.fromkeys([*one, *other]))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _told(node: ast.expr | None) -> str:
    return "" if node is None else f" is {ast.unparse(node)}"


def _said(node: ast.expr | None) -> str:
    return "" if node is None else ast.unparse(node)

"""Statements to what they draw, by the table of calls: of pyplot, or methods of what it gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbrefactor.fold.normal import Origin
from nbrefactor.fold.table import Call, calls
from nbrefactor.fold.values import Element, Guard, Round, Scope
from nbrefactor.model.reason import Reason

_PYPLOT = "matplotlib.pyplot."
# What a call may give to a name, and what has methods in the table.
_OWNERS = {"figure": "figure", "axes": "axes", "image": "image", "bar": "bar"}


@dataclass(frozen=True, slots=True)
class Handle:
    """What a name holds of a figure.

    Parameters
    ----------
    kind : str
        ``figure``, ``axes``, ``grid`` (an array of axes), ``image``, ``bar`` or ``artist``.
    axes : str
        Which axes it is, or belongs to, as the code says it; empty for the current ones.
    """

    kind: str
    axes: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What one statement draws.

    Parameters
    ----------
    elements : tuple of Element
        In order.
    binds : mapping of str to Handle
        The names that it gives to what it draws.
    reasons : tuple of Reason
        What in it is not understood; it then draws something else, or more.
    """

    elements: tuple[Element, ...]
    binds: Mapping[str, Handle] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()


@dataclass(slots=True)
class Reader:
    """Reads drawing statements one after the other, and remembers what names hold of figures.

    Parameters
    ----------
    origin : callable
        What names mean.
    handles : dict of str to Handle
        What names hold so far.
    """

    origin: Origin
    handles: dict[str, Handle] = field(default_factory=dict)

    def read(self, statement: ast.stmt) -> Read | None:
        """Read one statement; None where it draws nothing that is known."""
        found = self._read(statement, ())
        if found is not None:
            self.handles.update(found.binds)
        return found

    def touches(self, node: ast.AST) -> bool:
        """Tell whether code names pyplot or anything that holds a part of a figure."""
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one.id in self.handles:
                return True
            if isinstance(one, (ast.Name, ast.Attribute)) and self.origin(one).startswith(
                ("matplotlib", "seaborn")
            ):
                return True
        return False

    def begins(self, node: ast.AST) -> bool:
        """Tell whether code begins a figure or chooses a panel, and so draws a plot of its own."""
        found = (self._entry(one) for one in ast.walk(node) if isinstance(one, ast.Call))
        return any(entry is not None and entry[0].kind in ("figure", "panel") for entry in found)

    # -- statements ----------------------------------------------------------------------------

    def _read(self, statement: ast.stmt, scope: Scope) -> Read | None:
        match statement:
            case ast.Expr(value=ast.Call() as call):
                return self._drawn(call, None, statement, scope)
            case ast.Assign(targets=[target], value=ast.Call() as call):
                return self._drawn(call, target, statement, scope)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not scope:
                held = self.held(value)
                return None if held is None else Read((), {name: self._named(held, name, value)})
            case ast.For(target=target, iter=iterable, body=body, orelse=[]):
                return self._suite(body, (*scope, Round(target, iterable)))
            case ast.If(test=test, body=body, orelse=[]):
                return self._suite(body, (*scope, Guard(test)))
        return None

    def _suite(self, body: Sequence[ast.stmt], scope: Scope) -> Read | None:
        """Read the body of a loop or branch, all of which has to draw."""
        parts = [self._read(statement, scope) for statement in body]
        known = [part for part in parts if part is not None and part.elements]
        if not known:
            return None
        reasons = [reason for part in known for reason in part.reasons]
        for statement, part in zip(body, parts, strict=True):
            if part is None or not part.elements:
                reasons.append(Reason("fold-inside", _shown(statement)))
        elements = tuple(element for part in known for element in part.elements)
        if any(element.is_set or element.ends or _begins(element) for element in elements):
            reasons.append(Reason("fold-inside", _shown(body[0])))
        binds = {name: handle for part in known for name, handle in part.binds.items()}
        return Read(elements, binds, tuple(reasons))

    def _named(self, held: Handle, name: str, value: ast.expr) -> Handle:
        """Give what another name holds: an item of an array is its own, whatever the index was."""
        return held if isinstance(value, ast.Name) else Handle(held.kind, name)

    def _drawn(
        self, call: ast.Call, target: ast.expr | None, statement: ast.stmt, scope: Scope
    ) -> Read | None:
        found = self._entry(call)
        if found is None:
            name = self.origin(call.func)
            if name.startswith(_PYPLOT) or self._is_method(call):
                return Read((), {}, (Reason("fold-unknown-call", _shown(call.func)),))
            return None
        entry, axes = found
        sorted_out = _Arguments(entry, call)
        axes = self._axes_of(sorted_out, axes)
        element = Element(
            entry.kind,
            sorted_out.given(entry.data),
            sorted_out.given(entry.words),
            sorted_out.given((*entry.style, *entry.panels)),
            scope,
            axes,
            entry.set,
            entry.ends,
            statement,
        )
        reasons = tuple(
            Reason("fold-unknown-argument", name, here=_shown(call.func))
            for name in sorted_out.unknown
        )
        try:
            binds = dict(self._binds(entry, target, element))
        except _NotUnderstoodError:
            reasons = (*reasons, Reason("fold-unknown-call", _shown(call.func)))
            binds = {}
        if entry.kind == "current axes":
            return Read((), binds, reasons)
        return Read((element,), binds, reasons)

    def _axes_of(self, arguments: _Arguments, axes: str) -> str:
        """Tell which axes a call of a figure is about, by what it is given."""
        mappable = arguments.by_name.get("mappable")
        if mappable is not None:
            held = self.held(mappable) if isinstance(mappable, ast.Name) else None
            if held is None or held.kind != "image":
                arguments.unknown.append(_shown(mappable))
        for name in ("ax", "mappable"):
            value = arguments.by_name.get(name)
            held = None if value is None else self.held(value)
            if held is not None:
                return held.axes
        return axes

    def _binds(
        self, entry: Call, target: ast.expr | None, element: Element
    ) -> Iterator[tuple[str, Handle]]:
        makes, axes = entry.makes, element.axes
        match target:
            case None:
                return
            case ast.Name(id=name) if makes == "axes":
                yield name, Handle("axes", name)
            case ast.Name(id=name) if makes in ("figure", "image", "bar"):
                yield name, Handle(makes, axes)
            case ast.Name(id=name) if makes != "figure and axes":
                yield name, Handle("artist", axes)
            case ast.Tuple(elts=[ast.Name(id=figure), inner]) if makes == "figure and axes":
                yield figure, Handle("figure")
                yield from _axes_bound(inner, one=not element.data)
            case ast.Tuple(elts=elements) if all(isinstance(one, ast.Name) for one in elements):
                if makes == "figure and axes":
                    raise _NotUnderstoodError
                for one in elements:
                    assert isinstance(one, ast.Name)
                    yield one.id, Handle("artist", axes)
            case _:
                raise _NotUnderstoodError

    # -- expressions ---------------------------------------------------------------------------

    def held(self, node: ast.expr) -> Handle | None:
        """Tell what of a figure an expression is; None where it is nothing of one."""
        match node:
            case ast.Name(id=name):
                return self.handles.get(name)
            case ast.Subscript(value=ast.Name(id=name)):
                held = self.handles.get(name)
                if held is not None and held.kind == "grid":
                    return Handle("axes", ast.unparse(node))
            case ast.Call():
                found = self._entry(node)
                if found is not None and found[0].makes == "axes":
                    return Handle("axes", "" if found[0].kind == "current axes" else "?")
        return None

    def _entry(self, call: ast.Call) -> tuple[Call, str] | None:
        """Find a call in the table, and the axes that it belongs to."""
        where = self.origin(call.func)
        if where.startswith(_PYPLOT):
            entry = calls().by_name.get(("pyplot", where.removeprefix(_PYPLOT)))
            return None if entry is None else (entry, "")
        if not isinstance(call.func, ast.Attribute):
            return None
        held = self.held(call.func.value)
        if held is None or held.kind not in _OWNERS:
            return None
        entry = calls().by_name.get((held.kind, call.func.attr))
        return None if entry is None else (entry, held.axes)

    def _is_method(self, call: ast.Call) -> bool:
        return isinstance(call.func, ast.Attribute) and self.held(call.func.value) is not None


class _NotUnderstoodError(Exception):
    """What a call gives goes to something that is not followed."""


def _begins(element: Element) -> bool:
    return element.kind in ("figure", "panel")


def _axes_bound(target: ast.expr, *, one: bool) -> Iterator[tuple[str, Handle]]:
    if isinstance(target, ast.Name):
        yield target.id, Handle("axes", target.id) if one else Handle("grid")
        return
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield node.id, Handle("axes", node.id)


class _Arguments:
    """The arguments of a call by the names that the table gives them."""

    def __init__(self, entry: Call, call: ast.Call) -> None:
        self.by_name: dict[str, ast.expr] = {}
        self.unknown: list[str] = []
        aliases = calls().aliases
        understood = {*entry.data, *entry.words, *entry.style, *entry.panels, *entry.handles}
        given = list(call.args)
        if entry.format and given and _is_text(given[-1]):
            self.by_name[entry.format] = given.pop()
        names = entry.by_count.get(str(len(given)), ()) if entry.by_count else entry.arguments
        for at, value in enumerate(given):
            if at < len(names) and not isinstance(value, ast.Starred):
                self._take(names[at], value, understood)
            else:
                self.unknown.append(_shown(value))
        for keyword in call.keywords:
            name = keyword.arg or ""
            name = entry.rename.get(name, name)
            if name not in understood:
                name = aliases.get(name, name)
            self._take(name, keyword.value, understood)

    def _take(self, name: str, value: ast.expr, understood: set[str]) -> None:
        if name in self.by_name or name not in understood:
            self.unknown.append(name or f"**{_shown(value)}")
            return
        self.by_name[name] = value

    def given(self, names: Sequence[str]) -> dict[str, ast.expr]:
        """Pick some of them; None says no more than that an argument is not given."""
        return {
            name: self.by_name[name]
            for name in names
            if name in self.by_name and not _is_none(self.by_name[name])
        }


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _shown(node: ast.AST) -> str:
    text = ast.unparse(node).partition("\n")[0]
    return text if len(text) <= 60 else f"{text[:59]}…"


def settled(elements: Sequence[Element]) -> tuple[tuple[Element, ...], tuple[Reason, ...]]:
    """Let what is set later take effect where it is drawn.

    Parameters
    ----------
    elements : sequence of Element
        What is drawn and set, in order.

    Returns
    -------
    tuple of Element
        Limits of colours are those of the image, a label that of its colour bar; of what is set
        several times only the last is left.
    tuple of Reason
        Why the statements would fail: limits for an image that is not there yet.
    """
    merged: list[Element] = []
    reasons: list[Reason] = []
    for element in elements:
        if element.kind in _BELONGS:
            owner, part = _BELONGS[element.kind]
            at = _last(merged, owner, element.axes)
            if at is None or element.scope or merged[at].scope:
                reasons.append(Reason("fold-order", element.kind, here=owner))
                continue
            whole = merged[at]
            merged[at] = replace(
                whole,
                data={**whole.data, **element.data} if part == "data" else whole.data,
                words={**whole.words, **element.words},
            )
            continue
        if element.kind == "color bar" and _last(merged, "image", element.axes) is None:
            reasons.append(Reason("fold-order", "color bar", here="image"))
        if element.is_set:
            merged = [one for one in merged if (one.kind, one.axes) != (element.kind, element.axes)]
        merged.append(element)
    return tuple(merged), tuple(reasons)


_BELONGS = {"color limits": ("image", "data"), "color bar label": ("color bar", "words")}


def _last(elements: Sequence[Element], kind: str, axes: str) -> int | None:
    for at in range(len(elements) - 1, -1, -1):
        if elements[at].kind == kind and elements[at].axes == axes:
            return at
    return None

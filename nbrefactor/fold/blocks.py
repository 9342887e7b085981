"""Runs of statements that belong to one plot, found by what they draw into."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbrefactor.fold.normal import Origin
from nbrefactor.fold.reading import Handle, Read, Reader, settled
from nbrefactor.fold.values import Block, Element
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import CodeCell
from nbrefactor.python.scopes import references

_BEGINS = ("figure", "panel")
_COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.Try)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def find_blocks(home: CodeCell, origin: Origin) -> Iterator[Block]:
    """Find the plots that stand in a cell as statements.

    Parameters
    ----------
    home : CodeCell
        The cell.
    origin : callable
        What names mean in the notebook.

    Yields
    ------
    Block
        Those of a suite in order, a suite after the ones inside of it. Definitions are not
        entered: what stands in a function is drawn when that is called.
    """
    yield from _in_suite(home, home.tree.body, Reader(origin))


@dataclass(slots=True)
class _Segment:
    """A plot while its statements are read: positions in the suite, and what each draws."""

    parts: list[tuple[int, Read | None]] = field(default_factory=list)

    @property
    def drawn(self) -> list[tuple[int, Read]]:
        """The parts that draw."""
        return [(at, read) for at, read in self.parts if read is not None and read.elements]

    @property
    def axes(self) -> str | None:
        """The axes that it draws into, once that is known."""
        for _, read in self.drawn:
            for element in read.elements:
                if element.kind not in _BEGINS and not element.ends:
                    return element.axes
        return None

    @property
    def is_over(self) -> bool:
        """Whether its figure is shown or closed already."""
        return any(e.kind in ("shown", "closed") for _, read in self.drawn for e in read.elements)


def _in_suite(home: CodeCell, suite: list[ast.stmt], reader: Reader) -> Iterator[Block]:
    segment = _Segment()
    for at, statement in enumerate(suite):
        before = Reader(reader.origin, dict(reader.handles))
        read = reader.read(statement)
        yields = isinstance(statement, _COMPOUND) and (read is None or bool(read.reasons))
        if yields:
            for inner in _suites(statement):
                yield from _in_suite(home, inner, Reader(reader.origin, dict(before.handles)))
        if yields and reader.touches(statement):
            if segment.axes is not None and not segment.is_over and not reader.begins(statement):
                # It goes on with the plot, in a way that is not understood.
                segment.parts.append((at, _other(statement, read, segment)))
                continue
            # It draws plots of its own.
            yield from _closed(home, suite, segment, reader)
            segment = _Segment()
        elif segment.is_over and not (read is not None and read.elements and _ends(read)):
            # What comes behind a figure that is shown is none of its business.
            yield from _closed(home, suite, segment, reader)
            segment = _Segment([(at, read)] if read is not None and read.elements else [])
        elif read is not None and read.elements and _parts(segment, read):
            yield from _closed(home, suite, segment, reader)
            segment = _Segment([(at, read)])
        else:
            segment.parts.append((at, _between(statement, read, reader)))
    yield from _closed(home, suite, segment, reader)


def _suites(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for part in ("body", "orelse", "finalbody"):
        if inner := getattr(statement, part, None):
            yield inner
    for handler in getattr(statement, "handlers", ()):
        yield handler.body


def _parts(segment: _Segment, read: Read) -> bool:
    """Tell whether what a statement draws belongs to the next plot."""
    first = read.elements[0]
    if first.kind in _BEGINS:
        return True
    if first.ends:
        return False
    return segment.axes not in (None, first.axes)


def _other(statement: ast.stmt, read: Read | None, segment: _Segment) -> Read:
    if read is not None and read.elements:
        return read
    axes = segment.axes or ""
    element = Element("something", {}, {}, {}, axes=axes, statement=statement)
    return Read((element,), {}, (_unclear(statement),))


def _unclear(statement: ast.stmt) -> Reason:
    return Reason("fold-between", ast.unparse(statement).partition("\n")[0])


def _ends(read: Read) -> bool:
    return all(element.ends for element in read.elements)


def _between(statement: ast.stmt, read: Read | None, reader: Reader) -> Read | None:
    """Read a statement that draws nothing: None where it has nothing to do with figures."""
    if read is not None:
        return read
    if isinstance(statement, _DEFINITIONS) or not reader.touches(statement):
        return None
    return Read((), {}, (_unclear(statement),))


def _closed(
    home: CodeCell, suite: list[ast.stmt], segment: _Segment, reader: Reader
) -> Iterator[Block]:
    """Make a block of what was read, without what stands around its drawing statements."""
    drawn = segment.drawn
    marks = [at for at, read in drawn if any(not element.ends for element in read.elements)]
    artists = [
        e for _, read in drawn for e in read.elements if e.kind not in _BEGINS and not e.ends
    ]
    if not marks or not artists:
        return
    start, stop = drawn[0][0], drawn[-1][0] + 1
    parts = [(at, read) for at, read in segment.parts if start <= at < stop]
    elements, reasons = settled([e for _, read in drawn for e in read.elements])
    told = [*reasons, *(one for _, read in parts if read is not None for one in read.reasons)]
    if any(e.axes not in (artists[0].axes, "") and not e.ends for e in elements):
        told.append(Reason("fold-several-axes"))
    handles: dict[str, Handle] = {}
    for _, read in parts:
        handles.update({} if read is None else read.binds)
    told.extend(_foreign([suite[at] for at, _ in drawn], reader, handles))
    yield Block(
        home,
        suite,
        start,
        stop,
        elements,
        artists[0].axes,
        tuple(suite[at] for at, _ in drawn),
        frozenset(handles),
        _locals(suite[:stop], handles),
        tuple(dict.fromkeys(told)),
    )


def _foreign(
    statements: list[ast.stmt], reader: Reader, own: dict[str, Handle]
) -> Iterator[Reason]:
    """Find what is drawn for an image or artist of another plot, such as its colour bar."""
    for node in (one for statement in statements for one in ast.walk(statement)):
        held = reader.handles.get(node.id) if isinstance(node, ast.Name) else None
        if held is not None and held.kind in ("image", "bar", "artist"):
            assert isinstance(node, ast.Name)
            if node.id not in own:
                yield Reason("fold-unknown-argument", node.id, here="a drawing call")


def _locals(statements: list[ast.stmt], handles: dict[str, Handle]) -> dict[str, ast.expr]:
    """Give the names that a suite binds once, to what reads nothing that it binds otherwise."""
    bound = [ref.name for ref in references(statements) if ref.context != "read"]
    once = {name for name in bound if bound.count(name) == 1} - handles.keys()
    once -= set(_changed(statements))
    found: dict[str, ast.expr] = {}
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in once:
                read = {ref.name for ref in references([value])}
                if not read & (set(bound) - found.keys()):
                    found[name] = value
    return found


def _changed(statements: list[ast.stmt]) -> Iterator[str]:
    """Name what may be changed in place: a part of it is set, or a method of it stands alone."""
    for node in (one for statement in statements for one in ast.walk(statement)):
        inner: ast.AST | None = None
        if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            inner = node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            inner = node.value.func
        while isinstance(inner, (ast.Subscript, ast.Attribute, ast.Call)):
            inner = inner.func if isinstance(inner, ast.Call) else inner.value
        if isinstance(inner, ast.Name):
            yield inner.id

"""How the copies of a program could leave their notebooks, or why they cannot."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nbrefactor.python.address import Literal, Local, Origin, Symbol, Unknown
from nbrefactor.python.scopes import free_references
from nbrefactor.scan.names import Surroundings, is_missing
from nbrefactor.scan.values import Move, Text

MOST_PARAMETERS = 3
_OF_THE_MODULE = frozenset(
    {
        *("globals", "locals", "vars", "dir", "eval", "exec", "exit", "quit"),
        *("__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__"),
    }
)
_PLOTTING = frozenset({"matplotlib", "seaborn", "plotly", "bokeh", "altair"})
_DRAWN_BY_PANDAS = frozenset({"plot", "hist", "boxplot"})


def move(
    text: Text,
    outside: Sequence[str],
    around: Surroundings,
    *,
    magic: bool = False,
    most: int = MOST_PARAMETERS,
) -> Move:
    """Say how a definition could move.

    Parameters
    ----------
    text : Text
        The definition.
    outside : sequence of str
        Names around it that it reads or binds.
    around : Surroundings
        What they mean.
    magic : bool
        Whether a magic or shell line stands in it.
    most : int
        How many values of its notebook calls may pass.

    Returns
    -------
    Move
        The way, with the names that need care.
    """
    if isinstance(text.node, ast.Module):
        return Move("no", (), "a cell is no definition; make a function of it first")
    if why := next(_obstacles(text, outside, around, magic=magic), ""):
        return Move("no", (), why)
    symbols = {name: around.symbol(name) for name in outside}
    data = tuple(name for name, symbol in symbols.items() if is_data(symbol))
    if data:
        return _with_parameters(text, data, most)
    helpers = tuple(name for name, symbol in symbols.items() if isinstance(symbol, Local))
    return Move("helpers", helpers) if helpers else Move("as-is")


def _with_parameters(text: Text, data: tuple[str, ...], most: int) -> Move:
    named = ", ".join(data[:4]) + (", …" if len(data) > 4 else "")
    if text.kind == "class":
        return Move("no", data, f"the class reads {named} of its notebook")
    if len(data) > most:
        return Move("no", data, f"reads {len(data)} names of its notebook: {named}")
    early = {found.name for found in free_references(text.node) if not found.deferred}  # type: ignore[arg-type]
    if found := next((name for name in data if name in early), ""):
        return Move("no", data, f"reads {found} when it is defined, not when it is called")
    return Move("parameter", data)


def _obstacles(
    text: Text, outside: Sequence[str], around: Surroundings, *, magic: bool
) -> Iterator[str]:
    if magic:
        yield "holds a magic or shell line"
    for node in ast.walk(text.node):
        if isinstance(node, ast.Global):
            yield f"writes {', '.join(node.names)} of its notebook"
    for name in outside:
        symbol = around.symbol(name)
        if name in _OF_THE_MODULE:
            yield f"reads {name}, which answers for its own module"
        elif isinstance(symbol, Unknown) and is_missing(symbol):
            yield f"reads {name}, which {symbol.why}"
        elif isinstance(symbol, Unknown) and "defin" in symbol.why:
            yield f"uses {name}, which {symbol.why}"
        elif isinstance(symbol, Local) and (why := _of_helper(name, around)):
            yield why


def _of_helper(name: str, around: Surroundings) -> str:
    """Say what keeps a function that it uses from moving with it."""
    for helper in closure([name], around):
        found = around.helpers[helper]
        for inner in around.program(found.text).outside:
            symbol = around.symbol(inner)
            if inner in _OF_THE_MODULE or (isinstance(symbol, Unknown) and is_missing(symbol)):
                return f"uses {helper}, which reads {inner}"
            if is_data(symbol):
                return f"uses {helper}, which reads {inner} of its notebook"
    return ""


def closure(names: Sequence[str], around: Surroundings) -> tuple[str, ...]:
    """Name the functions of the notebook that these use, with all that they use in turn."""
    found: dict[str, None] = {}
    pending = list(names)
    while pending:
        name = pending.pop()
        if name in found or not isinstance(around.symbol(name), Local):
            continue
        if name not in around.helpers:
            continue
        found[name] = None
        pending.extend(around.program(around.helpers[name].text).outside)
    return tuple(found)


def is_data(symbol: Symbol) -> bool:
    """Tell whether a name holds a value of the notebook, which calls could pass."""
    if isinstance(symbol, Literal):
        return True
    return isinstance(symbol, Unknown) and not is_missing(symbol) and "defin" not in symbol.why


def packages(outside: Sequence[str], around: Surroundings) -> tuple[str, ...]:
    """Name the top-level packages that a program and its helpers import."""
    names = [*outside]
    for helper in closure(outside, around):
        names.extend(around.program(around.helpers[helper].text).outside)
    symbols = (around.symbol(name) for name in names)
    return tuple(
        sorted({one.dotted.partition(".")[0] for one in symbols if isinstance(one, Origin)})
    )


def draws(text: Text, outside: Sequence[str], around: Surroundings) -> bool:
    """Tell whether a program draws with a plotting library."""
    own = {
        symbol.dotted.partition(".")[0]
        for symbol in map(around.symbol, outside)
        if isinstance(symbol, Origin)
    }
    if own & _PLOTTING:
        return True
    return any(
        isinstance(node, ast.Attribute) and node.attr in _DRAWN_BY_PANDAS
        for node in ast.walk(text.node)
    )

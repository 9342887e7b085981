"""The lines that the effects are measured with: each is what its table says."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nbrefactor.effects import known
from nbrefactor.effects.known import Known

try:
    import tomllib
except ImportError:
    import tomli as tomllib

DATA = tomllib.loads((Path(__file__).parent / "harmful.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Line:
    """One line of the table, with its imports."""

    text: str
    why: str
    imports: tuple[str, ...]


def lines(kind: str) -> list[Line]:
    return [
        Line(text, group.get("why", ""), tuple(group.get("imports", ())))
        for group in DATA[kind]
        for text in group["lines"]
    ]


HARMFUL, HARMLESS = lines("harmful"), lines("harmless")


def origins(line: Line) -> dict[str, str]:
    """Name where each imported name comes from."""
    found: dict[str, str] = {}
    for statement in ast.parse("\n".join(line.imports)).body:
        match statement:
            case ast.Import(names=names):
                for one in names:
                    top = one.name if one.asname else one.name.partition(".")[0]
                    found[one.asname or top] = top
            case ast.ImportFrom(module=module, names=names):
                found |= {one.asname or one.name: f"{module}.{one.name}" for one in names}
    return found


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """Give the full name of a called library function; empty for methods and for local names."""
    if isinstance(node, ast.Name):
        if node.id in names:
            return names[node.id]
        local = ("values", "title", "save_path", "pruned_heads")
        return "" if node.id in local else f"builtins.{node.id}"
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
        around = dotted(node.value, names)
        return f"{around}.{node.attr}" if around else ""
    return ""


def calls(line: Line) -> Iterator[tuple[ast.Call, Known | None, str]]:
    """Yield the calls of library functions and of methods, each with what is known of it."""
    names = origins(line)
    for node in ast.walk(ast.parse(line.text)):
        if not isinstance(node, ast.Call):
            continue
        origin = dotted(node.func, names)
        if origin:
            yield node, known.function(origin), origin
        elif isinstance(node.func, ast.Attribute):
            yield node, known.method(None, node.func.attr), f"….{node.func.attr}"
        else:
            yield node, None, ast.unparse(node.func)


def does_something(entry: Known | None, call: ast.Call) -> bool:
    if entry is None or entry.effects or entry.calls:
        return True
    given = {keyword.arg or "**" for keyword in call.keywords}
    if not entry.covers(len(call.args), given) or given & entry.changes_if.keys():
        return True
    places = {*range(len(call.args)), *given, "self"}
    # What is shared may be changed in the same line.
    return bool(places & {*entry.changes, *entry.shares, *entry.holds})


def test_there_are_enough_lines_and_none_twice() -> None:
    assert len(HARMFUL) >= 222
    assert len(HARMLESS) >= 100
    texts = [(line.text, line.imports) for line in (*HARMFUL, *HARMLESS)]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("line", HARMFUL, ids=lambda line: line.text)
def test_no_table_calls_a_harmful_line_harmless(line: Line) -> None:
    tree = ast.parse(line.text)
    stores = any(
        isinstance(node, ast.Attribute | ast.Subscript)
        and isinstance(node.ctx, ast.Store | ast.Del)
        for node in ast.walk(tree)
    )
    stores = stores or any(isinstance(node, ast.AugAssign) for node in ast.walk(tree))
    # An attribute of a library's function or module is no constant of a table.
    reads = any(
        isinstance(node, ast.Attribute)
        and (origin := dotted(node, origins(line)))
        and known.constant(origin) is None
        and known.function(origin) is None
        for node in ast.walk(tree)
    )
    assert stores or reads or any(does_something(entry, call) for call, entry, _ in calls(line))


@pytest.mark.parametrize("line", HARMLESS, ids=lambda line: line.text)
def test_all_that_a_harmless_line_calls_is_known(line: Line) -> None:
    for call, entry, origin in calls(line):
        assert entry is not None, origin
        given = {keyword.arg or "**" for keyword in call.keywords}
        assert entry.covers(len(call.args), given), origin
        assert not (origin.startswith("….") is False and entry.effects), origin


@pytest.mark.slow
@pytest.mark.parametrize("line", HARMLESS, ids=lambda line: line.text)
def test_a_harmless_line_leaves_everything_as_it_was(line: Line) -> None:
    before, after = run(line)
    assert before == after


CHANGING = [line for line in HARMFUL if line.why.startswith(("changes an arg", "draws random"))]


@pytest.mark.slow
@pytest.mark.parametrize("line", CHANGING, ids=lambda line: line.text)
def test_a_line_that_changes_or_draws_does_so(line: Line) -> None:
    before, after = run(line)
    assert before != after


def run(line: Line) -> tuple[Any, Any]:
    """Run a line in a function's place, and give what can be seen before and after."""
    np, torch = pytest.importorskip("numpy"), pytest.importorskip("torch")
    names: dict[str, Any] = {
        "values": np.array([[1.5, 0.25, 3.0], [2.5, 4.0, 0.75], [3.5, 1.25, 2.0]]),
        "title": "a title",
        "save_path": None,
        "pruned_heads": [(2, 1), (0, 2), (1, 0)],
    }
    exec("\n".join(line.imports), names)

    def seen() -> Any:
        values = names["values"]
        return (
            (values.tobytes(), values.shape, values.flags.writeable),
            copy.deepcopy(names["pruned_heads"]),
            np.random.get_state()[1].tobytes(),
            np.random.get_state()[2],
            random.getstate(),
            torch.get_rng_state().numpy().tobytes(),
        )

    before = seen()
    printed = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
        warnings.simplefilter("ignore")
        # A line that fails after it did something has done it.
        try:
            exec(line.text, names)
        except Exception as error:
            if line in HARMLESS:
                raise
            printed.write(repr(error))
    pyplot = __import__("sys").modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
    return before, seen()

"""Lines that do something, put into the inline bodies of the demo: none of them is accepted."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from nbrefactor.effects.figures import drawing
from nbrefactor.effects.summary import Summaries
from nbrefactor.effects.values import Effect, Summary
from nbrefactor.python.environment import environment

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DEMO = Path(__file__).parents[2] / "fixtures" / "NeuralPlasticityDemo.ipynb"
TABLE = tomllib.loads((Path(__file__).parents[1] / "effects" / "harmful.toml").read_text("utf-8"))
IMPORTS = "import matplotlib.pyplot as plt\nimport numpy as np\n"
# A bundled plot saves its figure where its caller says, and does nothing else.
ALLOWED = frozenset(
    Effect(kind, "parameter save_path") for kind in ("saves-figure", "writes-files")
)


def groups(kind: str) -> list[Any]:
    return [
        pytest.param(group.get("imports", []), line, id=line)
        for group in TABLE[kind]
        for line in group["lines"]
    ]


@cache
def bodies() -> tuple[str, ...]:
    """The inline plots of the demo that the bundled ones may replace."""
    cells = json.loads(DEMO.read_bytes())["cells"]
    sources = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    found = []
    for source in sources:
        if "def visualize_" in source or "def plot_entropy" in source:
            tree = ast.parse(source)
            found += [ast.unparse(n) for n in tree.body if isinstance(n, ast.FunctionDef)]
    return tuple(text for text in found if "head_status" not in text)


def summaries(imports: Sequence[str], line: str) -> Iterator[Summary]:
    """Put a line in front of each body, and read what that does."""
    for text in bodies():
        [function] = ast.parse(text).body
        assert isinstance(function, ast.FunctionDef)
        first = function.args.args[0].arg
        given = [f"values = {first}"]
        if "pruned_heads" not in {argument.arg for argument in function.args.args}:
            given.append(f"pruned_heads = {first}")
        function.body = [*ast.parse("\n".join([*given, line])).body, *function.body]
        names = environment(ast.parse(IMPORTS + "\n".join(imports)), "", main=True)
        summary = Summaries(names).of(ast.fix_missing_locations(function))
        assert summary is not None
        yield summary


def is_accepted(summary: Summary) -> bool:
    return not summary.effects - ALLOWED and not drawing(summary.events).problem


@pytest.mark.parametrize(("imports", "line"), groups("harmful"))
def test_no_body_with_a_harmful_line_is_accepted(imports: list[str], line: str) -> None:
    assert not any(is_accepted(summary) for summary in summaries(imports, line))


def test_the_bodies_are_accepted_without_one() -> None:
    assert len(bodies()) >= 5
    assert all(is_accepted(summary) for summary in summaries([], "pass"))


@pytest.mark.slow
def test_most_bodies_with_a_harmless_line_are_accepted() -> None:
    """The other side: what only computes keeps few from going."""
    kept = [
        param.id
        for param in groups("harmless")
        if not all(is_accepted(summary) for summary in summaries(*param.values))
    ]
    assert len(kept) <= len(groups("harmless")) // 5, kept

"""Pairs of plotting code, each with the verdict that an expert gives on the two pictures.

The pairs stand in ``pairs/*.txt``: a heading ``## verdict: what differs``, the code before, a line
``>>>`` and the code after. Both see ``np``, ``mpl``, ``plt``, ``fig`` and ``ax`` (new for each), ``x`` and
``y`` of 7 numbers, ``grid`` of 4 rows and 6 columns with values of 0 to 1, and ``frame``.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from nbrefactor.run.recorder.figures import describe_figure
from nbrefactor.run.recorder.log import to_json
from nbrefactor.verify.figures.bundles import compare_bundles, read_bundle
from nbrefactor.verify.figures.compare import compare_figures
from nbrefactor.verify.figures.values import FigureComparison

PAIRS = Path(__file__).parent / "pairs"
VERDICTS = ("identical", "restyled", "different words", "different data")


@dataclass(frozen=True)
class Case:
    name: str
    verdict: str
    before: str
    after: str


def read_cases(file: Path) -> Iterator[Case]:
    for block in re.split(r"^## ", file.read_text(), flags=re.MULTILINE)[1:]:
        heading, _, code = block.partition("\n")
        verdict, _, name = heading.partition(": ")
        before, _, after = code.partition("\n>>>\n")
        yield Case(name, verdict, before.strip(), after.strip())


CASES = {file.stem: list(read_cases(file)) for file in sorted(PAIRS.glob("*.txt"))}


def cases(*stems: str) -> list[Any]:
    return [pytest.param(case, id=f"{stem}: {case.name}") for stem in stems for case in CASES[stem]]


@cache
def libraries() -> dict[str, Any]:
    import altair
    import bokeh.plotting
    import pandas
    import plotly.express
    import plotly.graph_objects
    import seaborn

    return {
        "alt": altair, "bokeh": bokeh.plotting.figure, "go": plotly.graph_objects,
        "pd": pandas, "px": plotly.express, "sns": seaborn,
    }  # fmt: skip


def names(*, with_libraries: bool) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    found: dict[str, Any] = {
        "np": np,
        "mpl": mpl,
        "plt": plt,
        "x": np.arange(7.0),
        "y": np.array([0.31, 0.62, 0.11, 0.93, 0.44, 0.25, 0.87]),
        "grid": rng.random((4, 6)),
    }
    if with_libraries:
        found |= libraries()
        columns = {"a": [1.0, 3.0, 2.0, 5.0, 4.0, 6.0], "b": [2.0, 1.0, 4.0, 3.0, 6.0, 8.0]}
        found["frame"] = found["pd"].DataFrame({**columns, "kind": list("uuvvuv")})
    return found


def draw(code: str, *, with_libraries: bool = False) -> dict[str, Any]:
    space = names(with_libraries=with_libraries)
    with mpl.rc_context({"figure.figsize": (2, 1.5), "figure.dpi": 50}):
        space["fig"], space["ax"] = plt.subplots()
        try:
            exec(code, space)
            space["fig"].canvas.draw()
            found: dict[str, Any] = json.loads(to_json(describe_figure(space["fig"])))
        finally:
            plt.close("all")
    return found


def show(code: str) -> dict[str, Any]:
    """Give what a notebook shows of the last line."""
    space = names(with_libraries=True)
    tree = ast.parse(code)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, "pair", "exec"), space)
    plot = eval(compile(ast.Expression(last.value), "pair", "eval"), space)
    if hasattr(plot, "to_plotly_json"):
        from plotly.io import renderers

        bundle: dict[str, Any] = renderers["plotly_mimetype"].to_mimebundle(plot.to_dict())
        return json.loads(json.dumps(bundle))  # type: ignore[no-any-return]
    if hasattr(plot, "to_dict") and hasattr(plot, "mark_line"):
        return dict(plot._repr_mimebundle_(None, None))
    from bokeh.embed.notebook import notebook_content

    return {"application/javascript": notebook_content(plot)[0]}


def assert_verdict(found: FigureComparison, case: Case) -> None:
    assert found.verdict == case.verdict, "\n".join(map(str, found.differences))


def test_there_are_enough_cases_and_each_is_whole() -> None:
    every = [case for stem in CASES for case in CASES[stem]]
    assert len(every) >= 150
    for case in every:
        assert case.verdict in VERDICTS, case.name
        assert case.before, case.name
        assert case.after, case.name
    for stem in CASES:
        assert len({case.name for case in CASES[stem]}) == len(CASES[stem])


@pytest.mark.slow
@pytest.mark.parametrize("case", cases("bars", "figures", "grids", "lines", "points", "unseen"))
def test_matplotlib(case: Case) -> None:
    assert_verdict(compare_figures(draw(case.before), draw(case.after)), case)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases("libraries"))
def test_what_draws_by_matplotlib(case: Case) -> None:
    sides = [draw(code, with_libraries=True) for code in (case.before, case.after)]
    assert_verdict(compare_figures(*sides), case)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases("plotly"))
def test_plots_that_are_data(case: Case) -> None:
    before, after = (read_bundle(show(code)) for code in (case.before, case.after))
    assert before is not None
    assert after is not None
    found = compare_bundles(before, after)
    assert found is not None
    assert_verdict(found, case)

from __future__ import annotations

import json

import pytest

from nbrefactor.notebook.document import read
from nbrefactor.program.timeline import timeline
from nbrefactor.verify.callers import calling_cells

CASES = {
    "directly": (["plot(1)"], {0}),
    "in an expression": (["x = [plot(i) for i in range(3)]"], {0}),
    "only defined": (["def show():\n    plot()"], set()),
    "through a function": (["def show():\n    plot()", "show()"], {1}),
    "through two functions": (["def a():\n    plot()", "def b():\n    a()", "b()", "a"], {2, 3}),
    "through a method": (
        ["class View:\n    def draw(self):\n        plot()", "v = View()", "v.draw()"],
        {1, 2},
    ),
    "through a lambda": (["show = lambda: plot()", "show()"], {1}),
    "through a partial": (
        ["from functools import partial\nshow = partial(plot, 1)", "show()"],
        {1},
    ),
    "under another name": (["show = plot", "show()"], {1}),
    "handed to a function": (["list(map(plot, [1]))"], {0}),
    "as a default that runs at once": (["def f(x=plot(1)):\n    pass", "f()"], {0}),
    "in a timed cell": (["%%time\nplot(1)"], {0}),
    "in a timed line": (["%time plot(1)"], {0}),
    "in a cell that does not parse": (["plot(1) ("], {0}),
    "a result is not the function": (["fig = plot(1)", "fig"], {0}),
    "another name": (["plotter(1)", "x.plot", "'plot'"], set()),
}


@pytest.mark.parametrize(("sources", "expected"), CASES.values(), ids=CASES)
def test_cells_that_call(sources: list[str], expected: set[int]) -> None:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    document = read(json.dumps({"cells": cells, "nbformat": 4}).encode())
    assert set(calling_cells(timeline(document.cells), {"plot"})) == expected

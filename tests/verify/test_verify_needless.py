from __future__ import annotations

import json

import pytest

from nbrefactor.notebook.document import read
from nbrefactor.program.timeline import timeline
from nbrefactor.verify.needless import needless_cells

FIRST = "import numpy as np\nimport matplotlib.pyplot as plt\nx = np.arange(3)"
CASES = {
    "one that prints": (["print(x)"], {1}),
    "one that draws a figure of its own": (["plt.figure()\nplt.plot(x)\nplt.show()"], {1}),
    "one whose name only it reads": (["y = 2\nprint(y)"], {1}),
    "one whose name a cell reads that is left out": (["y = 2\nprint(y)", "print(y)"], {1, 2}),
    "one whose name the last cell reads": (["x = 5\nprint(x)"], set()),
    "one whose name a function reads that is defined before": (
        ["def f():\n    return y", "y = 2\nprint(y)", "z = f()"],
        set(),
    ),
    "one that binds what nobody reads": (["y = x + 2"], {1}),
    "one that deletes what is read": (["del x\nx = 1"], set()),
    "one that may raise": (["assert x[0]"], set()),
    "one that draws into what is there": (["plt.plot(x)"], set()),
    "one that changes an object": (["x[0] = 5\nprint(x)"], set()),
    "one that draws by lot": (["print(np.random.rand())"], set()),
    "one that sets something": (["plt.rcParams['lines.linewidth'] = 3\nprint(x)"], set()),
    "one that writes a file": (["open('x', 'w').write('1')\nprint(x)"], set()),
    "one that calls what is not known": (["import somewhere", "print(somewhere.go())"], set()),
    "one that imports": (["import os\nprint(x)"], set()),
    "one with a magic": (["%matplotlib inline\nprint(x)"], set()),
    "one that asks the shell": (["!ls\nprint(x)"], set()),
    "one that does not parse": (["print(x"], set()),
    "where names are read unseen": (["print(x)", "exec(text)"], set()),
}


@pytest.mark.parametrize(("between", "expected"), CASES.values(), ids=CASES)
def test_cells_that_nothing_needs(between: list[str], expected: set[int]) -> None:
    sources = [FIRST, *between, "print(x.sum())"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    document = read(json.dumps({"cells": cells, "nbformat": 4}).encode())
    last = len(sources) - 1
    assert set(needless_cells(timeline(document.cells), {last}, last)) == expected


def test_cells_behind_the_last_one_are_no_matter() -> None:
    cells = [{"cell_type": "code", "source": source} for source in [FIRST, "x", "print(x)"]]
    document = read(json.dumps({"cells": cells, "nbformat": 4}).encode())
    assert needless_cells(timeline(document.cells), {1}, 1) == ()

"""Imports that nothing reads once definitions are gone."""

import pytest

from nbrefactor.notebook.document import Cell
from nbrefactor.program.timeline import timeline
from nbrefactor.rewrite.unread import prune, unread_imports

F = "def f(x):\n    return np.sum(x) + math.pi + pyplot.x"
# The cell of imports, further cells, the names that nothing reads, and the cell as it is pruned.
CASES = {
    "one line": ("import numpy as np\n", [], ["np"], ""),
    "between others": ("import sys\nimport math\nsys.path\n", [], ["math"], "import sys\nsys.path\n"),
    "at the end": ("import sys\nimport math", [], ["math"], "import sys"),
    "with other line ends": ("import math\r\nx = 1\r\n", [], ["math"], "x = 1\r\n"),
    "one of several": ("import math, sys\n", [], ["math"], "import sys\n"),
    "one of several names": ("from scipy import math, stats\n", [], ["math"], "from scipy import stats\n"),
    "behind a semicolon": ("x = 1; import math\n", [], ["math"], "x = 1; pass\n"),
    "with a comment behind": ("import math  # pi\nx = 1\n", [], ["math"], "pass  # pi\nx = 1\n"),
    "a comment between names": ("from scipy import (\n    math,  # pi\n    stats,\n)\n", [], ["math"], None),
    "read elsewhere": ("import math\n", ["math.e"], [], None),
    "read in a function": ("import math\n", ["def g():\n    return math.e"], [], None),
    "named by a magic": ("import math\n", ["%timeit math.e"], [], None),
    "named in text": ("import math\n", ["d.query('x > @math.e')"], [], None),
    "read unseen": ("import math\n", ["exec(text)"], [], None),
    "bound by something else too": ("import math\n", ["math = 1"], [], None),
    "never read": ("import sys\n", [], [], None),
    "under a condition": ("if x:\n    import math\n", [], [], None),
    "a library that may do more": ("from matplotlib import pyplot\n", [], ["pyplot"], None),
    "a module inside of a package": ("import numpy.linalg as np\n", [], ["np"], None),
}  # fmt: skip


@pytest.mark.parametrize(("imports", "others", "names", "pruned"), CASES.values(), ids=CASES)
def test_what_nothing_reads(imports, others, names, pruned):
    before, after = read([imports, F, *others]), read([imports, "from m import f", *others])
    unread = unread_imports(before, after)
    assert [one.name for one in unread] == names
    result = imports
    for edit in prune(unread):
        assert edit.cell == 0
        result = result[: edit.start] + edit.text + result[edit.end :]
    assert result == (imports if pruned is None else pruned)


def test_they_are_named_as_they_are_written():
    cells = ["import numpy as np\nfrom a.b import math\nfrom .c import pyplot as pyplot"]
    unread = unread_imports(read([*cells, F]), read([*cells, ""]))
    assert [str(one) for one in unread] == [
        "numpy as np (cell 1)", "math from a.b (cell 1)", "pyplot as pyplot from .c (cell 1)"
    ]  # fmt: skip


def read(cells):
    return timeline(
        [Cell(at, "code", None, (), text, {}, (0, 0), None) for at, text in enumerate(cells)]
    )

"""Where the import goes, how it is written, and that everything else keeps its characters."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from nbrefactor.model.outcome import Outcome

MODULE = '''\
def f(x):
    return x + 1

def g(x):
    return x * 2

def h(x):
    return x - 3

def visualize_the_first_of_the_long_names(x):
    return [x, 1]

def visualize_the_second_of_the_long_names(x):
    return [x, 2]

async def later(x):
    return x

class Point:
    """Doc."""
    def __init__(self, x):
        self.x = x
'''
F = "def f(x):\n    return x + 1\n"
G = "def g(x):\n    return x * 2\n"
H = "def h(x):\n    return x - 3\n"
FIRST = "def visualize_the_first_of_the_long_names(x):\n    return [x, 1]\n"
SECOND = "def visualize_the_second_of_the_long_names(x):\n    return [x, 2]\n"
BOTH = (
    "from plots import (\n    visualize_the_first_of_the_long_names,\n"
    "    visualize_the_second_of_the_long_names,\n)\n"
)

Migrate = Callable[..., Outcome]


@pytest.fixture(scope="module")
def migrate(migration: Callable[[str], Migrate]) -> Migrate:
    return migration(MODULE)


def sources(outcome: Outcome) -> list[str]:
    return [cell["source"] for cell in json.loads(outcome.after)["cells"]]


REPLACED = [
    pytest.param(F, "from plots import f\n", id="a definition alone"),
    pytest.param(F.rstrip(), "from plots import f", id="without a final line end"),
    pytest.param(F + "\n\n\n", "from plots import f\n\n\n\n", id="blank lines below stay"),
    pytest.param("\n\n" + F, "\n\nfrom plots import f\n", id="blank lines above stay"),
    pytest.param(
        "# %% plots\n# Adds one.\n" + F + "y = f(1)\n",
        "# %% plots\n# Adds one.\nfrom plots import f\ny = f(1)\n",
        id="comments above stay",
    ),
    pytest.param(
        "x = 1   # keep\n" + F + "y = 2  # too",
        "x = 1   # keep\nfrom plots import f\ny = 2  # too",
        id="neighbours keep their characters",
    ),
    pytest.param("def f(x): return x + 1\nf(2)", "from plots import f\nf(2)", id="one line"),
    pytest.param(
        "def f(x): return x + 1;  # one\nf(2)", "from plots import f\nf(2)", id="one line and ;"
    ),
    pytest.param(
        "def f(x):\n    return x + 1  # trailing\ny = 1",
        "from plots import f\ny = 1",
        id="a trailing comment of the body goes with it",
    ),
    pytest.param(
        "def f(x):\n    return x + 1\n    # the end of the body\n\n# of y\ny = 1",
        "from plots import f\n\n# of y\ny = 1",
        id="an indented comment below goes, the next line's own stays",
    ),
    pytest.param(
        "def f(x):\n    return x + 1\n\n    # deep in the body\ny = 1",
        "from plots import f\ny = 1",
        id="an indented comment below a blank line goes too",
    ),
    pytest.param(
        "def f(x):\n    # why\n    '''Doc.'''\n    return (x\n            + 1)\ny = 1",
        "from plots import f\ny = 1",
        id="comments, docstring and layout make no other program",
    ),
    pytest.param(
        "def f(x):\r\n    return x + 1\r\ny = 1\r\n",
        "from plots import f\r\ny = 1\r\n",
        id="CRLF in source lines",
    ),
    pytest.param(
        "def f(x):\r\n    return x + 1", "from plots import f", id="CRLF and no final line end"
    ),
    pytest.param(
        "def f(x):\r    return x + 1\ry = 1\r",
        "from plots import f\ry = 1\r",
        id="CR alone ends a line of Python",
    ),
    pytest.param(
        FIRST.replace("\n", "\r\n") + "\r\n" + SECOND.replace("\n", "\r\n"),
        BOTH.replace("\n", "\r\n"),
        id="an import of several lines has the cell's line ends",
    ),
    pytest.param("def f(x):\n\treturn x + 1\ny = 1", "from plots import f\ny = 1", id="tabs"),
    pytest.param(
        "if True:\n" + "\tdef f(x):\n\t\treturn x + 1\n" + "\ty = 1\n",
        "if True:\n\tfrom plots import f\n\ty = 1\n",
        id="an import indented with a tab",
    ),
    pytest.param(
        "if True:\n    def f(x):\n        return x + 1\nelse:\n    f = None\n",
        "if True:\n    from plots import f\nelse:\n    f = None\n",
        id="alone in an if",
    ),
    pytest.param(
        "try:\n    def f(x):\n        return x + 1\nfinally:\n    y = 1\n",
        "try:\n    from plots import f\nfinally:\n    y = 1\n",
        id="alone in a try",
    ),
    pytest.param(
        "import contextlib\nwith contextlib.suppress(NameError):\n    # here\n"
        "    def f(x):\n        return x + 1\n        # in the body\n    # in the with\n",
        "import contextlib\nwith contextlib.suppress(NameError):\n    # here\n"
        "    from plots import f\n    # in the with\n",
        id="alone in a with, comments by their indentation",
    ),
    pytest.param(
        "    def f(x):\n        return x + 1\n    y = f(1)\n",
        "    from plots import f\n    y = f(1)\n",
        id="a cell that is indented as a whole",
    ),
    pytest.param(
        "%%time\n" + F + "f(1)", "%%time\nfrom plots import f\nf(1)", id="below a cell magic"
    ),
    pytest.param(
        "%matplotlib inline\n" + F + "!ls\nf(1);",
        "%matplotlib inline\nfrom plots import f\n!ls\nf(1);",
        id="between magics",
    ),
    pytest.param(
        ">>> def f(x):\n...     return x + 1\n...\n>>> y = f(1)",
        ">>> from plots import f\n...\n>>> y = f(1)",
        id="pasted with prompts",
    ),
    pytest.param(
        "é = 'ü'\n" + F + "# ñ\n", "é = 'ü'\nfrom plots import f\n# ñ\n", id="beyond ASCII"
    ),
    pytest.param(
        "s = 'a\x0cb\x85c\u2028d'\n" + F + "t = '\x1c'",
        "s = 'a\x0cb\x85c\u2028d'\nfrom plots import f\nt = '\x1c'",
        id="separators that end no line",
    ),
    pytest.param(
        "async def later(x):\n    return x\n", "from plots import later\n", id="async def"
    ),
    pytest.param(
        "class Point:\n    def __init__(self, x):\n        self.x = x\np = Point(1)",
        "from plots import Point\np = Point(1)",
        id="a class",
    ),
    pytest.param(
        "def add_one(value):\n    return value + 1\nadd_one(1)",
        "from plots import f as add_one\nadd_one(1)",
        id="under the notebook's own name",
    ),
    # Several definitions.
    pytest.param(F + "\n\n" + G, "from plots import f, g\n", id="two definitions, one import"),
    pytest.param(
        F + "\n\n" + G + "\n" + H + "y = f(1)\n",
        "from plots import f, g, h\ny = f(1)\n",
        id="three definitions, one import",
    ),
    pytest.param(FIRST + "\n\n" + SECOND, BOTH, id="a long import stands in brackets"),
    pytest.param(
        "if True:\n" + "".join(f"    {line}\n" for line in (FIRST + SECOND).splitlines()),
        "if True:\n" + "".join(f"    {line}\n" for line in BOTH.splitlines()),
        id="a long import in a block",
    ),
    pytest.param(
        F + "import os\ny = 1\n" + G,
        "from plots import f, g\nimport os\ny = 1\n",
        id="statements between that only bind other names",
    ),
    pytest.param(
        F + "y = f(1)\n" + G,
        "from plots import f\ny = f(1)\nfrom plots import g\n",
        id="a call between, which could fail before the second name is bound",
    ),
    pytest.param(
        F + "# Doubles.\n" + G,
        "from plots import f\n# Doubles.\nfrom plots import g\n",
        id="a comment keeps the line that it speaks of",
    ),
    pytest.param(
        F + "g = 1\ny = g + 1\n" + G,
        "from plots import f\ng = 1\ny = g + 1\nfrom plots import g\n",
        id="a name with another meaning in between",
    ),
    pytest.param(
        F + "def show():\n    return g(1)\n" + G,
        "from plots import f\ndef show():\n    return g(1)\nfrom plots import g\n",
        id="a function between reads the name",
    ),
    pytest.param(
        F + "%timeit g(1)\n" + G,
        "from plots import f\n%timeit g(1)\nfrom plots import g\n",
        id="a magic between reads the name",
    ),
    pytest.param(
        F + "y = f(1)\n" + F + "z = f(2)",
        "from plots import f\ny = f(1)\nz = f(2)",
        id="the same definition twice in a cell",
    ),
    pytest.param(
        F + "f = None\n" + F + "f(2)",
        "from plots import f\nf = None\nfrom plots import f\nf(2)",
        id="the same definition twice, and something else in between",
    ),
    pytest.param(
        "if True:\n    def f(x):\n        return x + 1\n" + G,
        "if True:\n    from plots import f\nfrom plots import g\n",
        id="a block does not share its import",
    ),
    # Merged into an import that stands there.
    pytest.param(
        "from plots import g\n\n\n" + F + "f(1)",
        "from plots import g, f\nf(1)",
        id="merged, blank lines above go",
    ),
    pytest.param(
        "from plots import g\n\n\n" + F + "\n\nf(1)",
        "from plots import g, f\n\n\nf(1)",
        id="merged, blank lines below stay",
    ),
    pytest.param("from plots import f\n" + F, "from plots import f\n", id="there already"),
    pytest.param(
        "from plots import g\n" + F + "\n\n" + H.rstrip(),
        "from plots import g, f, h",
        id="merged, two at the end of a cell without a final line end",
    ),
    pytest.param(
        "from plots import g\n" + F + "%matplotlib inline\n" + H.rstrip() + "\r",
        "from plots import g, f\n%matplotlib inline\nfrom plots import h\r",
        id="a magic in between, and a line end of another kind",
    ),
    pytest.param(
        "from plots import g\nx = 1\n" + F.rstrip() + "\r",
        "from plots import g, f\nx = 1\n",
        id="merged, the line above keeps its own end",
    ),
    pytest.param(
        "from plots import f\ny = f(1)\n" + F,
        "from plots import f\ny = f(1)\n",
        id="there already, read",
    ),
    # Something stays below a value, which would be shown else.
    pytest.param(
        "from plots import f\nf(1)\n" + F,
        "from plots import f\nf(1)\nfrom plots import f\n",
        id="there already, below a value",
    ),
    pytest.param(
        F + "42\n" + G + H,
        "from plots import f\n42\nfrom plots import g, h\n",
        id="two below a value",
    ),
    pytest.param(
        F + "'Some text.'\n" + G,
        "from plots import f\n'Some text.'\nfrom plots import g\n",
        id="below a text",
    ),
    pytest.param(
        "from plots import f\nf(1)\n" + F + "f(2)",
        "from plots import f\nf(1)\nf(2)",
        id="between two values",
    ),
    pytest.param(
        "# InteractiveShell.ast_node_interactivity\nfrom plots import f\nx = 5\n" + F,
        "# InteractiveShell.ast_node_interactivity\nfrom plots import f\nx = 5\n"
        "from plots import f\n",
        id="below an assignment, where the notebook says what is shown",
    ),
    pytest.param(
        "%%time\n" + F + G,
        "%%time\nfrom plots import f, g\n",
        id="a cell magic keeps a body",
    ),
    pytest.param(
        "from plots import g as f\nf(1)\n" + F,
        "from plots import g as f\nf(1)\nfrom plots import f\n",
        id="the name stands for something else there",
    ),
    pytest.param(
        "from plots import g as double\ndef plus(x):\n    return x + 1\n",
        "from plots import g as double, f as plus\n",
        id="merged with as",
    ),
    pytest.param(
        "from plots import g  # the plots\n" + F,
        "from plots import g, f  # the plots\n",
        id="merged before a trailing comment",
    ),
    pytest.param(
        "import sys; from plots import g; y = 1\n" + F,
        "import sys; from plots import g, f; y = 1\n",
        id="merged between semicolons",
    ),
    pytest.param(
        "from plots import g,\\\n    h\n" + F,
        "from plots import g,\\\n    h, f\n",
        id="merged behind a backslash",
    ),
    pytest.param(
        "from  plots  import  g\n" + F,
        "from  plots  import  g, f\n",
        id="merged, odd blanks stay",
    ),
    pytest.param(
        "from plots import (g, h)\n" + F, "from plots import (g, h, f)\n", id="merged in brackets"
    ),
    pytest.param(
        "from plots import (g, h,)\n" + F,
        "from plots import (g, h, f,)\n",
        id="merged before a trailing comma",
    ),
    pytest.param(
        "from plots import ( g )\n" + F,
        "from plots import ( g, f )\n",
        id="merged in wide brackets",
    ),
    pytest.param(
        "from plots import (\n    g,\n    h,\n)\n" + F,
        "from plots import (\n    g,\n    h,\n    f,\n)\n",
        id="merged as a line of its own",
    ),
    pytest.param(
        "from plots import (\n    g,\n    h\n)\n" + F,
        "from plots import (\n    g,\n    h,\n    f\n)\n",
        id="merged as a line of its own, no trailing comma",
    ),
    pytest.param(
        "from plots import (\n    g\n)\n" + F,
        "from plots import (\n    g,\n    f\n)\n",
        id="merged below a single name",
    ),
    pytest.param(
        "from plots import (\n\tg,  # doubles\n\th,  # takes three\n)\n" + F + G,
        "from plots import (\n\tg,  # doubles\n\th,  # takes three\n\tf,\n)\n",
        id="merged, each comment stays with its name",
    ),
    pytest.param(
        "from plots import (\n    g,  # doubles\n    h  # takes three\n    # no more\n)\n" + F,
        "from plots import (\n    g,  # doubles\n    h,  # takes three\n    f\n    # no more\n)\n",
        id="merged, comments and no trailing comma",
    ),
    pytest.param(
        "from plots import (\n    g  # doubles\n    ,\n)\n" + F,
        "from plots import (\n    g, f  # doubles\n    ,\n)\n",
        id="merged before a comma on the next line",
    ),
    pytest.param(
        "from plots import (\n    g\n    , h\n)\n" + F,
        "from plots import (\n    g\n    , h, f\n)\n",
        id="merged where lines begin with commas",
    ),
    pytest.param(
        "from plots import (g,\n                   h)\n" + F,
        "from plots import (g,\n                   h,\n                   f)\n",
        id="merged below the bracket",
    ),
    pytest.param(
        "from plots import (\r\n    g,\r\n    h,\r\n)\r\n" + F,
        "from plots import (\r\n    g,\r\n    h,\r\n    f,\r\n)\r\n",
        id="merged with CRLF",
    ),
    pytest.param(
        "from plots import visualize_the_first_of_the_long_names  # one\n" + SECOND,
        BOTH.rstrip() + "  # one\n",
        id="merged, a line that gets too long is put in brackets",
    ),
    pytest.param(
        "from plots import (g, visualize_the_first_of_the_long_names)\n" + SECOND,
        "from plots import (g, visualize_the_first_of_the_long_names,\n"
        "                   visualize_the_second_of_the_long_names)\n",
        id="merged, a bracket that gets too long goes on below its first name",
    ),
    pytest.param(
        "from plots import g\nfrom plots import h\n" + F,
        "from plots import g\nfrom plots import h, f\n",
        id="merged into the nearest",
    ),
    pytest.param(
        "from plots import g\nfrom other import *\n" + F,
        "from plots import g\nfrom other import *\nfrom plots import f\n",
        id="not across a star import",
    ),
    pytest.param(
        "from plots import *\n" + F,
        "from plots import *\nfrom plots import f\n",
        id="not into a star import",
    ),
    pytest.param(
        "from .plots import g\n" + F,
        "from .plots import g\nfrom plots import f\n",
        id="not into a relative import",
    ),
    pytest.param(
        "import plots\n" + F, "import plots\nfrom plots import f\n", id="not into a plain import"
    ),
    pytest.param(
        "if True:\n    from plots import g\n" + F,
        "if True:\n    from plots import g\nfrom plots import f\n",
        id="not into an import that may not run",
    ),
    pytest.param(
        "def show():\n    from plots import g\n    return g\n" + F,
        "def show():\n    from plots import g\n    return g\nfrom plots import f\n",
        id="not into an import of a function",
    ),
    pytest.param(
        F + "from plots import g\n",
        "from plots import f\nfrom plots import g\n",
        id="not into an import further down",
    ),
    pytest.param(
        ">>> from plots import (g,\n... )\n>>> def f(x):\n...     return x + 1\n",
        ">>> from plots import (g,\n... )\n>>> from plots import f\n",
        id="not into an import with prompts between its lines",
    ),
    pytest.param(
        ">>> from plots import g\n>>> def f(x):\n...     return x + 1\n>>> f(1)",
        ">>> from plots import g, f\n>>> f(1)",
        id="merged at a prompt",
    ),
]


@pytest.mark.parametrize(("before", "after"), REPLACED)
def test_replaced(before: str, after: str, migrate: Migrate) -> None:
    outcome = migrate(before)
    assert outcome.reason == ""
    assert sources(outcome) == [after]
    assert migrate(after).status == "unchanged"


KEPT = [
    pytest.param("x = 1", id="no definition"),
    pytest.param("", id="an empty cell"),
    pytest.param("def other(x):\n    return x\n", id="nobody else's name or body"),
    pytest.param("from plots import f\nf(1)", id="imported already"),
    pytest.param("%%bash\n" + F, id="data of a cell magic"),
    pytest.param("%%timeit\n" + F + "f(1)", id="in a timed cell"),
    pytest.param("text = '''\n" + F + "'''", id="in a string"),
    pytest.param("f = lambda x: x + 1", id="a lambda"),
    pytest.param("def outer():\n    def f(x):\n        return x + 1\n    return f\n", id="nested"),
    pytest.param("class A:\n    def f(x):\n        return x + 1\n", id="a method"),
    pytest.param("for i in range(2):\n    def f(x):\n        return x + 1\n", id="in a loop"),
    pytest.param("while True:\n    def f(x):\n        return x + 1\n    break", id="in a while"),
    pytest.param("@cached\n" + F, id="decorated here only"),
    pytest.param("def f(x):\n    return x + 2\n", id="another program"),
    pytest.param("def f(x, y):\n    return x + 1\n", id="another signature"),
    pytest.param("async def f(x):\n    return x + 1\n", id="async here only"),
    pytest.param("class f:\n    pass\n", id="a class of that name"),
    pytest.param(F + "import inspect\ninspect.getsource(f)", id="its source is looked at"),
    pytest.param(F + "f", id="it is shown"),
    pytest.param("def f(x:\n    return x + 1\n", id="a cell that does not parse"),
]


@pytest.mark.parametrize("source", KEPT)
def test_kept(source: str, migrate: Migrate) -> None:
    outcome = migrate(source)
    assert outcome.status == "unchanged"
    assert outcome.after == outcome.before
    assert not any(found.edits for found in outcome.findings)
    assert all(found.reasons for found in outcome.findings)


def test_definitions_in_many_cells_each_become_an_import(migrate: Migrate) -> None:
    outcome = migrate(F, "y = f(1)", F + G, "from plots import h", H)
    assert sources(outcome) == [
        "from plots import f\n",
        "y = f(1)",
        "from plots import f, g\n",
        "from plots import h",
        "from plots import h\n",
    ]
    assert [found.name for found in outcome.replaced] == ["f", "f", "g", "h"]


def test_an_edit_of_the_own_import_belongs_to_the_definition(migrate: Migrate) -> None:
    outcome = migrate("from plots import g\n" + F)
    [found] = outcome.replaced
    assert sorted((edit.start, edit.text) for edit in found.edits) == [(19, ", f"), (20, "")]

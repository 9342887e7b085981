"""Small notebooks and the verdicts on them; what is replaced is executed before and after."""

import ast
import contextlib
import functools
import inspect
import io
import re
import sys
import types

import pytest

from nbrefactor.library.target import read_target_module
from nbrefactor.notebook.document import read, write
from nbrefactor.notebook.magics import parse, read_cell
from nbrefactor.program.timeline import timeline
from nbrefactor.rewrite.definitions import report_definitions
from nbrefactor.verdict.judge import judge
from nbrefactor.verdict.match import Accepted

from ..notebooks import code, notebook


def willing(*about):
    """Want every definition to go."""
    return ()


STUB = '''
import functools
import math
from dataclasses import dataclass, field
from enum import Enum

import matplotlib.pyplot as plt

SCALE = 2
LIMITS = (0, 1)
STATE = {}


def add(a, b=1):
    """Add."""
    return a + b


def label(text, prefix="Norms"):
    return f"{prefix}: {text}"


def scale(x):
    return x * SCALE


def twice(x):
    return scale(x) + scale(x)


def clip(x, limits=LIMITS):
    return min(max(x, limits[0]), limits[1])


def area(r):
    return math.pi * r**2


def remember(x):
    STATE[x] = True
    return len(STATE)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def fact(n):
    return 1 if n <= 1 else n * fact(n - 1)


def gather(x, seen=[]):
    seen.append(x)
    return list(seen)


def gather_twice(x):
    return gather(x), gather(x)


def mixed(a, /, b, *rest, c=3, **more):
    return (a, b, rest, c, sorted(more))


def numbers(n):
    for i in range(n):
        yield i


async def later(x):
    return x


@functools.lru_cache(maxsize=None)
def cached(n):
    return n + 1


def loud(f):
    @functools.wraps(f)
    def inner(*args):
        return ["loud", f(*args)]

    return inner


@loud
def shout(x):
    return x


def span(values):
    return min(values), max(values)


def typed(a: int, b: float = 1.0) -> float:
    return a * b


def who():
    return __name__


def said(x):
    print(x)
    return x


def annotated(x):
    """Documented."""
    return annotated.__doc__


class Point:
    """A point."""

    def __init__(self, x, y=0):
        self.x, self.y = x, y

    def norm(self):
        return abs(self.x) + abs(self.y)

    def __repr__(self):
        return f"Point({self.x}, {self.y})"


class Box(Point):
    kind = "box"


class Problem(Exception):
    pass


def check(x):
    if x < 0:
        raise Problem(x)
    return x


def corner():
    return Point(1, 2)


@dataclass
class Pair:
    left: int
    right: list = field(default_factory=list)


class Colour(Enum):
    RED = 1


class Registry:
    entries = []

    def put(self, x):
        self.entries.append(x)
        return len(self.entries)


def plot(values, title="T", *, cmap="viridis", ax=None):
    fig = plt.figure()
    plt.imshow(values, cmap=cmap)
    plt.title(title)
    return fig


def curve(data, label="L"):
    fig = plt.figure()
    plt.plot(data, label=label)
    return fig


def total(values, start=0):
    result = start
    for value in values:
        result += value
    return result


def log(text, stream):
    stream.append(text)


def note(text, stream=None, level=1):
    if stream is not None:
        stream.append((level, text))


def stamp(x, device="cpu"):
    journal = list((device, x))
    journal.append(device)
'''
_STUB_TREE = ast.parse(STUB)
COPIES = {
    node.name: "\n".join(
        STUB.split("\n")[
            min(node.lineno, *(d.lineno for d in node.decorator_list), node.lineno)
            - 1 : node.end_lineno
        ]
    )
    for node in _STUB_TREE.body
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
}

EXACT, RENAMED, COMPATIBLE = "exact", "renamed", "compatible"


def case(prose, verdict, reason, *cells, name=None, accept="renamed", aliases=None, extra=""):
    """One notebook: `verdict` is a level, followed by + where the definition is replaced."""
    return pytest.param(verdict, reason, cells, name, accept, aliases or {}, extra, id=prose)


PLT = "import matplotlib.pyplot as plt"

CASES = [
    # -- levels -----------------------------------------------------------------------------
    case("an exact copy", "exact+", "", "<add>", "add(1)\nadd(a=1, b=3)"),
    case("comments and layout differ", "exact+", "", "def add(a, b = 1):\n    # sum\n    return (a + b)\n", "add(2)"),
    case("the docstring differs", "exact+", "", 'def add(a, b=1):\n    "other"\n    return a + b', "add(2)"),
    case("annotations differ", "exact+", "", "def add(a: int, b: int = 1) -> int:\n    return a + b", "add(2)"),
    case("a local has another name", "renamed+", "local names", "def total(values, start=0):\n    r = start\n    for v in values:\n        r += v\n    return r", "total([1, 2])"),
    case("parameters have other names, called by place", "renamed+", '"p" is "a"', "def add(p, q=1):\n    return p + q", "add(1, 2)"),
    case("parameters have other names, called by keyword", "renamed+", '"q" is "b"', "def add(p, q=1):\n    return p + q", "add(1, q=add(q=5, p=2))"),
    case("a copy under another name", "renamed+", 'is called "add"', "def plus(a, b=1):\n    return a + b", "plus(1)\nx = plus(2, b=3)"),
    case("a copy under another name, not accepted", "renamed", "--accept renamed", "def plus(a, b=1):\n    return a + b", "plus(1)", accept="exact"),
    case("renamed locals are not accepted as exact", "renamed", "renamed is not accepted", "def area(radius):\n    return math.pi * radius**2", "import math\narea(1)", accept="exact"),
    case("a changed constant", "compatible", "compatible is not accepted", "def area(r):\n    return math.pi * r**3", "import math"),
    case("a changed operator", "compatible", "the body differs", "def add(a, b=1):\n    return a - b"),
    case("a changed default", "compatible", 'default of "b" differs: 2 / 1', "def add(a, b=2):\n    return a + b"),
    case("a changed default of text", "compatible", 'default of "prefix" differs: "Gradient Norms" / "Norms"', 'def label(text, prefix="Gradient Norms"):\n    return f"{prefix}: {text}"'),
    case("nothing of that name", None, "", "def something(x):\n    return x ** 5 + 17"),
    case("a tiny body under another name", None, "", "def nothing(x):\n    return x"),
    case("a class under a function's name", "divergent", "is a class here and a function", "class add:\n    pass"),
    case("a function under a class's name", "divergent", "is a function here and a class", "def Point(x):\n    return x"),
    case("an alias leads to an equal body", "renamed+", 'is called "add"', "def plus(a, b=1):\n    return a + b", "plus(1)", aliases={"plus": "add"}),
    case("a near miss is suggested", "divergent", "--alias summed=total", "def summed(values, start=0):\n    result = start\n    for value in values:\n        result -= value\n    return result"),
    case("a near miss with an alias", "compatible", "the body differs", "def summed(values, start=0):\n    result = start\n    for value in values:\n        result -= value\n    return result", aliases={"summed": "total"}),
    # -- defined several times, or under a condition ----------------------------------------------
    case("defined twice alike", "exact+", "", "<add>", "x = add(1)", "<add>", "y = add(2)"),
    case("defined twice, the other one differs", "exact+", "", "<add>", "x = add(1)", "def add(a, b=1):\n    return a * b + 100", "y = add(3)"),
    case("defined in if and else", "exact+", "", "fast = 1\nif fast:\n    def add(a, b=1):\n        return a + b\nelse:\n    def add(a, b=1):\n        return a - b\nadd(5)"),
    case("defined in a try", "exact+", "", "try:\n    def add(a, b=1):\n        return a + b\nfinally:\n    pass\nadd(5)"),
    case("defined in a with", "exact+", "", "import contextlib\nwith contextlib.nullcontext():\n    def add(a, b=1):\n        return a + b\nadd(5)"),
    case("defined as what an import falls back to", "exact+", '', "try:\n    from elsewhere import add\nexcept ImportError:\n    def add(a, b=1):\n        return a + b\nadd(1)"),
    case("defined in a loop", "divergent", "inside of a for statement", "for i in range(2):\n    def add(a, b=1):\n        return a + b"),
    case("defined in a while loop", "divergent", "inside of a while statement", "while True:\n    def add(a, b=1):\n        return a + b\n    break"),
    case("defined in a match statement", "divergent", "inside of a match statement", "match 1:\n    case 1:\n        def add(a, b=1):\n            return a + b"),
    case("defined under TYPE_CHECKING", "exact+", "", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    def add(a, b=1):\n        return a + b"),
    case("a mutable default, defined twice", "divergent", 'renews "seen"', "<gather>", "gather(1)", "<gather>", "gather(2)"),
    case("a class defined twice", "divergent", "a class of its own", "<Point>", "p = Point(1)", "<Point>", "isinstance(p, Point)"),
    case("decorated and defined twice", "divergent", "decorates anew", "import functools", "<cached>", "<cached>"),
    case("defined in a timed cell", "divergent", "timed cell", "%%timeit\ndef add(a, b=1):\n    return a + b"),
    case("two definitions with other defaults", "compatible+", 'default of "level" differs: 2 / 1', "def note(text, stream=None, level=2):\n    if not (stream is None):\n        stream.append((level, text))", "seen = []\nnote('x', seen)", "def note(text, stream=None, level=3):\n    if not (stream is None):\n        stream.append((level, text))", "note('y', seen)", accept="compatible"),
    case("two definitions, one of them exact", "exact+", "", "<note>", "seen = []\nnote('x', seen)", "def note(text, stream=None, level=3):\n    if not (stream is None):\n        stream.append((level, text))", "note('y', seen)", accept="compatible"),
    case("two definitions with the same other defaults", "compatible+", 'default of "level"', "def note(text, stream=None, level=2):\n    if not (stream is None):\n        stream.append((level, text))", "seen = []\nnote('x', seen)", "def note(text, stream=None, level=2):\n    if stream is not None:\n        stream.extend([(level, text)])", "note('y', seen)", accept="compatible"),
    # -- rebound ------------------------------------------------------------------------------
    case("rebound to a partial", "exact+", "", "<add>", "from functools import partial\nadd = partial(add, b=5)\nadd(1)"),
    case("deleted later", "exact+", "", "<add>\nx = add(1)", "del add"),
    case("rebound as a loop variable", "exact+", "", "<add>\nx = add(1)", "for add in range(3):\n    pass"),
    case("rebound by an import", "exact+", "", "<add>\nx = add(1, 2)", "from operator import mul as add\nadd(4, 5)"),
    case("rebound by a global statement", "exact+", "", "<add>", "def change():\n    global add\n    add = max\nx = add(1)\nchange()\nadd(1, 7)"),
    case("a recursive one rebound to a wrapper", "divergent", "calls itself by its name", "<fact>", "def traced(f):\n    return lambda n: f(n) + 1\nfact = traced(fact)\nfact(3)"),
    case("a recursive one deleted", "divergent", "calls itself by its name", "<fact>\ng = fact", "del fact", "x = g(1)"),
    case("a recursive one", "exact+", "", "<fact>", "fact(5)"),
    case("a recursive one, defined twice alike", "exact+", "", "<fact>", "fact(5)", "<fact>", "fact(3)"),
    case("a recursive one that other text may bind", "divergent", "calls itself", "<fact>", "exec('fact = None')"),
    case("a recursive one under another name", "renamed+", 'is called "fact"', "def factorial(n):\n    return 1 if n <= 1 else n * factorial(n - 1)", "factorial(4)"),
    case("one with other parameters is rebound", "renamed+", 'parameters have other names', "def add(p, q=1):\n    return p + q", "add(1, q=2)\nadd = max"),
    case("one with other parameters is deleted", "renamed+", 'parameters have other names', "def add(p, q=1):\n    return p + q", "add(1, q=2)", "del add"),
    case("used before it is defined", "exact+", "", "def user():\n    return add(1)", "<add>", "user()"),
    case("called before it is defined, by keyword", "renamed+", '"q" is "b"', "def user():\n    return add(1, q=4)", "def add(p, q=1):\n    return p + q", "user()"),
    # -- the object itself ----------------------------------------------------------------------
    case("passed to map", "exact+", "", "<add>", "list(map(add, [1, 2]))"),
    case("passed as a key", "exact+", "", "<area>\nimport math", "sorted([3, 1], key=area)"),
    case("kept in a dictionary", "exact+", "", "<add>", "table = {'a': add}\ntable['a'](1)"),
    case("passed on with other parameter names", "divergent", "parameters have other names", "def add(p, q=1):\n    return p + q", "list(map(add, [1]))"),
    case("another name, passed to map", "renamed+", "", "def plus(a, b=1):\n    return a + b", "list(map(plus, [1, 2]))"),
    case("another name, kept as a value", "divergent", '__name__ would be "add"', "def plus(a, b=1):\n    return a + b", "names = [f.__name__ for f in [plus]]"),
    case("another name, its name is read", "divergent", 'looks at its __name__, "add" in the target', "def plus(a, b=1):\n    return a + b", "plus.__name__"),
    case("its own name is read", "exact+", "", "<add>", "x = add.__name__"),
    case("passed on, annotations differ", "divergent", "its annotations differ", "def add(a: int, b=1):\n    return a + b", "import elsewhere\nelsewhere.keep(add)"),
    case("passed on, the result's annotation differs", "divergent", "its annotations differ", "def add(a, b=1) -> int:\n    return a + b", "import elsewhere\nelsewhere.keep([add])"),
    case("mapped, annotations differ", "exact+", "", "def add(a: int, b=1):\n    return a + b", "list(map(add, [1]))"),
    case("a decorator of others", "exact+", "", "<loud>\nimport functools", "@loud\ndef g(x):\n    return x\ng(1)"),
    case("wrapped", "exact+", "", "import functools\n<add>", "@functools.wraps(add)\ndef more(*args):\n    return add(*args) + 1\nmore(1)"),
    case("given an attribute", "divergent", "changes its attribute calls", "<add>", "add.calls = 0"),
    case("loses an attribute", "divergent", "changes its attribute calls", "<add>", "del add.calls"),
    case("its defaults are changed", "divergent", "changes its attribute __defaults__", "<add>", "add.__defaults__ = (5,)\nadd(1)"),
    case("its defaults are read", "exact+", "", "<add>", "add.__defaults__"),
    case("its docstring is read, the same", "exact+", "", "<add>", "add.__doc__"),
    case("its code is read", "divergent", "looks at its __code__", "<add>", "add.__code__.co_varnames"),
    case("its module is read", "divergent", "looks at its __module__", "<add>", "add.__module__"),
    case("an attribute is set by a function", "divergent", "changes its attributes", "<add>", "setattr(add, 'calls', 0)"),
    case("its source is inspected", "divergent", "inspects its source", "<add>", "import inspect\ninspect.getsource(add)"),
    case("its source is inspected by keyword", "divergent", "inspects its source", "<add>", "import inspect\ninspect.getsource(object=add)"),
    case("the source of what is in a list is inspected", "divergent", "inspects its source", "<add>", "import inspect\nfs = [add]\nfor f in fs:\n    inspect.getsource(f)"),
    case("pickled", "divergent", "stores it under the name of its module", "<add>", "import pickle\npickle.dumps(add)"),
    case("stored by joblib", "divergent", "stores it under the name of its module", "<add>", "import joblib\njoblib.dump(add, 'f')"),
    case("its help is shown", "divergent", "shows its help", "<add>", "help(add)"),
    case("asked for help", "exact+", "", "<add>", "add?"),
    case("printed", "divergent", "shows it", "<add>", "print(add)"),
    case("shown as the last expression", "divergent", "shows it", "<add>", "add"),
    case("sent to workers", "exact+", "", "<add>", "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(1) as executor:\n    x = executor.submit(add, 1).result()"),
    case("mapped by a pool", "exact+", "", "<add>", "from multiprocessing.pool import ThreadPool\nwith ThreadPool(1) as pool:\n    x = pool.map(add, [1, 2])"),
    case("two names would become one object", "divergent", 'one object with "bump"', "import functools\n<cached>", "@functools.lru_cache(maxsize=None)\ndef bump(n):\n    return n + 1", "cached(1)\nbump(2)", name="cached"),
    case("two stateless copies under two names", "renamed+", "", "<add>", "def plus(a, b=1):\n    return a + b", "add(1)\nplus(2)", name="plus"),
    case("two copies are told apart", "divergent", '__name__ would be "add"', "<add>", "def plus(a, b=1):\n    return a + b", "add is plus", name="plus"),
    # -- calls ------------------------------------------------------------------------------------
    case("a starred call", "exact+", "", "<add>", "add(*[1, 2])\nadd(**{'a': 1})"),
    case("a starred call with other parameter names", "divergent", "* or **", "def add(p, q=1):\n    return p + q", "add(*[1, 2])"),
    case("all kinds of parameters", "exact+", "", "<mixed>", "mixed(1, 2, 3, c=4, d=5)"),
    case("another kind of parameter", "compatible", "the body differs: parameters: (", "def mixed(a, b, *rest, c=3, **more):\n    return (a, b, rest, c, sorted(more))"),
    case("parameters in another order", "divergent", 'default of "a" differs: 1 / none', "def add(b, a=1):\n    return a + b", "add(1)"),
    case("a call inside an f-string would change", "divergent", "written unusually", "def add(p, q=1):\n    return p + q", "f'{add(1, q=2)}'"),
    case("a call in brackets would change", "divergent", "written unusually", "def add(p, q=1):\n    return p + q", "(add)(1, q=2)"),
    case("a call over several lines changes", "renamed+", "", "def add(p, q=1):\n    return p + q", "add(\n    1,  # one\n    q=2,  # two\n)"),
    case("a call with a generator changes", "compatible+", "default of", "def note(text, stream=None, level=2):\n    if stream is None:\n        return\n    stream.append((level, text))", "seen = []\nnote((1, 2), seen)\nnote(text='x', stream=seen, level=3)\nnote(4, stream=seen)", accept="compatible"),
    case("a call whose only argument is a generator", "compatible+", "default of", "def note(text, stream=None, level=2):\n    if stream is None:\n        return\n    stream.append((level, text))", "note(x for x in 'ab')", accept="compatible"),
    case("nested calls change", "renamed+", "", "def add(p, q=1):\n    return p + q", "add(q=add(p=1, q=add(q=3, p=4)), p=2)"),
    # -- evaluated when defined -----------------------------------------------------------------
    case("a captured default, the same constant", "exact+", "", "LIMITS = (0, 1)", "<clip>", "clip(5)"),
    case("a captured default, another constant", "divergent", 'reads notebook global "LIMITS" (cell 1), which is (0, 9), (0, 1) in', "LIMITS = (0, 9)", "<clip>", "clip(5)", accept="compatible"),
    case("a call whose errors are handled", "divergent", 'raises ValueError(text), and the target does not', "def label(text, prefix=\"Norms\"):\n    if not text:\n        raise ValueError(text)\n    return prefix + \": \" + text", "try:\n    label(\"\")\nexcept ValueError:\n    pass", accept="compatible"),
    case("a colour bar for the image that the call drew", "divergent", "cell 3 goes on drawing", "import matplotlib.pyplot as plt", "def shown(values):\n    plt.figure()\n    plt.imshow(values)", "shown([[1]])\nplt.colorbar()", accept="compatible", extra="def shown(values) -> Figure:\n    return make(values)\n\n\ndef make(values):\n    return values\n"),
    case("a target that its module leaves without an import", "divergent", "not bound in the target's module", "import math as missing", "def broken(x):\n    return missing.floor(x)", "broken(1)", accept="compatible", extra="def broken(x):\n    return missing.floor(x)\n"),
    case("a literal default where the target captures one", "compatible", 'compatible is not accepted', "LIMITS = (0, 1)", "def clip(x, limits=(0, 1)):\n    return min(max(x, limits[0]), limits[1])"),
    case("a mutable default that changes", "divergent", 'renews "seen"', "<gather>", "gather(1)\ngather(2)"),
    case("a default that draws a random number", "divergent", "computes random.random() when it is defined", "import random", "def rnd(x, r=random.random()):\n    return x + r * 0", extra="import random\ndef rnd(x, r=random.random()):\n    return x + r * 0"),
    case("a default that asks for the time", "divergent", "computes time.time() when it is defined", "import time", "def since(x, start=time.time()):\n    return x - start", extra="import time\ndef since(x, start=time.time()):\n    return x - start"),
    case("a default from settings", "divergent", "when it is defined", PLT, "def size(x=plt.rcParams['figure.figsize']):\n    return x", extra="def size(x=plt.rcParams['figure.figsize']):\n    return x"),
    case("a default made by a timeless call", "exact+", "", "def inf(x, top=float('inf')):\n    return min(x, top)", "inf(3)", extra="def inf(x, top=float('inf')):\n    return min(x, top)"),
    case("a class that prints when it is defined", "divergent", "computes print('made')", "class Made:\n    print('made')", extra="class Made:\n    print('made')"),
    # -- generators, coroutines -------------------------------------------------------------------
    case("a generator", "exact+", "", "<numbers>", "list(numbers(3))"),
    case("a coroutine", "exact+", "", "<later>", "import asyncio\nc = later(3)\ntry:\n    c.send(None)\nexcept StopIteration as stop:\n    x = stop.value"),
    case("a generator here, a function there", "divergent", "a generator", "def total(values, start=0):\n    for value in values:\n        yield value", "total([1])", accept="compatible"),
    case("a function here, a generator there", "divergent", "the target returns a generator", "def numbers(n):\n    print(n)", "numbers(1)", accept="compatible"),
    case("a coroutine here, a function there", "divergent", "one of the two is async", "async def add(a, b=1):\n    return a + b", accept="compatible"),
    # -- helpers ----------------------------------------------------------------------------------
    case("a helper that matches too", "exact+", "", "SCALE = 2\n<scale>", "<twice>", "twice(3)", name="twice"),
    case("a helper that differs", "compatible", 'uses the notebook\'s function "scale" (cell 1)', "SCALE = 2\ndef scale(x):\n    return x * SCALE + 1", "<twice>", name="twice", accept="renamed"),
    case("a helper that reads another constant", "divergent", 'reads notebook global "SCALE"', "SCALE = 3\n<scale>", "<twice>", name="scale"),
    case("a helper whose helper differs", "compatible", 'uses the notebook\'s function "scale"', "SCALE = 3\n<scale>", "<twice>", name="twice"),
    case("mutual recursion", "exact+", "", "<even>\n<odd>", "even(4)", name="even"),
    case("mutual recursion across cells", "exact+", "", "<even>", "<odd>", "odd(5)", name="odd"),
    case("mutual recursion, the other one differs", "divergent", 'uses the notebook\'s function "odd"', "<even>", "def odd(n):\n    return True if n == 0 else even(n - 1)", name="even"),
    case("a helper that is rebound", "divergent", 'reads notebook global "scale" (cells 1 and 3)', "SCALE = 2\n<scale>", "<twice>", "scale = print", name="twice", accept="compatible"),
    case("a helper with a state that stays", "divergent", "keeps a state and stays", "<gather>\ngather(0)", "<gather_twice>", name="gather_twice", accept="compatible"),
    case("a helper with a cache that goes too", "exact+", "", "import functools\n<cached>", "def bump_twice(n):\n    return cached(cached(n))", "cached(0)\nbump_twice(1)", name="bump_twice", extra="def bump_twice(n):\n    return cached(cached(n))"),
    case("a helper with a state that nobody else uses", "divergent", "keeps a state and stays", "<gather>", "<gather_twice>", "gather_twice(1)", name="gather_twice"),
    case("a class that nobody else uses stays behind", "exact+", "", "class _Cell:\n    def __init__(self, x):\n        self.x = x", "def boxed(x):\n    return _Cell(x).x", "boxed(1)", name="boxed", extra="class _Cell:\n    def __init__(self, x):\n        self.x = x\ndef boxed(x):\n    return _Cell(x).x"),
    case("a private class that others use too", "exact+", "", "class _Cell:\n    def __init__(self, x):\n        self.x = x\n    def __repr__(self):\n        return 'cell'", "def boxed(x):\n    return _Cell(x)", "isinstance(boxed(1), _Cell)", name="boxed", extra="class _Cell:\n    def __init__(self, x):\n        self.x = x\n    def __repr__(self):\n        return 'cell'\ndef boxed(x):\n    return _Cell(x)"),
    case("a mutable default that is only read", "exact+", "", "def pick(i, table=[1, 2]):\n    return table[i]", "pick(0)", extra="def pick(i, table=[1, 2]):\n    return table[i]"),
    case("a helper that is already imported", "exact+", "", "from plots import scale", "<twice>", "twice(2)", name="twice"),
    case("a helper imported from elsewhere", "divergent", '"scale" is other.scale here', "from other import scale", "<twice>", name="twice"),
    case("a helper that does not exist", "divergent", "which no cell visibly binds", "<twice>", name="twice", accept="compatible"),
    # -- captured names ---------------------------------------------------------------------------
    case("the same constant", "exact+", "", "SCALE = 2", "<scale>", "scale(4)"),
    case("another constant", "divergent", 'reads notebook global "SCALE" (cell 1), which is 3, 2 in the target', "SCALE = 3", "<scale>", accept="compatible"),
    case("the same number of another type", "divergent", "which is 2.0, 2 in", "SCALE = 2.0", "<scale>", accept="compatible"),
    case("a constant that is bound twice", "divergent", 'reads notebook global "SCALE" (cells 1 and 2)', "SCALE = 2", "SCALE = 3", "<scale>", accept="compatible"),
    case("a constant that is counted up", "divergent", "SCALE", "SCALE = 2\nSCALE += 1", "<scale>", accept="compatible"),
    case("a constant of a loop", "divergent", "bound in a loop", "for SCALE in (2,):\n    pass", "<scale>", accept="compatible"),
    case("a constant that a function sets", "divergent", "SCALE", "def set_it():\n    global SCALE\n    SCALE = 2", "<scale>", name="scale", accept="compatible"),
    case("a constant under a condition", "divergent", "only under a condition", "import sys\nif sys.argv:\n    SCALE = 2", "<scale>", accept="compatible"),
    case("a constant set by text", "divergent", 'may be bound by text that exec() runs in cell 1', "SCALE = 2\nexec('SCALE = 3')", "<scale>", accept="compatible"),
    case("a constant that updates of globals may change", "divergent", 'may be bound by globals() in cell 1', "SCALE = 2\nglobals().update({})", "<scale>", accept="compatible"),
    case("a computed value", "divergent", 'reads notebook global "SCALE" (cell 1): computed: compute()', "SCALE = compute()", "<scale>", accept="compatible"),
    case("the same pattern", "exact+", "", "import re\nWORD = re.compile('a' + 'b', re.M)", "def find(x):\n    return bool(WORD.search(str(x)))", "find('ab')", name="find", extra="import re\nWORD = re.compile('a' + 'b', re.M)\ndef find(x):\n    return bool(WORD.search(str(x)))"),
    case("another pattern", "divergent", 'reads notebook global "WORD" (cell 1): computed: re.compile', "import re\nWORD = re.compile('a' + 'c', re.M)", "def find(x):\n    return bool(WORD.search(str(x)))", extra="import re\nWORD = re.compile('a' + 'b', re.M)\ndef find(x):\n    return bool(WORD.search(str(x)))"),
    case("the same pattern, under a condition", "divergent", 'reads notebook global "WORD"', "import re\nif WORD:\n    WORD = re.compile('ab')", "def find(x):\n    return bool(WORD.search(str(x)))", extra="import re\nWORD = re.compile('ab')\ndef find(x):\n    return bool(WORD.search(str(x)))"),
    case("the same pattern, bound again", "divergent", 'reads notebook global "WORD"', "import re\nWORD = re.compile('ab')", "WORD = re.compile('ab')\nfor WORD in []:\n    pass", "def find(x):\n    return bool(WORD.search(str(x)))", extra="import re\nWORD = re.compile('ab')\ndef find(x):\n    return bool(WORD.search(str(x)))"),
    case("a name that nothing binds", "divergent", "which no cell visibly binds", "<scale>", accept="compatible"),
    case("a mutable global", "divergent", "mutable literal", "STATE = {}", "<remember>", accept="compatible"),
    case("the same import", "exact+", "", "import math", "<area>", "area(1)"),
    case("the same import below", "exact+", "", "<area>", "import math", "area(1)"),
    case("the same name for another import", "compatible", '"math" is cmath here (cell 1)', "import cmath as math", "<area>"),
    case("an import that may fall back", "divergent", "reads notebook global", "try:\n    import fastmath as math\nexcept ImportError:\n    import math", "<area>", accept="compatible"),
    case("an import that is rebound", "divergent", "reads notebook global", "import math", "math = None", "<area>", accept="compatible"),
    case("a builtin that the notebook rebinds", "divergent", 'reads notebook global "min"', "def min(x, y):\n    return x\nmin = min", "def clip(x, limits=(0, 1)):\n    return min(max(x, limits[0]), limits[1])", name="clip", accept="compatible"),
    case("a builtin that the module rebinds", "compatible", "redefined in the target's module", "def most(x):\n    return max(x)", extra="def max(x):\n    return 0\ndef most(x):\n    return max(x)"),
    case("a parameter of the notebook", "divergent", "a parameter of the notebook", "#@parameters\nSCALE = 2", "<scale>", accept="compatible"),
    case("a name of its own module", "divergent", '"__name__", which answers for its own module', "<who>", accept="compatible"),
    case("a global that it writes", "divergent", "COUNT", "COUNT = 0\ndef count():\n    global COUNT\n    COUNT += 1\n    return COUNT", extra="COUNT = 0\ndef count():\n    global COUNT\n    COUNT += 1\n    return COUNT", accept="compatible"),
    case("it looks at its frame", "divergent", 'f_globals', "import sys", "def caller():\n    return sys._getframe().f_globals['__name__']", extra="import sys\ndef caller():\n    return sys._getframe().f_globals['__name__']", accept="compatible"),
    case("it reads its own docstring", "exact+", "", "<annotated>", "annotated(1)"),
    case("it reads its own docstring, which differs", "divergent", "looks at its __doc__", "def annotated(x):\n    'Other.'\n    return annotated.__doc__"),
    case("the notebook changes the module", "divergent", "changes plots.SCALE", "import plots\nplots.SCALE = 5", "SCALE = 2\n<scale>", "scale(1)"),
    case("the notebook patches the module by a function", "divergent", "changes plots.SCALE", "import plots\nsetattr(plots, 'SCALE', 5)", "SCALE = 2\n<scale>", "scale(1)"),
    # -- classes --------------------------------------------------------------------------------
    case("a class", "exact+", "", "<Point>", "p = Point(1, 2)\np.norm()\np"),
    case("a class with another docstring", "exact+", "", COPIES["Point"].replace("A point.", "Two numbers."), "Point(1).norm()"),
    case("a class with another method", "divergent", '"norm" differs', COPIES["Point"].replace("abs(self.x) +", "abs(self.x) -")),
    case("a class with a further method", "divergent", '"more" does not exist in the target', COPIES["Point"] + "\n\n    def more(self):\n        return 1"),
    case("a class that lacks a method", "divergent", '"__repr__" exists in the target only', COPIES["Point"].split("    def __repr__")[0]),
    case("a class with another attribute", "divergent", '"kind" differs', "<Point>", "class Box(Point):\n    kind = 'crate'", name="Box"),
    case("a class with another base", "divergent", "base classes differ", "class Box(object):\n    kind = 'box'"),
    case("a class with its base", "exact+", "", "<Point>", "<Box>", "isinstance(Box(1), Point)", name="Box"),
    case("a class whose base stays", "divergent", 'uses the notebook\'s class "Point"', COPIES["Point"].replace("abs(self.x) +", "2 *"), "<Box>", name="Box"),
    case("a class whose equal base stays", "divergent", 'uses the class "Point" (cell 1), which stays here', "<Point>\nPoint.extra = 1", "<Box>", name="Box"),
    case("a function that makes instances", "exact+", "", "<Point>", "<corner>", "isinstance(corner(), Point)", name="corner"),
    case("a function whose class stays", "divergent", 'uses the class "Point" (cell 1), which stays here', "<Point>\nPoint.extra = 1", "<corner>", "isinstance(corner(), Point)", name="corner", accept="compatible"),
    case("a function whose exception stays", "divergent", 'uses the class "Problem"', "class Problem(Exception):\n    pass\nProblem.code = 1", "<check>", name="check", accept="compatible"),
    case("a function with its exception", "exact+", "", "<Problem>", "<check>", "try:\n    check(-1)\nexcept Problem as problem:\n    x = problem.args", name="check"),
    case("a class with other decorators", "divergent", "decorators differ", "from dataclasses import dataclass, field\n@dataclass(frozen=True)\nclass Pair:\n    left: int\n    right: list = field(default_factory=list)"),
    case("a dataclass", "exact+", "", "from dataclasses import dataclass, field\n<Pair>", "Pair(1)"),
    case("a dataclass with another annotation", "divergent", '"left" differs', "from dataclasses import dataclass, field\n@dataclass\nclass Pair:\n    left: float\n    right: list = field(default_factory=list)"),
    case("an enumeration", "exact+", "", "from enum import Enum\n<Colour>", "Colour.RED"),
    case("a class under another name", "divergent", "--alias Place=Spot", "class Place:\n    def __init__(self, x, y=0):\n        self.x, self.y = x, y\n", extra="class Spot:\n    def __init__(self, x, y=0):\n        self.x, self.y = x, y\n"),
    case("a class under another name, with an alias", "divergent", 'its instances would say that they are of class "Colour"', "from enum import Enum\nclass Shade(Enum):\n    RED = 1", aliases={"Shade": "Colour"}),
    case("a class that is subclassed", "exact+", "", "<Point>", "class Far(Point):\n    def norm(self):\n        return super().norm() + 10\nFar(1).norm()"),
    case("a class that is given a method", "divergent", "changes its attribute norm", "<Point>", "Point.norm = lambda self: 0"),
    case("a class whose attribute is counted up", "divergent", "changes its attribute entries", "<Registry>", "Registry.entries += [1]"),
    case("a class that is given a method by setattr", "divergent", "changes its attributes", "<Point>", "setattr(Point, 'norm', None)"),
    case("a class with a shared list", "divergent", 'renews "entries"', "<Registry>", "Registry().put(1)\nRegistry().put(2)"),
    case("instances are pickled", "divergent", "stores instances under the name of their module", "<Point>", "import pickle\npickle.dumps(Point(1))"),
    case("a model is saved whole", "divergent", "stores instances under the name of their module", "<Point>", "import torch\nmodel = Point(1)\ntorch.save(model, 'x')"),
    case("a state is saved", "exact+", "", "<Point>", "import torch\nmodel = Point(1)\ndef keep(x):\n    torch.save(model.state_dict(), x)"),
    case("a class is shown", "divergent", "shows it", "<Point>", "print(Point)"),
    case("the import seeds random numbers", "divergent", "importing plots runs random.seed(0)", "<add>", "add(1)", extra="import random\nrandom.seed(0)"),
    case("the import seeds random numbers, and stands there already", "exact+", "", "import plots", "<add>", "add(1)", extra="import random\nrandom.seed(0)"),
    case("the import changes the style of plots", "divergent", "importing plots runs plt.rcParams['a'] = 1", "<add>", "add(1)", extra="plt.rcParams['a'] = 1"),
    # -- cells that are not understood ---------------------------------------------------------
    case("an opaque cell names it", "exact+", "", "<add>", "add(1", "add(1)"),
    case("an opaque cell names one that needs other calls", "divergent", "cell 2 does not parse and names", "def add(p, q=1):\n    return p + q", "add(1", "add(1, q=2)"),
    case("a magic names one that needs other calls", "divergent", "a magic line in cell 2 names", "def add(p, q=1):\n    return p + q", "%prun_it add(1, q=2)"),
    case("a run file", "exact+", "", "%run setup.py", "<add>", "add(1)"),
    case("a run file with a captured name in it", "divergent", 'may be bound by a magic line in cell 1', "SCALE = 2\n%run SCALE.py", "<scale>", accept="compatible"),
    case("text that is run names one that needs other calls", "divergent", 'names "add"', "def add(p, q=1):\n    return p + q", "eval('add(1, q=2)')"),
    case("it is found by its name in globals", "divergent", 'names "add"', "def add(p, q=1):\n    return p + q", "name = 'add'", "globals()[name](1, q=2)"),
    case("a star import of an unknown module, builtins used", "compatible", 'may be bound by "from unknown_module import *"', "from unknown_module import *", "<span>"),
    case("a star import of an unknown module, nothing used", "exact+", "", "<add>", "try:\n    from unknown_module import *\nexcept ImportError:\n    pass\nadd(1)"),
    case("a star import of a module that is known", "exact+", "", "from textwrap import *", "<span>", "span([1, 2])"),
    case("a star import that brings in the constant", "exact+", "", "from plots import *", "<scale>", "scale(2)"),
    case("a star import that binds the name again", "divergent", 'also bound by "from textwrap import *"', "from textwrap import *\ndef dedent(x):\n    return x", "def use(x):\n    return dedent(x) + 1", extra="def dedent(x):\n    return x\ndef use(x):\n    return dedent(x) + 1", name="use", accept="compatible"),
    case("a star import after the import that it may change", "divergent", "may bind anew", "import math\nfrom unknown_module import *", "<area>", accept="compatible"),
    case("called in a shell line", "exact+", "", "<add>", "!echo {add(1)}"),
    case("data in another language", "exact+", "", "<add>", "%%bash\nadd 1", "add(1)"),
    case("timed", "renamed+", "", "def add(p, q=1):\n    return p + q", "%timeit -n1 -r1 add(1, q=2)"),
    case("a name that only a timing binds", "divergent", "which no cell visibly binds", "%timeit SCALE = 2", "<scale>", accept="compatible"),
    # -- decorated --------------------------------------------------------------------------------
    case("decorated alike", "exact+", "", "import functools\n<cached>", "cached(1)\ncached.cache_info().hits"),
    case("decorated otherwise", "divergent", "decorators differ", "import functools\n@functools.lru_cache(maxsize=3)\ndef cached(n):\n    return n + 1", accept="compatible"),
    case("decorated here only", "divergent", "decorators differ", "import functools\n@functools.lru_cache(maxsize=None)\ndef add(a, b=1):\n    return a + b", accept="compatible"),
    case("decorated by the notebook's own", "exact+", "", "import functools\n<loud>", "<shout>", "shout(2)", name="shout"),
    case("decorated by another of the same name", "divergent", 'uses the notebook\'s function "loud"', "def loud(f):\n    return f", "<shout>", name="shout", accept="compatible"),
    case("decorated by a widget", "divergent", "what its decorator @interact(x=1) sees of it is not known", "from ipywidgets import interact", "@interact(x=1)\ndef shown(x):\n    return x", extra="from ipywidgets import interact\n@interact(x=1)\ndef shown(x):\n    return x"),
    # -- compatible: calls against another signature ------------------------------------------------
    case("a parameter that the target lacks, not passed", "compatible+", 'parameter "verbose" does not exist in the target; no call', "def log(text, stream, verbose=False):\n    stream.append(text)\n    return None", "seen = []\nlog('a', seen)\nlog(stream=seen, text='b')", accept="compatible"),
    case("a parameter that the target lacks, passed", "divergent", 'parameter "verbose" does not exist in the target', "def log(text, stream, verbose=False):\n    stream.append(text)\n    return None", "log('a', [], verbose=True)", accept="compatible"),
    case("a required parameter under another name", "divergent", 'parameter "where" does not exist in the target', "def log(text, where):\n    where.extend([text])", "seen = []\nlog('a', where=seen)", accept="compatible"),
    case("a required parameter more in the target", "divergent", 'which the target requires', "def log(text):\n    pass", "log('a')", accept="compatible"),
    case("a default that differs is passed", "compatible+", 'default of "level" differs: 5 / 1', "def note(text, stream=None, level=5):\n    if not (stream is None):\n        stream.append((level, text))", "seen = []\nnote('x', seen)\nnote('y', seen, 2)", accept="compatible"),
    case("a computed default that differs", "divergent", "default that is computed", "import math\ndef note(text, stream=None, level=math.pi):\n    if not (stream is None):\n        stream.append((level, text))", "note('x', [])", accept="compatible"),
    case("a shared default", "divergent", 'renews "stream"', "def note(text, stream=[], level=1):\n    stream.append((level, text))", "note('x')", accept="compatible"),
    case("a value that is used", "divergent", "which the target may compute otherwise, and cell 2 uses it", "def total(values, start=0):\n    return sum(values, start)", "x = total([1])", accept="compatible"),
    case("a value that is shown", "divergent", "and cell 2 shows it", "def total(values, start=0):\n    return sum(values, start)", "total([1])", accept="compatible"),
    case("a pair that is unpacked", "divergent", "cell 2 unpacks it", "def span(values):\n    ordered = sorted(values)\n    return ordered[0], ordered[-1]", "low, high = span([1, 2])", accept="compatible"),
    case("a value that is indexed", "divergent", "cell 2 indexes it", "def span(values):\n    ordered = sorted(values)\n    return ordered[0], ordered[-1]", "span([1, 2])[0]", accept="compatible"),
    case("passed on although the results differ", "divergent", "passes it on", "def span(values):\n    ordered = sorted(values)\n    return ordered[0], ordered[-1]", "list(map(span, [[1]]))", accept="compatible"),
    case("passed on, with a further parameter there", "divergent", 'further parameter "level"', "def note(text, stream=None):\n    if stream is None:\n        return\n    stream.append((1, text))", "callbacks = [note]", accept="compatible"),
    case("mapped, with a further parameter there", "compatible+", "", "def note(text, stream=None):\n    if stream is None:\n        return\n    stream.append((1, text))", "list(map(note, [1]))", accept="compatible"),
    case("a starred call of one that differs", "compatible+", "", "def note(text, stream=None, level=1):\n    if stream is None:\n        return\n    stream.append((level, text))", "seen = []\nnote(*('x', seen))\nnote(**{'text': 'y', 'stream': seen})", accept="compatible"),
    case("a captured value that the target takes", "compatible+", 'global "device" is passed', "device = str('gpu')", "def stamp(x):\n    journal = [device, x]\n    journal.append(device)", "stamp(1)", accept="compatible"),
    case("a captured value that is another one at the call", "divergent", '"device" is another name where cell 3 calls it', "device = str('gpu')", "def stamp(x):\n    journal = [device, x]\n    journal.append(device)", "def run(device):\n    stamp(device)", accept="compatible"),
    case("a captured value, called in a comprehension over its name", "divergent", '"device" is another name', "device = str('gpu')", "def stamp(x):\n    journal = [device, x]\n    journal.append(device)", "[stamp(1) for device in 'ab']", accept="compatible"),
    case("a captured value that the target does not take", "divergent", 'reads notebook global "device" (cell 1)', "device = str('gpu')", "def log(text, stream):\n    stream.append((device, text))", "log(1, [])", accept="compatible"),
    case("compatible is not what a named module is trusted with", "divergent", 'the target asks of "stream" its append', "def log(text, stream):\n    stream.extend([text])", "log(1, [])"),
    case("one that is rebound is not rewritten", "compatible+", 'default of "level"', "def note(text, stream=None, level=5):\n    if not (stream is None):\n        stream.append((level, text))", "note(1)", "note = print", accept="compatible"),
    case("it prints, the target does not", "divergent", "prints, and the target does not", "def log(text, stream):\n    print(text)\n    stream.append(text)", "log(1, [])", accept="compatible"),
    case("it does not print, the target does", "divergent", 'the target prints, and it does not', "def said(x):\n    return [x][0]", "said(1);", accept="compatible"),
    case("it writes a global", "divergent", 'writes notebook global "LAST"', "LAST = None\ndef log(text, stream):\n    global LAST\n    LAST = text\n    stream.append(text)", "log(1, [])", accept="compatible"),
    # -- compatible: plots ------------------------------------------------------------------------
    case("a plot that returns nothing", "compatible+", 'default of "title" differs: "Mine" / "T"', PLT, "def plot(values, title='Mine'):\n    plt.figure()\n    plt.imshow(values, cmap='viridis')\n    plt.title(title)", "plot([[1]])\nx = 1", accept="compatible"),
    case("a plot that returns nothing, shown last", "compatible+", "the body differs", PLT, "def plot(values, title='T'):\n    plt.figure()\n    plt.imshow(values, cmap='viridis')\n    plt.title(title)", "plot([[1]])  # here", accept="compatible"),
    case("a plot whose figure is used", "compatible+", "", PLT, "def curve(data, label='L'):\n    f = plt.figure()\n    plt.plot(data, label=label)\n    title = 1\n    return f", "fig = curve([1])\nfig.savefig('x')", accept="compatible"),
    case("a plot whose pair is unpacked", "divergent", "returns a pair, the target returns a Figure, and cell 3 unpacks it", PLT, "def curve(data, label='L'):\n    fig, ax = plt.subplots()\n    ax.plot(data)\n    return fig, ax", "fig, ax = curve([1])", accept="compatible"),
    case("a plot whose nothing is kept", "divergent", "returns nothing, the target returns a Figure, and cell 3 uses it", PLT, "def curve(data, label='L'):\n    plt.figure()\n    plt.plot(data, label=label)", "x = curve([1])", accept="compatible"),
    case("a plot into the figure that is open", "divergent", "draws into the figure that is open", PLT, "def curve(data, label='L'):\n    plt.plot(data, label=label)", "curve([1])", accept="compatible"),
    case("a plot that closes its figure", "divergent", "closes its figure", PLT, "def curve(data, label='L'):\n    plt.figure()\n    plt.plot(data, label=label)\n    plt.savefig('x')\n    plt.close()", "curve([1])", accept="compatible"),
    case("a plot that prints", "divergent", "prints, and the target does not", PLT, "def curve(data, label='L'):\n    plt.figure()\n    plt.plot(data, label=label)\n    print(label)", "curve([1])", accept="compatible"),
    case("a plot that is drawn over", "divergent", "goes on drawing", PLT, "def curve(data, label='L'):\n    plt.figure()\n    plt.plot(data, label=label)\n    plt.show()", "curve([1])\nplt.plot([2])", accept="compatible"),
    case("a plot that is drawn over in the next round", "divergent", "goes on drawing", PLT, "def curve(data, label='L'):\n    plt.figure()\n    plt.plot(data, label=label)\n    plt.show()", "for i in range(2):\n    plt.plot([i])\n    curve([1])", accept="compatible"),
    case("a plot with a colour map that the target lacks", "divergent", 'parameter "cmap" does not exist in the target', PLT, "def curve(data, cmap='hot'):\n    plt.figure()\n    plt.plot(data, c=cmap)", "curve([1], cmap='x')", accept="compatible"),
    case("a plot that captures data", "divergent", 'reads notebook global "history" (cell 1)', "history = list('ab')\n" + PLT, "def curve(data, label='L'):\n    plt.figure()\n    plt.plot(data, history)", "curve([1])", accept="compatible"),
    # -- odd texts ---------------------------------------------------------------------------
    case("a cell that is nested too deeply", "exact+", "", "<add>", "deep = " + "-" * 700 + "1", "add(1)"),
    case("a call of several lines behind prompts", "divergent", "written unusually", "def add(p, q=1):\n    return p + q", ">>> add(1,\n...     q=2)"),
    case("a call in an indented cell changes", "renamed+", "", "def add(p, q=1):\n    return p + q", "    x = add(1, q=2)\n    x"),
    case("a call behind letters of several bytes changes", "renamed+", "", "def add(p, q=1):\n    return p + q", "é = 'äöü😀'; add(1, q=2)"),
    case("a definition with a decorator in brackets", "exact+", "", "import functools", "@(\n    functools.lru_cache(maxsize=None)\n)\ndef cached(n):\n    return n + 1", "cached(1)"),
    case("a definition in an indented cell", "exact+", "", "    def add(a, b=1):\n        return a + b\n    add(1)"),
    case("a call of a timed line changes", "renamed+", "", "def add(p, q=1):\n    return p + q", "x = 1\n%time add(1, q=2)"),
    case("a call in a lambda changes", "renamed+", "", "def add(p, q=1):\n    return p + q", "later = lambda: add(1, q=2)\nlater()"),
    case("a call in a default changes", "renamed+", "", "def add(p, q=1):\n    return p + q", "def g(x=add(1, q=2)):\n    return x\ng()"),
    case("a call in a decorator changes", "renamed+", "", "def add(p, q=1):\n    return p + q", "def keep(n):\n    return lambda f: f\n@keep(add(1, q=2))\ndef g():\n    return 1\ng()"),
    case("a local variable of the same name", "renamed+", "", "def add(p, q=1):\n    return p + q", "def g(add):\n    return add(q=1)\ng(dict)"),
    case("a method of the same name", "renamed+", "", "def add(p, q=1):\n    return p + q", "class A:\n    def add(self, q):\n        return q\nA().add(q=3)"),
]  # fmt: skip


class Recorder(types.ModuleType):
    """Stands in for pyplot and remembers what it was asked to draw."""

    def __init__(self, name):
        super().__init__(name)
        self.log = []
        self.rcParams = {"figure.figsize": (1, 2)}

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)

        def called(*args, **kwargs):
            self.log.append((name, args, sorted(kwargs.items())))
            return Figure(self.log)

        return called


class Figure:
    def __init__(self, log):
        self.log = log

    def savefig(self, path):
        self.log.append(("savefig", path))

    def __repr__(self):
        return "<Figure>"


def stub_modules(source):
    pyplot = Recorder("matplotlib.pyplot")
    matplotlib = types.ModuleType("matplotlib")
    matplotlib.pyplot = pyplot
    plots = types.ModuleType("plots")
    modules = {"matplotlib": matplotlib, "matplotlib.pyplot": pyplot, "plots": plots}
    return modules, plots, source


@contextlib.contextmanager
def standing_in(modules):
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def execute(cells, stub):
    """Run cells as a kernel would: give what each shows, prints or raises, and what is bound."""
    modules, plots, source = stub_modules(stub)
    names = {"__name__": "__main__"}
    shown = []
    with standing_in(modules):
        exec(compile(source, "plots.py", "exec"), plots.__dict__)
        for text in cells:
            code = read_cell(text)
            if code.kind != "python":
                continue
            tree = parse(code.python)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            value, raised, printed = None, "", io.StringIO()
            with contextlib.redirect_stdout(printed):
                try:
                    exec(compile(tree, "cell", "exec"), names)
                    if last is not None:
                        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
                except Exception as error:
                    raised = type(error).__name__
            quiet = text.partition("#")[0].rstrip().endswith(";")
            shown.append(
                (None if quiet or value is None else plain(value), printed.getvalue(), raised)
            )
        drawn = list(modules["matplotlib.pyplot"].log)
        bound = {
            name: behaviour(value) if inspect.isfunction(value) else plain(value)
            for name, value in names.items()
            if not name.startswith("__")
        }
    return shown, bound, drawn


def plain(value):
    if inspect.isfunction(value) or inspect.isgenerator(value) or inspect.iscoroutine(value):
        return type(value).__name__
    if isinstance(value, type):
        return sorted(name for name in vars(value) if name not in {"__doc__", "__module__"})
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return re.sub(r"0x[0-9a-f]+|function \w+", "", repr(value))


def behaviour(function):
    """Call a function with a few values: its results stand for it."""
    if inspect.iscoroutinefunction(function):
        return "coroutine function"
    results = []
    for args in [(1,), (3, 2), ([3, 1],)]:
        try:
            results.append(plain(function(*args)))
        except Exception as error:
            results.append(type(error).__name__)
    return results


def as_notebook(cells):
    tags = (["parameters"] if cell.startswith("#@parameters") else [] for cell in cells)
    return notebook(*map(code, cells, tags))


@functools.cache
def accepted_module(folder, level):
    return Accepted(read_target_module("plots", notebook=folder / "n.ipynb"), level)


def what_counts(verdict):
    """Give what stands whether or not it is told what keeps a definition where it is."""
    kept = verdict.level == "divergent"
    return (
        (verdict.definition.name, verdict.definition.node.lineno, verdict.level, verdict.accepted),
        None if kept else (verdict.target.name, verdict.reasons, len(verdict.calls)),
    )


def migrate(cells, folder, accept, aliases):
    document = read(as_notebook(cells))
    notebook = timeline(document.cells)
    found = judge(notebook, [accepted_module(folder, accept)], aliases, willing)
    brief = judge(
        timeline(document.cells),
        [accepted_module(folder, accept)],
        aliases,
        willing,
        suggest=False,
    )
    named = [verdict for verdict in found if not verdict.alias]
    assert list(map(what_counts, brief)) == list(map(what_counts, named))
    findings = report_definitions(found, notebook)
    edits = [edit for finding in findings for edit in finding.edits]
    after = read(write(document, edits)) if edits else document
    again = judge(timeline(after.cells), [accepted_module(folder, accept)], aliases, willing)
    assert not any(verdict.accepted for verdict in again), "a second run does nothing"
    return findings, [cell.source for cell in after.cells]


def fill_in(text):
    return re.sub(r"(?m)^<(\w+)>", lambda found: COPIES[found[1]], text)


@pytest.fixture(scope="session")
def stub_folders(tmp_path_factory):
    made = {}

    def folder(extra):
        if extra not in made:
            made[extra] = tmp_path_factory.mktemp("stub")
            (made[extra] / "plots.py").write_text(f"{STUB}\n\n{extra}\n")
        return made[extra]

    return folder


@pytest.mark.parametrize(
    ("verdict", "reason", "cells", "name", "accept", "aliases", "extra"), CASES
)
def test_verdict(verdict, reason, cells, name, accept, aliases, extra, stub_folders):
    cells = [fill_in(cell) for cell in cells]
    findings, after = migrate(cells, stub_folders(extra), accept, aliases)
    about = [found for found in findings if name is None or found.name == name]
    if verdict is None:
        assert about == []
        assert after == cells
        return
    found = about[0]
    level, replaced = verdict.removesuffix("+"), verdict.endswith("+")
    said = "; ".join(map(str, found.reasons))
    assert (found.level, bool(found.edits)) == (level, replaced), said
    assert reason in said
    if not replaced:
        assert found.reasons
    if after != cells:
        assert_same_run(cells, after, f"{STUB}\n\n{extra}\n", every_function=accept != "compatible")


def assert_same_run(before, after, stub, *, every_function):
    shown, bound, drawn = execute(before, stub)
    shown_after, bound_after, drawn_after = execute(after, stub)
    assert shown_after == shown
    assert drawn_after == drawn
    if not every_function:
        # A target with another signature is not called as the inline function was.
        bound = {
            name: value
            for name, value in bound.items()
            if name in bound_after and not isinstance(value, list)
        }
        bound_after = {name: bound_after[name] for name in bound}
    assert bound_after == bound


def test_the_table_refuses_more_than_it_replaces():
    verdicts = [param.values[0] for param in CASES]
    replaced = sum(bool(verdict) and verdict.endswith("+") for verdict in verdicts)
    assert len(verdicts) >= 150
    assert replaced < len(verdicts) - replaced

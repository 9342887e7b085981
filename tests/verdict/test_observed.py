"""Every way in which a notebook can tell a definition from an equal one, and more that are none."""

from pathlib import Path

import pytest

from nbrefactor.library.target import read_target_module
from nbrefactor.notebook.document import read
from nbrefactor.program.timeline import timeline
from nbrefactor.verdict.judge import judge
from nbrefactor.verdict.match import Accepted
from nbrefactor.verdict.observed_origins import DECORATORS

from ..notebooks import notebook

MODULE = '''
import contextlib
import enum
import functools
import logging
import warnings
from collections import namedtuple
from dataclasses import dataclass

import torch
from torch import nn

LIMIT = 100000
MISSING = ("missing",)


def add(a, b=1):
    """Add."""
    return a + b


def typed(a: int, b: "list[int]") -> float:
    return a + len(b)


class Point:
    """A point."""

    def __init__(self, x):
        self.x = x

    def twice(self):
        return self.x * 2


class Named:
    def __init__(self, x):
        self.x = x

    def __repr__(self):
        return f"Named({self.x})"


class Spoken:
    def __str__(self):
        return "spoken"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, x):
        return self.layer(x)


class Problem(Exception):
    pass


@dataclass
class Pair:
    left: int
    right: int = 0


class Colour(enum.Enum):
    RED = 1


class Knows:
    def where(self):
        return type(self).__module__


def adder(n):
    def inner(x):
        return x + n

    return inner


def box_of(x):
    class Box:
        pass

    return Box()


def numbers(n):
    yield n
    yield n + 1


def shape_of(name):
    return enum.Enum(name, "A B")


def row_of(x):
    Row = namedtuple("Row", "x")
    return Row(x)


def complain(x):
    warnings.warn("careful")
    return x


def note(x):
    logging.warning("x is %s", x)
    return x


def at_most(x):
    return x is LIMIT


def below(x):
    return x < LIMIT


def given(x=MISSING):
    return x is None


def above(frame, limit):
    return frame.query("x > @limit")


def beyond(frame):
    return frame.query("x > @LIMIT")


def total(values):
    result = 0
    for value in values:
        result += value
    return result


def last(values):
    for value in values:
        result = value
    return result


@torch.no_grad()
def evaluate(model, data):
    """Evaluate."""
    return model(data)


@contextlib.contextmanager
def quiet():
    yield


@functools.lru_cache(maxsize=None)
def cached(n):
    return n + 1


def gather(x, seen=([],)):
    seen[0].append(x)
    return len(seen[0])


def pick(i, table=[1, 2]):
    return table[i] if i in table else len(table)


class Counted:
    count = 0

    def __init__(self):
        Counted.count += 1


def make_point(x):
    return Point(x)
'''
PARTS = {
    part.split("(")[0].split(":")[0].split()[-1]: part.strip()
    for text in MODULE.replace("\n\n\n@", "\n\n\n§@").split("\n\n\n")
    for part in [text.lstrip("§")]
    if "def " in part or "class " in part
}
COPIES = {}
for text in PARTS.values():
    line = next(row for row in text.split("\n") if row.startswith(("def ", "class ")))
    COPIES[line.split()[1].split("(")[0].rstrip(":")] = text

STAYS, GOES = False, True


def case(prose, goes, reason, name, *cells, copy=None, files=None, module=MODULE, alias=None):
    """A notebook with a copy of one definition, the cells around it, and what becomes of it."""
    return pytest.param(
        goes, reason, name, copy or COPIES[name], cells, files or {}, module, alias, id=prose
    )


# What a copy needs of the notebook; the copy itself stands behind it.
IMPORTS = "\n".join(MODULE.split("\nLIMIT")[0].strip().split("\n"))
OTHER_DOC = COPIES["add"].replace("Add.", "Sum up.")
OTHER_TYPES = COPIES["typed"].replace("a: int", "a: float")
SUM = "def summed(values):\n    result = 0\n    for value in values:\n        result += value\n    return result"

LOOKED_AT = [
    case("the docstring, which differs", STAYS, "looks at its __doc__", "add", "add.__doc__", copy=OTHER_DOC),
    case("the docstring, which is the same", GOES, "", "add", "add.__doc__"),
    case("the docstring, by its name as text", STAYS, "looks at its __doc__", "add", "getattr(add, '__doc__')", copy=OTHER_DOC),
    case("the docstring, by a name among others", STAYS, "looks at its __doc__", "add", "[getattr(add, name) for name in ('__doc__', '__name__')]", copy=OTHER_DOC),
    case("the docstring of what a loop walks through", STAYS, "looks at its __doc__", "add", "for tool in [print, add]:\n    print(tool.__doc__)", copy=OTHER_DOC),
    case("the docstring of what is in a dictionary", STAYS, "looks at its __doc__", "add", "tools = {'a': add}", "{name: tool.__doc__ for name, tool in tools.items()}", copy=OTHER_DOC),
    case("the docstring in a function of the notebook", STAYS, "shows its help", "add", "import inspect as i\ndef about(thing):\n    return i.getdoc(thing)", "about(add)", copy=OTHER_DOC),
    case("the docstring in a module of the project", STAYS, ", through tools, looks at its __doc__", "add", "from tools import about", "about(add)", copy=OTHER_DOC, files={"tools.py": "def about(thing):\n    return thing.__doc__\n"}),
    case("the docstring of everything", STAYS, "looks at its __doc__", "add", "[value.__doc__ for value in list(globals().values())]", copy=OTHER_DOC),
    case("the docstring of something else", GOES, "", "add", "import math\nmath.__doc__, len.__doc__", copy=OTHER_DOC),
    case("the documentation of another module", GOES, "", "add", "import math\nhelp(math)", copy=OTHER_DOC),
    case("pydoc", STAYS, "shows its help", "add", "from pydoc import render_doc as page\npage(add)"),
    case("doctest of the module", STAYS, "testmod", "add", "import doctest\ndoctest.testmod()", copy=COPIES["add"].replace("Add.", "Add.\n\n    >>> add(1)\n    2\n    "), module=MODULE.replace('"""Add."""', '"""Add.\n\n    >>> add(1)\n    2\n    """')),
    case("doctest of a module whose copy has no examples", GOES, "", "add", "import doctest\ndoctest.testmod()"),
    case("a docstring that differs, called only", GOES, "", "add", "list(map(add, [1])), add(2)", copy=OTHER_DOC),
    case("a docstring that differs, handed to a stranger", STAYS, "passes it on to stranger.use, and its docstring differs", "add", "import stranger\nstranger.use(add)", copy=OTHER_DOC),
    case("a docstring that is the same, handed to a stranger", GOES, "", "add", "import stranger\nstranger.use(add, [add])"),
    case("annotations, which differ", STAYS, "looks at its __annotations__", "typed", "typed.__annotations__", copy=OTHER_TYPES),
    case("annotations, which are the same", GOES, "", "typed", "typed.__annotations__"),
    case("annotations that are text on one side", STAYS, "looks at its get_type_hints", "typed", "from __future__ import annotations", "from typing import get_type_hints\nget_type_hints(typed)"),
    case("annotations that are text on one side, called only", GOES, "", "typed", "from __future__ import annotations", "typed(1, [])"),
    case("annotations that differ, handed to a widget", STAYS, "annotations differ", "typed", "from ipywidgets import interact\ninteract(typed, a=1)", copy=OTHER_TYPES),
    case("annotations that differ, sorted by it", GOES, "", "typed", "sorted([1], key=typed)", copy=OTHER_TYPES),
    case("an annotation whose text names something else there", STAYS, "annotations differ", "typed", "list = tuple\nimport stranger\nstranger.use(typed)"),
    case("its module", STAYS, "looks at its __module__", "add", "add.__module__"),
    case("the module of its instance", STAYS, "looks at its __module__", "Point", "Point(1).__module__"),
    case("its globals", STAYS, "looks at its __globals__", "add", "fs = [add]\nfs[0].__globals__"),
    case("its code in a function", STAYS, "looks at its __code__", "add", "def size(f):\n    return f.__code__.co_argcount", "size(add)"),
    case("the module in its own method", STAYS, "looks at its __module__", "Knows", "Knows().where()"),
    case("everything of one module", STAYS, "looks at its __module__", "add", "[n for n, o in globals().items() if getattr(o, '__module__', '') == '__main__']"),
    case("everything of one module, by its members", STAYS, "looks at its", "add", "import inspect, sys", "[n for n, o in inspect.getmembers(sys.modules[__name__]) if inspect.getmodule(o)]"),
    case("everything, without a look at the module", GOES, "", "add", "for name, value in list(globals().items()):\n    if isinstance(value, int):\n        print(name)"),
    case("the dictionary of something unknown, beside a class", GOES, "", "Point", "import stranger\nstranger.made().__dict__"),
    case("the module of something unknown, beside a class", STAYS, "something that may be this class", "Point", "import stranger\nstranger.made().__module__"),
    case("the module of something unknown, beside a function", GOES, "", "add", "import stranger\nstranger.made().__module__"),
    case("the module of something unknown, and it is handed on", STAYS, "looks at the __module__ of functions", "add", "import stranger", "stranger.made().__module__\nstranger.use(add)"),
    case("its source", STAYS, "inspects its source", "add", "from inspect import getsource as source\nsource(add)"),
    case("arrays are stacked", GOES, "", "add", "import numpy as np\nnp.stack([[add(1)], [2]])"),
    case("its name", GOES, "", "add", "add.__name__, [f.__qualname__ for f in [add]]"),
    case("its own method by its name", GOES, "", "Point", "x = Point.__init__, Point(1).__class__.__name__"),
]  # fmt: skip

SHOWN = [
    case("an instance without a text of its own", STAYS, "shows it", "Point", "Point(1)"),
    case("an instance in an f-string", STAYS, "shows it", "Point", "p = Point(1)", "text = f'{p}'"),
    case("an instance in old-style text", STAYS, "shows it", "Point", "text = 'p: %s' % Point(1)"),
    case("an instance in a list", STAYS, "shows it", "Point", "ps = []\nfor i in range(3):\n    ps.append(Point(i))", "ps"),
    case("an instance printed by a function", STAYS, "shows it", "Point", "def show(thing):\n    print(thing)", "show(Point(1))"),
    case("an instance that a function gives", STAYS, "shows it", "Point", "def make():\n    return {'p': Point(1)}", "make()['p']"),
    case("an instance that is logged", STAYS, "shows it", "Point", "import logging\nlog = logging.getLogger(__name__)\nlog.info('%s', Point(1))"),
    case("an instance that an attribute keeps", STAYS, "shows it", "Point", "class Holder:\n    pass\nh = Holder()\nh.place = Point(1)", "print(h.place)"),
    case("a record of instances", STAYS, "shows it", "Point", "from dataclasses import dataclass\n@dataclass\nclass Two:\n    one: object", "Two(Point(1))"),
    case("a method of it", STAYS, "shows it", "Point", "Point(1).twice"),
    case("its type", STAYS, "shows it", "Named", "print(type(Named(1)))"),
    case("a class in a list", STAYS, "shows it", "Named", "[Named]"),
    case("a partial of it", STAYS, "shows it", "Named", "from functools import partial\npartial(Named, 1)"),
    case("a dictionary that makes it", STAYS, "shows it", "Named", "from collections import defaultdict\nd = defaultdict(Named)\nd"),
    case("the type of an error", STAYS, "shows it", "Problem", "try:\n    raise Problem('x')\nexcept Exception as error:\n    print(type(error))"),
    case("the traceback of an error", STAYS, "name the module of errors", "Problem", "import traceback\ntry:\n    raise Problem('x')\nexcept Exception:\n    traceback.print_exc()"),
    case("a nested function", STAYS, "shows it", "adder", "adder(1)"),
    case("a nested class", STAYS, "shows it", "box_of", "box_of(1)"),
    case("a class that is made of text", STAYS, "shows it", "shape_of", "shape_of('E')"),
    case("a tuple with names", GOES, "", "row_of", "row_of(1)"),
    case("a nested function that is called", GOES, "", "adder", "adder(1)(2)"),
    case("a generator", GOES, "", "numbers", "numbers(1)"),
    case("a generator of another name", STAYS, "shows it", "counted", "counted(1)", copy=COPIES["numbers"].replace("numbers", "counted"), alias="numbers"),
    case("the text of an instance, shown with a semicolon", GOES, "", "Point", "Point(1);"),
    case("an instance with a text of its own", GOES, "", "Named", "Named(1)", "print([Named(2)])"),
    case("an instance with a text for printing, printed", GOES, "", "Spoken", "print(Spoken())", "f'{Spoken()}'"),
    case("an instance with a text for printing, shown", STAYS, "shows it", "Spoken", "Spoken()"),
    case("a model", GOES, "", "Net", "model = Net()\nmodel"),
    case("an error", GOES, "", "Problem", "try:\n    raise Problem('x')\nexcept Exception as error:\n    print(error, repr(error))"),
    case("a dataclass", GOES, "", "Pair", "Pair(1)"),
    case("a member", GOES, "", "Colour", "Colour.RED"),
    case("an attribute of an instance", GOES, "", "Point", "p = Point(1)", "print(p.x)", "p.twice()"),
    case("the length of a list of instances", GOES, "", "Point", "ps = [Point(1)]", "print(len(ps), [p.x for p in ps])"),
    case("the names beside instances", GOES, "", "Point", "ps = {'a': Point(1)}", "for name, p in ps.items():\n    print(name, p.x)"),
    case("what a method of an unknown base gives", GOES, "", "Mine", "from stranger import Trainer", "trainer = Mine()", "trainer.train()", copy="class Mine(Trainer):\n    pass", module="from stranger import Trainer\n\n\nclass Mine(Trainer):\n    pass\n"),
    case("classes that are each other's bases, defined again", STAYS, "shows it", "Point", "class Upper(Point):\n    pass", "class Point(Upper):\n    pass\nUpper = Point", "Point(1)"),
    case("batches of what loads it", GOES, "", "Point", "from torch.utils.data import DataLoader\nloader = DataLoader(Point(1))", "for batch in loader:\n    print(batch)"),
]  # fmt: skip

STORED = [
    case("an instance", STAYS, "stores instances", "Named", "import pickle\npickle.dumps(Named(1))"),
    case("a function in a record", STAYS, "stores it", "add", "import pickle\n@dataclass\nclass Holder:\n    first: object\n    second: object = None", "pickle.dumps(Holder(add).first)"),
    case("a function in the first of two tables", STAYS, "stores it", "add", "import pickle\ndef keep(**named):\n    pickle.dumps(named)", "keep(**{'a': add}, **{'b': 1})"),
    case("a function that a coroutine gives", STAYS, "stores it", "add", "import pickle\nasync def give():\n    return add", "pickle.dumps(await give())"),
    case("an instance in what is stored", STAYS, "stores instances", "Named", "import joblib\nstate = {'all': [Named(1)]}", "joblib.dump(state, 'f')"),
    case("an instance that another object keeps", STAYS, "stores instances", "Named", "import dill\nclass Holder:\n    def __init__(self):\n        self.one = Named(1)", "dill.dumps(Holder())"),
    case("an instance that a library's object holds", STAYS, "stores instances", "Named", "import joblib\nfrom stranger import Pipeline\npipe = Pipeline([('a', Named(1))])", "joblib.dump(pipe, 'f')"),
    case("an instance by a pickler", STAYS, "stores instances", "Named", "from pickle import Pickler\nimport io\np = Pickler(io.BytesIO())", "p.dump(Named(1))"),
    case("an array of instances", STAYS, "stores instances", "Named", "import numpy as np\nnp.save('f', np.array([Named(1)], dtype=object), allow_pickle=True)"),
    case("a model", STAYS, "stores instances", "Net", "import torch\nmodel = Net().to('cpu')", "torch.save({'model': model, 'epoch': 1}, 'f')"),
    case("a function in a dictionary", STAYS, "stores it", "add", "import pickle as p\np.dumps({'f': add})"),
    case("the state of a model", GOES, "", "Net", "import torch\nmodel = Net()", "torch.save(model.state_dict(), 'f')", "torch.save({'m': model.state_dict(), 'loss': model(1)}, 'f')"),
    case("numbers beside it", GOES, "", "Named", "import pickle\nn = Named(1)", "pickle.dumps({'x': n.x})"),
    case("an array of results", GOES, "", "add", "import numpy as np\nnp.save('f', np.array([add(1)]))"),
]  # fmt: skip

IDENTITY = [
    case("the module's own function", STAYS, "compares it", "add", "import plots", "add is plots.add"),
    case("the module's own function, called", GOES, "", "add", "import plots", "plots.add(1), add(1)"),
    case("the module's own class", STAYS, "uses the target's module", "Named", "from plots import Named as Other", "isinstance(Other(1), Named)"),
    case("what makes instances of the module's own class", STAYS, "uses the target's module", "Point", "from plots import make_point", "isinstance(make_point(1), Point)"),
    case("something else of the module", GOES, "", "Named", "from plots import below", "below(1)"),
    case("a constant", STAYS, '"LIMIT" is another object', "at_most", "LIMIT = 100000", "at_most(LIMIT)"),
    case("a constant in the notebook", STAYS, '"LIMIT" is another object', "below", "LIMIT = 100000", "x = LIMIT\nx is LIMIT"),
    case("a constant by its value", GOES, "", "below", "LIMIT = 100000", "below(1)"),
    case("a default, compared with None", GOES, "", "given", "MISSING = ('missing',)", "given()"),
    case("an attribute in a loop", STAYS, "changes its attribute calls", "add", "for f in [add]:\n    f.calls = 0"),
    case("an attribute of its instance", GOES, "", "Named", "n = Named(1)\nn.x = 2"),
    case("an attribute of the module's own", STAYS, "changes plots.add.calls", "add", "import plots", "plots.add.calls = 1"),
    case("a name of the module, in a loop over modules", STAYS, "changes plots (m.LIMIT)", "add", "import plots", "for m in (plots,):\n    m.LIMIT = 1"),
    case("a name of the module, in a module of the project", STAYS, "patches changes plots.LIMIT", "add", "import patches", "add(1)", files={"patches.py": "import plots\nplots.LIMIT = 3\n"}),
    case("a mutable default", STAYS, 'renews "seen"', "gather", "gather(1)"),
    case("a mutable default that is only read", GOES, "", "pick", "pick(0)"),
    case("a counter of the class", STAYS, 'renews "count"', "Counted", "Counted()", "Counted.count"),
]  # fmt: skip

_REGISTRY = "from tools import register\n@register\ndef mean(v):\n    return sum(v)"
_TRACE = "import functools\n\n\ndef traced(fn):\n    @functools.wraps(fn)\n    def inner(*a):\n        return fn(*a)\n    return inner\n"
_TRACED = "@traced\ndef mean(v):\n    return sum(v)"
_DEFAULT = "def dpi_of(d=conf.DPI):\n    return d"

DEFINED = [
    case("a decorator that wraps", GOES, "", "evaluate", "evaluate(len, [1])"),
    case("the setter of a property", GOES, "", "Sized", "Sized().size", copy="class Sized:\n    @property\n    def size(self):\n        return 1\n\n    @size.setter\n    def size(self, value):\n        pass", module="class Sized:\n    @property\n    def size(self):\n        return 1\n\n    @size.setter\n    def size(self, value):\n        pass\n"),
    case("a decorator of a context", GOES, "", "quiet", "with quiet():\n    pass"),
    case("a decorator that remembers", GOES, "", "cached", "cached(1)"),
    case("a decorator of a stranger", STAYS, "what its decorator @stranger.route('/') sees", "page", "import stranger", copy="@stranger.route('/')\ndef page():\n    return 1", module=MODULE + "\nimport stranger\n@stranger.route('/')\ndef page():\n    return 1\n"),
    case("a decorator that keeps it", STAYS, "what its decorator @register sees", "mean", "mean([1])", copy=_REGISTRY, module=_REGISTRY, files={"tools.py": "ALL = {}\n\n\ndef register(f):\n    ALL[f.__name__] = f\n    return f\n"}),
    case("a decorator of the notebook", GOES, "", "mean", _TRACE, "mean([1])", copy=_TRACED, module=_TRACE + "\n\n" + _TRACED),
    case("a default from a configuration", STAYS, "computes conf.DPI when it is defined", "dpi_of", "import conf", copy=_DEFAULT, module="import conf\n\n\n" + _DEFAULT, files={"conf.py": "DPI = 100\n"}),
    case("a default from a configuration, chosen", STAYS, "computes conf.FAST", "n_of", "import conf", copy="def n_of(n=1 if conf.FAST else 2):\n    return n", module="import conf\n\n\ndef n_of(n=1 if conf.FAST else 2):\n    return n\n", files={"conf.py": "FAST = True\n"}),
    case("a default that is a stream", STAYS, "computes sys.stdout", "say", "import sys", copy="def say(m, out=sys.stdout):\n    out.write(m)", module="import sys\n\n\ndef say(m, out=sys.stdout):\n    out.write(m)\n"),
    case("a default from the environment", STAYS, "computes os.environ['HOME']", "home", "import os", copy="def home(at=os.environ['HOME']):\n    return at", module="import os\n\n\ndef home(at=os.environ['HOME']):\n    return at\n"),
    case("a default that is a constant of a library", GOES, "", "turn", "import math", "turn()", copy="def turn(a=2 * math.pi):\n    return a", module="import math\n\n\ndef turn(a=2 * math.pi):\n    return a\n"),
    case("a default that is a type of a library", GOES, "", "cast", "import torch", "cast(1)", copy="def cast(x, dtype=torch.float32):\n    return x", module="import torch\n\n\ndef cast(x, dtype=torch.float32):\n    return x\n"),
    case("a default that a library's attribute is given first", STAYS, "computes stranger.rate", "at", "import stranger\nstranger.rate = 3", copy="def at(r=stranger.rate):\n    return r", module="import stranger\n\n\ndef at(r=stranger.rate):\n    return r\n"),
]  # fmt: skip

RUNNING = [
    case("a warning", STAYS, "warns", "complain", "complain(1)"),
    case("a warning of the project", STAYS, "warns", "old", "import lib", "old(1)", copy="def old(x):\n    return lib.old(x)", module="import lib\n\n\ndef old(x):\n    return lib.old(x)\n", files={"lib.py": "import warnings\n\n\ndef old(x):\n    warnings.warn('old', stacklevel=2)\n    return x\n"}),
    case("a log without a place", GOES, "", "note", "note(1)"),
    case("a log with the place", STAYS, "tells the place", "note", "import logging\nlogging.basicConfig(format='%(module)s %(message)s', force=True)", "note(1)"),
    case("a log with the function, of the same name", GOES, "", "note", "import logging\nlogging.basicConfig(format='%(funcName)s %(message)s')"),
    case("a log with the function, of another name", STAYS, "tells the name of the function", "remark", "import logging\nlogging.basicConfig(format='%(funcName)s %(message)s')", copy=COPIES["note"].replace("note", "remark"), alias="note"),
    case("a frame", STAYS, "looks at the frame", "me", "from inspect import currentframe as here", copy="def me():\n    return here().f_globals['__name__']", module="from inspect import currentframe as here\n\n\ndef me():\n    return here().f_globals['__name__']\n"),
    case("a query of an argument", GOES, "", "above", "above(frame, 1)"),
    case("a query of a name of the module", STAYS, 'looks up "LIMIT"', "beyond", "LIMIT = 3", "beyond(frame)"),
    case("a local that may be unbound, of another name", STAYS, 'may read "found" before it is bound', "last", "last([1])", copy=COPIES["last"].replace("result", "found")),
    case("a local that is surely bound, of another name", GOES, "", "total", "total([1])", copy=COPIES["total"].replace("result", "found")),
    case("a call that does not bind, of another name", STAYS, "does not bind, and the error names it", "summed", "try:\n    summed()\nexcept TypeError as error:\n    print(error)", copy=SUM, alias="total"),
    case("calls that bind, of another name", GOES, "", "summed", "summed([1]), summed(values=[2])", copy=SUM, alias="total"),
]  # fmt: skip

_OTHER = "def add(p, q=1):\n    return p + q"
UNSEEN = [
    case("through the module of the notebook", STAYS, "another way than its name", "add", "import __main__ as me", "me.add(1, q=2)", copy=_OTHER),
    case("imported from the notebook", STAYS, "another way than its name", "add", "from __main__ import add as plus", "plus(1, q=2)", copy=_OTHER),
    case("through the kernel", STAYS, "another way than its name", "add", "get_ipython().user_ns['add'](1, q=2)", copy=_OTHER),
    case("in a module of the project", STAYS, ", through tools, calls it by another way", "add", "import tools\ntools.run()", copy=_OTHER, files={"tools.py": "def run():\n    import __main__\n    return __main__.add(1, q=2)\n"}),
    case("in a file that runs among the names", STAYS, "runs a file among", "add", "%run -i script.py", copy=_OTHER),
    case("through the module of the notebook, unchanged", GOES, "", "add", "import __main__ as me", "me.add(1, b=2)"),
    case("by its name, in another module's way", GOES, "", "add", "import tools\ntools.run(add(1, q=2))", copy=_OTHER, files={"tools.py": "def run(x):\n    return x\n"}),
]  # fmt: skip

HARMLESS = [
    case("a function that collates", GOES, "", "add", "from torch.utils.data import DataLoader\nDataLoader([1], collate_fn=add);"),
    case("a function that is mapped over a data set", GOES, "", "typed", "from datasets import load_dataset\nds = load_dataset('x').map(typed, batched=True)"),
    case("a function that measures", GOES, "", "add", "from transformers import Trainer\ntrainer = Trainer(compute_metrics=add)"),
    case("a function that a model applies", GOES, "", "add", "model = make_model()\nmodel.apply(add);"),
    case("the same decorator, another docstring", GOES, "", "evaluate", "evaluate(len, [1])", copy=COPIES["evaluate"].replace("Evaluate.", "Other.")),
    case("the same decorator, more annotations", GOES, "", "evaluate", "evaluate(len, [1])", copy=COPIES["evaluate"].replace("model, data", "model: object, data: list")),
    case("a class that a function of the notebook makes", GOES, "", "Net", "def build():\n    return Net().to('cpu')\nmodel = build()", "sum(p.numel() for p in model.parameters())"),
    case("a thread", GOES, "", "add", "from threading import Thread\nThread(target=add, args=(1,)).start()", copy=COPIES["add"]),
]  # fmt: skip

CASES = [*LOOKED_AT, *SHOWN, *STORED, *IDENTITY, *DEFINED, *RUNNING, *UNSEEN, *HARMLESS]


def willing(*about):
    """The user wants everything to be replaced that can be."""
    return ()


def test_decorators_are_named_by_where_they_come_from():
    assert "typing_extensions.override" in DECORATORS
    assert all("." in name for name in DECORATORS)


@pytest.mark.parametrize(
    ("goes", "reason", "name", "copy", "cells", "files", "module", "alias"), CASES
)
def test_observed(goes, reason, name, copy, cells, files, module, alias, tmp_path: Path):
    (tmp_path / "plots.py").write_text(module)
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    # The copy stands behind what it needs, and before what uses it.
    first = [cell for cell in cells if f"{name}(" not in cell][:1]
    rest = [cell for cell in cells if cell not in first]
    document = read(notebook(IMPORTS, *first, copy, *rest))
    target = read_target_module("plots", notebook=tmp_path / "n.ipynb")
    found = judge(
        timeline(document.cells),
        [Accepted(target, "renamed")],
        {name: alias} if alias else {},
        willing,
    )
    verdict = next(one for one in found if one.definition.name == name)
    said = "; ".join(map(str, verdict.reasons))
    assert verdict.accepted is goes, said
    assert reason in said


def test_as_many_cases_go_as_stay():
    going = sum(param.values[0] for param in CASES)
    assert 0.4 < going / len(CASES) < 0.6

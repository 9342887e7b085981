"""What importing a module does: small modules, and the line that does something, if any."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbrefactor.effects.inert import ImportReader
from nbrefactor.library.locate import locate

F = "def f(x):\n    return x + 1\n"


def acts(folder: Path, module: str = "m", present: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    location = locate(
        module, notebook=folder / "x.ipynb", environment=[str(folder / "site-packages")]
    )
    return [(act.kind, act.text) for act in ImportReader(location, present).acts(module)]


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


INERT = {
    "definitions": F + "class A:\n    x = 1\n    def g(self):\n        print(self)\n",
    "docstrings and literals": '"""Text."""\n__all__ = ["f"]\nX = {"a": [1, (2, 3)]}\nY: int = -1\nZ = f"{Y:d}"\n',
    "arithmetic on what is bound above": "import math\nX = 2\nY = [math.pi * X, *range(X)]\nZ = {k: k**2 for k in Y}\n",
    "several targets": "A = B = 1\n(C, *D), E = (1, 2), 3\nA += 1\nif (N := 3) > 2:\n    pass\n",
    "known calls": "import re\nimport numpy as np\nWORD = re.compile('a+', re.M)\nX = np.arange(3)\nL = 'a b'.split()\n",
    "a logger": "import logging\nlogger = logging.getLogger(__name__)\n",
    "paths from its own file": "import os\nfrom pathlib import Path\nA = Path(__file__).resolve().parent / 'data'\nB = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')\n",
    "questions where files are": "import os\nfrom pathlib import Path\nA = os.path.isfile('x') or os.path.isdir('x') or os.path.islink('x') or os.path.exists('x')\nB = Path('x').is_file() or Path('x').is_dir() or Path('x').exists()\nC = os.path.realpath('x'), os.path.expanduser('~'), Path('x').absolute(), Path('~').expanduser()\n",
    "types": "from typing import Dict, List, TypeVar, Union\nT = TypeVar('T')\nAlias = Dict[str, List[Union[int, T]]]\ndef f(x: Alias) -> 'Unknown':\n    return x\n",
    "a named tuple and an enumeration": "import enum\nfrom collections import namedtuple\nP = namedtuple('P', 'x y')\nclass C(enum.Enum):\n    A = enum.auto()\n",
    "transparent decorators": "import functools, contextlib, abc\n@functools.lru_cache(maxsize=None)\ndef f(x): return x\n@contextlib.contextmanager\ndef g(): yield\nclass A(abc.ABC):\n    @property\n    def x(self): return 1\n    @x.setter\n    def x(self, v): pass\n    @staticmethod\n    def s(): pass\n    @abc.abstractmethod\n    def t(self): pass\n",
    "a dataclass": "from dataclasses import dataclass, field\n@dataclass(frozen=True)\nclass A:\n    x: int = 1\n    y: list = field(default_factory=list)\n    z: dict = field(default_factory=lambda: {'a': 1})\nDEFAULT = A()\n",
    "a decorator of its own that only wraps": "def loud(f):\n    def inner(*a):\n        return [f(*a)]\n    return inner\n@loud\ndef f(x): return x\n",
    "a function of its own that only computes": "import platform\ndef pick(a):\n    if a:\n        return 'x'.upper()\n    return 'y'\nX = pick(True)\n",
    "a guarded main": F + "def main():\n    print(f(1))\nif __name__ == '__main__':\n    main()\n",
    "imports for types only": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import not_there\ndef f(x): return x\n",
    "a fallback for a missing package": "try:\n    import not_there\nexcept ImportError:\n    not_there = None\n",
    "a missing package suppressed": "from contextlib import suppress\nwith suppress(ImportError):\n    import not_there\n",
    "a complaint about what is there": "try:\n    import json\nexcept ImportError:\n    raise RuntimeError('no json')\n",
    "a module for another Python": "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import not_there\n",
    "annotations that are never read": "from __future__ import annotations\ndef f(x: Missing) -> Missing2: return x\n",
    "a list of its own that grows": "NAMES = []\nNAMES.append('a')\n__all__ = ['f']\n__all__ += ['g']\ndel NAMES\n",
    "a closure and a lambda": "f = lambda x: print(x)\ng = sorted\n",
    "a subclass": "class A:\n    pass\nclass B(A, object):\n    pass\nclass E(ValueError):\n    pass\n",
    "divisors that are no zero": "A = 100\nB = A / 7 + A // 3 - A % 9\nC = 2**10 >> 3 << 1\nD = 'row %d' % A\n",
    "indices that are there": "SIZES = [1, 2, 3]\nA = SIZES[-1]\nTABLE = {'a': SIZES}\nB = TABLE['a'][0]\nC = 'abc'[::2]\n",
    "texts that are numbers": "A = int('12') + float('1e3')\nB = max(len(w) for w in 'a bb'.split())\n",
    "as many targets as values": "A, (B, *C) = 1, [2, 3, 4]\nD, E = 'xy'\nF, G = range(2)\nH, I = print, len\n",
    "alternatives of types": "from __future__ import annotations\nfrom typing import Optional\nclass A: pass\nB = int | None\nC = A | str | Optional[int]\n",
    "a generic class of its own": "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass A(Generic[T]): pass\nB = A[int]\n",
    "a record with all that it needs": "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\n    y: int = 2\nB = A(1)\nC = A(x=1, y=3)\n",
    "an array and numbers": "import numpy as np\nA = np.arange(3) * 2 / 3\nB = -np.zeros(2)\n",
    "a pattern with flags": "import re\nA = re.compile(r'(\\w+)', re.I | re.M)\n",
}  # fmt: skip


@pytest.mark.parametrize("source", INERT.values(), ids=INERT.keys())
def test_binds_names_only(tmp_path: Path, source: str) -> None:
    write(tmp_path, {"m.py": source, "site-packages/numpy/__init__.py": ""})
    assert acts(tmp_path) == []


ACTING = {
    "a print": ("print('x')\n", "print('x')"),
    "a print in a class": ("class A:\n    print('x')\n", "print('x')"),
    "a print in the else of a guard": ("if __name__ == '__main__':\n    pass\nelse:\n    print(1)\n", "print(1)"),
    "a print under a condition": ("import sys\nif sys.argv:\n    print(1)\n", "print(1)"),
    "a print in finally": ("try:\n    X = 1\nfinally:\n    print(1)\n", "print(1)"),
    "a seed": ("import random\nrandom.seed(0)\n", "random.seed(0)"),
    "a seed that is kept": ("import numpy as np\n_ = np.random.seed(0)\n", "np.random.seed(0)"),
    "a seed under another name": ("from random import seed as start\nstart(0)\n", "start(0)"),
    "a draw in a comprehension": ("import random\nX = [random.random() for _ in 'ab']\n", "[random.random() for _ in 'ab']"),
    "a draw in a default": ("import random\ndef f(x=random.random()): return x\n", "random.random()"),
    "a draw in a tuple": ("import random\nX, Y = 1, random.random()\n", "(1, random.random())"),
    "a loop": ("for i in range(2):\n    pass\n", "for i in range(2):"),
    "an endless loop": ("while True:\n    pass\n", "while True:"),
    "an assertion": ("assert True\n", "assert True"),
    "an error": ("raise RuntimeError('x')\n", "raise RuntimeError('x')"),
    "the end of the process": ("import sys\nsys.exit(0)\n", "sys.exit(0)"),
    "a file that is read": ("X = open('x.txt').read()\n", "open('x.txt').read()"),
    "a file of pathlib": ("from pathlib import Path\nX = Path('x').read_text()\n", "Path('x').read_text()"),
    "the environment changed": ("import os\nos.environ['A'] = 'b'\n", "os.environ['A'] = 'b'"),
    "the environment updated": ("import os\nos.environ.update(A='b')\n", "os.environ.update(A='b')"),
    "the environment, which may lack it": ("import os\nX = os.environ['HOME']\n", "os.environ['HOME']"),
    "an argument, which may be missing": ("import sys\nX = sys.argv[1]\n", "sys.argv[1]"),
    "a library changed": ("import json\njson.dumps = None\n", "json.dumps = None"),
    "a setting under another name": ("from matplotlib import rcParams as rc\nrc['a'] = 1\n", "rc['a'] = 1"),
    "a context changed": ("import decimal\ndecimal.getcontext().prec = 5\n", "decimal.getcontext().prec = 5"),
    "warnings filtered": ("import warnings\nwarnings.filterwarnings('ignore')\n", "warnings.filterwarnings('ignore')"),
    "a function given an attribute": (F + "f.k = 1\n", "f.k = 1"),
    "a function changed by setattr": (F + "setattr(f, 'k', 1)\n", "setattr(f, 'k', 1)"),
    "a class changed by a call": ("import dataclasses\nclass V:\n    x: int = 0\ndataclasses.dataclass(V)\n", "dataclasses.dataclass(V)"),
    "a class registered": ("from abc import ABC\nclass P(ABC): pass\nP.register(list)\n", "P.register(list)"),
    "a registry filled": (F + "REGISTRY = {}\nREGISTRY['f'] = f\n", "REGISTRY['f'] = f"),
    "names bound by text": ("globals()['X'] = 1\n", "globals()['X'] = 1"),
    "names bound through the module": ("import sys\nsetattr(sys.modules[__name__], 'X', 1)\n", "setattr(sys.modules[__name__], 'X', 1)"),
    "text that runs": ("exec('X = 1')\n", "exec('X = 1')"),
    "a cache that is warmed": ("import functools\n@functools.lru_cache\ndef f(x): return x\nf(1)\n", "f(1)"),
    "a default that is filled": ("def f(x, seen=[]):\n    seen.append(x)\nf(1)\n", "f(1)"),
    "an instance that counts": ("class N:\n    c = 0\n    def __init__(self):\n        N.c += 1\nROOT = N()\n", "N()"),
    "a function of its own that prints": ("def hello():\n    print(1)\nhello()\n", "hello()"),
    "a function of its own that prints later": ("def a():\n    b()\ndef b():\n    print(1)\na()\n", "a()"),
    "a decorator of its own that registers": ("ALL = {}\ndef keep(f):\n    ALL[f.__name__] = f\n    return f\n@keep\ndef f(x): return x\n", "@keep"),
    "a decorator that nobody knows": ("from nobody import keep\n@keep\ndef f(x): return x\n", "@keep"),
    "a decorator in a class": ("from nobody import keep\nclass A:\n    @keep\n    def f(self): pass\n", "@keep"),
    "a registration in a dispatcher": ("import functools\n@functools.singledispatch\ndef f(x): return x\n@f.register(int)\ndef _(x): return 0\n", "@f.register(int)"),
    "a call that nobody knows": ("import nobody\nX = nobody.make()\n", "nobody.make()"),
    "a callback that prints": ("X = list(sorted([1], key=lambda x: print(x)))\n", "list(sorted([1], key=lambda x: print(x)))"),
    "a list of another module that grows": ("import sys\nsys.path.append('x')\n", "sys.path.append('x')"),
    "an imported list that grows": ("from nobody import ITEMS\nITEMS += [1]\n", "ITEMS += [1]"),
    "a subclass that runs a hook": ("class A:\n    def __init_subclass__(cls):\n        print(cls)\nclass B(A): pass\n", "__init_subclass__ of A"),
    "a metaclass of its own": ("class M(type): pass\nclass A(metaclass=M): pass\n", "the metaclass of A"),
    "a module that shows itself": ("import this\n", "import this"),
    "a division by what a call gives": ("import os\nX = 1 / os.getpid()\n", "1 / os.getpid()"),
    "a division in a function of its own": ("def half(x):\n    return 1 / x\nX = half(0)\n", "half(0)"),
    "a function of its own given too little": ("def f(x):\n    return 1\nX = f()\n", "f()"),
    "a record given too little": ("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\nB = A()\n", "A()"),
    "an index into what a call gives": ("import os\nX = os.getcwd()[500]\n", "os.getcwd()[500]"),
    "an index into a list that has changed": ("A = [1]\nA.clear()\nB = A[0]\n", "A[0]"),
    "an index into a list that has changed through another name": ("A = [1]\nB = A\nB.clear()\nC = A[0]\n", "A[0]"),
    "an index into a table that may be another": ("import os\nif os.getpid() > 5:\n    A = [1]\nelse:\n    A = []\nB = A[0]\n", "A[0]"),
    "an index into a table that a function binds": ("A = [1]\ndef empty():\n    global A\n    A = []\nempty()\nB = A[0]\n", "A[0]"),
    "a text that is added to a number": ("X = 1\nX += 'a'\n", "X += 'a'"),
    "a number out of a text that a call gives": ("import os\nX = int(os.getcwd())\n", "int(os.getcwd())"),
    "a method of what may be nothing": ("import os\nX = os.environ.get('X').split()\n", "os.environ.get('X').split()"),
    "a method that may not find": ("import os\nX = [1].index(os.getpid())\n", "[1].index(os.getpid())"),
    "as many targets as a call gives": ("import os\nA, B = os.getcwd()\n", "A, B = os.getcwd()"),
    "keys that may not be keys": ("from nobody import K\nX = {K[0]: 1}\n", "{K[0]: 1}"),
    "an order of what may have none": ("import numpy as np\nX = np.arange(3) < [1, 2]\n", "np.arange(3) < [1, 2]"),
    "the truth of an array": ("import numpy as np\nX = 1 if np.arange(3) else 2\n", "1 if np.arange(3) else 2"),
    "arrays of two sizes": ("import numpy as np\nX = np.arange(3) + np.arange(4)\n", "np.arange(3) + np.arange(4)"),
    "a power that is too big to look at": ("X = 9**9**9\n", "9 ** 9 ** 9"),
    "a text that is too long to look at": ("X = 'a' * 10**9\n", "'a' * 10 ** 9"),
    "a format that is too wide to look at": ("X = '%099999999d' % 1\n", "'%099999999d' % 1"),
    "a range that is too long to look at": ("X = list(range(10**12))\n", "list(range(10 ** 12))"),
    "a loop that is too long to look at": ("X = [i * j for i in range(999) for j in range(999)]\n", "[i * j for i in range(999) for j in range(999)]"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "text"), ACTING.values(), ids=ACTING.keys())
def test_does_something(tmp_path: Path, source: str, text: str) -> None:
    libraries = {f"site-packages/{name}.py": "" for name in ("numpy", "matplotlib", "nobody")}
    write(tmp_path, {"m.py": source, **libraries})
    assert text in [what for kind, what in acts(tmp_path) if kind in ("runs", "unknown")]


FAILING = {
    "a name that nothing binds": ("X = missing\n", ("fails", "missing")),
    "a name that is bound below": ("X = Y\nY = 1\n", ("fails", "Y")),
    "a base that nothing binds": ("class A(Missing): pass\n", ("fails", "Missing")),
    "an annotation that is read": ("def f(x: Missing): return x\n", ("fails", "Missing")),
    "a package that is not there": ("import not_there.part\n", ("missing", "not_there")),
    "a package that is only sometimes caught": ("try:\n    import not_there\nexcept ValueError:\n    pass\n", ("missing", "not_there")),
    "a relative import without a package": ("from . import helper\n", ("fails", "from . import helper")),
    "a name that its neighbour lacks": ("from helper import missing\n", ("fails", "from helper import missing")),
    "a neighbour in a circle": ("from circle import X\nY = 1\n", ("fails", "from m import Y")),
    "a neighbour that does not parse": ("import broken\n", ("fails", "import broken")),
    "a module that its package lacks": ("import pkg.missing\n", ("missing", "pkg.missing")),
    "a name that an installed module lacks": ("from plain import missing\n", ("fails", "from plain import missing")),
    "a module that an installed package lacks": ("import plain.missing\n", ("missing", "plain.missing")),
    "a division by zero": ("X = 1 / 0\n", ("fails", "1 / 0")),
    "a remainder of zero": ("N = 0\nX = 5 % N\n", ("fails", "5 % N")),
    "a division by zero in a default": ("def f(x=1 // 0): return x\n", ("fails", "1 // 0")),
    "a division by zero in a call": ("X = print if len(str(1 / 0)) else len\n", ("fails", "print if len(str(1 / 0)) else len")),
    "a shift to the wrong side": ("X = 1 << -1\n", ("fails", "1 << -1")),
    "a power of zero": ("X = 0**-1\n", ("fails", "0 ** (-1)")),
    "an index that is not there": ("A = [1, 2]\nX = A[2]\n", ("fails", "A[2]")),
    "a key that is not there": ("A = {'a': 1}\nX = A['b']\n", ("fails", "A['b']")),
    "a text that is no number": ("X = int('x')\n", ("fails", "int('x')")),
    "types that cannot be added": ("X = 'a' + 1\n", ("fails", "'a' + 1")),
    "a list as a key": ("X = {[1]: 2}\n", ("fails", "{[1]: 2}")),
    "a pattern that is none": ("import re\nX = re.compile('(')\n", ("fails", "re.compile('(')")),
    "the root of a negative number": ("import math\nX = math.sqrt(-1)\n", ("fails", "math.sqrt(-1)")),
    "more targets than values": ("A, B = (1,)\n", ("fails", "A, B = (1,)")),
    "fewer targets than values": ("A, (B, *C), D = 1, (), 3\n", ("fails", "A, (B, *C), D = (1, (), 3)")),
    "a field that is no name": ("from collections import namedtuple\nP = namedtuple('P', 'class')\n", ("fails", "namedtuple('P', 'class')")),
    "a format that its value has not": ("X = '{:d}'.format('a')\n", ("fails", "'{:d}'.format('a')")),
    "a module that an installed module cannot have": ("from lazy import part\nimport lazy.part\n", ("missing", "lazy.part")),
}  # fmt: skip

INSTALLED = {
    "site-packages/plain.py": "X = 1\n",
    "site-packages/named.py": "from plain import X as part\n",
    "site-packages/lazy.py": "def __getattr__(name):\n    return name\n",
    "site-packages/dynamic.py": "globals().update(X)\n",
    "site-packages/starred.py": "from plain import *\n",
    "site-packages/package/__init__.py": "",
    "site-packages/package/part.py": "",
}


@pytest.mark.parametrize(("source", "act"), FAILING.values(), ids=FAILING.keys())
def test_fails(tmp_path: Path, source: str, act: tuple[str, str]) -> None:
    files = {"helper.py": F, "broken.py": "def", "pkg/__init__.py": ""}
    files["circle.py"] = "from m import Y\nX = 1\n"
    write(tmp_path, {"m.py": source, **files, **INSTALLED})
    assert act in acts(tmp_path)


@pytest.mark.parametrize("module", ["named", "lazy", "dynamic", "starred", "package"])
def test_an_installed_module_may_have_what_its_text_does_not_bind(
    tmp_path: Path, module: str
) -> None:
    write(tmp_path, {"m.py": f"from {module} import part\n", **INSTALLED})
    assert acts(tmp_path) == []


def test_what_it_imports_of_the_project_counts(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pkg/__init__.py": "import random\nrandom.seed(0)\n",
            "pkg/m.py": "from .deep import helper\nfrom . import side\n",
            "pkg/deep/__init__.py": "",
            "pkg/deep/helper.py": "import lib\nprint('helper')\n",
            "pkg/side.py": "print('side')\n",
            "site-packages/lib.py": "print('an installed library')\n",
        },
    )
    assert acts(tmp_path, "pkg.m") == [
        ("runs", "random.seed(0)"),
        ("runs", "print('helper')"),
        ("runs", "print('side')"),
    ]


def test_hooks_and_decorators_of_neighbours_are_read(tmp_path: Path) -> None:
    base = (
        "class Quiet:\n    pass\nclass Hooked:\n    def __init_subclass__(cls):\n        print(1)\n"
    )
    wraps = "def wrap(f):\n    return f\ndef keep(f):\n    print(f)\n    return f\n"
    source = (
        "from base import Quiet, Hooked\nimport wraps\nclass A(Quiet): pass\nclass B(Hooked): pass\n"
        "@wraps.wrap\ndef f(x): return x\n@wraps.keep\ndef g(x): return x\n"
    )
    write(tmp_path, {"m.py": source, "base.py": base, "wraps.py": wraps})
    found = [text for _, text in acts(tmp_path)]
    assert found == ["__init_subclass__ of Hooked", "@wraps.keep"]


def test_what_is_said_to_be_present_is_not_missing(tmp_path: Path) -> None:
    write(tmp_path, {"m.py": "import torch.nn as nn\nfrom torch import Tensor\n"})
    assert acts(tmp_path) == [("missing", "torch"), ("missing", "torch")]
    assert acts(tmp_path, present=("torch",)) == []


def test_the_bundled_plots_bind_names_only(tmp_path: Path) -> None:
    location = locate("nbrefactor.viz", notebook=tmp_path / "x.ipynb")
    assert list(ImportReader(location).acts("nbrefactor.viz")) == []

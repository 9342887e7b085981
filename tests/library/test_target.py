import ast
import importlib
import itertools
import re
import sys
import textwrap
import time
from types import FunctionType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbrefactor.library.target import TargetError, read_target_module


def write(root, files):
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, bytes):
            path.write_bytes(source)
        else:
            path.write_text(textwrap.dedent(source), encoding="utf-8")


def read(root, name, files=None):
    write(root, files or {})
    return read_target_module(name, notebook=root / "Demo.ipynb", environment=[])


def origins(module):
    return {
        name: f"{target.module.name}.{target.node.name}" for name, target in module.targets.items()
    }


ONE_FILE = [
    pytest.param("def f(): pass", ["f"], [], [], id="a function"),
    pytest.param("async def f(): pass", ["f"], [], [], id="a coroutine"),
    pytest.param("class C: pass", ["C"], [], [], id="a class"),
    pytest.param("@cache\ndef f(): pass", ["f"], [], [], id="a decorated function"),
    pytest.param("def _f(): pass", ["_f"], [], [], id="a private function"),
    pytest.param("_X = 1", [], [], [], id="a private constant"),
    pytest.param("from json import dumps as _d", [], [], [], id="what was made private"),
    pytest.param("def _(): pass", [], [], [], id="a function for the last result's name"),
    pytest.param("def _3(): pass", [], [], [], id="a function for a result's name"),
    pytest.param("def __getattr__(n): pass", [], [], [], id="a function that Python calls"),
    pytest.param("def f(): pass\n__all__ = []", ["f"], [], [], id="one that is not listed"),
    pytest.param("X = 1", [], [], ["X"], id="a constant"),
    pytest.param("f = lambda: 0", [], [], ["f"], id="a lambda"),
    pytest.param("import numpy as np", [], [], ["np"], id="a module"),
    pytest.param("from json import dumps", [], [], ["dumps"], id="what the module uses itself"),
    pytest.param("from __future__ import annotations", [], [], ["annotations"], id="a feature"),
    pytest.param("class C:\n def f(self): pass", ["C"], [], [], id="methods are no functions"),
    pytest.param("def f():\n def g(): pass", ["f"], [], [], id="nor are inner ones"),
    pytest.param("def f(): pass\nf.x = 1", ["f"], [], [], id="a function with an attribute"),
    pytest.param("def f(): pass\ndef f(): pass", [], ["f"], [], id="defined twice"),
    pytest.param(
        "if x:\n def f(): pass\nelse:\n def f(): pass", [], ["f"], [], id="once in each branch"
    ),
    pytest.param("if x:\n def f(): pass", [], ["f"], [], id="under a condition"),
    pytest.param("for x in y:\n def f(): pass", [], [], ["f", "x"], id="in a loop"),
    pytest.param("def f(): pass\nf = d(f)", [], ["f"], [], id="decorated by hand"),
    pytest.param("def f(): pass\ndel f", [], ["f"], [], id="deleted"),
    pytest.param("def f(): pass\nfor f in x: pass", [], ["f"], [], id="a loop takes its name"),
    pytest.param("def f(): pass\nimport f", [], ["f"], [], id="a module takes its name"),
    pytest.param("def f(): pass\nf += 1", [], ["f"], [], id="added to"),
    pytest.param("def f(): pass\n(f := 1)", [], ["f"], [], id="a walrus takes its name"),
    pytest.param(
        "def f(): pass\nf.__defaults__ = (1,)", [], ["f"], [], id="its defaults are changed"
    ),
    pytest.param(
        "def f(): pass\ndef g():\n global f\n f = 1", ["g"], ["f"], [], id="a global statement"
    ),
    pytest.param(
        "def f(): pass\nfrom nowhere import *", [], ["f"], [], id="an unknown star import after it"
    ),
    pytest.param(
        "from nowhere import *\ndef f(): pass", ["f"], [], [], id="an unknown star import before it"
    ),
    pytest.param(
        "try:\n def f(): pass\nexcept E: pass", ["f"], [], [], id="in a try that may give up"
    ),
    pytest.param("try:\n import a\nexcept E:\n def a(): pass", [], ["a"], [], id="a replacement"),
    pytest.param("with x:\n def f(): pass", ["f"], [], [], id="in a with block"),
    pytest.param("if TYPE_CHECKING:\n def f(): pass", [], [], [], id="for type checkers only"),
    pytest.param(
        "if TYPE_CHECKING:\n from x import f\nelse:\n def f(): pass",
        ["f"],
        [],
        [],
        id="at run time only",
    ),
    pytest.param(
        "if __name__ == '__main__':\n f = 1\ndef f(): pass", ["f"], [], [], id="in the main block"
    ),
    pytest.param(
        "@overload\ndef f(a: int): ...\ndef f(a): pass", ["f"], [], [], id="with overloads"
    ),
    pytest.param("", [], [], [], id="an empty file"),
    pytest.param("\ufeffdef f(): pass", ["f"], [], [], id="a byte order mark"),
    pytest.param("def f():\n return '\\d'", ["f"], [], [], id="an odd escape"),
]


@pytest.mark.parametrize(("source", "targets", "ambiguous", "exports"), ONE_FILE)
def test_names_of_a_file_are_told_apart(tmp_path, source, targets, ambiguous, exports):
    module = read(tmp_path, "m", {"m.py": source})
    assert list(module.targets) == targets
    assert list(module.ambiguous) == ambiguous
    assert sorted(module.exports) == exports


REASONS = [
    pytest.param("def f(): pass\n\ndef f(): pass", "bound more than once (rows 1 and 3)", id="two"),
    pytest.param("def f(): pass\nf = d(f)", "bound more than once (rows 1 and 2)", id="rebound"),
    pytest.param("def f(): pass\ndel f", "deleted (row 2)", id="deleted"),
    pytest.param("if x:\n def f(): pass", "bound only under a condition (row 2)", id="condition"),
    pytest.param(
        "def f(): pass\nfrom x import *",
        'may be replaced by "from x import *" (row 2)',
        id="star import",
    ),
    pytest.param(
        "def f(): pass\nf.__kwdefaults__ = {}",
        "its __kwdefaults__ is changed (row 2)",
        id="defaults",
    ),
    pytest.param("def f(): pass\nfor f in x: pass", "bound in a loop (row 2)", id="loop"),
]


@pytest.mark.parametrize(("source", "reason"), REASONS)
def test_ambiguous_name_has_its_reason(tmp_path, source, reason):
    assert read(tmp_path, "m", {"m.py": source}).ambiguous == {"f": reason}


DEF = "def f(): pass\ndef g(): pass\ndef _h(): pass\nX = 1\n"
REEXPORTS = [
    pytest.param("from ._x import f", {"f": "p._x.f"}, id="a name"),
    pytest.param("from ._x import f as h", {"h": "p._x.f"}, id="under another name"),
    pytest.param("from ._x import _h as h", {"h": "p._x._h"}, id="a private one made public"),
    pytest.param("from ._x import f as _f", {}, id="a public one made private"),
    pytest.param("from ._x import X", {}, id="a constant"),
    pytest.param("from . import _x as x", {}, id="a module"),
    pytest.param("from ._x import *", {"f": "p._x.f", "g": "p._x.g"}, id="all public ones"),
    pytest.param("from p._x import f", {"f": "p._x.f"}, id="by the absolute name"),
    pytest.param("from ._x import f, missing", {"f": "p._x.f"}, id="with one that is not there"),
    pytest.param("from ._y import f", {"f": "p._x.f"}, id="through another module"),
    pytest.param("from .sub import f", {"f": "p._x.f"}, id="through a package further in"),
    pytest.param("from ._listed import *", {"g": "p._listed.g"}, id="the listed ones only"),
    pytest.param("from ._added import *", {"f": "p._x.f", "g": "p._x.g"}, id="lists added up"),
    pytest.param("from ._open import *", {"f": "p._open.f"}, id="a list that is computed in part"),
    pytest.param("from ._private import *", {}, id="a private name that is listed stays private"),
    pytest.param("from .loop_a import *", {"a": "p.loop_a.a", "b": "p.loop_b.b"}, id="a cycle"),
    pytest.param("from . import f", {}, id="a name from the package itself"),
    pytest.param(
        "try:\n from ._x import f\nexcept ImportError:\n pass", {"f": "p._x.f"}, id="in a try"
    ),
    pytest.param(
        "try:\n from ._c import f\nexcept ImportError:\n from ._x import f", {}, id="one of two"
    ),
    pytest.param("if TYPE_CHECKING:\n from ._x import f", {}, id="for type checkers only"),
    pytest.param("if x:\n from ._x import f", {}, id="under a condition"),
    pytest.param("from ._x import f\nfrom ._y import f", {"f": "p._x.f"}, id="the same twice"),
    pytest.param("from ._x import f\nfrom ._listed import f", {}, id="two different ones"),
    pytest.param(
        "from ._x import *\ndef g(): pass",
        {"f": "p._x.f", "g": "p.g"},
        id="a definition after a star import",
    ),
    pytest.param("def g(): pass\nfrom ._x import *", {"f": "p._x.f"}, id="and before one"),
    pytest.param(
        "from .t import t\nfrom .t import other", {"t": "p.t.t"}, id="a function named as its file"
    ),
    pytest.param(
        "from ._x import f as t\nfrom .t import other",
        {},
        id="a file that takes the function's name",
    ),
    pytest.param("def t(): pass", {}, id="a submodule may take the name later"),
    pytest.param("from .t import other\ndef t(): pass", {"t": "p.t"}, id="or has had it already"),
    pytest.param("from . import _x as t\ndef t(): pass", {}, id="a module and then a function"),
    pytest.param(
        "from ._x import *\nfrom .early import f as e\ndef f(): pass",
        {"f": "p.f", "g": "p._x.g"},
        id="imported while its package is half done",
    ),
    pytest.param("from q import h", {"h": "q.h"}, id="from another package"),
    pytest.param("from json import dumps", {}, id="from the standard library"),
    pytest.param(
        "from json import dumps\n__all__ = ['dumps']", {}, id="listed, but not in this environment"
    ),
    pytest.param("from ._bad import f", {}, id="from a file that does not parse"),
    pytest.param("from ._gone import f", {}, id="from a file that is not there"),
    pytest.param("from .... import f", {}, id="from beyond the top"),
    pytest.param(
        "def __getattr__(name):\n from ._x import f\n return f", {}, id="lazily, when asked for"
    ),
]
PACKAGE = {
    "p/_x.py": DEF,
    "p/_y.py": "from ._x import f",
    "p/sub/__init__.py": "from .._y import f",
    "p/_listed.py": DEF + "__all__ = ['g', 'X']",
    "p/_part.py": "from ._x import g\n__all__ = ['g']",
    "p/_added.py": (
        "from . import _part\nfrom ._x import f\nfrom ._part import *\n"
        "__all__ = ['f']\n__all__ += _part.__all__\n__all__.extend(['X'])\n__all__.append('Y')"
    ),
    "p/_open.py": DEF + "__all__ = ['f'] + list_more()",
    "p/_private.py": DEF + "__all__ = ['_h']",
    "p/loop_a.py": "from .loop_b import *\ndef a(): pass",
    "p/loop_b.py": "from .loop_a import *\ndef b(): pass",
    "p/t.py": "def t(): pass\ndef other(): pass",
    "p/early.py": "from . import f",
    "p/_bad.py": "def f(:",
    "q/__init__.py": "def h(): pass",
}


@pytest.mark.parametrize(("init", "expected"), REEXPORTS)
def test_reexports_are_followed_to_their_definition(tmp_path, init, expected):
    module = read(tmp_path, "p", {**PACKAGE, "p/__init__.py": init})
    found = {name: origin for name, origin in origins(module).items() if name != "other"}
    assert found == expected


def test_reason_from_another_module_names_it(tmp_path):
    files = {"p/__init__.py": "from ._x import f", "p/_x.py": "def f(): pass\ndef f(): pass"}
    assert read(tmp_path, "p", files).ambiguous == {
        "f": "in p._x: bound more than once (rows 1 and 2)"
    }


def test_target_carries_the_file_that_defines_it(tmp_path):
    files = {"p/__init__.py": "from ._x import f as g", "p/_x.py": "Y = 1\ndef f(): return Y"}
    target = read(tmp_path, "p", files).targets["g"]
    assert target.name == "g"
    assert target.module.path == tmp_path / "p/_x.py"
    assert target.module.package == "p"
    assert ast.get_source_segment(target.module.source, target.node) == "def f(): return Y"


PLAIN = [
    pytest.param("from q import h", {}, id="from another package, for its own use"),
    pytest.param("from q import h\n__all__ = ['h']", {"h": "q.h"}, id="from one, and listed"),
    pytest.param("from q import *\n__all__ = ['h']", {"h": "q.h"}, id="from a star, and listed"),
    pytest.param("from helpers import h", {"h": "helpers.h"}, id="from a file beside it"),
    pytest.param("from helpers import *", {"h": "helpers.h"}, id="all of a file beside it"),
]


@pytest.mark.parametrize(("source", "expected"), PLAIN)
def test_file_hands_on_what_lies_beside_it(tmp_path, source, expected):
    write(tmp_path, {"env/q.py": "def h(): pass", "m.py": source})
    write(tmp_path, {"helpers.py": "def h(): pass"})
    module = read_target_module(
        "m", notebook=tmp_path / "Demo.ipynb", environment=[str(tmp_path / "env")]
    )
    assert origins(module) == expected


def test_path_and_name_give_the_same_module(tmp_path):
    write(tmp_path, {"p/__init__.py": "", "p/m.py": DEF})
    by_name = read(tmp_path, "p.m")
    by_path = read(tmp_path, "p/m.py")
    assert by_path.name == by_name.name == "p.m"
    assert by_path.importable_from == by_name.importable_from == tmp_path
    assert list(by_path.targets) == list(by_name.targets) == ["f", "g", "_h"]


NOTES = [
    pytest.param({"m.py": DEF}, "", id="nothing to say"),
    pytest.param({"m.py": "globals().update(x)"}, "binds names while it is imported", id="dynamic"),
    pytest.param(
        {"m.py": "from bad import f", "bad.py": "def f(:"},
        r"bad\.py does not parse as Python: row 1",
        id="a file that does not parse",
    ),
    pytest.param(
        {"m.py": "from bad import f", "bad.py": b"x = '\xff'"}, "is not UTF-8", id="or decode"
    ),
]


@pytest.mark.parametrize(("files", "note"), NOTES)
def test_note_says_what_could_not_be_known(tmp_path, files, note):
    found = read(tmp_path, "m", files).note
    assert re.search(note, found) if note else found == ""


UNREADABLE = [
    pytest.param(b"def f(:\n", "does not parse as Python: row 1: ", id="a syntax error"),
    pytest.param(b"x = 1\ny = (\n", "does not parse as Python: row 2: ", id="an open bracket"),
    pytest.param(b"print 'hello'\n", "does not parse as Python", id="Python 2"),
    pytest.param(b"x = '\xff'\n", "is not UTF-8: byte 5", id="not UTF-8"),
    pytest.param(
        b"# -*- coding: nonsense -*-\n",
        "declares an encoding that is not known",
        id="an unknown encoding",
    ),
    pytest.param(b"x = 1\0\n", "does not parse as Python", id="a null byte"),
    pytest.param(b"# -*- coding: ascii -*-\nx = '\xe9'\n", "is not ASCII", id="not as declared"),
]


@pytest.mark.parametrize(("content", "reason"), UNREADABLE)
def test_unreadable_source_is_refused_with_the_reason(tmp_path, content, reason):
    with pytest.raises(TargetError, match=reason) as caught:
        read(tmp_path, "m", {"m.py": content})
    assert str(tmp_path / "m.py") in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = " + "(" * 5000 + ")" * 5000, id="brackets"),
        pytest.param("x = " + "-" * 5000 + "1", id="signs"),
    ],
)
def test_source_nested_too_deeply_is_no_crash(tmp_path, source):
    # Which depth is too much differs between versions of Python.
    outcomes = []
    try:
        outcomes += read(tmp_path, "m", {"m.py": source + "\ndef f(): pass"}).targets
    except TargetError as error:
        outcomes += [word for word in ("nested", "parse") if word in str(error)]
    assert outcomes


def test_declared_encoding_is_used(tmp_path):
    content = "# -*- coding: latin-1 -*-\ndef é(): pass\n".encode("latin-1")
    assert list(read(tmp_path, "m", {"m.py": content}).targets) == ["é"]


def test_line_ends_do_not_matter(tmp_path):
    content = b"def f():\r\n    return '''a\r\nb'''\r\n"
    assert read(tmp_path, "m", {"m.py": content}).source.source.count("\n") == 3


def test_directory_named_like_a_file_is_refused(tmp_path):
    (tmp_path / "m.py").mkdir()
    with pytest.raises(TargetError):
        read(tmp_path, "m")
    with pytest.raises(TargetError):
        read(tmp_path, "m.py")


def test_nothing_is_executed_or_imported(tmp_path, monkeypatch):
    bomb = "open('executed', 'w').close()\nraise RuntimeError('executed')\n"
    monkeypatch.chdir(tmp_path)
    files = {
        "bomb/__init__.py": bomb + "from ._x import *\nfrom other_bomb import g",
        "bomb/_x.py": bomb + "def f(): pass",
        "other_bomb.py": bomb + "def g(): pass",
    }
    modules = {name for name in sys.modules if "bomb" in name}
    path = list(sys.path)
    finders = list(sys.meta_path)
    found = read(tmp_path, "bomb", files)
    assert origins(found) == {"f": "bomb._x.f", "g": "other_bomb.g"}
    assert not (tmp_path / "executed").exists()
    assert {name for name in sys.modules if "bomb" in name} == modules == set()
    assert (sys.path, sys.meta_path) == (path, finders)
    assert not list(tmp_path.rglob("__pycache__"))


def test_edited_module_is_read_anew(tmp_path):
    assert list(read(tmp_path, "m", {"m.py": "def f(): pass"}).targets) == ["f"]
    assert list(read(tmp_path, "m", {"m.py": "def g(): pass"}).targets) == ["g"]


def defined_at(target):
    decorators = [decorator.lineno for decorator in target.node.decorator_list]
    return min([target.node.lineno, *decorators])


@pytest.mark.parametrize(
    ("name", "at_least"),
    [
        pytest.param("json", 8, id="a package of the standard library"),
        pytest.param("textwrap", 5, id="a module of the standard library"),
        pytest.param("click", 40, id="click"),
        pytest.param("nbformat", 10, id="nbformat"),
        pytest.param("papermill", 4, id="papermill"),
        pytest.param("rich.console", 10, id="rich"),
        pytest.param("numpy.linalg", 30, id="numpy.linalg"),
        pytest.param("numpy", 200, id="numpy"),
        pytest.param("matplotlib.pyplot", 200, id="pyplot", marks=pytest.mark.slow),
    ],
)
def test_targets_of_real_libraries_are_what_importing_gives(name, at_least):
    found = read_target_module(name, notebook=None)
    imported = importlib.import_module(name)
    assert len(found.targets) >= at_least
    for public, target in found.targets.items():
        value = getattr(imported, public)
        assert value.__name__ == target.node.name or target.node.decorator_list
        if isinstance(value, FunctionType) and not target.node.decorator_list:
            assert value.__code__.co_firstlineno == defined_at(target)
            assert target.module.path.samefile(value.__code__.co_filename)


NAMES = st.sampled_from(["a", "f", "g", "h"])
MODULES = st.sampled_from(["a", "_m", "_n"])
STATEMENTS = st.one_of(
    st.builds("def {}(): pass".format, NAMES),
    st.builds("{} = 1".format, NAMES),
    st.builds("from .{} import {}".format, MODULES, NAMES),
    st.builds("from .{} import {} as {}".format, MODULES, NAMES, NAMES),
    st.builds("from .{} import *".format, MODULES),
    st.builds("from . import {}".format, MODULES),
    st.builds("from . import {} as {}".format, MODULES, NAMES),
    st.builds(
        "try:\n from .{} import {}\nexcept ImportError: failed = True".format, MODULES, NAMES
    ),
    st.builds("if len('x'):\n def {}(): pass".format, NAMES),
    st.builds("__all__ = ['{}', '{}']".format, NAMES, NAMES),
    st.builds("del {}".format, NAMES),
)
SOURCES = st.lists(STATEMENTS, max_size=5).map("\n".join)
COUNTER = itertools.count()


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(init=SOURCES, a=SOURCES, m=SOURCES, n=SOURCES)
def test_targets_of_generated_packages_are_what_importing_gives(tmp_path_factory, init, a, m, n):
    root = tmp_path_factory.mktemp("generated")
    package = f"generated_package_{next(COUNTER)}"
    files = {"__init__": init, "a": a, "_m": m, "_n": n}
    write(root, {f"{package}/{name}.py": source for name, source in files.items()})
    found = read(root, package)
    sys.path.insert(0, str(root))
    try:
        imported = importlib.import_module(package)
    except (ImportError, AttributeError, NameError):
        return
    finally:
        sys.path.remove(str(root))
        loaded = {name for name in sys.modules if name.startswith(package)}
        modules = [sys.modules.pop(name) for name in loaded]
    if any(hasattr(module, "failed") for module in modules):
        return  # a name that could not be imported fails again, loudly, where it is asked for
    for name, target in found.targets.items():
        value = getattr(imported, name)
        assert isinstance(value, FunctionType)
        assert value.__code__.co_firstlineno == target.node.lineno
        assert target.module.path.samefile(value.__code__.co_filename)
    for name, value in vars(imported).items():
        if isinstance(value, FunctionType) and not name.startswith("_"):
            assert name in {*found.targets, *found.ambiguous, *found.exports}


def test_reading_a_plotting_module_is_quick(tmp_path):
    functions = "\n".join(
        f"def plot_{i}(data, *, ax=None):\n    return ax.plot(data)" for i in range(200)
    )
    write(tmp_path, {"m.py": f"import numpy as np\nimport matplotlib.pyplot as plt\n{functions}"})
    start = time.perf_counter()
    assert len(read(tmp_path, "m").targets) == 200
    assert time.perf_counter() - start < 2

import ast
import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbrefactor.python.environment import (
    Constant,
    Defined,
    Imported,
    Starred,
    Unclear,
    environment,
)


def meanings(source, package="", main=None):
    return environment(ast.parse(textwrap.dedent(source)), package, main=main)


IMPORTS = [
    pytest.param("import numpy", "numpy", "numpy", id="a module"),
    pytest.param("import numpy as np", "np", "numpy", id="a module under another name"),
    pytest.param("import a.b", "a", "a", id="a submodule binds its package"),
    pytest.param("import a.b as c", "c", "a.b", id="a submodule under another name"),
    pytest.param("from matplotlib import pyplot as plt", "plt", "matplotlib.pyplot", id="from"),
    pytest.param("from . import x", "x", "p.q.x", id="from the own package"),
    pytest.param("from .m import x", "x", "p.q.m.x", id="from a module of the own package"),
    pytest.param("from ..m import x as y", "y", "p.m.x", id="from a module one level up"),
    pytest.param("import numpy as np\nimport numpy as np", "np", "numpy", id="the same twice"),
    pytest.param("import a.b\nimport a.c", "a", "a", id="two submodules of one package"),
    pytest.param(
        "if x:\n import json\nelse:\n import json", "json", "json", id="the same in both branches"
    ),
    pytest.param(
        "try:\n import json\nexcept ImportError:\n install()\n import json",
        "json",
        "json",
        id="the same after an installation",
    ),
    pytest.param(
        "try:\n import json\nexcept ImportError:\n raise SystemExit", "json", "json", id="or fail"
    ),
    pytest.param(
        "try:\n import json\nexcept ImportError:\n import sys\n sys.exit(1)",
        "json",
        "json",
        id="or exit",
    ),
    pytest.param("try:\n import json\nfinally:\n f()", "json", "json", id="with a finally"),
    pytest.param("with open(x) as f:\n import json", "json", "json", id="inside with"),
]


@pytest.mark.parametrize(("source", "name", "dotted"), IMPORTS)
def test_import_means_where_it_comes_from(source, name, dotted):
    assert meanings(source, "p.q")[name] == Imported(dotted)


CONSTANTS = [
    pytest.param("X = 3", "3", id="an integer"),
    pytest.param("X = 3.0", "3.0", id="a float is not the integer"),
    pytest.param("X = True", "True", id="a truth value is not 1"),
    pytest.param("X = -1", "-1", id="a negative number"),
    pytest.param("X = -0.0", "-0.0", id="a negative zero"),
    pytest.param("X = 28 * 28", "784", id="arithmetic on numbers"),
    pytest.param("X = 2 ** 10", "1024", id="a power"),
    pytest.param("X = 10 ** 12", "1000000000000", id="a large power"),
    pytest.param("X = 1 + 2j", "(1+2j)", id="a complex number"),
    pytest.param("X = 'a' 'b'", "'ab'", id="texts side by side"),
    pytest.param("X = b'a'", "b'a'", id="bytes"),
    pytest.param("X = None", "None", id="none"),
    pytest.param("X = ...", "Ellipsis", id="an ellipsis"),
    pytest.param("X = ()", "()", id="an empty tuple"),
    pytest.param("X = (1, ('a', -2))", "(1, ('a', -2))", id="nested tuples"),
    pytest.param("X = frozenset({'a', 'b'})", "frozenset(('a', 'b'))", id="a frozen set"),
    pytest.param("X: int = 3", "3", id="annotated"),
    pytest.param("X = Y = 3", "3", id="two names at once"),
    pytest.param("X, Y = 3, []", "3", id="unpacked"),
    pytest.param("[Y, (Z, X)] = 1, (2, 3)", "3", id="unpacked from a nested pair"),
    pytest.param("X = 3\nX = 3", "3", id="the same value twice"),
    pytest.param("X: int\nX = 3", "3", id="declared before"),
    pytest.param("if True:\n X = 3", "3", id="under a condition that always holds"),
    pytest.param("def f():\n X = 4\nX = 3", "3", id="a local of the same name"),
    pytest.param("def f():\n global X\n return X\nX = 3", "3", id="a global only read"),
    pytest.param("Y = [X for X in y]\nX = 3", "3", id="the variable of a comprehension"),
]


@pytest.mark.parametrize(("source", "value"), CONSTANTS)
def test_literal_means_its_value(source, value):
    assert meanings(source)["X"] == Constant(value)


UNCLEAR = [
    pytest.param("X = 3\nX = 4", "bound more than once", id="two values"),
    pytest.param("X = 3\nimport m as X", "bound more than once", id="a value and a module"),
    pytest.param("def X(): pass\nX = deco(X)", "bound more than once", id="decorated by hand"),
    pytest.param("def X(): pass\ndef X(): pass", "bound more than once", id="defined twice"),
    pytest.param(
        "try:\n import X\nexcept ImportError:\n X = None", "bound more than once", id="or none"
    ),
    pytest.param(
        "if a:\n X = 1\nelse:\n X = 2", "bound more than once", id="another value in each branch"
    ),
    pytest.param("if a:\n X = 1", "bound only under a condition", id="in one branch only"),
    pytest.param(
        "if a:\n X = 1\nelif b:\n X = 1", "bound only under a condition", id="no else to fall to"
    ),
    pytest.param(
        "if __name__ == '__main__':\n X = 1", "bound only under a condition", id="a main block"
    ),
    pytest.param(
        "try:\n import X\nexcept ImportError:\n pass",
        "bound only under a condition",
        id="an import that may be missing",
    ),
    pytest.param(
        "with suppress(ImportError):\n import X",
        "bound only under a condition",
        id="an import whose failure is suppressed",
    ),
    pytest.param(
        "match a:\n case 1:\n  X = 1", "bound only under a condition", id="in a case of a match"
    ),
    pytest.param("for X in y: pass", "bound in a loop", id="a loop variable"),
    pytest.param("while a:\n def X(): pass", "bound in a loop", id="a definition in a loop"),
    pytest.param("for a in b:\n X = 1", "bound in a loop", id="a constant in a loop"),
    pytest.param("X = f()", "computed: f()", id="a call"),
    pytest.param("X = y", "computed: y", id="another name"),
    pytest.param("X = f'{a}'", "computed: f'{a}'", id="a formatted text"),
    pytest.param("X = lambda x: x", "computed: lambda x: x", id="a lambda"),
    pytest.param("X = (1, y)", "computed: (1, y)", id="a tuple with a name in it"),
    pytest.param("X = 1 / 0", "computed: 1 / 0", id="arithmetic that fails"),
    pytest.param("X = 9 ** 9 ** 9", "computed: 9 ** 9 ** 9", id="a power too large to work out"),
    pytest.param(
        "frozenset = list\nX = frozenset({1})",
        "computed: frozenset({1})",
        id="frozenset stands for something else",
    ),
    pytest.param("X, Y = f()", "computed: f()", id="unpacked from a call"),
    pytest.param("X, *Y = 1, 2, 3", "computed: (1, 2, 3)", id="unpacked with a star"),
    pytest.param("X = []", "mutable literal", id="a list"),
    pytest.param("X = {'a': 1}", "mutable literal", id="a dictionary"),
    pytest.param("X = {1}", "mutable literal", id="a set"),
    pytest.param("X = 1\nX += 1", "changed by an augmented assignment", id="counted up"),
    pytest.param("X = 1\ndel X", "deleted", id="deleted"),
    pytest.param("with a as X: pass", "bound by a with statement", id="a context's value"),
    pytest.param(
        "try: a\nexcept E as X: pass", "bound by an except clause", id="a caught exception"
    ),
    pytest.param(
        "match a:\n case {'k': X}: pass", "bound by a match statement", id="captured by a pattern"
    ),
    pytest.param("f(X := 1)", "bound inside an expression", id="a walrus"),
    pytest.param("[X := i for i in y]", "bound inside an expression", id="one in a comprehension"),
    pytest.param("def f(a=(X := 1)): pass", "bound inside an expression", id="one in a default"),
    pytest.param(
        "X = 1\ndef f():\n global X\n X = 2", 'assigned by "global" in "f"', id="a global statement"
    ),
    pytest.param(
        "class C:\n def f(self):\n  global X\n  for X in y: pass",
        'assigned by "global" in "f"',
        id="a global loop variable in a method",
    ),
    pytest.param(
        "def X(a=1): pass\nX.__defaults__ = (2,)",
        "its __defaults__ is changed",
        id="other defaults",
    ),
    pytest.param(
        "if TYPE_CHECKING:\n from m import X",
        "bound only in code that does not run",
        id="for type checkers only",
    ),
    pytest.param(
        "if not typing.TYPE_CHECKING:\n pass\nelse:\n import X",
        "bound only in code that does not run",
        id="for type checkers only, the other way round",
    ),
    pytest.param(
        "from ... import X", "a relative import that leaves its package", id="beyond the top"
    ),
]


@pytest.mark.parametrize(("source", "reason"), UNCLEAR)
def test_what_the_source_does_not_tell_is_unclear(source, reason):
    assert meanings(source, "p")["X"] == Unclear(reason)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type statements are new in 3.12")
def test_type_alias_is_unclear():
    assert meanings("type X = int")["X"] == Unclear("a type alias")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups are new in 3.11")
def test_group_handlers_are_handlers():
    assert meanings("try:\n X = 1\nexcept* E:\n X = 2")["X"] == Unclear("bound more than once")


NOT_BOUND = [
    pytest.param("X: int", id="a declaration without a value"),
    pytest.param("x.X = 1", id="an attribute"),
    pytest.param("x['X'] = 1", id="an item"),
    pytest.param("del x.X, x['X']", id="deleted parts"),
    pytest.param("def f(X): X = 1", id="a parameter"),
    pytest.param("lambda X: (X := 1)", id="inside a lambda"),
    pytest.param("class C:\n X = 1", id="a class attribute"),
    pytest.param("[1 for X in y]", id="a variable of a comprehension"),
    pytest.param("import a.X", id="a submodule"),
    pytest.param("def f():\n global X\n print(X)", id="declared global and only read"),
    pytest.param("def f():\n global X\n def g(): X = 1", id="a local of a function further in"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("source", NOT_BOUND)
def test_names_of_other_scopes_are_not_bound(source):
    assert "X" not in meanings(source)


def test_definitions_are_known_by_their_node():
    tree = ast.parse("@d\ndef f(): pass\nasync def g(): pass\nclass C: pass")
    found = environment(tree, "")
    assert [found[name] for name in "fgC"] == [Defined(node) for node in tree.body]


def test_overloads_are_no_definitions():
    tree = ast.parse(
        "@overload\ndef f(a: int): ...\n@typing.overload\ndef f(a: str): ...\ndef f(a): pass"
    )
    assert environment(tree, "")["f"] == Defined(tree.body[2])


STARS = [
    pytest.param("from a import *\nfrom b import *", Starred(("a", "b")), id="two modules"),
    pytest.param("from .m import *", Starred(("p.m",)), id="relative"),
    pytest.param("for i in x:\n from a import *", Starred(("a",)), id="in a loop"),
    pytest.param("try:\n from a import *\nexcept E: pass", Starred(("a",)), id="in a try"),
    pytest.param("from ... import *", Starred((), dynamic=True), id="beyond the top"),
    pytest.param("globals().update(x)", Starred((), dynamic=True), id="names from a dictionary"),
    pytest.param("globals()[x] = 1", Starred((), dynamic=True), id="a name from a variable"),
    pytest.param("exec(x)", Starred((), dynamic=True), id="names from text"),
    pytest.param(
        "setattr(sys.modules[__name__], x, 1)", Starred((), dynamic=True), id="set on the module"
    ),
]


@pytest.mark.parametrize(("source", "starred"), STARS)
def test_names_that_cannot_be_listed_are_told(source, starred):
    assert meanings(source, "p")["*"] == starred


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def f():\n globals()[x] = 1", id="only when called"),
        pytest.param("y = globals()['x']", id="only read"),
        pytest.param("from a import b", id="named"),
    ],
)
def test_ordinary_code_has_no_unlisted_names(source):
    assert "*" not in meanings(source)


def test_flags_of_an_imported_module_decide_branches():
    source = "DEBUG = False\nif DEBUG:\n X = 1\nelse:\n X = 2"
    assert meanings(source, main=False)["X"] == Constant("2")
    assert meanings(source, main=True)["X"] == Unclear("bound more than once")


def test_main_block_runs_in_a_notebook_only():
    source = "X = 1\nif __name__ == '__main__':\n X = 2"
    assert meanings(source, main=False)["X"] == Constant("1")
    assert meanings(source, main=True)["X"] == Unclear("bound more than once")


def test_long_chains_do_not_exhaust_the_stack():
    branches = "".join(f"elif a == {i}:\n X = 1\n" for i in range(300))
    total = " + ".join(["1"] * 900)
    found = meanings(f"if a:\n X = 1\n{branches}else:\n X = 1\nY = {total}")
    assert found["X"] == Constant("1")
    assert isinstance(found["Y"], Constant | Unclear)


NAMES = st.sampled_from("abc")


def _indented(body):
    return textwrap.indent("\n".join(body), " ")


SIMPLE = st.one_of(
    st.builds("{} = {}".format, NAMES, st.integers(0, 2)),
    st.builds("{}, {} = 1, 2".format, NAMES, NAMES),
    st.builds("def {}(): pass".format, NAMES),
    st.builds("class {}: pass".format, NAMES),
    st.builds("import math as {}".format, NAMES),
    st.builds("from math import pi as {}".format, NAMES),
    st.builds("{} += 1".format, NAMES),
    st.builds("del {}".format, NAMES),
    st.builds("({} := 5)".format, NAMES),
    st.builds("def w():\n global {0}\n {0} = 7\nw()".format, NAMES),
    st.builds("globals()['{}'] = 8".format, NAMES),
    st.just("pass"),
)


def _nested(inner):
    bodies = st.lists(inner, min_size=1, max_size=2).map(_indented)
    return st.one_of(
        st.builds("if {}:\n{}".format, st.sampled_from(["True", "0", "len('')"]), bodies),
        st.builds("if len('x'):\n{}\nelse:\n{}".format, bodies, bodies),
        st.builds("try:\n{}\nexcept Exception as {}:\n{}".format, bodies, NAMES, bodies),
        st.builds("try:\n 1 / 0\n{}\nexcept Exception:\n{}".format, bodies, bodies),
        st.builds("for {} in range(2):\n{}".format, NAMES, bodies),
        st.builds("with suppress(Exception):\n{}".format, bodies),
    )


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(st.lists(st.recursive(SIMPLE, _nested, max_leaves=4), max_size=5).map("\n".join))
def test_what_is_claimed_is_what_running_the_code_gives(source):
    from contextlib import suppress

    values = {"suppress": suppress, "__name__": "__main__"}
    try:
        exec(compile(source, "<source>", "exec"), values)
    except Exception:
        return
    found = environment(ast.parse(source), "")
    for name in "abc":
        meaning = found.get(name)
        if meaning is None:
            assert "*" in found or name not in values
        elif isinstance(meaning, Constant):
            assert repr(values[name]) == meaning.value or "*" in found
        elif isinstance(meaning, Imported):
            dotted = getattr(values[name], "__name__", "math.pi")
            assert dotted == meaning.dotted or "*" in found
        elif isinstance(meaning, Defined) and "*" not in found:
            assert values[name].__name__ == name
            if isinstance(meaning.node, ast.FunctionDef):
                assert values[name].__code__.co_firstlineno == meaning.node.lineno

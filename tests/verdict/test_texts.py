"""The texts that a name may hold."""

import ast

import pytest

from nbrefactor.verdict.texts import Texts

KNOWN = {
    "a text": ("x = 'a'", {"a"}),
    "two texts": ("x = 'a'\nx = 'b'", {"a", "b"}),
    "another name": ("y = 'a'\nx = y", {"a"}),
    "a parameter that every call gives": ("def f(x): pass\nf('a')\nf('b')", {"a", "b"}),
    "a parameter of its own name": ("def f(x): pass\ndef g():\n    x = 'a'\n    f(x)", {"a"}),
    "names that hold each other": ("x = y\ny = x\nx = 'a'", {"a"}),
}
UNKNOWN = {
    "nobody binds it": "",
    "computed": "x = 'a' + y",
    "a loop": "for x in 'ab': pass",
    "one of a tuple": "x, y = 'a', 'b'",
    "an import": "import x",
    "an addition": "x = 'a'\nx += 'b'",
    "a parameter of a function that is handed on": "def f(x): pass\nf('a')\nmap(f, y)",
    "a parameter of a method": "x = 'a'\nclass A:\n    def f(self, x): pass\nA().f(y)",
    "a parameter of a function that nobody calls": "x = 'a'\ndef f(x): pass",
    "a parameter with a default": "def f(x=1): pass\nf('a')",
    "a parameter given by keyword": "def f(x): pass\nf(x='a')",
    "a parameter given by a star": "def f(x): pass\nf(*y)",
    "a parameter of a decorated function": "@d\ndef f(x): pass\nf('a')",
    "a parameter of a lambda": "x = 'a'\nf = lambda x: x",
    "a walrus": "(x := y)",
    "a with": "with open(y) as x: pass",
    "an error": "try: pass\nexcept E as x: pass",
}


@pytest.mark.parametrize(("source", "texts"), KNOWN.values(), ids=KNOWN)
def test_all_of_them_are_found(source, texts):
    assert Texts([ast.parse(source)]).of("x") == texts


@pytest.mark.parametrize("source", UNKNOWN.values(), ids=UNKNOWN)
def test_what_cannot_be_told(source):
    assert Texts([ast.parse(source)]).of("x") is None

"""What differs between two bodies, in words."""

import ast

import pytest

from nbrefactor.python.parts import differing_parts

CASES = {
    "nothing": ("return a + 1", "return a + 1", []),
    "names of locals": ("x = a\nreturn x", "y = a\nreturn y", []),
    "a docstring": ("'''Old.'''\nreturn a", "'''New.'''\nreturn a", []),
    "a keyword's value": (
        "plt.figure(figsize=(10, 4))", "plt.figure(figsize=(8, 4))",
        ["figsize: (10, 4) here, (8, 4) in the target"],
    ),
    "the order of keywords": ("f(a=1, b=2)", "f(b=2, a=1)", ["f(a=1, b=2) here, f(b=2, a=1) in the target"]),
    "a keyword more here": ("f(a, b=2)", "f(a)", ["b=2 only here"]),
    "a keyword more there": ("f(a)", "f(a, b=2)", ["b=2 only in the target"]),
    "an argument": ("f(a, 1)", "f(a, 2)", ["1 here, 2 in the target"]),
    "the value of a variable": ("n = 3\nreturn n", "n = 4\nreturn n", ["n: 3 here, 4 in the target"]),
    "a statement more here": ("plt.grid()\nreturn a", "return a", ["plt.grid() only here"]),
    "a statement more there": ("return a", "plt.grid()\nreturn a", ["plt.grid() only in the target"]),
    "an operator": ("return a + 1", "return a - 1", ["a + 1 here, a - 1 in the target"]),
    "another function": ("return min(a)", "return max(a)", ["min here, max in the target"]),
    "much of one expression": (
        "return f(a, 1, 2)", "return f(a, 3, 4)", ["f(a, 1, 2) here, f(a, 3, 4) in the target"],
    ),
    "two places": (
        "x = 1\nreturn a[0]", "x = 2\nreturn a[1]",
        ["x: 1 here, 2 in the target", "0 here, 1 in the target"],
    ),
    "deep inside": (
        "for x in a:\n    if x:\n        print(x, sep='')", "for x in a:\n    if x:\n        print(x, sep=' ')",
        ["sep: '' here, ' ' in the target"],
    ),
    "an else": ("if a:\n    return 1\nelse:\n    return 2", "if a:\n    return 1", ["return 2 only here"]),
    "a long text": ("return 'x' * 3 + '" + "y" * 60 + "'", "return 1", ["'x' * 3 + '" + "y" * 28 + "… here, 1 in the target"]),
}  # fmt: skip


@pytest.mark.parametrize(("here", "there", "parts"), CASES.values(), ids=CASES)
def test_parts(here, there, parts):
    assert [str(part) for part in differing_parts(function(here), function(there))] == parts


def test_decorators_count_and_defaults_do_not():
    here = ast.parse("@cache\ndef f(a=1): return a").body[0]
    there = ast.parse("def f(a=2): return a").body[0]
    assert [str(part) for part in differing_parts(here, there)] == ["cache only here"]


def function(body):
    indented = "\n".join(f"    {line}" for line in body.split("\n"))
    return ast.parse(f"def f(a):\n{indented}\n").body[0]


KINDS = {
    "another kind": ("a, b", "a, *, b", ["parameters: (a, b) here, (a, *, b) in the target"]),
    "one more": ("a, b", "a", ["parameters: (a, b) here, (a) in the target"]),
    "another default": ("a=1, *, b=2", "a=2, *, b", []),
    "another name": ("a", "b", []),
}


@pytest.mark.parametrize(("here", "there", "parts"), KINDS.values(), ids=KINDS)
def test_parameters(here, there, parts):
    one, other = (ast.parse(f"def f({given}): pass").body[0] for given in (here, there))
    assert [str(part) for part in differing_parts(one, other)] == parts

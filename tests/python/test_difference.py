import ast

import pytest

from nbrefactor.python.difference import difference, may_be_similar, similarity, tokens


def node(source):
    [definition] = ast.parse(source).body
    return definition


def test_names_do_not_hide_what_differs():
    inline = "def draw(vals, t='A'):\n    out = []\n    for v in vals:\n        out.append(v * 2)\n    return out"
    target = "def plot(values, title='A'):\n    result = []\n    for value in values:\n        result.append(value * 3)\n    return result"
    assert difference(node(inline), node(target)) == (
        "@@ -3,3 +3,3 @@\n"
        "     for value in values:\n"
        "-        result.append(value * 2)\n"
        "+        result.append(value * 3)\n"
        "     return result"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("def f(a): return a", "def g(b): return b", id="a parameter"),
        pytest.param("def f(a): 'x'; return a", "def g(b: int) -> int: return b", id="docstring and annotations"),
        pytest.param("def f():\n t = 1\n u = t\n return u", "def f():\n x = 1\n y = x\n return y", id="locals"),
        pytest.param("def f():\n try: g()\n except E as e: h(e)", "def f():\n try: g()\n except E as x: h(x)", id="a handler"),
    ],
)  # fmt: skip
def test_nothing_to_show(one, other):
    assert difference(node(one), node(other)) == ""


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        pytest.param("def f(a, b): return a - b", "def f(b, a): return a - b", "-def f(a, b):\n+def f(b, a):", id="swapped parameters keep their names"),
        pytest.param("def f(a): return a + value", "def f(value): return value + value", "-def f(a):\n-    return a + value", id="a global is not taken for a parameter"),
        pytest.param("class A:\n x = 1\n y = 2", "class A:\n x = 1\n y = 3", "-    y = 2\n+    y = 3", id="classes"),
        pytest.param("def f(): pass", "async def f(): pass", "-def f():\n+async def f():", id="async"),
    ],
)  # fmt: skip
def test_shown(one, other, shown):
    assert shown in difference(node(one), node(other))


def test_similarity_leaves_names_and_layout_out():
    one = tokens(node("def f(a):\n    'doc'\n    return a + 1  # why"))
    other = tokens(node("def g(b: int):\n    return (b + 1)"))
    assert similarity(one, other) == 1
    assert may_be_similar(one, other, 1)


def test_similarity_of_other_code():
    one, other = tokens(node("def f(a): return a + 1")), tokens(node("class A: pass"))
    assert similarity(one, other) < 0.5
    assert not may_be_similar(one, other, 0.8)


def test_a_local_name_is_never_taken_for_another_one():
    inline = "def f(text):\n    say = text\n    return say(text)"
    target = "def g(text):\n    return _(text)"
    assert "+    return _(text)" in difference(node(inline), node(target))

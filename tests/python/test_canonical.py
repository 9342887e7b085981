import ast

import pytest

from nbrefactor.python.canonical import canonical


def form(source):
    [node] = ast.parse(source).body
    return canonical(node)


SAME_TEXT = [
    pytest.param("def f(a): return a", "def f( a ):\n    # why\n    return (a)", id="layout"),
    pytest.param("def f(a): return a", 'def f(a):\n    "doc"\n    return a', id="docstring"),
    pytest.param("def f(): 'doc'", "def f(): pass", id="a docstring alone is a pass"),
    pytest.param("def f(a): return a", "def f(a: int) -> int: return a", id="annotations"),
    pytest.param(
        "@d\ndef f(a): return a", "@d\ndef f(a: int): return a", id="annotation below a decorator"
    ),
    pytest.param(
        "@d\ndef f(a): return a",
        "@d\ndef f(a):\n 'doc'\n return a",
        id="docstring below a decorator",
    ),
    pytest.param(
        "def f():\n x = 1\n return x", "def f():\n x: int = 1\n return x", id="annotated local"
    ),
    pytest.param(
        "def f():\n x = 1\n return x", "def f():\n x: int\n x = 1\n return x", id="declared local"
    ),
    pytest.param("def f(): return u'a'", "def f(): return 'a'", id="string prefix"),
    pytest.param(
        "def f(n): return f(n)", "def g(n): return g(n)", id="own name, recursion included"
    ),
    pytest.param("class A:\n 'doc'\n x = 1", "class A:\n x = 1", id="class docstring"),
    pytest.param(
        "class A:\n def m(self, a): return a",
        "class A:\n def m(self, a: int) -> int:\n  'doc'\n  return a",
        id="method docstring and annotations",
    ),
    pytest.param(
        "def f():\n def g(x): return x\n return g",
        "def f():\n def g(x: int): 'd'; return x\n return g",
        id="nested function",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME_TEXT)
def test_same_program(one, other):
    assert form(one).text == form(other).text
    assert form(one).shape == form(other).shape


SAME_SHAPE = [
    pytest.param("def f(a): return a", "def f(b): return b", id="parameter"),
    pytest.param("def f(a):\n t = a\n return t", "def f(a):\n u = a\n return u", id="local"),
    pytest.param("def f(a): return [x for x in a]", "def f(a): return [y for y in a]", id="comprehension"),
    pytest.param("def f(x): return [x for x in x]", "def f(a): return [b for b in a]", id="shadowing comprehension"),
    pytest.param("def f():\n import numpy as np\n return np.e", "def f():\n import numpy as n\n return n.e", id="local import"),
    pytest.param("def f():\n import numpy\n return numpy.e", "def f():\n import numpy as n\n return n.e", id="local import without alias"),
    pytest.param("def f():\n try: g()\n except E as e: print(e)", "def f():\n try: g()\n except E as x: print(x)", id="handler"),
    pytest.param("def f(a):\n def g(x=a): return x\n return g", "def f(b):\n def h(x=b): return x\n return h", id="nested function's name"),
    pytest.param("def f(x):\n def g(x=x): return x\n return g", "def f(b):\n def g(x=b): return x\n return g", id="default read outside"),
    pytest.param("def f(*a, **k): return a, k", "def f(*b, **l): return b, l", id="star parameters"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME_SHAPE)
def test_same_after_renaming(one, other):
    assert form(one).text != form(other).text
    assert form(one).shape == form(other).shape


# The parameters of a lambda in a header are not those of the definition.
HEADERS = [
    pytest.param("def f(a, k={}): return k(a)", id="default"),
    pytest.param("def f(a, *, k={}): return k(a)", id="keyword default"),
    pytest.param("async def f(a, k={}): return await k(a)", id="default of a coroutine"),
    pytest.param("def f(a: ({})) -> ({}): return a", id="annotations"),
    pytest.param("@g({})\ndef f(a: ({}) = {}): return a", id="decorator, annotation and default"),
    pytest.param("class A(B({}), k={}):\n def m(self, k={}): return k", id="base, keyword and method"),
    pytest.param("def f(a):\n def g(k={}): return k(a)\n return g", id="nested function"),
]  # fmt: skip
EXPRESSIONS = [
    "lambda it: it",
    "lambda it, *more, at=1, **rest: it",
    "lambda it=lambda more: more: it",
    "[it for it in a]",
    "{it: more for it, more in a}",
    "[lambda it: it for it in a]",
    "(lambda it: [it for it in it])",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("header", HEADERS)
def test_a_header_may_hold_scopes_of_its_own(header, expression):
    found = form(header.replace("{}", expression))
    other = form(header.replace("{}", "int"))
    assert (found.parameters, found.recursive) == (other.parameters, False)
    again = form(header.replace("{}", expression).replace("\n", "\n\n"))
    assert (found.text, found.shape) == (again.text, again.shape)


def test_what_a_lambda_in_a_default_does_is_part_of_the_program():
    one = form("def f(a, k=lambda it: it): return k(a)")
    assert one.shape == form("def f(b, key=lambda it: it): return key(b)").shape
    assert one.shape != form("def f(a, k=lambda it: -it): return k(a)").shape


DIFFERENT = [
    pytest.param("def f(a): return a", "def f(a): return -a", id="operator"),
    pytest.param("def f(): return 1", "def f(): return 1.0", id="int and float"),
    pytest.param("def f(): return 1", "def f(): return True", id="int and bool"),
    pytest.param("def f(): return 'a'", "def f(): return b'a'", id="text and bytes"),
    pytest.param("def f(a): return a", "async def f(a): return a", id="async"),
    pytest.param("def f(a, b): return a", "def f(a, b): return b", id="another parameter"),
    pytest.param("def f(a, b): return a, b", "def f(b, a): return a, b", id="order of parameters"),
    pytest.param("def f(a=1): return a", "def f(a=2): return a", id="default"),
    pytest.param("def f(a): return a", "def f(*, a): return a", id="kind of parameter"),
    pytest.param("def f(a): return g(a)", "def f(a): return h(a)", id="another global"),
    pytest.param("def f(a): return f(a)", "def f(a): return _(a)", id="itself and an underscore"),
    pytest.param("def f(a): return a.x", "def f(a): return a.y", id="attribute"),
    pytest.param("def f(a): return g(x=a)", "def f(a): return g(y=a)", id="keyword"),
    pytest.param("@d\ndef f(a): return a", "def f(a): return a", id="decorator"),
    pytest.param("class A:\n x: int = 1", "class A:\n x: str = 1", id="annotation of a class attribute"),
    pytest.param("def f():\n x: int\n return x", "def f():\n return x", id="declaration that makes a name local"),
    pytest.param("def f(a):\n def g(x): return x\n return g(x=a)", "def f(a):\n def g(y): return y\n return g(x=a)", id="parameter of a nested function"),
    pytest.param("def f(a): return f'{a=}'", "def f(b): return f'{b=}'", id="a name shown by an f-string"),
    pytest.param("def f(a): return locals()", "def f(b): return locals()", id="names that locals() shows"),
    pytest.param("def f(a, b): return a + b", "def f(a, a_): return a + a", id="names merged"),
    pytest.param("def f(a):\n global t\n t = a", "def f(a):\n global u\n u = a", id="global writes"),
    pytest.param("class A(B): pass", "class A(C): pass", id="base class"),
    pytest.param("def f(a):\n x = 1\n return y", "def f(a):\n x = 1\n return x", id="global or local"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_programs(one, other):
    assert form(one).shape != form(other).shape


def test_outside_names_in_order_and_without_annotations_and_itself():
    found = form("def f(a: int = D) -> T:\n x = np.sum(a)\n return f(x) + g(print)")
    assert found.outside == ("D", "np", "g", "print")
    assert found.parameters == ("a",)

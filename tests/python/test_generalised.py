"""When one definition is another with some parameters filled in, and when it only looks so."""

from __future__ import annotations

import ast

import pytest

from nbrefactor.python.generalised import Function, instance

# The special definition, the general one, and what calls of the general one pass.
FILLED = {
    "a name of the notebook": ("def f(x): return x * N", "def f(x, *, n): return x * n", "n=N"),
    "the same name for both": ("def f(x): return x * N", "def f(x, *, N): return x * N", "N=N"),
    "a literal": ("def f(x): return x * 3", "def f(x, *, n): return x * n", "n=3"),
    "a text in the notebook's quotes or not": ("def f(): return g('a')", "def f(*, t): return g(t)", 't="a"'),
    "a negative number": ("def f(x): return x + -1", "def f(x, *, n): return x + n", "n=-1"),
    "a tuple of literals": ("def f(): plot(size=(8, 3))", "def f(*, size): plot(size=size)", "size=(8, 3)"),
    "nothing where the default is the value": ("def f(x): return x * 3", "def f(x, *, n=3): return x * n", ""),
    "another value than the default": ("def f(x): return x * 4", "def f(x, *, n=3): return x * n", "n=4"),
    "one parameter in two places": ("def f(x): return N + x + N", "def f(x, *, n): return n + x + n", "n=N"),
    "two parameters": ("def f(): return A - B", "def f(*, a, b): return a - b", "a=A b=B"),
    "local names that differ": ("def f(x):\n y = x * N\n return y", "def f(x, *, n):\n z = x * n\n return z", "n=N"),
    "a name in an f-string": ("def f(): return f'{N}'", "def f(*, n): return f'{n}'", "n=N"),
    "a docstring more": ("def f(x): return x * N", "def f(x, *, n):\n 'Doc.'\n return x * n", "n=N"),
    "a default of its own that differs": ("def f(x, y=1): return x * y", "def f(x, y=2): return x * y", ""),
    "a name in a nested function": ("def f(): return lambda: N", "def f(*, n): return lambda: n", "n=N"),
    "a literal for a global, whose names are another question": ("def f():\n global N\n N = 1", "def f(*, n):\n global N\n N = n", "n=1"),
    "a name beside **keywords": ("def f(**k): return g(N, **k)", "def f(*, n, **k): return g(n, **k)", "n=N"),
}  # fmt: skip
NOT_FILLED = {
    "parameters that have other names": ("def f(x): return x * N", "def f(v, *, n): return v * n"),
    "another literal in two places": ("def f(x): return 1 + x + 2", "def f(x, *, n): return n + x + n"),
    "a name and a literal": ("def f(x): return N + x + 2", "def f(x, *, n): return n + x + n"),
    "a local name": ("def f():\n N = 3\n return N + 1", "def f(*, n):\n N = 3\n return n + 1"),
    "a parameter of its own": ("def f(x, y): return x + y", "def f(x, *, n): return x + n"),
    "an expression": ("def f(x): return x * g(1)", "def f(x, *, n): return x * n"),
    "a list, which someone may change": ("def f(x): return x + [1]", "def f(x, *, n): return x + n"),
    "an attribute": ("def f(x): return x * a.b", "def f(x, *, n): return x * n"),
    "a parameter that is not read": ("def f(x): return x", "def f(x, *, n): return x"),
    "a parameter that is bound anew": ("def f(x):\n N = N + 1\n return N", "def f(x, *, n):\n n = n + 1\n return n"),
    "a positional parameter": ("def f(x): return x * N", "def f(x, n): return x * n"),
    "one statement more": ("def f(x): return x * N", "def f(x, *, n):\n print(x)\n return x * n"),
    "another operator": ("def f(x): return x + N", "def f(x, *, n): return x * n"),
    "another function": ("def f(x): return g(x, N)", "def f(x, *, n): return h(x, n)"),
    "another keyword": ("def f(x): return g(a=N)", "def f(x, *, n): return g(b=n)"),
    "fewer parameters": ("def f(x, y): return x * N", "def f(x, *, n): return x * n"),
    "a default that is computed": ("def f(x=g()): return x * N", "def f(x=h(), *, n): return x * n"),
    "a nested function that has the name": ("def f(): return lambda n: N", "def f(*, n): return lambda n: n"),
    "a nested function whose parameter it would be": ("def f(): return lambda N: N", "def f(*, n): return lambda N: n"),
    "a value when it is defined": ("def f(x=N): return x", "def f(x=n, *, n): return x"),
    "its own name": ("def f(x): return f(N)", "def f(x, *, n): return f(n, n=n)"),
    "another decorator": ("@a\ndef f(x): return N", "@b\ndef f(x, *, n): return n"),
    "other defaults in another order": ("def f(x=1, y=2): return x * N", "def f(y=2, x=1, *, n): return x * n"),
}  # fmt: skip


def function(source: str) -> Function:
    node = ast.parse(source).body[0]
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    return node


@pytest.mark.parametrize(("special", "general", "passed"), FILLED.values(), ids=FILLED)
def test_it_is_filled(special: str, general: str, passed: str) -> None:
    found = instance(function(special), function(general))
    assert found is not None
    assert " ".join(f"{one.parameter}={one.value}" for one in found.filled) == passed


@pytest.mark.parametrize(("special", "general"), NOT_FILLED.values(), ids=NOT_FILLED)
def test_it_is_another(special: str, general: str) -> None:
    assert instance(function(special), function(general)) is None


# Whether a name may be read after the call, and whether every call reads it.
WHEN = {
    "at once": ("def f(x): return x * N", False, True),
    "in a branch": ("def f(x):\n if x:\n  return N\n return 0", False, False),
    "behind a way out": ("def f(x):\n if x:\n  return 0\n return N", False, False),
    "in a condition": ("def f(x): return x and N", False, False),
    "in a loop": ("def f(x):\n for y in x:\n  g(N)", False, False),
    "in a comprehension": ("def f(x): return [N for y in x]", False, False),
    "in a lambda": ("def f(x): return lambda: N", True, False),
    "in a generator expression": ("def f(x): return (N for y in x)", True, False),
    "in a generator": ("def f(x):\n yield N", True, True),
    "in a coroutine": ("async def f(x): return N", True, True),
}


@pytest.mark.parametrize(("special", "late", "certain"), WHEN.values(), ids=WHEN)
def test_when_a_name_is_read(special: str, late: bool, certain: bool) -> None:
    general = special.replace("(x)", "(x, *, n)", 1).replace("N", "n")
    found = instance(function(special), function(general))
    assert found is not None
    (one,) = found.filled
    assert (one.late, one.certain) == (late, certain)

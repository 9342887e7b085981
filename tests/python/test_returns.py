import ast

import pytest

from nbrefactor.python.returns import returned


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        pytest.param("def f(): pass", {"nothing"}, id="no return"),
        pytest.param("def f(): return", {"nothing"}, id="bare return"),
        pytest.param("def f(): return None", {"nothing"}, id="return None"),
        pytest.param("def f(): return 1", {"a value"}, id="a value"),
        pytest.param("def f(a):\n if a: return 1", {"a value", "nothing"}, id="on one way only"),
        pytest.param("def f(a):\n if a: return 1\n else: return 2", {"a value"}, id="on both ways"),
        pytest.param("def f(): return 1, 2", {"a pair"}, id="a pair"),
        pytest.param("def f(): return 1, 2, 3", {"a tuple of 3"}, id="three"),
        pytest.param("def f(): yield 1", {"a generator"}, id="a generator"),
        pytest.param("async def f(): return 1", {"a coroutine"}, id="a coroutine"),
        pytest.param("def f() -> Figure: ...", {"a Figure"}, id="annotated"),
        pytest.param("def f() -> 'plt.Figure': ...", {"a Figure"}, id="annotated by a string"),
        pytest.param("def f(): return plt.gcf()", {"a Figure"}, id="gcf"),
        pytest.param("def f():\n fig = plt.figure()\n return fig", {"a Figure"}, id="figure"),
        pytest.param("def f():\n fig, ax = plt.subplots()\n return fig", {"a Figure"}, id="subplots"),
        pytest.param("def f():\n fig, ax = plt.subplots()\n return ax", {"a value"}, id="axes"),
        pytest.param("def f():\n fig, ax = plt.subplots()\n return fig, ax", {"a pair"}, id="figure and axes"),
        pytest.param("def f():\n fig = plt.figure()\n fig = 1\n return fig", {"a value"}, id="rebound"),
        pytest.param("def f():\n fig = plt.figure()\n for fig in g: pass\n return fig", {"a value"}, id="rebound by a loop"),
        pytest.param("def f(fig=None):\n fig = plt.figure()\n return fig", {"a value"}, id="a parameter that is rebound"),
        pytest.param("def f(fig): return fig", {"a value"}, id="a parameter"),
        pytest.param("def f():\n def g(): return 1\n g()", {"nothing"}, id="a nested function's return"),
        pytest.param("class A: pass", {"an instance"}, id="a class"),
    ],
)  # fmt: skip
def test_returned(source, kinds):
    [node] = ast.parse(source).body
    assert returned(node) == kinds

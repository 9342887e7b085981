"""Which Python reads a cell that this one does not."""

from __future__ import annotations

import sys

import pytest

from nbrefactor.notebook.magics import read_cell
from nbrefactor.notebook.newer import newer_python

NEWER = [
    pytest.param("def f(*a: *T):\n    pass\n", (3, 11), id="a starred annotation"),
    pytest.param("try:\n    f()\nexcept* ValueError:\n    pass\n", (3, 11), id="except*"),
    pytest.param("a[*b]\n", (3, 11), id="a star in an index"),
    pytest.param("type Number = int | float\n", (3, 12), id="a type alias"),
    pytest.param("def first[T](a: list[T]) -> T: ...\n", (3, 12), id="type parameters"),
    pytest.param("class A[T]:\n    pass\n", (3, 12), id="type parameters of a class"),
    pytest.param("def f[T = int](a: T): ...\n", (3, 13), id="a default of a type parameter"),
    pytest.param("x = t'{a}'\n", (3, 14), id="a template string"),
]


@pytest.mark.parametrize(("python", "version"), NEWER)
def test_newer_syntax_is_told(python: str, version: tuple[int, int]) -> None:
    expected = version if version > sys.version_info[:2] else None
    assert newer_python(python, "invalid syntax") == expected


@pytest.mark.parametrize(
    "python",
    [
        pytest.param("x = (\n", id="half a cell"),
        pytest.param("print 'a'\n", id="Python 2"),
        pytest.param("type a file name\n", id="prose"),
        pytest.param("def f[T](: ...\n", id="type parameters, and a mistake"),
        pytest.param("x = t'{'\n", id="half a template string"),
    ],
)
def test_a_mistake_is_no_newer_syntax(python: str) -> None:
    assert newer_python(python, "invalid syntax") is None


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads them")
@pytest.mark.parametrize(
    "source",
    [
        pytest.param("type Number = int", id="a type alias"),
        pytest.param("%matplotlib inline\ntype Number = int", id="below a magic"),
        pytest.param("%%time\ntype Number = int", id="in the body of a cell magic"),
        pytest.param('f"{names["first"]}"', id="the quotes of an f-string within it"),
    ],
)
def test_the_reason_of_a_cell_names_the_python(source: str) -> None:
    here = ".".join(map(str, sys.version_info[:2]))
    said = f"; it needs Python 3.12, and nbrefactor runs on {here}"
    code = read_cell(source)
    assert (code.kind, code.reason.endswith(said)) == ("opaque", True), code.reason


@pytest.mark.parametrize("source", ['f"{}"', 'f"{names[}"', "x = ("])
def test_the_reason_of_a_mistake_names_none(source: str) -> None:
    assert "needs Python" not in read_cell(source).reason

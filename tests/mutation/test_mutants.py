"""What is changed in a file, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import equivalent
from .mutants import File, Mutant


def changes(text: str) -> set[str]:
    file = File("nbrefactor/room/file.py", text)
    found = (file.mutant(site) for site in file.sites())
    return {one.after for one in found if one is not None}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("def f(a, b):\n    return a and b\n", "def f(a, b):\n    return a or b\n", id="an operator"),
        pytest.param("x = a < b\n", "x = a <= b\n", id="a comparison"),
        pytest.param("x = f(a, b)\n", "x = f(b)\n", id="an argument that is left out"),
        pytest.param("class A:\n    x = 1\n", "class A:\n    x = 2\n", id="what a class binds"),
        pytest.param("@cache\ndef f():\n    return 1\n", "@cache\ndef f():\n    return 2\n", id="a decorated function"),
        pytest.param("X = {'a'}\n", "X = {'XXaXX'}\n", id="the top level"),
    ],
)  # fmt: skip
def test_is_changed(text: str, after: str) -> None:
    assert after in changes(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from a import b\nimport c\n", id="imports"),
        pytest.param("def f(x: int | None) -> list[int] | None: ...\n", id="annotations"),
        pytest.param("@d(1, True)\ndef f(): ...\n", id="decorators"),
        pytest.param('"""Text."""\ndef f():\n    """More."""\n', id="docstrings"),
        pytest.param("cast('A', x)\n", id="what only type checkers read"),
        pytest.param("Literal['a', 'b']\n", id="a type of texts"),
    ],
)  # fmt: skip
def test_is_left_alone(text: str) -> None:
    assert changes(text) == set()


def test_every_change_is_python_and_another_text() -> None:
    text = Path(equivalent.__file__).read_text()
    for after in changes(text):
        compile(after, "x", "exec")
        assert after != text


def test_a_change_is_told_by_its_lines() -> None:
    mutant = Mutant("nbrefactor/room/file.py", 2, 0, "a\n  b = 1\n", "a\n  b = 2\n")
    assert mutant.changed() == (("b = 1",), ("b = 2",))
    assert mutant.room == "room"
    assert "-  b = 1\n+  b = 2" in mutant.diff()


def test_what_is_argued_for_is_known_again_elsewhere_in_the_file(tmp_path: Path) -> None:
    table = tmp_path / "equivalent.toml"
    table.write_text(
        '[[mutant]]\nfile = "nbrefactor/room/file.py"\ngone = "b = 1"\ncome = "b = 2"\nwhy = "unread"\n'
    )
    known = equivalent.read(table)
    assert Mutant("nbrefactor/room/file.py", 9, 3, "x\n\nb = 1\n", "x\n\nb = 2\n") in known
    assert Mutant("nbrefactor/room/file.py", 9, 3, "b = 1\n", "b = 3\n") not in known
    assert Mutant("nbrefactor/room/other.py", 9, 3, "b = 1\n", "b = 2\n") not in known


def test_what_is_argued_for_is_there() -> None:
    root = Path(__file__).parents[2]
    for one in equivalent.read().every:
        lines = [line.strip() for line in (root / one.file).read_text().splitlines()]
        assert set(one.gone) <= set(lines), one
        assert one.why

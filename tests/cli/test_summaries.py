"""What is said once for many notebooks: a line each, and wishes that none of them meets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nbrefactor.cli import main

HELPERS = "def first(values):\n    return values[0]\n"


def notebook(*sources: str) -> str:
    cells = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": one}
        for one in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    Path("helpers.py").write_text(HELPERS)
    Path("a.ipynb").write_text(notebook(HELPERS, "first([1])"))
    Path("b.ipynb").write_text(notebook("def head(values):\n    return values[0]"))
    Path("c.ipynb").write_text(notebook("x = 1"))
    return tmp_path


def migrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["migrate", "--module", "helpers", *arguments])


def test_a_summary_has_a_line_for_each_notebook_that_would_change(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.glob("*.ipynb")}
    result = migrate(".", "--stat")
    assert result.stdout == (
        "a.ipynb | 1 replaced, 0 stay | +1 -2\n"
        "b.ipynb | 1 replaced, 0 stay | +1 -2\n"
        "2 notebooks would change, 2 definitions replaced (dry run: nothing was written)\n"
    )
    assert {path: path.read_bytes() for path in folder.glob("*.ipynb")} == before
    assert migrate("c.ipynb", "--stat").stdout.startswith("nothing to do in 1 notebook")


@pytest.mark.parametrize("other", [["--patch"], ["--output", "x.ipynb"]])
def test_a_summary_is_all_that_is_shown(folder: Path, other: list[str]) -> None:
    result = migrate("a.ipynb", "--stat", *other)
    assert (result.exit_code, other[0] in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("paths", "options", "said"),
    [
        pytest.param(["."], ["--alias", "head=first"], [], id="one notebook has it"),
        pytest.param(
            ["."],
            ["--alias", "tail=first"],
            ['alias tail=first: no cell of these notebooks defines "tail"'],
            id="none has it",
        ),
        pytest.param(
            ["."],
            ["--force", "tail"],
            ['--force tail: no cell of these notebooks defines "tail"'],
            id="none has what is forced",
        ),
        pytest.param(
            ["c.ipynb"],
            ["--alias", "head=first"],
            ['  alias head=first: no cell defines "head"'],
            id="the only notebook does not have it",
        ),
    ],
)
def test_a_wish_that_nothing_meets_is_named_once(
    folder: Path, paths: list[str], options: list[str], said: list[str]
) -> None:
    lines = migrate(*paths, "--dry-run", *options).stdout.splitlines()
    assert [line for line in lines if "no cell" in line] == said

"""`migrate --interactive`: each replacement is asked about, and only what is wanted is written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nbrefactor.cli import main
from nbrefactor.config import Settings
from nbrefactor.engine import migrate_bytes
from nbrefactor.model.outcome import Outcome

HELPERS = (
    "def one(values):\n    return values[0]\n\n\ndef two(values):\n    return one(values) * 2\n\n\n"
    "def three(values):\n    return len(values)\n"
)
DEFINITIONS = HELPERS.rstrip("\n").split("\n\n\n")


def notebook(*sources: str) -> str:
    cells = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": one}
        for one in sources
    ]
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    Path("helpers.py").write_text(HELPERS)
    for name in ("a", "b"):
        Path(f"{name}.ipynb").write_text(notebook(*DEFINITIONS, "two([1]), three([2])"))
    return tmp_path


def review(answers: str, *paths: str) -> Result:
    arguments = ["migrate", *(paths or ("a.ipynb",)), "--module", "helpers", "--interactive"]
    return CliRunner().invoke(main, arguments, input=answers)


def imported(name: str = "a") -> list[str]:
    text = Path(f"{name}.ipynb").read_text()
    return [one for one in ("one", "two", "three") if f"def {one}(" not in text]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param("y\ny\ny\n", ["one", "two", "three"], id="all of them, one by one"),
        pytest.param("n\nn\nn\n", [], id="none of them"),
        pytest.param("n\nn\ny\n", ["three"], id="the last one"),
        pytest.param("a\n", ["one", "two", "three"], id="all at once"),
        pytest.param("d\n", [], id="none at once"),
        pytest.param("n\nn\na\n", ["three"], id="all that follow"),
        pytest.param("q\n", [], id="no more of it"),
        pytest.param("", [], id="nobody answers"),
        pytest.param("?\nwhat\n\nY\nyes\ny\n", ["one", "two", "three"], id="help, and other words"),
        pytest.param("e\na\n", ["one", "two", "three"], id="explained first"),
    ],
)
def test_what_is_wanted_is_written(folder: Path, answers: str, expected: list[str]) -> None:
    before = Path("a.ipynb").read_bytes()
    result = review(answers)
    assert result.exit_code == 0, result.output
    assert imported() == expected
    assert (Path("a.ipynb").read_bytes() == before) is (not expected)


def test_a_replacement_is_shown_with_its_reason(folder: Path) -> None:
    shown = review("n\nd\n").stdout
    assert "-def one(values):\n" in shown
    assert "+from helpers import one\n" in shown
    assert "exact: helpers.one\n" in shown
    assert "(1/3) Replace one [y,n,a,d,e,q,?]? " in shown


def test_an_explanation_shows_both_sources(folder: Path) -> None:
    shown = review("e\nd\n").stdout
    assert "helpers.one" in shown.partition("Replace one")[2].partition("Replace one")[0]


def test_help_tells_the_answers(folder: Path) -> None:
    assert "y - replace this definition\n" in review("?\nd\n").stdout


def test_what_depends_on_a_declined_one_stays_and_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_two(data: bytes, settings: Settings, *rest: object, **named: object) -> Outcome:
        settings = replace(settings, declined=(*settings.declined, "two"))
        return migrate_bytes(data, settings, *rest, **named)

    monkeypatch.setattr("nbrefactor.engine.migrate_bytes", without_two)
    result = review("n\ny\nn\n")
    assert imported() == []
    assert "stays, because of what was declined: two\n" in result.stdout
    assert "nothing to do in 1 notebook" in result.stdout


def test_the_end_of_a_review_is_that_of_all_notebooks(folder: Path) -> None:
    review("a\nq\n", "a.ipynb", "b.ipynb")
    assert (imported("a"), imported("b")) == (["one", "two", "three"], [])


def test_all_is_all_of_one_notebook(folder: Path) -> None:
    result = review("a\nd\n", "a.ipynb", "b.ipynb")
    assert (imported("a"), imported("b")) == (["one", "two", "three"], [])
    assert result.stdout.count("Replace one") == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["-"], "standard input", id="standard input"),
        pytest.param(["a.ipynb", "--prove"], "--prove", id="proven"),
        pytest.param(["a.ipynb", "--fold"], "--fold", id="folded"),
    ],
)
def test_what_does_not_go_together(folder: Path, options: list[str], said: str) -> None:
    result = review("", *options)
    assert (result.exit_code, said in result.stderr) == (2, True)


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    before = Path("a.ipynb").read_bytes()
    review("a\n", "a.ipynb", "--dry-run")
    assert Path("a.ipynb").read_bytes() == before

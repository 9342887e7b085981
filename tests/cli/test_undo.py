"""What ``migrate`` and ``bump`` wrote is taken back, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nbrefactor.cli import main

from ..notebooks import notebook

F = "def f(x):\n    return x + 1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "project"
    place.mkdir()
    monkeypatch.chdir(place)
    Path("plots.py").write_text(f"{F}\n")
    for name in ("a", "b", "c"):
        Path(f"{name}.ipynb").write_bytes(notebook(F, "f(1)") if name != "c" else notebook("1"))
    return place


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_migration_of_several_notebooks_is_one_change(folder: Path) -> None:
    before = held(folder)
    assert run("migrate", ".", "--module", "plots").exit_code == 0
    after = held(folder)
    assert {name for name in after if after[name] != before[name]} == {"a.ipynb", "b.ipynb"}
    assert "migrate" in run("undo", "--dry-run").output
    assert held(folder) == after
    assert "2 files taken back" in run("undo").output
    assert held(folder) == before


def test_one_file_names_the_change_of_all(folder: Path) -> None:
    before = held(folder)
    run("migrate", ".", "--module", "plots")
    assert run("undo", "a.ipynb").exit_code == 0
    assert held(folder) == before


def test_the_last_change_goes_first(folder: Path) -> None:
    run("migrate", "a.ipynb", "--module", "plots")
    between = held(folder)
    run("migrate", "b.ipynb", "--module", "plots")
    run("undo")
    assert held(folder) == between


@pytest.mark.parametrize("option", ["--dry-run", "--patch", "--output=x.ipynb"])
def test_what_writes_no_notebook_leaves_nothing_to_take_back(folder: Path, option: str) -> None:
    run("migrate", "a.ipynb", "--module", "plots", option)
    assert run("undo").exit_code == 2


def test_without_a_place_for_the_journal_it_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBREFACTOR_STATE_DIR", str(folder / "plots.py"))
    result = run("migrate", "a.ipynb", "--module", "plots")
    assert result.exit_code == 0
    assert "undo cannot take all of it back" in " ".join(result.output.split())
    assert b"from plots import f" in (folder / "a.ipynb").read_bytes()

"""The commands ``extract`` and ``undo`` as they are typed, on the folder that the README shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nbrefactor.cli import main
from nbrefactor.extract.checking import ImportCheckError, check_imports
from nbrefactor.extract.values import Module
from nbrefactor.extract.writing import ModuleError

COPIES = Path(__file__).parents[2] / "fixtures" / "copies"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(COPIES, tmp_path / "notebooks")
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setenv("NBREFACTOR_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "notebooks"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_dry_run_shows_all_and_writes_nothing(folder: Path) -> None:
    before = held(folder)
    result = run("extract", ".", "--all", "--to", "helpers.py", "--dry-run")
    assert result.exit_code == 0, result.output
    assert held(folder) == before
    assert "15 copies of 5 definitions would be replaced in 7 notebooks" in result.output
    assert "+def save_fig(name, tight=True, *, fig_dir):" in result.output
    assert '+save_fig("bars", fig_dir=IMAGES)' in result.output.replace("\n-", "\n")
    assert "smooth  07_trap.ipynb:cell 3" in result.output


def test_what_is_written_can_be_taken_back(folder: Path) -> None:
    before = held(folder)
    result = run("extract", ".", "--all", "--to", "helpers.py")
    assert result.exit_code == 0, result.output
    after = held(folder)
    assert {name for name in after if after[name] != before.get(name)} == {
        "helpers.py", "01_weather.ipynb", "02_river.ipynb",
        "03_training.ipynb", "04_fine_tuning.ipynb", "05_baseline.ipynb", "06_forest.ipynb",
        "07_trap.ipynb",
    }  # fmt: skip
    again = run("extract", ".", "--all", "--to", "helpers.py")
    assert "nothing is extracted" in again.output
    assert held(folder) == after
    assert run("undo", "--dry-run").exit_code == 0
    assert held(folder) == after
    assert "8 files taken back" in run("undo").output
    assert held(folder) == before


def test_one_definition_by_name(folder: Path) -> None:
    result = run("extract", ".", "plot_history", "--to", "plots.py", "-q")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("3 copies of 1 definition replaced in 3 notebooks")
    assert "figsize=(6, 4), title=" in (folder / "plots.py").read_text()


def test_a_name_that_nobody_defines_is_a_problem(folder: Path) -> None:
    before = held(folder)
    result = run("extract", ".", "splitt", "--to", "helpers.py")
    assert result.exit_code == 2
    assert "splitt: no notebook defines it" in result.output
    assert held(folder) == before


def test_undo_refuses_where_somebody_worked_on(folder: Path) -> None:
    run("extract", ".", "split", "--to", "helpers.py")
    notebook = folder / "06_forest.ipynb"
    notebook.write_bytes(notebook.read_bytes() + b"\n")
    after = held(folder)
    result = run("undo")
    assert result.exit_code == 2
    assert "06_forest.ipynb was changed since" in result.output
    assert held(folder) == after


def test_nothing_to_take_back(folder: Path) -> None:
    result = run("undo")
    assert result.exit_code == 2
    assert "nothing is known that could be taken back" in result.output


def test_a_module_that_cannot_be_imported_is_not_written(tmp_path: Path) -> None:
    module = Module(tmp_path / "broken.py", (), None, b"import json\n1 / 0\n")
    fine = Module(tmp_path / "fine.py", (), None, b"import json\n")
    check_imports([fine])
    with pytest.raises(ImportCheckError, match=r"broken\.py: .*ZeroDivisionError.*nothing was"):
        check_imports([fine, module])
    assert list(tmp_path.iterdir()) == []


WRONG = {
    "no name and no --all": (("extract", ".", "--to", "h.py"), "name the definitions, or say --all"),
    "both": (("extract", ".", "split", "--all", "--to", "h.py"), "name the definitions, or say --all"),
    "no path": (("extract", "split", "--to", "h.py"), "no notebook or folder was named"),
    "no module's name": (("extract", ".", "split", "--to", "my-helpers.py"), "a name that ends in .py"),
    "no folder": (("extract", ".", "split", "--to", "x/h.py"), "its folder does not exist"),
    "no rename": (("extract", ".", "split", "--to", "h.py", "--rename", "split"), "expected NAME=NEW"),
    "a run's option without a run": (("extract", ".", "split", "--to", "h.py", "--timeout", "3"), "--prove"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=WRONG)
def test_wrong_usage_is_said(folder: Path, arguments: tuple[str, ...], told: str) -> None:
    before = held(folder)
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())
    assert held(folder) == before


@pytest.mark.parametrize(
    "text", ["def f(:\n", "\x00", "x = 1\n" * 3 + "\x80"], ids=["syntax", "nul", "latin"]
)
def test_a_module_that_does_not_parse_is_said(folder: Path, text: str) -> None:
    (folder / "helpers.py").write_bytes(text.encode("latin-1"))
    before = held(folder)
    result = run("extract", ".", "split", "--to", "helpers.py")
    assert isinstance(result.exception, ModuleError)
    assert "helpers.py: " in str(result.exception)
    assert held(folder) == before


@pytest.mark.slow
def test_all_notebooks_show_the_same(folder: Path) -> None:
    result = run("extract", ".", "--all", "--to", "helpers.py", "--prove")
    assert result.exit_code == 0, result.output
    assert result.output.count("  proven: ") == 7
    assert (folder / "helpers.py").exists()


@pytest.mark.slow
def test_a_notebook_that_shows_something_else_stops_all(folder: Path) -> None:
    # Whoever prints the function's module sees that it has moved; no reading foresees __module__
    # in a name that is put together.
    path = folder / "06_forest.ipynb"
    text = path.read_text().replace(
        "train, test = split(table, seed=5)",
        "import gc\\n\", \"x = [o for o in gc.get_objects() if callable(o) and getattr(o, '__name__', '') == 'split' and getattr(o, '__mod' 'ule__', '') == '__main__']\\n\", \"print(len(x) > 0)\\n\", \"train, test = split(table, seed=5)",
    )
    path.write_text(text)
    before = held(folder)
    result = run("extract", ".", "split", "--to", "helpers.py", "--prove", "-q")
    assert result.exit_code == 1, result.output
    assert "nothing was written" in result.output
    assert held(folder) == before

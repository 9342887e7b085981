"""The user's problems and our own bugs: told apart, and neither keeps others from their turn."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import nbrefactor
from nbrefactor.cli import main, program
from nbrefactor.cli.problems import Problems, report_bug
from nbrefactor.config import SettingsError
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.notebook.document import NotebookError

from ..notebooks import markdown, notebook

SOURCE = (
    "def best(items, key=lambda it: it):\n    return sorted(items, key=key)\nprint(best([2, 1]))"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three notebooks, of which the middle one meets a bug, and a folder for tracebacks."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "saved").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "saved"))
    for name in ("a", "b", "c"):
        mark = "# odd\n" if name == "b" else ""
        data = notebook(markdown("# Demo (v1.2.0)"), mark + SOURCE)
        (tmp_path / f"{name}.ipynb").write_bytes(data)
    (tmp_path / "plots.py").write_text(SOURCE.rpartition("\n")[0] + "\n")
    return tmp_path


@pytest.fixture
def bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make reading the code of one notebook fail in a way that nobody foresaw."""
    from nbrefactor.notebook import document

    read = document._cell

    def odd(data: bytes, index: int, spans: object) -> object:
        cell = read(data, index, spans)
        if cell.source.startswith("# odd"):
            raise KeyError("it\x1b[31m\n::error::x")
        return cell

    monkeypatch.setattr(document, "_cell", odd)


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


COMMANDS = [
    pytest.param(["migrate", "--module", "plots"], id="migrate"),
    pytest.param(["migrate", "--module", "plots", "--dry-run"], id="migrate, preview"),
    pytest.param(["bump"], id="bump"),
    pytest.param(["check", "--module", "plots"], id="check"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bug_is_reported_for_its_notebook_and_the_others_are_processed(
    command: list[str], folder: Path, bug: None
) -> None:
    before = {name: (folder / name).read_bytes() for name in ("a.ipynb", "b.ipynb", "c.ipynb")}
    result = run(*command, "a.ipynb", "b.ipynb", "c.ipynb")
    assert result.exit_code == 2
    (line,) = (line for line in result.stderr.splitlines() if "bug" in line)
    assert line.startswith(
        f"nbrefactor: b.ipynb: this is a bug of nbrefactor {nbrefactor.__version__}"
    )
    assert "KeyError" in line
    assert "\x1b" not in result.output
    (saved,) = (folder / "saved").iterdir()
    assert f"saved in {saved}" in line
    text = saved.read_text()
    assert "Traceback (most recent call last)" in text
    assert "notebook: b.ipynb" in text
    assert "\x1b" not in text
    assert all(name in result.stdout for name in ("a.ipynb", "c.ipynb"))
    changed = {name for name, data in before.items() if (folder / name).read_bytes() != data}
    writes = command[0] in ("migrate", "bump") and "--dry-run" not in command
    assert changed == ({"a.ipynb", "c.ipynb"} if writes else set())


@pytest.mark.parametrize("command", ["explain", "verify"])
def test_a_bug_of_a_command_for_one_notebook(command: str, folder: Path, bug: None) -> None:
    result = run(command, "b.ipynb", "--module", "plots")
    assert result.exit_code == 2
    assert result.stderr.startswith("nbrefactor: b.ipynb: this is a bug of nbrefactor")
    assert len(result.stderr.splitlines()) == 1


def test_a_value_error_is_a_bug_and_not_the_user_s_problem(folder: Path) -> None:
    problems = Problems()

    def work() -> None:
        raise ValueError("an odd thing")

    assert problems.attempt("n.ipynb", work) is None
    assert "this is a bug" in problems.sentences[0]
    assert "ValueError: an odd thing" in problems.sentences[0]


ERRORS = [
    pytest.param(SettingsError("no such key"), "no such key", id="a setting is not the notebook's"),
    pytest.param(NotebookError("not JSON"), "n.ipynb: not JSON", id="the notebook"),
    pytest.param(
        PermissionError(13, "Denied"), "n.ipynb: cannot be read (Denied)", id="the system"
    ),
]


@pytest.mark.parametrize(("error", "sentence"), ERRORS)
def test_the_user_s_problems_are_sentences(error: Exception, sentence: str) -> None:
    problems = Problems()

    def work() -> None:
        raise error

    problems.attempt("n.ipynb", work)
    assert problems.sentences == [sentence]


def test_an_interrupt_is_nobody_s_problem() -> None:
    def work() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Problems().attempt("n.ipynb", work)


def test_a_traceback_that_cannot_be_saved_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    said = report_bug(KeyError("it"), "n.ipynb")
    assert "could not be saved" in said
    assert "KeyError" in said


def test_what_escapes_a_command_is_a_bug_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("an odd thing")

    monkeypatch.setattr("nbrefactor.report.explained.render", broken)
    monkeypatch.setattr("sys.argv", ["nbrefactor", "check", "a.ipynb", "--module", "plots"])
    with pytest.raises(SystemExit) as ended:
        program()
    assert ended.value.code == 2
    assert "nbrefactor: this is a bug of nbrefactor" in capsys.readouterr().err
    assert list((folder / "saved").iterdir())


def test_lambdas_in_a_header_are_no_problem(folder: Path) -> None:
    result = run("migrate", "--module", "plots", "a.ipynb")
    assert result.exit_code == 0
    source = json.loads((folder / "a.ipynb").read_text())["cells"][1]["source"]
    assert "from plots import best" in "".join(source)


def test_all_of_our_errors_have_one_root() -> None:
    found = set()
    for module in pkgutil.walk_packages(nbrefactor.__path__, "nbrefactor."):
        if not re.search(r"__main__|\.viz", module.name):
            for value in vars(importlib.import_module(module.name)).values():
                ours = inspect.isclass(value) and value.__module__.startswith("nbrefactor.")
                if ours and issubclass(value, BaseException) and value.__name__[0] != "_":
                    found.add(value)
    assert len(found) > 10
    assert not {error for error in found if not issubclass(error, NbrefactorError)}

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result

from nbrefactor.cli import main

from ..notebooks import notebook

DEFINITION = "def double(x):\n    return 2 * x\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "helpers.py").write_text(DEFINITION)
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def nbrefactor(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def migrate(*arguments: str) -> Result:
    return nbrefactor("migrate", "x.ipynb", "--module", "helpers", *arguments)


@pytest.mark.slow
class TestWithKernels:
    def test_a_notebook_that_runs_through_is_written_without_outputs(self, folder: Path) -> None:
        Path("x.ipynb").write_bytes(notebook(DEFINITION, "print(double(4))"))
        planned = migrate("--output", "planned.ipynb")
        assert planned.exit_code == 0
        result = migrate("--execute", "-p", "n", "3", "--executed", "kept.ipynb")
        assert result.exit_code == 0, result.output
        assert "ran through: 2 cells" in result.output
        assert Path("x.ipynb").read_bytes() == Path("planned.ipynb").read_bytes()
        kept = json.loads(Path("kept.ipynb").read_text())
        assert kept["metadata"]["papermill"]["parameters"] == {"n": 3}
        assert kept["cells"][-1]["outputs"][0]["text"] == ["8\n"]

    def test_fresh_outputs_are_put_in_and_nothing_else_of_the_run(self, folder: Path) -> None:
        Path("x.ipynb").write_bytes(notebook(DEFINITION, "print(double(4))\ndouble(5)"))
        assert migrate("--output", "planned.ipynb").exit_code == 0
        assert migrate("--execute", "--save-outputs").exit_code == 0
        saved, planned = Path("x.ipynb").read_text(), Path("planned.ipynb").read_text()
        assert "papermill" not in saved
        cells = json.loads(saved)["cells"]
        assert [cell["execution_count"] for cell in cells] == [1, 2]
        assert [output["output_type"] for output in cells[1]["outputs"]] == [
            "stream",
            "execute_result",
        ]
        added = [line for line in saved.splitlines() if line not in planned.splitlines()]
        assert all(line.startswith("   ") for line in added)
        assert migrate("--execute", "--save-outputs").exit_code == 0
        assert Path("x.ipynb").read_text() == saved

    def test_a_dry_run_runs_and_writes_nothing(self, folder: Path) -> None:
        data = notebook(DEFINITION, "double(1)")
        Path("x.ipynb").write_bytes(data)
        result = migrate("--execute", "--dry-run")
        assert result.exit_code == 0
        assert "ran through" in result.output
        assert Path("x.ipynb").read_bytes() == data

    def test_a_notebook_that_failed_before_is_compared_up_to_there_and_written(
        self, folder: Path
    ) -> None:
        Path("x.ipynb").write_bytes(notebook(DEFINITION, "y = 0\ndouble(1) / y", "2"))
        assert migrate("--output", "planned.ipynb").exit_code == 0
        result = migrate("--execute")
        assert result.exit_code == 0, result.output
        assert "cell 2 failed: it raised ZeroDivisionError: division by zero" in result.output
        assert "double(1) / y" in result.output
        assert "----> 2 double(1) / y" in result.output
        assert "the original fails in the same place with the same error" in result.output
        assert "shows the same up to there" in result.output
        assert Path("x.ipynb").read_bytes() == Path("planned.ipynb").read_bytes()

    def test_one_that_shows_something_else_before_it_fails_is_not_written(
        self, folder: Path
    ) -> None:
        drawing = "import matplotlib.pyplot as plt\ndef draw(x):\n    plt.figure()\n    plt.plot([x, {}])\n    plt.show()"
        Path("helpers.py").write_text(drawing.format(2))
        data = notebook(drawing.format(1), "draw(3)", "1 / 0")
        Path("x.ipynb").write_bytes(data)
        result = migrate("--execute", "--accept", "compatible")
        assert result.exit_code == 1
        assert "with the same error" in result.output
        assert Path("x.ipynb").read_bytes() == data

    def test_a_failure_that_the_migration_brings_is_called_that(self, folder: Path) -> None:
        Path("helpers.py").write_text("raise RuntimeError('no')\n" + DEFINITION)
        Path("x.ipynb").write_bytes(notebook(DEFINITION, "double(1)"))
        result = migrate("--execute", "--force", "double")
        assert result.exit_code == 1
        assert "the original does not fail here: the migration is the cause" in result.output

    def test_a_missing_kernel_and_a_missing_folder_are_told(self, folder: Path) -> None:
        data = notebook(DEFINITION, "double(1)", kernel="nope")
        Path("x.ipynb").write_bytes(data)
        result = migrate("--execute")
        assert result.exit_code == 2
        assert 'kernel "nope" is not installed here; there are' in result.output
        (folder / "src").mkdir()
        Path("helpers.py").rename(folder / "src" / "helpers.py")
        result = migrate("--execute", "--kernel", "python3", "--source-root", "src")
        assert result.exit_code == 2
        assert f"PYTHONPATH={folder / 'src'}" in " ".join(result.output.split())
        assert Path("x.ipynb").read_bytes() == data

    @pytest.mark.parametrize(
        "number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"]
    )
    @pytest.mark.parametrize("command", ["migrate --execute", "migrate --prove", "verify"])
    def test_a_stop_leaves_files_and_no_kernel(
        self, folder: Path, command: str, number: int
    ) -> None:
        data = notebook(
            DEFINITION,
            f"import time\nopen({str(folder / 'at')!r}, 'w').close()\ntime.sleep(1000)\ndouble(1)",
        )
        Path("x.ipynb").write_bytes(data)
        temporary = folder / "tmp"
        temporary.mkdir()
        name, *options = command.split()
        process = subprocess.Popen(
            [sys.executable, "-m", "nbrefactor", name, "x.ipynb", "--module", "helpers", *options],
            env={**os.environ, "TMPDIR": str(temporary)}, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while not Path("at").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        process.send_signal(number)
        _, said = process.communicate(timeout=40)
        assert process.returncode == 130
        assert "stopped; the notebooks are as they were" in said
        assert "Traceback" not in said
        assert Path("x.ipynb").read_bytes() == data
        assert not psutil.wait_procs(children, timeout=5)[1]
        assert list(temporary.iterdir()) == []

    def test_verify_needs_nothing_written(self, folder: Path) -> None:
        data = notebook(DEFINITION, "print(double(4))")
        Path("x.ipynb").write_bytes(data)
        result = nbrefactor("verify", "x.ipynb", "--module", "helpers", "--report", "r.html", "-q")
        assert result.exit_code == 0, result.output
        assert result.output == (
            "verified: 2 of 2 code cells, 1 output: 1 identical, "
            "1 of 1 cell with replaced calls compared\n"
        )
        assert Path("x.ipynb").read_bytes() == data
        assert Path("r.html").read_text().startswith("<!DOCTYPE html>")

    def test_verify_of_two_files_for_machines(self, folder: Path) -> None:
        Path("x.ipynb").write_bytes(notebook("print(1)", "print(2)"))
        Path("y.ipynb").write_bytes(notebook("print(1)", "print(3)"))
        result = CliRunner().invoke(
            main, ["verify", "x.ipynb", "y.ipynb", "--output-format", "json"]
        )
        assert result.exit_code == 1
        found = json.loads(result.stdout)
        assert found["migrated"] == "y.ipynb"
        assert [cell["status"] for cell in found["cells"]] == ["identical", "changed"]
        assert found["cells"][1]["outputs"][0]["detail"] == "line 1: '2' became '3'"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["-p", "a b", "1", "--execute"], "a name that a variable can have", id="a wrong name"
        ),
        pytest.param(["-p", "a", "1"], "need --execute", id="without a run"),
        pytest.param(["--execute", "--timeout", "0"], "--timeout", id="no time at all"),
        pytest.param(
            ["--execute", "--parameters-file", "no.yaml"], "cannot be read", id="a missing file"
        ),
    ],
)
def test_options_that_cannot_be(folder: Path, arguments: list[str], message: str) -> None:
    data = notebook(DEFINITION)
    Path("x.ipynb").write_bytes(data)
    result = migrate(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert Path("x.ipynb").read_bytes() == data


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param(["x.ipynb", "y.ipynb"], id="two notebooks"),
        pytest.param(["."], id="a folder of two"),
        pytest.param(["x.ipynb", "-"], id="a notebook and standard input"),
    ],
)
def test_one_path_keeps_no_results_of_several_notebooks(folder: Path, paths: list[str]) -> None:
    data = notebook(DEFINITION)
    for name in ("x.ipynb", "y.ipynb"):
        Path(name).write_bytes(data)
    result = nbrefactor(
        "migrate", *paths, "--module", "helpers", "--execute", "--executed", "z.ipynb"
    )
    assert result.exit_code == 2
    assert result.output == (
        "nbrefactor: --executed z.ipynb takes one notebook, and 2 were given\n"
    )
    assert not Path("z.ipynb").exists()
    assert Path("x.ipynb").read_bytes() == Path("y.ipynb").read_bytes() == data


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        pytest.param(["none.ipynb"], "none.ipynb: cannot be read", 2, id="a missing original"),
        pytest.param(
            ["x.ipynb", "none.ipynb"], "none.ipynb: cannot be read", 2, id="a missing migrated one"
        ),
        pytest.param(
            ["x.ipynb", "helpers.py"], "helpers.py: not JSON", 2, id="a migrated one that is none"
        ),
        pytest.param(["x.ipynb"], "nothing to verify", 0, id="nothing to migrate"),
        pytest.param(
            ["x.ipynb", "x.ipynb", "--pattern", "("],
            "expected a regular expression",
            2,
            id="a pattern",
        ),
    ],
)
def test_verify_says_why_it_does_not_run(
    folder: Path, arguments: list[str], message: str, code: int
) -> None:
    Path("x.ipynb").write_bytes(notebook("1"))
    result = nbrefactor("verify", *arguments)
    assert (result.exit_code, message in result.output) == (code, True), result.output

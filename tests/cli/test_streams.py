"""Streams that are closed, full or unbuffered, files without an end, and folders that are gone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbrefactor.cli import main

ROOT = Path(__file__).parents[2]
HELPERS = "def first(values):\n    return values[0]\n"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="of streams and pipes of POSIX")


def notebook(output: str = "") -> str:
    cells = [
        {
            "cell_type": "code", "execution_count": None, "metadata": {}, "source": source,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": output}],
        }
        for source in (HELPERS, "first([1])")
    ]  # fmt: skip
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / ".git").mkdir()
    Path("helpers.py").write_text(HELPERS)
    Path("n.ipynb").write_text(notebook())
    Path("large.ipynb").write_text(notebook("x" * 9000))
    os.mkfifo("pipe")
    return tmp_path


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line in which NB is the program."""
    line = re.sub(r"\bNB\b", f'"{sys.executable}" -m nbrefactor', line)
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60)


SHORT = "ulimit -f 0; trap '' XFSZ;"
MIGRATE = "NB migrate large.ipynb --module helpers -q"


@pytest.mark.slow
@pytest.mark.parametrize("unbuffered", ["", "PYTHONUNBUFFERED=1"])
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"{SHORT} {{}} {MIGRATE} --output - > out", id="a result"),
        pytest.param(f"{SHORT} {{}} {MIGRATE} --output out", id="a file"),
        pytest.param(f"{SHORT} {{}} {MIGRATE} --patch > out", id="a patch"),
        pytest.param(
            f"{SHORT} {{}} NB check n.ipynb --output-format sarif > out", id="what is found"
        ),
        pytest.param(f"{{}} {MIGRATE} --output - > /dev/full", id="a full disk"),
        pytest.param("{} NB check n.ipynb > /dev/full", id="a full disk, and lines"),
    ],
)
def test_what_is_not_written_whole_is_no_success(folder: Path, unbuffered: str, line: str) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    Path("large.ipynb").write_text(notebook("x" * 9000))
    run = shell(line.format(unbuffered))
    assert run.returncode == 2, run.stderr
    assert "cannot be written" in run.stderr
    assert "Traceback" not in run.stderr
    assert "bug" not in run.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param("NB check n.ipynb >&-", 2, id="check without standard output"),
        pytest.param("NB check n.ipynb 2>&-", 0, id="check without standard error"),
        pytest.param("NB check no.ipynb 2>&-", 2, id="a problem without standard error"),
        pytest.param("NB migrate - <&-", 2, id="migrate without standard input"),
        pytest.param("NB migrate n.ipynb --module helpers --patch >&-", 2, id="a patch"),
        pytest.param("NB migrate n.ipynb --module helpers --dry-run <&- >&- 2>&-", 2, id="all"),
        pytest.param("NB scan . >&-", 2, id="scan"),
        pytest.param("NB --version >&-", 2, id="the version"),
    ],
)
def test_a_closed_stream_is_said(folder: Path, line: str, code: int) -> None:
    before = {path: path.read_bytes() for path in folder.glob("*.ipynb")}
    run = shell(line)
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    assert "bug" not in run.stderr
    assert {path: path.read_bytes() for path in folder.glob("*.ipynb")} == before


@pytest.mark.parametrize("file", ["pipe", "/dev/zero"])
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["explain", "{}"], id="explain"),
        pytest.param(["verify", "{}"], id="verify"),
        pytest.param(["verify", "n.ipynb", "{}"], id="the migrated one of verify"),
        pytest.param(["check", "{}"], id="check"),
        pytest.param(["check", "n.ipynb", "--baseline", "{}"], id="a baseline"),
        pytest.param(["migrate", "{}"], id="migrate"),
        pytest.param(["scan", "{}"], id="scan"),
        pytest.param(
            ["migrate", "n.ipynb", "--execute", "--parameters-file", "{}"], id="parameters"
        ),
    ],
)
def test_a_file_without_an_end_is_refused(folder: Path, arguments: list[str], file: str) -> None:
    result = CliRunner().invoke(main, [one.format(file) for one in arguments])
    assert result.exit_code == 2
    assert "no regular file" in result.output


def test_a_file_that_cannot_be_written_is_named(folder: Path) -> None:
    result = CliRunner().invoke(
        main, ["migrate", "n.ipynb", "--module", "helpers", "--output", "no/out.ipynb"]
    )
    assert result.exit_code == 2
    assert "n.ipynb: the result does not go to no/out.ipynb: its folder" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check .", "migrate ../n.ipynb", "config", "scan .."])
def test_a_current_folder_that_is_gone_is_said(folder: Path, command: str) -> None:
    (folder / "gone").mkdir()
    run = shell(f"cd gone; rmdir ../gone; NB {command}")
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1] == (
        "nbrefactor: the current folder is gone; go to another one"
    )


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.12, 0.25, 0.4, 0.8])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whenever_it_is_stopped_no_file_is_left_behind(
    folder: Path, after: float, number: int
) -> None:
    for at in range(40):
        (folder / f"{at}.ipynb").write_text(notebook("x" * 90_000))
    process = subprocess.Popen(
        [sys.executable, "-m", "nbrefactor", "migrate", ".", "--module", "helpers", "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(after)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert not list(folder.glob(".nbrefactor-*"))
    # Before the program is there, and behind its end, Python itself answers.
    if any(line.startswith("nbrefactor: stopped") for line in said.splitlines()):
        # Stopped while it ends, Python lets the signal end it: a shell shows 130 for both.
        assert process.returncode in (130, -signal.SIGINT)
    written = sum("import first" in path.read_text() for path in folder.glob("[0-9]*.ipynb"))
    if "written before" in said:
        assert f"{written} notebook" in said
    if "as they were" in said and "written before" not in said:
        assert written == 0

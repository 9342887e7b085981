"""What every command prints on one small project, held against files that a person can read.

Say ``NBREFACTOR_RENEW=1`` to write the files anew, and read what changed.
"""

from __future__ import annotations

import json
import os
import pty
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbrefactor import __version__
from nbrefactor.cli import main

GOLDEN = Path(__file__).with_name("golden")
HELPERS = '''\
import matplotlib.pyplot as plt


def first(values):
    """Give the first one."""
    return values[0]


def show(values, title="Values"):
    figure, axes = plt.subplots()
    axes.plot(values, marker="o")
    axes.set_title(title)
    plt.show()


def scale(values, factor=2):
    return [value * factor for value in values]
'''
ANALYSIS = [
    ("markdown", "# Analysis (v1.2.0)"),
    ("code", "import matplotlib.pyplot as plt"),
    ("code", "def first(items):\n    # the usual\n    return items[0]"),
    (
        "code",
        'def show(values, title="Losses"):\n    plt.figure()\n    plt.plot(values)\n'
        "    plt.title(title)\n    plt.show()\n\n"
        "def scale(values, factor=3):\n    values.sort()\n"
        "    return [value * factor for value in values]",
    ),
    ("code", "show(scale([first([1]), 2]))"),
    ("code", "x = ("),
]
COPIES = [
    ("code", "def mean(values):\n    total = sum(values)\n    return total / len(values)"),
    ("code", "print(mean([1, 2]))"),
]
OPTIONS = ["--module", "helpers", "--accept", "compatible"]
PRINTED = {
    "check.txt": ["check", ".", "--select", "NB", *OPTIONS],
    "check-statistics.txt": ["check", ".", "--statistics", "-q", "--exit-zero", *OPTIONS],
    "check-concise.txt": ["check", ".", "--output-format", "concise", *OPTIONS],
    "check-github.txt": ["check", ".", "--output-format", "github", "-q", *OPTIONS],
    "check.json": ["check", ".", "--output-format", "json", "-q", *OPTIONS],
    "check.sarif": ["check", ".", "--output-format", "sarif", "-q", *OPTIONS],
    "check-junit.xml": ["check", ".", "--junit", "-", "-q", *OPTIONS],
    "check-diff.txt": ["check", ".", "--diff", *OPTIONS],
    "migrate-dry-run.txt": ["migrate", ".", "--dry-run", *OPTIONS],
    "migrate-stat.txt": ["migrate", ".", "--stat", *OPTIONS],
    "migrate.patch": ["migrate", ".", "--patch", "-q", *OPTIONS],
    "bump.txt": ["bump", "analysis.ipynb", "--dry-run"],
    "config.txt": ["config", *OPTIONS],
    "rule.txt": ["rule", "NB101"],
    "scan.txt": ["scan", "."],
    "scan.json": ["scan", ".", "--output-format", "json"],
}


def notebook(cells: list[tuple[str, str]]) -> str:
    made = [
        {"cell_type": kind, "id": f"c{at}", "metadata": {}, "source": text.splitlines(True)}
        | ({"execution_count": None, "outputs": []} if kind == "code" else {})
        for at, (kind, text) in enumerate(cells)
    ]
    document = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1) + "\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    Path("helpers.py").write_text(HELPERS)
    Path("analysis.ipynb").write_text(notebook(ANALYSIS))
    Path("copies.ipynb").write_text(notebook(COPIES))
    Path("more.ipynb").write_text(notebook(COPIES))
    return tmp_path


def hold(name: str, printed: str, project: Path) -> None:
    """Compare with a golden file; without one the test fails."""
    printed = printed.replace(str(project), "PROJECT").replace(f'"{__version__}"', '"VERSION"')
    expected = GOLDEN / name
    if os.environ.get("NBREFACTOR_RENEW"):
        expected.write_text(printed, encoding="utf-8")
    assert printed == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed(name: str, project: Path) -> None:
    arguments = list(PRINTED[name])
    if "--junit" in arguments:
        arguments[arguments.index("-")] = "report.xml"
    result = CliRunner().invoke(main, arguments)
    printed = result.stdout
    if "--junit" in arguments:
        printed = Path("report.xml").read_text(encoding="utf-8")
    hold(name, printed, project)


def terminal(width: int, *arguments: str) -> str:
    """Run a command in a terminal of so many columns; give what it shows there."""
    ours, theirs = pty.openpty()
    import fcntl
    import termios

    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    process = subprocess.Popen(
        [sys.executable, "-m", "nbrefactor", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment, "TERM": "xterm-256color"},
    )
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 65536):
            shown += data
    except OSError:  # Linux says so where nobody writes any more.
        pass
    process.wait()
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode()).replace("\r\n", "\n")


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("command", ["check", "migrate"])
def test_lines_hang_in_a_terminal(command: str, width: int, project: Path) -> None:
    arguments = {"check": ["check"], "migrate": ["migrate", "--dry-run"]}[command]
    # One notebook, which shows no bar.
    shown = terminal(width, *arguments, "analysis.ipynb", *OPTIONS)
    # A diff stays what it is.
    assert not [line for line in shown.split("\n") if len(line) > width and line[0] not in "+-"]
    hold(f"terminal-{command}-{width}.txt", shown, project)

"""What `nbrefactor explain` prints, at three widths, held against files that a person can read.

Say ``NBREFACTOR_RENEW=1`` to write the files anew, and read what changed.
"""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbrefactor.cli import main

from ..notebooks import notebook

EXPLAINED = Path(__file__).with_name("explained")
MODULE = '''
import matplotlib.pyplot as plt

SIZE = 3


def show(values, title="Values"):
    """Show values."""
    plt.figure(figsize=(8, 4))
    plt.plot(values)
    plt.title(title)
    plt.show()


def scale(values, factor=2):
    total = [value * factor for value in values]
    return total


def pick(values):
    return values[:SIZE]


def count(values):
    return len(values)
'''
CELLS = [
    """import matplotlib.pyplot as plt
SIZE = 4

def show(data, title="Values"):
    # my plot
    plt.figure(figsize=(10, 4))
    plt.plot(data)
    plt.title(title)
    plt.show()

def scale(values, factor=3):
    total = [value * factor for value in values]
    return total

def pick(values):
    return values[:SIZE]

def count(values):
    return len(values)
""",
    "show([1, 2])\nprint(scale([1]), pick([1, 2]), count([]))",
]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_what_is_printed(tmp_path, monkeypatch, width):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(width))
    Path("helpers.py").write_text(MODULE)
    # Where a test runs is as long as it is.
    monkeypatch.setattr("nbrefactor.report.explain.visible_line", lambda place: Path(place).name)
    Path("x.ipynb").write_bytes(notebook(*CELLS))
    result = CliRunner().invoke(main, ["explain", "x.ipynb", "--module", "helpers"])
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.split("\n"))) <= width
    printed = "\n".join(line.rstrip() for line in result.output.split("\n"))
    expected = EXPLAINED / f"{width}.txt"
    if os.environ.get("NBREFACTOR_RENEW"):
        expected.write_text(printed)
    assert printed == expected.read_text()

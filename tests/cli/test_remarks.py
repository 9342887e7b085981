"""What is remarked besides: notebooks that are open in Jupyter, and those that run on Colab."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbrefactor.cli import main
from nbrefactor.notebook.opened import saved_just_now

HELPERS = "def first(values):\n    return values[0]\n"
BADGE = "[![Open In Colab](https://colab.research.google.com/assets/colab-badge.svg)](x)"
REMARK = "the notebook is meant for Colab ({}), where the module has to be brought"


def notebook(*cells: tuple[str, str], **metadata: object) -> str:
    made = [
        {"cell_type": kind, "metadata": {}, "source": source}
        | ({"execution_count": None, "outputs": []} if kind == "code" else {})
        for kind, source in cells
    ]
    return json.dumps(
        {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}, indent=1
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    Path("helpers.py").write_text(HELPERS)
    return tmp_path


def migrate(*options: str) -> str:
    return CliRunner().invoke(main, ["migrate", "n.ipynb", "--module", "helpers", *options]).stdout


@pytest.mark.parametrize(
    ("cells", "metadata", "sign"),
    [
        pytest.param([("markdown", BADGE), ("code", HELPERS)], {}, "a link in cell 1", id="badge"),
        pytest.param(
            [("code", HELPERS), ("code", "from google.colab import drive")],
            {},
            '"google.colab" in cell 2',
            id="an import",
        ),
        pytest.param([("code", HELPERS)], {"colab": {}}, "its metadata", id="metadata"),
        pytest.param([("code", HELPERS)], {}, "", id="no sign"),
        pytest.param([("markdown", BADGE), ("code", "x = 1")], {}, "", id="nothing is replaced"),
    ],
)
def test_a_notebook_for_colab_is_told(folder: Path, cells, metadata, sign: str) -> None:
    Path("n.ipynb").write_text(notebook(*cells, **metadata))
    shown = migrate("--dry-run")
    assert (REMARK.format(sign) in shown) is bool(sign)
    assert ("Colab" in shown.partition("---")[0]) is bool(sign)


def saved(seconds: float, *, checkpoint: bool = True) -> None:
    path = Path("n.ipynb")
    path.write_text(notebook(("code", HELPERS)))
    if checkpoint:
        Path(".ipynb_checkpoints").mkdir()
        Path(".ipynb_checkpoints/n-checkpoint.ipynb").write_text("{}")
    os.utime(path, times=(time.time() - seconds,) * 2)


@pytest.mark.parametrize(
    ("seconds", "checkpoint", "told"),
    [
        pytest.param(5, True, True, id="saved by Jupyter just now"),
        pytest.param(5, False, False, id="written by something else"),
        pytest.param(5000, True, False, id="saved long ago"),
        pytest.param(-5000, True, False, id="a clock that is wrong"),
    ],
)
def test_a_notebook_that_is_open_is_told(
    folder: Path, seconds: float, checkpoint: bool, told: bool
) -> None:
    saved(seconds, checkpoint=checkpoint)
    shown = migrate()
    assert "1 notebook changed" in shown
    assert ("if it is open in Jupyter, reload it there" in shown) is told


def test_what_is_not_written_need_not_be_reloaded(folder: Path) -> None:
    saved(5)
    assert "reload" not in migrate("--dry-run") + migrate("--output", "other.ipynb")


def test_the_time_is_told_in_seconds(folder: Path) -> None:
    saved(0)
    path = Path("n.ipynb")
    assert saved_just_now(path, now=path.stat().st_mtime + 3) == "saved 3 s ago"
    assert saved_just_now(Path("no.ipynb")) == ""

"""Without the extra that runs notebooks, the commands that run them say how to get it."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbrefactor.cli import main

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["verify", "n.ipynb"], id="verify"),
        pytest.param(["migrate", "n.ipynb", "--execute"], id="migrate --execute"),
        pytest.param(["migrate", "n.ipynb", "--prove"], id="migrate --prove"),
        pytest.param(["check", "n.ipynb", "--execute"], id="check --execute"),
    ],
)
def test_the_extra_is_named(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("n.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "papermill" else real(name)
    )
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 2
    assert result.stderr == (
        "nbrefactor: running notebooks needs what is not installed here (papermill); say "
        "pip install 'nbrefactor-migrate[execute]'\n"
    )


def test_what_checks_installs_nothing_that_runs() -> None:
    text = PROJECT.read_text(encoding="utf-8")
    (base,) = re.findall(r"^dependencies = \[(.*?)^\]", text, re.M | re.S)
    for name in ("papermill", "nbconvert", "ipykernel", "matplotlib", "numpy"):
        assert name not in base

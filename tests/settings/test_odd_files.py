"""Settings and parameters that nobody means: each is one sentence, and none hangs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbrefactor.config import SettingsError
from nbrefactor.run.parameters import parse_parameter, read_parameters
from nbrefactor.run.values import ParameterError
from nbrefactor.settings_file import find_settings_file, read_settings_file
from nbrefactor.versioning.bump import check_versions


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("[tool]\nnbrefactor = 1\n", "expected a table", id="a number for the table"),
        pytest.param(
            "[tool.nbrefactor]\nx = " + "[" * 9999 + "]" * 9999,
            "nested too deeply",
            id="deep lists",
        ),
        pytest.param(
            "[tool.nbrefactor]\nx = " + "{a=" * 9999 + "1" + "}" * 9999,
            "nested too deeply",
            id="deep tables",
        ),
        pytest.param(
            "[tool.nbrefactor]\nx = " + "9" * 5000, "cannot be read", id="a number without end"
        ),
        pytest.param("[tool.nbrefactor" + ".a" * 999 + "]\n", 'no key "a"', id="a deep key"),
    ],
)
def test_odd_settings_are_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=said) as raised:
        read_settings_file(file)
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize("text", ["tool = 1  # nbrefactor\n", "[tool]\nother = 'nbrefactor'\n"])
def test_a_file_of_others_holds_no_settings(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    (tmp_path / ".git").mkdir()
    assert find_settings_file(tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="gives files away")
@pytest.mark.parametrize(
    ("owner", "repository", "read"),
    [
        pytest.param(0, False, True, id="one's own"),
        pytest.param(12345, False, False, id="another user's"),
        pytest.param(12345, True, True, id="another user's in one's repository"),
    ],
)
def test_whose_settings_of_a_parent_folder_count(
    tmp_path: Path, owner: int, repository: bool, read: bool
) -> None:
    file = tmp_path / "nbrefactor.toml"
    file.write_text("")
    os.chown(file, owner, 0)
    if repository:
        (tmp_path / ".git").mkdir()
    (tmp_path / "mine").mkdir()
    assert find_settings_file(tmp_path / "mine") == (file if read else None)
    assert find_settings_file(tmp_path) == file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a: " + "[" * 20_000, "nested too deeply", id="deep"),
        pytest.param("a: " + "9" * 5000, "cannot be read", id="a number without end"),
        pytest.param("- 1", "expected names with values", id="a list"),
    ],
)
def test_odd_parameters_are_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(text)
    with pytest.raises(ParameterError, match=said) as raised:
        read_parameters(file)
    assert len(str(raised.value)) < 500


def test_a_parameter_is_not_made_infinite() -> None:
    with pytest.raises(ParameterError, match="5000 digits"):
        parse_parameter("x", "9" * 5000)


def test_a_pattern_without_an_end_is_the_users_problem_and_no_bug() -> None:
    from nbrefactor.model.errors import NbrefactorError
    from nbrefactor.notebook.document import read

    text = '{"cells": [{"cell_type": "markdown", "metadata": {}, "source": "%s"}], "metadata": {},'
    document = read((text % ("a" * 4000 + "!") + '"nbformat": 4, "nbformat_minor": 4}').encode())
    with pytest.raises(NbrefactorError, match="finds no end in cell 1"):
        check_versions(document.cells, {}, ("(?P<version>(a|aa)+)$",))

from __future__ import annotations

from pathlib import Path

import pytest

from nbrefactor.run import sandbox
from nbrefactor.run.sandbox import copy_folder
from nbrefactor.run.values import ExecutionError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "notebooks").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / "notebooks" / "x.csv").write_text("1")
    (root / "data.csv").write_text("2")
    for folder in (".git", ".venv"):
        (root / folder).mkdir()
        (root / folder / "large").write_text("3")
    (root / "link").symlink_to("data.csv")
    return root


def test_the_project_comes_with_the_folder(project: Path, tmp_path: Path) -> None:
    copy = copy_folder(project / "notebooks", tmp_path / "scratch")
    assert (copy / "x.csv").read_text() == "1"
    assert (copy / ".." / "data.csv").read_text() == "2"
    assert (copy / ".." / "link").is_symlink()
    assert not (copy.parent / ".git").exists()
    assert not (copy.parent / ".venv").exists()
    (copy / "x.csv").write_text("9")
    assert (project / "notebooks" / "x.csv").read_text() == "1"


def test_a_project_that_is_too_large_stays(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "MOST_FILES", 1)
    copy = copy_folder(project / "notebooks", tmp_path / "scratch")
    assert [file.name for file in copy.iterdir()] == ["x.csv"]
    assert not (copy.parent / "data.csv").exists()


def test_a_folder_that_is_too_large_is_refused_with_a_way_on(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "MOST_BYTES", 0)
    with pytest.raises(ExecutionError, match="--no-sandbox"):
        copy_folder(project / "notebooks", tmp_path / "scratch")


def test_the_folder_of_temporary_files_is_not_copied_into_itself(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = project / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    copy = copy_folder(project / "notebooks", temporary / "nbrefactor-1")
    assert (copy / "x.csv").exists()
    assert not (copy.parent / "tmp").exists()


def test_pipes_are_left_out(project: Path, tmp_path: Path) -> None:
    import os

    os.mkfifo(project / "pipe")
    copy = copy_folder(project / "notebooks", tmp_path / "scratch")
    assert not (copy.parent / "pipe").exists()

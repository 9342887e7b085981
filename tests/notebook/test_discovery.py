"""Folders are searched to the bottom, but not where notebooks are copies or dependencies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbrefactor.notebook import discovery


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")


def found(root: Path, *paths: Path | str) -> list[str]:
    return [path.relative_to(root).as_posix() for path in discovery.find(paths or [root]).notebooks]


def test_a_folder_is_searched_to_the_bottom_in_order(tmp_path: Path) -> None:
    make(
        tmp_path,
        "b.ipynb",
        "a/z.ipynb",
        "a/b/c.ipynb",
        "B.ipynb",
        "a.ipynb",
        "notes.md",
        "x.ipynb.bak",
    )
    assert found(tmp_path) == ["B.ipynb", "a/b/c.ipynb", "a/z.ipynb", "a.ipynb", "b.ipynb"]


@pytest.mark.parametrize(
    "skipped",
    [
        pytest.param(["sub/.ipynb_checkpoints/a-checkpoint.ipynb"], id="checkpoints"),
        pytest.param([".git/a.ipynb"], id="git"),
        pytest.param([".venv/share/a.ipynb"], id="hidden environment"),
        pytest.param(["web/node_modules/x/a.ipynb"], id="node_modules"),
        pytest.param(["__pycache__/a.ipynb"], id="bytecode cache"),
        pytest.param(["env/pyvenv.cfg", "env/lib/site-packages/a.ipynb"], id="virtual environment"),
        pytest.param(["miniconda/conda-meta/history", "miniconda/share/a.ipynb"], id="conda"),
        pytest.param(["._a.ipynb"], id="a hidden file, such as macOS leaves behind"),
    ],
)
def test_copies_and_dependencies_are_left_out(tmp_path: Path, skipped: list[str]) -> None:
    make(tmp_path, "kept.ipynb", *skipped)
    assert found(tmp_path) == ["kept.ipynb"]


@pytest.mark.parametrize(
    "name",
    [".hidden/a.ipynb", "node_modules/a.ipynb", ".a.ipynb", "notebook.json", "env/a.ipynb"],
)
def test_what_is_named_is_taken(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)
    assert found(tmp_path, tmp_path / name) == [name]


@pytest.mark.parametrize("folder", [".hidden", "node_modules", "env"])
def test_a_folder_that_is_named_is_searched(tmp_path: Path, folder: str) -> None:
    make(tmp_path, f"{folder}/a.ipynb", f"{folder}/pyvenv.cfg")
    assert found(tmp_path, tmp_path / folder) == [f"{folder}/a.ipynb"]


def test_a_folder_that_is_called_like_a_notebook_is_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "odd.ipynb/a.ipynb")
    assert found(tmp_path) == ["odd.ipynb/a.ipynb"]


def test_each_notebook_comes_once_under_its_first_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a.ipynb", "sub/b.ipynb")
    (tmp_path / "sub" / "link.ipynb").symlink_to(tmp_path / "a.ipynb")
    monkeypatch.chdir(tmp_path)
    discovered = discovery.find(["sub/b.ipynb", "./a.ipynb", ".", tmp_path, "sub"])
    assert discovered.notebooks == (Path("sub/b.ipynb"), Path("a.ipynb"))
    assert discovered.problems == ()


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "a/x.ipynb")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert found(tmp_path) == ["a/x.ipynb"]


def test_problems_are_named_and_the_others_are_found(tmp_path: Path) -> None:
    make(tmp_path, "a.ipynb", "empty/readme.md", "sub/b.ipynb")
    (tmp_path / "broken.ipynb").symlink_to(tmp_path / "gone")
    (tmp_path / "sub" / "inner.ipynb").symlink_to(tmp_path / "gone")
    discovered = discovery.find(
        [tmp_path / name for name in ("missing.ipynb", "a.ipynb", "empty", "broken.ipynb", "sub")]
    )
    assert [path.name for path in discovered.notebooks] == ["a.ipynb", "b.ipynb"]
    assert [
        (problem.path.name, problem.reason.partition(";")[0]) for problem in discovered.problems
    ] == [
        ("missing.ipynb", "no such file or folder"),
        ("empty", "no notebook in this folder"),
        ("broken.ipynb", "a link that leads nowhere"),
        ("inner.ipynb", "a link that leads nowhere"),
    ]


def test_an_unreadable_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "locked/a.ipynb", "open/b.ipynb")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    discovered = discovery.find([tmp_path])
    assert [path.name for path in discovered.notebooks] == ["b.ipynb"]
    (problem,) = discovered.problems
    assert (problem.path, problem.reason) == (
        tmp_path / "locked",
        "the folder cannot be read (Permission denied)",
    )


def test_a_path_that_cannot_be_looked_up_is_named(tmp_path: Path) -> None:
    (problem,) = discovery.find([tmp_path / ("n" * 300)]).problems
    assert problem.reason in {
        "it cannot be looked up (File name too long)",
        "no such file or folder",
    }


IGNORED = {
    "a pattern of the folder": ({".gitignore": "out.ipynb\n"}, ["out.ipynb"], ["a.ipynb"]),
    "a folder": ({".gitignore": "build/\n"}, ["build/a.ipynb", "build/x/a.ipynb"], ["a.ipynb"]),
    "a file further down": ({"sub/.gitignore": "*.ipynb\n"}, ["sub/a.ipynb"], ["a.ipynb"]),
    "the file further down has the last word": (
        {".gitignore": "*.ipynb\n", "sub/.gitignore": "!kept.ipynb\n"},
        ["a.ipynb", "sub/a.ipynb"],
        ["sub/kept.ipynb"],
    ),
    "an exception": ({".gitignore": "*.ipynb\n!kept.ipynb\n"}, ["a.ipynb"], ["kept.ipynb"]),
    "only at the root": ({".gitignore": "/a.ipynb\n"}, ["a.ipynb"], ["sub/a.ipynb"]),
    "a comment and an empty line": ({".gitignore": "# a.ipynb\n\n"}, [], ["a.ipynb"]),
    "a pattern that cannot be, beside one that can": (
        {".gitignore": "///\n!\nout.ipynb\n"},
        ["out.ipynb"],
        ["a.ipynb"],
    ),
}


def write_all(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(("rules", "ignored", "kept"), IGNORED.values(), ids=IGNORED)
def test_what_git_ignores_is_left_out(
    tmp_path: Path, rules: dict[str, str], ignored: list[str], kept: list[str]
) -> None:
    (tmp_path / ".git").mkdir()
    write_all(tmp_path, rules | dict.fromkeys([*ignored, *kept], "{}"))
    found = discovery.find([tmp_path]).notebooks
    assert [str(path.relative_to(tmp_path)) for path in found] == sorted(kept)
    assert list(discovery.find([tmp_path / name for name in ignored]).notebooks) == [
        tmp_path / name for name in ignored
    ]


@pytest.mark.parametrize(
    ("root", "number"),
    [
        pytest.param("outer/.git", 1, id="up to the root of the repository"),
        pytest.param("outer/sub/.git", 2, id="not beyond it"),
    ],
)
def test_files_above_the_folder_count(tmp_path: Path, root: str, number: int) -> None:
    (tmp_path / root).mkdir(parents=True)
    write_all(tmp_path, {"outer/.gitignore": "out.ipynb\n"})
    write_all(tmp_path, {"outer/sub/out.ipynb": "{}", "outer/sub/a.ipynb": "{}"})
    assert len(discovery.find([tmp_path / "outer/sub"]).notebooks) == number


def test_an_ignored_folder_that_is_named_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    write_all(tmp_path, {".gitignore": "build/\n", "build/a.ipynb": "{}"})
    monkeypatch.chdir(tmp_path)
    assert [str(path) for path in discovery.find(["build"]).notebooks] == ["build/a.ipynb"]
    assert discovery.find(["."]).notebooks == ()

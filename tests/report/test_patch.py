"""Patches are accepted by git and give the very bytes that would be written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbrefactor.model.outcome import Outcome
from nbrefactor.report.patch import render_patch


def outcome(path: Path | str, before: bytes, after: bytes) -> Outcome:
    return Outcome(str(path), "changed" if before != after else "unchanged", before, after)


def apply(patch: bytes, folder: Path) -> None:
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], input=patch, cwd=folder, check=True
    )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "config", "core.autocrlf", "false"], cwd=folder, check=True)
    return folder


NAMES = [
    pytest.param("plain.ipynb", id="plain"),
    pytest.param("two words.ipynb", id="a blank"),
    pytest.param(" edges .ipynb", id="a blank at the edge"),
    pytest.param("ends with blank ", id="a blank at the end"),
    pytest.param("tab\there.ipynb", id="a tab"),
    pytest.param('"quoted".ipynb', id="double quotes"),
    pytest.param("it's.ipynb", id="a single quote"),
    pytest.param("back\\slash.ipynb", id="a backslash"),
    pytest.param("new\nline.ipynb", id="a line end"),
    pytest.param("bell\x07.ipynb", id="a control character"),
    pytest.param("delete\x7f.ipynb", id="the last control character"),
    pytest.param("Überblick 日本 😀.ipynb", id="beyond ASCII"),
    pytest.param('é "q" \\.ipynb', id="everything at once"),
    pytest.param("a/b/c.ipynb", id="in folders"),
    pytest.param("a b/c d.ipynb", id="in a folder with a blank"),
    pytest.param("-option.ipynb", id="like an option"),
    pytest.param("no\udcffutf8.ipynb", id="a name that is not UTF-8"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("outside", [False, True], ids=["from its root", "from another folder"])
def test_odd_names(name: str, outside: bool, repository: Path, tmp_path: Path) -> None:
    path = repository / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"one\ntwo\nthree\n")
    folder = tmp_path if outside else repository
    patch = render_patch(outcome(path, b"one\ntwo\nthree\n", b"one\n2\nthree\n"), folder=folder)
    apply(patch, repository)
    assert path.read_bytes() == b"one\n2\nthree\n"


def test_applied_in_the_folder_where_it_was_made(repository: Path) -> None:
    folder = repository / "sub"
    folder.mkdir(exist_ok=True)
    path = folder / "x.ipynb"
    path.write_bytes(b"a\n")
    apply(render_patch(outcome(path, b"a\n", b"b\n"), folder=folder), folder)
    assert path.read_bytes() == b"b\n"


def test_without_a_repository_patch_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_bytes(b"a\n")
    patch = render_patch(outcome(path, b"a\n", b"b\n"), folder=tmp_path)
    assert patch.startswith(b"--- a/x.ipynb\n+++ b/x.ipynb\n")
    apply(patch, tmp_path)
    assert path.read_bytes() == b"b\n"


def test_no_change_is_no_patch(tmp_path: Path) -> None:
    assert render_patch(outcome(tmp_path / "x", b"a", b"a"), folder=tmp_path) == b""


ENDS = [
    pytest.param(b"a\nb", b"a\nc", id="neither has a final line end"),
    pytest.param(b"a\nb", b"a\nb\n", id="a final line end comes"),
    pytest.param(b"a\nb\n", b"a\nb", id="a final line end goes"),
    pytest.param(b"a\r\nb\r\n", b"a\r\nc\r\n", id="CRLF"),
    pytest.param(b"a\rb\x0c\x85\x1c\n", b"a\rc\x0c\x85\x1c\n", id="separators that end no line"),
    pytest.param(b"\xef\xbb\xbf{}\n", b"\xef\xbb\xbf[]\n", id="a byte order mark"),
    pytest.param(b"\xff\xfe\n", b"\xff\n", id="bytes that are no text"),
    pytest.param(b"--- a\n+++ b\n", b"--- a\n+++ c\n", id="lines like a patch's own"),
    pytest.param(b"a", b"b", id="a single line"),
]


@pytest.mark.parametrize(("before", "after"), ENDS)
def test_any_bytes(before: bytes, after: bytes, repository: Path) -> None:
    path = repository / "bytes.ipynb"
    path.write_bytes(before)
    apply(render_patch(outcome(path, before, after), folder=repository), repository)
    assert path.read_bytes() == after


LINES = st.lists(
    st.sampled_from([b"a", b"b", b"c\r", b"", b"\xff", b" x", b"+y", b"-z"]), max_size=9
)
FILES = st.builds(lambda lines, end: b"\n".join(lines) + end, LINES, st.sampled_from([b"", b"\n"]))


@given(before=FILES.filter(bool), after=FILES.filter(bool))
@settings(max_examples=40, deadline=None)
def test_applying_the_patch_gives_the_result(
    before: bytes, after: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("law")
    path = folder / "x.ipynb"
    path.write_bytes(before)
    patch = render_patch(outcome(path, before, after), folder=folder)
    if patch:
        apply(patch, folder)
    assert path.read_bytes() == after

"""What is kept from run to run never changes what a run says."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nbrefactor.batch import cache as module
from nbrefactor.batch.cache import Cache, cache_for, clear, entry_of, stamp_of
from nbrefactor.cli import main
from nbrefactor.model.facts import Defined, Facts, Imported

FACTS = Facts(
    opaque=(3,),
    definitions=(Defined("f", "FunctionDef 0 1 0 0 0"),),
    imports=(Imported("plots", ("mean",)),),
    optouts=True,
)
COPY = "def mean(values):\n    return sum(values) / len(values)\n"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "kept" / "x.facts")


def aged(path: Path, text: str) -> Path:
    """Write a file as if it had been written long ago."""
    path.write_text(text)
    os.utime(path, ns=(10**18, 10**18))
    return path


def kept(cache: Cache, path: Path) -> Cache:
    cache.store([(path, entry_of(stamp_of(path), path.read_bytes(), FACTS))])
    return Cache(cache.file)


def test_facts_come_back_as_they_were(cache: Cache, tmp_path: Path) -> None:
    path = aged(tmp_path / "n.ipynb", "{}")
    assert kept(cache, path).lookup(path, stamp_of(path)) == FACTS


def test_another_content_has_no_facts(cache: Cache, tmp_path: Path) -> None:
    path = aged(tmp_path / "n.ipynb", "{}")
    again = kept(cache, path)
    aged(path, "[]")
    assert again.lookup(path, stamp_of(path)) is None
    assert again.lookup_content(path, path.read_bytes()) is None


def test_the_same_content_with_another_time_has(cache: Cache, tmp_path: Path) -> None:
    path = aged(tmp_path / "n.ipynb", "{}")
    again = kept(cache, path)
    os.utime(path)
    assert again.lookup(path, stamp_of(path)) is None
    assert again.lookup_content(path, path.read_bytes()) == FACTS


def test_a_file_that_was_just_written_is_read_again(cache: Cache, tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text("{}")
    again = kept(cache, path)
    assert again.lookup(path, stamp_of(path)) is None
    assert again.lookup_content(path, b"{}") == FACTS


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[:-5], id="cut off"),
        pytest.param(lambda data: data[:20] + b"\xff" + data[21:], id="one byte"),
        pytest.param(lambda data: b"\x80", id="an empty table"),
        pytest.param(lambda data: json.dumps({"files": {}}).encode(), id="another format"),
        pytest.param(lambda data: b"\x91" * 5000, id="nested too deeply"),
    ],
)
def test_a_damaged_cache_is_none_and_is_written_anew(cache: Cache, tmp_path: Path, damage) -> None:
    path = aged(tmp_path / "n.ipynb", "{}")
    kept(cache, path)
    cache.file.write_bytes(damage(cache.file.read_bytes()))
    assert Cache(cache.file).lookup(path, stamp_of(path)) is None
    assert kept(cache, path).lookup(path, stamp_of(path)) == FACTS


def test_a_cache_of_another_version_is_none(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = aged(tmp_path / "n.ipynb", "{}")
    kept(cache, path)
    monkeypatch.setattr(module, "__version__", "999")
    assert Cache(cache.file).lookup(path, stamp_of(path)) is None


def test_what_another_run_kept_stays(cache: Cache, tmp_path: Path) -> None:
    one, other = aged(tmp_path / "1.ipynb", "{}"), aged(tmp_path / "2.ipynb", "[]")
    kept(cache, one)
    again = kept(cache, other)
    assert again.lookup(one, stamp_of(one)) == again.lookup(other, stamp_of(other)) == FACTS


def test_a_folder_that_cannot_be_written_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = aged(tmp_path / "n.ipynb", "{}")
    again = kept(cache_for(tmp_path / "file", tmp_path), path)
    assert again.lookup(path, stamp_of(path)) is None


def test_clearing_takes_out_caches_and_nothing_else(cache: Cache, tmp_path: Path) -> None:
    kept(cache, aged(tmp_path / "n.ipynb", "{}"))
    (cache.file.parent / "notes.txt").write_text("mine")
    assert clear(cache.file.parent) == 1
    assert {path.name for path in cache.file.parent.iterdir()} == {"CACHEDIR.TAG", "notes.txt"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "plots.py").write_text(COPY)
    monkeypatch.chdir(tmp_path)
    for name, cells in (("a", ["x = 1"]), ("b", [COPY]), ("c", ["from plots import median"])):
        os.utime(write(f"{name}.ipynb", *cells), ns=(10**18, 10**18))
    return tmp_path


def check(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["check", ".", "--output-format", "concise", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def codes(result: Result) -> list[str]:
    return [line.split()[1] for line in result.stdout.splitlines() if ": NB" in line]


def test_settings_and_modules_count_anew_in_every_run(project: Path) -> None:
    assert codes(check()) == []
    assert codes(check("--module", "plots")) == ["NB101", "NB401"]
    assert codes(check("--module", "plots", "--ignore", "NB1")) == ["NB401"]
    (project / "plots.py").write_text(COPY.replace("mean", "median"))
    assert codes(check("--module", "plots")) == ["NB102"]


def test_nothing_is_kept_where_that_is_not_wanted(
    project: Path, no_cache_of_the_user: Path
) -> None:
    check("--no-cache")
    assert not list(no_cache_of_the_user.iterdir())
    check()
    assert len(list(no_cache_of_the_user.glob("*.facts"))) == 1
    check("--cache-dir", "here")
    assert len(list((project / "here").glob("*.facts"))) == 1


def test_the_second_run_reads_no_clean_notebook(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = check("--module", "plots")
    read: list[str] = []
    original = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: (read.append(path.name), original(path))[1]
    )
    assert check("--module", "plots").stdout == first.stdout
    assert {name for name in read if name.endswith(".ipynb")} == {"b.ipynb", "c.ipynb"}


def test_the_command_clears_what_was_kept(project: Path, no_cache_of_the_user: Path) -> None:
    check()
    result = CliRunner().invoke(main, ["cache", "clear"])
    assert (result.exit_code, "1 cache" in result.stdout) == (0, True)
    assert not list(no_cache_of_the_user.glob("*.facts"))
    assert CliRunner().invoke(main, ["cache", "clear"]).exit_code == 0


def test_a_change_within_one_tick_of_the_clock_is_seen(project: Path, write) -> None:
    path = write("d.ipynb", "x = 1")
    status = path.stat()
    assert codes(check("--module", "plots")) == ["NB101", "NB401"]
    write("d.ipynb", "x = )")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert time.time_ns() - status.st_mtime_ns < 60 * 10**9
    assert codes(check("--module", "plots", "--select", "NB1,NB2,NB4")) == [
        "NB101",
        "NB401",
        "NB201",
    ]

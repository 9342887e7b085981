"""The command ``nbrefactor bump``: version, date and changelog, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nbrefactor.cli import main

from ..notebooks import markdown, notebook

TITLE = "# Title (v1.2.3 2024-01-02)\n\n### New in v1.2.3:\n- First"
CODE = "def visualize_gradient_norms(values):\n    return values\n"

Run = Callable[..., Result]


def stated(text: str, source: str = CODE) -> bytes:
    return notebook(markdown(text), source, minor=4)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "x.ipynb"
    path.write_bytes(stated(TITLE))
    return path


@pytest.fixture
def run() -> Run:
    def invoke(*arguments: str, input: bytes = b"") -> Result:  # noqa: A002
        result = CliRunner().invoke(main, ["bump", *arguments], input=input)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


def title(data: bytes) -> str:
    return "".join(json.loads(data)["cells"][0]["source"])


@pytest.mark.parametrize(
    ("part", "version"),
    [(None, "1.2.4"), ("patch", "1.2.4"), ("minor", "1.3.0"), ("major", "2.0.0")],
)
def test_the_part_that_is_raised(part: str | None, version: str, path: Path, run: Run) -> None:
    result = run("x.ipynb", "--changelog", "Second", *(["--part", part] if part else []))
    assert result.exit_code == 0
    text = title(path.read_bytes())
    assert re.fullmatch(
        rf"# Title \(v{re.escape(version)} \d{{4}}-\d\d-\d\d\)\n\n"
        rf"### New in v{re.escape(version)}:\n- Second\n\n### New in v1\.2\.3:\n- First",
        text,
    )
    assert "2024-01-02" not in text
    assert json.loads(path.read_bytes())["cells"][1]["source"] == CODE


def test_the_dry_run_writes_nothing(path: Path, run: Run) -> None:
    result = run("x.ipynb", "--dry-run")
    assert result.exit_code == 0
    assert "-# Title (v1.2.3 2024-01-02)\n+# Title (v1.2.4 " in result.stdout
    assert result.stdout.endswith("1 notebook would change (dry run: nothing was written)\n")
    assert path.read_bytes() == stated(TITLE)


def test_each_run_goes_on_from_the_last(path: Path, run: Run) -> None:
    for version in ("1.2.4", "1.2.5", "1.2.6"):
        run("x.ipynb", "--changelog", f"For {version}")
        assert title(path.read_bytes()).startswith(f"# Title (v{version} ")
    assert re.findall(r"### New in v(\S+):", title(path.read_bytes())) == [
        *("1.2.6", "1.2.5", "1.2.4", "1.2.3")
    ]


def test_standard_input(path: Path, run: Run) -> None:
    result = run("-", "--changelog", "Second", input=stated(TITLE))
    assert result.exit_code == 0
    assert title(result.stdout_bytes).startswith("# Title (v1.2.4 ")


def test_a_notebook_without_a_version_says_so(path: Path, run: Run) -> None:
    path.write_bytes(stated("# What is new in PyTorch 2.1.0"))
    result = run("x.ipynb")
    assert result.exit_code == 0
    assert "No version found" in result.stdout
    assert path.read_bytes() == stated("# What is new in PyTorch 2.1.0")


def test_an_unusual_place_is_named_by_a_pattern(path: Path, run: Run) -> None:
    path.write_bytes(stated("Build b7.1 of today"))
    run("x.ipynb", "--version-pattern", r"Build b(?P<version>[\d.]+)", "--changelog", "x")
    assert title(path.read_bytes()).startswith("Build b7.2 of today")


def test_none_in_the_settings_is_about_migrations(path: Path, run: Run) -> None:
    (path.parent / "nbrefactor.toml").write_text('bump = "none"\n')
    run("x.ipynb", "--changelog", "Second")
    assert title(path.read_bytes()).startswith("# Title (v1.2.4 ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--part", "none"], "'none' is not one of", id="none is no part"),
        pytest.param(["--module", "plots"], "No such option", id="an option of migrate"),
        pytest.param(["missing.ipynb"], "no such file or folder", id="a missing file"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, path: Path, run: Run) -> None:
    result = run("x.ipynb", "--dry-run", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert path.read_bytes() == stated(TITLE)


@pytest.mark.parametrize("option", ["--patch", "--output", "--backup"])
def test_the_options_of_migrate_hold(option: str, path: Path, run: Run) -> None:
    result = run("x.ipynb", option, *(["y.ipynb"] if option == "--output" else []))
    assert result.exit_code == 0
    written = {
        "--patch": path,
        "--output": path.with_name("y.ipynb"),
        "--backup": path.with_name("x.ipynb.bak"),
    }[option]
    old = option != "--output"
    assert (written.read_bytes() == stated(TITLE)) == old
    assert (path.read_bytes() == stated(TITLE)) == (option != "--backup")

"""The README and the guides hold: generated parts, links, settings, and every command in them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbrefactor.cli import main
from tests.guides.generate import GUIDES, PARTS, ROOT, renewed

PAGES = {
    str(path.relative_to(ROOT)): path
    for path in (ROOT / "README.md", *sorted((ROOT / ".github").rglob("*.md")))
    if path.exists()
}
PLOTS = """\
import matplotlib.pyplot as plt


def plot_losses(losses):
    plt.plot(losses)
    plt.show()


def first(values):
    return values[0]
"""
COPIED = """\
def save_fig(name):
    path = FOLDER + "/" + name
    return path


def plot_roc(points):
    plt.plot(points)
    plt.title("ROC")
    plt.close()
"""
CELLS = [
    *("# Demo (v1.0.0)", "import matplotlib.pyplot as plt\nFOLDER = 'x'", "STEPS = 1", PLOTS),
    COPIED,
]
# What starts kernels.
EXECUTING = ("verify", "--execute", "--prove")

pytestmark = pytest.mark.skipif(not GUIDES.is_dir(), reason="the guides are not packed with it")


def blocks(page: str, *languages: str) -> Iterator[str]:
    text = PAGES[page].read_text(encoding="utf-8")
    for language, block in re.findall(r"^ *```(\w+)\n(.*?)^ *```$", text, re.M | re.S):
        if language in languages:
            yield block


def commands() -> Iterator[object]:
    for page in PAGES:
        for block in blocks(page, "sh", "bash"):
            for line in block.splitlines():
                if line.startswith("nbrefactor "):
                    slow = any(word in line.split() for word in EXECUTING)
                    marks = [pytest.mark.slow] if slow else []
                    yield pytest.param(line, id=f"{page}: {line}", marks=marks)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the guides' commands name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBREFACTOR_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / ".git").mkdir()
    made = [
        {"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": source}
        | {"execution_count": None, "outputs": []}
        for at, source in enumerate([*CELLS[1:], "plot_losses([first([1]), 2])"])
    ]
    title = {"cell_type": "markdown", "id": "t", "metadata": {}, "source": CELLS[0]}
    document = {"cells": [title, *made], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for folder in ("notebooks", "utils", "src"):
        Path(folder).mkdir()
    for name in ("Notebook", "Migrated", "notebooks/Notebook", "notebooks/Other"):
        Path(f"{name}.ipynb").write_text(json.dumps(document, indent=1))
    for name in ("utils/plots.py", "src/utils.py"):
        Path(name).write_text(PLOTS)
    Path("utils/__init__.py").touch()
    Path("quick.yaml").write_text("STEPS: 2\n")
    return tmp_path


@pytest.mark.parametrize("name", PARTS)
def test_a_generated_part_is_up_to_date(name: str) -> None:
    path = GUIDES / PARTS[name][0]
    text = path.read_text(encoding="utf-8")
    assert text == renewed(name, text), "say python -m tests.guides"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = PAGES[page].read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", link):
            target = (PAGES[page].parent / link.partition("#")[0]).resolve()
            assert target.exists(), link


def test_every_guide_is_reached_from_the_readme() -> None:
    text = PAGES["README.md"].read_text(encoding="utf-8")
    for path in GUIDES.glob("*.md"):
        assert f".github/docs/{path.name}" in text, path.name


def test_the_readme_fits_on_three_screens() -> None:
    assert len(PAGES["README.md"].read_text(encoding="utf-8").splitlines()) < 150


def test_no_placeholder_is_left() -> None:
    for page, path in PAGES.items():
        assert not re.search(r"\b(?:OWNER|TODO|FIXME|XXX)\b", path.read_text(encoding="utf-8")), (
            page
        )


@pytest.mark.parametrize("line", list(commands()))
def test_a_command_runs(line: str, project: Path) -> None:
    if "--baseline" in line and "--write-baseline" not in line:
        CliRunner().invoke(main, ["check", ".", "--baseline", "known.json", "--write-baseline"])
    if line.startswith("nbrefactor undo"):
        extract = ["extract", "notebooks", "save_fig", "--to", "notebooks/helpers.py"]
        assert CliRunner().invoke(main, extract).exit_code == 0
    if "|" in line:
        subprocess.run(["git", "init", "-q", "."], cwd=project, check=True)
        program = f'"{sys.executable}" -m nbrefactor'
        run = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", line.replace("nbrefactor", program, 1)],
            cwd=project,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert run.returncode == 0, run.stderr
        return
    arguments = shlex.split(line, comments=True)[1:]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code in (0, 1), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("page", [page for page in PAGES if "gallery" not in page])
def test_python_runs(page: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib").use("agg")
    import matplotlib.pyplot as plt

    if page in (".github/docs/rules.md", ".github/CONTRIBUTING.md"):
        pytest.skip("shows cells of notebooks")
    names: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block, page, "exec"), names)
    plt.close("all")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_completes(shell: str) -> None:
    text = PAGES[".github/docs/commands.md"].read_text(encoding="utf-8")
    assert f"_NBREFACTOR_COMPLETE={shell}_source nbrefactor" in text
    result = CliRunner().invoke(
        main,
        prog_name="nbrefactor",
        env={
            "_NBREFACTOR_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": "nbrefactor mig",
            "COMP_CWORD": "mig" if shell == "fish" else "1",
        },
    )
    assert "migrate" in result.output


def test_the_exit_codes_are_those_of_the_package() -> None:
    import nbrefactor.cli

    listed = re.findall(r"^(\d+)$", nbrefactor.cli.__doc__ or "", re.M)
    text = PAGES[".github/docs/commands.md"].read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \|", text, re.M) == listed

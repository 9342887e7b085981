"""Extractions written out: notebooks, the module that comes of them, and what stays and why.

Each file in ``cases`` is one extraction. Behind ``--- name`` stands a file of the project, the cells
of a notebook parted by ``# %%``; behind ``=== name`` what it becomes, ``unchanged`` where it stays
as it is; behind ``=== stays`` each definition that stays, with its reason.
NBREFACTOR_RENEW=1 writes the second half anew: read it then.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from nbrefactor.config import Settings
from nbrefactor.extract.files import write_files
from nbrefactor.extract.planning import plan
from nbrefactor.extract.values import Asked, Extraction

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
NOW = datetime(2026, 1, 2, tzinfo=timezone.utc)
PART = "\n# %%\n"


@pytest.mark.parametrize("case", CASES, ids=[path.stem.replace("_", " ") for path in CASES])
def test_an_extraction(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBREFACTOR_STATE_DIR", str(tmp_path / "state"))
    given, expected = parted(case.read_text())
    settings = dict(line.split(": ", 1) for line in given.pop("").strip().splitlines())
    for name, text in given.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook(text) if name.endswith(".ipynb") else text)
    before = {name: Path(name).read_text() for name in given}
    extraction = planned(settings)
    assert {name: Path(name).read_text() for name in given} == before, "a plan wrote a file"
    if extraction.replaced:
        write_files(extraction)
    result = {"": case.read_text().partition("=== ")[0], **shown(extraction, before)}
    if os.environ.get("NBREFACTOR_RENEW"):
        renewed = "".join(f"=== {name}\n{text}" for name, text in result.items() if name)
        case.write_text(result[""] + renewed)
    assert {name: text for name, text in result.items() if name} == expected
    again = planned(settings)
    assert not again.replaced, "a second run would do more"
    for module in extraction.modules:
        compile(module.after, module.path.name, "exec")
    if settings.get("run", "yes") == "yes":
        same_run(before, tmp_path)


def planned(settings: dict[str, str]) -> Extraction:
    roots = tuple(Path(one).absolute() for one in settings.get("source-root", "").split())
    asked = Asked(
        Path(settings.get("to", "helpers.py")).absolute(),
        tuple(settings.get("names", "").split()),
        most_parameters=int(settings.get("max-parameters", "3")),
        variants=settings.get("variants") == "yes",
        bootstrap=settings.get("bootstrap") == "yes",
        renames=dict(one.split("=") for one in settings.get("rename", "").split()),
    )
    return plan(["."], asked, lambda path: Settings(source_roots=roots), NOW)


def parted(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Read a case: the files of the project, and what becomes of them."""
    given, expected = {"": ""}, {}
    place, name = given, ""
    for line in text.splitlines(keepends=True):
        if line.startswith(("--- ", "=== ")):
            place, name = given if line[0] == "-" else expected, line[4:].strip()
            place[name] = ""
        else:
            place[name] += line
    return given, expected


def notebook(text: str) -> str:
    cells = [
        {
            "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [],
            "source": source.strip("\n").splitlines(keepends=True),
        }
        for source in text.split(PART)
    ]  # fmt: skip
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(document, indent=1) + "\n"


def cells_of(text: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]


def shown(extraction: Extraction, before: dict[str, str]) -> dict[str, str]:
    found = {}
    for module in extraction.modules if extraction.replaced else ():
        name = os.path.relpath(module.path)
        found[name] = module.path.read_text() if module.changes else "unchanged\n"
    for name in before:
        if name.endswith(".ipynb"):
            now = Path(name).read_text()
            same = now == before[name]
            found[name] = "unchanged\n" if same else PART.join(cells_of(now)) + "\n"
    here = str(Path.cwd())
    stays = [
        f"{one.name} in {', '.join(sorted({Path(c.path).name for c in one.copies}))}: {one.why.replace(here, '.')}\n"
        for one in extraction.left
    ]
    if stays:
        found["stays"] = "".join(stays)
    return found


def same_run(before: dict[str, str], folder: Path) -> None:
    """Hold that every notebook prints the same as before, run as a script."""
    for name, text in before.items():
        if name.endswith(".ipynb"):
            script = "\n".join(cells_of(text))
            after = "\n".join(cells_of(Path(name).read_text()))
            place = folder / Path(name).parent
            assert printed(after, place) == printed(script, place)


def printed(script: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": str(folder), "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout

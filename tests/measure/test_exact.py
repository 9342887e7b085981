"""Copies in two small notebooks."""

from __future__ import annotations

from pathlib import Path

import nbformat

from . import exact

F = "def f(x):\n    return x + 1"


def write(folder: Path, name: str, *cells: str) -> Path:
    path = folder / f"{name}.ipynb"
    code = [nbformat.v4.new_code_cell(text) for text in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=code), path)
    return path


def test_only_what_another_notebook_holds_is_tried(tmp_path: Path) -> None:
    here = write(tmp_path, "here", F, "def alone(): pass", F)
    there = write(tmp_path, "there", f"{F}  # one")
    found = exact.tasks([exact.index(here), exact.index(there)], seed=1)
    assert sorted((task.path.name, task.wanted.cell, task.sources) for task in found) == [
        ("here.ipynb", 0, (there,)),
        ("here.ipynb", 2, (there,)),
        ("there.ipynb", 0, (here,)),
    ]


def test_a_copy_is_replaced_and_keeps_the_laws(tmp_path: Path) -> None:
    here, there = write(tmp_path, "here", F, "f(1)"), write(tmp_path, "there", F)
    before = here.read_bytes()
    task = next(
        task
        for task in exact.tasks([exact.index(here), exact.index(there)], seed=1)
        if task.path == here
    )
    tried = exact.attempt(task)
    assert (tried.verdict, tried.broken, tried.source) == ("replaced", (), there)
    assert here.read_bytes() == before


def test_what_needs_a_computed_value_is_not_counted(tmp_path: Path) -> None:
    code = ("RATE = rate()", "def f(x):\n    return x * RATE")
    paths = [write(tmp_path, name, *code) for name in ("here", "there")]
    found = exact.tasks([exact.index(path) for path in paths], seed=1)
    tried = [exact.attempt(task) for task in found]
    assert [each.verdict for each in tried] == ["not all there"] * 2


def test_the_reasons_of_a_refusal_are_counted(tmp_path: Path) -> None:
    part = exact.Part("exact", {})
    task = exact.Task(tmp_path / "a.ipynb", exact.Copy("f", 1, ""), ())
    said = ('reads "np" (cell 3)',)
    refused = exact.Tried(task, "refused", reasons=said, kinds=("reads … (cell N)",))
    exact._judge(part, tmp_path, refused)
    assert part.reasons == {"reads … (cell N)": 1}
    assert part.examples["reads … (cell N)"] == [f"{tmp_path.name}/a.ipynb: cell 2: f: {said[0]}"]

"""Versions of a notebook with inline plotting functions."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from . import demo, history

INLINE = """import matplotlib.pyplot as plt
def visualize_gradient_norms(values):
    plt.figure()
    plt.imshow(values)
    plt.show()
visualize_gradient_norms([[1, 2]]);"""


def write(folder: Path, *cells: str) -> Path:
    path = folder / "version.ipynb"
    code = [nbformat.v4.new_code_cell(text) for text in cells]
    title = nbformat.v4.new_markdown_cell("# Demo (v0.0.9)\n\n### New in v0.0.9:\n- One")
    nbformat.write(nbformat.v4.new_notebook(cells=[title, *code]), path)
    return path


def test_an_inline_definition_is_replaced(tmp_path: Path) -> None:
    judged = history.judge(write(tmp_path, INLINE))
    assert [(each.verdict, each.place) for each in judged.definitions] == [
        ("replaced", "version: cell 2: visualize_gradient_norms")
    ]
    assert (judged.status, judged.faults) == ("changed", ())


def test_a_definition_in_a_cell_that_does_not_parse_counts_by_text_alone(tmp_path: Path) -> None:
    judged = history.judge(write(tmp_path, f"{INLINE}\n)"))
    assert (judged.by_text, judged.definitions, judged.faults) == (1, (), ())


def test_a_version_without_inline_definitions_is_passed_over(tmp_path: Path) -> None:
    assert history.judge(write(tmp_path, "x = 1")).status == "nothing inline"


@pytest.mark.slow
def test_the_demo_is_counted() -> None:
    part = demo.measure()
    assert part.figures["definitions"] == len(part.verdicts) == 7
    assert part.faults == []

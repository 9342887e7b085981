"""Laws that are read from the bytes of two notebooks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from . import laws


def notebook(*sources: str, indent: int | None = 1, **more: Any) -> bytes:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": text.splitlines(True)}
        for text in sources
    ]
    return json.dumps({"metadata": {}, "cells": cells, **more}, indent=indent).encode()


BEFORE = notebook("x = 1\n", "!ls\ny = 2\n")


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_a_notebook_is_cut_without_loss(indent: int | None) -> None:
    data = notebook("a = '[{'\n", "b\n", indent=indent, nbformat=4)
    parts = laws.split(data)
    assert [laws.source(json.loads(cell)) for cell in parts.cells] == ["a = '[{'\n", "b\n"]
    assert parts.head.endswith("[")
    assert json.loads(parts.head + ",".join(parts.cells) + parts.tail) == json.loads(data)


def test_a_notebook_without_cells_has_none() -> None:
    assert laws.split(b'{"metadata": {"cells": 1}, "nbformat": 4}').cells == ()


def test_an_edited_source_breaks_nothing() -> None:
    assert laws.broken(BEFORE, notebook("x = 2\n", "!ls\ny = 2\n")) == []


@pytest.mark.parametrize(
    ("after", "told"),
    [
        pytest.param(BEFORE.replace(b"[]", b"[ ]", 1), "its source is not edited", id="layout"),
        pytest.param(
            BEFORE.replace(b"[]", b"[1]", 1).replace(b"x = 1", b"x = 2"),
            "more than its source",
            id="outputs",
        ),
        pytest.param(notebook("x = \n", "!ls\ny = 2\n"), "no longer parses", id="syntax"),
        pytest.param(notebook("x = 1\n"), "2 cells became 1", id="a cell is gone"),
        pytest.param(
            BEFORE.replace(b'{\n "metadata": {}', b'{\n "metadata": {"a": 1}'),
            "around the cells",
            id="metadata",
        ),
    ],
)
def test_what_is_broken_is_told(after: bytes, told: str) -> None:
    assert after != BEFORE
    assert any(told in law for law in laws.broken(BEFORE, after))

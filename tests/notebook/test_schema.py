"""Old errors of the schema are nobody's fault, new ones are refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nbrefactor.model.outcome import Edit
from nbrefactor.notebook.document import NotebookError, read, write
from nbrefactor.notebook.schema import validate

ODD = Path(__file__).parents[2] / "fixtures" / "odd"
REFUSED = {"empty", "merge-conflict", "nbformat-3", "not-a-notebook", "not-json", "not-utf8"}
READABLE = sorted(path for path in ODD.glob("*.ipynb") if path.stem not in REFUSED)


def encoded(**members: Any) -> bytes:
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "source": ["x"], "outputs": []}
    cell["execution_count"] = None
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **members}
    return json.dumps(content).encode()


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_an_edit_brings_no_new_error(path: Path) -> None:
    before = read(path.read_bytes())
    edits = [
        Edit(cell.index, len(cell.source), len(cell.source), "\nx = 1 # é") for cell in before.cells
    ]
    after = read(write(before, edits))
    assert after.data != before.data
    validate(after, before)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param(
            b'"metadata": {}, "source"', b'"source"', "metadata", id="a cell without metadata"
        ),
        pytest.param(b'"id": "a"', b'"id": "a b"', "id", id="an id with a space"),
        pytest.param(
            b'"execution_count": null', b'"execution_count": "1"', "execution_count", id="count"
        ),
    ],
)
@pytest.mark.parametrize("repaired", [False, True], ids=["broken", "repaired"])
def test_only_new_errors_are_refused(old: bytes, new: bytes, reason: str, repaired: bool) -> None:
    whole = read(encoded())
    data = whole.data.replace(old, new)
    assert data != whole.data
    broken = read(data)
    validate(broken, broken)
    if repaired:
        validate(whole, broken)
    else:
        with pytest.raises(NotebookError, match=reason):
            validate(broken, whole)


def test_an_old_error_in_the_edited_cell_itself_is_the_same_error() -> None:
    before = read(encoded().replace(b'"id": "a"', b'"id": "a b", "extra": [1]'))
    after = read(write(before, [Edit(0, 0, 1, "another text")]))
    validate(after, before)


def test_a_second_error_beside_an_old_one_is_new() -> None:
    before = read(encoded(metadata={"kernelspec": {}}))
    after = read(encoded(metadata={"kernelspec": {}, "orig_nbformat": "x"}))
    with pytest.raises(NotebookError, match="orig_nbformat"):
        validate(after, before)


def test_outputs_are_not_looked_at() -> None:
    deep = b"[" * 50_000 + b"]" * 50_000
    document = read(encoded().replace(b'"outputs": []', b'"outputs": ' + deep))
    validate(document, document)


def test_reading_does_not_import_nbformat() -> None:
    program = (
        "import sys; from nbrefactor.notebook import schema, document, store, discovery; "
        'document.read(b\'{"nbformat": 4, "cells": []}\'); '
        "print(*{'nbformat', 'jsonschema', 'IPython', 'libcst'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("\n", "")

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nbrefactor.cli import main

Notebook = Callable[..., bytes]
NAMES = {"python": "python3", "R": "ir"}
_MARK = re.compile(r"^# %%(?P<rest>.*)$")


@pytest.fixture
def notebook() -> Notebook:
    """Make a notebook from text in which ``# %%`` begins a cell, as the rules' examples have it."""

    def make(text: str, kernel: str = "python", metadata: dict[str, object] | None = None) -> bytes:
        cells: list[dict[str, object]] = []
        for line in text.split("\n"):
            mark = _MARK.match(line)
            if mark:
                rest = mark["rest"].strip()
                kind = "markdown" if rest == "[markdown]" else "code"
                tags = rest.split() if kind == "code" else []
                cells.append({"kind": kind, "tags": tags, "lines": []})
            else:
                cells[-1]["lines"].append(line)  # type: ignore[attr-defined]
        return json.dumps(
            {
                "cells": [_cell(at, cell) for at, cell in enumerate(cells)],
                "metadata": {
                    "kernelspec": {"display_name": "K", "language": kernel, "name": NAMES[kernel]},
                    **(metadata or {}),
                },
                "nbformat": 4,
                "nbformat_minor": 5,
            },
            indent=1,
        ).encode()

    def _cell(at: int, cell: dict[str, object]) -> dict[str, object]:
        source = "\n".join(cell["lines"]).strip("\n")  # type: ignore[arg-type]
        made: dict[str, object] = {
            "cell_type": cell["kind"],
            "id": f"c{at}",
            "metadata": {"tags": cell["tags"]} if cell["tags"] else {},
            "source": source.splitlines(keepends=True),
        }
        if cell["kind"] == "code":
            made |= {"execution_count": None, "outputs": []}
        return made

    return make


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of its own that is the current folder, so that no settings around it count."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def nbrefactor() -> Callable[..., Result]:
    """Run the command line in this process."""

    def run(*arguments: str, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(main, arguments, input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run

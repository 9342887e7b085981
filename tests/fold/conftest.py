"""What tests of folds share: notebooks of code cells, folded into calls of a module or of viz."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from nbrefactor.config import ModuleChoice, Settings
from nbrefactor.engine import migrate_bytes
from nbrefactor.fold.find import Drawings, Folding, find_folds
from nbrefactor.model.outcome import Outcome
from nbrefactor.notebook.document import read
from nbrefactor.program.timeline import timeline
from nbrefactor.targets import read_modules

HEAD = """\
import matplotlib.pyplot as plt
import numpy as np

grads = np.linspace(0, 1, 24).reshape(4, 6)
entropy = 2 * grads
pruned = grads < 0.2
"""

Fold = Callable[..., Outcome]
Find = Callable[..., tuple[Folding, ...]]


def notebook(*cells: str) -> bytes:
    listed = [
        {
            "cell_type": "code",
            "id": f"c{at}",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for at, source in enumerate(cells)
    ]
    document = {"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1).encode()


def settings(module: str, *, accept: str = "restyled", fold: bool = True) -> Settings:
    name = "plots" if module else "nbrefactor.viz"
    choice = ModuleChoice(name, "renamed", "restyled" if accept == "restyled" else "exact")
    return Settings(modules=(choice,), fold=fold, bump="none")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.fixture
def as_notebook() -> Callable[..., bytes]:
    """Give the function that makes a notebook of code cells."""
    return notebook


@pytest.fixture
def fold(place: Path) -> Fold:
    """Give a function that folds cells, the first of which is the usual head."""

    def run(*cells: str, module: str = "", accept: str = "restyled", head: str = HEAD) -> Outcome:
        if module:
            (place / "plots.py").write_text(module)
        chosen = settings(module, accept=accept)
        return migrate_bytes(
            notebook(head, *cells),
            chosen,
            read_modules(chosen, place / "n.ipynb"),
            path="n.ipynb",
            now=datetime(2025, 4, 8, tzinfo=timezone.utc),
        )

    return run


@pytest.fixture
def find(place: Path) -> Find:
    """Give a function that finds the blocks of cells and what draws them."""

    def run(*cells: str, module: str = "", head: str = HEAD) -> tuple[Folding, ...]:
        if module:
            (place / "plots.py").write_text(module)
        modules = read_modules(settings(module), place / "n.ipynb")
        return find_folds(timeline(read(notebook(head, *cells)).cells), Drawings(modules))

    return run

"""What the tables of before and after share: small notebooks, migrated to a stub module."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone

import pytest

from nbrefactor.config import AcceptedLevel, ImportPlace, ModuleChoice, Settings
from nbrefactor.engine import migrate_bytes, read_modules
from nbrefactor.model.outcome import Outcome

Migrate = Callable[..., Outcome]


def notebook(sources: tuple[str, ...]) -> bytes:
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1).encode()


@pytest.fixture(scope="session")
def migration(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Migrate]:
    """Give a function that migrates code cells to a module ``plots`` of the given source."""

    def to(module: str) -> Migrate:
        folder = tmp_path_factory.mktemp("plots")
        (folder / "plots.py").write_text(module)

        def run(
            *sources: str,
            accept: AcceptedLevel = "renamed",
            imports: ImportPlace = "in-place",
        ) -> Outcome:
            settings = Settings(modules=(ModuleChoice("plots", accept),), imports=imports)
            return migrate_bytes(
                notebook(sources),
                settings,
                read_modules(settings, folder / "x.ipynb"),
                path="x.ipynb",
                now=datetime(2025, 4, 8, 17, 41, tzinfo=timezone.utc),
            )

        return run

    return to

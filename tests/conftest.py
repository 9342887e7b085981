"""What tests of several rooms share."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .notebooks import notebook

if TYPE_CHECKING:
    from nbrefactor.config import AcceptedLevel, ImportPlace
    from nbrefactor.model.outcome import Outcome

Migrate = Callable[..., "Outcome"]

# Several test processes share the cores: threads of each that wait for work would take them all.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave alone what is no file of tests: doctests are looked for in every other module."""
    name = collection_path.name
    return True if name.endswith(".py") and not name.startswith("test_") else None


@pytest.fixture(autouse=True)
def no_cache_of_the_user(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder for caches and journals of one test: none reads or writes those of the user."""
    folder: Path = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("NBREFACTOR_CACHE_DIR", str(folder))
    monkeypatch.setenv("NBREFACTOR_STATE_DIR", str(folder / "state"))
    return folder


@pytest.fixture(scope="session")
def migration(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Migrate]:
    """Give a function that migrates code cells to a module ``plots`` of the given source."""

    from nbrefactor.config import ModuleChoice, Settings
    from nbrefactor.engine import migrate_bytes, read_modules

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
                notebook(*sources),
                settings,
                read_modules(settings, folder / "x.ipynb"),
                path="x.ipynb",
                now=datetime(2025, 4, 8, 17, 41, tzinfo=timezone.utc),
            )

        return run

    return to

import os
from pathlib import Path

import pytest

# Several test processes share the cores: threads of each that wait for work would take them all.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def no_cache_of_the_user(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder for caches that only one test has: none reads or writes those of the user."""
    folder: Path = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("NBREFACTOR_CACHE_DIR", str(folder))
    return folder

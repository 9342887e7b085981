from collections.abc import Callable
from pathlib import Path

import pytest

from ..notebooks import notebook

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a notebook of code cells into a folder of its own."""

    def write(name: str, *cells: str) -> Path:
        path = tmp_path / name
        path.write_bytes(notebook(*cells, minor=4))
        return path

    return write

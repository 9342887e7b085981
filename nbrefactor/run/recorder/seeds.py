"""One start for the random generators that a notebook does not start itself."""

from __future__ import annotations

import random
from typing import Any

from .imports import when_imported


def seed(number: int) -> None:
    """Seed Python's generator now, NumPy's and torch's as soon as they are imported.

    A notebook that seeds them itself does so later, and has the last word.
    """
    random.seed(number)

    def seed_numpy(module: Any) -> None:
        module.seed(number % 2**32)

    def seed_torch(module: Any) -> None:
        module.manual_seed(number)

    when_imported({"numpy.random": seed_numpy, "torch": seed_torch})

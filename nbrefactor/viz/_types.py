"""Types of arguments, in one place for all plots; only type checkers and readers need them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import IO, Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

FloatArray: TypeAlias = NDArray[np.float64]
SavePath: TypeAlias = str | os.PathLike[str] | IO[bytes] | None
Heads: TypeAlias = Iterable[tuple[int, int]] | Mapping[int, Iterable[int]] | ArrayLike | None

__all__ = [
    "Any",
    "ArrayLike",
    "Axes",
    "Colormap",
    "Figure",
    "FloatArray",
    "Heads",
    "NDArray",
    "Normalize",
    "SavePath",
]

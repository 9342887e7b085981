"""Types of arguments, in one place for all plots; only type checkers and readers need them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import IO, TypeAlias
from typing import Any as Any

import numpy as np
from matplotlib.axes import Axes as Axes
from matplotlib.colors import Colormap as Colormap
from matplotlib.colors import Normalize as Normalize
from matplotlib.figure import Figure as Figure
from numpy.typing import ArrayLike as ArrayLike
from numpy.typing import NDArray as NDArray

FloatArray: TypeAlias = NDArray[np.float64]
Recorded: TypeAlias = dict[str, FloatArray]
SavePath: TypeAlias = str | os.PathLike[str] | IO[bytes] | None
Heads: TypeAlias = Iterable[tuple[int, int]] | Mapping[int, Iterable[int]] | ArrayLike | None

"""Arrays of two figures, compared within a tolerance that is stated here.

Two numbers are equal if they differ by no more than a hundred-thousandth of the largest magnitude
in their arrays, which is more than float32 loses against float64 and less than anybody sees.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbrefactor.verify.figures.values import Member

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class Array:
    """An array of a recorded figure.

    Parameters
    ----------
    shape : tuple of int
        Its shape.
    values : ndarray of float64 or None
        Its numbers, NaN where they are missing; None where only `blocks` were kept, or texts.
    texts : tuple of str
        Its members, where they are no numbers.
    digest : str
        Equal for equal texts, or for equal numbers of float32.
    blocks : mapping of str to ndarray
        Extremes, sums and numbers of missing values of stretches.
    """

    shape: tuple[int, ...]
    values: Floats | None
    texts: tuple[str, ...] = ()
    digest: str = ""
    blocks: Mapping[str, Floats] | None = None


def read_array(described: Mapping[str, Any]) -> Array:
    """Read an array as the recorder describes it."""
    shape = tuple(int(length) for length in described["shape"])
    if "texts" in described:
        return Array(shape, None, tuple(map(str, described["texts"])), str(described["digest"]))
    if "values" in described:
        numbers = _decode(described["values"])
        return Array(shape, numbers.reshape(shape) if numbers.size == _size(shape) else numbers)
    blocks = {name: _decode(block) for name, block in described["blocks"].items()}
    return Array(shape, None, (), str(described["digest"]), blocks)


def same(before: Array, after: Array) -> bool:
    """Tell whether two arrays hold the same numbers or texts."""
    if before.shape != after.shape or before.texts != after.texts:
        return False
    if before.values is not None and after.values is not None:
        return equal(before.values, after.values)
    if before.blocks is None or after.blocks is None:
        return before.blocks is after.blocks and before.digest == after.digest
    return before.digest == after.digest or all(
        equal(before.blocks[name], after.blocks[name]) for name in before.blocks
    )


def equal(before: Floats, after: Floats, tolerance: float = TOLERANCE) -> bool:
    """Tell whether numbers are equal within a tolerance, missing ones alike."""
    return before.shape == after.shape and not bool(unequal(before, after, tolerance).any())


def unequal(before: Floats, after: Floats, tolerance: float = TOLERANCE) -> NDArray[np.bool_]:
    """Find the numbers of two arrays of one shape that are not equal."""
    import numpy as np

    finite = np.isfinite(before) & np.isfinite(after)
    magnitude = max(
        (float(np.abs(side[finite]).max()) for side in (before, after) if finite.any()), default=0.0
    )
    with np.errstate(invalid="ignore"):
        differs = np.abs(before - after) > tolerance * magnitude
        alike = (np.isnan(before) & np.isnan(after)) | (before == after)
    found: NDArray[np.bool_] = np.where(finite, differs, ~alike)
    return found


def differing_members(
    before: Array, after: Array, names: tuple[str, ...] = (), most: int = 40
) -> tuple[tuple[Member, ...], int]:
    """Find the members in which two arrays of one shape differ.

    Returns
    -------
    members : tuple of Member
        The first ones.
    count : int
        How many there are.
    """
    import numpy as np

    if before.shape != after.shape or before.values is None or after.values is None:
        return (), 0
    places = np.argwhere(unequal(before.values, after.values))
    members = []
    for place in (tuple(map(int, one)) for one in places[:most]):
        at = ", ".join(
            f"{names[axis]} {index}" if axis < len(names) else f"[{index}]"
            for axis, index in enumerate(place)
        )
        values = (f"{side[place]:.6g}" for side in (before.values, after.values))
        members.append(Member(at, *values))
    return tuple(members), len(places)


def say_difference(before: Array, after: Array, names: tuple[str, ...] = ()) -> tuple[str, str]:
    """Say what is there before and after, where two arrays differ first."""
    if before.shape != after.shape:
        return _shape(before.shape), _shape(after.shape)
    members, count = differing_members(before, after, names, 1)
    if members:
        more = f" and {count - 1} more of {_size(before.shape)}" if count > 1 else ""
        return f"{members[0].where}: {members[0].before}{more}", members[0].after
    if before.texts or after.texts:
        return str(before.texts[:3]), str(after.texts[:3])
    return f"{_size(before.shape)} values", f"{_size(after.shape)} other values"


def _decode(text: str) -> Floats:
    import numpy as np

    return np.frombuffer(base64.b64decode(text), dtype="<f8").astype(np.float64)


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _shape(shape: tuple[int, ...]) -> str:
    if len(shape) == 1:
        return f"{shape[0]} values"
    return f"{' x '.join(map(str, shape))} values"

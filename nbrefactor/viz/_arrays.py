"""Arguments as callers have them to NumPy arrays, with errors that name the argument.

A tensor is recognised by what it offers (``detach``, ``cpu``, ``__array__``, ``__dlpack__``), so no
tensor library is ever imported here. What comes out is a copy: inputs are never modified, and a
later change of an input does not reach a figure that is drawn already.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

_MISSING = float("nan")


def to_array(value: object, name: str) -> FloatArray:
    """Convert an array-like to a new float64 array.

    Parameters
    ----------
    value : array-like
        NumPy array of any real dtype, number, nested sequence, torch or JAX tensor on any device,
        or anything that offers ``__array__`` or ``__dlpack__``. ``None`` inside a sequence and
        masked entries mean a missing value.
    name : str
        The argument's name, for the error message.

    Returns
    -------
    ndarray of float64
        Same shape as the input; missing values are NaN.

    Raises
    ------
    TypeError
        If the input does not hold real numbers.
    ValueError
        If nested sequences have rows of different lengths.
    """
    if isinstance(value, np.ma.MaskedArray):
        data = _to_float64(np.ma.getdata(value), name)
        data[np.ma.getmaskarray(value)] = _MISSING
        return data
    if isinstance(value, np.ndarray | np.generic):
        return _to_float64(np.asarray(value), name)
    if _offers(value, "detach", "cpu"):
        return _to_float64(_from_tensor(value, name), name)
    if _offers(value, "__array__") or _offers(value, "__dlpack__"):
        return _to_float64(_from_protocol(value, name), name)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return _from_sequence(value, name)
    if _offers(value, "__float__"):
        return _from_scalar(value, name)
    raise _not_numbers(name, f"an object of type {type(value).__name__}")


def head_grid(value: object, name: str) -> FloatArray:
    """Convert an array-like to a grid of at least one layer by one head."""
    grid = to_array(value, name)
    if grid.ndim != 2:
        raise ValueError(f"{name} must have the two axes [layers, heads], got shape {grid.shape}")
    if grid.size == 0:
        raise ValueError(
            f"{name} is empty (shape {grid.shape}): there is nothing to draw without "
            "at least one layer and one head"
        )
    return grid


def head_pairs(
    value: object, name: str, grid_shape: tuple[int, ...]
) -> tuple[tuple[int, int], ...]:
    """Convert marked heads to distinct (layer, head) pairs that lie inside the grid."""
    if value is None:
        return ()
    if isinstance(value, Iterable) and not _is_array_like(value):
        if isinstance(value, str | bytes):
            raise TypeError(f"{name} must hold (layer, head) pairs, got {value!r}")
        value = list(value)
    pairs = to_array(value, name)
    if pairs.size == 0:
        return ()
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(
            f"{name} must hold (layer, head) pairs, that is shape [n, 2], got shape {pairs.shape}"
        )
    layers, heads = grid_shape
    inside = []
    for layer, head in pairs.tolist():
        if not (layer.is_integer() and head.is_integer()):
            raise ValueError(
                f"{name} must hold pairs of whole numbers, got the pair ({layer:g}, {head:g})"
            )
        if not (0 <= layer < layers and 0 <= head < heads):
            raise ValueError(
                f"{name} holds the pair ({layer:g}, {head:g}), which lies outside the grid of "
                f"{layers} layers by {heads} heads (both counted from 0)"
            )
        inside.append((int(layer), int(head)))
    return tuple(dict.fromkeys(inside))


def whole_number(value: Any, name: str) -> int:
    """Convert an integer of any kind (NumPy's, a 0-d tensor) to int."""
    try:
        return operator.index(value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} must be a whole number, got {value!r} of type {type(value).__name__}"
        ) from error


def finite_number(value: object, name: str) -> float:
    """Convert a scalar of any kind to a finite float."""
    number = to_array(value, name)
    if number.ndim != 0:
        raise ValueError(f"{name} must be one number, got shape {number.shape}")
    if not np.isfinite(number):
        raise ValueError(f"{name} must be finite, got {float(number)}")
    return float(number)


def _offers(value: object, *methods: str) -> bool:
    # A class offers its methods to instances, not to itself.
    return not isinstance(value, type) and all(
        callable(getattr(value, method, None)) for method in methods
    )


def _is_array_like(value: object) -> bool:
    return any(_offers(value, method) for method in ("detach", "__array__", "__dlpack__"))


def _not_numbers(name: str, got: str) -> TypeError:
    return TypeError(
        f"{name} must be an array, a tensor or a nested list of real numbers, got {got}"
    )


def _to_float64(array: NDArray[Any], name: str) -> FloatArray:
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    if array.dtype.kind == "O":
        return to_array(array.tolist(), name)
    if array.dtype.kind == "V" and array.dtype.names is None and array.dtype.type is not np.void:
        # bfloat16 and the 8-bit floats of JAX: NumPy knows them as extension types.
        return array.astype(np.float64)
    raise _not_numbers(name, f"an array of dtype {array.dtype}")


def _from_tensor(tensor: Any, name: str) -> NDArray[Any]:
    tensor = tensor.detach().cpu()
    if _offers(tensor, "to_dense"):
        tensor = tensor.to_dense()
    try:
        return np.asarray(tensor)
    except TypeError as error:
        # NumPy has no bfloat16; every value of it is a float32 as well.
        if not _offers(tensor, "float"):
            raise _not_numbers(name, f"a tensor that NumPy cannot read ({error})") from error
        return np.asarray(tensor.float())


def _from_protocol(value: Any, name: str) -> NDArray[Any]:
    readers: list[Any] = []
    if _offers(value, "__array__"):
        readers.append(np.asarray)
    if _offers(value, "__dlpack__"):
        readers.append(np.from_dlpack)
        # Since NumPy 2.1 an array on another device can be asked to come to the CPU.
        readers.append(lambda array: np.from_dlpack(array, device="cpu"))
    failures = []
    for read in readers:
        try:
            return np.asarray(read(value))
        except (BufferError, RuntimeError, TypeError, ValueError) as error:
            failures.append(error)
    raise _not_numbers(
        name, f"a {type(value).__name__} that NumPy cannot read ({failures[0]})"
    ) from failures[0]


def _from_sequence(value: Sequence[Any], name: str) -> FloatArray:
    items = [_MISSING if item is None else item for item in value]
    if all(isinstance(item, int | float) for item in items):
        # The common case, and much faster than one array for each number.
        try:
            return np.array(items, dtype=np.float64)
        except OverflowError as error:
            raise _not_numbers(name, "an integer too large for a float") from error
    rows = [to_array(item, name) for item in items]
    shapes = list(dict.fromkeys(row.shape for row in rows))
    if len(shapes) > 1:
        raise ValueError(
            f"{name} must have rows of one length, got rows of shape {shapes[0]} and {shapes[1]}"
        )
    return np.stack(rows)


def _from_scalar(value: Any, name: str) -> FloatArray:
    try:
        return np.asarray(float(value), dtype=np.float64)
    except (OverflowError, TypeError, ValueError) as error:
        raise _not_numbers(name, f"{value!r}") from error

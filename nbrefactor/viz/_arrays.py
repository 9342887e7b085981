"""Arguments as callers have them to NumPy arrays, with errors that name the argument.

A tensor is recognised by what it offers (``detach``, ``cpu``, ``__array__``, ``__dlpack__``), so no
tensor library is ever imported here. Inputs are never modified, and a later change of an input does
not reach a figure that is drawn already.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ._types import FloatArray, NDArray

_MISSING = float("nan")
_PROTOCOLS = ("__array__", "__dlpack__")


def to_array(value: object, name: str) -> FloatArray:
    """Convert an array-like to a new float64 array; missing values become NaN.

    Raises a TypeError if it does not hold real numbers, a ValueError if rows differ in length.
    """
    return read_array(value, name).astype(np.float64)


def read_array(value: object, name: str) -> NDArray[Any]:
    """Convert an array-like to an array of numbers or truth values."""
    if isinstance(value, np.ma.MaskedArray):
        data = to_array(np.ma.getdata(value), name)
        data[np.ma.getmaskarray(value)] = _MISSING
        return data
    if isinstance(value, np.ndarray | np.generic):
        return _real(np.asarray(value), name)
    if _is_array_like(value):
        return _real(_from_protocol(value, name), name)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return _from_sequence(value, name)
    return _from_scalar(value, name)


def shape_of(value: Any) -> tuple[int, ...] | None:
    """Shape of an array-like by what it says of itself; None where only converting it can tell."""
    try:
        if isinstance(value.shape, tuple):
            return tuple(map(int, value.shape))
    except (AttributeError, RuntimeError):
        pass
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        inner = shape_of(value[0]) if len(value) else ()
        return None if inner is None else (len(value), *inner)
    return () if _offers(value, "__float__") and not _is_array_like(value) else None


def head_grid(value: object, name: str) -> FloatArray:
    """Convert an array-like to a grid of at least one layer by one head."""
    grid = to_array(value, name)
    if grid.ndim != 2:
        raise ValueError(f"{name} must have the two axes [layers, heads], got shape {grid.shape}")
    check_not_empty(grid.shape, name, "one layer and one head")
    return grid


def check_not_empty(shape: tuple[int, ...], name: str, least: str) -> None:
    """Raise a ValueError where a shape holds nothing."""
    if 0 in shape:
        why = f"there is nothing to draw without at least {least}"
        raise ValueError(f"{name} is empty (shape {shape}): {why}")


def marked_heads(value: Any, name: str, shape: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Convert marked heads to distinct (layer, head) pairs that lie inside a grid of that shape."""
    if value is None:
        return ()
    if isinstance(value, Mapping) and not all(isinstance(key, tuple) for key in value):
        of_layers = {layer: to_array(heads, name).ravel() for layer, heads in value.items()}
        value = [(layer, head) for layer, heads in of_layers.items() for head in heads]
    elif isinstance(value, Iterable) and not (_is_array_like(value) or isinstance(value, str)):
        value = list(value)
    pairs = read_array(value, name)
    if pairs.size == 0:
        return ()
    if pairs.dtype == bool:
        if pairs.shape != shape:
            shapes = f"{shape}, got shape {pairs.shape}"
            raise ValueError(f"{name} as a mask must have the grid's shape {shapes}")
        pairs = np.argwhere(pairs)
    elif pairs.ndim != 2 or pairs.shape[1] != 2:
        kind = "(layer, head) pairs, that is shape [n, 2]"
        raise ValueError(f"{name} must hold {kind}, got shape {pairs.shape}")
    for layer, head in pairs.tolist():
        pair = f"the pair ({layer:g}, {head:g})"
        if not (float(layer).is_integer() and float(head).is_integer()):
            raise ValueError(f"{name} must hold pairs of whole numbers, got {pair}")
        if not (0 <= layer < shape[0] and 0 <= head < shape[1]):
            grid = f"the grid of {shape[0]} layers by {shape[1]} heads (both counted from 0)"
            raise ValueError(f"{name} holds {pair}, which lies outside {grid}")
    return tuple(dict.fromkeys((int(layer), int(head)) for layer, head in pairs))


def whole_number(value: Any, name: str) -> int:
    """Convert an integer of any kind (NumPy's, a 0-d tensor) to int."""
    try:
        return operator.index(value)
    except (RuntimeError, TypeError, ValueError) as error:
        got = f"{value!r} of type {type(value).__name__}"
        raise TypeError(f"{name} must be a whole number, got {got}") from error


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
    offered = (callable(getattr(value, method, None)) for method in methods)
    return not isinstance(value, type) and all(offered)


def _is_array_like(value: object) -> bool:
    return _offers(value, "detach", "cpu") or any(map(partial(_offers, value), _PROTOCOLS))


def _not_numbers(name: str, got: str) -> TypeError:
    kind = "an array, a tensor or a nested list of real numbers"
    return TypeError(f"{name} must be {kind}, got {got}")


def _real(array: NDArray[Any], name: str) -> NDArray[Any]:
    if array.dtype.kind in "biuf":
        return array
    if array.dtype.kind == "O":
        return (_from_sequence if array.ndim else _from_scalar)(array.tolist(), name)
    if array.dtype.kind == "V" and array.dtype.names is None and array.dtype.type is not np.void:
        # bfloat16 and the 8-bit floats of JAX: NumPy knows them as extension types.
        return array.astype(np.float64)
    raise _not_numbers(name, f"an array of dtype {array.dtype}")


def _from_protocol(value: Any, name: str) -> NDArray[Any]:
    readers: list[Callable[[Any], Any]] = []
    if _offers(value, "detach", "cpu"):
        # NumPy has no bfloat16; every value of it is a float32 as well.
        readers += [_host_array, lambda tensor: _host_array(tensor.float())]
    elif _offers(value, "__array__"):
        readers.append(np.asarray)
    if _offers(value, "__dlpack__"):
        # Since NumPy 2.1 an array on another device can be asked to come to the CPU.
        readers += [np.from_dlpack, lambda array: np.from_dlpack(array, device="cpu")]
    failures = []
    for read in readers:
        try:
            return np.asarray(read(value))
        # What a foreign library raises where it cannot convert is its own affair.
        except Exception as error:
            failures.append(error)
    said = str(failures[0]).partition("\n")[0]
    got = f"a {type(value).__name__} that NumPy cannot read ({said})"
    raise _not_numbers(name, got) from failures[0]


def _host_array(tensor: Any) -> Any:
    tensor = tensor.detach().cpu()
    if getattr(tensor, "is_quantized", False):
        tensor = tensor.dequantize()
    if _offers(tensor, "to_dense"):
        tensor = tensor.to_dense()
    return tensor.numpy() if _offers(tensor, "numpy") else tensor


def _from_sequence(value: Sequence[Any], name: str) -> NDArray[Any]:
    no_value = getattr(sys.modules.get("pandas"), "NA", None)
    items = [_MISSING if item is None or item is no_value else item for item in value]
    if items and all(isinstance(item, bool) for item in items):
        return np.array(items)
    if all(isinstance(item, int | float) for item in items):
        # The common case, and much faster than one array for each number.
        try:
            return np.array(items, dtype=np.float64)
        except OverflowError as error:
            raise _not_numbers(name, "an integer too large for a float") from error
    rows = [read_array(item, name) for item in items]
    shapes = list(dict.fromkeys(row.shape for row in rows))
    if len(shapes) > 1:
        got = f"rows of shape {shapes[0]} and {shapes[1]}"
        raise ValueError(f"{name} must have rows of one length, got {got}")
    return np.stack(rows)


def _from_scalar(value: Any, name: str) -> FloatArray:
    if not _offers(value, "__float__"):
        raise _not_numbers(name, f"an object of type {type(value).__name__}")
    try:
        return np.asarray(float(value), dtype=np.float64)
    except (OverflowError, TypeError, ValueError) as error:
        raise _not_numbers(name, f"{value!r}") from error

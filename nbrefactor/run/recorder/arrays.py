"""Arrays as plain data: whole up to a bound, beyond it by digest and by what each block holds."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

# Values that are kept one by one: 1.6 MB for each array.
WHOLE = 200_000
# Stretches of which the extremes and the sum are kept where the values are not.
BLOCKS = 2_000


def describe_array(values: Any) -> dict[str, Any]:
    """Describe an array of numbers or texts.

    Parameters
    ----------
    values : array-like
        What is masked counts as missing, as NaN does; dates must be numbers already.

    Returns
    -------
    dict
        ``shape``, ``dtype`` and either ``texts`` (a list) with their ``digest``, ``values`` (base64
        of little-endian float64) or, for more than `WHOLE` values, ``digest`` and ``blocks``
        (``low``, ``high``, ``sum`` and ``missing`` of each stretch, base64 again).
    """
    import numpy as np

    array: Any = np.ma.asarray(values)
    found = {"shape": list(array.shape), "dtype": str(array.dtype)}
    if array.dtype.kind not in "biufc":
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError):
            texts = [str(value) for value in np.ma.getdata(array).ravel()]
            digest = hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()
            return {**found, "texts": [text[:200] for text in texts[:WHOLE]], "digest": digest}
    if array.dtype.kind == "c":
        array = np.ma.stack([array.real, array.imag], axis=-1)
    numbers = np.ma.filled(array.astype(np.float64), np.nan).ravel()
    if numbers.size <= WHOLE:
        return {**found, "values": encode(numbers)}
    # Rounded as float32 is, so that the precision of an intermediate makes no other array.
    rounded = np.ascontiguousarray(numbers, dtype="<f4").tobytes()
    return {**found, "digest": hashlib.sha256(rounded).hexdigest(), "blocks": _blocks(numbers)}


def encode(numbers: Any) -> str:
    """Write a float array as base64."""
    import numpy as np

    return base64.b64encode(np.ascontiguousarray(numbers, dtype="<f8").tobytes()).decode()


def _blocks(numbers: Any) -> dict[str, str]:
    import numpy as np

    starts = np.linspace(0, numbers.size, BLOCKS, endpoint=False).astype(np.intp)
    missing = np.isnan(numbers)
    filled = np.where(missing, 0.0, numbers)
    with np.errstate(all="ignore"):
        return {
            "low": encode(np.minimum.reduceat(np.where(missing, np.inf, numbers), starts)),
            "high": encode(np.maximum.reduceat(np.where(missing, -np.inf, numbers), starts)),
            "sum": encode(np.add.reduceat(filled, starts)),
            "missing": encode(np.add.reduceat(missing.astype(np.float64), starts)),
        }

"""What the plots compute before anything is drawn: pure functions on NumPy arrays."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._arrays import FloatArray


def color_limits(values: FloatArray) -> tuple[float, float]:
    """Lower and upper end of a colour scale that shows every finite value.

    Where all finite values are equal the scale is widened around them; where there are none it is
    0 to 1.
    """
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if low < high:
        return low, high
    margin = 0.1 * abs(low) or 0.1
    return low - margin, high + margin


def entropy_limits(values: FloatArray, min_value: float) -> tuple[float, float]:
    """Colour scale from `min_value` to the largest finite value, which is taken as at least 0.1."""
    upper = max(0.1, float(np.max(values[np.isfinite(values)], initial=0.1)))
    return min_value, upper if upper > min_value else min_value + 0.1


def normalize_entropy(entropy: FloatArray, max_entropy: FloatArray) -> FloatArray:
    """Entropy in percent of its maximum.

    Parameters
    ----------
    entropy : ndarray, shape [layers, heads]
    max_entropy : ndarray
        0-d, or a shape that broadcasts to that of `entropy`; same unit.

    Returns
    -------
    ndarray, shape [layers, heads]
        Not finite where either input is not.

    Raises
    ------
    ValueError
        If `max_entropy` does not broadcast to the shape of `entropy` or is not above 0.
    """
    try:
        ceiling = np.broadcast_to(max_entropy, entropy.shape)
    except ValueError:
        raise ValueError(
            "max_entropy must be one number or broadcast to the shape of entropy_values, got shape "
            f"{max_entropy.shape} for entropy_values of shape {entropy.shape}"
        ) from None
    if np.any(ceiling <= 0):
        raise ValueError(
            f"max_entropy must be greater than 0, got {float(np.nanmin(max_entropy)):g}: "
            "nothing can be a percentage of it"
        )
    finite = np.isfinite(entropy) & np.isfinite(ceiling)
    percent = np.full(entropy.shape, np.nan)
    np.divide(100 * entropy, ceiling, out=percent, where=finite)
    return percent


def average_ranks(values: FloatArray) -> FloatArray:
    """Ranks counted from 1; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: FloatArray = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks


def rank_correlation(x: FloatArray, y: FloatArray) -> float:
    """Spearman's rank correlation over the pairs of which both values are finite.

    Parameters
    ----------
    x, y : ndarray, shape [n]

    Returns
    -------
    float
        -1 to 1; NaN with fewer than two pairs or where all values of one side are equal.
    """
    paired = np.isfinite(x) & np.isfinite(y)
    if np.count_nonzero(paired) < 2:
        return float("nan")
    rank_x, rank_y = average_ranks(x[paired]), average_ranks(y[paired])
    rank_x -= rank_x.mean()
    rank_y -= rank_y.mean()
    scale = np.sqrt(np.dot(rank_x, rank_x) * np.dot(rank_y, rank_y))
    if scale == 0:
        return float("nan")
    return float(np.clip(np.dot(rank_x, rank_y) / scale, -1.0, 1.0))


def downsample(values: FloatArray, max_points: int) -> NDArray[np.intp]:
    """Positions of a series that keep its shape with few points.

    The series is cut into equal stretches, and the smallest and largest value of each is kept, so
    that a spike of a single step survives. The first and the last position are always kept.

    Parameters
    ----------
    values : ndarray, shape [n]
        NaN stands for a gap; a stretch without any value keeps one NaN, so that the gap stays.
    max_points : int
        Most positions to keep; fewer than 4 count as 4 (first, last, smallest, largest).

    Returns
    -------
    ndarray of int
        Increasing positions, at most ``max(max_points, 4)`` of them.
    """
    limit = max(max_points, 4)
    if len(values) <= limit:
        return np.arange(len(values))
    kept = [0, len(values) - 1]
    edges = np.linspace(1, len(values) - 1, (limit - 2) // 2 + 1).astype(int)
    for start, stop in pairwise(edges):
        stretch = values[start:stop]
        if np.isnan(stretch).all():
            kept.append(int(start))
        else:
            kept += [start + int(np.nanargmin(stretch)), start + int(np.nanargmax(stretch))]
    return np.unique(np.array(kept, dtype=np.intp))


def spread(count: int, limit: int) -> NDArray[np.intp]:
    """At most `limit` positions of `count`, evenly spread, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, max(limit, 2))).astype(np.intp))


def epoch_boundaries(steps: FloatArray, epochs: FloatArray) -> list[tuple[float, int]]:
    """Find the steps at which a new epoch begins, and its number.

    Fractions of an epoch count as the epoch they lie in; entries that are not finite are passed
    over.
    """
    known = np.isfinite(epochs)
    whole, at = np.floor(epochs[known]).astype(int), steps[known]
    starts = np.flatnonzero(np.diff(whole)) + 1
    return [(float(at[start]), int(whole[start])) for start in starts]


def tick_positions(count: int, room: int) -> list[int]:
    """Positions 0, s, 2s … below `count`, with the smallest round s that leaves at most `room`."""
    scale = 1
    while True:
        for step in (scale, 2 * scale, 5 * scale):
            if -(-count // step) <= max(room, 1):
                return list(range(0, count, step))
        scale *= 10


def text_color(rgb: tuple[float, float, float]) -> str:
    """Black or white, whichever has the higher contrast on a background of that colour.

    Parameters
    ----------
    rgb : tuple of float
        Red, green and blue, each 0 to 1 in sRGB.
    """
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in rgb
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # Where (L + 0.05)² = 0.05 · 1.05 black and white have the same contrast (WCAG 2).
    return "black" if (luminance + 0.05) ** 2 > 0.0525 else "white"

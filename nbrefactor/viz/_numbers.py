"""What the plots compute before anything is drawn: pure functions on NumPy arrays."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._types import FloatArray, NDArray


def color_limits(
    values: FloatArray, low: float | None = None, high: float | None = None, robust: bool = False
) -> tuple[float, float]:
    """Lower and upper end of a colour scale, where not given those of the finite values.

    Robust ends are the 2nd and the 98th percentile. Ends that meet or cross are moved apart,
    given ones last; without a finite value the scale is 0 to 1.
    """
    finite = values[np.isfinite(values)]
    ends = np.percentile(finite if finite.size else [0, 1], (2, 98) if robust else (0, 100))
    lower = float(ends[0] if low is None else low)
    upper = float(ends[1] if high is None else high)
    if lower < upper:
        return lower, upper
    if low is not None and high is not None:
        raise ValueError(f"vmin must be below vmax, got {low:g} and {high:g}")
    middle = lower if high is None else upper
    margin = 0.1 * abs(middle) or 0.1
    return middle - margin * (low is None), middle + margin * (high is None)


def normalize_entropy(entropy: FloatArray, max_entropy: FloatArray) -> FloatArray:
    """Entropy in percent of a maximum that broadcasts to its shape; NaN where either is unknown."""
    try:
        ceiling = np.broadcast_to(max_entropy, entropy.shape)
    except ValueError:
        told = "max_entropy must be one number or broadcast to the shape of entropy_values"
        shapes = f"{max_entropy.shape} for entropy_values of shape {entropy.shape}"
        raise ValueError(f"{told}, got shape {shapes}") from None
    if np.any(ceiling <= 0):
        least = float(np.nanmin(max_entropy))
        raise ValueError(f"max_entropy must be greater than 0, got {least:g}: it is the 100 %")
    finite = np.isfinite(entropy) & np.isfinite(ceiling)
    with np.errstate(all="ignore"):
        return np.where(finite, 100 * entropy / ceiling, np.nan)


def average_ranks(values: FloatArray) -> FloatArray:
    """Ranks counted from 1; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(np.cumsum(counts) - (counts - 1) / 2)[inverse]


def rank_correlation(x: FloatArray, y: FloatArray) -> float:
    """Spearman's rank correlation of the pairs that are finite; NaN where it is undefined."""
    paired = np.isfinite(x) & np.isfinite(y)
    if np.count_nonzero(paired) < 2:
        return float("nan")
    with np.errstate(invalid="ignore"):
        return float(np.corrcoef(average_ranks(x[paired]), average_ranks(y[paired]))[0, 1])


def downsample(values: FloatArray, max_points: int) -> NDArray[np.intp]:
    """At most `max_points` positions (fewer than 4 count as 4) that keep the shape of a series.

    The first, the last, and the extremes of equal stretches are kept, so that a spike of a single
    step survives; a stretch of nothing but NaN keeps one, so that the gap stays.
    """
    limit = max(max_points, 4)
    if len(values) <= limit:
        return np.arange(len(values))
    kept = [0, len(values) - 1]
    edges = np.linspace(1, len(values) - 1, (limit - 2) // 2 + 1).astype(int)
    gaps = np.isnan(values)
    low, high = np.where(gaps, np.inf, values), np.where(gaps, -np.inf, values)
    for start, stop in pairwise(edges):
        kept += [start + low[start:stop].argmin(), start + high[start:stop].argmax()]
    return np.unique(np.array(kept, dtype=np.intp))


def spread(count: int, limit: int) -> NDArray[np.intp]:
    """At most `limit` positions of `count`, evenly spread, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, max(limit, 2))).astype(np.intp))


def smooth(values: FloatArray, weight: float) -> FloatArray:
    """Exponential moving average without a bias to its start, as TensorBoard draws it.

    `weight` is that of the past, from 0 to below 1. Values that are not finite are passed over.
    """
    averaged = np.full_like(values, np.nan)
    total = share = 0.0
    for at in np.flatnonzero(np.isfinite(values)):
        total = weight * total + (1 - weight) * values[at]
        share = weight * share + (1 - weight)
        averaged[at] = total / share
    return averaged


def epoch_boundaries(steps: FloatArray, epochs: FloatArray) -> list[tuple[float, int]]:
    """Find the steps at which an epoch begins, and its number; fractions are of the epoch begun."""
    known = np.isfinite(epochs)
    whole, at = np.floor(epochs[known]).astype(int), steps[known]
    starts = np.flatnonzero(np.diff(whole)) + 1
    return [(float(at[start]), int(whole[start])) for start in starts]


def text_color(rgb: Iterable[float]) -> str:
    """Black or white, whichever has the higher contrast on an sRGB colour (each channel 0 to 1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    luminance = np.dot([0.2126, 0.7152, 0.0722], linear)
    # Where (L + 0.05)² = 0.05 · 1.05 black and white have the same contrast (WCAG 2).
    return "black" if (luminance + 0.05) ** 2 > 0.0525 else "white"

"""Curves of many points of which two programs show different ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbrefactor.verify.figures.content import Artist

if TYPE_CHECKING:
    from nbrefactor.verify.figures.arrays import Floats

# A curve of fewer points is looked at point by point.
_FEWEST_POINTS = 30
# How far the two courses may be apart, in shares of the curve's height.
_APART = 0.1
_MEAN_APART = 0.02


def same_course(before: Artist, after: Artist) -> bool:
    """Tell whether two lines are the same series, thinned in two ways.

    They are if both have at least 30 points, begin and end alike, have equal values wherever they
    have a point in common, which at least a third of the shorter one are, and the one runs nowhere
    farther outside of the other's nearest two points than a tenth of the height, nor a fiftieth in
    the mean.
    """
    import numpy as np

    if before.kind != "line" or after.kind != "line" or set(before.data) != {"x", "y"}:
        return False
    arrays = [side.data[name].values for side in (before, after) for name in ("x", "y")]
    if any(array is None or array.size < _FEWEST_POINTS for array in arrays):
        return False
    x, y, other_x, other_y = (np.ravel(array) for array in arrays if array is not None)
    if not (_rises(x) and _rises(other_x)):
        return False
    if not (np.isfinite(y).all() and np.isfinite(other_y).all()):
        return False
    height = float(max(y.max(), other_y.max()) - min(y.min(), other_y.min()))
    if x[0] != other_x[0] or x[-1] != other_x[-1]:
        return False
    common, at, other_at = np.intersect1d(x, other_x, return_indices=True)
    if len(common) * 3 < min(x.size, other_x.size):
        return False
    if np.abs(y[at] - other_y[other_at]).max() > 1e-5 * height:
        return False
    everywhere = np.union1d(x, other_x)
    old, new = _Course(x, y, _is_stepped(before)), _Course(other_x, other_y, _is_stepped(after))
    apart = np.minimum(
        old.distance(everywhere, new.at(everywhere)), new.distance(everywhere, old.at(everywhere))
    )
    return bool(apart.max() <= _APART * height and apart.mean() <= _MEAN_APART * height)


def _rises(x: Floats) -> bool:
    import numpy as np

    return bool(np.isfinite(x).all() and (np.diff(x) > 0).all())


def _is_stepped(line: Artist) -> bool:
    return str(line.facts.get("steps", "default")).startswith("steps-post")


@dataclass(frozen=True, eq=False)
class _Course:
    """A line as a function."""

    x: Floats
    y: Floats
    stepped: bool

    def at(self, places: Floats) -> Floats:
        """Give its values."""
        import numpy as np

        if self.stepped:
            before = np.searchsorted(self.x, places, side="right") - 1
            steps: Floats = self.y[np.clip(before, 0, self.x.size - 1)]
            return steps
        between: Floats = np.interp(places, self.x, self.y)
        return between

    def distance(self, places: Floats, values: Floats) -> Floats:
        """Tell how far values lie outside of those of the points on either side."""
        import numpy as np

        last = self.x.size - 1
        before = np.clip(np.searchsorted(self.x, places, side="right") - 1, 0, last)
        after = np.clip(np.searchsorted(self.x, places, side="left"), 0, last)
        low = np.minimum(self.y[before], self.y[after])
        high = np.maximum(self.y[before], self.y[after])
        outside: Floats = np.maximum(np.maximum(low - values, values - high), 0.0)
        return outside

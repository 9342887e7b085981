"""What can be seen at all: an artist that leaves no ink shows nothing, whatever data it holds."""

from __future__ import annotations

from typing import Any

from .colors import LEAST_ALPHA, color

# Points: what is thinner or smaller leaves nothing on a screen or on paper.
_LEAST_LENGTH = 0.05
_LEAST_FONT_SIZE = 2.0
_LEAST_AXES = 1.0


def is_faint(alpha: Any) -> bool:
    """Tell whether an opacity, or each of several, is too small to be seen."""
    import numpy as np

    return alpha is not None and np.size(alpha) > 0 and bool(np.max(alpha) < LEAST_ALPHA)


def is_drawn(length: Any) -> bool:
    """Tell whether a width or size in points, or one of several, is large enough to be seen."""
    import numpy as np

    return np.size(length) > 0 and bool(np.max(length) > _LEAST_LENGTH)


def is_readable(text: Any) -> bool:
    """Tell whether a text can be read."""
    return bool(
        text.get_visible()
        and str(text.get_text()).strip()
        and not is_faint(text.get_alpha())
        and color(text.get_color()) != "none"
        and text.get_fontsize() >= _LEAST_FONT_SIZE
    )


def is_marked(line: Any) -> bool:
    """Tell whether the markers of a line can be seen."""
    from matplotlib.markers import MarkerStyle

    marker = line.get_marker()
    if marker in ("None", "", " ", None) or not is_drawn(line.get_markersize()):
        return False
    edged = color(line.get_markeredgecolor()) != "none" and is_drawn(line.get_markeredgewidth())
    filled = MarkerStyle(marker).is_filled() and color(line.get_markerfacecolor()) != "none"
    return edged or filled


def is_painted(patch: Any) -> bool:
    """Tell whether a shape has a face, an edge or a hatch that can be seen."""
    filled = color(patch.get_facecolor()) != "none" and patch.get_fill()
    edged = color(patch.get_edgecolor()) != "none" and is_drawn(patch.get_linewidth())
    return bool(filled or edged or patch.get_hatch())


def is_inked(collection: Any) -> bool:
    """Tell whether any member of a collection can be seen."""
    from matplotlib.collections import LineCollection, PathCollection

    lines = isinstance(collection, LineCollection) or getattr(collection, "filled", None) is False
    stroked = is_drawn(collection.get_linewidth())
    if lines and not stroked:
        return False
    if isinstance(collection, PathCollection) and not is_drawn(collection.get_sizes()):
        return False
    if collection.get_array() is not None:
        return not is_faint(_table(collection)[:, 3])
    faced = not is_faint(_opacities(collection.get_facecolor()))
    edged = stroked and not is_faint(_opacities(collection.get_edgecolor()))
    return bool(faced or edged or collection.get_hatch())


def is_colored(image: Any) -> bool:
    """Tell whether an image has any colour that can be seen."""
    array = image.get_array()
    mapped = array is not None and array.ndim == 2
    return not is_faint(image.get_alpha()) and not (mapped and is_faint(_table(image)[:, 3]))


def has_extent(axes: Any) -> bool:
    """Tell whether axes are large enough to hold anything."""
    inches = [length / axes.figure.dpi for length in (axes.bbox.width, axes.bbox.height)]
    return bool(min(inches) * 72 >= _LEAST_AXES)


def told_values(artist: Any) -> Any:
    """Give the numbers of an artist as far as its colours tell them apart.

    In one single colour only what is missing can be told from what is not.
    """
    import numpy as np

    array = artist.get_array()
    if len(np.unique(np.round(_table(artist), 3), axis=0)) > 1:
        return array
    values: Any = np.ma.masked_invalid(np.ma.asarray(array, dtype=float))
    distinct = np.unique(values.compressed())
    return array if len(distinct) < 2 else np.ma.masked_array(np.zeros(values.shape), values.mask)


def _table(artist: Any) -> Any:
    import numpy as np

    return np.asarray(artist.get_cmap()(np.linspace(0, 1, 256)))


def _opacities(rows: Any) -> Any:
    import numpy as np

    rows = np.asarray(rows, dtype=float)
    # No colour at all is none that can be seen.
    return np.atleast_2d(rows)[:, 3] if rows.size else np.zeros(1)

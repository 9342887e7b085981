"""Colours and colour scales as plain data."""

from __future__ import annotations

import hashlib
from typing import Any

# Colours of one artist that are told apart.
_MOST_COLORS = 64
# A screen shows less than five of its 255 steps.
LEAST_ALPHA = 0.02


def color(value: Any) -> str:
    """Write one colour as ``#rrggbbaa``; ``none`` where nobody sees it."""
    from matplotlib.colors import to_hex, to_rgba

    try:
        rgba = to_rgba(value)
    except (TypeError, ValueError):
        return str(value)
    return "none" if rgba[3] < LEAST_ALPHA else str(to_hex(rgba, keep_alpha=True))


def colors(rows: Any) -> dict[str, Any]:
    """Describe the colours of a collection.

    Returns
    -------
    dict
        ``palette``, the colours by their first use, and ``groups``, the number in it of each
        member; empty where all members have one colour.
    """
    import numpy as np

    rows = np.atleast_2d(np.asarray(rows, dtype=float))
    if rows.size == 0:
        return {"palette": ["none"], "groups": []}
    unique, first, inverse = np.unique(
        np.round(rows, 4), axis=0, return_index=True, return_inverse=True
    )
    if len(unique) == 1:
        return {"palette": [color(unique[0])], "groups": []}
    order = np.argsort(first)
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(len(order))
    return {
        "palette": [color(unique[at]) for at in order[:_MOST_COLORS]],
        "groups": [int(group) for group in rank[np.ravel(inverse)]],
    }


def color_scale(artist: Any) -> dict[str, Any]:
    """Describe how an artist turns numbers into colours: map, norm and limits."""
    import numpy as np

    norm = artist.norm
    extra = {
        name: getattr(norm, name)
        for name in ("gamma", "vcenter", "linthresh", "halfrange")
        if isinstance(getattr(norm, name, None), (int, float))
    }
    boundaries = getattr(norm, "boundaries", None)
    if boundaries is not None:
        extra["boundaries"] = [float(value) for value in np.ravel(boundaries)]
    cmap = artist.get_cmap()
    table = np.round(np.asarray(cmap(np.linspace(0, 1, 64))), 3).tobytes()
    limits = [None if value is None else float(value) for value in (norm.vmin, norm.vmax)]
    # The norm that Matplotlib makes of the text "linear" is its usual one by another name.
    name = type(norm).__name__.replace("LinearScaleNorm", "Normalize")
    return {
        "norm": name,
        "limits": limits,
        "parameters": extra,
        "cmap": str(cmap.name),
        "cmap_digest": hashlib.sha256(table).hexdigest()[:16],
    }

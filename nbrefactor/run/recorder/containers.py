"""Artists that belong together: bars, and the parts of error bars that are decoration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .arrays import describe_array
from .colors import colors
from .ink import is_painted


@dataclass
class Grouped:
    """What the containers of some axes hold.

    Parameters
    ----------
    artists : list of dict
        Descriptions of the containers that are one thing to a reader.
    within : set of int
        Identities of the artists that these descriptions cover.
    labels : dict of int to str
        For artists that stand for their container in a legend, its label.
    styles : dict of int to dict
        For these artists what decorates them.
    """

    artists: list[dict[str, Any]] = field(default_factory=list)
    within: set[int] = field(default_factory=set)
    labels: dict[int, str] = field(default_factory=dict)
    styles: dict[int, dict[str, Any]] = field(default_factory=dict)


def read_containers(axes: Any) -> Grouped:
    """Read the containers of some axes."""
    from matplotlib.container import BarContainer, ErrorbarContainer, StemContainer

    found = Grouped()
    for container in getattr(axes, "containers", ()):
        if isinstance(container, BarContainer):
            described = _bars(container)
            if described is not None:
                found.artists.append(described)
            found.within.update(id(patch) for patch in container.patches)
            # The lines of its error bars stand among the artists of the axes.
        elif isinstance(container, ErrorbarContainer):
            line, caps, bars = container.lines
            # Caps end the bars, which say all that the caps do.
            found.within.update(id(cap) for cap in caps)
            stands = line if line is not None else bars[0] if bars else None
            if stands is not None:
                found.labels[id(stands)] = str(container.get_label())
                sizes = [float(cap.get_markersize()) for cap in caps]
                found.styles[id(stands)] = {"caps": max(sizes, default=0.0)}
        elif isinstance(container, StemContainer):
            found.labels[id(container.markerline)] = str(container.get_label())
    return found


def _bars(container: Any) -> dict[str, Any] | None:
    import numpy as np

    patches = [one for one in container.patches if one.get_visible() and is_painted(one)]
    if not patches:
        return None
    boxes = np.array(
        [(*patch.get_xy(), patch.get_width(), patch.get_height()) for patch in patches], dtype=float
    )
    lying = getattr(container, "orientation", None) == "horizontal"
    at, across = (1, 3) if lying else (0, 2)
    base, length = (0, 2) if lying else (1, 3)
    start, width = boxes[:, at], boxes[:, across]
    data = {"base": boxes[:, base], "length": boxes[:, length]}
    style: dict[str, Any] = {}
    # Bars that touch are a histogram's: there the width says what was counted.
    if len(boxes) > 1 and np.allclose(start[1:], (start + width)[:-1]):
        data.update(start=start, width=width)
    else:
        data["center"] = start + width / 2
        style["bar width"] = float(np.median(width))
    faces = colors([patch.get_facecolor() for patch in patches])
    first = patches[0]
    return {
        "kind": "bars",
        "label": str(container.get_label()),
        "coordinates": ["data", "data"],
        "data": {name: describe_array(values) for name, values in data.items()},
        "facts": {
            "direction": "horizontal" if lying else "vertical",
            **({"color groups": faces["groups"]} if faces["groups"] else {}),
        },
        "style": {
            **style,
            "color": faces["palette"],
            "edge color": colors([patch.get_edgecolor() for patch in patches])["palette"],
            "edge width": float(first.get_linewidth()),
            "hatch": first.get_hatch(),
            "transparency": first.get_alpha(),
            "order": float(first.get_zorder()),
        },
    }

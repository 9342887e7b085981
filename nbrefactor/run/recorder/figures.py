"""Figures and axes as plain data."""

from __future__ import annotations

from typing import Any

from .artists import describe_artists, font
from .colors import color
from .containers import read_containers
from .ink import has_extent, is_readable

# More artists than these are counted and no longer taken apart.
MOST_ARTISTS = 20_000
# Formatters that write the value of a tick, in whatever way.
_VALUE_FORMATTERS = ("Scalar", "Log", "AutoDate", "ConciseDate", "Theta", "Radian", "StrMethod")


def describe_figure(figure: Any) -> dict[str, Any]:
    """Take a figure apart that has been drawn.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        It is read, and neither drawn nor changed.

    Returns
    -------
    dict
        ``size`` (inches), ``dpi``, ``color``, ``titles`` (of the figure), ``artists`` (its own),
        ``legends`` and ``axes``.
    """
    axes = list(_all_axes(figure))
    number = {id(one): at for at, one in enumerate(axes)}
    parts = list(_parts(figure))
    own = [
        artist
        for part in parts
        for artist in (*part.images, *part.lines, *part.patches, *part.texts, *part.artists)
    ]
    titles = {
        name: [_words(getattr(part, f"_{name}", None)) for part in parts]
        for name in ("suptitle", "supxlabel", "supylabel")
    }
    described = [
        found
        for artist in own
        if not _is_title(artist, parts)
        for found in describe_artists(artist, None)
    ]
    return {
        "size": [float(length) for length in figure.get_size_inches()],
        "dpi": float(figure.dpi),
        "color": color(figure.get_facecolor()),
        "titles": {name: [word for word in words if word] for name, words in titles.items()},
        "artists": described,
        "legends": [_legend(legend) for part in parts for legend in part.legends],
        "axes": [_axes(one, number) for one in axes],
    }


def _parts(figure: Any) -> Any:
    yield figure
    for part in getattr(figure, "subfigs", ()):
        yield from _parts(part)


def _all_axes(figure: Any) -> Any:
    for axes in figure.axes:
        if axes.get_visible() and has_extent(axes):
            yield axes
            yield from (one for one in axes.child_axes if one.get_visible() and has_extent(one))


def _is_title(artist: Any, parts: Any) -> bool:
    names = ("_suptitle", "_supxlabel", "_supylabel")
    return any(artist is getattr(part, name, None) for part in parts for name in names)


def _words(text: Any) -> str:
    return str(text.get_text()) if text is not None and is_readable(text) else ""


def _axes(axes: Any, number: dict[int, int]) -> dict[str, Any]:
    grouped = read_containers(axes)
    skipped = {id(part) for part in (axes.patch, axes.title, axes._left_title, axes._right_title)}
    skipped.update(id(spine) for spine in axes.spines.values())
    skipped.update(id(inset) for inset in axes.child_axes)
    skipped.update(id(getattr(axes, f"{name}axis", None)) for name in "xyz")
    children = [child for child in axes.get_children() if id(child) not in skipped]
    legends = [child for child in children if type(child).__name__ == "Legend"]
    artists = list(grouped.artists)
    rest = [
        child
        for child in children
        if id(child) not in grouped.within and child not in legends and _counts(child, axes)
    ]
    for child in rest[:MOST_ARTISTS]:
        for found in describe_artists(child, axes):
            if _is_hidden(found, axes):
                continue
            found["label"] = grouped.labels.get(id(child), found["label"])
            found["style"].update(grouped.styles.get(id(child), {}))
            artists.append(found)
    titles = {
        "center": axes.title, "left": axes._left_title, "right": axes._right_title
    }  # fmt: skip
    shown = next((text for text in titles.values() if _words(text)), axes.title)
    return {
        "kind": str(getattr(axes, "name", type(axes).__name__)),
        "role": "color bar" if _is_color_bar(axes) else "axes",
        "on": bool(getattr(axes, "_axis3don", axes.axison)),
        "grid": _grid(axes),
        "place": [float(edge) for edge in axes.get_position().bounds],
        "shared": {name: _shared(axes, name, number) for name in "xy"},
        "titles": {place: _words(text) for place, text in titles.items()},
        "title font": font(shown),
        "axis": {
            name: _axis(axes, getattr(axes, f"{name}axis"))
            for name in "xyz"
            if hasattr(axes, f"{name}axis")
        },
        "artists": artists,
        "uncounted": max(0, len(rest) - MOST_ARTISTS),
        "legends": [_legend(legend) for legend in legends if legend.get_visible()],
        "style": _frame(axes),
    }


def _is_hidden(found: dict[str, Any], axes: Any) -> bool:
    """Tell whether a line or points have the color of the paper."""
    if found["kind"] != "line":
        return False
    drawn = {found["style"].get(name) for name in ("color", "marker color")} - {None}
    return drawn == {color(axes.get_facecolor())}


def _counts(child: Any, axes: Any) -> bool:
    """Tell whether a child is the reader's, not one that the axes are made of."""
    if not _is_color_bar(axes):
        return True
    # A colour bar draws its scale with artists of its own.
    return type(child).__name__ == "Text"


def _is_color_bar(axes: Any) -> bool:
    return hasattr(axes, "_colorbar") or axes.get_label() == "<colorbar>"


def _grid(axes: Any) -> list[int] | None:
    spec = axes.get_subplotspec() if hasattr(axes, "get_subplotspec") else None
    if spec is None:
        return None
    # A colour bar splits the place of its axes, which stay where they were to a reader.
    return [int(number) for number in spec.get_topmost_subplotspec().get_geometry()]


def _shared(axes: Any, name: str, number: dict[int, int]) -> list[int]:
    grouper = getattr(axes, f"get_shared_{name}_axes", None)
    if grouper is None:
        return []
    siblings = grouper().get_siblings(axes)
    return sorted(number[id(one)] for one in siblings if one is not axes and id(one) in number)


def _axis(axes: Any, axis: Any) -> dict[str, Any]:
    low, high = (float(limit) for limit in axis.get_view_interval())
    limits = getattr(axes, f"get_{axis.axis_name}lim", None)
    if limits is not None:
        low, high = (float(limit) for limit in limits())
    locations = [float(place) for place in axis.get_majorticklocs()]
    ticks = list(axis.majorTicks)[: len(locations)]
    inside = [
        (place, tick)
        for place, tick in zip(locations, ticks)
        if min(low, high) <= place <= max(low, high)
    ]
    formatter = type(axis.get_major_formatter()).__name__
    labels = [_tick_label(tick) for _, tick in inside]
    return {
        "label": _words(axis.label),
        "font": font(axis.label),
        "visible": bool(axis.get_visible()),
        "limits": [low, high],
        "scale": str(axis.get_scale()),
        "ticks": [place for place, _ in inside],
        "labels": labels if any(labels) else [],
        "tick font size": float(ticks[0].label1.get_fontsize()) if ticks else 0.0,
        "tick rotation": float(ticks[0].label1.get_rotation()) if ticks else 0.0,
        "writes values": formatter.startswith(_VALUE_FORMATTERS),
        "lines": bool(ticks and ticks[0].gridline.get_visible()),
    }


def _tick_label(tick: Any) -> str:
    for label in (tick.label1, tick.label2):
        if is_readable(label):
            return str(label.get_text())
    return ""


def _legend(legend: Any) -> dict[str, Any]:
    handles = getattr(legend, "legend_handles", None) or getattr(legend, "legendHandles", [])
    texts = [_words(text) for text in legend.get_texts()]
    title = legend.get_title()
    return {
        "title": _words(title) if str(title.get_text()) != "None" else "",
        "texts": texts,
        "colors": [_handle_color(handle) for handle in handles][: len(texts)],
        "style": {
            "legend place": str(getattr(legend, "_loc", "")),
            "legend columns": int(getattr(legend, "_ncols", getattr(legend, "_ncol", 1))),
            "legend frame": bool(legend.get_frame_on()),
            "font size": float(legend.get_texts()[0].get_fontsize()) if texts else 0.0,
        },
    }


def _handle_color(handle: Any) -> str:
    for name in ("get_facecolor", "get_color", "get_markerfacecolor", "get_edgecolor"):
        read = getattr(handle, name, None)
        value = None if read is None else read()
        if value is None or (hasattr(value, "__len__") and not len(value)):
            continue
        first = value[0] if getattr(value, "ndim", 1) == 2 else value
        if (found := color(first)) != "none":
            return found
    return "none"


def _frame(axes: Any) -> dict[str, Any]:
    view = {"elevation": getattr(axes, "elev", None), "azimuth": getattr(axes, "azim", None)}
    return {
        "background": color(axes.get_facecolor()),
        "frame": sorted(str(name) for name, spine in axes.spines.items() if spine.get_visible()),
        "aspect": str(axes.get_aspect()),
        **{name: float(value) for name, value in view.items() if value is not None},
    }

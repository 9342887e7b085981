"""Artists as plain data: what they show, and apart from it how they look."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator

from .arrays import describe_array
from .colors import color, color_scale, colors
from .ink import (
    is_colored,
    is_drawn,
    is_faint,
    is_inked,
    is_marked,
    is_painted,
    is_readable,
    told_values,
)

Description = Dict[str, Any]


def describe_artists(artist: Any, axes: Any) -> Iterator[Description]:
    """Take an artist apart, or those that it holds where it is only a box around them.

    Parameters
    ----------
    artist : matplotlib.artist.Artist
        A child of the axes or of the figure.
    axes : matplotlib.axes.Axes or None
        The axes in whose coordinates it may stand.

    Yields
    ------
    dict
        As `describe_artist` gives it. One that draws in a way that is not known has the kind
        ``unknown``.
    """
    if any(isinstance(artist, kind) for kind, _ in _readers()):
        found = describe_artist(artist, axes)
        if found is not None:
            yield found
        return
    children = artist.get_children() if artist.get_visible() else []
    for child in children:
        yield from describe_artists(child, axes)
    if artist.get_visible() and not children:
        yield {
            "kind": "unknown",
            "label": str(artist.get_label()),
            "coordinates": ["other", "other"],
            "data": {},
            "facts": {"type": type(artist).__name__},
            "style": {},
        }


def describe_artist(artist: Any, axes: Any) -> Description | None:
    """Take one artist apart.

    Parameters
    ----------
    artist : matplotlib.artist.Artist
        A child of the axes or of the figure.
    axes : matplotlib.axes.Axes or None
        The axes in whose coordinates it may stand.

    Returns
    -------
    dict or None
        ``kind``, ``label``, ``coordinates`` (of x and y: ``data``, ``axes`` or ``other``),
        ``data`` (arrays), ``facts`` (single values that are data too) and ``style``; None where it
        shows nothing.
    """
    if not artist.get_visible() or is_faint(artist.get_alpha()):
        return None
    found: Description | None
    for kind, read in _readers():
        if isinstance(artist, kind):
            found = read(artist)
            break
    else:
        return None
    if found is None:
        return None
    style = {"order": float(artist.get_zorder()), **found.get("style", {})}
    return {
        "label": str(artist.get_label()),
        "coordinates": _coordinates(artist, axes),
        "data": {},
        "facts": {},
        **found,
        "style": style,
    }


def _readers() -> list[tuple[Any, Callable[[Any], Description | None]]]:
    """List what is read how, the special before the general."""
    from matplotlib import collections, contour, image, lines, patches, quiver, table, text

    from_contour = [(contour.ContourSet, _contour)] if _is_artist(contour.ContourSet) else []
    return [
        (lines.Line2D, _line),
        (image.FigureImage, _picture),
        (image._ImageBase, _image),
        (quiver.Quiver, _arrows),
        (quiver.Barbs, _arrows),
        (collections.QuadMesh, _mesh),
        (collections.LineCollection, _segments),
        *from_contour,
        (collections.Collection, _collection),
        (patches.Rectangle, _rectangle),
        (patches.Wedge, _wedge),
        (patches.Patch, _patch),
        (text.Text, _text),
        (table.Table, _table),
    ]


def _is_artist(kind: type) -> bool:
    from matplotlib.artist import Artist

    return issubclass(kind, Artist)


def _coordinates(artist: Any, axes: Any) -> list[str]:
    if axes is None:
        return ["other", "other"]
    transform = artist.get_transform()
    if hasattr(artist, "get_offsets") and len(artist.get_offsets()):
        moved = getattr(artist, "get_offset_transform", lambda: None)()
        # Points and arrows stand where their offsets are; their shape is in points.
        if moved is not None and any(moved.contains_branch_seperately(axes.transData)):
            transform = moved
    in_data = transform.contains_branch_seperately(axes.transData)
    in_axes = transform.contains_branch_seperately(axes.transAxes)
    return [
        "data" if data else "axes" if whole else "other" for data, whole in zip(in_data, in_axes)
    ]


def _line(line: Any) -> Description | None:
    shown, marker, marked = color(line.get_color()), line.get_marker(), is_marked(line)
    dashed = line.get_linestyle() not in ("None", "", " ", None)
    joined = dashed and shown != "none" and is_drawn(line.get_linewidth())
    if not joined and not marked:
        return None
    three = getattr(line, "_verts3d", None)
    x, y = line.get_xdata(orig=False), line.get_ydata(orig=False)
    data = {"x": x, "y": y} if three is None else dict(zip("xyz", three))
    slope = {name: _numbers(getattr(line, f"_{name}", None)) for name in ("xy1", "xy2", "slope")}
    style = {
        "color": shown,
        "line style": str(line.get_linestyle()) if joined else "none",
        "line width": float(line.get_linewidth()) if joined else 0.0,
        "marker": str(marker) if marked else "none",
        "transparency": line.get_alpha(),
    }
    if marked:
        style["marker size"] = float(line.get_markersize())
        style["marker color"] = color(line.get_markerfacecolor())
        style["every"] = str(line.get_markevery())
    return {
        "kind": "line" if joined else "points",
        "data": {name: describe_array(values) for name, values in data.items()},
        "facts": {
            "steps": str(line.get_drawstyle()) if joined else "default",
            **{name: value for name, value in slope.items() if value is not None},
            **({} if joined or line.get_markevery() is None else {"every": style["every"]}),
        },
        "style": style,
    }


def _image(image: Any) -> Description | None:
    array = image.get_array()
    if not is_colored(image):
        return None
    values = told_values(image) if array.ndim == 2 else _levels(array)
    data = {"values": describe_array(values)}
    if _transparency(image) == "varying":
        data["opacity"] = describe_array(image.get_alpha())
    return {
        "kind": "image" if array.ndim == 2 else "picture",
        "data": data,
        "facts": {
            "extent": [float(edge) for edge in _extent(image)],
            "origin": str(getattr(image, "origin", "upper")),
            **({"scale": color_scale(image)} if array.ndim == 2 else {}),
        },
        "style": {
            "interpolation": str(image.get_interpolation()),
            "transparency": _transparency(image),
        },
    }


def _picture(image: Any) -> Description:
    array = image.get_array()
    return {"kind": "picture", "data": {"values": describe_array(_levels(array))}}


def _levels(array: Any) -> Any:
    """Bring colours of 0 to 255 to 0 to 1; numbers stay."""
    return array / 255.0 if array.ndim == 3 and array.dtype.kind == "u" else array


def _extent(image: Any) -> Any:
    extent = getattr(image, "get_extent", None)
    return (0, 1, 0, 1) if extent is None else extent()


def _arrows(arrows: Any) -> Description | None:
    if not is_inked(arrows):
        return None
    u, v = (arrows.U, arrows.V) if hasattr(arrows, "U") else (arrows.u, arrows.v)
    x, y = (arrows.X, arrows.Y) if hasattr(arrows, "X") else (arrows.x, arrows.y)
    data = {"x": x, "y": y, "u": u, "v": v}
    return {
        "kind": "arrows",
        **_mapped(arrows, {name: describe_array(values) for name, values in data.items()}),
        "style": {"scale": _scalar(getattr(arrows, "scale", None)), **_paint(arrows)},
    }


def _mesh(mesh: Any) -> Description | None:
    if not is_inked(mesh):
        return None
    corners = getattr(mesh, "_coordinates", None)
    data = {} if corners is None else {"corners": describe_array(corners)}
    return {"kind": "mesh", **_mapped(mesh, data), "style": _paint(mesh)}


def _segments(segments: Any) -> Description | None:
    import numpy as np

    three = getattr(segments, "_segments3d", None)
    parts = [np.asarray(part) for part in (segments.get_segments() if three is None else three)]
    if not parts or not is_inked(segments):
        return None
    data = {
        "points": describe_array(np.concatenate(parts)),
        "lengths": describe_array([len(part) for part in parts]),
    }
    return {"kind": "segments", **_mapped(segments, data), "style": _paint(segments)}


def _contour(contour: Any) -> Description | None:
    import numpy as np

    if not is_inked(contour):
        return None
    parts = [path.vertices for path in contour.get_paths()]
    data = {
        "levels": describe_array(contour.levels),
        "points": describe_array(np.concatenate([*parts, np.empty((0, 2))])),
        "lengths": describe_array([len(part) for part in parts]),
    }
    facts = {"filled": bool(contour.filled), "scale": color_scale(contour)}
    return {"kind": "contour", "data": data, "facts": facts, "style": _paint(contour)}


def _collection(found: Any) -> Description | None:
    import numpy as np
    from matplotlib.collections import PathCollection

    if not is_inked(found):
        return None
    three = _three_dimensional(found)
    if three is not None:
        style = _paint(found)
        if three[0] == "points" and len(found.get_sizes()):
            style["marker size"] = float(max(found.get_sizes()))
        return {"kind": three[0], **_mapped(found, three[1]), "style": style}
    offsets = np.ma.asarray(found.get_offsets())
    anchored = len(offsets) > 1 or bool(np.any(offsets))
    if isinstance(found, PathCollection) and anchored:
        return _points(found, offsets)
    parts = [path.vertices for path in found.get_paths()]
    if not parts:
        return None
    data = {
        "points": describe_array(np.concatenate(parts)),
        "lengths": describe_array([len(part) for part in parts]),
    }
    if anchored:
        data["offsets"] = describe_array(offsets)
    return {"kind": "areas", **_mapped(found, data), "style": _paint(found)}


def _points(points: Any, offsets: Any) -> Description:
    sizes = points.get_sizes()
    data = {"x": describe_array(offsets[:, 0]), "y": describe_array(offsets[:, 1])}
    style = _paint(points)
    if len(sizes) > 1 and float(sizes.min()) != float(sizes.max()):
        # Proportions are data, the size of the largest one is not.
        data["sizes"] = describe_array(sizes / float(sizes.max()))
        style["marker size"] = float(sizes.max())
    else:
        style["marker size"] = float(sizes[0]) if len(sizes) else 0.0
    style["marker"] = _marker(points)
    return {"kind": "points", **_mapped(points, data), "style": style}


def _marker(points: Any) -> str:
    import hashlib

    import numpy as np

    shapes = [np.round(path.vertices, 3).tobytes() for path in points.get_paths()[:8]]
    return hashlib.sha256(b"".join(shapes)).hexdigest()[:8]


def _three_dimensional(found: Any) -> tuple[str, Description] | None:
    offsets = getattr(found, "_offsets3d", None)
    if offsets is not None:
        return "points", {name: describe_array(values) for name, values in zip("xyz", offsets)}
    for name in ("_faces", "_vec"):
        corners = getattr(found, name, None)
        if corners is not None:
            return "surface", {"corners": describe_array(corners)}
    return None


def _mapped(artist: Any, data: Description) -> Description:
    """Add the numbers that are shown as colours, or else which members share a colour."""
    if artist.get_array() is not None:
        return {
            "data": {**data, "values": describe_array(told_values(artist))},
            "facts": {"scale": color_scale(artist)},
        }
    groups = colors(_faces(artist))["groups"]
    return {"data": data, "facts": {"color groups": groups} if groups else {}}


def _faces(artist: Any) -> Any:
    faces = artist.get_facecolor()
    return faces if len(faces) else artist.get_edgecolor()


def _paint(artist: Any) -> Description:
    """Describe the look of a collection."""
    import numpy as np

    widths = [float(width) for width in np.ravel(artist.get_linewidth())[:8]]
    style: Description = {
        "edge width": widths[0] if len(set(widths)) == 1 else widths,
        "transparency": _transparency(artist),
        "hatch": artist.get_hatch(),
    }
    if artist.get_array() is None:
        style["color"] = colors(_faces(artist))["palette"]
        style["edge color"] = colors(artist.get_edgecolor())["palette"]
        styles = {str(dashes) for dashes in artist.get_linestyle()}
        style["line style"] = sorted(styles)[:8]
    return style


def _rectangle(patch: Any) -> Description | None:
    x, y = patch.get_xy()
    box = [x, y, patch.get_width(), patch.get_height()]
    return _shape("rectangle", patch, [*box, getattr(patch, "angle", 0.0)])


def _wedge(wedge: Any) -> Description | None:
    found = _shape("wedge", wedge, [wedge.theta2 - wedge.theta1])
    if found is not None:
        found["style"].update(
            {
                "start angle": float(wedge.theta1),
                "radius": float(wedge.r),
                "ring": _scalar(wedge.width),
                "center": _numbers(wedge.center),
            }
        )
    return found


def _patch(patch: Any) -> Description | None:
    vertices = patch.get_patch_transform().transform_path(patch.get_path()).vertices
    return _shape("patch", patch, vertices)


def _shape(kind: str, patch: Any, numbers: Any) -> Description | None:
    if not is_painted(patch):
        return None
    face, edge = color(patch.get_facecolor()), color(patch.get_edgecolor())
    return {
        "kind": kind,
        "data": {"shape": describe_array(numbers)},
        "style": {
            "color": face if patch.get_fill() else "none",
            "edge color": edge if is_drawn(patch.get_linewidth()) else "none",
            "edge width": float(patch.get_linewidth()),
            "line style": str(patch.get_linestyle()),
            "hatch": patch.get_hatch(),
            "transparency": patch.get_alpha(),
        },
    }


def _text(text: Any) -> Description | None:
    if not is_readable(text):
        return None
    box = text.get_bbox_patch()
    place = text.xy if hasattr(text, "xy") else text.get_position()
    where = text.xycoords if hasattr(text, "xycoords") else None
    named = {"data": ["data", "data"], "axes fraction": ["axes", "axes"]}.get(str(where))
    if isinstance(where, tuple):
        words = {"data": "data", "axes fraction": "axes"}
        named = [words.get(str(one), "other") for one in where]
    position = [text.convert_xunits(place[0]), text.convert_yunits(place[1])]
    depth = getattr(text, "_z", None)
    if isinstance(depth, (int, float)):
        position.append(depth)
    found: Description = {
        "kind": "text",
        "data": {"place": describe_array([float(number) for number in position])},
        "facts": {"text": str(text.get_text())},
        "style": {
            **font(text),
            "box color": None if box is None else color(box.get_facecolor()),
            "arrow": getattr(text, "arrow_patch", None) is not None,
        },
    }
    if where is not None:
        found["coordinates"] = named or ["other", "other"]
    return found


def font(text: Any) -> Description:
    """Describe how a text looks."""
    return {
        "color": color(text.get_color()),
        "font size": float(text.get_fontsize()),
        "font": str(text.get_fontname()),
        "font weight": str(text.get_fontweight()),
        "font style": str(text.get_fontstyle()),
        "rotation": float(text.get_rotation()),
        "alignment": f"{text.get_horizontalalignment()} {text.get_verticalalignment()}",
    }


def _table(table: Any) -> Description:
    cells = {
        f"{row},{column}": str(cell.get_text().get_text())
        for (row, column), cell in sorted(table.get_celld().items())
    }
    return {"kind": "table", "facts": {"cells": cells}}


def _transparency(artist: Any) -> Any:
    alpha = artist.get_alpha()
    return alpha if alpha is None or isinstance(alpha, (int, float)) else "varying"


def _scalar(value: Any) -> float | None:
    return None if value is None else float(value)


def _numbers(value: Any) -> list[float] | None:
    import numpy as np

    return None if value is None else [float(number) for number in np.ravel(value)]

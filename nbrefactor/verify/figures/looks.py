"""How artists look: every property by the name under which its changes are counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nbrefactor.verify.figures.values import Difference, inside

_NAMES = {
    "color": "colors",
    "edge color": "colors",
    "marker color": "colors",
    "box color": "colors",
    "background": "colors",
    "cmap": "color map",
    "line style": "lines",
    "line width": "lines",
    "edge width": "lines",
    "marker": "markers",
    "marker size": "markers",
    "every": "markers",
    "hatch": "hatching",
    "font size": "fonts",
    "font": "fonts",
    "font weight": "fonts",
    "font style": "fonts",
    "rotation": "fonts",
    "alignment": "layout",
    "caps": "lines",
    "arrow": "layout",
    "order": "drawing order",
    "transparency": "transparency",
    "interpolation": "interpolation",
    "frame": "frame",
    "legend frame": "frame",
}


def style_differences(
    before: Mapping[str, Any], after: Mapping[str, Any], where: str
) -> Iterator[Difference]:
    """Name the properties that both have and that differ.

    Parameters
    ----------
    before, after : mapping
        Properties by the recorder's names.
    where : str
        Whose properties they are.
    """
    for name in before:
        if name in after and not _alike(before[name], after[name]):
            yield Difference(
                "style",
                _NAMES.get(name, "layout"),
                inside(where, name),
                say(before[name]),
                say(after[name]),
            )


def say(value: Any) -> str:
    """Write a property for a reader."""
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return value.removesuffix("ff") if value.startswith("#") and len(value) == 9 else value
    if isinstance(value, list):
        shown = ", ".join(say(member) for member in value[:4])
        return f"{shown}, …" if len(value) > 4 else shown or "none"
    return str(value)


def _alike(before: Any, after: Any) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return abs(before - after) <= 1e-6 * max(abs(before), abs(after), 1.0)
    return bool(before == after)

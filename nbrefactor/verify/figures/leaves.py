"""Plots that are trees of JSON, compared leaf by leaf: which name is data, words or look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from nbrefactor.verify.figures.arrays import TOLERANCE
from nbrefactor.verify.figures.values import Difference, Kind
from nbrefactor.verify.figures.words import compare_words

# fmt: off
# Names that hold words for people, in any of the libraries.
_WORDS = frozenset((
    "axis_label", "description", "header", "hovertemplate", "label", "legend_label",
    "legendgroup", "name", "placeholder", "text", "title", "x_axis_label", "y_axis_label",
))
# Names whose whole branch is look, but for words and limits in it.
_LOOK = frozenset((
    "align", "alpha", "anchor", "autosize", "background", "background_fill_color", "bar_color",
    "bar_style", "bargap", "bargroupgap", "border_fill_color", "button_style", "cmap", "color",
    "coloraxis", "colorbar", "colors", "colorscale", "config", "cornerRadius", "dash", "fill",
    "fill_alpha", "fill_color", "filled", "font", "fontSize", "grid", "gridcolor", "height",
    "hover_glyph", "hoverlabel", "hovermode", "interactive", "labelAngle", "labelFontSize",
    "layout_style", "legend", "line_alpha", "line_cap", "line_color", "line_dash", "line_join",
    "line_width", "linecolor", "linewidth", "major_label_text_font_size", "margin", "mirror",
    "muted_glyph", "nonselection_glyph", "opacity", "outline_line_color", "padding", "palette",
    "paper_bgcolor", "plot_bgcolor", "scheme", "showgrid", "showlegend", "showline", "size",
    "sizing_mode", "stroke", "strokeDash", "strokeWidth", "style", "symbol", "template",
    "text_color", "text_font_size", "theme", "tickCount", "tickangle", "tickfont", "ticklen",
    "ticks", "tickwidth", "titleFontSize", "titlefont", "toolbar", "toolbar_location", "tools",
    "view", "width", "zeroline",
))
# Ends of colour scales.
_LIMITS = frozenset(("cmin", "cmax", "cmid", "zmin", "zmax", "zmid", "domain", "low", "high"))
# fmt: on
_MOST = 200
_Leaf = tuple[tuple[str, ...], Any, Any]


def compare_trees(library: str, before: Any, after: Any) -> Iterator[Difference]:
    """Compare two trees.

    Parameters
    ----------
    library : str
        Whose trees they are.
    before, after : object
        Mappings, lists, texts, numbers.
    """
    for path, old, new in islice(_leaves((), before, after), _MOST):
        yield from _difference(library, path, old, new)


def _leaves(path: tuple[str, ...], before: Any, after: Any) -> Iterator[_Leaf]:
    if isinstance(before, Mapping) and after is None:
        after = {}
    if isinstance(after, Mapping) and before is None:
        before = {}
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in {**before, **after}:
            yield from _leaves((*path, str(name)), before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _leaves((*path, str(index)), old, new)
    elif not _same(before, after):
        yield path, before, after


def _same(before: Any, after: Any) -> bool:
    numbers = (int, float)
    if isinstance(before, numbers) and isinstance(after, numbers):
        if before != before and after != after:
            return True
        return abs(before - after) <= TOLERANCE * max(abs(before), abs(after))
    return bool(before == after)


def _difference(library: str, path: tuple[str, ...], old: Any, new: Any) -> Iterator[Difference]:
    names = [name for name in path if not name.isdigit()]
    place = ".".join(path)
    kind = _kind(library, names, old, new)
    if kind == "words" and isinstance(old or "", str) and isinstance(new or "", str):
        yield from compare_words(names[-1], place, old or "", new or "")
        return
    called = next((name for name in reversed(names) if name in _LOOK), library)
    yield Difference(kind, called if kind == "style" else "data", place, _say(old), _say(new))


def _kind(library: str, names: list[str], old: Any, new: Any) -> Kind:
    last = names[-1] if names else ""
    if library == "vega" and "values" in names:
        return "data"
    if library == "bokeh" and "data" in names and "attributes" not in names[names.index("data") :]:
        return "data"
    if last in _LIMITS:
        return "data"
    if last in _WORDS or (names[-2:-1] and names[-2] in _WORDS and last == "text"):
        return "words"
    if not any(name in _LOOK for name in names):
        return "data"
    # Colours and sizes that are given for each point are data.
    given = library == "plotly" and names[:1] == ["data"] and last in ("size", "color")
    lists = isinstance(old, list) or isinstance(new, list)
    numbers = isinstance(old, (int, float)) and isinstance(new, (int, float)) and last == "color"
    return "data" if given and (lists or numbers) else "style"


def _say(value: Any) -> str:
    if value is None:
        return ""
    shown = f"{value:.6g}" if isinstance(value, float) else str(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"

"""Drawing of a heat map that is computed already: cells, missing cells, numbers, marks, legend."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from . import _canvas
from ._arrays import finite_number
from ._canvas import Canvas, em
from ._numbers import color_limits, text_color

if TYPE_CHECKING:
    from matplotlib.axis import Axis

    from ._types import Axes, Figure, FloatArray, NDArray

# Width of a digit in DejaVu Sans, Matplotlib's own font, in em.
_DIGIT = 0.64
_LONGEST_TOKEN = 14
_CENTRED: dict[str, Any] = {"ha": "center", "va": "center"}
# Font sizes in points that numbers in cells have at least, and where fewer digits do not help.
_COMFORTABLE, _READABLE = 8.0, 6.5


@dataclass(frozen=True, slots=True)
class Mark:
    """A letter on the cells (row, column), at the left (-1) or right (+1) of one with two marks."""

    letter: str
    color: str
    label: str
    cells: tuple[tuple[int, int], ...]
    side: int


@dataclass(frozen=True, slots=True)
class Colors:
    """How values become colours, as the caller of a plot says it."""

    cmap: Any = None
    vmin: Any = None
    vmax: Any = None
    norm: Any = None
    robust: bool = False
    cbar: bool = True
    cbar_ax: Any = None


@dataclass(frozen=True, slots=True)
class HeatMap:
    """All that is drawn of a heat map.

    Parameters
    ----------
    values : ndarray, shape [rows, columns]
        What is not finite is drawn as missing.
    limits : tuple of float or None
        Ends of the colour scale where `colors` has none; None stands for the values' own.
    formats : tuple of str
        Ways to write a number into its cell, the longest first; the first that fits is taken.
    row_names, column_names : sequence of str, optional
        Labels of the ticks instead of numbers.
    hidden : ndarray of bool, shape [rows, columns]
        Cells that are not drawn at all.
    square : bool
        Draw square cells, except in a map that is very long or very wide.
    note : str
        Said above the map, below its title.
    scaled_by : ndarray, optional
        Values that the colour scale is made for, where it is for more than this map.
    """

    values: FloatArray
    limits: tuple[float | None, float | None]
    colors: Colors
    title: str | None
    value_label: str
    formats: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    row_label: str = "Layer"
    column_label: str = "Head"
    row_names: Any = None
    column_names: Any = None
    hidden: Any = np.False_
    square: bool = False
    note: str = ""
    scaled_by: Any = None


def number_formats(annotate: Any, fmt: Any, usual: tuple[str, ...]) -> tuple[str, ...]:
    """Ways to write numbers into cells: none, those that are usual, or the caller's."""
    chosen = fmt or annotate
    if chosen is True or not chosen:
        return usual if chosen else ()
    try:
        chosen = chosen if "{" in chosen else f"{{:{chosen}}}"
        chosen.format(0.5)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        examples = "'.2f' or '{:.1f}%'"
        raise ValueError(f"fmt must be a format such as {examples}, got {chosen!r}") from error
    return (chosen,)


def draw_heat_map(heat_map: HeatMap, canvas: Canvas, cmap: str) -> Figure:
    """Draw a heat map into the given axes or a new figure; `cmap` is the plot's own colour map."""
    rows, columns = heat_map.values.shape
    cell = 4.5 if heat_map.formats else 3.6
    width, height = max(columns * cell + 16, 36.0), max(rows * 3 + 11, 25.0)
    # A title in several lines takes no height from the map.
    title = 1.5 * (len(heat_map.title or "") * 0.8 // width)
    usual = (50.0, 42.0) if heat_map.square else (width, height + title)
    with _canvas.open_figure(canvas, usual, (22, 22 + title), cmap) as figure:
        ax = canvas.given[0] if canvas.given else figure.subplots()
        paint(ax, heat_map)
        _canvas.settle_layout(ax)
        write(ax, heat_map)
    return figure


def paint(ax: Axes, heat_map: HeatMap) -> None:
    """Draw everything whose size does not depend on that of the cells."""
    colors, shape, hidden = heat_map.colors, heat_map.values.shape, heat_map.hidden
    values = np.ma.masked_invalid(heat_map.values)
    scaled_by = values if heat_map.scaled_by is None else np.ma.masked_invalid(heat_map.scaled_by)
    # Cells have edges; only where they may be smaller than pixels Matplotlib blends them.
    look: Any = {"interpolation": "nearest" if max(shape) <= 256 else None, "origin": "upper"}
    look["aspect"] = "equal" if heat_map.square and max(shape) <= 4 * min(shape) else "auto"
    look["cmap"] = _canvas.find_colormap(colors.cmap)
    image = ax.imshow(values, norm=_norm(heat_map, scaled_by), **look)
    # A grid of the style would strike through cells and numbers.
    ax.grid(False)
    ax.set(xlabel=heat_map.column_label, ylabel=heat_map.row_label)
    if colors.cbar:
        extend = _extend(values, image.norm)
        _canvas.draw_colorbar(ax, image, heat_map.value_label, colors.cbar_ax, extend=extend)
    if hidden.any():
        cover = np.ma.masked_where(~hidden, np.zeros(shape))
        ax.imshow(cover, cmap=ListedColormap([ax.get_facecolor()]), aspect=ax.get_aspect())
    missing = _missing(image) & ~hidden
    legend = [Patch(fc=m.color, label=f"{m.letter}: {m.label}") for m in heat_map.marks if m.cells]
    if missing.any():
        # Missing cells are transparent; this is behind them.
        ax.patch.set(**_canvas.MISSING_LOOK)
        legend.append(Patch(label=_canvas.MISSING_LABEL, **_canvas.MISSING_LOOK))
    below = _canvas.draw_legend(ax, legend, "center") if legend else 0.0
    _canvas.draw_title(ax, heat_map.title, _canvas.draw_note(ax, heat_map.note, below))


def write(ax: Axes, heat_map: HeatMap) -> None:
    """Draw what has to fit the cells, once their size is known: ticks, numbers and marks."""
    rows, columns = heat_map.values.shape
    cell = _canvas.size_in_points(ax) / (columns, rows)
    _label_ticks(ax.xaxis, columns, heat_map.column_names)
    _label_ticks(ax.yaxis, rows, heat_map.row_names)
    if heat_map.square and rows == columns and heat_map.row_names is None:
        ax.set_yticks(ax.get_xticks())
    _write_numbers(ax, heat_map, cell)
    for mark in heat_map.marks:
        _draw_mark(ax, mark, heat_map, cell)


def _norm(heat_map: HeatMap, scaled_by: np.ma.MaskedArray[Any, Any]) -> Any:
    colors = heat_map.colors
    given = {"vmin": colors.vmin, "vmax": colors.vmax}
    low, high = (None if end is None else finite_number(end, n) for n, end in given.items())
    if colors.norm is None:
        usual = (None, None) if colors.robust else heat_map.limits
        ends = (usual[0] if low is None else low, usual[1] if high is None else high)
        return Normalize(*color_limits(scaled_by.compressed(), *ends, colors.robust))
    if low is not None or high is not None:
        raise ValueError("vmin and vmax belong into norm where norm is given, as in LogNorm(1, 9)")
    # Drawing gives a norm its limits, and this one may be the caller's.
    norm = copy.copy(ScalarMappable(colors.norm).norm)
    norm.autoscale_None(scaled_by)
    return norm


def _extend(values: np.ma.MaskedArray[Any, Any], norm: Any) -> str:
    low, high = float(norm.vmin or 0), float(norm.vmax or 0)
    # Rounding in half precision is no reason to point beyond the scale.
    slack = 1e-3 * (high - low)
    below, above = bool(values.min() < low - slack), bool(values.max() > high + slack)
    return "both" if below and above else "min" if below else "max" if above else "neither"


def tick_positions(count: int, room: int) -> list[int]:
    """Positions from 0 to below `count` at a round distance that leaves at most `room` of them."""
    locator = MaxNLocator(max(room, 1), steps=[1, 2, 5, 10], integer=True, min_n_ticks=1)
    return [int(tick) for tick in locator.tick_values(0, count) if 0 <= tick < count]


def _label_ticks(axis: Axis, count: int, names: Any) -> None:
    # Matplotlib allows 3 em for a label across, which five digits exceed, and 2 em for one down.
    room = axis.get_tick_space()
    if names is None:
        axis.set_ticks(tick_positions(count, room // (1 + (count > 10_000))))
        return
    texts = [_short(str(name)) for name in names]
    turned = axis is axis.axes.xaxis and (count > room or max(map(len, texts)) > 3)
    ticks = tick_positions(count, int(1.4 * room * (1 + 0.5 * turned)))
    # Dollar signs of a token are no formula.
    axis.set_ticks(ticks, [texts[at] for at in ticks], parse_math=False, rotation=90 * turned)


def _short(token: str) -> str:
    token = token.replace("\n", "⏎").replace("\t", "⇥")
    return token if len(token) <= _LONGEST_TOKEN else f"{token[: _LONGEST_TOKEN - 1]}…"


def _write_numbers(ax: Axes, heat_map: HeatMap, cell: Any) -> None:
    image = ax.images[0]
    values = np.ma.masked_where(_missing(image) | heat_map.hidden, heat_map.values)
    marked = {place for mark in heat_map.marks for place in mark.cells}
    height = cell[1] / 2 if marked else cell[1]
    choice = choose_format(values.compressed().tolist(), heat_map.formats, (cell[0], height))
    if choice is None:
        return
    number_format, size = choice
    colors: Any = image.to_rgba(values)
    for row, column in np.argwhere(~np.ma.getmaskarray(values)).tolist():
        look = {**_CENTRED, "fontsize": size, "color": text_color(colors[row, column][:3])}
        text = number_format.format(values[row, column])
        ax.text(column, row + 0.24 * ((row, column) in marked), text, clip_on=True, **look)


def _missing(image: Any) -> NDArray[np.bool_]:
    """Which cells have no colour: those that are not finite, and those beyond a logarithm."""
    return np.ma.getmaskarray(image.norm(image.get_array()))


def choose_format(values: Any, formats: tuple[str, ...], cell: Any) -> tuple[str, float] | None:
    """Choose how to write numbers into cells of that size in points: format and font size.

    The first format that fits in a comfortable size is taken, else the last one where it is
    readable; None where it is not, or where there is nothing to write.
    """
    if not values:
        return None
    usual = em()
    for number_format in formats:
        longest = max(len(number_format.format(value)) for value in values)
        size = min(usual, 0.78 * cell[0] / (_DIGIT * longest), 0.6 * cell[1])
        if size >= min(usual, _READABLE if number_format == formats[-1] else _COMFORTABLE):
            return number_format, size
    return None


def _draw_mark(ax: Axes, mark: Mark, heat_map: HeatMap, cell: Any) -> None:
    elsewhere = {place for other in heat_map.marks if other is not mark for place in other.cells}
    height = cell[1] / 2 if heat_map.formats else cell[1]
    for row, column in mark.cells:
        shared = (row, column) in elsewhere
        size = min(0.5 * min(cell[0] / (1 + shared), height), 1.1 * em())
        # Side by side, also where the cell is wide.
        x = column + mark.side * shared * min(0.25, size / cell[0])
        y = row - 0.22 * bool(heat_map.formats)
        box = {"boxstyle": "round,pad=0.22", "fc": mark.color, "ec": "white", "lw": 0.6}
        look = {**_CENTRED, "color": "white", "weight": "bold", "fontsize": size}
        ax.text(x, y, mark.letter, bbox=box, **look)

"""Drawing of a heat map that is computed already: cells, missing cells, numbers, marks, legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ._figure import (
    MISSING_COLOR,
    MISSING_EDGE,
    MISSING_LABEL,
    annotation_size,
    draw_colorbar,
    draw_title,
    settle_layout,
    size_in_points,
)
from ._numbers import text_color, tick_positions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.image import AxesImage

    from ._arrays import FloatArray

# More separate stretches of missing cells than this are too small for a hatch to be seen.
_MOST_HATCHED = 5000
# Font sizes in points.
_SMALLEST_READABLE = 6.5
_COMFORTABLE = 8.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A letter on some cells.

    Parameters
    ----------
    letter, color, label : str
        What is drawn, and its name in the legend.
    cells : tuple of (int, int)
        Row and column of each marked cell.
    side : int
        Where it stands in a cell that two marks share: -1 left, +1 right of the middle.
    """

    letter: str
    color: str
    label: str
    cells: tuple[tuple[int, int], ...]
    side: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    """All that is drawn of a heat map.

    Parameters
    ----------
    values : ndarray, shape [rows, columns]
        What is not finite is drawn as missing.
    limits : tuple of float
        Values at the lower and the upper end of the colour scale.
    cmap : Colormap
    title : str or None
    row_label, column_label, value_label : str
        Labels of the axes and of the colour bar.
    formats : tuple of str
        Ways to write a number into its cell, the longest first; the first that fits is taken.
    marks : tuple of Mark
    square : bool
        Draw square cells, whatever the shape of the axes.
    """

    values: FloatArray
    limits: tuple[float, float]
    cmap: Colormap
    title: str | None
    row_label: str
    column_label: str
    value_label: str
    formats: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    square: bool = False


def grid_figsize(heat_map: HeatMap) -> tuple[float, float]:
    """Width and height in inches that give every cell room, within what a notebook shows."""
    rows, columns = heat_map.values.shape
    cell_width = 0.62 if heat_map.formats else 0.5
    width = min(max(columns * cell_width + 2.2, 5.0), 12.0)
    height = min(max(rows * 0.42 + 1.5, 3.2), 10.0)
    legend = any(mark.cells for mark in heat_map.marks) or not np.isfinite(heat_map.values).all()
    return width, height + (0.35 if legend else 0.0)


def draw_heat_map(ax: Axes, heat_map: HeatMap) -> AxesImage:
    """Draw a heat map into axes; its colour bar takes its room from them."""
    values = np.ma.masked_invalid(heat_map.values)
    low, high = heat_map.limits
    image = ax.imshow(
        values,
        cmap=heat_map.cmap,
        vmin=low,
        vmax=high,
        aspect="equal" if heat_map.square else "auto",
    )
    ax.set_xlabel(heat_map.column_label)
    ax.set_ylabel(heat_map.row_label)
    draw_colorbar(ax, image, heat_map.value_label, extend=_extend(values, low, high))
    ax.set_title(heat_map.title or "")
    _draw_legend(ax, heat_map, _draw_missing(ax, np.ma.getmaskarray(values)))
    settle_layout(ax)

    rows, columns = values.shape
    width, height = size_in_points(ax)
    if heat_map.square:
        side = min(width / columns, height / rows)
        width, height = side * columns, side * rows
    _draw_ticks(ax, heat_map, width, height)
    cell = (width / columns, height / rows)
    _write_numbers(ax, image, values, heat_map.formats, cell)
    for mark in heat_map.marks:
        _draw_mark(ax, mark, heat_map.marks, cell)
    draw_title(ax, heat_map.title)
    return image


def _extend(values: np.ma.MaskedArray[Any, Any], low: float, high: float) -> str:
    # Rounding in half precision is no reason to point beyond the scale.
    slack = 1e-3 * (high - low)
    below = bool(np.any(values.compressed() < low - slack))
    above = bool(np.any(values.compressed() > high + slack))
    return {(False, False): "neither", (True, False): "min", (False, True): "max"}.get(
        (below, above), "both"
    )


def _draw_missing(ax: Axes, missing: np.ndarray[Any, Any]) -> bool:
    """Hatch the missing cells, each stretch within a row as one piece."""
    from matplotlib.collections import PolyCollection

    if not missing.any():
        return False
    edges = np.diff(np.pad(missing.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    (rows, starts), (_, stops) = np.nonzero(edges == 1), np.nonzero(edges == -1)
    if len(rows) <= _MOST_HATCHED:
        left, right, top, bottom = starts - 0.5, stops - 0.5, rows - 0.5, rows + 0.5
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        outlines: Any = np.stack([np.stack(corner, axis=1) for corner in corners], axis=1)
        hatched = PolyCollection(
            outlines,
            facecolors=MISSING_COLOR,
            edgecolors=MISSING_EDGE,
            hatch="////",
            linewidths=0,
            label=MISSING_LABEL,
        )
        ax.add_collection(hatched, autolim=False)
    return True


def _draw_legend(ax: Axes, heat_map: HeatMap, any_missing: bool) -> None:
    from matplotlib.legend_handler import HandlerTuple
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    handles: list[Any] = []
    labels = []
    for mark in heat_map.marks:
        if mark.cells:
            letter = rf"$\mathrm{{{mark.letter}}}$"
            box = Line2D([], [], ls="", marker="s", ms=11, mfc=mark.color, mec="white")
            handles.append(
                (box, Line2D([], [], ls="", marker=letter, ms=6, mfc="white", mec="white"))
            )
            labels.append(mark.label)
    if any_missing:
        handles.append(Patch(fc=MISSING_COLOR, ec=MISSING_EDGE, hatch="////", lw=0))
        labels.append(MISSING_LABEL)
    if not handles:
        return
    # Below the tick labels and the axis label, whatever the height of the axes.
    below = ScaledTranslation(0, -38 / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        handles,
        labels,
        handler_map={tuple: HandlerTuple(ndivide=1)},
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=ax.transAxes + below,
        ncols=len(handles),
        frameon=False,
        borderaxespad=0,
    )


def _draw_ticks(ax: Axes, heat_map: HeatMap, width: float, height: float) -> None:
    rows, columns = heat_map.values.shape
    label_size = 10.0
    column_room = int(width / (label_size * (0.64 * len(str(columns - 1)) + 0.7)))
    row_room = int(height / (1.5 * label_size))
    if heat_map.square:
        column_room = row_room = min(column_room, row_room)
    ax.set_xticks(tick_positions(columns, column_room))
    ax.set_yticks(tick_positions(rows, row_room))


def _write_numbers(
    ax: Axes,
    image: AxesImage,
    values: np.ma.MaskedArray[Any, Any],
    formats: tuple[str, ...],
    cell: tuple[float, float],
) -> None:
    choice = choose_format([float(value) for value in values.compressed()], formats, cell)
    if choice is None:
        return
    number_format, size = choice
    colors: Any = image.cmap(image.norm(values))
    for row, column in np.argwhere(~np.ma.getmaskarray(values)):
        red, green, blue, _ = colors[row, column]
        ax.text(
            column,
            row,
            number_format.format(values[row, column]),
            ha="center",
            va="center",
            color=text_color((red, green, blue)),
            fontsize=size,
        )


def choose_format(
    values: list[float], formats: tuple[str, ...], cell: tuple[float, float]
) -> tuple[str, float] | None:
    """Choose how to write numbers into cells: format and font size in points.

    The first format that fits in a comfortable size is taken, else the last one where it is
    readable; None where it is not, or where there is nothing to write.
    """
    if not values:
        return None
    for number_format in formats:
        longest = max(len(number_format.format(value)) for value in values)
        size = annotation_size(*cell, longest)
        if size >= (_SMALLEST_READABLE if number_format == formats[-1] else _COMFORTABLE):
            return number_format, size
    return None


def _draw_mark(ax: Axes, mark: Mark, marks: tuple[Mark, ...], cell: tuple[float, float]) -> None:
    elsewhere = {place for other in marks if other is not mark for place in other.cells}
    for row, column in mark.cells:
        shared = (row, column) in elsewhere
        width = cell[0] / 2 if shared else cell[0]
        # Side by side, also where the cell is wide.
        shift = mark.side * min(0.25, 10 / cell[0]) if shared else 0.0
        ax.text(
            column + shift,
            row,
            mark.letter,
            ha="center",
            va="center",
            color="white",
            weight="bold",
            fontsize=min(max(0.5 * min(width, cell[1]), 4.0), 11.0),
            bbox={"boxstyle": "round,pad=0.22", "fc": mark.color, "ec": "white", "lw": 0.6},
        )

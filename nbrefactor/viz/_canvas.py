"""What all plots share of a figure: making it, text that fits, colour bars, saving, showing once.

Imported when the first plot is drawn, since it imports Matplotlib. Lengths are in font sizes
(``em``) wherever they have to do with text, so that they hold at every size of it.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import ScalarFormatter
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from ._arrays import to_array

if TYPE_CHECKING:
    from matplotlib.colorbar import Colorbar
    from numpy.typing import NDArray

MISSING_LOOK: Any = {"fc": "0.85", "ec": "0.55", "hatch": "////", "lw": 0}
MISSING_LABEL = "missing (not finite)"
# Colours of pruned and revived heads in every plot.
PRUNED, REVIVED = "#c1121f", "#007a33"
# Largest figure, in inches, that is made without being asked for; a notebook shows no more.
_LARGEST = (12.0, 10.0)
_FONT_SIZES = ("font.size", "fontsize", "titlesize", "labelsize")


@dataclass(frozen=True, slots=True)
class Canvas:
    """Where a plot goes, as the caller of a plot says it."""

    ax: Any = None
    figsize: Any = None
    save_path: Any = None
    style: Any = None

    def __post_init__(self) -> None:
        for ax in self.given:
            if not isinstance(ax, Axes):
                raise TypeError(f"ax must be Matplotlib axes or None, got {type(ax).__name__}")
            if ax.name != "rectilinear":
                raise TypeError(f"ax must be flat rectangular axes, got {ax.name} axes")
        if self.figsize is not None:
            size = to_array(self.figsize, "figsize")
            if size.shape != (2,) or not ((size > 0) & (size < float("inf"))).all():
                least = "figsize must be two numbers above 0 (width and height in inches)"
                raise ValueError(f"{least}, got {self.figsize!r}")
        _check_save_path(self.save_path)
        try:
            with plt.style.context(self.style or {}):
                pass
        except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
            kinds = "a Matplotlib style, a mapping of rcParams or a list of these"
            raise ValueError(f"style must be {kinds}: {error}") from error

    @property
    def given(self) -> list[Any]:
        """The axes that the caller gave, one or many."""
        return [] if self.ax is None else list(np.ravel(np.array(self.ax, dtype=object)))


def _check_save_path(save_path: object) -> None:
    if save_path is None or hasattr(save_path, "write"):
        return
    if not isinstance(save_path, str | os.PathLike):
        kinds = f"a str, a PathLike, a binary file or None, got {type(save_path).__name__}"
        by_name = "figsize, min_value, annotate and other options are given by name"
        raise TypeError(f"save_path must be {kinds}; {by_name}")
    if isinstance(save_path, str) and save_path in mpl.colormaps:
        ways = f"give it as cmap={save_path!r}, or write {save_path + '.png'!r} for such a file"
        raise ValueError(f"save_path is {save_path!r}, the name of a colour map: {ways}")
    suffix = Path(save_path).suffix
    formats = sorted(FigureCanvasBase.get_supported_filetypes())
    if suffix and suffix[1:].lower() not in formats:
        raise ValueError(f"save_path must end in one of {', '.join(formats)}, got {save_path!r}")


@contextmanager
def open_figure(
    canvas: Canvas, usual: tuple[float, float], least: tuple[float, float], cmap: str = "viridis"
) -> Iterator[Figure]:
    """Figure to draw into: that of the given axes, or a new one, which an error closes.

    Parameters
    ----------
    canvas : Canvas
    usual, least : tuple of float
        Width and height in em: those of a new figure whose size is not given, and those that it
        needs at least, for which larger fonts are reduced.
    cmap : str
        The plot's own colour map, where neither the call nor the style has one.
    """
    given = canvas.given
    if not plt.get_fignums():
        # Loads the backend, whose settings (interactive among them) would end with the context
        # below, and with them the showing of every later figure in a notebook.
        plt.draw_if_interactive()  # type: ignore[no-untyped-call]
    with mpl.rc_context({"image.cmap": cmap}), plt.style.context(canvas.style or {}):
        em_in_inches = em() / 72
        size = np.minimum(np.multiply(usual, em_in_inches), _LARGEST)
        size = size if canvas.figsize is None else canvas.figsize
        scale = min(1.0, *np.divide(size, np.multiply(least, em_in_inches)))
        with mpl.rc_context({} if given else _scaled_fonts(scale)):
            for ax in given:
                _forget(ax)
            # Of axes in a subfigure the outermost figure. In a new one plt.tight_layout() on the
            # next line of a notebook has to work, as it does not with the constrained layout.
            new = None if given else plt.figure(figsize=size, layout="tight")
            figure: Any = new or given[0].figure.figure
            try:
                yield figure
                for ax in given:
                    remember(ax)
                _save(figure, canvas.save_path)
            except BaseException:
                if new:
                    plt.close(new)
                raise
    # IPython asks an object for this method before it shows it.
    figure._ipython_display_ = partial(_leave_to_ipython, figure)


def _leave_to_ipython(figure: Figure) -> None:
    """Close a figure in pyplot, which would show it once more at the end of the cell."""
    if "inline" in mpl.get_backend():
        plt.close(figure)
    # What IPython takes as: show it as you would without this method.
    raise NotImplementedError


def _save(figure: Figure, save_path: Any) -> None:
    if hasattr(save_path, "write"):
        figure.savefig(save_path)
    elif save_path is not None and os.fspath(save_path):
        path = Path(save_path).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)


def _scaled_fonts(scale: float) -> Any:
    sizes = {key: size for key, size in mpl.rcParams.items() if key.endswith(_FONT_SIZES)}
    return {key: scale * size for key, size in sizes.items() if isinstance(size, int | float)}


def em() -> float:
    """Font size in points of most text, as the settings of Matplotlib have it."""
    settings: Any = mpl.rcParams
    sizes = (settings[key] for key in ("font.size", "axes.labelsize", "ytick.labelsize"))
    return float(max(FontProperties(size=size).get_size_in_points() for size in sizes))


def remember(ax: Axes, *beside: Axes) -> None:
    """Note axes that a plot made beside given ones, so that the next plot there removes them."""
    ax._drawn_beside = [*getattr(ax, "_drawn_beside", ()), *beside]  # type: ignore[attr-defined]


def _forget(ax: Axes) -> None:
    """Clear axes that hold an earlier plot, and what that made beside them."""
    beside: list[Axes] | None = ax.__dict__.pop("_drawn_beside", None)
    for other in beside or ():
        _forget(other)
        if other in ax.figure.axes or other in ax.child_axes:
            other.remove()
    if beside is not None:
        ax.clear()


def find_colormap(cmap: str | Colormap | None) -> Colormap:
    """Colour map of that name, or the map itself, by default the current one.

    Missing values are transparent in it: what is behind them shows that they are missing.
    """
    cmap = mpl.rcParams["image.cmap"] if cmap is None else cmap
    if not isinstance(cmap, str | Colormap):
        kind = type(cmap).__name__
        raise TypeError(f"cmap must be the name of a colour map or a Colormap, got {kind}")
    if isinstance(cmap, str) and cmap not in mpl.colormaps:
        raise ValueError(f"cmap must be a Matplotlib colour map such as 'viridis', got {cmap!r}")
    return mpl.colormaps.get_cmap(cmap).with_extremes(bad=(0, 0, 0, 0))


def draw_colorbar(ax: Axes, drawn: Any, label: str, cbar_ax: Any, **options: Any) -> Colorbar:
    """Colour bar in its own axes, or beside `ax`: as high as these are and equally thin always."""
    if cbar_ax is None:
        corner: Any = ax.transAxes
        right_of = ax.figure.dpi_scale_trans + ScaledTranslation(1, 0, corner)
        width = em() / 72
        beside = blended_transform_factory(right_of, ax.transAxes)
        cbar_ax = ax.inset_axes((0.9 * width, 0, 1.2 * width, 1), transform=beside)
        remember(ax, cbar_ax)
    else:
        cbar_ax.clear()
    bar = ax.figure.colorbar(drawn, cax=cbar_ax, label=label, **options)
    write_plainly(bar.ax)
    return bar


def settle_layout(*axes: Axes) -> None:
    """Give axes of a figure the size that they will have when drawn, if it has a layout."""
    figure = axes[0].figure.figure
    if engine := figure.get_layout_engine():
        engine.execute(figure)
    for ax in axes:
        ax.apply_aspect()


def size_in_points(ax: Axes) -> NDArray[Any]:
    """Width and height of axes in points."""
    return np.multiply(ax.bbox.size, 72 / ax.figure.dpi)


def draw_title(ax: Axes, title: str | None, below: float = 0.0) -> None:
    """Set the title above `below` points, wrapped where it would leave its figure or column.

    Matplotlib's own wrapping goes by where a title is, which before the layout may be outside.
    """
    text = "" if title is None else str(title)
    # The uppermost label of a tick stands out by half its height.
    drawn = ax.set_title(text, pad=max(mpl.rcParams["axes.titlepad"] + below, 0.9 * em()))
    place = ax.get_subplotspec()
    alone = place is None or place.get_topmost_subplotspec().get_gridspec().ncols == 1
    room = 0.86 * ax.figure.bbox.width if alone else ax.bbox.width
    width = drawn.get_window_extent().width
    if width > room and "$" not in text:
        # A line may well have wider letters than the mean.
        columns = int(0.95 * room / width * max(map(len, text.split("\n"))))
        drawn.set_text("\n".join(textwrap.fill(line, max(8, columns)) for line in text.split("\n")))


def write_plainly(*axes: Axes) -> None:
    """Write numbers in full where Matplotlib would put a power of ten above the axes."""
    for axis in (axis for ax in axes for axis in (ax.xaxis, ax.yaxis)):
        if isinstance(axis.get_major_formatter(), ScalarFormatter):
            axis.set_major_formatter("{x:.10g}")


def draw_legend(ax: Axes, handles: list[Any], side: Literal["center", "right"]) -> float:
    """Legend on top of the axes, where it hides nothing; its height in points."""
    look: Any = {"loc": f"lower {side}", "bbox_to_anchor": (0, 1, 1, 0), "borderaxespad": 0}
    look |= {"frameon": False, "borderpad": 0.2, "columnspacing": 1.4}
    for columns in range(len(handles), 0, -1):
        legend = ax.legend(handles=handles, ncols=columns, **look)
        extent = legend.get_window_extent()
        if extent.width <= ax.bbox.width:
            break
    # What goes on top of it may have descenders.
    return float(extent.height * 72 / ax.figure.dpi + 0.3 * em())


def draw_note(ax: Axes, note: str, below: float = 0.0) -> float:
    """Write a note above the axes and `below` points; height in points with what is below."""
    if not note:
        return below
    place: Any = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "center"}
    ax.annotate(note, (0.5, 1), (0, below + 0.4 * em()), **place)
    return below + 1.6 * em()

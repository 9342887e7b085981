"""What all plots share of a figure: making it, text that fits, colour bars, saving, showing once.

Imported when the first plot is drawn, since it imports Matplotlib. Lengths are in font sizes
(``em``) wherever they have to do with text, so that they hold at every size of it.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from ._arrays import to_array

if TYPE_CHECKING:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colorbar import Colorbar

MISSING_LOOK: Any = {"fc": "0.85", "ec": "0.55", "hatch": "////", "lw": 0}
MISSING_LABEL = "missing (not finite)"
# Colours of pruned and revived heads in every plot.
PRUNED, REVIVED = "#c1121f", "#007a33"
# Largest figure, in inches, that is made without being asked for; a notebook shows no more.
_LARGEST = (12.0, 10.0)
_FONT_SIZES = [
    *("font.size", "axes.titlesize", "axes.labelsize", "figure.titlesize", "legend.fontsize"),
    *("legend.title_fontsize", "xtick.labelsize", "ytick.labelsize"),
]


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
            if size.shape != (2,) or not (size > 0).all() or size.max() == float("inf"):
                raise ValueError(
                    "figsize must be two numbers above 0 (width and height in inches), "
                    f"got {self.figsize!r}"
                )
        _check_save_path(self.save_path)
        try:
            with plt.style.context(self.style or {}):
                pass
        except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
            raise ValueError(
                "style must be a Matplotlib style, a mapping of rcParams or a list of these: "
                f"{error}"
            ) from error

    @property
    def given(self) -> list[Any]:
        """The axes that the caller gave, one or many."""
        if self.ax is None:
            return []
        several = isinstance(self.ax, Iterable) and not isinstance(self.ax, str)
        return list(getattr(self.ax, "flat", self.ax)) if several else [self.ax]


def _check_save_path(save_path: object) -> None:
    if save_path is None or hasattr(save_path, "write"):
        return
    if not isinstance(save_path, str | os.PathLike):
        raise TypeError(
            "save_path must be a str, a PathLike, a binary file or None, got "
            f"{type(save_path).__name__}; figsize, min_value, annotate and other options are given "
            "by name"
        )
    if isinstance(save_path, str) and save_path in mpl.colormaps:
        raise ValueError(
            f"save_path is {save_path!r}, the name of a colour map: give it as cmap={save_path!r}, "
            f"or write {save_path + '.png'!r} for a file of that name"
        )
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
        width, height = canvas.figsize or (
            min(side * em_in_inches, most) for side, most in zip(usual, _LARGEST, strict=True)
        )
        scale = min(1.0, width / (least[0] * em_in_inches), height / (least[1] * em_in_inches))
        with mpl.rc_context({} if given else _scaled_fonts(scale)):
            for ax in given:
                _forget(ax)
            # Of axes in a subfigure the outermost figure. In a new one plt.tight_layout() on the
            # next line of a notebook has to work, as it does not with the constrained layout.
            figure: Any = (
                given[0].figure.figure
                if given
                else plt.figure(figsize=(width, height), layout="tight")
            )
            try:
                yield figure
                for ax in given:
                    remember(ax)
                _save(figure, canvas.save_path)
            except BaseException:
                if not given:
                    plt.close(figure)
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
    settings: Any = mpl.rcParams
    sizes = {key: settings[key] for key in _FONT_SIZES}
    return {key: scale * size for key, size in sizes.items() if isinstance(size, int | float)}


def em(*keys: str) -> float:
    """Font size in points that a setting of Matplotlib stands for; by default that of most text."""
    settings: Any = mpl.rcParams
    sizes = (settings[key] for key in keys or ("font.size", "axes.labelsize", "ytick.labelsize"))
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
    if isinstance(cmap, str):
        if cmap not in mpl.colormaps:
            raise ValueError(
                f"cmap must be a Matplotlib colour map such as 'viridis', got {cmap!r}"
            )
        cmap = mpl.colormaps[cmap]
    if not isinstance(cmap, Colormap):
        raise TypeError(
            f"cmap must be the name of a colour map or a Colormap, got {type(cmap).__name__}"
        )
    return cmap.with_extremes(bad=(0, 0, 0, 0))


def draw_colorbar(
    ax: Axes, drawn: ScalarMappable, label: str, cbar_ax: Axes | None = None, **options: Any
) -> Colorbar:
    """Colour bar in its own axes, or beside `ax`: as high as these are and equally thin always."""
    if cbar_ax is None:
        corner: Any = ax.transAxes
        right_of = ax.figure.dpi_scale_trans + ScaledTranslation(1, 0, corner)
        width = em() / 72
        cbar_ax = ax.inset_axes(
            (0.9 * width, 0, 1.2 * width, 1),
            transform=blended_transform_factory(right_of, ax.transAxes),
        )
        remember(ax, cbar_ax)
    else:
        cbar_ax.clear()
    return ax.figure.colorbar(drawn, cax=cbar_ax, label=label, **options)


def settle_layout(ax: Axes) -> None:
    """Give the axes the size that they will have when drawn, where their figure has a layout."""
    figure = ax.figure.figure
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    ax.apply_aspect()


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes in points."""
    scale = 72 / ax.figure.dpi
    return float(ax.bbox.width * scale), float(ax.bbox.height * scale)


def draw_title(ax: Axes, title: str | None, below: float = 0.0) -> None:
    """Set the title above `below` points, wrapped where it would leave its figure or column.

    Matplotlib's own wrapping goes by where a title is, which before the layout may be outside.
    """
    text = "" if title is None else str(title)
    # The uppermost label of a tick stands out by half its height.
    above = max(mpl.rcParams["axes.titlepad"] + max(below, _offset_height(ax)), 0.9 * em())
    drawn = ax.set_title(text, pad=above)
    place = ax.get_subplotspec()
    alone = place is None or place.get_topmost_subplotspec().get_gridspec().ncols == 1
    room = 0.86 * ax.figure.bbox.width if alone else ax.bbox.width
    width = drawn.get_window_extent().width
    if width > room and "$" not in text:
        # A line may well have wider letters than the mean.
        columns = int(0.95 * room / width * max(map(len, text.split("\n"))))
        drawn.set_text("\n".join(textwrap.fill(line, max(8, columns)) for line in text.split("\n")))


def _offset_height(ax: Axes) -> float:
    """Height in points of a power of ten (1e−5) above the axes or their colour bar."""
    axes = [ax.yaxis, *(child.yaxis for child in ax.child_axes)]
    for axis in axes:
        axis.get_tightbbox()
    shown = any(axis.get_offset_text().get_text() for axis in axes)
    return 1.3 * em("ytick.labelsize") if shown else 0.0


def draw_legend(ax: Axes, handles: list[Any], side: Literal["center", "right"]) -> float:
    """Legend on top of the axes, where it hides nothing; its height in points."""
    lifted = _offset_height(ax)
    for columns in range(len(handles), 0, -1):
        legend = ax.legend(
            handles=handles,
            loc="lower center" if side == "center" else "lower right",
            bbox_to_anchor=(1.0 if side == "right" else 0.5, 1),
            ncols=columns,
            frameon=False,
            borderaxespad=lifted / em("legend.fontsize"),
            borderpad=0.2,
            columnspacing=1.4,
        )
        extent = legend.get_window_extent()
        if extent.width <= ax.bbox.width:
            break
    # What goes on top of it may have descenders.
    return float(lifted + extent.height * 72 / ax.figure.dpi + 0.3 * em())


def draw_note(ax: Axes, note: str, below: float = 0.0) -> float:
    """Write a note above the axes and `below` points; height in points with what is below."""
    if not note:
        return below
    below = max(below, _offset_height(ax))
    place: Any = {"xycoords": "axes fraction", "textcoords": "offset points"}
    above = (0, below + 0.4 * em())
    ax.annotate(note, xy=(0.5, 1), xytext=above, ha="center", va="bottom", **place)
    return below + 1.6 * em()

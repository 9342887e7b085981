"""What all plots share of a figure: making it, fitting text into it, returning and saving it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

# Width of a digit in DejaVu Sans, Matplotlib's own font, in font sizes.
_DIGIT_WIDTH = 0.64

MISSING_COLOR = "0.85"
MISSING_EDGE = "0.55"
MISSING_LABEL = "missing (not finite)"


def check_axes(ax: object) -> None:
    """Raise a TypeError unless `ax` is None or Matplotlib axes."""
    from matplotlib.axes import Axes

    if ax is not None and not isinstance(ax, Axes):
        raise TypeError(f"ax must be Matplotlib axes or None, got {type(ax).__name__}")


def check_figsize(figsize: object) -> None:
    """Raise unless `figsize` is None or two numbers above 0 (inches)."""
    if figsize is None:
        return
    from ._arrays import to_array

    size = to_array(figsize, "figsize")
    if size.shape != (2,) or not (size > 0).all() or size.max() == float("inf"):
        raise ValueError(
            f"figsize must be two numbers above 0 (width and height in inches), got {figsize!r}"
        )


def check_save_path(save_path: object) -> None:
    """Raise unless `save_path` is None or a str or PathLike that Matplotlib can save to."""
    if save_path is None:
        return
    if not isinstance(save_path, str | os.PathLike):
        raise TypeError(
            f"save_path must be a str, a PathLike or None, got {type(save_path).__name__}"
        )
    from pathlib import Path

    from matplotlib.backend_bases import FigureCanvasBase

    suffix = Path(save_path).suffix
    formats = sorted(FigureCanvasBase.get_supported_filetypes())
    if suffix and suffix[1:].lower() not in formats:
        raise ValueError(f"save_path must end in one of {', '.join(formats)}, got {save_path!r}")


def find_colormap(cmap: str | Colormap) -> Colormap:
    """Colour map of that name (or the map itself) that shows missing values in grey."""
    import matplotlib
    from matplotlib.colors import Colormap

    if isinstance(cmap, str):
        if cmap not in matplotlib.colormaps:
            raise ValueError(
                f"cmap must be a Matplotlib colour map such as 'viridis', got {cmap!r}"
            )
        cmap = matplotlib.colormaps[cmap]
    if not isinstance(cmap, Colormap):
        raise TypeError(
            f"cmap must be the name of a colour map or a Colormap, got {type(cmap).__name__}"
        )
    return cmap.with_extremes(bad=MISSING_COLOR)


def new_axes(figsize: tuple[float, float]) -> Axes:
    """Axes of a new pyplot figure.

    Its layout engine is the tight one: with the constrained one ``plt.tight_layout()``, which
    notebooks call after plotting, fails as soon as there is a colour bar.
    """
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=figsize, layout="tight")
    return ax


def settle_layout(ax: Axes) -> None:
    """Give the axes the size that they will have when drawn, where their figure has a layout."""
    engine = root_figure(ax).get_layout_engine()
    if engine is not None:
        engine.execute(root_figure(ax))


def root_figure(ax: Axes) -> Figure:
    """Figure that holds the axes, also where they are in a subfigure."""
    from matplotlib.figure import Figure

    figure = ax.figure.figure
    assert isinstance(figure, Figure)
    return figure


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes in points."""
    extent = ax.get_window_extent()
    scale = 72 / root_figure(ax).dpi
    return extent.width * scale, extent.height * scale


def draw_colorbar(ax: Axes, drawn: ScalarMappable, label: str, **options: Any) -> Colorbar:
    """Colour bar beside the axes, equally thin beside large and small ones."""
    width, height = size_in_points(ax)
    thickness = 13.0
    return ax.figure.colorbar(
        drawn,
        ax=ax,
        label=label,
        fraction=min(thickness / width, 0.15),
        pad=min(12.0 / width, 0.1),
        aspect=max(height / thickness, 1.0),
        **options,
    )


def finish(ax: Axes, save_path: str | os.PathLike[str] | None) -> Figure:
    """Save the axes' figure where a path is given, and return it, still open."""
    figure = root_figure(ax)
    if save_path is not None and os.fspath(save_path):
        from pathlib import Path

        path = Path(save_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)
    return figure


def draw_title(ax: Axes, title: str | None, pad: float | None = None) -> None:
    """Set the title, wrapped and shrunk where it would reach beyond its room."""
    drawn = ax.set_title("" if title is None else str(title), pad=pad)
    text, size = drawn.get_text(), float(drawn.get_fontsize())
    room = _title_room(ax)
    width = drawn.get_window_extent().width * 72 / root_figure(ax).dpi
    if width <= room:
        return
    # A line may well have wider letters than the mean.
    per_character = 1.1 * width / max(map(len, text.split("\n")))
    text, size = fit_title(text, room, size, per_character / size)
    drawn.set_text(text)
    drawn.set_fontsize(size)


def _title_room(ax: Axes) -> float:
    """Width in points that a centred title may take without leaving its figure or its column."""
    place = ax.get_subplotspec()
    if place is None or place.get_topmost_subplotspec().get_gridspec().get_geometry() != (1, 1):
        return size_in_points(ax)[0]
    figure = root_figure(ax)
    middle = (ax.bbox.x0 + ax.bbox.x1) / 2
    return float(2 * min(middle, figure.bbox.x1 - middle) * 72 / figure.dpi - 12)


def fit_title(title: str, width: float, size: float, character: float) -> tuple[str, float]:
    """Wrap a title into a width; where that takes more than two lines, shrink it first.

    Parameters
    ----------
    title : str
    width, size : float
        Room and font size in points.
    character : float
        Mean width of a character, in font sizes.

    Returns
    -------
    text : str
        Lines that fit. A title with a formula (``$``) is left in one piece, and shrunk.
    size : float
        Font size in points, at least 70 % of the given one.
    """
    smaller = 0.7 * size
    if "$" in title:
        return title, smaller
    lines = _wrap(title, int(width / (character * size)))
    if len(lines) <= 2:
        return "\n".join(lines), size
    return "\n".join(_wrap(title, int(width / (character * smaller)))), smaller


def _wrap(title: str, columns: int) -> list[str]:
    import textwrap

    return [
        line
        for part in title.split("\n")
        for line in (textwrap.wrap(part, max(12, columns)) or [""])
    ]


def annotation_size(cell_width: float, cell_height: float, characters: int) -> float:
    """Largest font size up to 10 points at which a number fits into its cell.

    Parameters
    ----------
    cell_width, cell_height : float
        In points.
    characters : int
        Length of the longest number.
    """
    return min(10.0, 0.78 * cell_width / (_DIGIT_WIDTH * characters), 0.6 * cell_height)

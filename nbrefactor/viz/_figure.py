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

# DejaVu Sans, Matplotlib's own font: mean width of a character and of a digit, in font sizes.
_CHARACTER_WIDTH = 0.6
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
    """Raise a TypeError unless `save_path` is None, a str or a PathLike."""
    if save_path is not None and not isinstance(save_path, str | os.PathLike):
        raise TypeError(
            f"save_path must be a str, a PathLike or None, got {type(save_path).__name__}"
        )


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
        suffixes = figure.canvas.get_supported_filetypes()
        if path.suffix and path.suffix[1:].lower() not in suffixes:
            raise ValueError(
                f"save_path must end in one of {', '.join(sorted(suffixes))}, got {str(path)!r}"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)
    return figure


def draw_title(ax: Axes, title: str | None, pad: float | None = None) -> None:
    """Set the title, wrapped and shrunk so that it stays above its own axes."""
    from matplotlib import rcParams
    from matplotlib.font_manager import FontProperties

    size = FontProperties(size=rcParams["axes.titlesize"]).get_size_in_points()
    text, size = fit_title("" if title is None else str(title), size_in_points(ax)[0], size)
    ax.set_title(text, fontsize=size, pad=pad)


def fit_title(title: str, width: float, size: float) -> tuple[str, float]:
    """Wrap a title into a width; where that takes more than two lines, shrink it first.

    Parameters
    ----------
    title : str
    width, size : float
        Room and font size in points.

    Returns
    -------
    text : str
        Lines that fit. A title with a formula (``$``) is left in one piece.
    size : float
        Font size in points, at least 70 % of the given one.
    """
    if "$" in title:
        return title, size
    smaller = size if len(_wrap(title, width, size)) <= 2 else 0.7 * size
    return "\n".join(_wrap(title, width, smaller)), smaller


def _wrap(title: str, width: float, size: float) -> list[str]:
    import textwrap

    columns = max(12, int(width / (_CHARACTER_WIDTH * size)))
    return [line for part in title.split("\n") for line in (textwrap.wrap(part, columns) or [""])]


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

"""Heat maps over all heads of a model: gradient norms, entropy, entropy in percent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ._arrays import finite_number, head_grid, marked_heads, to_array
from ._numbers import normalize_entropy

if TYPE_CHECKING:
    from ._types import Any, ArrayLike, Axes, Colormap, Figure, Heads, Normalize, SavePath


def visualize_gradient_norms(
    grad_norm_values: ArrayLike,
    pruned_heads: Heads = None,
    revived_heads: Heads = None,
    title: str | None = "Gradient Norms",
    save_path: SavePath = None,
    *,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
    style: Any = None,
    cmap: str | Colormap | None = None,
    vmin: float | None = None,
    vmax: float | None = None,
    norm: str | Normalize | None = None,
    robust: bool = False,
    cbar: bool = True,
    cbar_ax: Axes | None = None,
    annotate: bool | str = False,
    fmt: str | None = None,
) -> Figure:
    """Draw the gradient norm of every head, and which heads were pruned and revived.

    Parameters
    ----------
    grad_norm_values : array-like, shape [layers, heads]
        Gradient norms. Values that are not finite are hatched as missing.
    pruned_heads, revived_heads : iterable, mapping or array-like, optional
        Heads to mark with a red P and a green R: pairs (layer, head) counted from 0,
        ``{layer: [heads]}``, or a boolean mask of the grid's shape.
    title : str or None, default "Gradient Norms"
        A title too long for one line is wrapped.
    save_path : str, PathLike or binary file, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    ax : matplotlib.axes.Axes, optional
        Draw here instead of into a new pyplot figure; an earlier plot there is replaced.
    figsize : tuple of float, optional
        Width and height of a new figure in inches; by default chosen by the number of heads.
    style : str, mapping or list of these, optional
        Matplotlib style or rcParams for this plot, as ``matplotlib.style.context`` takes them.
    cmap : str or matplotlib.colors.Colormap, optional
        By default the ``image.cmap`` of `style` if given there, else "plasma".
    vmin, vmax : float, optional
        Ends of the colour scale; by default the smallest and the largest finite value.
    norm : str or matplotlib.colors.Normalize, optional
        Another scale, such as ``"log"``, instead of `vmin` and `vmax`.
    robust : bool, default False
        Take the 2nd and the 98th percentile for ends that are not given.
    cbar : bool, default True
        Draw a colour bar.
    cbar_ax : matplotlib.axes.Axes, optional
        Axes for the colour bar.
    annotate : bool or str, default False
        Write the values into the cells, where these are large enough; a str is taken as `fmt`.
    fmt : str, optional
        Format of the numbers in the cells, such as ``".3f"`` or ``"{:.0f}%"``.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open in pyplot; a notebook shows it once, and closes it then.

    Raises
    ------
    TypeError
        If an argument is of a kind that cannot be read, such as text or complex numbers.
    ValueError
        If `grad_norm_values` is empty or not two-dimensional, or if a marked head lies outside it.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from nbrefactor.viz import visualize_gradient_norms
    >>> norms = [[0.2, 0.4, 0.1], [0.3, 0.9, 0.5]]
    >>> figure = visualize_gradient_norms(norms, pruned_heads=[(0, 2)], revived_heads={1: [0]})
    >>> [mark.get_text() for mark in figure.axes[0].texts]
    ['P', 'R']
    >>> plt.close(figure)
    """
    from . import _canvas, _heatmap

    grid = head_grid(grad_norm_values, "grad_norm_values")
    pruned = marked_heads(pruned_heads, "pruned_heads", grid.shape)
    revived = marked_heads(revived_heads, "revived_heads", grid.shape)
    colors = _heatmap.Colors(cmap, vmin, vmax, norm, robust, cbar, cbar_ax)
    formats = _heatmap.number_formats(annotate, fmt, ("{:.3g}", "{:.1g}"))
    marks = (
        _heatmap.Mark("P", _canvas.PRUNED, "pruned", pruned, -1),
        _heatmap.Mark("R", _canvas.REVIVED, "revived", revived, +1),
    )
    heat_map = _heatmap.HeatMap(grid, (None, None), colors, title, "Gradient norm", formats, marks)
    canvas = _canvas.Canvas(ax, figsize, save_path, style)
    return _heatmap.draw_heat_map(heat_map, canvas, "plasma")


def visualize_entropy_heatmap(
    entropy_values: ArrayLike,
    title: str | None = "Attention Entropy Heatmap",
    save_path: SavePath = None,
    min_value: float = 0.0,
    annotate: bool | str = True,
    *,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
    style: Any = None,
    cmap: str | Colormap | None = None,
    vmin: float | None = None,
    vmax: float | None = None,
    norm: str | Normalize | None = None,
    robust: bool = False,
    cbar: bool = True,
    cbar_ax: Axes | None = None,
    fmt: str | None = None,
    unit: str = "nats",
) -> Figure:
    """Draw the attention entropy of every head.

    Parameters
    ----------
    entropy_values : array-like, shape [layers, heads]
        Entropies in `unit`. Values that are not finite are hatched as missing.
    title : str or None, default "Attention Entropy Heatmap"
        A title too long for one line is wrapped.
    save_path : str, PathLike or binary file, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    min_value : float, default 0.0
        Lower end of the colour scale, in `unit`. The upper end is the largest finite value, at
        least 0.1.
    annotate : bool or str, default True
        Write the values into the cells, where these are large enough; a str is taken as `fmt`.
    cmap : str or matplotlib.colors.Colormap, optional
        By default the ``image.cmap`` of `style` if given there, else "viridis".
    ax, figsize, style, vmin, vmax, norm, robust, cbar, cbar_ax, fmt : optional
        As for `visualize_gradient_norms`.
    unit : str, default "nats"
        Unit of the entropies, for the label of the colour bar.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open in pyplot; a notebook shows it once, and closes it then.

    Raises
    ------
    TypeError
        If an argument is of a kind that cannot be read, such as text or complex numbers.
    ValueError
        If `entropy_values` is empty or not two-dimensional, or if `min_value` is not finite.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from nbrefactor.viz import visualize_entropy_heatmap
    >>> figure = visualize_entropy_heatmap([[0.52, 1.9], [2.25, float("nan")]])
    >>> [number.get_text() for number in figure.axes[0].texts]
    ['0.52', '1.90', '2.25']
    >>> plt.close(figure)
    """
    from . import _canvas, _heatmap

    grid = head_grid(entropy_values, "entropy_values")
    low = finite_number(min_value, "min_value")
    largest = float(np.max(grid[np.isfinite(grid)], initial=0.1))
    limits = (low, largest if largest > low else None)
    colors = _heatmap.Colors(cmap, vmin, vmax, norm, robust, cbar, cbar_ax)
    formats = _heatmap.number_formats(annotate, fmt, ("{:.2f}", "{:.1f}"))
    heat_map = _heatmap.HeatMap(grid, limits, colors, title, f"Entropy ({unit})", formats)
    canvas = _canvas.Canvas(ax, figsize, save_path, style)
    return _heatmap.draw_heat_map(heat_map, canvas, "viridis")


def visualize_normalized_entropy(
    entropy_values: ArrayLike,
    max_entropy: ArrayLike,
    title: str | None = "Normalized Entropy (% of Maximum)",
    save_path: SavePath = None,
    *,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
    style: Any = None,
    cmap: str | Colormap | None = None,
    vmin: float | None = None,
    vmax: float | None = None,
    norm: str | Normalize | None = None,
    robust: bool = False,
    cbar: bool = True,
    cbar_ax: Axes | None = None,
    annotate: bool | str = True,
    fmt: str | None = None,
) -> Figure:
    """Draw the attention entropy of every head in percent of its maximum.

    Parameters
    ----------
    entropy_values : array-like, shape [layers, heads]
        Entropies. Values that are not finite are hatched as missing.
    max_entropy : array-like
        Largest possible entropy in the same unit, above 0: one number, or an array that broadcasts
        to [layers, heads]. For attention over n positions it is log(n).
    title : str or None, default "Normalized Entropy (% of Maximum)"
        A title too long for one line is wrapped.
    save_path : str, PathLike or binary file, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    cmap : str or matplotlib.colors.Colormap, optional
        By default the ``image.cmap`` of `style` if given there, else "viridis".
    vmin, vmax : float, optional
        Ends of the colour scale in percent; by default 0 and 100.
    annotate : bool or str, default True
        Write the percentages into the cells, where these are large enough; a str is taken as `fmt`.
    ax, figsize, style, norm, robust, cbar, cbar_ax, fmt : optional
        As for `visualize_gradient_norms`.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open in pyplot; a notebook shows it once, and closes it then.

    Raises
    ------
    TypeError
        If an argument is of a kind that cannot be read, such as text or complex numbers.
    ValueError
        If `entropy_values` is empty or not two-dimensional, or if `max_entropy` does not broadcast
        to its shape or is not above 0.

    Examples
    --------
    >>> import math
    >>> import matplotlib.pyplot as plt
    >>> from nbrefactor.viz import visualize_normalized_entropy
    >>> figure = visualize_normalized_entropy([[0.0, math.log(4), math.log(16)]], math.log(16))
    >>> [number.get_text() for number in figure.axes[0].texts]
    ['0.0%', '50.0%', '100.0%']
    >>> plt.close(figure)
    """
    from . import _canvas, _heatmap

    grid = head_grid(entropy_values, "entropy_values")
    colors = _heatmap.Colors(cmap, vmin, vmax, norm, robust, cbar, cbar_ax)
    formats = _heatmap.number_formats(annotate, fmt, ("{:.1f}%", "{:.0f}%"))
    percent = normalize_entropy(grid, to_array(max_entropy, "max_entropy"))
    heat_map = _heatmap.HeatMap(percent, (0, 100), colors, title, "Entropy (% of maximum)", formats)
    canvas = _canvas.Canvas(ax, figsize, save_path, style)
    return _heatmap.draw_heat_map(heat_map, canvas, "viridis")

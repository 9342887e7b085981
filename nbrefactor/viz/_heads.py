"""Heat maps over all heads of a model: gradient norms, entropy, entropy in percent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._arrays import finite_number, head_grid, head_pairs, to_array
from ._figure import (
    check_axes,
    check_figsize,
    check_save_path,
    find_colormap,
    finish,
    new_axes,
)
from ._heatmap import HeatMap, Mark, draw_heat_map, grid_figsize
from ._numbers import color_limits, entropy_limits, normalize_entropy

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

_PRUNED_RED = "#c1121f"
_REVIVED_GREEN = "#007a33"


def visualize_gradient_norms(
    grad_norm_values: ArrayLike,
    pruned_heads: Iterable[tuple[int, int]] | ArrayLike | None = None,
    revived_heads: Iterable[tuple[int, int]] | ArrayLike | None = None,
    title: str | None = "Gradient Norms",
    save_path: str | os.PathLike[str] | None = None,
    *,
    ax: Axes | None = None,
    cmap: str | Colormap = "cividis",
    figsize: tuple[float, float] | None = None,
) -> Figure:
    """Draw the gradient norm of every head, and which heads were pruned and revived.

    Parameters
    ----------
    grad_norm_values : array-like, shape [layers, heads]
        Gradient norms. Values that are not finite are hatched as missing.
    pruned_heads, revived_heads : iterable of (layer, head), or array-like of shape [n, 2], optional
        Heads to mark with a red P and a green R, counted from 0.
    title : str or None, default "Gradient Norms"
        A title too long for one line is wrapped.
    save_path : str or PathLike, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    ax : matplotlib.axes.Axes, optional
        Draw here instead of into a new pyplot figure.
    cmap : str or matplotlib.colors.Colormap, default "cividis"
        Colour map, from the smallest to the largest finite value.
    figsize : tuple of float, optional
        Width and height of a new figure in inches; by default chosen by the number of heads.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open.

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
    >>> figure = visualize_gradient_norms(norms, pruned_heads=[(0, 2)], revived_heads=[(1, 0)])
    >>> [mark.get_text() for mark in figure.axes[0].texts]
    ['P', 'R']
    >>> plt.close(figure)
    """
    grid = head_grid(grad_norm_values, "grad_norm_values")
    marks = (
        Mark("P", _PRUNED_RED, "pruned", head_pairs(pruned_heads, "pruned_heads", grid.shape), -1),
        Mark(
            "R",
            _REVIVED_GREEN,
            "revived",
            head_pairs(revived_heads, "revived_heads", grid.shape),
            +1,
        ),
    )
    heat_map = HeatMap(
        values=grid,
        limits=color_limits(grid),
        cmap=find_colormap(cmap),
        title=title,
        row_label="Layer",
        column_label="Head",
        value_label="Gradient norm",
        marks=marks,
    )
    return _show(heat_map, ax, figsize, save_path)


def visualize_entropy_heatmap(
    entropy_values: ArrayLike,
    title: str | None = "Attention Entropy Heatmap",
    save_path: str | os.PathLike[str] | None = None,
    min_value: float = 0.0,
    annotate: bool = True,
    *,
    ax: Axes | None = None,
    cmap: str | Colormap = "viridis",
    figsize: tuple[float, float] | None = None,
    unit: str = "nats",
) -> Figure:
    """Draw the attention entropy of every head.

    Parameters
    ----------
    entropy_values : array-like, shape [layers, heads]
        Entropies in `unit`. Values that are not finite are hatched as missing.
    title : str or None, default "Attention Entropy Heatmap"
        A title too long for one line is wrapped.
    save_path : str or PathLike, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    min_value : float, default 0.0
        Lower end of the colour scale, in `unit`. The upper end is the largest finite value, at
        least 0.1.
    annotate : bool, default True
        Write the values into the cells, where these are large enough to read them.
    ax : matplotlib.axes.Axes, optional
        Draw here instead of into a new pyplot figure.
    cmap : str or matplotlib.colors.Colormap, default "viridis"
        Colour map.
    figsize : tuple of float, optional
        Width and height of a new figure in inches; by default chosen by the number of heads.
    unit : str, default "nats"
        Unit of the entropies, for the label of the colour bar.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open.

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
    grid = head_grid(entropy_values, "entropy_values")
    heat_map = HeatMap(
        values=grid,
        limits=entropy_limits(grid, finite_number(min_value, "min_value")),
        cmap=find_colormap(cmap),
        title=title,
        row_label="Layer",
        column_label="Head",
        value_label=f"Entropy ({unit})",
        formats=("{:.2f}", "{:.1f}") if annotate else (),
    )
    return _show(heat_map, ax, figsize, save_path)


def visualize_normalized_entropy(
    entropy_values: ArrayLike,
    max_entropy: ArrayLike,
    title: str | None = "Normalized Entropy (% of Maximum)",
    save_path: str | os.PathLike[str] | None = None,
    *,
    ax: Axes | None = None,
    cmap: str | Colormap = "viridis",
    figsize: tuple[float, float] | None = None,
    annotate: bool = True,
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
    save_path : str or PathLike, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    ax : matplotlib.axes.Axes, optional
        Draw here instead of into a new pyplot figure.
    cmap : str or matplotlib.colors.Colormap, default "viridis"
        Colour map, from 0 to 100 percent.
    figsize : tuple of float, optional
        Width and height of a new figure in inches; by default chosen by the number of heads.
    annotate : bool, default True
        Write the percentages into the cells, where these are large enough to read them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open.

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
    grid = head_grid(entropy_values, "entropy_values")
    heat_map = HeatMap(
        values=normalize_entropy(grid, to_array(max_entropy, "max_entropy")),
        limits=(0.0, 100.0),
        cmap=find_colormap(cmap),
        title=title,
        row_label="Layer",
        column_label="Head",
        value_label="Entropy (% of maximum)",
        formats=("{:.1f}%", "{:.0f}%") if annotate else (),
    )
    return _show(heat_map, ax, figsize, save_path)


def _show(
    heat_map: HeatMap,
    ax: Axes | None,
    figsize: tuple[float, float] | None,
    save_path: str | os.PathLike[str] | None,
) -> Figure:
    check_axes(ax)
    check_figsize(figsize)
    check_save_path(save_path)
    ax = ax or new_axes(figsize or grid_figsize(heat_map))
    draw_heat_map(ax, heat_map)
    return finish(ax, save_path)

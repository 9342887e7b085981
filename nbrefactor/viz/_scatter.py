"""Entropy against gradient norm, one point a head."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ._arrays import to_array
from ._figure import (
    MISSING_LABEL,
    check_axes,
    check_figsize,
    check_save_path,
    draw_colorbar,
    draw_title,
    find_colormap,
    finish,
    new_axes,
    settle_layout,
)
from ._numbers import rank_correlation

if TYPE_CHECKING:
    import os

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

    from ._arrays import FloatArray


def visualize_entropy_vs_gradient(
    entropy_values: ArrayLike,
    grad_norm_values: ArrayLike,
    title: str | None = "Entropy vs Gradient Relationship",
    save_path: str | os.PathLike[str] | None = None,
    *,
    ax: Axes | None = None,
    cmap: str | Colormap = "viridis",
    figsize: tuple[float, float] | None = None,
    unit: str = "nats",
) -> Figure:
    """Draw every head's gradient norm against its entropy, with their rank correlation.

    Parameters
    ----------
    entropy_values : array-like, shape [layers, heads] or any other
        Entropies in `unit`.
    grad_norm_values : array-like, same shape
        Gradient norms. A head of which either value is not finite is marked by a cross on the edge
        of the plot, and is not part of the correlation.
    title : str or None, default "Entropy vs Gradient Relationship"
        A title too long for one line is wrapped.
    save_path : str or PathLike, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    ax : matplotlib.axes.Axes, optional
        Draw here instead of into a new pyplot figure.
    cmap : str or matplotlib.colors.Colormap, default "viridis"
        Colours of the layers, where the arrays are [layers, heads] with two layers or more.
    figsize : tuple of float, optional
        Width and height of a new figure in inches; by default 8 by 6.
    unit : str, default "nats"
        Unit of the entropies, for the axis label.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open. Spearman's ρ, with equal values ranked by their mean, stands between
        title and points; it is undefined for fewer than two heads and for constant values.

    Raises
    ------
    TypeError
        If an argument is of a kind that cannot be read, such as text or complex numbers.
    ValueError
        If the arrays are empty or differ in shape.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from nbrefactor.viz import visualize_entropy_vs_gradient
    >>> figure = visualize_entropy_vs_gradient([[0.5, 1.0], [1.5, 2.0]], [[0.9, 0.7], [0.8, 0.1]])
    >>> figure.axes[0].texts[0].get_text()
    'Spearman ρ = −0.80 (4 heads)'
    >>> plt.close(figure)
    """
    check_axes(ax)
    check_figsize(figsize)
    check_save_path(save_path)
    entropy = to_array(entropy_values, "entropy_values")
    norms = to_array(grad_norm_values, "grad_norm_values")
    if entropy.shape != norms.shape:
        raise ValueError(
            "entropy_values and grad_norm_values must have the same shape, got "
            f"{entropy.shape} and {norms.shape}"
        )
    if entropy.size == 0:
        raise ValueError(
            f"entropy_values is empty (shape {entropy.shape}): there is nothing to draw without "
            "at least one head"
        )
    colors = find_colormap(cmap)
    ax = ax or new_axes(figsize or (8.0, 6.0))
    _draw_points(ax, entropy, norms, colors)
    x, y = entropy.ravel(), norms.ravel()
    if _draw_missing(ax, x, y):
        ax.legend(loc="best")
    ax.set_xlabel(f"Entropy ({unit}; higher = less focused)")
    ax.set_ylabel("Gradient norm (higher = more impact)")
    ax.grid(alpha=0.3)
    ax.set_axisbelow(True)
    ax.annotate(
        describe_correlation(x, y),
        xy=(0.5, 1),
        xytext=(0, 5),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="center",
        va="bottom",
    )
    settle_layout(ax)
    draw_title(ax, title, pad=22)
    return finish(ax, save_path)


def describe_correlation(x: FloatArray, y: FloatArray) -> str:
    """Spearman's ρ and the number of heads it rests on, or why there is none."""
    heads = int(np.count_nonzero(np.isfinite(x) & np.isfinite(y)))
    counted = f"{heads} head" if heads == 1 else f"{heads} heads"
    rho = rank_correlation(x, y)
    if not math.isnan(rho):
        # The typographic minus is what the tick labels have.
        return f"Spearman ρ = {rho:.2f} ({counted})".replace("-", "−")
    reason = "all values are equal" if heads > 1 else "at least two are needed"
    return f"Spearman ρ undefined ({counted}; {reason})"


def _draw_points(ax: Axes, entropy: FloatArray, norms: FloatArray, colors: Colormap) -> None:
    paired = np.isfinite(entropy) & np.isfinite(norms)
    x, y = entropy[paired], norms[paired]
    # Many points overlap: smaller and more transparent, so that dense places stay dense.
    crowd = min(1.0, 300 / max(len(x), 1))
    look: dict[str, Any] = {"s": 14 + 26 * crowd, "alpha": 0.55 + 0.3 * crowd, "linewidths": 0}
    if entropy.ndim != 2 or len(entropy) < 2:
        ax.scatter(x, y, color=colors(0.35), **look)
        return
    from matplotlib.ticker import MaxNLocator

    layers = np.broadcast_to(np.arange(len(entropy))[:, None], entropy.shape)
    points = ax.scatter(x, y, c=layers[paired], cmap=colors, vmin=0, vmax=len(entropy) - 1, **look)
    bar = draw_colorbar(ax, points, "Layer", ticks=MaxNLocator(integer=True))
    if bar.solids is not None:
        bar.solids.set_alpha(1)


def _draw_missing(ax: Axes, x: FloatArray, y: FloatArray) -> bool:
    """Mark what is known of incomplete heads by crosses on the edges of the axes."""
    known_x, known_y = np.isfinite(x), np.isfinite(y)
    if (known_x & known_y).all():
        return False
    along_x, along_y = x[known_x & ~known_y], y[known_y & ~known_x]
    look: dict[str, Any] = {
        "ls": "",
        "marker": "x",
        "color": "0.4",
        "clip_on": False,
        "zorder": 3,
    }
    incomplete = int(np.count_nonzero(~(known_x & known_y)))
    ax.plot(
        along_x,
        np.zeros_like(along_x),
        transform=ax.get_xaxis_transform(),
        label=f"{incomplete} {MISSING_LABEL}",
        **look,
    )
    ax.plot(np.zeros_like(along_y), along_y, transform=ax.get_yaxis_transform(), **look)
    return True

"""Entropy against gradient norm, one point a head."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ._arrays import check_not_empty, to_array
from ._numbers import rank_correlation

if TYPE_CHECKING:
    from matplotlib.collections import Collection

    from ._types import ArrayLike, Axes, Colormap, Figure, FloatArray, SavePath


def visualize_entropy_vs_gradient(
    entropy_values: ArrayLike,
    grad_norm_values: ArrayLike,
    title: str | None = "Entropy vs Gradient Relationship",
    save_path: SavePath = None,
    *,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
    style: Any = None,
    cmap: str | Colormap | None = None,
    cbar: bool = True,
    cbar_ax: Axes | None = None,
    unit: str = "nats",
) -> Figure:
    """Draw every head's gradient norm against its entropy, with their rank correlation.

    Parameters
    ----------
    entropy_values : array-like, shape [layers, heads] or any other
        Entropies in `unit`.
    grad_norm_values : array-like, same shape, or one of the two flattened
        Gradient norms. A head of which either value is not finite is marked by a cross on the edge
        of the plot, and is not part of the correlation.
    title : str or None, default "Entropy vs Gradient Relationship"
        A title too long for one line is wrapped.
    save_path : str, PathLike or binary file, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    cmap : str or matplotlib.colors.Colormap, optional
        Colours of the layers, where the arrays are [layers, heads] with two layers or more. By
        default the ``image.cmap`` of `style` if given there, else "viridis".
    ax, figsize, style, cbar, cbar_ax : optional
        As for `visualize_gradient_norms`.
    unit : str, default "nats"
        Unit of the entropies, for the axis label.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open in pyplot; a notebook shows it once, and closes it then. Spearman's
        ρ, with equal values ranked by their mean, stands between title and points; it is undefined
        for fewer than two heads and for constant values.

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
    from . import _canvas

    entropy = to_array(entropy_values, "entropy_values")
    norms = to_array(grad_norm_values, "grad_norm_values")
    flat = entropy.size == norms.size and 1 in (entropy.ndim, norms.ndim)
    if entropy.shape != norms.shape and not flat:
        shapes = f"the same shape, got {entropy.shape} and {norms.shape}"
        raise ValueError(f"entropy_values and grad_norm_values must have {shapes}")
    # One of the two may be flat already.
    norms = norms.reshape(entropy.shape)
    check_not_empty(entropy.shape, "entropy_values", "one head")
    canvas = _canvas.Canvas(ax, figsize, save_path, style)
    with _canvas.open_figure(canvas, (58.0, 43.0), (26.0, 22.0)) as figure:
        ax = canvas.given[0] if canvas.given else figure.subplots()
        points = _draw_points(ax, entropy, norms, _canvas.find_colormap(cmap))
        if cbar and points.get_array() is not None:
            bar = _canvas.draw_colorbar(ax, points, "Layer", cbar_ax)
            bar.ax.yaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]
        x, y = entropy.ravel(), norms.ravel()
        _draw_missing(ax, x, y)
        ax.set_xlabel(f"Entropy ({unit}; higher = less focused)")
        ax.set_ylabel("Gradient norm (higher = more impact)")
        ax.grid(alpha=0.3)
        _canvas.write_plainly(ax)
        _canvas.draw_title(ax, title, _canvas.draw_note(ax, describe_correlation(x, y)))
    return figure


def describe_correlation(x: FloatArray, y: FloatArray) -> str:
    """Spearman's ρ and the number of heads it rests on, or why there is none."""
    heads = int(np.count_nonzero(np.isfinite(x) & np.isfinite(y)))
    counted = f"{heads} head" if heads == 1 else f"{heads} heads"
    rho = rank_correlation(x, y)
    if not math.isnan(rho):
        # Zero has no sign; the typographic minus is what the tick labels have.
        return f"Spearman ρ = {round(rho, 2) + 0.0:.2f} ({counted})".replace("-", "−")
    reason = "all values are equal" if heads > 1 else "at least two are needed"
    return f"Spearman ρ undefined ({counted}; {reason})"


def _draw_points(ax: Axes, entropy: FloatArray, norms: FloatArray, colors: Colormap) -> Collection:
    paired = np.isfinite(entropy) & np.isfinite(norms)
    x, y = entropy[paired], norms[paired]
    # Many points overlap: smaller and more transparent, so that dense places stay dense.
    crowd = min(1.0, 300 / max(len(x), 1))
    # The outline keeps dark points apart from a dark background.
    look: dict[str, Any] = {"s": 14 + 26 * crowd, "alpha": 0.55 + 0.3 * crowd, "linewidths": 0.5}
    look |= {"edgecolors": ax.xaxis.label.get_color(), "zorder": 2}
    if entropy.ndim != 2 or len(entropy) < 2:
        return ax.scatter(x, y, color=colors(0.35), **look)
    layers = np.broadcast_to(np.arange(len(entropy))[:, None], entropy.shape)
    return ax.scatter(x, y, c=layers[paired], cmap=colors, vmin=0, vmax=len(entropy) - 1, **look)


def _draw_missing(ax: Axes, x: FloatArray, y: FloatArray) -> None:
    """Mark what is known of incomplete heads by crosses on the edges of the axes."""
    from ._canvas import MISSING_LABEL

    known_x, known_y = np.isfinite(x), np.isfinite(y)
    incomplete = int(np.count_nonzero(~(known_x & known_y)))
    if not incomplete:
        return
    look: dict[str, Any] = {"ls": "", "marker": "x", "color": "0.5", "clip_on": False, "zorder": 3}
    along_x, along_y = x[known_x & ~known_y], y[known_y & ~known_x]
    label = f"{incomplete} {MISSING_LABEL}"
    ax.plot(along_x, 0 * along_x, transform=ax.get_xaxis_transform(), label=label, **look)
    ax.plot(0 * along_y, along_y, transform=ax.get_yaxis_transform(), **look)
    ax.legend(loc="best")

"""The attention pattern of one head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._arrays import to_array, whole_number
from ._figure import (
    check_axes,
    check_figsize,
    check_save_path,
    find_colormap,
    finish,
    new_axes,
)
from ._heatmap import HeatMap, draw_heat_map

if TYPE_CHECKING:
    import os

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

    from ._arrays import FloatArray


def visualize_attention_matrix(
    attn_matrix: ArrayLike,
    layer_idx: int = 0,
    head_idx: int = 0,
    title: str | None = None,
    save_path: str | os.PathLike[str] | None = None,
    *,
    ax: Axes | None = None,
    cmap: str | Colormap = "viridis",
    figsize: tuple[float, float] | None = None,
) -> Figure:
    """Draw which positions one head attends to.

    Parameters
    ----------
    attn_matrix : array-like, shape [seq, seq], [heads, seq, seq] or [batch, heads, seq, seq]
        Attention probabilities, queries by keys; of a batch the first entry is drawn. Queries and
        keys may differ in number. Values that are not finite are hatched as missing.
    layer_idx : int, default 0
        Layer that the matrix belongs to, for the title.
    head_idx : int, default 0
        Head to draw; a negative one counts from the last. With [seq, seq] it is for the title only.
    title : str, optional
        By default ``Attention pattern (layer L, head H)``. One too long for a line is wrapped.
    save_path : str or PathLike, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    ax : matplotlib.axes.Axes, optional
        Draw here instead of into a new pyplot figure.
    cmap : str or matplotlib.colors.Colormap, default "viridis"
        Colour map. Its scale is always 0 to 1; values beyond it are pointed out on the colour bar.
    figsize : tuple of float, optional
        Width and height of a new figure in inches; by default 7 by 5.8.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open.

    Raises
    ------
    TypeError
        If an argument is of a kind that cannot be read, such as text or complex numbers.
    ValueError
        If `attn_matrix` is empty or has another number of axes, or if it has no head `head_idx`.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from nbrefactor.viz import visualize_attention_matrix
    >>> attention = np.tril(np.ones((8, 5, 5))) / np.arange(1, 6)[:, None]
    >>> figure = visualize_attention_matrix(attention, layer_idx=2, head_idx=7)
    >>> figure.axes[0].get_title()
    'Attention pattern (layer 2, head 7)'
    >>> plt.close(figure)
    """
    check_axes(ax)
    check_figsize(figsize)
    check_save_path(save_path)
    layer = whole_number(layer_idx, "layer_idx")
    pattern, head = select_head(
        to_array(attn_matrix, "attn_matrix"), whole_number(head_idx, "head_idx")
    )
    heat_map = HeatMap(
        values=pattern,
        limits=(0.0, 1.0),
        cmap=find_colormap(cmap),
        title=f"Attention pattern (layer {layer}, head {head})" if title is None else title,
        row_label="Query position (attends)",
        column_label="Key position (is attended to)",
        value_label="Attention probability",
        square=True,
    )
    ax = ax or new_axes(figsize or (7.0, 5.8))
    draw_heat_map(ax, heat_map)
    return finish(ax, save_path)


def select_head(attention: FloatArray, head_idx: int) -> tuple[FloatArray, int]:
    """One head's [queries, keys] of an attention array, and that head's number from 0."""
    if attention.ndim not in (2, 3, 4):
        raise ValueError(
            "attn_matrix must have the axes [seq, seq], [heads, seq, seq] or "
            f"[batch, heads, seq, seq], got shape {attention.shape}"
        )
    if attention.size == 0:
        raise ValueError(
            f"attn_matrix is empty (shape {attention.shape}): there is nothing to draw without "
            "at least one position"
        )
    if attention.ndim == 2:
        return attention, head_idx
    of_heads = attention[0] if attention.ndim == 4 else attention
    heads = len(of_heads)
    if not -heads <= head_idx < heads:
        raise ValueError(
            f"head_idx must be between 0 and {heads - 1} for attn_matrix of shape "
            f"{attention.shape}, got {head_idx}"
        )
    head = head_idx % heads
    return of_heads[head], head

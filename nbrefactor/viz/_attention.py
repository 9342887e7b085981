"""The attention patterns of one head, of several heads or of several layers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ._arrays import check_not_empty, shape_of, to_array, whole_number

if TYPE_CHECKING:
    from ._canvas import Canvas
    from ._heatmap import HeatMap
    from ._types import ArrayLike, Axes, Colormap, Figure, FloatArray, Normalize, SavePath


@dataclass(frozen=True, slots=True)
class Pattern:
    """Attention of one head, shape [queries, keys], and where it is from."""

    values: FloatArray
    layer: int
    head: int
    note: str


def visualize_attention_matrix(
    attn_matrix: ArrayLike | Sequence[ArrayLike],
    layer_idx: int | Sequence[int] | None = 0,
    head_idx: int | Sequence[int] | None = 0,
    title: str | None = None,
    save_path: SavePath = None,
    *,
    first_axis: Literal["batch", "layers"] | None = None,
    tokens: Sequence[Any] | None = None,
    mask_upper: bool = False,
    ax: Axes | Sequence[Axes] | None = None,
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
    """Draw which positions a head attends to; several heads or layers side by side.

    Parameters
    ----------
    attn_matrix : array-like, or sequence of one array-like for each layer
        Attention probabilities, queries by keys, which may differ in number: [seq, seq],
        [heads, seq, seq], [batch, heads, seq, seq], [layers, heads, seq, seq] (see `first_axis`),
        [layers, batch, heads, seq, seq], or what Transformers returns as ``attentions``. Of a
        batch the first entry is drawn. Only what is drawn is copied from its device. Values that
        are not finite are hatched as missing.
    layer_idx, head_idx : int, sequence of int or None, default 0
        What to draw; negative ones count from the last, None stands for all. A layer that
        `attn_matrix` has no axis for is only named in the title, as is the head of [seq, seq].
    title : str, optional
        By default ``Attention pattern (layer L, head H)``. One too long for a line is wrapped.
    save_path : str, PathLike or binary file, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    first_axis : {"batch", "layers"}, optional
        Meaning of the first of four axes. By default it is the batch, unless several layers are
        asked for; where that matters, a note in the plot says so.
    tokens : sequence of str, optional
        Labels of the positions; a pair of sequences where queries and keys differ in number.
    mask_upper : bool, default False
        Leave out the keys after each query.
    ax : matplotlib.axes.Axes or sequence of these, optional
        Draw here instead of into a new pyplot figure, each pattern into axes of its own.
    cmap : str or matplotlib.colors.Colormap, optional
        By default the ``image.cmap`` of `style` if given there, else "viridis".
    vmin, vmax : float, optional
        Ends of the colour scale; by default 0 and 1. Values beyond are pointed out on its bar.
    figsize, style, norm, robust, cbar, cbar_ax, annotate, fmt : optional
        As for `visualize_gradient_norms`; several patterns share one scale and one colour bar.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open in pyplot; a notebook shows it once, and closes it then.

    Raises
    ------
    TypeError
        If an argument is of a kind that cannot be read, such as text or complex numbers.
    ValueError
        If `attn_matrix` is empty, has another number of axes, or lacks the head or the layer.

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
    from . import _canvas, _heatmap

    patterns = select_patterns(attn_matrix, layer_idx, head_idx, first_axis)
    values, alone, common = patterns[0].values, len(patterns) == 1, _names(patterns)[0]
    usual_title = f"Attention pattern{'' if alone else 's'}{common and f' ({common})'}"
    queries, keys = token_names(tokens, values.shape)
    heat_map = _heatmap.HeatMap(
        values,
        limits=(0.0, 1.0),
        colors=_heatmap.Colors(cmap, vmin, vmax, norm, robust, cbar, cbar_ax),
        title=usual_title if title is None else title,
        value_label="Attention probability",
        row_label="Query position (attends)" if alone else "Query",
        column_label="Key position (is attended to)" if alone else "Key",
        formats=_heatmap.number_formats(annotate, fmt, ("{:.2f}", "{:.1f}")),
        row_names=queries,
        column_names=keys,
        hidden=np.triu(np.full(values.shape, mask_upper), 1),
        square=True,
        note=patterns[0].note,
    )
    canvas = _canvas.Canvas(ax, figsize, save_path, style)
    if alone:
        return _heatmap.draw_heat_map(heat_map, canvas, "viridis")
    return _draw_grid(heat_map, patterns, canvas)


def select_patterns(
    attention: Any, layer_idx: Any, head_idx: Any, first_axis: str | None = None
) -> list[Pattern]:
    """Pick the asked layers and heads, as long as the attention is still where it came from."""
    if first_axis not in (None, "batch", "layers"):
        raise ValueError(f"first_axis must be 'batch', 'layers' or None, got {first_axis!r}")
    shape = shape_of(attention)
    if shape is None:
        attention = to_array(attention, "attn_matrix")
        shape = attention.shape
    if len(shape) not in (2, 3, 4, 5):
        more = "[batch or layers, heads, seq, seq] or [layers, batch, heads, seq, seq]"
        axes = f"[seq, seq], [heads, seq, seq], {more}"
        raise ValueError(f"attn_matrix must have the axes {axes}, got shape {shape}")
    check_not_empty(shape, "attn_matrix", "one position")
    usual = "layers" if layer_idx is None or shape_of(layer_idx) != () else "batch"
    has_layers = len(shape) == 5 or (len(shape) == 4 and (first_axis or usual) == "layers")
    layers = _indices(layer_idx, "layer_idx", shape, 0 if has_layers else None)
    heads = _indices(head_idx, "head_idx", shape, len(shape) - 3 if len(shape) > 2 else None)
    note = ""
    if not has_layers and len(shape) == 4 and first_axis is None and 0 != layers[0] < shape[0]:
        note = f"read as [batch, heads, query, key]: entry 0 of {shape[0]}"
    patterns = []
    for layer in layers:
        of_layer = attention[layer] if has_layers else attention
        heads_of_layer = of_layer[0] if len(shape) - has_layers == 4 else of_layer
        for head in heads:
            picked = heads_of_layer[head] if len(shape) > 2 else heads_of_layer
            patterns.append(Pattern(to_array(picked, "attn_matrix"), layer, head, note))
    return patterns


def _indices(chosen: Any, name: str, shape: tuple[int, ...], axis: int | None) -> list[int]:
    """Numbers from 0 of what is chosen along an axis; without an axis they are only names."""
    if chosen is None and axis is not None:
        return list(range(shape[axis]))
    several = shape_of(chosen) != () and not isinstance(chosen, str | None)
    numbers = [whole_number(one, name) for one in (chosen if several else [chosen])]
    if not numbers or (axis is None and several):
        raise ValueError(f"{name} must name one of attn_matrix of shape {shape}, got {chosen!r}")
    if axis is None:
        return numbers
    count = shape[axis]
    beyond = [number for number in numbers if not -count <= number < count]
    if beyond:
        allowed = f"between 0 and {count - 1} for attn_matrix of shape {shape}"
        raise ValueError(f"{name} must be {allowed}, got {beyond[0]}")
    return [number % count for number in numbers]


def token_names(tokens: Any, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """Labels of the queries and of the keys."""
    if tokens is None:
        return None, None
    if isinstance(tokens, str) or not isinstance(tokens, Iterable):
        raise TypeError(f"tokens must be a sequence of labels, got {type(tokens).__name__}")
    names = list(tokens)
    paired = len(names) == 2 and all(isinstance(part, list | tuple | np.ndarray) for part in names)
    queries, keys = (list(part) for part in names) if paired else (names, names)
    if (len(queries), len(keys)) != shape:
        labels = f"{shape[0]} queries and {shape[1]} keys, got {len(queries)} and {len(keys)}"
        pair = "where they differ give the pair (query_tokens, key_tokens)"
        raise ValueError(f"tokens must label {labels}; {pair}")
    return queries, keys


def _names(patterns: list[Pattern]) -> tuple[str, list[str]]:
    """Name what all patterns have in common, and what each has alone."""
    places = [{"layer": one.layer, "head": one.head} for one in patterns]
    shared = {part for part in places[0] if len({place[part] for place in places}) == 1}
    common = ", ".join(f"{part} {number}" for part, number in places[0].items() if part in shared)
    own = [
        ", ".join(f"{part} {number}" for part, number in place.items() if part not in shared)
        for place in places
    ]
    return common, own


def _draw_grid(heat_map: HeatMap, patterns: list[Pattern], canvas: Canvas) -> Figure:
    """Draw several patterns on one colour scale, with one colour bar."""
    from matplotlib import rcParams

    from ._canvas import open_figure, settle_layout
    from ._heatmap import paint, write

    columns = math.ceil(math.sqrt(len(patterns)))
    rows = math.ceil(len(patterns) / columns)
    if canvas.given and len(canvas.given) != len(patterns):
        several = f"one axes for each of the {len(patterns)} patterns"
        raise ValueError(f"ax must hold {several}, got {len(canvas.given)}")
    least = (9.0 * columns + 9, 8.0 * rows + 9)
    with open_figure(canvas, (22.0 * columns + 9, 20.0 * rows + 7), least) as figure:
        axes, colors = canvas.given, heat_map.colors
        if not canvas.given:
            figure.suptitle(heat_map.title or "", wrap=True)
            figure.supxlabel(heat_map.column_label, size=rcParams["axes.labelsize"])
            figure.supylabel(heat_map.row_label, size=rcParams["axes.labelsize"])
            heat_map = replace(heat_map, row_label="", column_label="")
            grid = figure.add_gridspec(rows, columns + 1, width_ratios=[1] * columns + [0.06])
            axes = [figure.add_subplot(grid[divmod(n, columns)]) for n in range(len(patterns))]
            if colors.cbar and colors.cbar_ax is None:
                colors = replace(colors, cbar_ax=figure.add_subplot(grid[:, columns]))
        every_value = np.concatenate([pattern.values.ravel() for pattern in patterns])
        whole = replace(heat_map, scaled_by=every_value, colors=replace(colors, cbar=False))
        parts = [
            replace(whole, values=pattern.values, title=name.capitalize())
            for pattern, name in zip(patterns, _names(patterns)[1], strict=True)
        ]
        parts[-1] = replace(parts[-1], colors=colors)
        for ax, part in zip(axes, parts, strict=True):
            paint(ax, part)
        settle_layout(*axes)
        for ax, part in zip(axes, parts, strict=True):
            write(ax, part)
    return figure

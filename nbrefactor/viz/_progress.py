"""The course of a training: loss, head counts, sparsity and perplexity over the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ._arrays import finite_number, to_array, whole_number
from ._numbers import downsample, epoch_boundaries, smooth, spread

if TYPE_CHECKING:
    from ._types import ArrayLike, Axes, Figure, FloatArray, NDArray, Recorded, SavePath

_KNOWN = ("train_loss", "eval_loss", "pruned_heads", "revived_heads", "sparsity", "perplexity")
# Heads that were pruned or revived at a step; without a cumulative count nothing is in between.
EVENTS = ("pruned_heads", "revived_heads")
# Beyond this many points a marker on each would hide the line.
_MOST_MARKERS = 60


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric as it is drawn.

    Parameters
    ----------
    steps, values : ndarray, shape [n]
        Points of the line; a NaN value is a gap in it.
    raw : ndarray, shape [n]
        The values before they were smoothed, at the same steps.
    missing : ndarray, shape [m]
        Steps whose value is not finite.
    dots : ndarray of bool, shape [n]
        Points that are shown by a marker: each of few, else those between two gaps.
    """

    steps: FloatArray
    values: FloatArray
    raw: FloatArray
    missing: FloatArray
    dots: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class History:
    """A whole training as it is drawn.

    Parameters
    ----------
    curves : dict of str to Curve
        By metric; metrics that were not recorded are absent.
    boundaries : tuple of (float, int)
        Step at which an epoch begins, and its number.
    steps : ndarray, shape [n]
        All steps, in the order in which they came.
    metrics : tuple of str
        Metrics that have a panel of their own.
    cumulative : bool
        Whether numbers of heads are running totals.
    """

    curves: dict[str, Curve]
    boundaries: tuple[tuple[float, int], ...]
    steps: FloatArray
    metrics: tuple[str, ...]
    cumulative: bool


def visualize_training_progress(
    metrics_history: Mapping[str, ArrayLike],
    max_display_points: int = 100,
    figsize: tuple[float, float] = (10, 8),
    save_path: SavePath = None,
    *,
    title: str | None = None,
    metrics: Sequence[str] = (),
    log_loss: bool = False,
    smoothing: float = 0.0,
    cumulative: bool = False,
    ax: Axes | Sequence[Axes] | None = None,
    style: Any = None,
) -> Figure:
    """Draw the course of a training in panels: loss, head counts, sparsity and perplexity, others.

    Parameters
    ----------
    metrics_history : mapping of str to array-like of shape [steps]
        ``step`` and any of ``train_loss``, ``eval_loss``, ``pruned_heads``, ``revived_heads``
        (numbers of heads), ``sparsity`` (a fraction, or percent where a value is above 1),
        ``perplexity`` and ``epoch``. Other keys are looked at where `metrics` names them. A list
        may be shorter than ``step``; it then belongs to the first steps. Entries may be None or
        NaN: a metric recorded at fewer than half of its steps is joined over them; in any other
        they leave a gap in the line and a cross on the lower edge of the panel. An infinite value
        always has its cross. Where all lists are empty the panels say that nothing is recorded yet.
    max_display_points : int, default 100
        Most points to draw for each metric. The first and the last one, and the smallest and the
        largest, are always among them, so fewer than 4 count as 4.
    figsize : tuple of float, default (10, 8)
        Width and height of a new figure in inches.
    save_path : str, PathLike or binary file, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    title : str, optional
        Title above all panels, wrapped where it is too long for one line.
    metrics : sequence of str, default ()
        Further keys of the history, such as ``"lr"``, each to be drawn in a panel of its own.
    log_loss : bool, default False
        Draw losses on a logarithmic scale.
    smoothing : float, default 0.0
        Weight of the past, from 0 to below 1, in moving averages of losses, perplexity and
        `metrics`; the values themselves are then drawn faintly behind them.
    cumulative : bool, default False
        Draw ``pruned_heads`` and ``revived_heads`` as running totals instead of as one bar for each
        step at which heads were pruned (upwards) or revived (downwards).
    ax : matplotlib.axes.Axes or sequence of these, optional
        Draw here instead of into a new pyplot figure: into one axes for each panel, or into one,
        which is then divided. An earlier plot there is replaced.
    style : str, mapping or list of these, optional
        Matplotlib style or rcParams for this plot, as ``matplotlib.style.context`` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open in pyplot; a notebook shows it once, and closes it then. Vertical
        lines show where an epoch begins.

    Raises
    ------
    TypeError
        If `metrics_history` is not a mapping, or an argument is of a kind that cannot be read.
    ValueError
        If ``step`` is absent or not finite, if a metric is not in the history, or if a list is
        longer than ``step``.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from nbrefactor.viz import visualize_training_progress
    >>> history = {
    ...     "step": [0, 10, 20, 30],
    ...     "train_loss": [2.5, 1.8, 1.2, 1.0],
    ...     "eval_loss": [2.6, None, 1.5, None],
    ...     "sparsity": [0.0, 0.1, 0.2],
    ...     "epoch": [0, 0, 1, 1],
    ... }
    >>> figure = visualize_training_progress(history)
    >>> [panel.get_ylabel() for panel in figure.axes]
    ['Loss', 'Heads', 'Sparsity (fraction)']
    >>> plt.close(figure)
    """
    from ._canvas import Canvas
    from ._panels import draw_panels

    if isinstance(metrics, str) or not all(isinstance(key, str) for key in metrics):
        raise TypeError(f"metrics must be a sequence of keys of the history, got {metrics!r}")
    weight = finite_number(smoothing, "smoothing")
    if not 0 <= weight < 1:
        raise ValueError(f"smoothing must be from 0 to below 1, got {weight:g}")
    points = whole_number(max_display_points, "max_display_points")
    if points < 1:
        raise ValueError(f"max_display_points must be at least 1, got {points}")
    canvas = Canvas(ax, figsize, save_path, style)
    recorded = read_history(metrics_history, tuple(metrics))
    history = reduce_history(recorded, points, weight, cumulative, tuple(metrics))
    return draw_panels(history, title, log_loss, canvas)


def read_history(history: Mapping[str, Any], metrics: tuple[str, ...] = ()) -> Recorded:
    """Check a history; what of it is known or asked for, as arrays without empty ones."""
    if not (hasattr(history, "keys") and hasattr(history, "__getitem__")):
        kind = type(history).__name__
        raise TypeError(f"metrics_history must map metric names to lists, got {kind}")
    keys = sorted(map(str, history.keys()))
    absent = [key for key in metrics if key not in history]
    if absent:
        raise ValueError(f"metrics names {absent[0]!r}, but metrics_history has the keys {keys}")
    named = [key for key in ("step", "epoch", *_KNOWN, *metrics) if key in history]
    told = {key: f"metrics_history[{key!r}]" for key in named if history[key] is not None}
    recorded = {key: to_array(history[key], name) for key, name in told.items()}
    for key, values in recorded.items():
        if values.ndim != 1:
            raise ValueError(f"{told[key]} must be one value a step, got shape {values.shape}")
    recorded = {key: values for key, values in recorded.items() if len(values)}
    steps = recorded.get("step", np.empty(0))
    if not recorded and ("step" in named or not keys):
        return {"step": steps}
    if "step" not in recorded:
        raise ValueError(f"metrics_history must have 'step' with values, got the keys {keys}")
    if named == ["step"]:
        others = "; metrics= names others"
        wanted = f"at least one metric besides 'step' ({', '.join((*_KNOWN, 'epoch'))})"
        raise ValueError(f"metrics_history must have {wanted}, got the keys {keys}{others}")
    for at in np.flatnonzero(~np.isfinite(steps)):
        raise ValueError(f"{told['step']} must be finite, got {steps[at]} at position {at}")
    for key, values in recorded.items():
        if len(values) > len(steps):
            shapes = f"got shapes {values.shape} and {steps.shape}"
            raise ValueError(f"{told[key]} must not be longer than {told['step']}, {shapes}")
    return recorded


def reduce_history(
    recorded: Recorded, points: int, weight: float, cumulative: bool, metrics: tuple[str, ...]
) -> History:
    """Reduce each metric of a history to the points to draw."""
    steps, epochs = recorded["step"], recorded.get("epoch", np.empty(0))
    curves = {}
    for key, values in recorded.items():
        if key in ("step", "epoch"):
            continue
        at = steps[: len(values)]
        if key in EVENTS and not cumulative:
            # Steps at which nothing happened have no bar, whatever the number of points.
            happened = ~np.isfinite(values) | (values != 0)
            at, values = at[happened], values[happened]
        smoothing = 0.0 if key in (*EVENTS, "sparsity") else weight
        curves[key] = reduce_metric(at, values, points, smoothing)
    boundaries = tuple(epoch_boundaries(steps[: len(epochs)], epochs))
    return History(curves, boundaries, steps, metrics, cumulative)


def reduce_metric(steps: FloatArray, values: FloatArray, points: int, weight: float = 0) -> Curve:
    """Points of one metric to draw, and the steps at which its value is missing."""
    finite = np.isfinite(values)
    mostly_there = 2 * np.count_nonzero(finite) >= len(values)
    # A metric recorded every so many steps is not missing in between; infinity always is.
    missing = steps[~finite] if mostly_there else steps[np.isinf(values)]
    missing = missing[spread(len(missing), points)]
    at = np.flatnonzero(finite)
    if mostly_there and len(at):
        at = np.arange(at[0], at[-1] + 1)
    raw = np.where(finite[at], values[at], np.nan)
    line = smooth(raw, weight) if weight else raw
    kept = downsample(raw, points)
    drawn = np.isfinite(line[kept])
    around = np.pad(drawn, 1)
    few = np.count_nonzero(finite) <= _MOST_MARKERS
    dots = drawn if few else drawn & ~around[:-2] & ~around[2:]
    return Curve(steps[at][kept], line[kept], raw[kept], missing, dots)

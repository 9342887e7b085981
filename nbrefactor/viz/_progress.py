"""The course of a training: loss, head counts, sparsity and perplexity over the steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ._arrays import to_array, whole_number
from ._figure import (
    MISSING_LABEL,
    check_figsize,
    check_save_path,
    finish,
    settle_layout,
    size_in_points,
)
from ._numbers import downsample, epoch_boundaries, spread

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike

    from ._arrays import FloatArray

_SERIES = (
    "train_loss",
    "eval_loss",
    "pruned_heads",
    "revived_heads",
    "sparsity",
    "perplexity",
)
# Okabe and Ito's colours, which stay apart under every kind of colour blindness.
_BLUE, _ORANGE, _GREEN, _PURPLE = "#0072b2", "#d55e00", "#009e73", "#8c4799"
_RED = "#c1121f"
# Distances of integer ticks, times a power of ten.
_ROUND = (1, 2, 5, 10)
# Beyond this many points a marker on each would hide the line.
_MOST_MARKERS = 60
_MOST_EPOCH_LINES = 60


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric as it is drawn.

    Parameters
    ----------
    steps, values : ndarray, shape [n]
        Points of the line; a NaN value is a gap in it.
    missing : ndarray, shape [m]
        Steps whose value is not finite.
    few : bool
        Whether so few points were recorded that each is shown by a marker.
    """

    steps: FloatArray
    values: FloatArray
    missing: FloatArray
    few: bool


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
    """

    curves: dict[str, Curve]
    boundaries: tuple[tuple[float, int], ...]
    steps: FloatArray


def visualize_training_progress(
    metrics_history: Mapping[str, ArrayLike],
    max_display_points: int = 100,
    figsize: tuple[float, float] = (10, 8),
    save_path: str | os.PathLike[str] | None = None,
    *,
    ax: Axes | Sequence[Axes] | None = None,
) -> Figure:
    """Draw the course of a training in three panels: loss, head counts, sparsity and perplexity.

    Parameters
    ----------
    metrics_history : mapping of str to array-like of shape [steps]
        ``step`` and at least one of ``train_loss``, ``eval_loss``, ``pruned_heads``,
        ``revived_heads`` (numbers of heads), ``sparsity`` (a fraction, or percent where a value is
        above 1), ``perplexity`` and ``epoch``. Other keys are not looked at. A list may be shorter
        than ``step``; it then belongs to the first steps. Entries may be None or NaN: a metric
        recorded at fewer than half of its steps is joined over them; in any other they leave a gap
        in the line and a cross on the lower edge of the panel. An infinite value always has its
        cross.
    max_display_points : int, default 100
        Most points to draw for each metric. The first and the last one, and the smallest and the
        largest, are always among them, so fewer than 4 count as 4.
    figsize : tuple of float, default (10, 8)
        Width and height of a new figure in inches.
    save_path : str or PathLike, optional
        Where to save the figure as well; missing folders are made. None and ``""`` save nothing.
    ax : matplotlib.axes.Axes or sequence of three, optional
        Draw here instead of into a new pyplot figure: into three axes (loss, heads, sparsity), or
        into one, which is then divided into the three panels.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, still open. Vertical lines show where an epoch begins.

    Raises
    ------
    TypeError
        If `metrics_history` is not a mapping, or an argument is of a kind that cannot be read.
    ValueError
        If ``step`` is absent, empty or not finite, if nothing else was recorded, or if a list is
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
    given = _check_panels(ax)
    check_figsize(figsize)
    check_save_path(save_path)
    points = whole_number(max_display_points, "max_display_points")
    if points < 1:
        raise ValueError(f"max_display_points must be at least 1, got {points}")
    history = read_history(metrics_history, points)

    panels = _new_panels(history, figsize) if given is None else _three_panels(given)
    _draw_loss(panels[0], history.curves)
    _draw_heads(panels[1], history.curves)
    _draw_sparsity(panels[2], history.curves)
    for panel in panels:
        _finish_steps(panel, panels[2], history)
    settle_layout(panels[0])
    _draw_epochs(panels, history)
    return finish(panels[0], save_path)


def read_history(metrics_history: Mapping[str, ArrayLike], max_points: int) -> History:
    """Check a history and reduce each of its metrics to the points to draw."""
    if not (hasattr(metrics_history, "keys") and hasattr(metrics_history, "__getitem__")):
        raise TypeError(
            f"metrics_history must map metric names to lists, got {type(metrics_history).__name__}"
        )
    recorded = {
        key: _read_metric(metrics_history[key], key)
        for key in ("step", "epoch", *_SERIES)
        if key in metrics_history and metrics_history[key] is not None
    }
    steps = recorded.pop("step", None)
    if steps is None:
        raise ValueError(
            "metrics_history must have the key 'step', got the keys "
            f"{sorted(map(str, metrics_history.keys()))}"
        )
    if len(steps) == 0:
        raise ValueError("metrics_history['step'] is empty: there is nothing to draw yet")
    if not np.isfinite(steps).all():
        position = int(np.flatnonzero(~np.isfinite(steps))[0])
        raise ValueError(
            f"metrics_history['step'] must be finite, got {steps[position]} at position {position}"
        )
    for key, values in recorded.items():
        if len(values) > len(steps):
            raise ValueError(
                f"metrics_history[{key!r}] must not be longer than metrics_history['step'], got "
                f"shapes {values.shape} and {steps.shape}"
            )
    recorded = {key: values for key, values in recorded.items() if len(values)}
    if not recorded:
        raise ValueError(
            "metrics_history must have values of at least one metric besides 'step': "
            f"{', '.join((*_SERIES, 'epoch'))}"
        )
    epochs = recorded.pop("epoch", np.empty(0))
    return History(
        curves={
            key: reduce_metric(steps[: len(values)], values, max_points)
            for key, values in recorded.items()
        },
        boundaries=tuple(epoch_boundaries(steps[: len(epochs)], epochs)),
        steps=steps,
    )


def reduce_metric(steps: FloatArray, values: FloatArray, max_points: int) -> Curve:
    """Points of one metric to draw, and the steps at which its value is missing."""
    finite = np.isfinite(values)
    mostly_there = 2 * np.count_nonzero(finite) >= len(values)
    # A metric recorded every so many steps is not missing in between; infinity always is.
    missing = steps[~finite] if mostly_there else steps[np.isinf(values)]
    missing = missing[spread(len(missing), max_points)] if len(missing) else missing
    at = np.flatnonzero(finite)
    if mostly_there and len(at):
        at = np.arange(at[0], at[-1] + 1)
    line = np.where(finite[at], values[at], np.nan)
    kept = downsample(line, max_points)
    few = bool(np.count_nonzero(finite) <= _MOST_MARKERS)
    return Curve(steps[at][kept], line[kept], missing, few)


def _read_metric(values: object, key: str) -> FloatArray:
    name = f"metrics_history[{key!r}]"
    array = to_array(values, name)
    if array.ndim != 1:
        raise ValueError(f"{name} must be a list with one value a step, got shape {array.shape}")
    return array


def _check_panels(ax: object) -> tuple[Axes, ...] | None:
    from matplotlib.axes import Axes

    if ax is None:
        return None
    if isinstance(ax, Axes):
        return (ax,)
    if not isinstance(ax, Sequence | np.ndarray) or isinstance(ax, str):
        raise TypeError(
            f"ax must be Matplotlib axes, a sequence of three or None, got {type(ax).__name__}"
        )
    panels: list[Any] = list(np.ravel(np.asarray(ax, dtype=object)))
    if len(panels) != 3:
        raise ValueError(
            f"ax must be one Matplotlib axes or three (loss, heads, sparsity), got {len(panels)}"
        )
    for panel in panels:
        if not isinstance(panel, Axes):
            raise TypeError(f"ax must hold Matplotlib axes, got {type(panel).__name__}")
    return tuple(panels)


def _three_panels(given: tuple[Axes, ...]) -> tuple[Axes, ...]:
    if len(given) == 3:
        return given
    (whole,) = given
    whole.set_axis_off()
    place = whole.get_subplotspec()
    if place is None:
        bottom = whole.inset_axes((0, 0.0, 1, 0.25))
        middle = whole.inset_axes((0, 0.36, 1, 0.25), sharex=bottom)
        return whole.inset_axes((0, 0.72, 1, 0.25), sharex=bottom), middle, bottom
    # Insets would do here too, but layout engines warn of the second axis of an inset.
    panels: Any = place.subgridspec(3, 1).subplots(sharex=True)
    return tuple(panels)


def _new_panels(history: History, figsize: tuple[float, float]) -> tuple[Axes, ...]:
    import matplotlib.pyplot as plt

    shown = [any(key in history.curves for key in _SERIES[at : at + 2]) for at in (0, 2, 4)]
    _, panels = plt.subplots(
        3,
        1,
        figsize=figsize,
        sharex=True,
        layout="tight",
        height_ratios=[1.0 if any_curve else 0.3 for any_curve in shown],
    )
    return tuple(panels)


def _draw_loss(ax: Axes, curves: dict[str, Curve]) -> None:
    ax.set_ylabel("Loss")
    if "train_loss" in curves:
        _draw_curve(ax, curves["train_loss"], "train", _BLUE)
    if "eval_loss" in curves:
        _draw_curve(ax, curves["eval_loss"], "eval", _ORANGE, ls="--")
    _finish_values(ax, [ax])


def _draw_heads(ax: Axes, curves: dict[str, Curve]) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.set_ylabel("Heads")
    # A count holds until the next one.
    if "pruned_heads" in curves:
        _draw_curve(ax, curves["pruned_heads"], "pruned", _RED, drawstyle="steps-post")
    if "revived_heads" in curves:
        _draw_curve(ax, curves["revived_heads"], "revived", _GREEN, ls="--", drawstyle="steps-post")
    ax.yaxis.set_major_locator(MaxNLocator(6, steps=_ROUND, integer=True, min_n_ticks=1))
    _finish_values(ax, [ax])


def _draw_sparsity(ax: Axes, curves: dict[str, Curve]) -> None:
    drawn = [ax]
    if "sparsity" in curves:
        values = curves["sparsity"].values
        percent = bool(np.any(values[np.isfinite(values)] > 1))
        ax.set_ylabel("Sparsity (%)" if percent else "Sparsity (fraction)")
        _draw_curve(ax, curves["sparsity"], "sparsity", _GREEN, drawstyle="steps-post")
    else:
        ax.set_ylabel("Sparsity")
    if "perplexity" in curves:
        right = ax.twinx()
        right.set_ylabel("Perplexity")
        _draw_curve(right, curves["perplexity"], "perplexity", _PURPLE, ls="--")
        drawn.append(right)
        if "sparsity" not in curves:
            ax.set_yticks([])
            ax.set_ylabel("")
    _finish_values(ax, drawn)


def _draw_curve(ax: Axes, curve: Curve, label: str, color: str, **look: Any) -> None:
    ax.plot(curve.steps, curve.values, label=label, color=color, **look)
    points = np.isfinite(curve.values)
    if not curve.few:
        # Only a point between two gaps needs a marker to be seen.
        padded = np.pad(points, 1)
        points &= ~padded[:-2] & ~padded[2:]
    ax.plot(curve.steps[points], curve.values[points], ls="", marker=".", color=color, label="_")
    if len(curve.missing):
        ax.plot(
            curve.missing,
            np.zeros_like(curve.missing),
            ls="",
            marker="x",
            ms=4,
            color=color,
            alpha=0.8,
            clip_on=False,
            transform=ax.get_xaxis_transform(),
            label=f"{label}: {MISSING_LABEL}",
        )


def _finish_values(ax: Axes, drawn: list[Axes]) -> None:
    lines = [line for part in drawn for line in part.get_lines()]
    named: list[Line2D] = [line for line in lines if not str(line.get_label()).startswith("_")]
    named.sort(key=lambda line: str(line.get_label()).endswith(MISSING_LABEL))
    if not named:
        ax.set_yticks([])
        ax.text(
            0.5, 0.5, "not recorded", transform=ax.transAxes, ha="center", va="center", alpha=0.6
        )
        return
    ax.grid(alpha=0.3)
    # Above the panel, where it hides no point; on the upper of two axes, so that none covers it.
    drawn[-1].legend(
        handles=named,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=len(named),
        frameon=False,
        borderaxespad=0.1,
        fontsize="small",
    )


def _finish_steps(ax: Axes, lowest: Axes, history: History) -> None:
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    low, high = float(history.steps.min()), float(history.steps.max())
    margin = 0.02 * (high - low) or 0.5
    ax.set_xlim(low - margin, high + margin)
    if not np.any(history.steps % 1):
        ax.xaxis.set_major_locator(MaxNLocator("auto", steps=_ROUND, integer=True, min_n_ticks=1))
        ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if ax is lowest or not ax.get_shared_x_axes().joined(ax, lowest):
        ax.set_xlabel("Training step")
    else:
        ax.tick_params(labelbottom=False)


def _draw_epochs(panels: tuple[Axes, ...], history: History) -> None:
    boundaries = history.boundaries
    if not boundaries:
        return
    for at in spread(len(boundaries), _MOST_EPOCH_LINES):
        for panel in panels:
            panel.axvline(boundaries[at][0], color="0.5", ls=":", lw=0.9, zorder=0.5)
    top = panels[0]
    bottom, upper = top.get_ylim()
    top.set_ylim(bottom, upper + 0.14 * (upper - bottom))
    width, _ = size_in_points(top)
    left, right = top.get_xlim()
    free = 0.0
    for step, epoch in boundaries:
        text = f"epoch {epoch}"
        room = 5.2 * len(text)
        start = (step - left) / (right - left) * width
        if start < free or start + room > width:
            continue
        top.annotate(
            text,
            xy=(step, 1),
            xycoords=("data", "axes fraction"),
            xytext=(2, -3),
            textcoords="offset points",
            va="top",
            fontsize=8,
            alpha=0.75,
        )
        free = start + room

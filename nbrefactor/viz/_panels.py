"""Drawing of a training that is read already: one panel for each kind of metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from . import _canvas
from ._canvas import MISSING_LABEL, PRUNED, REVIVED, Canvas, em
from ._numbers import spread
from ._progress import EVENTS, Curve, History

if TYPE_CHECKING:
    from ._types import Axes, Figure

_PANELS = {"Loss": ("train_loss", "eval_loss"), "Heads": EVENTS, "Sparsity": ("sparsity",)}
# Colours of Okabe and Ito, which stay apart under every kind of colour blindness.
_LOOKS: dict[str, dict[str, Any]] = {
    "train_loss": {"label": "train", "color": "#0072b2"},
    "eval_loss": {"label": "eval", "color": "#d55e00", "ls": "--"},
    "pruned_heads": {"label": "pruned", "color": PRUNED, "drawstyle": "steps-post"},
    "revived_heads": {"label": "revived", "color": REVIVED, "ls": "--", "drawstyle": "steps-post"},
    "sparsity": {"label": "sparsity", "color": "#56b4e9", "drawstyle": "steps-post"},
    "perplexity": {"label": "perplexity", "color": "#a1569f", "ls": "--"},
}
_OTHER_COLOR = "#c98a00"
# Distances of integer ticks, times a power of ten.
_ROUND = (1, 2, 5, 10)
_MOST_EPOCH_LINES = 60


def draw_panels(history: History, title: str | None, log_loss: bool, canvas: Canvas) -> Figure:
    """Draw a training into given axes or a new figure."""
    keys = {**_PANELS, **{key: (key,) for key in history.metrics}}
    if len(canvas.given) not in (0, 1, len(keys)):
        panels = f"{len(keys)} ({', '.join(keys).lower()})"
        raise ValueError(f"ax must be one Matplotlib axes or {panels}, got {len(canvas.given)}")
    size = (44.0, 11.0 * len(keys) + 5)
    with _canvas.open_figure(canvas, size, size) as figure:
        axes = _divide(figure, canvas, keys, history)
        for ax, (label, shown) in zip(axes, keys.items(), strict=True):
            _draw_panel(ax, label, shown, history)
        loss, _, sparsity, *_ = axes
        if log_loss and loss.has_data():
            loss.set_yscale("log")
            loss.yaxis.set(major_locator=LogLocator(subs=(1, 2, 5)), major_formatter="{x:g}")
            loss.yaxis.set_minor_formatter("")
        right = _draw_perplexity(sparsity, history)
        _canvas.write_plainly(*axes, *right)
        for ax in axes:
            _label_steps(ax, axes[-1], history.steps)
        heights = [_draw_legend(ax, right if ax is sparsity else []) for ax in axes]
        _canvas.draw_title(loss, title, heights[0])
        _canvas.settle_layout(loss)
        if history.boundaries:
            _draw_epochs(axes, history.boundaries)
    return figure


def _divide(
    figure: Figure, canvas: Canvas, keys: dict[str, tuple[str, ...]], history: History
) -> list[Axes]:
    """Axes for each panel: those given, or parts of the one given or of a new figure."""
    if len(canvas.given) == len(keys):
        return canvas.given
    if not canvas.given:
        curves = history.curves
        used = [any(key in curves for key in shown) or not curves for shown in keys.values()]
        used[2] |= "perplexity" in curves
        heights = np.where(used, 1.0, 0.3)
        return list(figure.subplots(len(keys), sharex=True, height_ratios=heights.tolist()))
    (whole,) = canvas.given
    whole.set_axis_off()
    place, box = whole.get_subplotspec(), whole.get_position()
    if place is None:
        edges = dict(zip(("left", "bottom", "right", "top"), box.extents, strict=True))
        grid: Any = figure.add_gridspec(len(keys), 1, hspace=0.6, **edges)
    else:
        grid = place.subgridspec(len(keys), 1)
    panels = list(grid.subplots(sharex=True))
    _canvas.remember(whole, *panels)
    return panels


def _draw_panel(ax: Axes, label: str, keys: tuple[str, ...], history: History) -> None:
    present = {key: history.curves[key] for key in keys if key in history.curves}
    ax.set_ylabel(label)
    ax.grid(**({"alpha": 0.3} if present else {"visible": False}))
    for key, curve in present.items():
        _draw_curve(ax, key, curve, bars=key in EVENTS and not history.cumulative)
    if not present:
        ax.set_yticks([])
        if label == "Sparsity" and "perplexity" in history.curves:
            ax.set_ylabel("")
        else:
            note = "not recorded" if len(history.steps) else "nothing recorded yet"
            ax.text(0.5, 0.5, note, transform=ax.transAxes, ha="center", va="center", alpha=0.6)
    elif label == "Heads":
        ax.yaxis.set_major_locator(MaxNLocator(5, steps=_ROUND, integer=True, min_n_ticks=1))
        if not history.cumulative:
            # Revived heads are drawn downwards; their number is not negative.
            ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):g}"))
            ax.axhline(0, color=mpl.rcParams["axes.edgecolor"], lw=mpl.rcParams["axes.linewidth"])
    elif label == "Sparsity":
        values = present["sparsity"].values
        ax.set_ylabel("Sparsity (%)" if np.nanmax(values, initial=0) > 1 else "Sparsity (fraction)")
        ax.set_ylim(bottom=0 if np.nanmin(values, initial=0) >= 0 else None)


def _draw_perplexity(ax: Axes, history: History) -> list[Axes]:
    """Draw perplexity into a second axes over the given one, if it was recorded."""
    if "perplexity" not in history.curves:
        return []
    right = ax.twinx()
    _canvas.remember(ax, right)
    right.set_ylabel("Perplexity")
    # Its grid would cross that of the sparsity.
    right.grid(False)
    _draw_curve(right, "perplexity", history.curves["perplexity"])
    return [right]


def _draw_curve(ax: Axes, key: str, curve: Curve, bars: bool = False) -> None:
    look = _LOOKS.get(key, {"label": key, "color": _OTHER_COLOR})
    label, color = look["label"], look["color"]
    if bars:
        up = -1 if key == "revived_heads" else 1
        width = float(np.clip(300 / max(len(curve.steps), 1), 1.5, 8))
        ax.vlines(curve.steps, 0, up * curve.values, color=color, lw=width, label=label)
    else:
        if not np.array_equal(curve.values, curve.raw, equal_nan=True):
            ax.plot(curve.steps, curve.raw, color=color, alpha=0.25, label="_")
        ax.plot(curve.steps, curve.values, **look)
        at, values = curve.steps[curve.dots], curve.values[curve.dots]
        ax.plot(at, values, ls="", marker=".", color=color, label="_")
    if len(curve.missing):
        cross: Any = {"marker": "x", "ms": 4, "ls": "", "color": color, "alpha": 0.8}
        cross |= {"transform": ax.get_xaxis_transform(), "clip_on": False}
        ax.plot(curve.missing, 0 * curve.missing, label=f"{label}: {MISSING_LABEL}", **cross)


def _draw_legend(ax: Axes, twins: list[Axes]) -> float:
    """Draw one legend for axes and their twins, on the upper of them; its height in points."""
    handles = [handle for one in [ax, *twins] for handle in one.get_legend_handles_labels()[0]]
    handles.sort(key=lambda handle: str(handle.get_label()).endswith(MISSING_LABEL))
    return _canvas.draw_legend([ax, *twins][-1], handles, "right") if handles else 0.0


def _label_steps(ax: Axes, lowest: Axes, steps: Any) -> None:
    if len(steps):
        ax.update_datalim(np.stack([steps, steps], 1), updatey=False)
        ax.margins(x=0.02)
    else:
        ax.set_xticks([])
    if len(steps) and not np.any(steps % 1):
        ax.xaxis.set_major_locator(MaxNLocator("auto", steps=_ROUND, integer=True, min_n_ticks=1))
        ax.xaxis.set_major_formatter("{x:,.0f}")
    if ax is lowest or not ax.get_shared_x_axes().joined(ax, lowest):
        ax.set_xlabel("Training step")


def _draw_epochs(panels: list[Axes], boundaries: tuple[tuple[float, int], ...]) -> None:
    """Draw a line where an epoch begins, and name as many epochs as there is room for."""
    for at in spread(len(boundaries), _MOST_EPOCH_LINES):
        for panel in panels:
            panel.axvline(boundaries[at][0], color="0.5", ls=":", lw=0.9, zorder=0.5)
    top, size = panels[0], 0.8 * em()
    # Room for the names above the curves, on any scale.
    upper = top.transAxes.transform((0, 1 + 1.6 * size / _canvas.size_in_points(top)[1]))
    top.set_ylim(top=top.transData.inverted().transform(upper)[1])
    place: Any = {"xycoords": ("data", "axes fraction"), "textcoords": "offset fontsize"}
    look: Any = {"va": "top", "fontsize": size, "alpha": 0.75}
    free = -np.inf
    for step, epoch in boundaries:
        if step >= free:
            name = top.annotate(f"epoch {epoch}", (step, 1), (0.25, -0.25), **place, **look)
            box = name.get_window_extent().padded(0.25 * size)
            free = top.transData.inverted().transform(box.max)[0]
            if box.x1 > top.bbox.x1:
                name.remove()

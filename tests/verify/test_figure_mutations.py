"""The demo's plotting functions, changed in one place: harm is found, a restyling passes."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from nbrefactor import viz
from nbrefactor.run.recorder.figures import describe_figure
from nbrefactor.run.recorder.log import to_json
from nbrefactor.verify.figures.compare import compare_figures
from nbrefactor.verify.figures.values import FigureComparison
from nbrefactor.verify.known_words import words_of

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[2] / "fixtures" / "NeuralPlasticityDemo.ipynb"
RNG = np.random.default_rng(3)
GRID = RNG.random((4, 6))
ATTENTION = RNG.dirichlet(np.ones(9), (2, 6, 9))
HOLES = np.where(GRID > 0.2, GRID, np.nan)
STEPS = np.arange(5, 405, 5)
HISTORY = {
    "step": STEPS,
    "epoch": STEPS // 101,
    "train_loss": 2 * np.exp(-STEPS / 90) + 0.02 * RNG.random(80),
    "eval_loss": 2.2 * np.exp(-STEPS / 90) + 0.02 * RNG.random(80),
    "pruned_heads": STEPS // 100,
    "revived_heads": STEPS // 200,
    "sparsity": STEPS / 1000,
    "perplexity": 9 * np.exp(-STEPS / 90),
}
Call = Callable[[Any], Any]
CALLS: dict[str, Call] = {
    "visualize_gradient_norms": lambda plot: plot(
        GRID, [(0, 2), (3, 5)], [(1, 4)], title="Cycle 1"
    ),
    "visualize_attention_matrix": lambda plot: plot(ATTENTION, layer_idx=1, head_idx=3),
    "plot_entropy": lambda plot: plot(GRID, "Entropy after warm-up"),
    "visualize_normalized_entropy": lambda plot: plot(HOLES, 1.0, title="Normalized"),
    "visualize_training_progress": lambda plot: plot(HISTORY, max_display_points=60),
}
TARGETS = {
    "visualize_gradient_norms": viz.visualize_gradient_norms,
    "visualize_attention_matrix": viz.visualize_attention_matrix,
    "plot_entropy": viz.visualize_entropy_heatmap,
    "visualize_normalized_entropy": viz.visualize_normalized_entropy,
    # As the migration calls it: these histories hold running counts.
    "visualize_training_progress": partial(viz.visualize_training_progress, cumulative=True),
}


@cache
def definitions() -> str:
    cells = json.loads(DEMO.read_bytes())["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    # The last definition of a name, without the calls below it.
    found = [source for source in sources if any(f"def {name}(" in source for name in CALLS)]
    text = "\n\n".join(found)
    return "\n".join(
        line
        for line in text.split("\n")
        if not line or line[0] in " \t#)" or line.startswith("def ")
    )


def draw(call: Call, plot: Any) -> dict[str, Any]:
    plt.close("all")
    with mpl.rc_context({"figure.dpi": 50}):
        shown = plt.show
        plt.show = lambda *args, **kwargs: None
        try:
            call(plot)
            (number,) = plt.get_fignums()
            figure = plt.figure(number)
            figure.canvas.draw()
            found: dict[str, Any] = json.loads(to_json(describe_figure(figure)))
        finally:
            plt.show = shown
            plt.close("all")
    return found


def function(name: str, *changes: tuple[str, str]) -> Any:
    """Execute a definition of the demo, changed in some places within it."""
    start = definitions().index(f"def {name}(")
    end = definitions().find("\ndef ", start + 1)
    body = definitions()[start : end if end > 0 else None]
    for old, new in changes:
        assert body.count(old) >= 1, old
        body = body.replace(old, new, 1)
    space: dict[str, Any] = {"np": np, "plt": plt}
    exec(body, space)
    return space[name]


@cache
def original(name: str) -> dict[str, Any]:
    return draw(CALLS[name], function(name))


def compare(name: str, *changes: tuple[str, str]) -> FigureComparison:
    return compare_figures(original(name), draw(CALLS[name], function(name, *changes)))


NORMS, ATTN, ENTROPY = "visualize_gradient_norms", "visualize_attention_matrix", "plot_entropy"
PERCENT, PROGRESS = "visualize_normalized_entropy", "visualize_training_progress"
HARMFUL = {
    "one constant": (PERCENT, ("100 * np", "101 * np")),
    "transposed": (NORMS, ("plt.imshow(grad_norm_values", "plt.imshow(grad_norm_values.T")),
    "rows upside down": (NORMS, ("plt.imshow(grad_norm_values", "plt.imshow(grad_norm_values[::-1]")),
    "an axis the other way": (NORMS, ('aspect="auto"', 'aspect="auto", origin="lower"')),
    "absolute values squared": (NORMS, ("np.asarray(grad_norm_values)", "np.asarray(grad_norm_values) ** 2")),
    "single precision of an eighth": (NORMS, ("np.asarray(grad_norm_values)", "np.asarray(grad_norm_values, 'f2')")),
    "heads marked at the transposed place": (NORMS, ("plt.text(head, layer", "plt.text(layer, head")),
    "one head marked wrongly": (NORMS, ("plt.text(head, layer", "plt.text(head + (layer == 3) * -1, layer")),
    "revived heads not marked": (NORMS, ("revived_heads or []", "[]")),
    "pruned heads marked as revived": (NORMS, ('"P"', '"R"')),
    "marks counted from 1": (NORMS, ("plt.text(head, layer", "plt.text(head + 1, layer")),
    "the color bar is gone": (NORMS, ('plt.colorbar(label="Gradient norm")', "pass")),
    "another color bar label": (NORMS, ("Gradient norm", "Loss")),
    "axes named wrongly": (NORMS, ('plt.xlabel("Head")', 'plt.xlabel("Layer")')),
    "no title": (NORMS, ("plt.title(title)", "pass")),
    "a fixed title": (NORMS, ("plt.title(title)", 'plt.title("Gradient Norms")')),
    "ticks that count from 1": (NORMS, ("plt.xticks(range(grad_norm_values.shape[1]))", "plt.xticks(range(6), range(1, 7))")),
    "another head": (ATTN, ("attn_matrix[head_idx]", "attn_matrix[0]")),
    "queries and keys swapped": (ATTN, ("plt.imshow(attn_matrix", "plt.imshow(attn_matrix.T")),
    "an open color scale": (ATTN, ("vmin=0, vmax=1", "")),
    "another color scale": (ATTN, ("vmin=0, vmax=1", "vmin=0, vmax=0.5")),
    "another number in the title": (ATTN, ("head {head_idx}", "head {layer_idx}")),
    "swapped labels": (ATTN, ("Key position", "Query position")),
    "colors from another minimum": (ENTROPY, ("vmin=min_value", "vmin=0.3")),
    "colors to another maximum": (ENTROPY, ("np.nanmax(values)", "2 * np.nanmax(values)")),
    "numbers of other cells": (ENTROPY, ('f"{values[layer, head]:.2f}"', 'f"{values[layer, 0]:.2f}"')),
    "numbers in other cells": (ENTROPY, ("plt.text(head, layer", "plt.text(5 - head, layer")),
    "rounded to whole numbers, wrongly": (ENTROPY, ("values[layer, head]:.2f", "values[layer, head] + 1:.2f")),
    "numbers left out": (ENTROPY, ("if annotate:", "if not annotate:")),
    "missing cells as 0": (PERCENT, ("100 * np.asarray(entropy_values)", "100 * np.nan_to_num(entropy_values)")),
    "limits of the colors": (PERCENT, ("vmax=100", "vmax=50")),
    "limits of an axis": (PERCENT, ("plt.tight_layout()", "plt.xlim(0.5, 3.5)")),
    "another series": (PROGRESS, ('step, series["eval_loss"], label="Eval loss"', 'step, series["train_loss"], label="Eval loss"')),
    "labels swapped": (PROGRESS, ('label="Train loss"', 'label="Eval loss"'), ('step, series["eval_loss"], label="Eval loss"', 'step, series["eval_loss"], label="Train loss"')),
    "a series is gone": (PROGRESS, ('axes[1].step(step, series["revived_heads"], where="post", color="tab:green", label="Revived")', "pass")),
    "steps to the other side": (PROGRESS, ('where="post"', 'where="pre"')),
    "lines in place of steps": (PROGRESS, ('axes[2].step(step, series["sparsity"], where="post"', 'axes[2].plot(step, series["sparsity"]')),
    "in another panel": (PROGRESS, ("axes[0].plot(step, series[\"eval_loss\"]", "axes[1].plot(step, series[\"eval_loss\"]")),
    "boundaries one step late": (PROGRESS, ("ax.axvline(boundary", "ax.axvline(boundary + 5")),
    "no boundaries": (PROGRESS, ("ax.axvline(boundary", "ax.axvline(np.nan")),
    "a logarithmic axis": (PROGRESS, ('axes[0].set_ylabel("Loss")', 'axes[0].set_ylabel("Loss"); axes[0].set_yscale("log")')),
    "smoothed": (PROGRESS, ('series["train_loss"], label', 'np.convolve(series["train_loss"], [0.25, 0.5, 0.25], "same"), label')),
    "only the first half": (PROGRESS, ("len(step) - 1, max_display_points", "len(step) // 2, max_display_points")),
    "no second axis": (PROGRESS, ('twin.plot(step, series["perplexity"], color="tab:orange")', "pass")),
    "no legend": (PROGRESS, ('axes[0].legend(loc="upper right")', "pass")),
}  # fmt: skip
RESTYLED = {
    "another color map": (NORMS, ("viridis", "magma")),
    "another size": (NORMS, ("(6, 3.6)", "(9, 5)")),
    "square cells": (NORMS, ('aspect="auto"', 'aspect="equal"')),
    "other marks' colors": (NORMS, ("tab:red", "black")),
    "marks in a square": (NORMS, ("circle", "round")),
    "marks moved within their cells": (NORMS, ("plt.text(head, layer", "plt.text(head + 0.2, layer - 0.1")),
    "no layout": (NORMS, ("plt.tight_layout()", "pass")),
    "larger words": (NORMS, ("plt.title(title)", "plt.title(title, fontsize=20, weight='bold')")),
    "a unit": (NORMS, ("Gradient norm", "Gradient norm (L2)")),
    "every second tick": (NORMS, ("plt.xticks(range(grad_norm_values.shape[1]))", "plt.xticks(range(0, 6, 2))")),
    "double precision": (NORMS, ("np.asarray(grad_norm_values)", "np.asarray(grad_norm_values, float)")),
    "single precision": (NORMS, ("np.asarray(grad_norm_values)", "np.asarray(grad_norm_values, 'f4')")),
    "smooth cells": (ATTN, ('cmap="viridis"', 'cmap="viridis", interpolation="bicubic"')),
    "one digit": (ENTROPY, (":.2f", ":.1f")),
    "all numbers white": (ENTROPY, ('"white" if dark else "black"', '"white"')),
    "small numbers": (ENTROPY, ('va="center"', 'va="center", fontsize=6')),
    "percent signs": (PERCENT, (':.0f}"', ':.0f}%"')),
    "a grid": (PROGRESS, ('axes[0].set_ylabel("Loss")', 'axes[0].set_ylabel("Loss"); axes[0].grid()')),
    "the legend elsewhere": (PROGRESS, ('loc="upper right"', 'loc="lower left", frameon=False')),
    "other lines": (PROGRESS, ('label="Train loss"', 'label="Train loss", ls="--", lw=3, color="k"')),
    "boundaries in another color": (PROGRESS, ('color="gray"', 'color="red"')),
    "a title for the figure": (PROGRESS, ("fig.tight_layout()", 'fig.suptitle("Training")')),
    "wider limits": (PROGRESS, ('axes[0].set_ylabel("Loss")', 'axes[0].set_ylabel("Loss"); axes[0].set_ylim(-1, 4)')),
}  # fmt: skip


@pytest.mark.parametrize("case", HARMFUL.values(), ids=HARMFUL)
def test_harm_is_found(case: tuple[Any, ...]) -> None:
    found = compare(*case)
    assert found.verdict in ("different data", "different words")


@pytest.mark.parametrize("case", RESTYLED.values(), ids=RESTYLED)
def test_a_restyling_passes(case: tuple[Any, ...]) -> None:
    found = compare(*case)
    assert found.verdict in ("restyled", "identical"), "\n".join(map(str, found.differences))


@pytest.mark.parametrize("name", CALLS)
def test_the_same_body_draws_the_same(name: str) -> None:
    assert compare(name).verdict == "identical"


@pytest.mark.parametrize("name", CALLS)
def test_the_bundled_plots_show_the_same_data(name: str) -> None:
    found = compare_figures(original(name), draw(CALLS[name], TARGETS[name]))
    words = words_of([Path(viz.__file__)])
    assert found.with_known_words(words).verdict == "restyled", "\n".join(
        map(str, found.differences)
    )

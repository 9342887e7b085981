"""Draw the six plots on example data: ``python -m nbrefactor.viz OUTDIR [--contact-sheet]``."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from . import _attention, _heads, _progress, _scatter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ._types import Any, Figure, NDArray

_LAYERS, _HEADS, _POSITIONS = 6, 12, 24


def main(arguments: Sequence[str]) -> int:
    """Draw the plots into a folder and print their paths; 2 where the folder cannot be made."""
    parser = argparse.ArgumentParser("python -m nbrefactor.viz", description="Draw example plots.")
    parser.add_argument("outdir", type=Path, help="folder to draw into, made if needed")
    parser.add_argument("--contact-sheet", action="store_true", help="draw all six into one more")
    options = parser.parse_args(arguments)
    try:
        options.outdir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        place = f"{str(options.outdir)!r}: {error.strerror}"
        print(f"nbrefactor.viz: cannot make the folder {place}", file=sys.stderr)
        return 2

    plots = example_plots()
    for name, plot in plots.items():
        path = options.outdir / f"{name}.png"
        plt.close(plot(save_path=path))
        print(path)
    if options.contact_sheet:
        path = options.outdir / "contact-sheet.png"
        contact_sheet(plots).savefig(path, dpi=75)
        print(path)
    return 0


def example_plots() -> dict[str, Callable[..., Figure]]:
    """Name the six plots of example data, by file name; options remain to be given."""
    random = np.random.default_rng(7)
    most = np.log(_POSITIONS)
    focus = np.linspace(0.85, 0.35, _LAYERS)[:, None]
    entropy = most * np.clip(random.normal(focus, 0.13, (_LAYERS, _HEADS)), 0.02, 1)
    norms = 0.05 + 0.35 * np.exp(-entropy) * random.lognormal(0, 0.35, entropy.shape)
    # One head whose gradient overflowed, as it happens in half precision.
    norms[4, 9] = np.inf
    weakest = np.transpose(np.unravel_index(np.argsort(norms, axis=None), norms.shape))
    # Causal attention to near positions and to the first, shape [1, heads, seq, seq].
    query, key = np.indices((_POSITIONS, _POSITIONS))
    nearness = 3.0 * (key == 0) - 0.45 * (query - key)
    scores = random.normal(nearness, 1.1, (1, _HEADS, _POSITIONS, _POSITIONS))
    attention = np.tril(np.exp(scores))
    attention /= attention.sum(axis=-1, keepdims=True)
    arguments: dict[str, tuple[Any, ...]] = {
        "gradient-norms": (_heads.visualize_gradient_norms, norms, weakest[:5], weakest[5:7]),
        "attention-matrix": (_attention.visualize_attention_matrix, attention, 3, 5),
        "entropy-heatmap": (_heads.visualize_entropy_heatmap, entropy),
        "normalized-entropy": (_heads.visualize_normalized_entropy, entropy, most),
        "entropy-vs-gradient": (_scatter.visualize_entropy_vs_gradient, entropy, norms),
        "training-progress": (_progress.visualize_training_progress, _example_history(random)),
    }
    return {name: partial(draw, *data) for name, (draw, *data) in arguments.items()}


def contact_sheet(plots: dict[str, Callable[..., Figure]]) -> Figure:
    """Draw all plots into one figure."""
    figure, axes = plt.subplots(3, 2, figsize=(14, 14.5), layout="tight")
    for plot, ax in zip(plots.values(), axes.flat, strict=True):
        plot(ax=ax)
    return figure


def _example_history(random: np.random.Generator) -> dict[str, NDArray[Any]]:
    """Four epochs with an evaluation every 25 steps and a stretch whose loss was NaN."""
    steps = np.arange(600)
    loss = random.normal(1.1 + 2.4 * np.exp(-steps / 120), 0.06)
    pruned = 3 * ((steps % 60 == 0) & (steps > 0) & (steps < 480))
    revived = 2 * ((steps % 150 == 75) & (steps > 200))
    return {
        "step": steps,
        "train_loss": np.where(abs(steps - 406) < 6, np.nan, loss),
        "eval_loss": np.where(steps % 25, np.nan, loss + 0.15),
        "pruned_heads": pruned,
        "revived_heads": revived,
        "sparsity": np.cumsum(pruned - revived) / (_LAYERS * _HEADS),
        "epoch": steps // 150,
        "perplexity": np.exp(loss),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

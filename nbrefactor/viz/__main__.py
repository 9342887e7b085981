"""Draw the six plots on example data: ``python -m nbrefactor.viz OUTDIR [--contact-sheet]``."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _attention, _heads, _progress, _scatter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ._types import Figure, FloatArray

_LAYERS, _HEADS, _POSITIONS, _STEPS = 6, 12, 24, 600


def main(arguments: Sequence[str]) -> int:
    """Draw the plots into a folder and print their paths; 2 where the folder cannot be made."""
    parser = argparse.ArgumentParser(
        "python -m nbrefactor.viz", description="Draw the six plots of example data."
    )
    parser.add_argument("outdir", type=Path, help="folder to draw into, made if needed")
    parser.add_argument("--contact-sheet", action="store_true", help="draw all six into one more")
    options = parser.parse_args(arguments)
    try:
        options.outdir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"cannot make the folder {str(options.outdir)!r}: {error.strerror}"
        print(f"nbrefactor.viz: {reason}", file=sys.stderr)
        return 2

    import matplotlib.pyplot as plt

    plots = example_plots()
    for name, plot in plots.items():
        path = options.outdir / f"{name}.png"
        plt.close(plot(save_path=path))
        print(path)
    if options.contact_sheet:
        path = options.outdir / "contact-sheet.png"
        sheet = contact_sheet(plots)
        sheet.savefig(path, dpi=75)
        plt.close(sheet)
        print(path)
    return 0


def example_plots() -> dict[str, Callable[..., Figure]]:
    """Name the six plots of example data, by file name; options remain to be given."""
    random = np.random.default_rng(7)
    depth = np.linspace(0, 1, _LAYERS)[:, None]
    max_entropy = np.log(_POSITIONS)
    entropy = max_entropy * np.clip(
        0.85 - 0.5 * depth + random.normal(0, 0.13, (_LAYERS, _HEADS)), 0.02, 1
    )
    norms = 0.05 + 0.35 * np.exp(-entropy) * random.lognormal(0, 0.35, (_LAYERS, _HEADS))
    # One head whose gradient overflowed, as it happens in half precision.
    norms[4, 9] = np.inf
    weakest = np.argsort(norms, axis=None)[:7]
    pruned = np.stack(np.unravel_index(weakest[:5], norms.shape), axis=1)
    revived = np.stack(np.unravel_index(weakest[5:], norms.shape), axis=1)
    attention = _example_attention(random)
    return {
        "gradient-norms": partial(_heads.visualize_gradient_norms, norms, pruned, revived),
        "attention-matrix": partial(_attention.visualize_attention_matrix, attention, 3, 5),
        "entropy-heatmap": partial(_heads.visualize_entropy_heatmap, entropy),
        "normalized-entropy": partial(_heads.visualize_normalized_entropy, entropy, max_entropy),
        "entropy-vs-gradient": partial(_scatter.visualize_entropy_vs_gradient, entropy, norms),
        "training-progress": partial(
            _progress.visualize_training_progress, _example_history(random)
        ),
    }


def contact_sheet(plots: dict[str, Callable[..., Figure]]) -> Figure:
    """Draw all plots into one figure."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(3, 2, figsize=(14, 14.5), layout="tight")
    for plot, ax in zip(plots.values(), axes.flat, strict=True):
        plot(ax=ax)
    return figure


def _example_attention(random: np.random.Generator) -> FloatArray:
    """Causal attention to near positions and to the first, shape [1, heads, seq, seq]."""
    query, key = np.indices((_POSITIONS, _POSITIONS))
    scores = (
        -0.45 * (query - key)
        + 3.0 * (key == 0)
        + random.normal(0, 1.1, (1, _HEADS, _POSITIONS, _POSITIONS))
    )
    weights = np.where(key <= query, np.exp(scores), 0.0)
    attention: FloatArray = weights / weights.sum(axis=-1, keepdims=True)
    return attention


def _example_history(random: np.random.Generator) -> dict[str, list[Any]]:
    """Four epochs with an evaluation every 25 steps and one step whose loss was NaN."""
    steps = np.arange(_STEPS)
    done = steps / _STEPS
    loss = 1.1 + 2.4 * np.exp(-5 * done) + random.normal(0, 0.06, _STEPS)
    pruned = np.where((steps % 60 == 0) & (steps > 0) & (steps < 480), 3, 0)
    revived = np.where((steps % 150 == 75) & (steps > 200), 2, 0)
    train_loss: list[float | None] = loss.tolist()
    train_loss[400:412] = [float("nan")] * 12
    evaluated = steps % 25 == 0
    return {
        "step": steps.tolist(),
        "train_loss": train_loss,
        "eval_loss": [
            value + 0.15 if now else None
            for value, now in zip(loss.tolist(), evaluated, strict=True)
        ],
        "pruned_heads": pruned.tolist(),
        "revived_heads": revived.tolist(),
        "sparsity": (np.cumsum(pruned - revived) / (_LAYERS * _HEADS)).tolist(),
        "epoch": (steps * 4 // _STEPS).tolist(),
        "perplexity": np.exp(loss).tolist(),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

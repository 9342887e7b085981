"""The pictures themselves, pixel by pixel against those in ``baseline``.

After an intended change of a plot draw them anew, and look at every one before committing it:
``pytest tests/viz/test_viz_pictures.py --mpl-generate-path=tests/viz/baseline``.
"""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from nbrefactor.viz import (
    visualize_attention_matrix,
    visualize_entropy_heatmap,
    visualize_entropy_vs_gradient,
    visualize_gradient_norms,
    visualize_normalized_entropy,
    visualize_training_progress,
)
from nbrefactor.viz.__main__ import contact_sheet, example_plots

# Another version sets text a little wider or narrower, which moves everything beside it.
DRAWN_BY = (3, 11)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        mpl.__version_info__[:2] != DRAWN_BY,
        reason=f"the pictures were drawn by Matplotlib {DRAWN_BY[0]}.{DRAWN_BY[1]}, "
        f"and {mpl.__version__} sets text differently",
    ),
]
# A number that is missing from one cell of 144 makes a difference of 1.
picture = pytest.mark.mpl_image_compare(
    style="default", savefig_kwargs={"dpi": 50}, deterministic=True, tolerance=0.7
)
SHAPES = pytest.mark.parametrize(
    "shape", [(1, 1), (6, 12), (12, 12), (48, 64)], ids=["1x1", "6x12", "12x12", "48x64"]
)


def grid(shape, low, high):
    """Values that rise over layers and wave over heads, with a few missing in larger grids."""
    layers, heads = np.indices(shape)
    wave = 0.5 + 0.3 * np.sin(heads * 1.7) + 0.2 * (layers / max(shape[0] - 1, 1) - 0.5)
    values = low + (high - low) * wave
    if layers.size > 1:
        values[1, 2], values[2, 4:6], values[0, 3] = np.nan, np.inf, -np.inf
    return values


def history(steps):
    at = np.linspace(0, 1, steps)
    loss = 1 + 2.5 * np.exp(-4 * at) + 0.05 * np.sin(at * 900)
    if steps > 50:
        loss[steps // 3 : steps // 3 + steps // 10] = np.nan
        loss[steps // 2] = 6.0
    return {
        "step": np.arange(steps),
        "train_loss": loss,
        "eval_loss": [
            value if i % max(steps // 10, 1) == 0 else None for i, value in enumerate(loss)
        ],
        "pruned_heads": np.where(np.arange(steps) % max(steps // 12, 1) == 0, 3, 0),
        "revived_heads": np.where(np.arange(steps) % max(steps // 5, 2) == 1, 2, 0),
        "sparsity": at[: max(steps * 3 // 4, 1)] * 0.4,
        "epoch": (at * 3.99).astype(int),
        "perplexity": np.exp(loss),
    }


@picture
@SHAPES
def test_gradient_norms(shape):
    layers, heads = shape
    pruned = [(layer, head) for layer in range(layers) for head in range(layer % 5, heads, 7)]
    revived = [(layer, head) for layer in range(layers) for head in range(layer % 3, heads, 11)]
    return visualize_gradient_norms(grid(shape, 0.0, 2.0), pruned, revived)


@picture
@SHAPES
def test_entropy_heatmap(shape):
    return visualize_entropy_heatmap(grid(shape, 0.2, 3.2))


@picture
@SHAPES
def test_normalized_entropy(shape):
    return visualize_normalized_entropy(grid(shape, 0.2, 3.2), 3.0, "Title " * 20)


@picture
@SHAPES
def test_entropy_vs_gradient(shape):
    return visualize_entropy_vs_gradient(grid(shape, 0.2, 3.2), grid(shape, 1.0, 0.1)[::-1] ** 2)


@picture
@pytest.mark.parametrize("positions", [1, 12, 128])
def test_attention_matrix(positions):
    query, key = np.indices((positions, positions))
    weights = np.where(key <= query, np.exp((key - query) / 4.0), np.nan)
    weights /= np.nansum(weights, axis=1, keepdims=True)
    return visualize_attention_matrix(weights, 3, 5)


@picture
@pytest.mark.parametrize("steps", [1, 3, 100, 100_000])
def test_training_progress(steps):
    return visualize_training_progress(history(steps))


@picture
def test_training_progress_of_one_metric():
    return visualize_training_progress({"step": [1, 2, 3], "train_loss": [3, 2, 1.5]})


@picture
def test_contact_sheet():
    figure = contact_sheet(example_plots())
    assert isinstance(figure, Figure)
    return figure


@picture
def test_attention_matrix_of_tokens():
    words = ["The", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog", "$", "."]
    query, key = np.indices((11, 11))
    weights = np.exp(-abs(query - key) / 2.0)
    return visualize_attention_matrix(weights, tokens=words, mask_upper=True, annotate=True)


@picture
def test_attention_matrix_of_several_heads():
    head, query, key = np.indices((5, 16, 16))
    weights = np.where(key <= query, np.exp((key - query) / (1.0 + head)), np.nan)
    return visualize_attention_matrix(weights, 2, None)


@picture
@pytest.mark.parametrize("shape", [(100, 5), (1, 512)], ids=["100x5", "1x512"])
def test_attention_matrix_far_from_square(shape):
    query, key = np.indices(shape)
    return visualize_attention_matrix(abs(np.sin(query / 9 + key)))


@picture
def test_gradient_norms_on_a_logarithmic_scale_with_numbers():
    values = 10.0 ** np.linspace(-6, -1, 24).reshape(4, 6)
    return visualize_gradient_norms(values, {0: [1]}, {3: [4]}, norm="log", annotate=True)


@picture
def test_training_progress_with_everything():
    whole = {**history(400), "lr": np.linspace(3e-4, 0, 400)}
    options = {"log_loss": True, "smoothing": 0.9, "metrics": ["lr"], "cumulative": True}
    return visualize_training_progress(whole, title="Run 7", style="dark_background", **options)


@picture
def test_training_progress_of_nothing_yet():
    return visualize_training_progress({"step": []})

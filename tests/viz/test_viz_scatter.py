"""Entropy against gradient norm."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nbrefactor.viz import visualize_entropy_vs_gradient
from nbrefactor.viz._scatter import describe_correlation

NAN, INF = float("nan"), float("inf")
ENTROPY = np.array([[0.5, 1.0, 1.5], [2.0, 2.5, 3.0]])
NORMS = np.array([[0.9, 0.7, 0.8], [0.3, 0.2, 0.1]])


def points(figure):
    return np.asarray(figure.axes[0].collections[0].get_offsets())


def stated(figure):
    return figure.axes[0].texts[0].get_text()


def test_every_head_is_a_point_and_the_labels_say_what_of():
    figure = visualize_entropy_vs_gradient(ENTROPY, NORMS)
    np.testing.assert_array_equal(points(figure), np.stack([ENTROPY.ravel(), NORMS.ravel()], 1))
    ax = figure.axes[0]
    assert ax.get_title() == "Entropy vs Gradient Relationship"
    assert ax.get_xlabel() == "Entropy (nats; higher = less focused)"
    assert ax.get_ylabel() == "Gradient norm (higher = more impact)"
    assert ax.get_legend() is None


def test_the_rank_correlation_is_stated_above_the_points():
    figure = visualize_entropy_vs_gradient(ENTROPY, NORMS)
    assert stated(figure) == "Spearman ρ = −0.94 (6 heads)"
    figure.canvas.draw()
    ax = figure.axes[0]
    text = ax.texts[0].get_window_extent()
    assert ax.bbox.y1 < text.y0
    assert text.y1 < ax.title.get_window_extent().y0


def test_layers_are_told_apart_by_color():
    figure = visualize_entropy_vs_gradient(ENTROPY, NORMS)
    np.testing.assert_array_equal(figure.axes[0].collections[0].get_array(), [0, 0, 0, 1, 1, 1])
    bar = figure.axes[0].collections[0].colorbar.ax
    assert bar.get_ylabel() == "Layer"
    assert all(tick % 1 == 0 for tick in bar.get_yticks())


@pytest.mark.parametrize("shape", [(6,), (1, 6), (1, 2, 3), ()])
def test_without_layers_there_is_one_color_and_no_bar(shape):
    values = np.ones(shape)
    figure = visualize_entropy_vs_gradient(values, values)
    assert figure.axes[0].child_axes == []
    assert len(points(figure)) == values.size


@pytest.mark.parametrize(
    ("x", "y", "text"),
    [
        pytest.param([1, 2, 3], [1, 2, 3], "Spearman ρ = 1.00 (3 heads)", id="rising"),
        pytest.param([1, 2, 3], [3, 2, 1], "Spearman ρ = −1.00 (3 heads)", id="falling"),
        pytest.param([1, 2, NAN], [1, 2, 0], "Spearman ρ = 1.00 (2 heads)", id="one is missing"),
        pytest.param([1], [1], "Spearman ρ undefined (1 head; at least two are needed)", id="one head"),
        pytest.param([NAN], [1], "Spearman ρ undefined (0 heads; at least two are needed)", id="no head left"),
        pytest.param([1, 2, 3, 4], [2, 4, 1, 3], "Spearman ρ = 0.00 (4 heads)", id="none, without a sign"),
        pytest.param([1, 1], [1, 2], "Spearman ρ undefined (2 heads; all values are equal)", id="constant"),
    ],
)  # fmt: skip
def test_the_statement(x, y, text):
    x, y = np.array(x, dtype=float), np.array(y, dtype=float)
    assert describe_correlation(x, y) == text
    assert stated(visualize_entropy_vs_gradient(x, y)) == text


class TestMissing:
    X = np.array([1.0, 2.0, NAN, INF, NAN])
    Y = np.array([1.0, NAN, 3.0, 4.0, NAN])

    def test_incomplete_heads_are_crosses_on_the_edge_they_are_known_on(self):
        ax = visualize_entropy_vs_gradient(self.X, self.Y).axes[0]
        np.testing.assert_array_equal(np.asarray(ax.collections[0].get_offsets()), [[1, 1]])
        bottom, left = ax.get_lines()
        assert (list(bottom.get_xdata()), list(bottom.get_ydata())) == ([2], [0])
        assert (list(left.get_xdata()), list(left.get_ydata())) == ([0, 0], [3, 4])
        assert bottom.get_transform() == ax.get_xaxis_transform()
        assert left.get_transform() == ax.get_yaxis_transform()

    def test_the_legend_counts_them_all(self):
        ax = visualize_entropy_vs_gradient(self.X, self.Y).axes[0]
        assert [text.get_text() for text in ax.get_legend().get_texts()] == [
            "4 missing (not finite)"
        ]

    def test_the_colors_stay_with_their_layers(self):
        entropy = ENTROPY.copy()
        entropy[0, 1] = NAN
        figure = visualize_entropy_vs_gradient(entropy, NORMS)
        np.testing.assert_array_equal(figure.axes[0].collections[0].get_array(), [0, 0, 1, 1, 1])

    def test_nothing_but_missing_heads_is_drawn(self):
        figure = visualize_entropy_vs_gradient([[NAN, NAN]], [[INF, INF]])
        figure.canvas.draw()
        assert len(points(figure)) == 0


def test_many_points_are_smaller_and_more_transparent():
    few = visualize_entropy_vs_gradient(ENTROPY, NORMS).axes[0].collections[0]
    many = visualize_entropy_vs_gradient(*np.random.default_rng(0).random((2, 48, 64)))
    crowd = many.axes[0].collections[0]
    assert crowd.get_sizes()[0] < few.get_sizes()[0]
    assert crowd.get_alpha() < few.get_alpha()


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        pytest.param(ENTROPY, NORMS.ravel()[:-1], ValueError, "must have the same shape", id="one value too few"),
        pytest.param(ENTROPY, NORMS.T, ValueError, "entropy_values and grad_norm_values must have the same shape, got (2, 3) and (3, 2)", id="transposed"),
        pytest.param(ENTROPY, NORMS[:1], ValueError, "got (2, 3) and (1, 3)", id="would broadcast"),
        pytest.param(ENTROPY, 1.0, ValueError, "got (2, 3) and ()", id="a number"),
        pytest.param([], [], ValueError, "entropy_values is empty (shape (0,))", id="empty"),
        pytest.param("x", NORMS, TypeError, "entropy_values must be an array", id="text for x"),
        pytest.param(ENTROPY, "y", TypeError, "grad_norm_values must be an array", id="text for y"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name_and_leaves_no_figure(x, y, error, message):
    with pytest.raises(error) as caught:
        visualize_entropy_vs_gradient(x, y)
    assert message in str(caught.value)
    assert plt.get_fignums() == []


def test_the_unit_is_the_callers():
    figure = visualize_entropy_vs_gradient(ENTROPY, NORMS, unit="bits")
    assert figure.axes[0].get_xlabel() == "Entropy (bits; higher = less focused)"

"""The heat maps over all heads: cells, colours, numbers, marks, ticks and errors."""

from __future__ import annotations

from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from nbrefactor.viz import (
    visualize_entropy_heatmap,
    visualize_gradient_norms,
    visualize_normalized_entropy,
)

pytestmark = pytest.mark.slow

NAN, INF = float("nan"), float("inf")
GRID = np.array([[0.5, 1.0, 1.5], [2.0, 2.5, 4.0]])


def heat_map(figure):
    return figure.axes[0].images[0]


def missing_cells(figure):
    """Cells (row, column) through which the hatched background is seen."""
    ax, image = figure.axes[0], heat_map(figure)
    colors = image.cmap(image.norm(image.get_array()))
    seen = [tuple(map(int, place)) for place in np.argwhere(colors[..., 3] == 0)]
    assert (ax.patch.get_hatch() == "////") == bool(seen)
    return seen


def legend_texts(figure):
    legend = figure.axes[0].get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def marks(figure):
    return {(text.get_text(), text.get_position()) for text in figure.axes[0].texts}


@pytest.mark.parametrize(
    ("draw", "title", "value_label", "limits"),
    [
        (visualize_gradient_norms, "Gradient Norms", "Gradient norm", (0.5, 4.0)),
        (visualize_entropy_heatmap, "Attention Entropy Heatmap", "Entropy (nats)", (0.0, 4.0)),
        (
            lambda grid: visualize_normalized_entropy(grid, 5.0),
            "Normalized Entropy (% of Maximum)",
            "Entropy (% of maximum)",
            (0.0, 100.0),
        ),
    ],
    ids=["gradient norms", "entropy", "normalized entropy"],
)
def test_a_heat_map_says_what_it_shows(draw, title, value_label, limits):
    figure = draw(GRID)
    ax, bar = figure.axes[0], heat_map(figure).colorbar.ax
    assert ax.get_title() == title
    assert (ax.get_xlabel(), ax.get_ylabel(), bar.get_ylabel()) == ("Head", "Layer", value_label)
    assert heat_map(figure).get_clim() == limits
    assert list(ax.get_xticks()) == [0, 1, 2]
    assert list(ax.get_yticks()) == [0, 1]
    assert ax.get_xlim() == (-0.5, 2.5)
    assert ax.get_ylim() == (1.5, -0.5)
    assert ax.get_legend() is None


def test_normalized_entropy_is_drawn_in_percent():
    np.testing.assert_allclose(
        heat_map(visualize_normalized_entropy(GRID, [[1], [4]])).get_array(),
        [[50, 100, 150], [50, 62.5, 100]],
    )


def test_values_beyond_a_fixed_scale_are_pointed_out_on_the_color_bar():
    def extends(figure):
        return figure.axes[0].images[0].colorbar.extend

    assert extends(visualize_normalized_entropy(GRID, 4.0)) == "neither"
    assert extends(visualize_normalized_entropy(GRID, 3.999)) == "neither"
    assert extends(visualize_normalized_entropy(GRID, 3.0)) == "max"
    assert extends(visualize_normalized_entropy(-GRID, 4.0)) == "min"
    assert extends(visualize_normalized_entropy([[-1.0, 2.0]], 1.0)) == "both"
    assert extends(visualize_entropy_heatmap(GRID, min_value=1.0)) == "min"


class TestMarks:
    def test_pruned_and_revived_heads_have_letter_and_color(self):
        figure = visualize_gradient_norms(GRID, [(0, 2), (1, 0)], [(1, 1)])
        assert marks(figure) == {("P", (2, 0)), ("P", (0, 1)), ("R", (1, 1))}
        for text in figure.axes[0].texts:
            red, green, blue, alpha = text.get_bbox_patch().get_facecolor()
            strongest = red if text.get_text() == "P" else green
            assert strongest == max(red, green, blue)
            assert strongest > 2 * min(red, green)
            assert alpha == 1
        assert legend_texts(figure) == ["P: pruned", "R: revived"]

    def test_the_legend_names_only_what_is_there(self):
        assert legend_texts(visualize_gradient_norms(GRID, [(0, 0)])) == ["P: pruned"]
        assert legend_texts(visualize_gradient_norms(GRID, [], [(0, 0)])) == ["R: revived"]
        assert legend_texts(visualize_gradient_norms(GRID, [], [])) == []

    def test_a_head_both_pruned_and_revived_shows_both_side_by_side(self):
        figure = visualize_gradient_norms(GRID, [(0, 1)], [(0, 1)])
        pruned, revived = figure.axes[0].texts
        assert (pruned.get_text(), revived.get_text()) == ("P", "R")
        assert 0.5 < pruned.get_position()[0] < 1 < revived.get_position()[0] < 1.5
        figure.canvas.draw()
        boxes = [text.get_bbox_patch().get_window_extent() for text in (pruned, revived)]
        assert boxes[0].x1 <= boxes[1].x0 + 1

    def test_no_grid_of_the_style_strikes_through_them(self):
        with plt.rc_context({"axes.grid": True}):
            ax = visualize_gradient_norms(GRID, [(0, 0)]).axes[0]
        assert not any(line.get_visible() for line in [*ax.get_xgridlines(), *ax.get_ygridlines()])

    def test_marks_do_not_move_the_limits(self):
        assert visualize_gradient_norms(GRID, [(0, 0)]).axes[0].get_xlim() == (-0.5, 2.5)

    @pytest.mark.parametrize("shape", [(1, 1), (6, 12), (48, 64)])
    def test_a_mark_stays_within_its_cell(self, shape):
        figure = visualize_gradient_norms(np.ones(shape), [(shape[0] - 1, shape[1] - 1)])
        figure.canvas.draw()
        ax = figure.axes[0]
        box = ax.texts[0].get_bbox_patch().get_window_extent()
        assert box.width <= ax.bbox.width / shape[1]
        assert box.height <= ax.bbox.height / shape[0]


class TestMissing:
    @pytest.mark.parametrize("value", [NAN, INF, -INF])
    def test_a_value_that_is_not_finite_is_hatched_and_leaves_the_scale(self, value):
        grid = GRID.copy()
        grid[0, 1] = value
        figure = visualize_gradient_norms(grid)
        assert heat_map(figure).get_clim() == (0.5, 4.0)
        assert missing_cells(figure) == [(0, 1)]
        assert legend_texts(figure) == ["missing (not finite)"]

    def test_without_missing_values_nothing_is_hatched(self):
        assert missing_cells(visualize_entropy_heatmap(GRID)) == []

    def test_values_that_a_logarithm_has_not_are_missing(self):
        figure = visualize_gradient_norms([[0.0, 1.0, 10.0]], norm="log", annotate=True)
        assert missing_cells(figure) == [(0, 0)]
        assert {text for text, _ in marks(figure)} == {"1", "10"}

    def test_the_shared_color_map_of_matplotlib_is_left_alone(self):
        before = mpl.colormaps["viridis"](np.ma.masked_all(1))
        visualize_entropy_heatmap(GRID)
        np.testing.assert_array_equal(mpl.colormaps["viridis"](np.ma.masked_all(1)), before)

    def test_missing_cells_have_no_number(self):
        figure = visualize_entropy_heatmap([[1.0, NAN], [INF, 2.0]])
        assert marks(figure) == {("1.00", (0, 0)), ("2.00", (1, 1))}

    @pytest.mark.parametrize(
        "draw",
        [
            visualize_gradient_norms,
            visualize_entropy_heatmap,
            lambda grid: visualize_normalized_entropy(grid, 1.0),
        ],
    )
    def test_a_grid_of_nothing_but_missing_values_is_drawn(self, draw):
        figure = draw([[NAN, INF]])
        figure.canvas.draw()
        assert missing_cells(figure) == [(0, 0), (0, 1)]


class TestNumbers:
    def test_entropies_are_written_with_two_digits(self):
        figure = visualize_entropy_heatmap(GRID)
        assert marks(figure) == {
            (f"{value:.2f}", (column, row)) for (row, column), value in np.ndenumerate(GRID)
        }

    def test_percentages_are_written_with_one_digit(self):
        figure = visualize_normalized_entropy([[1.0, 3.0]], 3.0)
        assert marks(figure) == {("33.3%", (0, 0)), ("100.0%", (1, 0))}

    def test_they_are_left_out_when_asked(self):
        assert marks(visualize_entropy_heatmap(GRID, annotate=False)) == set()
        assert marks(visualize_normalized_entropy(GRID, 4, annotate=False)) == set()

    @pytest.mark.parametrize("options", [{"annotate": ".3f"}, {"fmt": ".3f"}, {"fmt": "{:.3f}"}])
    def test_their_format_can_be_given(self, options):
        for draw in (visualize_gradient_norms, visualize_entropy_heatmap):
            texts = {text for text, _ in marks(draw([[0.5, 1.25]], **options))}
            assert texts == {"0.500", "1.250"}

    def test_gradient_norms_have_them_when_asked_apart_from_marks(self):
        figure = visualize_gradient_norms(GRID, {0: [1]}, annotate=True)
        figure.canvas.draw()
        by_text = {text.get_text(): text.get_window_extent() for text in figure.axes[0].texts}
        assert set(by_text) == {"0.5", "1", "1.5", "2", "2.5", "4", "P"}
        assert by_text["1"].y1 <= by_text["P"].y0

    def test_they_are_shortened_where_cells_are_small(self):
        figure = visualize_normalized_entropy(np.full((2, 20), 0.5), 1.0, figsize=(7, 3))
        assert {text for text, _ in marks(figure)} == {"50%"}

    @pytest.mark.parametrize(
        "draw", [visualize_entropy_heatmap, lambda grid: visualize_normalized_entropy(grid, 1.0)]
    )
    def test_they_are_left_out_where_cells_are_too_small_to_read(self, draw):
        assert marks(draw(np.full((48, 64), 0.5))) == set()

    def test_every_cell_of_6x12_and_12x12_has_one_that_fits(self):
        for shape in [(6, 12), (12, 12)]:
            figure = visualize_normalized_entropy(np.ones(shape), 1.0)
            figure.canvas.draw()
            ax = figure.axes[0]
            assert len(ax.texts) == np.prod(shape)
            widest = max(text.get_window_extent().width for text in ax.texts)
            assert widest < ax.bbox.width / shape[1]

    def test_their_color_stands_out_from_their_cell(self):
        dark, light = visualize_entropy_heatmap([[0.0, 4.0]]).axes[0].texts
        assert (dark.get_color(), light.get_color()) == ("white", "black")

    def test_their_color_follows_the_map(self):
        light, dark = visualize_entropy_heatmap([[0.0, 4.0]], cmap="viridis_r").axes[0].texts
        assert (light.get_color(), dark.get_color()) == ("black", "white")


class TestTicks:
    @pytest.mark.parametrize("shape", [(6, 12), (12, 12)])
    def test_every_head_is_numbered_where_there_is_room(self, shape):
        ax = visualize_gradient_norms(np.ones(shape)).axes[0]
        assert list(ax.get_yticks()) == list(range(shape[0]))
        assert list(ax.get_xticks()) == list(range(shape[1]))

    @pytest.mark.parametrize("shape", [(48, 64), (3, 300), (200, 2), (1, 1000)])
    def test_many_heads_are_thinned_until_labels_do_not_touch(self, shape):
        figure = visualize_gradient_norms(np.ones(shape))
        figure.canvas.draw()
        ax = figure.axes[0]
        across = [label.get_window_extent() for label in ax.get_xticklabels()]
        down = [label.get_window_extent() for label in ax.get_yticklabels()]
        assert len(across) < shape[1] or shape[1] < 10
        assert all(a.x1 < b.x0 for a, b in pairwise(across))
        assert all(a.y0 > b.y1 for a, b in pairwise(down))
        assert {float(tick) % 1 for tick in [*ax.get_xticks(), *ax.get_yticks()]} == {0.0}


class TestScale:
    def test_ends_can_be_given(self):
        image = heat_map(visualize_gradient_norms(GRID, vmin=1, vmax=2))
        assert image.get_clim() == (1, 2)
        assert image.colorbar.extend == "both"

    def test_robust_ends_leave_outliers_out(self):
        grid = np.append(np.linspace(0, 1, 99), 1e9).reshape(10, 10)
        for figure in (
            visualize_gradient_norms(grid, robust=True),
            visualize_entropy_heatmap(grid, robust=True),
        ):
            assert heat_map(figure).get_clim()[1] < 2
            assert heat_map(figure).colorbar.extend == "both"

    def test_a_norm_of_the_caller_is_followed_and_stays_as_it_was(self):
        norm = mpl.colors.LogNorm()
        image = heat_map(visualize_gradient_norms(GRID, norm=norm))
        assert isinstance(image.norm, mpl.colors.LogNorm)
        assert image.get_clim() == (0.5, 4.0)
        assert (norm.vmin, norm.vmax) == (None, None)

    def test_the_bar_can_be_left_out_or_put_elsewhere(self):
        figure = visualize_entropy_heatmap(GRID, cbar=False)
        assert figure.axes[0].child_axes == []
        assert heat_map(figure).colorbar is None
        figure, (ax, elsewhere) = plt.subplots(1, 2)
        for _ in range(2):
            visualize_entropy_heatmap(GRID, ax=ax, cbar_ax=elsewhere)
        assert elsewhere.get_ylabel() == "Entropy (nats)"
        assert len(figure.axes) == 2

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            pytest.param({"vmin": 3, "vmax": 1}, ValueError, "vmin must be below vmax, got 3 and 1", id="crossed"),
            pytest.param({"vmin": NAN}, ValueError, "vmin must be finite", id="NaN"),
            pytest.param({"vmax": "x"}, TypeError, "vmax must be", id="text"),
            pytest.param({"norm": "log", "vmin": 1}, ValueError, "vmin and vmax belong into norm", id="both"),
            pytest.param({"norm": 3}, TypeError, "'norm' must be an instance of ", id="norm as number"),
            pytest.param({"fmt": ".2q"}, ValueError, "fmt must be a format such as '.2f'", id="no format"),
            pytest.param({"annotate": "{:.2f"}, ValueError, "fmt must be a format", id="half a format"),
        ],
    )  # fmt: skip
    def test_bad_scales_are_refused_by_name(self, options, error, message):
        with pytest.raises(error) as caught:
            visualize_gradient_norms(GRID, **options)
        assert message in str(caught.value)
        assert plt.get_fignums() == []


class TestColorMap:
    def test_by_name_or_as_an_object(self):
        assert heat_map(visualize_gradient_norms(GRID, cmap="magma")).cmap.name == "magma"
        own = mpl.colors.ListedColormap(["black", "white"], name="own")
        assert heat_map(visualize_gradient_norms(GRID, cmap=own)).cmap.name == "own"

    def test_defaults_are_those_of_everyones_notebooks(self):
        assert heat_map(visualize_gradient_norms(GRID)).cmap.name == "plasma"
        assert heat_map(visualize_entropy_heatmap(GRID)).cmap.name == "viridis"
        assert heat_map(visualize_normalized_entropy(GRID, 4)).cmap.name == "viridis"


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        pytest.param(([1.0],), {}, ValueError, "entropy_values must have the two axes", id="1-d"),
        pytest.param(([[]],), {}, ValueError, "entropy_values is empty (shape (1, 0))", id="empty"),
        pytest.param(("x",), {}, TypeError, "entropy_values must be an array", id="text"),
        pytest.param((GRID,), {"min_value": NAN}, ValueError, "min_value must be finite", id="NaN start"),
        pytest.param((GRID,), {"min_value": [0, 1]}, ValueError, "min_value must be one number", id="two starts"),
        pytest.param((GRID,), {"min_value": "0"}, TypeError, "min_value must be", id="start as text"),
        pytest.param((GRID,), {"cmap": "virids"}, ValueError, "cmap must be a Matplotlib colour map such as 'viridis', got 'virids'", id="no such map"),
        pytest.param((GRID,), {"cmap": 3}, TypeError, "cmap must be the name of a colour map or a Colormap, got int", id="map as number"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name_and_leaves_no_figure(arguments, options, error, message):
    with pytest.raises(error) as caught:
        visualize_entropy_heatmap(*arguments, **options)
    assert message in str(caught.value)
    assert plt.get_fignums() == []


def test_a_maximum_of_another_shape_is_refused_with_both_shapes():
    with pytest.raises(ValueError, match="got shape") as caught:
        visualize_normalized_entropy(GRID, [1.0, 2.0])
    assert "got shape (2,) for entropy_values of shape (2, 3)" in str(caught.value)
    assert plt.get_fignums() == []


def test_the_unit_is_the_callers():
    bar = heat_map(visualize_entropy_heatmap(GRID, unit="bits")).colorbar
    assert bar.ax.get_ylabel() == "Entropy (bits)"

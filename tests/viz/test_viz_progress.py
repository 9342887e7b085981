"""The course of a training: curves, gaps, epochs, panels and errors."""

from __future__ import annotations

import collections
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nbrefactor.viz import visualize_training_progress
from nbrefactor.viz._progress import read_history, reduce_metric

pytestmark = pytest.mark.slow

NAN, INF = float("nan"), float("inf")
WHOLE = {
    "step": [0, 10, 20, 30],
    "train_loss": [4.0, 3.0, 2.0, 1.0],
    "eval_loss": [4.5, 3.5, 2.5, 1.5],
    "pruned_heads": [0, 2, 4, 6],
    "revived_heads": [0, 0, 1, 2],
    "sparsity": [0.0, 0.1, 0.2, 0.3],
    "epoch": [0, 0, 1, 1],
    "perplexity": [90.0, 33.0, 12.0, 4.5],
}


def curves(figure):
    """Points of each curve by its legend name."""
    return {
        line.get_label(): (list(line.get_xdata()), list(line.get_ydata()))
        for ax in figure.axes
        for line in ax.get_lines()
        if not line.get_label().startswith("_")
    }


def legends(figure):
    found = [ax.get_legend() for ax in figure.axes if ax.get_legend()]
    return [[text.get_text() for text in legend.get_texts()] for legend in found]


def shown_notes(figure):
    return [text.get_text() for ax in figure.axes for text in ax.texts]


class TestWhole:
    def test_every_metric_is_a_curve_in_its_panel(self):
        figure = visualize_training_progress(WHOLE)
        names = ["train", "eval", "pruned", "revived", "sparsity", "perplexity"]
        assert list(curves(figure)) == names
        for name, key in zip(names, [k for k in WHOLE if k not in {"step", "epoch"}], strict=True):
            assert curves(figure)[name] == (WHOLE["step"], WHOLE[key])
        assert legends(figure) == [
            ["train", "eval"],
            ["pruned", "revived"],
            ["sparsity", "perplexity"],
        ]

    def test_the_axes_are_labelled_with_units(self):
        loss, heads, sparsity, perplexity = visualize_training_progress(WHOLE).axes
        assert loss.get_ylabel() == "Loss"
        assert heads.get_ylabel() == "Heads"
        assert sparsity.get_ylabel() == "Sparsity (fraction)"
        assert perplexity.get_ylabel() == "Perplexity"
        assert [ax.get_xlabel() for ax in (loss, heads, sparsity)] == ["", "", "Training step"]

    def test_perplexity_has_the_second_axis_of_the_sparsity_panel(self):
        _, _, sparsity, perplexity = visualize_training_progress(WHOLE).axes
        assert sparsity.get_shared_x_axes().joined(sparsity, perplexity)
        assert perplexity.yaxis.get_label_position() == "right"

    def test_sparsity_in_percent_is_labelled_so(self):
        figure = visualize_training_progress({"step": [1, 2], "sparsity": [0.0, 12.5]})
        assert figure.axes[2].get_ylabel() == "Sparsity (%)"

    def test_counts_and_steps_have_whole_ticks(self):
        figure = visualize_training_progress(
            {"step": [1, 2, 3], "pruned_heads": [0, 1, 1], "sparsity": [0, 0.1, 0.1]}
        )
        figure.canvas.draw()
        assert all(tick % 1 == 0 for tick in figure.axes[1].get_yticks())
        assert all(tick % 1 == 0 for tick in figure.axes[2].get_xticks())

    def test_large_steps_are_readable(self):
        figure = visualize_training_progress({"step": [0, 100_000], "train_loss": [2, 1]})
        figure.canvas.draw()
        labels = [label.get_text() for label in figure.axes[2].get_xticklabels()]
        assert "100,000" in labels

    def test_lines_of_one_panel_differ_by_more_than_color(self):
        for ax in visualize_training_progress(WHOLE).axes[:2]:
            styles = {line.get_linestyle() for line in ax.get_legend().get_lines()}
            assert styles == {"-", "--"}

    def test_legends_and_labels_do_not_overlap(self):
        figure = visualize_training_progress({**WHOLE, "train_loss": [4, NAN, 2, 1]})
        figure.canvas.draw()
        top, middle, bottom, right = figure.axes
        boxes = [ax.get_legend().get_window_extent() for ax in (top, middle, right)]
        for box, ax, above in zip(boxes, (top, middle, bottom), (None, top, middle), strict=True):
            assert box.y0 >= ax.bbox.y1 - 1
            assert above is None or box.y1 <= above.bbox.y0

    def test_the_figure_has_the_given_size(self):
        assert list(visualize_training_progress(WHOLE).get_size_inches()) == [10, 8]
        assert list(visualize_training_progress(WHOLE, 50, (6, 5)).get_size_inches()) == [6, 5]


class TestPartial:
    @pytest.mark.parametrize("key", [key for key in WHOLE if key != "step"])
    def test_step_and_one_more_are_enough(self, key):
        figure = visualize_training_progress({"step": WHOLE["step"], key: WHOLE[key]})
        figure.canvas.draw()
        assert len(curves(figure)) == (key != "epoch")

    @pytest.mark.parametrize("absent", [None, []])
    def test_an_absent_metric_may_be_named(self, absent):
        figure = visualize_training_progress(
            {"step": [1, 2], "train_loss": [2, 1], "eval_loss": absent, "epoch": absent}
        )
        assert list(curves(figure)) == ["train"]

    def test_an_empty_panel_says_so(self):
        figure = visualize_training_progress({"step": [1, 2], "train_loss": [2, 1]})
        assert shown_notes(figure) == ["not recorded", "not recorded"]
        assert [ax.get_ylabel() for ax in figure.axes] == ["Loss", "Heads", "Sparsity"]

    def test_perplexity_without_sparsity_keeps_its_side(self):
        figure = visualize_training_progress({"step": [1, 2], "perplexity": [9, 8]})
        assert figure.axes[3].get_ylabel() == "Perplexity"
        assert list(figure.axes[2].get_yticks()) == []

    def test_a_shorter_list_belongs_to_the_first_steps(self):
        figure = visualize_training_progress({**WHOLE, "eval_loss": [5.0, 4.0]})
        assert curves(figure)["eval"] == ([0, 10], [5.0, 4.0])

    def test_one_step_is_visible(self):
        figure = visualize_training_progress({key: values[:1] for key, values in WHOLE.items()})
        figure.canvas.draw()
        for ax in figure.axes:
            markers = [line for line in ax.get_lines() if line.get_marker() == "."]
            assert markers
            assert all(list(line.get_xdata()) == [0] for line in markers)

    def test_other_keys_are_not_looked_at(self):
        figure = visualize_training_progress({**WHOLE, "notes": object(), "lr": ["a"]})
        assert len(curves(figure)) == 6

    @pytest.mark.parametrize(
        "make",
        [
            lambda history: collections.defaultdict(list, history),
            lambda history: collections.OrderedDict(history),
            lambda history: {key: np.array(values) for key, values in history.items()},
        ],
    )
    def test_any_mapping_will_do(self, make):
        assert len(curves(visualize_training_progress(make(WHOLE)))) == 6


class TestMissing:
    def test_a_gap_in_a_full_metric_is_a_gap_and_a_cross(self):
        figure = visualize_training_progress(
            {"step": [0, 1, 2, 3, 4], "train_loss": [5, None, NAN, 2, 1]}
        )
        steps, values = curves(figure)["train"]
        assert steps == [0, 1, 2, 3, 4]
        np.testing.assert_array_equal(values, [5, NAN, NAN, 2, 1])
        assert curves(figure)["train: missing (not finite)"] == ([1, 2], [0, 0])

    def test_the_crosses_are_on_the_lower_edge(self):
        ax = visualize_training_progress({"step": [0, 1], "train_loss": [9, NAN]}).axes[0]
        cross = next(line for line in ax.get_lines() if line.get_marker() == "x")
        assert cross.get_transform() == ax.get_xaxis_transform()
        assert not cross.get_clip_on()

    def test_a_metric_recorded_now_and_then_is_joined_without_crosses(self):
        figure = visualize_training_progress(
            {"step": range(7), "eval_loss": [3, None, None, 2, None, None, 1]}
        )
        assert curves(figure) == {"eval": ([0, 3, 6], [3, 2, 1])}

    def test_infinity_is_always_a_cross(self):
        figure = visualize_training_progress(
            {"step": range(7), "eval_loss": [3, None, None, INF, None, None, 1]}
        )
        assert curves(figure)["eval"] == ([0, 6], [3, 1])
        assert curves(figure)["eval: missing (not finite)"] == ([3], [0])

    def test_infinity_leaves_the_scale(self):
        ax = visualize_training_progress({"step": [0, 1, 2], "train_loss": [2, INF, 1]}).axes[0]
        assert ax.get_ylim()[1] < 3

    def test_a_point_between_two_gaps_is_visible_in_a_long_series(self):
        values = np.ones(90)
        values[40] = values[42] = NAN
        figure = visualize_training_progress({"step": np.arange(90), "train_loss": values})
        dots = [line for line in figure.axes[0].get_lines() if line.get_marker() == "."]
        assert [list(line.get_xdata()) for line in dots] == [[41]]

    def test_a_metric_of_nothing_but_nan_is_drawn_as_missing(self):
        figure = visualize_training_progress({"step": [0, 1], "train_loss": [NAN, INF]})
        figure.canvas.draw()
        assert list(curves(figure)["train"][0]) == []
        assert curves(figure)["train: missing (not finite)"][0] in ([0, 1], [1])

    def test_legends_name_missing_values_last(self):
        figure = visualize_training_progress({**WHOLE, "train_loss": [4, NAN, 2, 1]})
        assert legends(figure)[0] == ["train", "eval", "train: missing (not finite)"]


class TestDownsampling:
    STEPS = np.arange(100_000)
    LOSS = 3 * np.exp(-STEPS / 30_000) + np.sin(STEPS) / 20

    @pytest.mark.parametrize("limit", [4, 100, 101, 1000])
    def test_few_points_with_ends_and_extremes(self, limit):
        loss = self.LOSS.copy()
        loss[50_003], loss[70_001] = 12.0, -3.0
        figure = visualize_training_progress({"step": self.STEPS, "train_loss": loss}, limit)
        steps, values = curves(figure)["train"]
        assert len(steps) <= limit
        assert (steps[0], steps[-1]) == (0, 99_999)
        assert values[steps.index(50_003)] == 12.0
        assert values[steps.index(70_001)] == -3.0

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_fewer_than_four_count_as_four(self, limit):
        figure = visualize_training_progress({"step": self.STEPS, "train_loss": self.LOSS}, limit)
        assert len(curves(figure)["train"][0]) == 4

    def test_metrics_are_reduced_each_by_its_own_extremes(self):
        sparsity = np.zeros(100_000)
        sparsity[33] = 0.9
        history = read_history(
            {"step": self.STEPS, "train_loss": self.LOSS, "sparsity": sparsity}, 20
        )
        assert 33 in history.curves["sparsity"].steps
        assert 33 not in history.curves["train_loss"].steps

    def test_crosses_are_thinned_too(self):
        curve = reduce_metric(self.STEPS * 1.0, np.where(self.STEPS % 3, 1.0, NAN), 100)
        assert len(curve.missing) == 100
        assert (curve.missing[0], curve.missing[-1]) == (0, 99_999)

    def test_what_fits_is_drawn_whole(self):
        figure = visualize_training_progress(WHOLE, 4)
        assert curves(figure)["train"] == (WHOLE["step"], WHOLE["train_loss"])


class TestEpochs:
    @staticmethod
    def lines(ax):
        return [line.get_xdata()[0] for line in ax.get_lines() if line.get_linestyle() == ":"]

    def test_a_boundary_crosses_every_panel_and_is_named_once(self):
        figure = visualize_training_progress(WHOLE)
        assert [self.lines(ax) for ax in figure.axes[:3]] == [[20], [20], [20]]
        assert shown_notes(figure) == ["epoch 1"]

    def test_without_epochs_there_is_no_line(self):
        figure = visualize_training_progress({**WHOLE, "epoch": []})
        assert [self.lines(ax) for ax in figure.axes[:3]] == [[], [], []]

    def test_a_boundary_survives_downsampling(self):
        steps = np.arange(10_000)
        history = {"step": steps, "train_loss": steps, "epoch": steps // 3_333}
        figure = visualize_training_progress(history, 10)
        assert self.lines(figure.axes[0]) == [3333, 6666, 9999]

    def test_many_epochs_are_thinned_and_their_names_do_not_touch(self):
        steps = np.arange(5_000)
        figure = visualize_training_progress(
            {"step": steps, "train_loss": steps, "epoch": steps // 10}
        )
        figure.canvas.draw()
        assert len(self.lines(figure.axes[0])) == 60
        names = [text.get_window_extent() for text in figure.axes[0].texts]
        assert len(names) > 5
        assert all(one.x1 < other.x0 for one, other in pairwise(names))
        assert names[-1].x1 <= figure.axes[0].bbox.x1


class TestAxes:
    def test_three_axes(self):
        figure, panels = plt.subplots(1, 3)
        assert visualize_training_progress(WHOLE, ax=panels) is figure
        assert [ax.get_ylabel() for ax in panels] == ["Loss", "Heads", "Sparsity (fraction)"]
        assert [ax.get_xlabel() for ax in panels] == ["Training step"] * 3

    def test_three_axes_that_share_their_steps_label_them_once(self):
        _, panels = plt.subplots(3, sharex=True)
        visualize_training_progress(WHOLE, ax=list(panels))
        assert [ax.get_xlabel() for ax in panels] == ["", "", "Training step"]

    @pytest.mark.parametrize("layout", ["tight", "constrained", None])
    def test_one_axes_of_a_grid_is_divided_and_stays_in_its_place(self, layout):
        figure, (left, right) = plt.subplots(1, 2, layout=layout, figsize=(12, 6))
        assert visualize_training_progress(WHOLE, ax=right) is figure
        figure.canvas.draw()
        panels = [ax for ax in figure.axes if ax.get_ylabel() in {"Loss", "Heads"}]
        assert len(panels) == 2
        assert all(ax.bbox.x0 > left.bbox.x1 for ax in panels)
        assert not right.axison

    def test_axes_outside_any_grid_are_divided_too(self):
        figure = plt.figure()
        ax = figure.add_axes((0.2, 0.2, 0.6, 0.6))
        visualize_training_progress(WHOLE, ax=ax)
        figure.canvas.draw()
        assert [panel.get_ylabel() for panel in ax.child_axes] == [
            "Sparsity (fraction)",
            "Heads",
            "Loss",
        ]

    @pytest.mark.parametrize(
        ("ax", "error", "message"),
        [
            pytest.param("panel", TypeError, "a sequence of three or None, got str", id="text"),
            pytest.param(3, TypeError, "a sequence of three or None, got int", id="a number"),
            pytest.param(
                [1, 2, 3], TypeError, "ax must hold Matplotlib axes, got int", id="numbers"
            ),
            pytest.param([1, 2], ValueError, "three (loss, heads, sparsity), got 2", id="two"),
        ],
    )
    def test_anything_else_is_refused(self, ax, error, message):
        with pytest.raises(error) as caught:
            visualize_training_progress(WHOLE, ax=ax)
        assert message in str(caught.value)


@pytest.mark.parametrize(
    ("history", "error", "message"),
    [
        pytest.param([1, 2], TypeError, "metrics_history must map metric names to lists, got list", id="a list"),
        pytest.param(None, TypeError, "got NoneType", id="nothing"),
        pytest.param({"train_loss": [1]}, ValueError, "must have the key 'step', got the keys ['train_loss']", id="no step"),
        pytest.param({"step": None, "train_loss": [1]}, ValueError, "must have the key 'step'", id="step is None"),
        pytest.param({"step": [], "train_loss": []}, ValueError, "metrics_history['step'] is empty", id="no step yet"),
        pytest.param({"step": [1, 2]}, ValueError, "values of at least one metric besides 'step': train_loss, ", id="nothing but steps"),
        pytest.param({"step": [1], "train_loss": []}, ValueError, "values of at least one metric", id="nothing recorded"),
        pytest.param({"step": [1], "loss": [1]}, ValueError, "values of at least one metric", id="another name"),
        pytest.param({"step": [1, None], "train_loss": [1, 2]}, ValueError, "metrics_history['step'] must be finite, got nan at position 1", id="an unknown step"),
        pytest.param({"step": [1, 2], "eval_loss": [1, 2, 3]}, ValueError, "metrics_history['eval_loss'] must not be longer than metrics_history['step'], got shapes (3,) and (2,)", id="a longer list"),
        pytest.param({"step": [1], "epoch": [0, 1]}, ValueError, "metrics_history['epoch'] must not be longer", id="longer epochs"),
        pytest.param({"step": [1], "sparsity": [[1]]}, ValueError, "metrics_history['sparsity'] must be a list with one value a step, got shape (1, 1)", id="a grid"),
        pytest.param({"step": 1, "sparsity": [1]}, ValueError, "metrics_history['step'] must be a list", id="one step"),
        pytest.param({"step": [1], "perplexity": "9"}, TypeError, "metrics_history['perplexity'] must be an array", id="text"),
        pytest.param({"step": [1], "perplexity": ["9"]}, TypeError, "metrics_history['perplexity'] must be an array", id="texts"),
    ],
)  # fmt: skip
def test_bad_histories_are_refused_by_name_and_leave_no_figure(history, error, message):
    with pytest.raises(error) as caught:
        visualize_training_progress(history)
    assert message in str(caught.value)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("points", "error", "message"),
    [
        (0, ValueError, "max_display_points must be at least 1, got 0"),
        (-5, ValueError, "max_display_points must be at least 1, got -5"),
        (10.0, TypeError, "max_display_points must be a whole number, got 10.0"),
        (None, TypeError, "max_display_points must be a whole number, got None"),
    ],
)
def test_a_bad_number_of_points_is_refused(points, error, message):
    with pytest.raises(error, match=message):
        visualize_training_progress(WHOLE, points)

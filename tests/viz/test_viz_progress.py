"""The course of a training: curves, gaps, epochs, panels and errors."""

from __future__ import annotations

import collections
import typing
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nbrefactor.viz import visualize_training_progress
from nbrefactor.viz._progress import read_history, reduce_history, reduce_metric

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
        figure = visualize_training_progress(WHOLE, cumulative=True)
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
        for ax in visualize_training_progress(WHOLE, cumulative=True).axes[:2]:
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
        history = {"step": WHOLE["step"], key: WHOLE[key]}
        figure = visualize_training_progress(history, cumulative=True)
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
        one = {key: values[:1] for key, values in WHOLE.items()}
        figure = visualize_training_progress(one, cumulative=True)
        figure.canvas.draw()
        for ax in figure.axes:
            markers = [line for line in ax.get_lines() if line.get_marker() == "."]
            assert markers
            assert all(list(line.get_xdata()) == [0] for line in markers)

    def test_other_keys_are_not_looked_at(self):
        history = {**WHOLE, "notes": object(), "lr": ["a"]}
        figure = visualize_training_progress(history, cumulative=True)
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
        assert len(curves(visualize_training_progress(make(WHOLE), cumulative=True))) == 6


class TestNothingYet:
    @pytest.mark.parametrize(
        "history",
        [
            pytest.param({}, id="no key yet"),
            pytest.param({"step": []}, id="no step"),
            pytest.param({"step": [], "train_loss": [], "epoch": None}, id="empty lists"),
            pytest.param({"step": np.empty(0), "sparsity": np.empty(0)}, id="empty arrays"),
        ],
    )
    def test_an_empty_history_is_drawn_so_that_training_can_begin(self, history):
        figure = visualize_training_progress(history, title="Run 7")
        figure.canvas.draw()
        assert shown_notes(figure) == ["nothing recorded yet"] * 3

    def test_a_step_without_values_is_drawn(self):
        figure = visualize_training_progress({"step": [1], "train_loss": []})
        assert shown_notes(figure) == ["not recorded"] * 3


class TestHeads:
    HISTORY: typing.ClassVar = {
        "step": range(6),
        "pruned_heads": [0, 3, 0, 0, 2, 0],
        "revived_heads": [0, 0, 0, 1, 1, 0],
    }

    @staticmethod
    def bars(ax):
        return [
            [tuple(map(float, end)) for _, end in collection.get_segments()]
            for collection in ax.collections
        ]

    def test_each_event_is_a_bar_up_for_pruned_and_down_for_revived(self):
        ax = visualize_training_progress(self.HISTORY).axes[1]
        assert self.bars(ax) == [[(1, 3), (4, 2)], [(3, -1), (4, -1)]]
        ax.figure.canvas.draw()
        assert not any("−" in label.get_text() for label in ax.get_yticklabels())

    def test_events_survive_among_many_steps(self):
        pruned = np.zeros(100_000)
        pruned[[17, 80_003]] = 2
        history = {"step": np.arange(100_000), "pruned_heads": pruned}
        assert self.bars(visualize_training_progress(history, 10).axes[1]) == [
            [(17, 2), (80_003, 2)]
        ]

    def test_running_totals_are_steps(self):
        ax = visualize_training_progress(self.HISTORY, cumulative=True).axes[1]
        assert self.bars(ax) == []
        assert {line.get_drawstyle() for line in ax.get_legend().get_lines()} == {"steps-post"}


class TestLook:
    def test_a_title_stands_above_all_panels(self):
        figure = visualize_training_progress(WHOLE, title="A run " * 40)
        figure.canvas.draw()
        ax = figure.axes[0]
        title = ax.title.get_window_extent()
        assert title.y0 >= ax.get_legend().get_window_extent().y1 - 1
        assert 0 <= title.x0 < title.x1 <= figure.bbox.x1

    def test_losses_on_a_logarithmic_scale(self):
        loss, heads, *_ = visualize_training_progress(WHOLE, log_loss=True).axes
        assert (loss.get_yscale(), heads.get_yscale()) == ("log", "linear")

    def test_smoothing_keeps_the_values_behind_the_average(self):
        history = {"step": [0, 1, 2], "train_loss": [0.0, 3.0, 0.0], "sparsity": [0, 1, 0]}
        figure = visualize_training_progress(history, smoothing=0.5)
        behind, averaged, *_ = figure.axes[0].get_lines()
        assert list(behind.get_ydata()) == [0, 3, 0]
        np.testing.assert_allclose(averaged.get_ydata(), [0, 2, 6 / 7])
        assert behind.get_alpha() < 0.5
        assert curves(figure)["sparsity"][1] == [0, 1, 0]

    def test_further_metrics_have_panels_of_their_own(self):
        history = {**WHOLE, "lr": [4e-4, 3e-4, 2e-4, 1e-4], "accuracy": [0.5, None, None, None]}
        figure = visualize_training_progress(history, metrics=["lr", "accuracy"])
        assert [ax.get_ylabel() for ax in figure.axes[3:5]] == ["lr", "accuracy"]
        assert curves(figure)["lr"][1] == history["lr"]
        assert curves(figure)["accuracy"] == ([0], [0.5])
        assert figure.axes[4].get_xlabel() == "Training step"

    def test_the_sparsity_axis_begins_at_zero(self):
        for values in ([0.0, 0.0], [0.1, 0.3], [0.0, 0.2]):
            figure = visualize_training_progress({"step": [0, 1], "sparsity": values})
            assert figure.axes[2].get_ylim()[0] == 0

    def test_no_two_things_have_one_color(self):
        figure = visualize_training_progress(WHOLE, cumulative=True)
        colors = [
            line.get_color()
            for ax in figure.axes
            for line in ax.get_lines()
            if line.get_label()[0] != "_"
        ]
        assert len(set(colors)) == len(colors) == 6

    def test_the_second_axis_has_no_grid_of_its_own(self):
        with plt.rc_context({"axes.grid": True}):
            *_, right = visualize_training_progress(WHOLE).axes
        assert not any(line.get_visible() for line in right.get_ygridlines())

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            pytest.param({"metrics": "lr"}, TypeError, "metrics must be a sequence of keys", id="one name"),
            pytest.param({"metrics": ["lr"]}, ValueError, "metrics names 'lr', but metrics_history has the keys ['epoch', ", id="not there"),
            pytest.param({"smoothing": 1}, ValueError, "smoothing must be from 0 to below 1, got 1", id="too smooth"),
            pytest.param({"smoothing": "x"}, TypeError, "smoothing must be", id="text"),
        ],
    )  # fmt: skip
    def test_bad_options_are_refused_by_name(self, options, error, message):
        with pytest.raises(error) as caught:
            visualize_training_progress(WHOLE, **options)
        assert message in str(caught.value)
        assert plt.get_fignums() == []


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
        recorded = read_history({"step": self.STEPS, "train_loss": self.LOSS, "sparsity": sparsity})
        history = reduce_history(recorded, 20, 0.0, False, ())
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
        panels = figure.axes[1:4]
        assert [one.get_ylabel() for one in panels] == ["Loss", "Heads", "Sparsity (fraction)"]
        assert all(0.2 <= one.get_position().x0 < one.get_position().x1 <= 0.81 for one in panels)

    @pytest.mark.parametrize(
        ("ax", "error", "message"),
        [
            pytest.param("panel", TypeError, "axes or None, got str", id="text"),
            pytest.param(3, TypeError, "axes or None, got int", id="a number"),
            pytest.param([1, 2, 3], TypeError, "axes or None, got int", id="numbers"),
        ],
    )
    def test_anything_else_is_refused(self, ax, error, message):
        with pytest.raises(error) as caught:
            visualize_training_progress(WHOLE, ax=ax)
        assert message in str(caught.value)

    def test_another_number_of_axes_is_refused(self):
        _, axes = plt.subplots(2)
        with pytest.raises(ValueError, match=r"or 3 \(loss, heads, sparsity\), got 2"):
            visualize_training_progress(WHOLE, ax=axes)

    @pytest.mark.parametrize("several", [True, False])
    def test_drawing_again_replaces_what_was_drawn(self, several):
        figure, axes = plt.subplots(3)
        ax = axes if several else axes[0]
        for _ in range(3):
            visualize_training_progress(WHOLE, ax=ax)
        assert len(figure.axes) == (4 if several else 3 + 4)
        assert legends(figure)[0] == ["train", "eval"]


@pytest.mark.parametrize(
    ("history", "error", "message"),
    [
        pytest.param([1, 2], TypeError, "metrics_history must map metric names to lists, got list", id="a list"),
        pytest.param(None, TypeError, "got NoneType", id="nothing"),
        pytest.param({"train_loss": [1]}, ValueError, "must have 'step' with values, got the keys ['train_loss']", id="no step"),
        pytest.param({"step": None, "train_loss": [1]}, ValueError, "must have 'step' with values", id="step is None"),
        pytest.param({"step": [], "train_loss": [1]}, ValueError, "must have 'step' with values", id="values without steps"),
        pytest.param({"step": [1, 2]}, ValueError, "at least one metric besides 'step' (train_loss, ", id="nothing but steps"),
        pytest.param({"step": [1], "loss": [1]}, ValueError, "got the keys ['loss', 'step']; metrics= names others", id="another name"),
        pytest.param({"step": [1, None], "train_loss": [1, 2]}, ValueError, "metrics_history['step'] must be finite, got nan at position 1", id="an unknown step"),
        pytest.param({"step": [1, 2], "eval_loss": [1, 2, 3]}, ValueError, "metrics_history['eval_loss'] must not be longer than metrics_history['step'], got shapes (3,) and (2,)", id="a longer list"),
        pytest.param({"step": [1], "epoch": [0, 1]}, ValueError, "metrics_history['epoch'] must not be longer", id="longer epochs"),
        pytest.param({"step": [1], "sparsity": [[1]]}, ValueError, "metrics_history['sparsity'] must be one value a step, got shape (1, 1)", id="a grid"),
        pytest.param({"step": 1, "sparsity": [1]}, ValueError, "metrics_history['step'] must be one value a step, got shape ()", id="one step"),
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

"""The attention pattern of one head."""

from __future__ import annotations

import typing

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import LogNorm

from nbrefactor.viz import visualize_attention_matrix

# Every entry tells where it is from: batch, head, query, key.
ATTENTION = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5) / 1000


def drawn(figure):
    return np.asarray(figure.axes[0].images[0].get_array())


@pytest.mark.parametrize(
    ("matrix", "head", "expected"),
    [
        pytest.param(ATTENTION[1, 2], 0, ATTENTION[1, 2], id="one matrix"),
        pytest.param(ATTENTION[1, 2], 7, ATTENTION[1, 2], id="one matrix of any head"),
        pytest.param(ATTENTION[1], 2, ATTENTION[1, 2], id="heads"),
        pytest.param(ATTENTION, 1, ATTENTION[0, 1], id="first of a batch"),
        pytest.param(ATTENTION, -1, ATTENTION[0, 2], id="last head"),
        pytest.param([[0.5]], 0, [[0.5]], id="one position"),
    ],
)
def test_the_head_is_drawn_queries_by_keys(matrix, head, expected):
    figure = visualize_attention_matrix(matrix, 1, head)
    np.testing.assert_array_equal(drawn(figure), expected)


@pytest.mark.parametrize(
    ("options", "title"),
    [
        pytest.param({}, "Attention pattern (layer 0, head 0)", id="defaults"),
        pytest.param({"layer_idx": 3, "head_idx": 2}, "Attention pattern (layer 3, head 2)", id="indices"),
        pytest.param({"head_idx": -1}, "Attention pattern (layer 0, head 2)", id="counted from the last"),
        pytest.param({"title": "Mine"}, "Mine", id="given"),
        pytest.param({"title": ""}, "", id="none"),
    ],
)  # fmt: skip
def test_the_title_names_layer_and_head(options, title):
    assert visualize_attention_matrix(ATTENTION, **options).axes[0].get_title() == title


@pytest.mark.parametrize("matrix", [np.zeros((3, 3)), np.eye(3) / 2, np.full((3, 3), np.nan)])
def test_the_scale_is_always_0_to_1(matrix):
    figure = visualize_attention_matrix(matrix)
    assert figure.axes[0].images[0].get_clim() == (0, 1)
    assert figure.axes[0].images[0].colorbar.extend == "neither"


def test_values_beyond_the_scale_are_pointed_out():
    figure = visualize_attention_matrix([[-2.0, 3.0]])
    assert figure.axes[0].images[0].colorbar.extend == "both"


def test_axes_are_labelled_and_cells_are_square():
    (ax,) = visualize_attention_matrix(ATTENTION).axes
    bar = ax.images[0].colorbar.ax
    assert ax.get_xlabel() == "Key position (is attended to)"
    assert ax.get_ylabel() == "Query position (attends)"
    assert bar.get_ylabel() == "Attention probability"
    assert ax.get_aspect() == 1


def test_both_axes_have_the_same_ticks():
    ax = visualize_attention_matrix(np.eye(128)).axes[0]
    assert list(ax.get_xticks()) == list(ax.get_yticks()) == list(range(0, 128, 20))


def test_masked_positions_are_missing():
    figure = visualize_attention_matrix([[1.0, np.nan], [0.5, 0.5]])
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == [
        "missing (not finite)"
    ]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        pytest.param((ATTENTION[0, 0, 0],), ValueError, "[layers, batch, heads, seq, seq], got shape (5,)", id="1-d"),
        pytest.param((ATTENTION[None, None],), ValueError, "got shape (1, 1, 2, 3, 4, 5)", id="6-d"),
        pytest.param((np.zeros((0, 0)),), ValueError, "attn_matrix is empty (shape (0, 0))", id="no position"),
        pytest.param((np.zeros((0, 3, 4, 4)),), ValueError, "attn_matrix is empty", id="empty batch"),
        pytest.param(("x",), TypeError, "attn_matrix must be an array", id="text"),
        pytest.param((ATTENTION, 0, 3), ValueError, "head_idx must be between 0 and 2 for attn_matrix of shape (2, 3, 4, 5), got 3", id="a head too high"),
        pytest.param((ATTENTION, 0, -4), ValueError, "got -4", id="a head too low"),
        pytest.param((ATTENTION[0], 0, 3), ValueError, "of shape (3, 4, 5), got 3", id="a head too high of heads"),
        pytest.param((ATTENTION, 0, 1.0), TypeError, "head_idx must be a whole number, got 1.0", id="a head as float"),
        pytest.param((ATTENTION, 1.5), TypeError, "layer_idx must be a whole number, got 1.5", id="half a layer"),
        pytest.param((ATTENTION[0], None), TypeError, "layer_idx must be a whole number, got None", id="all layers of one"),
        pytest.param((ATTENTION[0], [0, 1]), ValueError, "layer_idx must name one of attn_matrix of shape (3, 4, 5)", id="two layers of one"),
        pytest.param((ATTENTION, 0, []), ValueError, "head_idx must name one", id="no head"),
        pytest.param((ATTENTION[None], 1), ValueError, "layer_idx must be between 0 and 0 for attn_matrix of shape (1, 2, 3, 4, 5), got 1", id="a layer too high"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name_and_leaves_no_figure(arguments, error, message):
    with pytest.raises(error) as caught:
        visualize_attention_matrix(*arguments)
    assert message in str(caught.value)
    assert plt.get_fignums() == []


LAYERS = np.arange(2 * 1 * 3 * 4 * 4).reshape(2, 1, 3, 4, 4) / 1000


class Tensor:
    """Counts what is copied off its device."""

    copied: typing.ClassVar[list[tuple[int, ...]]] = []

    def __init__(self, values):
        self.values = values
        self.shape = values.shape

    def __getitem__(self, index):
        return Tensor(self.values[index])

    def detach(self):
        return self

    def cpu(self):
        self.copied.append(self.shape)
        return self

    def numpy(self):
        return self.values


@pytest.mark.slow
class TestLayers:
    @pytest.mark.parametrize(
        ("attention", "options"),
        [
            pytest.param(LAYERS, {}, id="layers, batch, heads"),
            pytest.param(tuple(LAYERS), {}, id="a tuple, as Transformers returns it"),
            pytest.param([Tensor(layer) for layer in LAYERS], {}, id="a list of tensors"),
            pytest.param(LAYERS[:, 0], {"first_axis": "layers"}, id="layers, heads"),
            pytest.param(LAYERS.tolist(), {}, id="nested lists"),
        ],
    )
    def test_the_layer_is_picked(self, attention, options):
        figure = visualize_attention_matrix(attention, 1, 2, **options)
        np.testing.assert_array_equal(drawn(figure), LAYERS[1, 0, 2])
        assert figure.axes[0].get_title() == "Attention pattern (layer 1, head 2)"
        assert list(figure.axes[0].texts) == []

    @pytest.mark.parametrize(
        ("layer", "options", "note"),
        [
            pytest.param(1, {}, ["read as [batch, heads, query, key]: entry 0 of 2"], id="either"),
            pytest.param(1, {"first_axis": "batch"}, [], id="said"),
            pytest.param(0, {}, [], id="the first is the same by either reading"),
            pytest.param(5, {}, [], id="no such layer, so it is the batch"),
        ],
    )
    def test_a_first_axis_of_either_meaning_is_the_batch_and_the_plot_says_so(
        self, layer, options, note
    ):
        figure = visualize_attention_matrix(ATTENTION, layer, **options)
        np.testing.assert_array_equal(drawn(figure), ATTENTION[0, 0])
        assert [text.get_text() for text in figure.axes[0].texts] == note

    def test_only_the_picked_head_is_copied_from_its_device(self):
        Tensor.copied.clear()
        visualize_attention_matrix(Tensor(LAYERS), 1, 2)
        assert Tensor.copied == [(4, 4)]

    def test_another_meaning_of_the_first_axis_is_refused(self):
        with pytest.raises(ValueError, match="first_axis must be 'batch', 'layers' or None"):
            visualize_attention_matrix(LAYERS, first_axis="heads")


@pytest.mark.slow
class TestGrid:
    @pytest.mark.parametrize(
        ("layer", "head", "places", "titles", "title"),
        [
            pytest.param(1, None, [(1, 0), (1, 1), (1, 2)], ["Head 0", "Head 1", "Head 2"], "Attention patterns (layer 1)", id="all heads"),
            pytest.param(0, [2, 0], [(0, 2), (0, 0)], ["Head 2", "Head 0"], "Attention patterns (layer 0)", id="some heads"),
            pytest.param(None, -1, [(0, 2), (1, 2)], ["Layer 0", "Layer 1"], "Attention patterns (head 2)", id="all layers"),
            pytest.param(None, range(2), [(0, 0), (0, 1), (1, 0), (1, 1)], ["Layer 0, head 0", "Layer 0, head 1", "Layer 1, head 0", "Layer 1, head 1"], "Attention patterns", id="both"),
        ],
    )  # fmt: skip
    def test_several_patterns_share_one_scale_and_one_bar(self, layer, head, places, titles, title):
        figure = visualize_attention_matrix(LAYERS, layer, head)
        *panels, bar = figure.axes
        for ax, (of_layer, of_head) in zip(panels, places, strict=True):
            np.testing.assert_array_equal(ax.images[0].get_array(), LAYERS[of_layer, 0, of_head])
            assert ax.images[0].get_clim() == (0, 1)
        assert [ax.get_title() for ax in panels] == titles
        assert figure.get_suptitle() == title
        assert bar.get_ylabel() == "Attention probability"

    @pytest.mark.parametrize("options", [{"robust": True}, {"norm": "log"}, {"norm": LogNorm()}])
    def test_a_scale_of_the_data_is_that_of_all_of_them(self, options):
        *panels, _ = visualize_attention_matrix(LAYERS, 1, None, **options).axes
        assert len({ax.images[0].get_clim() for ax in panels}) == 1
        assert panels[0].images[0].get_clim()[1] > LAYERS[1, 0, 1].max()

    def test_layers_that_are_asked_for_make_the_first_axis_layers(self):
        *panels, _ = visualize_attention_matrix(ATTENTION, None, 1).axes
        np.testing.assert_array_equal(panels[1].images[0].get_array(), ATTENTION[1, 1])

    def test_own_axes_one_for_each(self):
        figure, axes = plt.subplots(1, 3)
        assert visualize_attention_matrix(LAYERS, 0, None, ax=axes) is figure
        assert [ax.get_title() for ax in axes] == ["Head 0", "Head 1", "Head 2"]
        assert [len(ax.child_axes) for ax in axes] == [0, 0, 1]
        with pytest.raises(ValueError, match="one axes for each of the 2 patterns, got 3"):
            visualize_attention_matrix(LAYERS, 0, [0, 1], ax=axes)


@pytest.mark.slow
class TestTokens:
    @staticmethod
    def labels(axis):
        return [label.get_text() for label in axis.get_ticklabels()]

    def test_they_label_rows_and_columns(self):
        ax = visualize_attention_matrix(np.eye(3), tokens=["The", "$5", "a\nb"]).axes[0]
        assert self.labels(ax.xaxis) == self.labels(ax.yaxis) == ["The", "$5", "a⏎b"]
        assert not any(label.get_parse_math() for label in ax.get_xticklabels())

    def test_queries_and_keys_may_have_their_own(self):
        ax = visualize_attention_matrix(np.ones((1, 2)), tokens=(["q"], ["k", "l"])).axes[0]
        assert (self.labels(ax.yaxis), self.labels(ax.xaxis)) == (["q"], ["k", "l"])

    def test_many_are_thinned_and_turned_and_long_ones_cut(self):
        ax = visualize_attention_matrix(np.eye(300), tokens=["extraordinarily"] * 300).axes[0]
        assert set(self.labels(ax.xaxis)) == {"extraordinari…"}
        assert 5 < len(ax.get_xticks()) < 60
        assert {label.get_rotation() for label in ax.get_xticklabels()} == {90}

    @pytest.mark.parametrize(
        ("tokens", "error", "message"),
        [
            pytest.param(["a"], ValueError, "tokens must label 4 queries and 5 keys, got 1 and 1", id="too few"),
            pytest.param("abcd", TypeError, "tokens must be a sequence of labels, got str", id="text"),
            pytest.param(3, TypeError, "got int", id="a number"),
        ],
    )  # fmt: skip
    def test_others_are_refused(self, tokens, error, message):
        with pytest.raises(error) as caught:
            visualize_attention_matrix(ATTENTION, tokens=tokens)
        assert message in str(caught.value)


def test_the_upper_triangle_can_be_left_out():
    matrix = [[1.0, np.nan], [0.5, 0.5]]
    ax = visualize_attention_matrix(matrix, mask_upper=True, annotate=True).axes[0]
    assert [text.get_text() for text in ax.texts] == ["1.00", "0.50", "0.50"]
    assert ax.get_legend() is None


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(100, 5), (5, 100), (1, 512), (512, 1)])
def test_very_long_and_very_wide_patterns_fill_the_axes(shape):
    ax = visualize_attention_matrix(np.full(shape, 0.1)).axes[0]
    assert ax.get_aspect() == "auto"
    assert max(len(ax.get_xticks()), len(ax.get_yticks())) > 4

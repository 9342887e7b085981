"""The attention pattern of one head."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nbrefactor.viz import visualize_attention_matrix
from nbrefactor.viz._attention import select_head

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
    ax, bar = visualize_attention_matrix(ATTENTION).axes
    assert ax.get_xlabel() == "Key position (is attended to)"
    assert ax.get_ylabel() == "Query position (attends)"
    assert bar.get_ylabel() == "Attention probability"
    assert ax.get_aspect() == 1


def test_both_axes_have_the_same_ticks():
    ax = visualize_attention_matrix(np.eye(128)).axes[0]
    assert list(ax.get_xticks()) == list(ax.get_yticks()) == list(range(0, 128, 10))


def test_masked_positions_are_missing():
    figure = visualize_attention_matrix([[1.0, np.nan], [0.5, 0.5]])
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == [
        "missing (not finite)"
    ]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        pytest.param((ATTENTION[0, 0, 0],), ValueError, "attn_matrix must have the axes [seq, seq], [heads, seq, seq] or [batch, heads, seq, seq], got shape (5,)", id="1-d"),
        pytest.param((ATTENTION[None],), ValueError, "got shape (1, 2, 3, 4, 5)", id="5-d"),
        pytest.param((np.zeros((0, 0)),), ValueError, "attn_matrix is empty (shape (0, 0))", id="no position"),
        pytest.param((np.zeros((0, 3, 4, 4)),), ValueError, "attn_matrix is empty", id="empty batch"),
        pytest.param(("x",), TypeError, "attn_matrix must be an array", id="text"),
        pytest.param((ATTENTION, 0, 3), ValueError, "head_idx must be between 0 and 2 for attn_matrix of shape (2, 3, 4, 5), got 3", id="a head too high"),
        pytest.param((ATTENTION, 0, -4), ValueError, "got -4", id="a head too low"),
        pytest.param((ATTENTION[0], 0, 3), ValueError, "of shape (3, 4, 5), got 3", id="a head too high of heads"),
        pytest.param((ATTENTION, 0, 1.0), TypeError, "head_idx must be a whole number, got 1.0", id="a head as float"),
        pytest.param((ATTENTION, None), TypeError, "layer_idx must be a whole number, got None", id="no layer"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name_and_leaves_no_figure(arguments, error, message):
    with pytest.raises(error) as caught:
        visualize_attention_matrix(*arguments)
    assert message in str(caught.value)
    assert plt.get_fignums() == []


def test_choosing_a_head_is_apart_from_drawing():
    matrix, head = select_head(ATTENTION, -2)
    assert head == 1
    np.testing.assert_array_equal(matrix, ATTENTION[0, 1])

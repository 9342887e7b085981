"""What is computed before anything is drawn."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nbrefactor.viz._heatmap import choose_format, tick_positions
from nbrefactor.viz._numbers import (
    average_ranks,
    color_limits,
    downsample,
    epoch_boundaries,
    normalize_entropy,
    rank_correlation,
    smooth,
    spread,
    text_color,
)

NAN, INF = float("nan"), float("inf")
FINITE = st.floats(-1e6, 1e6)


def series(elements):
    return st.integers(0, 400).flatmap(lambda n: arrays(np.float64, n, elements=elements))


class TestDownsample:
    @given(series(FINITE), st.integers(1, 120))
    def test_keeps_few_points_the_ends_and_the_extremes(self, values, limit):
        kept = downsample(values, limit)
        assert len(kept) <= max(limit, 4)
        assert (np.diff(kept) > 0).all()
        if len(values):
            assert kept[0] == 0
            assert kept[-1] == len(values) - 1
            assert values[kept].min() == values.min()
            assert values[kept].max() == values.max()

    @given(series(st.one_of(FINITE, st.just(NAN))), st.integers(1, 120))
    def test_gaps_do_not_hide_the_extremes(self, values, limit):
        kept = downsample(values, limit)
        assert len(kept) <= max(limit, 4)
        if np.isfinite(values).any():
            assert np.nanmin(values[kept]) == np.nanmin(values)
            assert np.nanmax(values[kept]) == np.nanmax(values)

    @given(series(FINITE), st.integers(1, 120))
    def test_what_is_downsampled_already_stays(self, values, limit):
        once = values[downsample(values, limit)]
        np.testing.assert_array_equal(once[downsample(once, limit)], once)

    @given(series(FINITE))
    def test_short_series_are_kept_whole(self, values):
        np.testing.assert_array_equal(downsample(values, max(len(values), 1)), range(len(values)))

    def test_a_spike_of_one_step_in_many_survives(self):
        values = np.zeros(100_000)
        values[50_003] = 12.0
        assert 50_003 in downsample(values, 100)

    def test_every_stretch_is_represented(self):
        kept = downsample(np.sin(np.arange(10_000) / 7), 100)
        assert np.diff(kept).max() <= 2 * 10_000 / 49

    def test_a_long_gap_stays_a_gap(self):
        values = np.ones(1000)
        values[300:500] = NAN
        assert np.isnan(values[downsample(values, 50)]).any()


@pytest.mark.parametrize(
    ("values", "ranks"),
    [
        pytest.param([10, 30, 20], [1, 3, 2], id="all different"),
        pytest.param([5, 5, 1, 9], [2.5, 2.5, 1, 4], id="two equal"),
        pytest.param([2, 2, 2], [2, 2, 2], id="all equal"),
    ],
)
def test_average_ranks(values, ranks):
    np.testing.assert_array_equal(average_ranks(np.array(values, dtype=float)), ranks)


class TestRankCorrelation:
    @pytest.mark.parametrize(
        ("x", "y", "expected"),
        [
            pytest.param([1, 2, 3], [10, 100, 1000], 1.0, id="rising together"),
            pytest.param([1, 2, 3], [9, 4, 1], -1.0, id="falling"),
            pytest.param([106, 100, 86, 101, 99, 103, 97, 113, 112, 110],
                         [7, 27, 2, 50, 28, 29, 20, 12, 6, 17], -29 / 165, id="a textbook's table"),
            pytest.param([1, 1, 2, 3], [1, 2, 3, 4], 3 / math.sqrt(10), id="ties share their rank"),
            pytest.param([1, 2, 3, NAN], [1, 2, 3, -9], 1.0, id="missing x is left out"),
            pytest.param([1, 2, 3, 9], [1, 2, 3, -INF], 1.0, id="infinite y is left out"),
        ],
    )  # fmt: skip
    def test_known_values(self, x, y, expected):
        assert rank_correlation(np.array(x, float), np.array(y, float)) == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("x", "y"),
        [
            pytest.param([], [], id="no head"),
            pytest.param([1], [2], id="one head"),
            pytest.param([1, 2, 3], [4, 4, 4], id="constant"),
            pytest.param([1, NAN, 3], [NAN, 2, 3], id="one complete pair"),
        ],
    )
    def test_undefined(self, x, y):
        assert math.isnan(rank_correlation(np.array(x, float), np.array(y, float)))

    @given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2))
    def test_it_is_symmetric_bounded_and_blind_to_the_scale(self, pairs):
        x, y = np.array(pairs, dtype=float).T
        rho = rank_correlation(x, y)
        if math.isnan(rho):
            assert len(set(x)) == 1 or len(set(y)) == 1
        else:
            assert -1 <= rho <= 1
            assert rank_correlation(y, x) == pytest.approx(rho)
            assert rank_correlation(np.exp(x / 10), y) == pytest.approx(rho)
            assert rank_correlation(-x, y) == pytest.approx(-rho)


class TestNormalizeEntropy:
    GRID = np.array([[1.0, 2.0, 4.0], [0.0, NAN, INF]])

    @pytest.mark.parametrize(
        ("maximum", "expected"),
        [
            pytest.param(4, [[25, 50, 100], [0, NAN, NAN]], id="one number"),
            pytest.param([1, 2, 8], [[100, 100, 50], [0, NAN, NAN]], id="one for each head"),
            pytest.param([[4], [2]], [[25, 50, 100], [0, NAN, NAN]], id="one for each layer"),
            pytest.param([[2]], [[50, 100, 200], [0, NAN, NAN]], id="one in a grid of its own"),
            pytest.param([1, NAN, INF], [[100, NAN, NAN], [0, NAN, NAN]], id="unknown maxima"),
        ],
    )
    def test_percentages(self, maximum, expected):
        result = normalize_entropy(self.GRID, np.array(maximum, dtype=float))
        np.testing.assert_array_equal(result, expected)

    @pytest.mark.parametrize("shape", [(2,), (3, 1), (2, 3, 1), (1, 2, 3), (0,)])
    def test_a_shape_that_does_not_broadcast_is_refused_with_both_shapes(self, shape):
        with pytest.raises(
            ValueError, match="max_entropy must be one number or broadcast"
        ) as caught:
            normalize_entropy(self.GRID, np.ones(shape))
        assert f"got shape {shape} for entropy_values of shape (2, 3)" in str(caught.value)

    @pytest.mark.parametrize(("maximum", "got"), [(0, "0"), (-1, "-1"), ([1, -2, NAN], "-2")])
    def test_a_maximum_that_is_not_positive_is_refused(self, maximum, got):
        with pytest.raises(ValueError, match=f"max_entropy must be greater than 0, got {got}:"):
            normalize_entropy(self.GRID, np.array(maximum, dtype=float))


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        pytest.param([1, 3, 2], (1, 3), id="smallest to largest"),
        pytest.param([1, NAN, INF, -INF, 3], (1, 3), id="only finite values count"),
        pytest.param([2, 2], (1.8, 2.2), id="equal values are in the middle"),
        pytest.param([-2, -2], (-2.2, -1.8), id="equal negative values too"),
        pytest.param([0, 0], (-0.1, 0.1), id="zeros too"),
        pytest.param([NAN, INF], (0, 1), id="nothing finite"),
    ],
)
def test_color_limits(values, limits):
    assert color_limits(np.array(values, dtype=float)) == pytest.approx(limits)


@pytest.mark.parametrize(
    ("low", "high", "limits"),
    [
        pytest.param(0, None, (0, 3), id="a given start"),
        pytest.param(None, 2, (1, 2), id="a given end"),
        pytest.param(-5, 5, (-5, 5), id="both"),
        pytest.param(5, None, (5, 5.5), id="a start above all values"),
        pytest.param(None, -5, (-5.5, -5), id="an end below all values"),
        pytest.param(None, 0, (-0.1, 0), id="an end at zero"),
    ],
)
def test_given_color_limits_are_kept(low, high, limits):
    assert color_limits(np.array([1.0, 3.0, NAN]), low, high) == pytest.approx(limits)


def test_robust_color_limits_are_blind_to_outliers():
    values = np.r_[np.linspace(0, 1, 100), 1e9, -1e9]
    low, high = color_limits(values, robust=True)
    assert -0.1 < low < 0.1
    assert 0.9 < high < 1.1
    assert color_limits(values, low=-7.0, robust=True) == (-7.0, high)


def test_color_limits_that_cross_are_refused():
    with pytest.raises(ValueError, match="vmin must be below vmax, got 2 and 1"):
        color_limits(np.ones(2), 2, 1)


class TestSmooth:
    @given(series(FINITE), st.floats(0, 0.99))
    def test_averages_stay_between_the_extremes_and_begin_at_the_first_value(self, values, weight):
        averaged = smooth(values, weight)
        if len(values):
            assert averaged[0] == pytest.approx(values[0])
            slack = 1e-9 * np.abs(values).max()
            assert values.min() - slack <= averaged.min()
            assert averaged.max() <= values.max() + slack

    def test_a_gap_is_passed_over_and_stays(self):
        np.testing.assert_allclose(smooth(np.array([1.0, NAN, 1.0, INF]), 0.5), [1, NAN, 1, NAN])

    def test_without_weight_nothing_changes(self):
        np.testing.assert_allclose(smooth(np.array([1.0, 5.0, 2.0]), 0.0), [1, 5, 2])


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [
        pytest.param([0, 0, 1, 1, 2], [(20, 1), (40, 2)], id="whole epochs"),
        pytest.param([0.2, 0.6, 1.0, 1.4, 1.8], [(20, 1)], id="fractions of an epoch"),
        pytest.param([0, NAN, NAN, 1, 1], [(30, 1)], id="unknown entries are passed over"),
        pytest.param([3, 3, 0, 0, 0], [(20, 0)], id="a restart"),
        pytest.param([1, 1, 1, 1, 1], [], id="one epoch"),
        pytest.param([NAN] * 5, [], id="nothing known"),
    ],
)
def test_epoch_boundaries(epochs, expected):
    steps = np.arange(5) * 10.0
    assert epoch_boundaries(steps, np.array(epochs, dtype=float)) == expected


@given(st.integers(1, 5000), st.integers(2, 200))
def test_a_spread_is_even_and_keeps_the_ends(count, limit):
    chosen = spread(count, limit)
    assert len(chosen) == min(count, limit)
    assert (chosen[0], chosen[-1]) == (0, count - 1)
    gaps = np.diff(chosen)
    assert not len(gaps) or gaps.max() - gaps.min() <= 1


@given(st.integers(1, 5000), st.integers(-2, 200))
def test_ticks_are_whole_start_at_zero_and_fit(count, room):
    ticks = tick_positions(count, room)
    assert ticks[0] == 0
    assert ticks[-1] < count
    assert len(ticks) <= max(room, 1)
    assert len(set(np.diff(ticks))) <= 1


@pytest.mark.parametrize(
    ("count", "room", "step"),
    [(12, 12, 1), (12, 11, 2), (64, 30, 5), (64, 10, 10), (1024, 12, 100)],
)
def test_ticks_have_the_smallest_round_step(count, room, step):
    assert tick_positions(count, room)[1] == step


def contrast(one, other):
    def luminance(rgb):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("cmap", ["viridis", "cividis", "plasma", "gray"])
def test_text_has_enough_contrast_on_every_color_of_a_map(cmap):
    for value in np.linspace(0, 1, 50):
        background = mpl.colormaps[cmap](value)[:3]
        text = mpl.colors.to_rgb(text_color(background))
        opposite = tuple(1 - channel for channel in text)
        assert contrast(background, text) >= contrast(background, opposite)
        assert contrast(background, text) >= 4.5


@given(st.floats(1, 100), st.floats(1, 100), st.floats(0, 1e6))
def test_a_number_fits_into_its_cell(width, height, value):
    chosen = choose_format([value], ("{:.2f}", "{:.0f}"), (width, height))
    if chosen is not None:
        number_format, size = chosen
        assert 6.5 <= size <= 10
        assert size * 0.64 * len(number_format.format(value)) < width
        assert size < height


@pytest.mark.parametrize(
    ("cell", "chosen"),
    [
        pytest.param((45, 30), ("{:.2f}", 10.0), id="roomy"),
        pytest.param((24, 30), ("{:.1f}", 9.75), id="narrow: fewer digits"),
        pytest.param((17, 30), ("{:.1f}", pytest.approx(6.9, abs=0.1)), id="just readable"),
        pytest.param((15, 30), None, id="too narrow"),
        pytest.param((45, 10), None, id="too low"),
    ],
)
def test_the_longest_format_that_is_readable_is_chosen(cell, chosen):
    assert choose_format([0.5, 1.25], ("{:.2f}", "{:.1f}"), cell) == chosen


def test_without_values_or_formats_nothing_is_written():
    assert choose_format([], ("{:.2f}",), (50, 50)) is None
    assert choose_format([1.0], (), (50, 50)) is None

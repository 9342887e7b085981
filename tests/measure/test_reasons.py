"""Reasons, told apart by their kind."""

from __future__ import annotations

import pytest

from .reasons import kind


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ('reads notebook global "np" (cell 4)', "reads notebook global … (cell N)"),
        ("cell 12 handles its errors", "cell N handles its errors"),
        ("reads x (cells 3 and 14)", "reads x (cell N)"),
        ("computed: np.full((A, B), 'on')", "computed: …"),
        ("uses scipy.stats, which is missing", "uses …, which is missing"),
        ("parameters have other names: a_b, c_d", "parameters have other names: …"),
        ("the body differs", "the body differs"),
    ],
)
def test_names_and_numbers_are_left_out(reason: str, expected: str) -> None:
    assert kind(reason) == expected


def test_given_names_are_left_out() -> None:
    assert kind("is bound by plt in cell 3", {"plt", "cell x"}) == "is bound by … in cell N"

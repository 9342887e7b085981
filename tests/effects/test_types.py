from __future__ import annotations

import pytest

from nbrefactor.effects.types import alternatives, element, part, plain

AXES = "matplotlib.axes.Axes"
GRID = f"numpy.ndarray[{AXES}]"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("", (), id="an unknown type has no alternative"),
        pytest.param("str", ("str",), id="one"),
        pytest.param(f"{AXES} | {GRID}", (AXES, GRID), id="two, one of them with brackets"),
        pytest.param("tuple[int | str, int]", ("tuple[int | str, int]",), id="only the outer bar"),
    ],
)
def test_alternatives(written: str, expected: tuple[str, ...]) -> None:
    assert alternatives(written) == expected


def test_plain_leaves_out_what_is_held() -> None:
    assert plain(GRID) == "numpy.ndarray"
    assert plain("str") == "str"


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        pytest.param("", "", id="unknown"),
        pytest.param("list", "", id="a list of anything"),
        pytest.param("list[int]", "int", id="a list of integers"),
        pytest.param("tuple[int, int]", "int", id="a tuple of one type"),
        pytest.param("tuple[int, str]", "", id="a tuple of two types"),
        pytest.param("dict[str, int]", "", id="a mapping is walked by keys and indexed by them"),
        pytest.param(GRID, f"{AXES} | {GRID}", id="a row of an array is an array"),
        pytest.param(
            f"{AXES} | {GRID}", f"{AXES} | {GRID}", id="what cannot be walked is left out"
        ),
        pytest.param("list[int] | tuple[int, str]", "", id="one alternative that is not known"),
    ],
)
def test_element(container: str, expected: str) -> None:
    assert element(container) == expected


@pytest.mark.parametrize(
    ("container", "position", "expected"),
    [
        pytest.param("tuple[int, str]", 1, "str", id="of a tuple"),
        pytest.param("tuple[int, str]", -2, "int", id="counted from the end"),
        pytest.param("tuple[int, str]", 2, "", id="outside"),
        pytest.param("list[int]", 5, "int", id="of a list, anywhere"),
        pytest.param("", 0, "", id="unknown"),
    ],
)
def test_part(container: str, position: int, expected: str) -> None:
    assert part(container, position) == expected

"""The tables of what looks, shows and stores name things that are there."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from typing import get_args

import pytest

from nbrefactor.verdict import observed_origins as table
from nbrefactor.verdict.importing import _PREPARE

PLACES = sorted(
    name.replace("()", "")
    for name in {
        *(*table.LOOKS, *table.SHOWS, *table.MAKES_CLASSES, *table.CONTAINERS, *table.FRAMES),
        *(*table.WARNS, *table.DECORATORS, *table.ENUMS, *table.ANNOTATED, *table.DOCTESTS),
        *_PREPARE,
    }
    if "." in name
)
# The kernel puts them there, or another version has them.
ELSEWHERE = {
    *("builtins.display", "builtins.get_ipython", "IPython.core.display.display"),
    *("inspect.formatargspec", "sys._getframemodulename", "typing.override"),
}
OTHERS = {"jax", "numba", "pandas", "sklearn", "tensorflow", "torch", "typing_extensions"}
WAYS = {
    "looks": {way for ways in table.LOOKS.values() for way in ways}
    | set(table.ATTRIBUTES.values()),
    "shows": set(table.SHOWS.values()),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_place_is_there(place: str) -> None:
    top = place.partition(".")[0]
    if place in ELSEWHERE:
        return
    if top in OTHERS and importlib.util.find_spec(top) is None:
        pytest.skip(f"{top} is not installed")
    assert pkgutil.resolve_name(place) is not None


def test_ways_are_those_that_are_told_apart() -> None:
    assert WAYS["looks"] <= set(get_args(table.Sees))
    assert WAYS["shows"] <= {"display", "text"}

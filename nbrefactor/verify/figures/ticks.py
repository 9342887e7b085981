"""Ticks: where they merely state values they are style, where they name things they are words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbrefactor.verify.figures.content import Artist
from nbrefactor.verify.figures.looks import say
from nbrefactor.verify.figures.values import Difference, Kind, inside
from nbrefactor.verify.figures.words import compare_words, normal_words

_MATH = re.compile(r"[${}\\,]|mathdefault|mathrm")


def compare_ticks(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    old_grid: Artist | None,
    new_grid: Artist | None,
    name: str,
    where: str,
) -> Iterator[Difference]:
    """Compare the ticks of an axis.

    Parameters
    ----------
    before, after : mapping
        The axis in either figure.
    old_grid, new_grid : Artist or None
        The heat map in either axes, whose cells ticks may name.
    name : str
        ``x``, ``y`` or ``z``.
    where : str
        Names the axes.
    """
    place = inside(where, name)
    old, new = _named(before, old_grid, name), _named(after, new_grid, name)
    for at, label in old.items():
        other = next((text for spot, text in new.items() if abs(spot - at) < 0.26), None)
        if other is None:
            if not new and _states(label, at):
                continue
            yield Difference("words", "tick labels", place, repr(label), "")
            return
        if normal_words(label) != normal_words(other) and _digits(label) != _digits(other):
            yield from compare_words("tick labels", place, label, other)
            return
    if new and not old and any(not _states(label, at) for at, label in new.items()):
        # A number that is not the tick's own contradicts the axis, a name says more.
        false = any(_number(label) is not None for label in new.values())
        kind: Kind = "words" if false else "addition"
        yield Difference(kind, "tick labels", place, "", say(list(new.values())))
    ticks = [_cells(before["ticks"], old_grid, name), _cells(after["ticks"], new_grid, name)]
    if len(ticks[0]) != len(ticks[1]) or any(
        abs(one - other) > 1e-6 * max(1.0, abs(one)) for one, other in zip(*ticks, strict=True)
    ):
        yield Difference("style", "ticks", place, say(ticks[0]), say(ticks[1]))
    elif bool(before["labels"]) != bool(after["labels"]):
        told = ("labelled" if side["labels"] else "without labels" for side in (before, after))
        yield Difference("style", "ticks", place, *told)
    elif [*map(normal_words, before["labels"])] != [*map(normal_words, after["labels"])]:
        yield Difference("style", "ticks", place, say(before["labels"]), say(after["labels"]))


def _named(axis: Mapping[str, Any], grid: Artist | None, name: str) -> dict[float, str]:
    """Give the labels that are no values of their ticks, by the tick's place."""
    labels = axis["labels"]
    if not labels or not axis["visible"]:
        return {}
    values = [_number(label) for label in labels]
    factors = {
        round(value / tick, 9)
        for value, tick in zip(values, axis["ticks"], strict=True)
        if value is not None and abs(tick) > 1e-12
    }
    numbers = all(value is not None for value in values)
    if axis["writes values"] or (numbers and factors <= {1.0}) or (numbers and factors == {100.0}):
        return {}
    places = _cells(axis["ticks"], grid, name)
    return {at: label for at, label in zip(places, labels, strict=True) if normal_words(label)}


def _cells(ticks: list[float], grid: Artist | None, name: str) -> list[float]:
    """Give ticks in cells of a heat map, or as they are."""
    values = None if grid is None or name not in grid.data else grid.data[name].values
    if values is None or values.size < 2:
        return [float(tick) for tick in ticks]
    start, unit = float(values[0]), float(values[1] - values[0]) or 1.0
    return [(float(tick) - start) / unit for tick in ticks]


def _number(label: str) -> float | None:
    plain = _MATH.sub("", normal_words(label))
    if "^" in plain:
        base, _, power = plain.partition("^")
        try:
            return math.pow(float(base or "10"), float(power))
        except (ValueError, OverflowError, ZeroDivisionError):
            return None
    try:
        return float(plain.rstrip("%"))
    except ValueError:
        return None


def _states(label: str, value: float) -> bool:
    """Tell whether a label names nothing but the number of its tick: ``L3`` at 3."""
    return _digits(label) == f"{value:g}"


def _digits(label: str) -> str:
    return "".join(character for character in label if character.isdigit()).lstrip("0") or (
        "0" if any(character.isdigit() for character in label) else label
    )

"""Lines, points, bars, areas and grids: paired by what they show, then compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nbrefactor.verify.figures.arrays import differing_members, equal, same, say_difference
from nbrefactor.verify.figures.content import (
    Artist,
    differing_facts,
    first_use,
    same_data,
    shows_only_what,
)
from nbrefactor.verify.figures.looks import say, style_differences
from nbrefactor.verify.figures.thinning import same_course
from nbrefactor.verify.figures.values import Difference, Kind, inside

_CALLED = {
    "curve": "line",
    "grid": "heat map",
    "rectangle": "box",
    "patch": "shape",
    "areas": "area",
    "wedge": "slice",
    "segments": "line segments",
}
_AXES = {"grid": ("row", "column"), "picture": ("row", "column", "channel")}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two artists that stand for each other; None where one figure has none."""

    before: Artist | None
    after: Artist | None


def pair_artists(before: Sequence[Artist], after: Sequence[Artist]) -> list[Pair]:
    """Pair artists: by data and label, by data, by label, then by kind in order."""
    tests = (
        lambda one, other: same_data(one, other) and one.label == other.label,
        same_data,
        lambda one, other: one.family == other.family and one.label == other.label != "",
        lambda one, other: one.family == other.family and one.coordinates == other.coordinates,
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for test in tests:
        for at, one in enumerate(before):
            if at in partner:
                continue
            # Where several are alike, the one at the same place in the order is meant.
            for other in sorted(range(len(after)), key=lambda index: abs(index - at)):
                if other not in taken and test(one, after[other]):
                    partner[at] = other
                    taken.add(other)
                    break
    pairs = [
        Pair(one, after[partner[at]] if at in partner else None) for at, one in enumerate(before)
    ]
    return pairs + [Pair(None, other) for at, other in enumerate(after) if at not in taken]


def compare_marks(pairs: Sequence[Pair], where: str) -> Iterator[Difference]:
    """Compare paired artists of some axes.

    Parameters
    ----------
    pairs : sequence of Pair
        No texts among them.
    where : str
        Names the axes.
    """
    olds = [pair.before for pair in pairs if pair.before is not None]
    news = [pair.after for pair in pairs if pair.after is not None]
    for pair in pairs:
        if pair.before is None and pair.after is not None:
            others = [one for one in news if one is not pair.after]
            yield _only_after(pair.after, others, where)
        elif pair.after is None and pair.before is not None:
            others = [one for one in olds if one is not pair.before]
            repeated = shows_only_what(pair.before, others)
            name = called(pair.before)
            yield Difference("style" if repeated else "data", name, where, name, "")
        elif pair.before is not None and pair.after is not None:
            yield from _compare(pair.before, pair.after, where)


def _only_after(extra: Artist, others: list[Artist], where: str) -> Difference:
    if shows_only_what(extra, others):
        return Difference("addition", "marks", where, "", f"{called(extra)} over what is there")
    if "data" in extra.coordinates and "axes" in extra.coordinates:
        return Difference("addition", "guide line", where, "", called(extra))
    if "data" not in extra.coordinates:
        return Difference("addition", "decoration", where, "", called(extra))
    return Difference("data", called(extra), where, "", f"another {called(extra)}")


def called(artist: Artist) -> str:
    """Name an artist to a reader."""
    name = _CALLED.get(artist.family, artist.family)
    name = "points" if artist.kind == "points" else name
    return f"{name} '{artist.label}'" if artist.label else name


def _compare(before: Artist, after: Artist, where: str) -> Iterator[Difference]:
    place = inside(where, called(before))
    if before.coordinates != after.coordinates:
        told = (" and ".join(side.coordinates) for side in (before, after))
        yield Difference("data", "coordinates", place, *told)
    if before.kind == "unknown":
        told = (str(side.facts.get("type")) for side in (before, after))
        yield Difference("data", "an artist of which nothing is known", place, *told)
    yield from _compare_data(before, after, place)
    for name in differing_facts(before, after):
        old, new = (say(side.facts.get(name)) for side in (before, after))
        yield Difference("data", name, place, old, new)
    yield from _compare_cells(before, after, place)
    yield from _compare_scales(before.facts.get("scale"), after.facts.get("scale"), place)
    yield from _compare_groups(before, after, place)
    if before.label != after.label and before.label and after.label:
        # What a legend says of it is compared with the legend.
        yield Difference("style", "label", place, repr(before.label), repr(after.label))
    yield from style_differences(before.style, after.style, place)


def _compare_data(before: Artist, after: Artist, place: str) -> Iterator[Difference]:
    if before.family == "curve" and "sizes" in {*before.data} ^ {*after.data}:
        sizes = ["many" if "sizes" in side.data else "one" for side in (before, after)]
        yield Difference("data", "sizes", place, *sizes)
    names = [name for name in before.data if name in after.data]
    if before.family != after.family or set(before.data) - set(after.data) - {"sizes"}:
        yield Difference("data", "kind", place, before.kind, after.kind)
    differing = [name for name in names if not same(before.data[name], after.data[name])]
    if not differing:
        return
    if before.family == "grid" and set(differing) <= {"x", "y"} and _moved(before, after):
        yield Difference("style", "layout", inside(place, "cells"), "there", "moved as a whole")
        return
    if before.family == "curve" and same_course(before, after):
        counts = [side.data["x"].shape[0] for side in (before, after)]
        told = (f"{counts[0]} points", f"{counts[1]} on the same course")
        yield Difference("style", "points of lines", place, *told)
        return
    for name in differing:
        axes = _AXES.get(before.family, ())
        old, new = say_difference(before.data[name], after.data[name], axes)
        members, _ = differing_members(before.data[name], after.data[name], axes)
        what = f"data of the {called(before)}"
        yield Difference("data", what, inside(place, name), old, new, members=members)


def _moved(before: Artist, after: Artist) -> bool:
    """Tell whether a grid's cells are the same, shifted as a whole: drawn by another function."""
    if before.kind == after.kind:
        return False
    for name in ("x", "y"):
        old, new = before.data[name].values, after.data[name].values
        if old is None or new is None or old.shape != new.shape:
            return False
        if not equal(old - old[:1], new - new[:1]):
            return False
    return True


def _compare_cells(before: Artist, after: Artist, place: str) -> Iterator[Difference]:
    old: dict[str, str] = before.facts.get("cells") or {}
    new: dict[str, str] = after.facts.get("cells") or {}
    for at in {**old, **new}:
        if old.get(at, "") != new.get(at, ""):
            told = old.get(at, ""), new.get(at, "")
            kind: Kind = "data" if any(letter.isdigit() for letter in "".join(told)) else "words"
            yield Difference(kind, "table", inside(place, f"cell {at}"), *told)


def _compare_scales(before: Any, after: Any, place: str) -> Iterator[Difference]:
    if not before or not after:
        if before or after:
            told = ("by numbers" if side else "by hand" for side in (before, after))
            yield Difference("data", "colors", inside(place, "chosen"), *told)
        return
    if before["cmap_digest"] != after["cmap_digest"]:
        yield Difference("style", "color map", place, before["cmap"], after["cmap"])
    old, new = (_limits(side) for side in (before, after))
    span = abs(old[1] - old[0]) or 1.0
    if any(abs(one - other) > 1e-3 * span for one, other in zip(old, new, strict=True)):
        told = (f"{limits[0]:.6g} to {limits[1]:.6g}" for limits in (old, new))
        yield Difference("data", "color limits", place, *told)
    if (before["norm"], before["parameters"]) != (after["norm"], after["parameters"]):
        yield Difference("data", "color scale", place, before["norm"], after["norm"])


def _limits(scale: Any) -> list[float]:
    return [0.0 if limit is None else float(limit) for limit in scale["limits"]]


def _compare_groups(before: Artist, after: Artist, place: str) -> Iterator[Difference]:
    """Compare which members share a colour; all alike and all different say nothing."""
    old, new = (_groups(side) for side in (before, after))
    if old != new and before.data.keys() == after.data.keys():
        told = (f"{max(groups, default=0) + 1} groups" for groups in (old, new))
        yield Difference("data", "color groups", place, *told)


def _groups(artist: Artist) -> list[int]:
    groups = first_use(list(artist.facts.get("color groups") or []))
    return [] if len(set(groups)) in (0, 1, len(groups)) else groups

"""Axes of two figures: their words, limits, scales and ticks, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbrefactor.verify.figures.content import Artist, positions, read_artist
from nbrefactor.verify.figures.legends import compare_legends
from nbrefactor.verify.figures.looks import say, style_differences
from nbrefactor.verify.figures.marks import Pair, called, compare_marks, pair_artists
from nbrefactor.verify.figures.texts import Pairing, Ruler, compare_texts, ruler
from nbrefactor.verify.figures.ticks import compare_ticks
from nbrefactor.verify.figures.values import Difference, Kind, inside
from nbrefactor.verify.figures.words import compare_words

# Limits that differ by less than this share of the axis are what margins leave.
_SLACK = 1e-3


@dataclass(frozen=True, eq=False)
class Axes:
    """Axes of a recorded figure.

    Parameters
    ----------
    described : mapping
        What the recorder says of them.
    marks, texts : tuple of Artist
        What stands in them.
    """

    described: Mapping[str, Any]
    marks: tuple[Artist, ...]
    texts: tuple[Artist, ...]

    @property
    def is_color_bar(self) -> bool:
        """Whether they hold the scale of a colour bar."""
        return bool(self.described["role"] == "color bar")

    @property
    def titles(self) -> str:
        """All of their titles."""
        return "\n".join(text for text in self.described["titles"].values() if text)

    @property
    def grid(self) -> Artist | None:
        """The heat map in them."""
        return next((mark for mark in self.marks if mark.family == "grid"), None)

    @property
    def ruler(self) -> Ruler:
        """How places in them are compared."""
        limits = [self.limits(name) for name in "xy"]
        return ruler(self.grid, (limits[0], limits[1]))

    def axis(self, name: str) -> Mapping[str, Any]:
        """Give one axis."""
        axis: Mapping[str, Any] = self.described["axis"].get(name, {})
        return axis

    def limits(self, name: str) -> tuple[float, float]:
        """Give the limits of one axis, low end of the axis first, also where it is inverted."""
        low, high = self.axis(name).get("limits", (0.0, 1.0))
        return float(low), float(high)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see but perhaps a frame."""
        return not (self.marks or self.texts or self.titles)


def read_axes(described: Mapping[str, Any]) -> Axes:
    """Read axes as the recorder describes them."""
    read = [read_artist(artist) for artist in described["artists"]]
    artists = [artist for artist in read if artist is not None]
    return Axes(
        described,
        tuple(artist for artist in artists if artist.family != "text"),
        tuple(artist for artist in artists if artist.family == "text"),
    )


def compare_axes(before: Axes, after: Axes, where: str) -> Iterator[Difference]:
    """Compare axes that stand for each other.

    Parameters
    ----------
    before, after : Axes
        One of either figure.
    where : str
        Names them; empty where there is no choice.
    """
    pairs = pair_artists(before.marks, after.marks)
    if uncounted := int(before.described["uncounted"]) or int(after.described["uncounted"]):
        why = f"{uncounted} artists more than can be compared"
        yield Difference("data", "too many artists", where, "compared in part", why)
    yield from compare_words("title", where, before.titles, after.titles)
    if before.described["kind"] != after.described["kind"]:
        told = (str(side.described["kind"]) for side in (before, after))
        yield Difference("data", "projection", where, *told)
    yield from compare_marks(pairs, where)
    yield from _compare_covered(before, after, where)
    pie = any(mark.family == "wedge" for mark in before.marks)
    rulers = (before.ruler, after.ruler)
    how: Pairing = "in order" if pie else "placed"
    yield from compare_texts(before.texts, after.texts, rulers, where, how=how)
    for name in "xyz":
        if name in before.described["axis"] and name in after.described["axis"]:
            yield from _compare_axis(before, after, name, where, pairs)
    legends = (before.described["legends"], after.described["legends"])
    yield from compare_legends(*legends, pairs, where)
    yield from _compare_frame(before, after, where)


def _compare_covered(before: Axes, after: Axes, where: str) -> Iterator[Difference]:
    """Find what has come to lie below a heat map, where nobody sees it."""
    old, new = ([called(artist) for artist in _covered(side)] for side in (before, after))
    if len(new) > len(old):
        yield Difference("data", "drawing order", where, new[-1], "covered by the heat map")


def _covered(axes: Axes) -> list[Artist]:
    opaque = [
        _order(mark)
        for mark in axes.marks
        if mark.family == "grid" and mark.style.get("transparency") in (None, 1, 1.0)
    ]
    others = [one for one in (*axes.marks, *axes.texts) if one.family != "grid"]
    return [one for one in others if opaque and _order(one) < max(opaque)]


def _order(artist: Artist) -> float:
    return float(artist.style.get("order", 0.0))


def compare_color_bars(before: Axes, after: Axes, where: str) -> Iterator[Difference]:
    """Compare colour bars, whichever way they lie."""
    old, new = (_color_bar_label(side) for side in (before, after))
    yield from compare_words("color bar label", where, old, new)
    ends = [_color_bar_limits(side) for side in (before, after)]
    span = abs(ends[0][1] - ends[0][0]) or 1.0
    axes = [side.axis(_long(side)) for side in (before, after)]
    yield from compare_ticks(axes[0], axes[1], None, None, "", inside(where, "color bar"))
    if any(abs(one - other) > _SLACK * span for one, other in zip(*ends, strict=True)):
        yield Difference(
            "data", "color limits", inside(where, "color bar"), *map(_say_limits, ends)
        )


def _color_bar_label(axes: Axes) -> str:
    words = [str(axes.axis(name).get("label", "")) for name in "xy"]
    return " ".join([word for word in [*words, axes.titles] if word])


def _color_bar_limits(axes: Axes) -> tuple[float, float]:
    return axes.limits(_long(axes))


def _long(axes: Axes) -> str:
    # The bar's other axis runs from 0 to 1 and has no ticks.
    return max("xy", key=lambda name: len(axes.axis(name).get("ticks", ())))


def _compare_axis(
    before: Axes, after: Axes, name: str, where: str, pairs: Sequence[Pair]
) -> Iterator[Difference]:
    old, new = before.axis(name), after.axis(name)
    shown = [
        str(axis["label"]) if axis["visible"] and side.described["on"] else ""
        for axis, side in ((old, before), (new, after))
    ]
    yield from compare_words(f"{name} label", where, *shown)
    if old["scale"] != new["scale"]:
        yield Difference("data", f"{name} scale", where, old["scale"], new["scale"])
    yield from _compare_limits(before, after, name, where, pairs)
    yield from compare_ticks(old, new, before.grid, after.grid, name, where)
    if shown[0] and shown[1]:
        yield from style_differences(old["font"], new["font"], inside(where, f"{name} label"))
    sizes = [
        {"font size": side["tick font size"], "rotation": side["tick rotation"]}
        for side in (old, new)
    ]
    yield from style_differences(sizes[0], sizes[1], inside(where, f"{name} ticks"))
    if old["lines"] != new["lines"]:
        told = ("grid lines" if side["lines"] else "none" for side in (old, new))
        yield Difference("style", "grid lines", inside(where, name), *told)


def _compare_limits(
    before: Axes, after: Axes, name: str, where: str, pairs: Sequence[Pair]
) -> Iterator[Difference]:
    old, new = before.limits(name), after.limits(name)
    span = max(abs(old[1] - old[0]), abs(new[1] - new[0])) or 1.0
    if (old[1] < old[0]) != (new[1] < new[0]):
        yield Difference("data", f"{name} direction", where, _say_limits(old), _say_limits(new))
        return
    if all(abs(one - other) <= _SLACK * span for one, other in zip(old, new, strict=True)):
        return
    hidden = shown = False
    for pair in pairs:
        sides = [
            _within(side, name, limits) for side, limits in ((pair.before, old), (pair.after, new))
        ]
        if sides[0] is not None and sides[1] is not None and len(sides[0]) == len(sides[1]):
            hidden |= bool((sides[0] & ~sides[1]).any())
            shown |= bool((sides[1] & ~sides[0]).any())
    kind: Kind = "data" if hidden else "addition" if shown else "style"
    what = f"{name} limits, which cut off data" if hidden else "limits"
    yield Difference(kind, what, inside(where, name), _say_limits(old), _say_limits(new))


def _within(artist: Artist | None, name: str, limits: tuple[float, float]) -> Any:
    """Tell which points of an artist lie within the limits of an axis; None where none tell."""
    import numpy as np

    found = None if artist is None else positions(artist)
    if artist is None or found is None or artist.coordinates["xyz".index(name) % 2] != "data":
        return None
    if name == "z":
        return None
    values = found["xy".index(name)]
    low, high = min(limits), max(limits)
    slack = 1e-9 * (high - low)
    with np.errstate(invalid="ignore"):
        return (values >= low - slack) & (values <= high + slack)


def _say_limits(limits: tuple[float, float]) -> str:
    return f"{limits[0]:.6g} to {limits[1]:.6g}"


def _compare_frame(before: Axes, after: Axes, where: str) -> Iterator[Difference]:
    if before.titles and after.titles:
        fonts = (before.described["title font"], after.described["title font"])
        yield from style_differences(*fonts, inside(where, "title"))
    yield from style_differences(before.described["style"], after.described["style"], where)
    if before.described["on"] != after.described["on"]:
        told = ("shown" if side.described["on"] else "hidden" for side in (before, after))
        yield Difference("style", "axes", where, *told)
    places = (before.described["place"], after.described["place"])
    if any(abs(one - other) > 0.005 for one, other in zip(*places, strict=True)):
        told = (say([round(edge, 3) for edge in place]) for place in places)
        yield Difference("style", "layout", inside(where, "place"), *told)
    if before.described["grid"] != after.described["grid"]:
        told = (say(side.described["grid"]) for side in (before, after))
        yield Difference("style", "layout", inside(where, "grid"), *told)

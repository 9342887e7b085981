"""Two figures compared: axes paired by what they hold, then everything in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nbrefactor.verify.figures.axes import Axes, compare_axes, compare_color_bars, read_axes
from nbrefactor.verify.figures.content import Artist, read_artist, same_data
from nbrefactor.verify.figures.legends import compare_legends
from nbrefactor.verify.figures.looks import say
from nbrefactor.verify.figures.marks import compare_marks, pair_artists
from nbrefactor.verify.figures.texts import compare_texts, ruler
from nbrefactor.verify.figures.values import Difference, FigureComparison, worst_first
from nbrefactor.verify.figures.words import compare_words, normal_words


def compare_figures(before: Mapping[str, Any], after: Mapping[str, Any]) -> FigureComparison:
    """Compare two figures as data.

    Parameters
    ----------
    before, after : mapping
        Figures as the recorder describes them.

    Returns
    -------
    FigureComparison
        Every difference, the worst first.
    """
    return FigureComparison(worst_first(_differences(before, after)))


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = ([read_axes(axes) for axes in side["axes"]] for side in (before, after))
    plain = [[axes for axes in side if not axes.is_color_bar] for side in (old, new)]
    bars = [[axes for axes in side if axes.is_color_bar] for side in (old, new)]
    yield from _compare_titles(before, after, *plain)
    yield from _compare_all_axes(*plain)
    yield from _compare_color_bars(*bars)
    yield from _compare_own(before, after)
    yield from compare_legends(before["legends"], after["legends"], (), "figure")
    sizes = [" x ".join(f"{length:.3g}" for length in side["size"]) for side in (before, after)]
    if sizes[0] != sizes[1]:
        yield Difference("style", "size", "inches", *sizes)
    if before["dpi"] != after["dpi"]:
        yield Difference("style", "size", "dots an inch", say(before["dpi"]), say(after["dpi"]))
    if before["color"] != after["color"]:
        told = (say(side["color"]) for side in (before, after))
        yield Difference("style", "colors", "figure, background", *told)


def _compare_titles(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    old: Sequence[Axes],
    new: Sequence[Axes],
) -> Iterator[Difference]:
    for name in ("suptitle", "supxlabel", "supylabel"):
        texts = [" ".join(side["titles"][name]) for side in (before, after)]
        called = "title" if name == "suptitle" else f"{name[3]} label"
        # The title of a figure with one plot may as well stand on the plot.
        within = [[_said(axes, called) for axes in side] for side in (old, new)]
        if not any(texts):
            continue
        if not texts[1] and normal_words(texts[0]) in within[1]:
            yield Difference("style", "layout", f"figure, {called}", "of the figure", "of the axes")
        elif not texts[0] and normal_words(texts[1]) in within[0]:
            yield Difference("style", "layout", f"figure, {called}", "of the axes", "of the figure")
        else:
            yield from compare_words(called, "figure", *texts)


def _said(axes: Axes, called: str) -> str:
    return normal_words(
        axes.titles if called == "title" else str(axes.axis(called[0]).get("label", ""))
    )


def _compare_all_axes(before: Sequence[Axes], after: Sequence[Axes]) -> Iterator[Difference]:
    partners = _pair_axes(before, after)
    many = len(before) > 1
    for at, axes in enumerate(before):
        where = f"axes {at + 1}" if many else ""
        if at in partners:
            yield from compare_axes(axes, after[partners[at]], where)
        elif not axes.is_empty:
            yield Difference("data", "axes", where, _holds(axes), "")
    for at, axes in enumerate(after):
        if at not in partners.values() and not axes.is_empty:
            yield Difference(
                "data" if axes.marks else "addition", "axes", f"axes {at + 1}", "", _holds(axes)
            )


def _holds(axes: Axes) -> str:
    kinds = dict.fromkeys(mark.kind for mark in axes.marks)
    return f"axes with {', '.join(kinds) or 'words'}"


def _pair_axes(before: Sequence[Axes], after: Sequence[Axes]) -> dict[int, int]:
    """Pair axes by what they hold, then by their order."""
    found: dict[int, int] = {}
    scores = sorted(
        (
            (_likeness(one, other), -abs(at - place), -at, -place)
            for at, one in enumerate(before)
            for place, other in enumerate(after)
        ),
        reverse=True,
    )
    for _, _, at, place in scores:
        if -at not in found and -place not in found.values():
            found[-at] = -place
    return found


def _likeness(before: Axes, after: Axes) -> float:
    left = list(after.marks)
    equal = 0
    for mark in before.marks[:200]:
        partner = next((other for other in left[:200] if same_data(mark, other)), None)
        if partner is not None:
            left.remove(partner)
            equal += 1
    titled = before.titles != "" and normal_words(before.titles) == normal_words(after.titles)
    labelled = all(before.axis(name).get("label") == after.axis(name).get("label") for name in "xy")
    return equal + 0.5 * titled + 0.25 * labelled


def _compare_color_bars(before: Sequence[Axes], after: Sequence[Axes]) -> Iterator[Difference]:
    for at in range(max(len(before), len(after))):
        where = f"color bar {at + 1}" if len(before) > 1 else ""
        if at >= len(before):
            yield Difference("addition", "color bar", where, "", "a color bar")
        elif at >= len(after):
            yield Difference("words", "color bar", where, "a color bar", "")
        else:
            yield from compare_color_bars(before[at], after[at], where)


def _compare_own(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare what stands on the figure itself."""
    sides: list[list[Artist]] = []
    for side in (before, after):
        read = [read_artist(artist) for artist in side["artists"]]
        sides.append([artist for artist in read if artist is not None])
    marks = [[artist for artist in side if artist.family != "text"] for side in sides]
    texts = [[artist for artist in side if artist.family == "text"] for side in sides]
    whole = ruler(None, ((0.0, 1.0), (0.0, 1.0)))
    yield from compare_marks(pair_artists(*marks), "figure")
    yield from compare_texts(texts[0], texts[1], (whole, whole), "figure", how="anywhere")

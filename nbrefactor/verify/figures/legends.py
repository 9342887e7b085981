"""Legends: their words, and what each of them stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nbrefactor.verify.figures.looks import style_differences
from nbrefactor.verify.figures.marks import Pair
from nbrefactor.verify.figures.values import Difference, inside
from nbrefactor.verify.figures.words import compare_entries, compare_words, normal_words


def compare_legends(
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    pairs: Sequence[Pair],
    where: str,
) -> Iterator[Difference]:
    """Compare the legends of some axes.

    Parameters
    ----------
    before, after : sequence of mapping
        Legends as the recorder describes them.
    pairs : sequence of Pair
        The artists that they may stand for.
    where : str
        Names the axes.
    """
    old, new = ([text for legend in side for text in legend["texts"]] for side in (before, after))
    if old and not new:
        yield Difference("words", "legend", where, _listed(old), "")
        return
    if new and not old:
        yield Difference("addition", "legend", where, "", _listed(new))
        return
    titles = (" ".join(legend["title"] for legend in side) for side in (before, after))
    yield from compare_words("legend title", where, *titles)
    yield from compare_entries("legend", where, old, new)
    yield from _compare_meanings(before, after, pairs, where)
    if before and after:
        yield from style_differences(before[0]["style"], after[0]["style"], inside(where, "legend"))


def _compare_meanings(
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    pairs: Sequence[Pair],
    where: str,
) -> Iterator[Difference]:
    """Find entries that stand for another artist than before."""
    old = _meanings(before, [pair.before for pair in pairs])
    new = _meanings(after, [pair.after for pair in pairs])
    for text in [text for text in old if text in new]:
        if old[text] and new[text] and not set(old[text]) & set(new[text]):
            told = (
                f"artist {', '.join(str(at + 1) for at in found)}"
                for found in (old[text], new[text])
            )
            yield Difference("words", f"meaning of {text!r} in the legend", where, *told)


def _meanings(
    legends: Sequence[Mapping[str, Any]], artists: Sequence[Any]
) -> dict[str, tuple[int, ...]]:
    found = {}
    for legend in legends:
        for text, color in zip(legend["texts"], legend["colors"], strict=False):
            meant = tuple(
                at
                for at, artist in enumerate(artists)
                if artist is not None and _has(artist, color)
            )
            found[normal_words(text)] = meant
    return found


def _has(artist: Any, color: str) -> bool:
    own = [artist.style.get(name) for name in ("color", "edge color", "marker color")]
    return any(color == one or (isinstance(one, list) and color in one) for one in own)


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(repr(normal_words(text)) for text in texts)

"""Words of two figures: the same, grown by something, or different."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nbrefactor.verify.figures.values import Difference, inside

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def normal_words(text: str) -> str:
    """Take out of words what a figure sets by itself: line breaks and the minus of a font."""
    return _SPACE.sub(" ", text.replace("\N{MINUS SIGN}", "-")).strip()


def compare_words(name: str, where: str, before: str, after: str) -> Iterator[Difference]:
    """Compare two words that stand in the same place.

    Words that say all that the old ones said, and more, are an addition; so are words where there
    were none. Capitals and line breaks are a matter of style.
    """
    old, new = normal_words(before), normal_words(after)
    if old == new:
        if before != after:
            told = repr(before), repr(after)
            yield Difference("style", "line breaks", inside(where, name), *told)
        return
    kind = "words"
    if old.casefold() == new.casefold():
        kind = "style"
    elif not old or _contains(new, old):
        kind = "addition"
    yield Difference(kind, name, where, repr(old) if old else "", repr(new) if new else "")  # type: ignore[arg-type]


def _contains(longer: str, shorter: str) -> bool:
    """Tell whether words contain others as whole words, in any case."""
    pattern = rf"(?<!\w){re.escape(shorter.casefold())}(?!\w)"
    return re.search(pattern, longer.casefold()) is not None


def same_number(before: str, after: str) -> bool | None:
    """Tell whether two texts state one number, as far as the shorter one is written out.

    Returns
    -------
    bool or None
        None where they are not both one number with at most a unit around it.

    Examples
    --------
    >>> same_number("42", "41.9%"), same_number("0.31", "0.62"), same_number("a", "1")
    (True, False, None)
    """
    found = [_NUMBER.findall(normal_words(text).replace(",", "")) for text in (before, after)]
    rest = [_NUMBER.sub("", normal_words(text)).strip() for text in (before, after)]
    if any(len(numbers) != 1 for numbers in found) or any(len(text) > 3 for text in rest):
        return None
    (old,), (new,) = found
    decimals = min(_decimals(old), _decimals(new))
    return abs(float(old) - float(new)) <= 0.5000001 * 10.0**-decimals


def _decimals(number: str) -> int:
    mantissa, _, exponent = number.lower().partition("e")
    return len(mantissa.partition(".")[2]) - (int(exponent) if exponent else 0)


def compare_entries(
    name: str, where: str, before: Sequence[str], after: Sequence[str]
) -> Iterator[Difference]:
    """Compare words that have no place of their own, such as the entries of a legend."""
    old = [normal_words(text) for text in before]
    new = [normal_words(text) for text in after]
    for text in [text for text in old if text in new]:
        if text in new:
            new.remove(text)
            old.remove(text)
    for text in list(old):
        near = next((other for other in new if other.casefold() == text.casefold()), None)
        near = near or next((other for other in new if _contains(other, text)), None)
        near = near or next((other for other in new if _contains(text, other)), None)
        if near is not None or (new and len(old) == len(new)):
            near = near or new[0]
            yield from compare_words(name, where, text, near)
            new.remove(near)
        else:
            yield Difference("words", name, where, repr(text), "")
        old.remove(text)
    for text in new:
        yield Difference("addition", name, where, "", repr(text))

"""Comparing the outputs of one cell in two runs.

A replacement of level ``compatible`` draws otherwise, so that pictures may be ``redrawn`` in a cell
that calls it. Whatever else differs, there as anywhere, is ``changed``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from nbrefactor.verify import pictures
from nbrefactor.verify.markup import read_table, table_difference
from nbrefactor.verify.outputs import is_picture, normal
from nbrefactor.verify.text import Normaliser, differs_elsewhere, first_difference
from nbrefactor.verify.values import Family, OutputComparison, PictureDifference, Shown, Status

_MOST_ALIGNED = 400
_REPRESENTATION = re.compile(r"\s*<.*>\s*", re.DOTALL)


def compare_outputs(
    before: Sequence[Shown], after: Sequence[Shown], normalise: Normaliser, tolerance: float
) -> tuple[OutputComparison, ...]:
    """Compare the outputs of a cell in two runs.

    Parameters
    ----------
    before, after : sequence of Shown
        The outputs in either run.
    normalise : Normaliser
        Takes out what may differ from run to run.
    tolerance : float
        Root mean square difference up to which pictures are the same.

    Returns
    -------
    tuple of OutputComparison
        ``identical``, ``within tolerance`` or ``changed``; outputs that only one run has among
        them.
    """
    return tuple(_compare(one, other, normalise, tolerance) for one, other in _pairs(before, after))


def as_expected(found: OutputComparison, normalise: Normaliser) -> OutputComparison:
    """Take a change for what a replacement of level ``compatible`` is expected to do.

    Parameters
    ----------
    found : OutputComparison
        A comparison in a cell that calls such a replacement.
    normalise : Normaliser
        Takes out what may differ from run to run.

    Returns
    -------
    OutputComparison
        ``redrawn`` where nothing but pictures changed, added and missing ones included, else
        `found`: numbers, tables and other text are expected to stay.
    """
    if found.status != "changed":
        return found
    before, after = (
        {}
        if side is None
        else {mime: normal(mime, part, normalise) for mime, part in side.data.items()}
        for side in (found.before, found.after)
    )
    sides = [side for side in (before, after) if side]
    drawn = all(_holds_picture(side) for side in sides)
    for mime in {*before, *after}:
        if before.get(mime) == after.get(mime) or mime.startswith("image/"):
            continue
        # What stands for a picture where none can be shown, unlike a result in words.
        if not (
            drawn
            and mime == "text/plain"
            and all(_REPRESENTATION.fullmatch(side.get(mime, "<>")) for side in sides)
        ):
            return found
    if not any(_holds_picture(side) for side in sides):
        return found
    return replace(found, status="redrawn")


def held_against_second_run(
    found: OutputComparison,
    unstable: Sequence[OutputComparison],
    normalise: Normaliser,
) -> OutputComparison:
    """Hold a change against a second run of the original.

    Parameters
    ----------
    found : OutputComparison
        A change between the original and the migrated notebook.
    unstable : sequence of OutputComparison
        What changed in the same cell between two runs of the original.
    normalise : Normaliser
        Takes out what may differ from run to run.

    Returns
    -------
    OutputComparison
        ``not deterministic`` where the original itself is not the same twice, else `found`. Text
        that changed in a line which both runs of the original agree on stays ``changed``.
    """
    if found.status != "changed":
        return found
    again = next((other for other in unstable if other.before is found.before), None)
    if found.before is None:
        # An output too many, in a cell that has not always the same number of them.
        again = next((other for other in unstable if other.before is None), None)
    if again is None:
        return found
    parts = (found.before, again.after, found.after)
    if found.family in ("text", "stream") and all(part is not None for part in parts):
        texts = [
            normalise(str(part.data.get("text/plain", ""))) for part in parts if part is not None
        ]
        if differs_elsewhere(*texts):
            return found
    detail = "the original is not the same when it runs twice"
    return replace(found, status="not deterministic", detail=detail)


def _pairs(
    before: Sequence[Shown], after: Sequence[Shown]
) -> Iterator[tuple[Shown | None, Shown | None]]:
    """Pair outputs: equal ones first, then those of a kind between them, in order."""
    old, new = [shown.key for shown in before], [shown.key for shown in after]
    if len(old) + len(new) > _MOST_ALIGNED:
        yield from _pairs_in_order(before, after)
        return
    for tag, start, stop, new_start, new_stop in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            yield from zip(before[start:stop], after[new_start:new_stop], strict=True)
        else:
            yield from _pairs_in_order(before[start:stop], after[new_start:new_stop])


def _pairs_in_order(
    before: Sequence[Shown], after: Sequence[Shown]
) -> Iterator[tuple[Shown | None, Shown | None]]:
    """Pair outputs of a kind, then what is left of those that are displayed."""
    free = list(after)
    partners: list[Shown | None] = []
    for one in before:
        partners.append(next((found for found in free if _are_of_a_kind(one, found)), None))
        if partners[-1] is not None:
            free.remove(partners[-1])
    for one, partner in zip(before, partners, strict=True):
        if partner is None and _is_displayed(one):
            partner = next((found for found in free if _is_displayed(found)), None)
            if partner is not None:
                free.remove(partner)
        yield one, partner
    for other in free:
        yield None, other


def _is_displayed(shown: Shown) -> bool:
    return shown.family not in ("stream", "error")


def _are_of_a_kind(one: Shown, other: Shown) -> bool:
    return one.family == other.family and (one.family != "stream" or one.name == other.name)


def _compare(
    before: Shown | None, after: Shown | None, normalise: Normaliser, tolerance: float
) -> OutputComparison:
    if before is None or after is None:
        only = before or after
        assert only is not None  # a pair of nothing with nothing is never made
        what = (
            f"{_called(only.family, only.name)} {'was added' if before is None else 'is missing'}"
        )
        return OutputComparison("changed", only.family, what, before, after)
    family = before.family
    if before.key == after.key:
        return OutputComparison("identical", family, "", before, after)
    details: list[str] = []
    status: Status = "identical"
    difference: PictureDifference | None = None
    if before.name != after.name and family not in ("stream", "error"):
        details.append(f"it was {_manner(before.name)} and is now {_manner(after.name)}")
    if family == "error":
        details.append(f"{_short(before)} became {_short(after)}")
    for mime in () if family == "error" else sorted({*before.data, *after.data}):
        if mime not in after.data or mime not in before.data:
            details.append(f"{mime} {'was added' if mime in after.data else 'is missing'}")
            continue
        old, new = before.data[mime], after.data[mime]
        texts = normal(mime, old, normalise), normal(mime, new, normalise)
        if texts[0] == texts[1]:
            continue
        if is_picture(mime):
            try:
                found = _compare_pictures(old, new)
            except pictures.PictureError as error:
                details.append(f"the picture differs, and {error}")
                continue
            if found.picture or difference is None:
                difference = found
            if found.rms == 0 and found.size_before == found.size_after:
                continue
            if found.rms <= tolerance and found.size_before == found.size_after:
                status = "within tolerance"
                details.append(_measured(found))
                continue
            # Said first, because it is what a reader looks at.
            details.insert(0, _measured(found))
            status = "changed"
            continue
        status = "changed"
        if mime == "text/plain" and family == "picture" and _names_a_figure(texts):
            # The size of the figure, which the pictures show themselves.
            continue
        if mime == "text/html":
            tables = read_table(texts[0]), read_table(texts[1])
            if tables[0] is not None and tables[1] is not None:
                details.append(table_difference(tables[0], tables[1]))
                continue
        if mime.startswith("text/"):
            details.append(first_difference(*texts))
        else:
            details.append(f"{mime} differs")
    if status == "within tolerance" and len(details) > 1:
        status = "changed"
    if status == "identical" and details:
        status = "changed"
    if status == "changed" and not details:
        details.append("the figure has another size")
    return OutputComparison(status, family, "; ".join(details), before, after, difference)


def _holds_picture(mimes: Iterable[str]) -> bool:
    return any(mime.startswith("image/") for mime in mimes)


def _names_a_figure(texts: tuple[str, str]) -> bool:
    return all(text.startswith("<Figure size ") for text in texts)


def _compare_pictures(before: object, after: object) -> PictureDifference:
    decoded = []
    for content in (before, after):
        try:
            decoded.append(pictures.decode(base64.b64decode(str(content))))
        except binascii.Error as error:
            raise pictures.PictureError("it is no base64") from error
    return pictures.compare(*decoded)


def _measured(found: PictureDifference) -> str:
    if found.size_before != found.size_after:
        old, new = ("{} x {}".format(*size) for size in (found.size_before, found.size_after))
        return f"the picture of {old} pixels became one of {new}"
    return f"{found.share:.1%} of the pixels differ (RMS {found.rms:.2f})"


def _manner(name: str) -> str:
    return {"execute_result": "the cell's result", "display_data": "displayed"}.get(name, name)


def _called(family: Family, name: str) -> str:
    if family == "stream":
        return f"text on {name}"
    named = {"picture": "a picture", "svg": "a drawing", "table": "a table", "error": "an error"}
    return named.get(family, "an output")


def _short(shown: Shown) -> str:
    text = str(shown.data["text/plain"])
    return repr(text if len(text) <= 160 else f"{text[:160]}…")

"""Comparing the outputs of one cell in two runs.

Figures are compared as data and pictures by their pixels; a replacement may restyle what it draws.
Whatever else differs, there as anywhere, is ``changed``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from nbrefactor.verify import pictures
from nbrefactor.verify.figures.bundles import compare_bundles, read_bundle
from nbrefactor.verify.figures.compare import compare_figures
from nbrefactor.verify.figures.values import FigureComparison
from nbrefactor.verify.markup import read_table, table_difference
from nbrefactor.verify.outputs import is_picture, normal
from nbrefactor.verify.text import Normaliser, differs_elsewhere, first_difference
from nbrefactor.verify.values import (
    FAILING,
    SEVERITY,
    Family,
    OutputComparison,
    PictureDifference,
    Shown,
    Status,
)

_MOST_ALIGNED = 400
# As many figures of one cell are paired by content.
_MOST_PAIRED = 12


@dataclass(frozen=True, slots=True)
class Rules:
    """How outputs are compared.

    Parameters
    ----------
    normalise : Normaliser
        Takes out what may differ from run to run.
    tolerance : float
        Root mean square difference up to which pictures are the same.
    known_words : collection of str
        Titles and labels that the target modules write out.
    """

    normalise: Normaliser
    tolerance: float
    known_words: Collection[str] = ()


def compare_outputs(
    before: Sequence[Shown], after: Sequence[Shown], rules: Rules
) -> tuple[OutputComparison, ...]:
    """Compare the outputs of a cell in two runs.

    Parameters
    ----------
    before, after : sequence of Shown
        The outputs in either run.
    rules : Rules
        How they are compared.

    Returns
    -------
    tuple of OutputComparison
        Outputs that only one run has among them.
    """
    return tuple(_compare(one, other, rules) for one, other in _pairs(before, after, rules))


def as_expected(found: OutputComparison, redraws: Collection[int], cell: int) -> OutputComparison:
    """Take a restyled picture for a change where nothing that was replaced draws it.

    Parameters
    ----------
    found : OutputComparison
        A comparison.
    redraws : collection of int
        The cells that call replacements with other bodies.
    cell : int
        The cell of the output.

    Returns
    -------
    OutputComparison
        ``changed`` where neither the cell nor the one that began the figure is among them.
    """
    made = None if found.before is None else found.before.made
    if found.status != "restyled" or cell in redraws or made in redraws:
        return found
    detail = f"nothing that was replaced draws it, and yet {found.detail}"
    return replace(found, status="changed", detail=detail)


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
    if found.status not in FAILING:
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
    before: Sequence[Shown], after: Sequence[Shown], rules: Rules
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
            yield from _pairs_of_a_kind(before[start:stop], after[new_start:new_stop], rules)


def _pairs_of_a_kind(
    before: Sequence[Shown], after: Sequence[Shown], rules: Rules
) -> Iterator[tuple[Shown | None, Shown | None]]:
    """Pair figures by content, and what is left in order."""
    old, new = ([one for one in side if one.figure is not None] for side in (before, after))
    partner: dict[int, Shown] = {}
    if (len(old) > 1 or len(new) > 1) and max(len(old), len(new)) <= _MOST_PAIRED:
        likeness = sorted(
            (
                *_unlikeness(one, other, rules),
                abs(at - place),
                at,
                place,
            )
            for at, one in enumerate(old)
            for place, other in enumerate(new)
        )
        taken: set[int] = set()
        for *_, at, place in likeness:
            if id(old[at]) not in partner and place not in taken:
                partner[id(old[at])] = new[place]
                taken.add(place)
    left = [one for one in after if not any(one is other for other in partner.values())]
    rest = [one for one in before if id(one) not in partner]
    in_order = {id(one): other for one, other in _pairs_in_order(rest, left) if one is not None}
    for one in before:
        yield one, partner.get(id(one), in_order.get(id(one)))
    for nothing, other in _pairs_in_order(rest, left):
        if nothing is None:
            yield None, other


def _unlikeness(before: Shown, after: Shown, rules: Rules) -> tuple[int, int]:
    found = _compare_figures(before, after, rules)
    if found is None:
        return len(SEVERITY), 0
    bad = sum(difference.kind in ("data", "words") for difference in found.differences)
    return SEVERITY.index(found.verdict), bad


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


def _compare(before: Shown | None, after: Shown | None, rules: Rules) -> OutputComparison:
    if before is None or after is None:
        return _only_one(before, after)
    family = before.family
    if before.key == after.key:
        return OutputComparison("identical", family, "", before, after)
    figure = _compare_figures(before, after, rules)
    pixels = _compare_pixels(before, after) if family in ("picture", "file") else None
    if figure is not None:
        return _judge_figure(before, after, figure, pixels, rules)
    if family == "file":
        detail = _measured(pixels) if isinstance(pixels, PictureDifference) else "it differs"
        return OutputComparison("changed", family, detail, before, after)
    return _compare_contents(before, after, rules)


def _only_one(before: Shown | None, after: Shown | None) -> OutputComparison:
    only = before or after
    assert only is not None  # a pair of nothing with nothing is never made
    what = f"{_called(only.family, only.name)} {'was added' if before is None else 'is missing'}"
    drawn = only.family in ("picture", "svg", "file") or only.figure is not None
    status: Status = "changed"
    if drawn or read_bundle(only.data) is not None:
        status = "additional" if before is None else "missing"
    return OutputComparison(status, only.family, what, before, after)


def _compare_figures(before: Shown, after: Shown, rules: Rules) -> FigureComparison | None:
    """Compare what two outputs show as data; None where that was not recorded."""
    found = None
    if before.figure is not None and after.figure is not None:
        found = compare_figures(before.figure, after.figure)
    else:
        plots = read_bundle(before.data), read_bundle(after.data)
        if plots[0] is not None and plots[1] is not None:
            found = compare_bundles(plots[0], plots[1])
    return None if found is None else found.with_known_words(rules.known_words)


def _judge_figure(
    before: Shown,
    after: Shown,
    figure: FigureComparison,
    pixels: PictureDifference | str | None,
    rules: Rules,
) -> OutputComparison:
    picture = pixels if isinstance(pixels, PictureDifference) else None
    status: Status = figure.verdict
    details = [] if before.name == after.name else [_shown_otherwise(before, after)]
    for mime in ("text/plain", "text/markdown"):
        texts = [normal(mime, side.data.get(mime, ""), rules.normalise) for side in (before, after)]
        # What stands for a picture where none can be shown, unlike a result in words.
        if texts[0] != texts[1] and not all(text.strip()[:1] in ("", "<") for text in texts):
            details.append(first_difference(*texts))
    if details:
        status = "changed"
    elif status in ("identical", "restyled") and picture is not None:
        same_size = picture.size_before == picture.size_after
        if picture.rms == 0 and same_size:
            status = "identical"
        elif picture.rms <= rules.tolerance and same_size:
            status = "within tolerance"
        else:
            status = "restyled"
    details.append(_told(figure, status))
    detail = "; ".join(part for part in details if part)
    return OutputComparison(status, before.family, detail, before, after, picture, figure)


def _told(figure: FigureComparison, status: Status) -> str:
    """Say in a sentence what differs between two figures."""
    if status in ("identical", "within tolerance"):
        return ""
    bad = [found for found in figure.differences if found.kind in ("data", "words")]
    if bad:
        told = "; ".join(map(str, bad[:3]))
        return f"{told}; and {len(bad) - 3} more" if len(bad) > 3 else told
    if not figure.differences:
        return "the same data, drawn with other pixels"
    return f"the same data; {', '.join(figure.names)} differ"


def _shown_otherwise(before: Shown, after: Shown) -> str:
    return f"it was {_manner(before.name)} and is now {_manner(after.name)}"


def _compare_contents(before: Shown, after: Shown, rules: Rules) -> OutputComparison:
    """Compare two outputs representation by representation."""
    family = before.family
    details: list[str] = []
    status: Status = "identical"
    difference: PictureDifference | None = None
    if before.name != after.name and family not in ("stream", "error"):
        details.append(_shown_otherwise(before, after))
    if family == "error":
        details.append(f"{_short(before)} became {_short(after)}")
    for mime in () if family == "error" else sorted({*before.data, *after.data}):
        if mime not in after.data or mime not in before.data:
            details.append(f"{mime} {'was added' if mime in after.data else 'is missing'}")
            continue
        old, new = before.data[mime], after.data[mime]
        texts = normal(mime, old, rules.normalise), normal(mime, new, rules.normalise)
        if texts[0] == texts[1]:
            continue
        if is_picture(mime):
            found = _decoded_difference(old, new)
            if isinstance(found, str):
                details.append(f"the picture differs, and {found}")
                continue
            if found.picture or difference is None:
                difference = found
            same_size = found.size_before == found.size_after
            if found.rms == 0 and same_size:
                continue
            # Said first, because it is what a reader looks at.
            details.insert(0, _measured(found))
            status = "within tolerance" if found.rms <= rules.tolerance and same_size else "changed"
            continue
        status = "changed"
        if mime == "text/plain" and family == "picture" and _names_a_figure(texts):
            # The size of the figure, which the pictures show themselves.
            continue
        details.append(_text_difference(mime, texts))
    if details and (status == "identical" or len(details) > 1):
        status = "changed"
    if status == "changed" and not details:
        details.append("the figure has another size")
    return OutputComparison(status, family, "; ".join(details), before, after, difference)


def _text_difference(mime: str, texts: tuple[str, str]) -> str:
    if mime == "text/html":
        tables = read_table(texts[0]), read_table(texts[1])
        if tables[0] is not None and tables[1] is not None:
            return table_difference(tables[0], tables[1])
    return first_difference(*texts) if mime.startswith("text/") else f"{mime} differs"


def _names_a_figure(texts: tuple[str, str]) -> bool:
    return all(text.startswith("<Figure size ") for text in texts)


def _compare_pixels(before: Shown, after: Shown) -> PictureDifference | str | None:
    """Compare the pixels of two outputs; None where they have none in one format."""
    for mime in before.data:
        if is_picture(mime) and mime in after.data:
            return _decoded_difference(before.data[mime], after.data[mime])
    return None


def _decoded_difference(before: object, after: object) -> PictureDifference | str:
    """Compare two pictures; the text says why they cannot be compared."""
    decoded = []
    for content in (before, after):
        try:
            decoded.append(pictures.decode(base64.b64decode(str(content))))
        except binascii.Error:
            return "it is no base64"
        except pictures.PictureError as error:
            return str(error)
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
    if family == "file":
        return f"the figure {name}"
    named = {"picture": "a picture", "svg": "a drawing", "table": "a table", "error": "an error"}
    return named.get(family, "an output")


def _short(shown: Shown) -> str:
    text = str(shown.data["text/plain"])
    return repr(text if len(text) <= 160 else f"{text[:160]}…")

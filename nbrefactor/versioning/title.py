"""The version in a notebook's title, and whether it can only be the notebook's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from nbrefactor.versioning.blocks import Line, Span
from nbrefactor.versioning.dates import date
from nbrefactor.versioning.number import Version, token
from nbrefactor.versioning.place import Claim, Place
from nbrefactor.versioning.shown import show

# "document": the words say what a notebook is (a demo); "name": the last of them is a name of
# something; "object": the last word hangs on a preposition; "plain": none of these.
Subject = Literal["document", "name", "object", "plain"]

# What a notebook is called by its author: a version behind such a word is that of the notebook.
_DOCUMENTS = frozenset(
    {
        *("notebook", "notebooks", "demo", "demos", "demonstration", "tutorial", "tutorials"),
        *("workshop", "course", "lecture", "lesson", "guide", "walkthrough", "walk-through"),
        *("example", "examples", "quickstart", "quick-start", "template", "report", "analysis"),
        *("study", "lab", "exercise", "exercises", "assignment", "homework", "experiment"),
        *("experiments", "playground", "sandbox", "prototype", "cookbook", "handbook", "primer"),
        *("introduction", "overview", "tour", "showcase", "notes", "title"),
    }
)
# Of these there are many, and a bare number behind one counts them.
_COUNTED = frozenset(
    {
        *("lecture", "lesson", "lab", "exercise", "exercises", "assignment", "homework"),
        *("example", "examples", "experiment", "experiments", "workshop", "study"),
    }
)
_PREPOSITIONS = frozenset(
    {
        *("in", "of", "to", "for", "with", "on", "from", "by", "using", "via", "at", "about"),
        *("into", "without", "within", "versus", "vs"),
    }
)


@cache
def _words() -> re.Pattern[str]:
    return re.compile(r"[^\W_][\w+.'’-]*")


@cache
def _segments() -> re.Pattern[str]:
    return re.compile(r":\s|\s[-–—|·•/~]+\s|[|·•–—(\[]|,\s")


def _is_name(word: str, *, mixed: bool, imported: frozenset[str]) -> bool:
    """Tell whether a word is spelled as only a name is, or is the name of an imported package."""
    if word.casefold() in imported:
        return True
    parts = [part for part in re.split(r"[-'’.]", word) if part]
    return any(
        any(sign.isdigit() for sign in part)
        or (any(sign.isupper() for sign in part[1:]) and (mixed or not part.isupper()))
        for part in parts
        if any(sign.isalpha() for sign in part)
    )


def subject_of(name: str, imported: frozenset[str]) -> Subject:
    """Say what the words before a version are about.

    Parameters
    ----------
    name : str
        The words of a title.
    imported : frozenset of str
        Names of the packages that the notebook imports, in small letters.
    """
    words = [word for word in _words().findall(name) if not token().fullmatch(word.strip(".-"))]
    if not words:
        return "plain"
    mixed = any(sign.islower() for sign in name)
    if _is_name(words[-1].strip(".-"), mixed=mixed, imported=imported):
        return "name"
    last = words[-1].casefold().strip(".-")
    if last in _DOCUMENTS:
        others = any(_is_name(word, mixed=mixed, imported=imported) for word in words[:-1])
        return "plain" if others else "document"
    if any(word.casefold() in _PREPOSITIONS for word in words[:-1]):
        return "object"
    return "plain"


def claim_of(name: str, imported: frozenset[str], *, dated: bool, timed: bool) -> Claim:
    """Say how sure it is that a version belongs to the notebook whose title it follows.

    Parameters
    ----------
    name : str
        The words before the version.
    imported : frozenset of str
        Names of the packages that the notebook imports, in small letters.
    dated, timed : bool
        Whether a date stands beside the version, and a time of day, which only what is being
        worked on has.
    """
    if timed:
        return "certain"
    subjects = [subject_of(part, imported) for part in _segments().split(name) if part.strip()]
    last = subjects[-1] if subjects else "plain"
    if last == "name":
        return "foreign"
    if last == "document":
        return "certain"
    if dated and (last == "plain" or "document" in subjects):
        return "certain"
    # "Pruning demo: Heads and Layers"
    several = len(_words().findall(_segments().split(name)[-1])) > 1
    return "certain" if several and last == "plain" and "document" in subjects else "open"


@cache
def _foreign() -> re.Pattern[str]:
    return re.compile(
        r"\W*(?:what(?:['’]?s| is) new|new|changes|release notes|upgrading|migrating|porting)"
        r"\s+(?:in|for|of|to|from)\b(?!\s*v?\d)",
        re.IGNORECASE,
    )


_TAIL_WORDS = frozenset(
    {"last", "updated", "update", "modified", "revised", "released", "of", "on", "from", "as"}
    | {"date"}
)
_OPENING = "([|·•–—"


@dataclass(frozen=True, slots=True)
class _Setting:
    """How a version stands in a heading."""

    name: str
    separated: bool
    last: bool
    dates: tuple[Span, ...]


def _is_separator(sign: str) -> bool:
    """Tell whether what stands between a title and its version parts the two."""
    if any(opening in sign for opening in _OPENING):
        return True
    spaced = sign != sign.rstrip()
    return spaced and sign.strip() in ("-", "--", "---", ":", ",", ";", "/", "//", "~")


def _set_in(words: str, start: int, end: int, dates: Sequence[Span]) -> _Setting | None:
    """Read what is before and behind a version; None where a sign ties it to something."""
    beside: list[Span] = []
    behind = words[end:]
    for first, after in dates:
        if first >= end and not re.search(r"[^\W_]", _without_tail_words(words[end:first])):
            # Outside of the version's parenthesis, or "on" a day, it may be that of an event.
            between = words[end:first]
            if not set(between) & set(")]") and between.split()[-1:] != ["on"]:
                beside.append((first, after))
            behind = words[end:first] + " " + words[after:]
            break
    last = not re.search(r"[^\W_]", _without_tail_words(behind)) and "<" not in behind
    before = words[:start]
    for first, after in reversed(dates):
        if after <= start and re.fullmatch(r"[\W_]*", words[after:start]):
            beside.insert(0, (first, after))
            before = words[:first]
            break
    name = before.rstrip("".join({sign for sign in before if not (sign.isalnum() or sign == "_")}))
    sign = before[len(name) :]
    if set(sign) & set("=<>@$€£+#≥≤"):
        return None
    return _Setting(name, _is_separator(sign), last, tuple(beside))


def _without_tail_words(text: str) -> str:
    return " ".join(word for word in re.split(r"\W+", text) if word.lower() not in _TAIL_WORDS)


def _is_version(prefix: str, version: Version, *, dated: bool, separated: bool) -> bool:
    """Tell a version from a lone number or a bare pair, which may count chapters."""
    count = len(version.components)
    if not separated:
        return count >= 2
    if prefix.strip().lower().startswith(("ver", "rel", "rev")):
        return True
    return count >= (2 if prefix else 3) or bool(prefix and dated)


def candidates(words: str, dates: Iterable[Span]) -> list[re.Match[str]]:
    """Find what may be a version in the words of a heading."""
    written = list(dates)
    return [
        found
        for found in token().finditer(words)
        if found["prefix"]
        or not any(start < found.end() and found.start() < end for start, end in written)
    ]


def title_places(cell: int, line: Line, imported: frozenset[str]) -> Iterator[Place]:
    """Find the version that the first heading of a notebook states.

    Parameters
    ----------
    cell : int
        The cell, counted from 0.
    line : Line
        The heading.
    imported : frozenset of str
        Names of the packages that the notebook imports, in small letters.

    Yields
    ------
    Place
        At most one: of two versions neither can be told to be the notebook's.
    """
    shown = show(line, line.title)
    words = shown.text
    dates = [found.span() for found in date().finditer(words)]
    found: list[Place] = []
    rivals = 0
    for match in candidates(words, dates):
        version, prefix = Version(match["number"]), match["prefix"] or ""
        setting = _set_in(words, match.start(), match.end(), dates)
        rivals += bool(prefix or len(version.components) > 2)
        if setting is None or not setting.name.strip() or _foreign().match(setting.name):
            continue
        stands_apart = setting.separated and setting.last
        beside = setting.dates if setting.last else ()
        if not _is_version(prefix, version, dated=bool(beside), separated=stands_apart):
            continue
        timed = any(":" in words[slice(*span)] for span in beside)
        claim = claim_of(setting.name, imported, dated=bool(beside), timed=timed)
        if not prefix and setting.name.casefold().split()[-1] in _COUNTED:
            claim = "open"
        if not stands_apart:
            # Directly behind a name it is that name's version, behind "demo" the notebook's.
            if claim != "certain":
                continue
            claim = "open"
        found.append(
            Place(
                "heading",
                version,
                shown.span(*match.span("number")),
                prefix,
                tuple(shown.span(*span) for span in beside),
                cell,
                line.row,
                claim=claim,
                words=words,
            )
        )
    if len(found) == 1 and rivals < 2:
        yield found[0]

"""The places of a notebook that state its own version, and the version that comes next.

A place is a markdown heading, a ``Version:`` line, a top-level constant, a value of the notebook's
metadata, or what a pattern of the settings names. Numbers that merely look like a version (pins,
URLs, prose, code, another product's version) are not places.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from nbrefactor.notebook.document import Cell

Part = Literal["patch", "minor", "major", "none"]
Span = tuple[int, int]

_SUFFIX = r"(?:[-_.]?(?:alpha|beta|preview|pre|rc|dev|post|a|b|c)(?:[-_.]?\d+)?)?(?:\+[\w.]+)?"
# A version without its "v"; it names no groups, so that any expression can hold it.
NUMBER = rf"\d{{1,5}}(?:\.\d{{1,5}}){{0,3}}{_SUFFIX}(?![-+]?\w)(?!\.\w)(?!\s?%)"
# What may stand directly before a version and belongs to it.
PREFIX = r"(?:\b(?:version|ver\.?|release|rev\.?|v\.?)\s*)"

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_WEEKDAY = (
    r"(?:Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:rs(?:day)?)?|Fri(?:day)?"
    r"|Sat(?:urday)?|Sun(?:day)?)"
)
# Minutes east of Greenwich, for names that mean one offset only.
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360,
    "PST": -480, "PDT": -420, "CET": 60, "CEST": 120, "JST": 540,
}  # fmt: skip
_TIME = (
    r"(?P<time>(?:T|,?\s+(?:at\s+)?)(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6}))?)?(?:\s?(?P<half>[AaPp]\.?[Mm]\b\.?))?"
    rf"(?:\s?(?P<zone>(?:{'|'.join(_ZONES)})\b|[+-]\d{{2}}:?\d{{2}}))?)?"
)
_YEAR_LAST = r"(?P<left>\d{1,2})%s(?P<right>\d{1,2})%s(?P<year>(?:19|20)\d{2}|\d{2})"
_AHEAD = rf"(?:(?P<weekday>{_WEEKDAY})\.?,?\s+)?"
_FORMS = (
    *(rf"(?P<year>\d{{4}}){s}(?P<month>\d{{1,2}}){s}(?P<day>\d{{1,2}})" for s in "-/"),
    r"(?P<year>(?:19|20)\d{2})\.(?P<month>\d{1,2})\.(?P<day>\d{1,2})",
    *(_YEAR_LAST % (s, s) for s in "-/"),
    # With dots a short year follows padded fields and is recent: 1.2.10 is a version.
    r"(?P<left>\d{1,2})\.(?P<right>\d{1,2})\.(?P<year>(?:19|20)\d{2})",
    r"(?P<left>[0-3]\d)\.(?P<right>[0-3]\d)\.(?P<year>[23]\d)",
    rf"{_AHEAD}(?P<name>{_MONTH})(?P<dot>\.)?\s+(?P<day>\d{{1,2}})"
    r"(?P<ordinal>st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d{2})",
    rf"{_AHEAD}(?P<day>\d{{1,2}})\.?(?P<ordinal>st|nd|rd|th)?(?:\s+of)?[\s-]+"
    rf"(?P<name>{_MONTH})\.?,?[\s-]+(?P<year>(?:19|20)\d{{2}})",
    rf"(?P<name>{_MONTH})\.?,?\s+(?P<year>(?:19|20)\d{{2}})",
    r"(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])",
    r"(?P<year>(?:19|20)\d{2})-(?P<month>0[1-9]|1[0-2])",
    r"(?P<year>(?:19|20)\d{2})",
)
_DATES = tuple(re.compile(rf"(?<![\w.-]){form}(?!\d|[-/.]\d)", re.IGNORECASE) for form in _FORMS)
_TIMES = re.compile(_TIME, re.IGNORECASE)
# A date in any form that is understood; it names no groups, so that any expression can hold it.
DATE = re.sub(r"\?P<\w+>", "?:", rf"(?:(?<![\w.-])(?:{'|'.join(_FORMS)}){_TIME}(?!\w|[-/.:]\w))")


def _day_first(match: re.Match[str], now: datetime, context: str) -> bool:
    """Tell day/month from month/day where the year stands last.

    A field above 12 decides; then the other dates of the context in the same form; then that a
    date in the future cannot have been written; then custom (slashes mean month first).
    """
    left, right = int(match["left"]), int(match["right"])
    if left > 12 or right > 12:
        return left > 12
    for other in match.re.finditer(context):
        if max(int(other["left"]), int(other["right"])) > 12:
            return int(other["left"]) > 12
    if len(match["year"]) == 4 and left != right:
        today = (now.year, now.month, now.day)
        as_day_first = (int(match["year"]), right, left) <= today
        as_month_first = (int(match["year"]), left, right) <= today
        if as_day_first != as_month_first:
            return as_day_first
    return "/" not in match[0]


def _abbreviated(name: str, context: str) -> bool:
    """Tell whether a month's name is its short form, which for May only its neighbours know."""
    if name.lower() != "may":
        return len(name) <= 4 and name.lower() not in ("june", "july")
    others = [
        other["name"]
        for form in _DATES
        if "name" in form.groupindex
        for other in form.finditer(context)
        if other["name"].lower() != "may"
    ]
    return bool(others) and _abbreviated(others[0], "")


def _like(word: str, model: str) -> str:
    if model.isupper():
        return word.upper()
    return word.lower() if model.islower() else word


def _in_zone(now: datetime, zone: str) -> datetime:
    if zone.upper() in _ZONES:
        minutes = _ZONES[zone.upper()]
    else:
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        minutes = -minutes if zone[0] == "-" else minutes
    return now.astimezone(timezone(timedelta(minutes=minutes)))


def renew_date(text: str, now: datetime, context: str = "") -> str:
    """Write ``now`` the way that ``text`` writes a date.

    Parameters
    ----------
    text : str
        A date, with or without a time, in a form that ``DATE`` matches.
    now : datetime
        The moment to write. Where ``text`` names a zone or an offset the moment is expressed in it;
        without a zone of its own ``now`` is taken as local time then.
    context : str
        Text around the date; its other dates tell ``04/08`` from ``08/04`` and a long
        ``May`` from a short one.

    Returns
    -------
    str
        The same order, separators, padding, length of names, precision and zone as in ``text``;
        ``text`` itself where it is no date.
    """
    match, clock = next(
        (
            (day, time)
            for form in _DATES
            if (day := form.match(text)) and (time := _TIMES.fullmatch(text, day.end()))
        ),
        (None, None),
    )
    if match is None or clock is None:
        return text
    fields_of = {**match.groupdict(), **clock.groupdict()}
    old = {key: value for key, value in fields_of.items() if value is not None}
    if "zone" in old:
        now = _in_zone(now, old["zone"])
    new: dict[str, str] = {}
    numeric = [old[key] for key in ("month", "day", "left", "right") if key in old]
    # A two-digit field may be padded or just large; only a one-digit field or a leading zero tells.
    padded = all(len(field) == 2 for field in numeric) and (
        "name" not in old or (bool(numeric) and numeric[0].startswith("0"))
    )

    def number(value: int) -> str:
        return f"{value:02d}" if padded else str(value)

    fields = {"month": now.month, "day": now.day}
    if "left" in old:
        day_first = _day_first(match, now, context)
        fields["left"], fields["right"] = (
            (now.day, now.month) if day_first else (now.month, now.day)
        )
    new.update({key: number(value) for key, value in fields.items() if key in old})
    if "year" in old:
        new["year"] = f"{now.year:04d}"[-len(old["year"]) :]
    if "name" in old:
        month = _MONTHS[now.month - 1]
        short = "Sept" if old["name"].lower() == "sept" and now.month == 9 else month[:3]
        new["name"] = _like(short if _abbreviated(old["name"], context) else month, old["name"])
        if "dot" in old and new["name"].lower() == "may":
            new["dot"] = ""
    if "weekday" in old:
        weekday = _WEEKDAYS[now.weekday()]
        cut = not old["weekday"].lower().endswith("day")
        new["weekday"] = _like(weekday[:3] if cut else weekday, old["weekday"])
    if "ordinal" in old:
        teens = 10 < now.day < 14
        ordinal = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(now.day % 10, "th")
        new["ordinal"] = _like(ordinal, old["ordinal"])
    if "hour" in old:
        hour = now.hour
        if "half" in old:
            hour = hour % 12 or 12
            letter = _like("P" if now.hour >= 12 else "A", old["half"][0])
            new["half"] = letter + old["half"][1:]
        bare = len(old["hour"]) == 1 or ("half" in old and old["hour"][0] != "0")
        new["hour"] = str(hour) if bare else f"{hour:02d}"
        new["minute"] = f"{now.minute:02d}"
    if "second" in old:
        new["second"] = f"{now.second:02d}"
    if "fraction" in old:
        new["fraction"] = f"{now.microsecond:06d}"[: len(old["fraction"])]
    spans = {key: (match if key in match.re.groupindex else clock).span(key) for key in new}
    for key, (start, end) in sorted(spans.items(), key=lambda item: item[1], reverse=True):
        text = text[:start] + new[key] + text[end:]
    return text


_VERSION = re.compile(
    r"(?P<numbers>\d+(?:\.\d+)*)(?P<lead>[-_.]?)(?P<word>[A-Za-z]*)(?P<gap>[-_.]?)(?P<count>\d*)"
    r"(?:\+[\w.]+)?"
)
_STAGES = {
    "dev": -5, "a": -4, "alpha": -4, "b": -3, "beta": -3, "pre": -2, "preview": -2, "c": -2,
    "rc": -2, "": 0, "post": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it is written, without a leading ``v``.

    Parameters
    ----------
    text : str
        What ``NUMBER`` matches (``0.0.43``, ``1.2``, ``1.2.0rc1``).
    """

    text: str

    def _read(self) -> re.Match[str]:
        match = _VERSION.fullmatch(self.text)
        if match is None:
            raise ValueError(
                f"{self.text!r} is not a version: expected up to four numbers with dots between "
                "and at most a pre-release suffix, as in 1.2.0 or 1.2.0rc1"
            )
        return match

    @property
    def components(self) -> tuple[str, ...]:
        """The numbers between the dots, as written."""
        return tuple(self._read()["numbers"].split("."))

    @property
    def key(self) -> tuple[tuple[int, ...], int, int]:
        """What orders versions: ``1.2`` is ``1.2.0``, and a pre-release precedes its release."""
        match = self._read()
        numbers = [int(number) for number in self.components]
        while numbers and numbers[-1] == 0:
            numbers.pop()
        return tuple(numbers), _STAGES.get(match["word"].lower(), 0), int(match["count"] or 0)

    def bumped(self, part: Part) -> Version:
        """Give the version that follows.

        Parameters
        ----------
        part : {"patch", "minor", "major", "none"}
            ``patch`` raises the last component, however many there are (``1.2`` becomes ``1.3``),
            or the number of a pre-release (``1.2.0rc1`` becomes ``1.2.0rc2``). ``minor`` and
            ``major`` raise the second and the first and set what follows to zero.

        Returns
        -------
        Version
            With as many components as before, and zeros before a number kept (``0.09`` becomes
            ``0.10``). A pre-release stays one: that something is ready is for its author to say.
        """
        if part == "none":
            return self
        match = self._read()
        components = list(self.components)
        suffix = match["lead"] + match["word"]
        if match["count"] and part == "patch":
            count = str(int(match["count"]) + 1).zfill(len(match["count"]))
            return Version(match["numbers"] + suffix + match["gap"] + count)
        if match["count"]:
            suffix += match["gap"] + "1".zfill(len(match["count"]))
        last = len(components) - 1
        index = {"patch": last, "minor": min(1, last), "major": 0}[part]
        old = components[index]
        components[index] = str(int(old) + 1).zfill(len(old))
        for following in range(index + 1, len(components)):
            width = len(components[following]) if components[following].startswith("0") else 1
            components[following] = "0" * width
        return Version(".".join(components) + suffix)

    def fitted(self, model: Version) -> Version:
        """Give the same version with no more trailing zeros than ``model`` has components."""
        match = self._read()
        components = list(self.components)
        while len(components) > len(model.components) and int(components[-1]) == 0:
            components.pop()
        return Version(".".join(components) + self.text[match.end("numbers") :])


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a markdown cell.

    Parameters
    ----------
    row : int
        Counted from 1.
    start, end : int
        Offsets in the cell's source, the line's end (LF or CRLF) not included.
    text : str
        The line with comments and code blocks blanked out, as long as the line itself.
    level : int
        1 to 6 for a heading, 0 for anything else.
    title : tuple of int
        Offsets within ``text`` of the heading's words; the whole line where it is no heading.
    underlined : bool
        The heading is one by the line that follows it.
    empty : bool
        Nothing but blanks stands there, hidden or shown.
    """

    row: int
    start: int
    end: int
    text: str
    level: int
    title: Span
    underlined: bool = False
    empty: bool = False

    @property
    def words(self) -> str:
        """The heading's words, or the whole line."""
        return self.text[slice(*self.title)]


# A longer line is an embedded picture or a paragraph; it states no version.
_LONG = 1000
_FENCE = re.compile(r" {0,3}(?:[-*+] {1,3}|\d+[.)] )?(`{3,}(?=[^`]*$)|~{3,})")
_HIDDEN = re.compile(r"<!--|<(pre|script|style|textarea)\b", re.IGNORECASE)
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_HTML_HEADING = re.compile(r"[ \t]*<h([1-6])\b[^>]*>(.*?)</h\1>[ \t]*$", re.IGNORECASE)
_UNDERLINE = re.compile(r" {0,3}(?:(=+)|-{2,})[ \t]*$")
_PARAGRAPH = re.compile(r" {0,3}(?![-*+>|#]\s|>|\||\d+[.)]\s)\S")


def _blank_hidden(source: str) -> tuple[list[tuple[int, str, bool]], bool]:
    """Split into lines with everything that is not shown as text replaced by blanks."""
    lines: list[tuple[int, str, bool]] = []
    offset, fence, closing = 0, "", ""
    for raw in source.split("\n"):
        text = raw.removesuffix("\r")
        if fence:
            stripped = text.strip()
            if set(stripped) == {fence[0]} and len(stripped) >= len(fence):
                fence = ""
            text = " " * len(text)
        elif not closing and (opening := _FENCE.match(text)):
            fence = opening[1]
            text = " " * len(text)
        else:
            at = 0
            while True:
                if closing:
                    found = text.lower().find(closing, at)
                    end = len(text) if found < 0 else found + len(closing)
                    text = text[:at] + " " * (end - at) + text[end:]
                    if found < 0:
                        break
                    at, closing = end, ""
                hidden = _HIDDEN.search(text, at)
                if hidden is None:
                    break
                at = hidden.start()
                closing = f"</{hidden[1].lower()}>" if hidden[1] else "-->"
        lines.append((offset, text, not raw.strip()))
        offset += len(raw) + 1
    return lines, bool(fence or closing)


def read_markdown(source: str) -> tuple[tuple[Line, ...], bool]:
    """Split a markdown cell into lines and find its headings.

    Parameters
    ----------
    source : str
        The cell's source; lines end at LF only.

    Returns
    -------
    tuple of Line
        One for each line.
    bool
        Whether a code block or a comment is still open at the end, so that text put there would
        not be shown.
    """
    texts, still_open = _blank_hidden(source)
    lines: list[Line] = []
    for row, (start, text, empty) in enumerate(texts):
        level, title, underlined = 0, (0, len(text)), False
        if len(text) > _LONG:
            pass
        elif atx := _ATX.match(text):
            level = len(atx[1])
            title = atx.span(2) if atx[2] is not None else (atx.end(1), atx.end(1))
        elif html := _HTML_HEADING.match(text):
            level, title = int(html[1]), html.span(2)
        elif (
            row + 1 < len(texts)
            and _PARAGRAPH.match(text)
            and (underline := _UNDERLINE.match(texts[row + 1][1]))
            and (row == 0 or not texts[row - 1][1].strip() or lines[-1].level)
        ):
            level, underlined = 1 if underline[1] else 2, True
        lines.append(Line(row + 1, start, start + len(text), text, level, title, underlined, empty))
    return tuple(lines), still_open


Kind = Literal["heading", "line", "constant", "metadata", "pattern"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the notebook states its version.

    Parameters
    ----------
    kind : {"heading", "line", "constant", "metadata", "pattern"}
        What sort of place it is.
    version : Version
        What is stated there.
    span : tuple of int
        Offsets of the version's number in the cell's source or in the metadata's string.
    prefix : str
        What stands directly before the number and belongs to it (``v``, ``Version ``).
    dates : tuple of tuple of int
        Offsets of the dates beside it.
    cell, row : int or None, int
        The cell, counted from 0 (None for metadata), and the line in it, counted from 1.
    path : tuple of str
        Keys within the notebook's metadata.
    sure : bool
        False for a number in the first heading that counts only where the changelog confirms it.
    """

    kind: Kind
    version: Version
    span: Span
    prefix: str = ""
    dates: tuple[Span, ...] = ()
    cell: int | None = None
    row: int = 1
    path: tuple[str, ...] = ()
    sure: bool = True

    @property
    def label(self) -> str:
        """Name the place to a reader, cells counted from 1."""
        if self.cell is None:
            return "metadata." + ".".join(self.path)
        return f"cell {self.cell + 1}, line {self.row} ({self.kind})"


# Names whose version is often part of a title; what the notebook imports is added to them.
_PRODUCTS = frozenset(
    {
        "python", "pytorch", "torch", "torchvision", "tensorflow", "tf", "keras", "cuda", "cudnn",
        "scikit-learn", "sklearn", "numpy", "scipy", "pandas", "matplotlib", "seaborn", "jax",
        "flax", "spark", "pyspark", "java", "javascript", "julia", "opencv", "jupyter",
        "jupyterlab", "ipython", "anaconda", "conda", "ubuntu", "linux", "node", "openai", "gpt",
        "llama", "transformers", "huggingface", "django", "flask", "sql", "api", "plotly", "bokeh",
        "pip", "c++", "r",
    }
)  # fmt: skip
# Words that number what follows them: a section is not a version.
_NUMBERED = frozenset(
    {
        "chapter", "section", "lab", "exercise", "lesson", "part", "figure", "fig", "table",
        "unit", "module", "step", "task", "problem", "question", "lecture", "week", "day",
        "session", "appendix", "example", "assignment", "level", "topic",
    }
)  # fmt: skip
_FOREIGN = re.compile(
    r"\W*(?:what(?:['’]?s| is) new|new|changes|release notes|upgrading|migrating|porting)"
    r"\s+(?:in|for|of|to|from)\b(?!\s*v?\d)",
    re.IGNORECASE,
)
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)
_TOKEN = re.compile(rf"(?<![\w.])(?P<prefix>{PREFIX})?(?P<number>{NUMBER})", re.IGNORECASE)
_SEPARATED = re.compile(
    rf"(?P<name>.*?)(?:[(\[]|\s[-–—|·•~/]+|[:,;](?=\s)|<\w+[^>]*>)[\s(\[*_`]*"
    rf"(?:(?P<date>{DATE})[\s,;:|/·•–—-]*[(\[*_`]*)?$",
    re.IGNORECASE | re.DOTALL,
)
_AFTER = re.compile(
    r"[\s,;:|/()\[\]·•*_`–—-]*(?:(?:last\s+)?(?:updated|modified|revised|released|released?|of|on|from)"
    rf":?\s+(?:on\s+)?)?(?P<date>{DATE})?(?:</\w+>|[^\w<])*$",
    re.IGNORECASE,
)
_DATE = re.compile(DATE, re.IGNORECASE)
_DECORATION = r"(?:\*\*|__|\*|_|`|</?(?:b|strong|i|em|code|small)>)*"
_OWN_LABEL = r"(?:this\s+)?(?:notebook|document|demo|tutorial)(?:['’]s)?\s+"
_LABELLED = re.compile(
    r"(?:^[>\s]*(?:[-*+]\s+|\d+[.)]\s+|#{1,6}\s+)?|[|·•;,(\[]\s*|<br\s*/?>\s*|\s{2,})"
    rf"{_DECORATION}(?P<own>{_OWN_LABEL})?(?:current\s+)?version(?:\s+(?:number|no\.?))?"
    rf"{_DECORATION}\s*[:=|]\s*{_DECORATION}\s*(?P<prefix>[vV]\.?)?(?P<number>{NUMBER})"
    rf"{_DECORATION}(?P<rest>.*)",
    re.IGNORECASE,
)
_LABELLED_REST = re.compile(
    rf"[\s,;(\[–—-]*(?P<date>{DATE})|\s*(?:$|[|·•;,)\]–—-]|<br|\s{{2,}}\S|\.\s*$)", re.IGNORECASE
)
_ALONE = re.compile(
    rf"[>\s]*{_DECORATION}[(\[]?(?:(?P<early>{DATE})[\s,;:|/–—-]+)?"
    rf"(?P<prefix>(?:version\s+|v\.?\s?)(?:v\.?)?)(?P<number>{NUMBER})"
    rf"(?:[\s,;:|/()\[–—-]+(?P<date>{DATE}))?[)\]]*{_DECORATION}(?:\s*<br\s*/?>)?\s*$",
    re.IGNORECASE,
)
_DATED = re.compile(
    rf"(?:^[>\s]*(?:[-*+]\s+)?|[|·•;,(\[]\s*|<br\s*/?>\s*|\s{{2,}}){_DECORATION}"
    r"(?:last[ -](?:updated?|modified|revised|changed|edited)|updated|modified|revised|released"
    rf"|(?:release |version )?date)(?:\s+on)?{_DECORATION}\s*[:=|]?\s*{_DECORATION}\s*"
    rf"(?P<date>{DATE})",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\W*(?:about(?: (?:this|the) (?:notebook|demo|document|tutorial))?"
    r"|(?:notebook|document|version) (?:info(?:rmation)?|metadata|details)"
    r"|version|colophon|credits|authors?|licen[cs]e)\W*",
    re.IGNORECASE,
)


def _shift(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _named(match: re.Match[str], *groups: str) -> tuple[Span, ...]:
    return tuple(match.span(group) for group in groups if match[group] is not None)


def _speaks_of_another(name: str, imported: frozenset[str], prefix: str) -> bool:
    """Tell whether the words before a version make it that of something else."""
    words = re.findall(r"[\w+][\w+.-]*", re.sub(r"<[^>]*>", " ", name).casefold())
    last = words[-1].strip(".-") if words else ""
    if last in _PRODUCTS or last in imported or _FOREIGN.match(name):
        return True
    return not prefix and last in _NUMBERED


def _heading_places(index: int, line: Line, imported: frozenset[str]) -> Iterator[Place]:
    words, shift = line.words, line.start + line.title[0]
    written_dates = [found.span() for found in _DATE.finditer(words)]
    for token in _TOKEN.finditer(words):
        prefix = token["prefix"] or ""
        if not prefix and any(
            start < token.end() and token.start() < end for start, end in written_dates
        ):
            continue
        version = Version(token["number"])
        count = len(version.components)
        before = words[: token.start()]
        separated = _SEPARATED.match(before)
        after = _AFTER.match(words, token.end())
        name = separated["name"] if separated else before
        if _speaks_of_another(name, imported, prefix):
            continue
        dates: list[Span] = []
        if after:
            dates = [*(_named(separated, "date") if separated else ()), *_named(after, "date")]
        # A lone number or a bare pair may count chapters; a word or a date makes it a version.
        spelled = prefix.strip().lower().startswith(("ver", "rel", "rev"))
        enough = 3 if not prefix else 1 if spelled else 2
        sure = bool(separated and after and name.strip()) and (
            count >= enough or bool(prefix and dates)
        )
        if not sure and (count < 2 or re.search(r"[-=/@+]$", before)):
            continue
        yield Place(
            "heading",
            version,
            _shift(token.span("number"), shift),
            prefix,
            tuple(_shift(span, shift) for span in dates),
            index,
            line.row,
            sure=sure,
        )


def _line_place(index: int, line: Line, region: str, subtitle: bool) -> Place | None:
    if len(line.text) > _LONG:
        return None
    for match in _LABELLED.finditer(line.text):
        rest = _LABELLED_REST.match(line.text, match.start("rest"))
        if rest and (match["own"] or region):
            return Place(
                "line",
                Version(match["number"]),
                _shift(match.span("number"), line.start),
                match["prefix"] or "",
                tuple(_shift(span, line.start) for span in _named(rest, "date")),
                index,
                line.row,
            )
    alone = _ALONE.fullmatch(line.text) if subtitle else None
    if alone is None or len(Version(alone["number"]).components) < 2:
        return None
    return Place(
        "line",
        Version(alone["number"]),
        _shift(alone.span("number"), line.start),
        alone["prefix"],
        tuple(_shift(span, line.start) for span in _named(alone, "early", "date")),
        index,
        line.row,
    )


def _paragraph(lines: Sequence[Line], row: int) -> Sequence[Line]:
    """Give the lines without a blank between them that stand around a line."""
    first = last = row - 1
    while first > 0 and lines[first - 1].text.strip():
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].text.strip():
        last += 1
    return lines[first : last + 1]


def _with_dates_beside(place: Place, lines: Sequence[Line]) -> Place:
    dates = set(place.dates)
    for line in _paragraph(lines, place.row):
        for match in _DATED.finditer(line.text[:_LONG]):
            span = _shift(match.span("date"), line.start)
            if not any(span[0] < end and start < span[1] for start, end in (*dates, place.span)):
                dates.add(span)
    return replace(place, dates=tuple(sorted(dates)))


_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]")


def _is_subtitle(lines: Sequence[Line], at: int, heading: int) -> bool:
    """Tell whether a line belongs to the title: right below it, and not the head of a list."""
    between = [line for line in lines[heading + 1 : at] if line.text.strip()]
    following = next((line.text for line in lines[at + 1 :] if line.text.strip()), "")
    return heading < at and len(between) <= 3 and not _ITEM.match(following)


def _markdown_places(cells: Sequence[Cell], imported: frozenset[str]) -> Iterator[Place]:
    region, seen_markdown, titled = "title", False, False
    for cell in cells:
        if cell.cell_type == "code" and seen_markdown and region == "title":
            region = ""
        if cell.cell_type != "markdown":
            continue
        seen_markdown = True
        lines, _ = read_markdown(cell.source)
        # A cell that states several versions lists a history: only the first is the current one.
        heading, labelled = None, False
        for at, line in enumerate(lines):
            first_heading = bool(line.level and line.words.strip()) and not titled
            if first_heading:
                titled, heading, region = True, at, "title"
            elif line.level and not _LABELLED.match(line.text):
                region = "about" if _ABOUT.fullmatch(line.words) else ""
            subtitle = (
                region == "title"
                and heading is not None
                and not line.level
                and _is_subtitle(lines, at, heading)
            )
            stated = None if labelled else _line_place(cell.index, line, region, subtitle)
            if stated:
                labelled = True
                yield _with_dates_beside(stated, lines)
            elif first_heading:
                for place in _heading_places(cell.index, line, imported):
                    yield _with_dates_beside(place, lines)


_CONSTANTS = ("__version__", "VERSION", "NOTEBOOK_VERSION")
_MENTIONS_CONSTANT = re.compile(r"\b(?:__version__|VERSION|NOTEBOOK_VERSION)\b")
_VALUE = re.compile(
    rf"\s*(?P<prefix>(?:version\s+)?v?\.?)(?P<number>{NUMBER})"
    rf"(?:[\s,;(\[–—-]+(?P<date>{DATE})[)\]]*)?\s*",
    re.IGNORECASE,
)
_LITERAL = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(?P<value>[^\\\n]*)\1")
_COMMENTED_DATE = re.compile(
    rf"[ \t]*;?[ \t]*#+[ \t]*\(?(?P<date>{DATE})\)?[ \t\r]*$", re.IGNORECASE
)


def _is_used_as_input(name: str, cells: Sequence[Cell]) -> bool:
    """Tell whether a constant steers what the notebook does, so that a new value changes that.

    A version that only labels the notebook is shown or logged; one that is put into a shell line, a
    path or a URL, compared, or offered as a form's choice, chooses something.
    """
    mention = re.compile(rf"(?<![\w.]){name}\b")
    for cell in cells:
        if cell.cell_type != "code" or name not in cell.source:
            continue
        for line in cell.source.split("\n"):
            used = mention.search(line)
            if used is None:
                continue
            assigned = re.match(rf"\s*{name}\s*(?::[^=]*)?=(?!=)", line)
            if assigned:
                if "@param" in line:
                    return True
                continue
            if line.lstrip().startswith(("!", "%")) or re.search(r"[/]|==|!=|[<>]=?", line):
                return True
    return False


def _constant_places(cells: Sequence[Cell], notes: list[str]) -> Iterator[Place]:
    mentioning = [
        cell
        for cell in cells
        if cell.cell_type == "code" and _MENTIONS_CONSTANT.search(cell.source)
    ]
    if not mentioning:
        return
    from nbrefactor.notebook.magics import parse, read_cell

    for cell in mentioning:
        code = read_cell(cell.source)
        if code.kind != "python":
            continue
        body = parse(code.python).body
        for statement in body:
            if isinstance(statement, ast.Assign):
                targets = statement.targets
            elif isinstance(statement, ast.AnnAssign):
                targets = [statement.target]
            else:
                continue
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            name = next((name for name in names if name in _CONSTANTS), None)
            value = statement.value
            if name is None or value is None:
                continue
            where = f"{name} in cell {cell.index + 1}, line {value.lineno}"
            start = code.offset(value.lineno, value.col_offset)
            end = code.offset(value.end_lineno or value.lineno, value.end_col_offset or 0)
            literal = _LITERAL.fullmatch(cell.source, start, end)
            stated = literal and _VALUE.fullmatch(cell.source, *literal.span("value"))
            if not isinstance(value, ast.Constant) or literal is None or not stated:
                notes.append(f"{where} is not a version written as plain text and is left alone.")
                continue
            version = Version(stated["number"])
            if len(version.components) < 2:
                notes.append(f"{where} is a single number and is left alone.")
                continue
            if _is_used_as_input(name, cells):
                notes.append(
                    f"{where} is left alone, because the notebook uses it for more than to show it."
                )
                continue
            dates = list(_named(stated, "date"))
            line_end = cell.source.find("\n", end)
            line_end = len(cell.source) if line_end < 0 else line_end
            if comment := _COMMENTED_DATE.match(cell.source, end, line_end):
                dates.append(comment.span("date"))
            yield Place(
                "constant",
                version,
                stated.span("number"),
                stated["prefix"],
                tuple(dates),
                cell.index,
                value.lineno,
            )


def _metadata_places(metadata: Mapping[str, Any]) -> Iterator[Place]:
    for key in ("version", "notebook_version"):
        value = metadata.get(key)
        stated = _VALUE.fullmatch(value) if isinstance(value, str) else None
        if stated and len(Version(stated["number"]).components) >= 2:
            yield Place(
                "metadata",
                Version(stated["number"]),
                stated.span("number"),
                stated["prefix"],
                _named(stated, "date"),
                path=(key,),
            )


def _pattern_places(cells: Sequence[Cell], patterns: Sequence[str]) -> Iterator[Place]:
    compiled = []
    for pattern in patterns:
        try:
            expression = re.compile(pattern, re.MULTILINE)
        except re.error as error:
            raise ValueError(
                f"The version pattern {pattern!r} is not a regular expression: {error}; "
                "correct it in the settings."
            ) from error
        if "version" not in expression.groupindex:
            raise ValueError(
                f"The version pattern {pattern!r} names no group 'version'; "
                "write (?P<version>...) around the part that is the version."
            )
        compiled.append(expression)
    if not compiled:
        return
    for cell in cells:
        if cell.cell_type not in ("markdown", "code"):
            continue
        matches = [match for found in compiled for match in found.finditer(cell.source)]
        if not matches:
            continue
        if cell.cell_type == "code":
            from nbrefactor.notebook.magics import read_cell

            if read_cell(cell.source).kind != "python":
                continue
        for match in matches:
            text = match["version"]
            stated = _TOKEN.fullmatch(text) if text else None
            if stated is None:
                continue
            dates: tuple[Span, ...] = ()
            if "date" in match.re.groupindex and match["date"]:
                dates = _named(match, "date")
            yield Place(
                "pattern",
                Version(stated["number"]),
                _shift(stated.span("number"), match.start("version")),
                stated["prefix"] or "",
                dates,
                cell.index,
                cell.source.count("\n", 0, match.start("version")) + 1,
            )


def find_places(
    cells: Sequence[Cell], metadata: Mapping[str, Any], patterns: Sequence[str] = ()
) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Find where a notebook states its version.

    Parameters
    ----------
    cells : sequence of Cell
        All cells, in order.
    metadata : mapping
        The notebook's own metadata.
    patterns : sequence of str
        Regular expressions with a group ``version``, and at will one called ``date``, that name
        places which the rules do not know.

    Returns
    -------
    tuple of Place
        In the order of the cells, metadata last; places that are not ``sure`` are still to be
        confirmed by the changelog.
    tuple of str
        What looked like a place and was left alone, and why.

    Raises
    ------
    ValueError
        If a pattern is not a regular expression or has no group ``version``.
    """
    imported = frozenset(
        name.casefold()
        for cell in cells
        if cell.cell_type == "code"
        for name in _IMPORT.findall(cell.source)
    )
    notes: list[str] = []
    places: list[Place] = []
    # Patterns first: what the user names wins over what the rules make of the same characters.
    for place in (
        *_pattern_places(cells, patterns),
        *_markdown_places(cells, imported),
        *_constant_places(cells, notes),
        *_metadata_places(metadata),
    ):
        if not any(
            place.cell is not None
            and place.cell == other.cell
            and place.span[0] < other.span[1]
            and other.span[0] < place.span[1]
            for other in places
        ):
            places.append(place)
    places.sort(key=lambda place: (place.cell is None, place.cell or 0, place.span))
    return tuple(places), tuple(notes)

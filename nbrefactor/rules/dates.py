"""Dates as people write them beside a version, renewed in their own form."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

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
# The first look spares trying every form where no word begins.
DATE = re.sub(
    r"\?P<\w+>", "?:", rf"(?:(?<![\w.-])(?=\w)(?:{'|'.join(_FORMS)}){_TIME}(?!\w|[-/.:]\w))"
)


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

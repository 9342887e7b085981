"""Text of notebooks made harmless to show."""

from __future__ import annotations

import re

# A notebook's text must not be able to steer the terminal that shows it.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    # What changes the direction of text, or ends a line in some terminals.
    r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")


def visible(text: str) -> str:
    """Make control characters visible instead of effective."""
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def without_colours(text: str) -> str:
    """Drop the escapes with which a kernel colours its text."""
    return _ANSI.sub("", text)

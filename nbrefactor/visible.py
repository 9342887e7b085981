"""Text of notebooks and names of files made harmless to show: the one place that does it.

A notebook's text and a file's name can hold anything: sequences that steer a terminal, line ends
that begin a workflow command, characters that XML forbids, halves of characters that no encoding
has. What people read goes through `visible` (text of several lines) or `visible_line` (names, and
sentences that hold them); JSON for machines keeps every character and is spelled by `visible_json`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

_CONTROL = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
    # What changes the direction of text, or ends a line in some terminals.
    r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
)
# CI systems take commands from what a job prints: GitHub's older form wherever it stands.
_OLD_COMMAND = r"(?<=#)#(?=\[)"


def visible(text: str) -> str:
    r"""Make control characters visible instead of effective; lines and tabs stay.

    Examples
    --------
    >>> print(visible("a\x1b[31m\nb"))
    a\x1b[31m
    b
    """
    return _in_text().sub(_escaped, text)


def visible_line(text: object) -> str:
    r"""Make a file's name, or a sentence with one in it, a line that shows all of its characters.

    Parameters
    ----------
    text : object
        The name or sentence; anything else, such as a path, as ``str`` gives it.

    Returns
    -------
    str
        One line that steers no terminal and gives no command to a CI system. A name that would
        begin one stands behind ``./``, which leads to the same file.

    Examples
    --------
    >>> visible_line("a\n::error::b.ipynb")
    'a\\n::error::b.ipynb'
    >>> visible_line("::error::b.ipynb")
    './::error::b.ipynb'
    """
    line = str(text)
    if line.isprintable() and "##[" not in line and "::" not in line:
        return line  # as most are, which is seen without any expression
    line = _in_line().sub(_escaped, line)
    return f"./{line}" if line.lstrip().startswith("::") else line


def visible_json(value: Any, *, indent: int | None = None, ascii_only: bool = True) -> str:
    r"""Write JSON in which no control character stands for itself and nothing is lost.

    Examples
    --------
    >>> print(visible_json("ä\x7f\u202e\udcff", ascii_only=False))
    "ä\u007f\u202e\udcff"
    """
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    # In JSON they can only stand in a string, where each may be written as an escape.
    return _in_json().sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def without_colours(text: str) -> str:
    """Drop the escapes with which a kernel colours its text."""
    return _ansi().sub("", text)


@cache
def _in_text() -> re.Pattern[str]:
    return re.compile(f"[{_CONTROL}]")


@cache
def _in_line() -> re.Pattern[str]:
    return re.compile(rf"[\t\n{_CONTROL}]|{_OLD_COMMAND}")


@cache
def _in_json() -> re.Pattern[str]:
    return re.compile(rf"[{_CONTROL}]|{_OLD_COMMAND}")


@cache
def _ansi() -> re.Pattern[str]:
    return re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return r"\x23" if character == "#" else character.encode("unicode_escape").decode()

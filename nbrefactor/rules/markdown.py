"""The lines of a markdown cell, with what is not shown as text blanked out."""

from __future__ import annotations

import re
from dataclasses import dataclass

Span = tuple[int, int]


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
LONG = 1000
_FENCE = re.compile(r" {0,3}(?:[-*+] {1,3}|\d+[.)] )?(`{3,}(?=[^`]*$)|~{3,})")
_HIDDEN = re.compile(r"<!--|<(pre|script|style|textarea)\b", re.IGNORECASE)
_ATX = re.compile(r" {0,3}(#{1,6})(?![^ \t])[ \t]*")
_HTML_HEADING = re.compile(r"[ \t]*<h([1-6])\b[^>]*>(.*?)</h\1>[ \t]*$", re.IGNORECASE)
_UNDERLINE = re.compile(r" {0,3}(?:(=+)|-{2,})[ \t]*$")
_PARAGRAPH = re.compile(r" {0,3}(?![-*+>|#]\s|>|\||\d+[.)]\s)\S")


# What ends each kind of hidden text.
_CLOSING = {
    name: re.compile(re.escape(f"</{name}>"), re.IGNORECASE)
    for name in ("pre", "script", "style", "textarea")
} | {None: re.compile("-->")}


def _hidden_in_line(
    text: str, closing: re.Pattern[str] | None
) -> tuple[str, re.Pattern[str] | None]:
    """Blank what is hidden in a line; the pattern ends what is still open before and behind it."""
    parts: list[str] = []
    at = shown = 0
    while True:
        if closing:
            found = closing.search(text, at)
            end = found.end() if found else len(text)
            parts += [text[shown:at], " " * (end - at)]
            at = shown = end
            if found is None:
                break
            closing = None
        opening = _HIDDEN.search(text, at)
        if opening is None:
            break
        at = opening.start()
        closing = _CLOSING[opening[1].lower() if opening[1] else None]
    return "".join([*parts, text[shown:]]), closing


def _blank_hidden(source: str) -> tuple[list[tuple[int, str, bool]], bool]:
    """Split into lines with everything that is not shown as text replaced by blanks."""
    lines: list[tuple[int, str, bool]] = []
    offset, fence = 0, ""
    closing: re.Pattern[str] | None = None
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
            text, closing = _hidden_in_line(text, closing)
        lines.append((offset, text, not raw.strip()))
        offset += len(raw) + 1
    return lines, bool(fence or closing)


def _atx_title(text: str, start: int) -> Span:
    """Find the words of a heading that begins with ``#``, without the ``#`` that may close it."""
    words = text[start:].rstrip(" \t")
    open_end = words.rstrip("#")
    if open_end != words and open_end.endswith((" ", "\t")):
        words = open_end.rstrip(" \t")
    return start, start + len(words)


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
        if len(text) > LONG:
            pass
        elif atx := _ATX.match(text):
            level, title = len(atx[1]), _atx_title(text, atx.end())
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

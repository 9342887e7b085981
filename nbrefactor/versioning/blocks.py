"""The lines of a markdown cell: what each of them is, with what is not shown blanked out.

The blocks are markdown-it-py's. Of what stands within a line this module only knows what hides it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Span = tuple[int, int]
# A paragraph goes on over lines; "other" is code, a rule, or what lies between blocks.
Kind = Literal["heading", "paragraph", "item", "table", "quote", "html", "other"]

# A longer line is an embedded picture or a lost line end; it states no version.
LONG = 1000


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
    kind : {"heading", "paragraph", "item", "table", "quote", "html", "other"}
        What block it belongs to; the first line of an item of a list is "item", the others of the
        item are what they are.
    block : int
        Lines with the same number belong to one paragraph, list, table or the like.
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
    kind: Kind
    block: int
    level: int
    title: Span
    underlined: bool = False
    empty: bool = False

    @property
    def words(self) -> str:
        """The heading's words, or the whole line."""
        return self.text[slice(*self.title)]


@cache
def _markdown() -> MarkdownIt:
    # Slow to load, and not needed for a notebook that cannot state a version.
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    reader.core.ruler.enableOnly(["normalize", "block"])
    reader.block.ruler.disable("reference")
    return reader


@cache
def _hiding() -> re.Pattern[str]:
    return re.compile(r"(?P<code>`+[^`]*`+)|<!--|<(?P<tag>pre|script|style|textarea)\b", re.I)


@cache
def _html_heading() -> re.Pattern[str]:
    return re.compile(r"[ \t]*<h([1-6])\b[^<>]*>", re.IGNORECASE)


@cache
def _item() -> re.Pattern[str]:
    return re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")


class _Hider:
    """Blanks out, line by line, comments and what is between tags that show no text."""

    def __init__(self) -> None:
        self.closing = ""

    def blank(self, text: str) -> str:
        if not self.closing and "<" not in text:
            return text
        small, at, parts = text.lower(), 0, []
        if len(small) != len(text):  # A letter whose small form is longer.
            small = text
        while True:
            if self.closing:
                found = small.find(self.closing, at)
                end = len(text) if found < 0 else found + len(self.closing)
                parts.append(" " * (end - at))
                at = end
                if found < 0:
                    break
                self.closing = ""
            hidden = _hiding().search(text, at)
            if hidden is None:
                break
            shown_to = hidden.end() if hidden["code"] else hidden.start()
            parts.append(text[at:shown_to])
            at = shown_to
            if not hidden["code"]:
                self.closing = f"</{hidden['tag'].lower()}>" if hidden["tag"] else "-->"
        return "".join(parts) + text[at:]


@dataclass(slots=True)
class _Block:
    kind: Kind = "other"
    block: int = 0
    level: int = 0
    underlined: bool = False
    is_code: bool = False


_KINDS: dict[str, Kind] = {
    "paragraph_open": "paragraph",
    "table_open": "table",
    "blockquote_open": "quote",
    "html_block": "html",
    "bullet_list_open": "paragraph",
    "ordered_list_open": "paragraph",
}


def _is_open(token: Token, rows: list[str]) -> bool:
    """Tell whether a fence at the end of the cell has no closing one."""
    first, after = token.map or (0, 0)
    last = rows[after - 1].strip() if after - 1 > first else ""
    closed = set(last) == {token.markup[0]} and len(last) >= len(token.markup)
    return token.level == 0 and after >= len(rows) and not closed


def _read_blocks(rows: list[str]) -> tuple[list[_Block], bool]:
    blocks = [_Block() for _ in rows]
    still_open = False
    for token in _markdown().parse("\n".join(rows)):
        if token.map is None:
            continue
        first, after = token.map
        # A block can reach beyond the last line by the blank that ends it.
        covered = blocks[first:after]
        if token.type in ("fence", "code_block"):
            still_open = still_open or (token.type == "fence" and _is_open(token, rows))
            for block in covered:
                block.is_code, block.kind = True, "other"
        elif token.type == "list_item_open":
            if _item().match(rows[first]):
                blocks[first].kind = "item"
        elif token.level == 0 and token.type == "heading_open":
            underlined = token.markup in ("=", "-")
            if underlined and after - first > 2:
                continue
            blocks[first].kind, blocks[first].level = "heading", int(token.tag[1])
            blocks[first].underlined = underlined
            blocks[first].block = first + 1
        elif token.level == 0 and token.type in _KINDS:
            for block in covered:
                block.kind, block.block = _KINDS[token.type], first + 1
    return blocks, still_open


def _atx_words(text: str) -> Span:
    marked = text.lstrip()
    words = marked.lstrip("#").lstrip()
    end = len(text.rstrip())
    start = len(text) - len(words) if words else end
    closed = text[:end].rstrip("#")
    if len(closed) < end and closed[-1:] in (" ", "\t") and len(closed.rstrip()) > start:
        end = len(closed.rstrip())
    return start, max(start, end)


def _html_words(text: str) -> tuple[int, Span] | None:
    """Find the level and the words of a heading that is written as HTML on one line."""
    opening = _html_heading().match(text)
    if opening is None:
        return None
    end = text.lower().find(f"</h{opening[1]}>", opening.end())
    if end < 0 or text[end + 5 :].strip():
        return None
    return int(opening[1]), (opening.end(), end)


def read_blocks(source: str) -> tuple[tuple[Line, ...], bool]:
    """Split a markdown cell into lines and say what block each is of.

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
    raw = source.split("\n")
    rows = [text.removesuffix("\r") for text in raw]
    # Markdown also ends a line at a lone carriage return, which a notebook's rows do not.
    blocks, still_open = _read_blocks([text.replace("\r", " ") for text in rows])
    hider = _Hider()
    lines: list[Line] = []
    start = 0
    for at, (text, block) in enumerate(zip(rows, blocks, strict=True)):
        shown = " " * len(text) if block.is_code else hider.blank(text)
        level, title = block.level, (0, len(text))
        if len(text) > LONG:
            pass
        elif level and not block.underlined:
            title = _atx_words(shown)
        elif block.kind == "html" and (html := _html_words(shown)):
            level, title = html
        lines.append(
            Line(
                at + 1,
                start,
                start + len(text),
                shown,
                block.kind,
                block.block,
                level,
                title,
                block.underlined,
                not text.strip(),
            )
        )
        start += len(raw[at]) + 1
    return tuple(lines), still_open or bool(hider.closing)

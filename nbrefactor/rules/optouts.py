"""What a notebook and the settings opt out of."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from nbrefactor.notebook.document import Cell, Document

KEEP_TAG = "nbrefactor-keep"
_EVERY_CODE = "NB"
_WILD = frozenset("*?[!")


@cache
def _noqa() -> re.Pattern[str]:
    return re.compile(
        r"#\s*noqa\b(?:\s*:\s*(?P<codes>[a-z]+[0-9]+(?:[\s,]+[a-z]+[0-9]+)*))?", re.IGNORECASE
    )


@cache
def _ignore() -> re.Pattern[str]:
    # The same in a form of our own, which no other linter takes for a code that it does not know.
    return re.compile(r"#\s*nbrefactor\s*:\s*ignore\b(?:\[(?P<codes>[^\]]*)\])?", re.IGNORECASE)


@cache
def _code() -> re.Pattern[str]:
    return re.compile(r"NB[0-9]*")


class OptOut(Struct, frozen=True):
    """One wish to leave findings alone.

    Parameters
    ----------
    code : str
        The code of the rule, or how it begins.
    reason : str
        Why a definition stays, as the report gives it.
    wish : str
        What says so, as the subject of a sentence.
    cell : int or None
        Position of the cell that it is about; None for the whole notebook.
    rows : tuple of int
        Lines of the cell's source that it is about, counted from 1; empty for all.
    written : int
        Line of the cell's source in which it stands.
    is_checked : bool
        Whether it is reported where nothing answers to it.
    """

    code: str
    reason: str
    wish: str
    cell: int | None = None
    rows: tuple[int, ...] = ()
    written: int = 1
    is_checked: bool = True

    def covers(self, code: str, cell: int | None, row: int) -> bool:
        """Tell whether a finding is one of those to leave alone."""
        return (
            code.startswith(self.code)
            and (self.cell is None or self.cell == cell)
            and (not self.rows or row in self.rows)
        )


def read_optouts(
    document: Document, per_file: Sequence[tuple[str, tuple[str, ...]]] = ()
) -> tuple[OptOut, ...]:
    """Read what a notebook and the settings opt out of.

    Parameters
    ----------
    document : Document
        The notebook: ``# noqa: NB101``, ``# nbrefactor: ignore[NB101]`` or either without codes
        in the first lines of a statement, a cell's tag ``nbrefactor-keep``, and
        ``{"nbrefactor": {"ignore": ["NB101"]}}`` in its metadata.
    per_file : sequence of (str, tuple of str)
        Patterns of the settings that match the notebook, with their codes.

    Returns
    -------
    tuple of OptOut
        One for each code.
    """
    found = [*_in_metadata(document.metadata)]
    for pattern, codes in per_file:
        found += [
            OptOut(
                code,
                f'{code} is ignored for "{pattern}" in the settings',
                f'"{code}" for "{pattern}" in the settings',
                # A pattern for many files need not be about something in each of them.
                is_checked=not _WILD & set(pattern) and pattern.endswith(".ipynb"),
            )
            for code in codes
        ]
    for cell in document.cells:
        if KEEP_TAG in cell.tags:
            found.append(
                OptOut(
                    _EVERY_CODE,
                    f"the cell is tagged {KEEP_TAG}",
                    f'the tag "{KEEP_TAG}" of the cell',
                    cell.index,
                )
            )
        if cell.cell_type == "code" and may_hold_comment(cell.source):
            found += read_comments(cell)
    return tuple(found)


def may_hold_comment(source: str) -> bool:
    """Tell at a glance whether a comment that opts out may stand in a cell."""
    text = source.lower()
    return "noqa" in text or ("nbrefactor" in text and "ignore" in text)


def _in_metadata(metadata: Mapping[str, Any]) -> Iterator[OptOut]:
    own = metadata.get("nbrefactor")
    codes = own.get("ignore") if isinstance(own, Mapping) else None
    if codes is None:
        return
    if not isinstance(codes, list):
        codes = [codes]
    for code in codes:
        # What is no code covers nothing, and is reported for that.
        known = code if isinstance(code, str) and _code().fullmatch(code) else "\0"
        yield OptOut(
            known,
            f'{code} is in the list "ignore" of the notebook\'s metadata',
            f'{code!r} in the list "ignore" of the notebook\'s metadata',
        )


def codes_end(line: str) -> int | None:
    """Give the place behind the codes of a line's ``# noqa``; None where it lists none."""
    found = _noqa().search(line)
    return found.end("codes") if found and found["codes"] else None


def read_comments(cell: Cell) -> Iterator[OptOut]:
    """Read what the comments of a code cell opt out of."""
    from nbrefactor.notebook.magics import parse, read_cell

    code = read_cell(cell.source)
    lines = cell.source.split("\n")
    if code.kind != "python":
        comments = list(enumerate(lines, 1))
        heads: dict[int, int] = {}
    else:
        comments = list(_comments(code.python))
        heads = _heads(parse(code.python)) if comments else {}
    for row, text in comments:
        # A comment with a line of its own is none on the statement around it.
        alone = code.kind == "python" and lines[row - 1].lstrip().startswith("#")
        rows = (row,) if alone else tuple(sorted({row, heads.get(row, row)}))
        for covered, wish, is_checked in _wishes(text):
            yield OptOut(covered, f"{wish} says so", wish, cell.index, rows, row, is_checked)


def _wishes(comment: str) -> Iterator[tuple[str, str, bool]]:
    """Give the codes of a comment, with the words for each and whether an idle one is reported."""
    if found := _noqa().search(comment):
        if found["codes"] is None:
            # It may be for another tool.
            yield _EVERY_CODE, '"# noqa"', False
        else:
            for name in re.split(r"[\s,]+", found["codes"].upper()):
                if _code().fullmatch(name):
                    yield name, f'"# noqa: {name}"', True
    if found := _ignore().search(comment):
        if found["codes"] is None:
            yield _EVERY_CODE, '"# nbrefactor: ignore"', True
            return
        for name in filter(None, re.split(r"[\s,]+", found["codes"].upper())):
            # What is no code covers nothing, and is reported for that.
            known = name if _code().fullmatch(name) else "\0"
            yield known, f'"# nbrefactor: ignore[{name}]"', True


def _comments(python: str) -> Iterator[tuple[int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(python).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except tokenize.TokenError:
        return


def _heads(tree: ast.Module) -> dict[int, int]:
    """Map each line of a statement, or of a definition's head, to the line that names it."""
    heads: dict[int, int] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        decorators = getattr(node, "decorator_list", [])
        body = getattr(node, "body", None)
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno
        for row in range(first, last + 1):
            heads[row] = node.lineno
    return heads

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
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Literal

from nbrefactor.config import SettingsError
from nbrefactor.rules.dates import DATE
from nbrefactor.rules.markdown import LONG, Line, Span, read_markdown
from nbrefactor.rules.number import NUMBER, PREFIX, Version

if TYPE_CHECKING:
    from nbrefactor.notebook.document import Cell

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
    rf"(?P<name>.*?)(?:[(\[]|\s[-–—|·•~/]+|[:,;](?=\s)|<\w+[^<>]*>)[\s(\[*_`]*(?![\s(\[*_`])"
    rf"(?:(?P<date>{DATE})[\s,;:|/·•–—-]*[(\[*_`]*)?$",
    re.IGNORECASE | re.DOTALL,
)
# Longer than any separator with a date.
_NEAR = 120
# What may stand between a version and what follows it. None of it is given back once it is passed,
# nor is white space that something else may follow: each expression here has to be linear.
_JUNK = r"[\s,;:|/()\[\]·•*_`–—-]"
_AFTER = re.compile(
    rf"{_JUNK}*(?!{_JUNK})"
    r"(?:(?:last\s+)?(?:updated|modified|revised|released|released?|of|on|from)"
    rf":?\s+(?!\s)(?:on\s+(?!\s))?)?(?P<date>{DATE})?(?:</\w+>|[^\w<])*$",
    re.IGNORECASE,
)
_DATE = re.compile(DATE, re.IGNORECASE)
_MARK = r"(?:[*_`]|</?(?:b|strong|i|em|code|small)>)"
_DECORATION = rf"{_MARK}*"
_SPACED = rf"\s*(?:{_MARK}+\s*)?"
# Where a statement may begin within a line: not in the middle of white space.
_WITHIN = rf"[|·•;,(\[]\s*|<br\s*/?>\s*|(?<!\s)\s{{2,}}){_DECORATION}"
_OWN_LABEL = r"(?:this\s+)?(?:notebook|document|demo|tutorial)(?:['’]s)?\s+"
_LABELLED = re.compile(
    rf"(?:^[>\s]*(?:[-*+]\s+|\d+[.)]\s+|#{{1,6}}\s+)?|{_WITHIN}(?P<own>{_OWN_LABEL})?(?:current\s+)?version(?:\s+(?:number|no\.?))?"
    rf"{_DECORATION}\s*[:=|]{_SPACED}(?P<prefix>[vV]\.?)?(?P<number>{NUMBER})"
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
    rf"(?:^[>\s]*(?:[-*+]\s+)?|{_WITHIN}"
    r"(?:last[ -](?:updated?|modified|revised|changed|edited)|updated|modified|revised|released"
    rf"|(?:release |version )?date)(?:\s+on)?{_DECORATION}(?:\s*[:=|])?{_SPACED}"
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


def imported_names(cells: Sequence[Cell]) -> frozenset[str]:
    """Give the names of all packages that a notebook's code imports, in small letters."""
    return frozenset(
        name.casefold()
        for cell in cells
        if cell.cell_type == "code"
        for name in _IMPORT.findall(cell.source)
    )


def names_product(words: str, imported: frozenset[str]) -> bool:
    """Tell whether a heading names something that has versions of its own.

    Parameters
    ----------
    words : str
        The heading's words.
    imported : frozenset of str
        What the notebook imports, as `imported_names` gives it.
    """
    found = {word.strip(".-") for word in re.findall(r"[\w+][\w+.-]*", words.casefold())}
    return not found.isdisjoint(_PRODUCTS | imported)


def _speaks_of_another(name: str, imported: frozenset[str], prefix: str) -> bool:
    """Tell whether the words before a version make it that of something else."""
    words = re.findall(r"[\w+][\w+.-]*", re.sub(r"<[^<>]*>", " ", name).casefold())
    last = words[-1].strip(".-") if words else ""
    if last in _PRODUCTS or last in imported or _FOREIGN.match(name):
        return True
    return not prefix and last in _NUMBERED


def _separated(before: str) -> re.Match[str] | None:
    """Find what parts a title from the version behind it: a separator, at will with a date."""
    return _SEPARATED.match(before, max(0, len(before) - _NEAR))


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
        separated = _separated(before)
        after = _AFTER.match(words, token.end())
        name = before[: separated.end("name")] if separated else before
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
    if len(line.text) > LONG:
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


def _dates_beside(lines: Sequence[Line], row: int) -> tuple[Span, ...]:
    """Find the dates of the paragraph around a line that say when the notebook was changed."""
    return tuple(
        _shift(match.span("date"), line.start)
        for line in _paragraph(lines, row)
        for match in _DATED.finditer(line.text[:LONG])
    )


def _with_dates(place: Place, beside: Sequence[Span]) -> Place:
    dates = set(place.dates)
    for span in beside:
        if not any(span[0] < end and start < span[1] for start, end in (*dates, place.span)):
            dates.add(span)
    return replace(place, dates=tuple(sorted(dates)))


_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]")


def _subtitles(lines: Sequence[Line], heading: int) -> frozenset[int]:
    """Find the lines that belong to the title: right below it, and not the head of a list."""
    texts = (at for at in range(heading + 1, len(lines)) if lines[at].text.strip())
    below = list(islice(texts, 5))
    following = {at: lines[after].text for at, after in pairwise(below)}
    return frozenset(
        at for at in below[:4] if not lines[at].level and not _ITEM.match(following.get(at, ""))
    )


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
        subtitles, labelled = frozenset[int](), False
        for at, line in enumerate(lines):
            first_heading = bool(line.level and line.words.strip()) and not titled
            if first_heading:
                titled, region = True, "title"
                subtitles = _subtitles(lines, at)
            elif line.level and not _LABELLED.match(line.text):
                region = "about" if _ABOUT.fullmatch(line.words) else ""
            subtitle = region == "title" and at in subtitles
            stated = None if labelled else _line_place(cell.index, line, region, subtitle)
            if stated:
                labelled = True
                yield _with_dates(stated, _dates_beside(lines, line.row))
            elif first_heading:
                beside = _dates_beside(lines, line.row)
                for place in _heading_places(cell.index, line, imported):
                    yield _with_dates(place, beside)


_CONSTANTS = ("__version__", "VERSION", "NOTEBOOK_VERSION")
_MENTIONS_CONSTANT = re.compile(r"\b(?:__version__|VERSION|NOTEBOOK_VERSION)\b")
_VALUE = re.compile(
    rf"\s*(?P<prefix>(?:version\s+)?v?\.?)(?P<number>{NUMBER})"
    rf"(?:[\s,;(\[–—-]+(?P<date>{DATE})[)\]]*)?\s*",
    re.IGNORECASE,
)
_LITERAL = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(?P<value>[^\\\n]*)\1")
_COMMENTED_DATE = re.compile(
    rf"(?:[ \t]*;)?[ \t]*#+[ \t]*\(?(?P<date>{DATE})\)?[ \t\r]*$", re.IGNORECASE
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
            raise SettingsError(
                f"The version pattern {pattern!r} is not a regular expression: {error}; "
                "correct it, or escape with a backslash what is meant as written."
            ) from error
        if "version" not in expression.groupindex:
            raise SettingsError(
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
    SettingsError
        If a pattern is not a regular expression or has no group ``version``.
    """
    imported = imported_names(cells)
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


_BARE = re.compile(rf"(?<![\w./=-])(?:version\s+|v)(?P<number>{NUMBER})", re.IGNORECASE)
_MAX_MISSES = 3


def _why_no_title(words: str, token: re.Match[str], imported: frozenset[str]) -> str | None:
    """Say why a number in the first heading is not the notebook's version; None for no version."""
    prefix = token["prefix"] or ""
    count = len(Version(token["number"]).components)
    if count < 2 and not prefix:
        return None
    before = words[: token.start()]
    separated = _separated(before)
    name = before[: separated.end("name")] if separated else before
    if _speaks_of_another(name, imported, prefix):
        return "the words before it name something else that has versions or numbers of its own"
    if not separated or not _AFTER.match(words, token.end()) or not name.strip():
        return (
            "a version counts at the end of the first heading only in parentheses or after a "
            "separator"
        )
    return "in a heading a version has three numbers, or two behind a v, or a word such as version"


def find_near_misses(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Say what looks like the version of a notebook that states none, and why it does not count.

    Parameters
    ----------
    cells : sequence of Cell
        All cells of a notebook in which nothing counts as its version.

    Returns
    -------
    tuple of str
        A sentence each, at most three, in the order of the notebook.
    """
    imported = imported_names(cells)
    misses: list[str] = []
    titled = False
    for cell in cells:
        if cell.cell_type != "markdown":
            continue
        for line in read_markdown(cell.source)[0]:
            if len(line.text) > LONG:
                continue
            is_title = bool(line.level and line.words.strip()) and not titled
            titled = titled or is_title
            reason = None
            if is_title:
                written = [found.span() for found in _DATE.finditer(line.words)]
                reasons = (
                    _why_no_title(line.words, token, imported)
                    for token in _TOKEN.finditer(line.words)
                    if not any(a < token.end() and token.start() < b for a, b in written)
                )
                reason = next((found for found in reasons if found), None)
            elif _LABELLED.search(line.text):
                reason = (
                    "such a line counts only with the title or below a heading such as About, and "
                    "with nothing but the version in it"
                )
            elif any("." in bare["number"] for bare in _BARE.finditer(line.text)):
                reason = (
                    "a heading counts only if it is the first, and an entry of a changelog only "
                    "below a heading such as Changelog or for a version stated elsewhere"
                    if line.level
                    else "a version in running text may be that of anything"
                )
            if reason:
                printable = (sign if sign.isprintable() else " " for sign in line.text)
                shown = " ".join("".join(printable).split())
                shown = shown if len(shown) <= 60 else shown[:59] + "…"
                misses.append(f'"{shown}" in cell {cell.index + 1}: {reason}.')
            if len(misses) == _MAX_MISSES:
                return tuple(misses)
    return tuple(misses)

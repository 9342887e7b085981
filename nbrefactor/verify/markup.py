"""HTML and SVG of outputs: what is random in them is taken out, tables are read cell by cell."""

from __future__ import annotations

import re
from html.parser import HTMLParser

Table = tuple[tuple[str, ...], ...]

_STYLER = re.compile(r"\bT_[0-9a-f]{5}")
_SVG_ID = re.compile(r'\b(?:xml:)?id="([^"]+)"')
_SVG_DATE = re.compile(r"<dc:date>[^<]*</dc:date>|<!--(?:(?!<!--).)*?-->", re.DOTALL)
_MOST_HTML = 5_000_000


def normal_html(html: str) -> str:
    """Take out of HTML the names that pandas draws by lot, and white space at line ends."""
    names: dict[str, str] = {}
    html = _STYLER.sub(lambda found: names.setdefault(found[0], f"T_{len(names)}"), html)
    return "\n".join(line.rstrip() for line in html.strip().split("\n"))


def normal_svg(svg: str) -> str:
    """Name the ids of an SVG by their order and drop its date and comments.

    Examples
    --------
    >>> normal_svg('<svg><!-- x --><g id="m0a"/><use href="#m0a"/></svg>')
    '<svg><g id="id0"/><use href="#id0"/></svg>'
    """
    svg = _SVG_DATE.sub("", svg)
    names = {name: f"id{number}" for number, name in enumerate(_ids(svg))}
    if not names:
        return svg

    def renamed(found: re.Match[str]) -> str:
        return f"{found[1]}{names.get(found[2], found[2])}{found[3]}"

    return re.sub(r"""(\bid="|#)([^"')\s#]+)(["')])""", renamed, svg)


def _ids(svg: str) -> list[str]:
    return list(dict.fromkeys(found[1] for found in _SVG_ID.finditer(svg)))


def read_table(html: str) -> Table | None:
    """Read the only table of a piece of HTML.

    Returns
    -------
    tuple of tuple of str, or None
        The text of its cells, row by row; None where there is no table or more than one.
    """
    if len(html) > _MOST_HTML or html.count("<table") != 1:
        return None
    reader = _TableReader()
    reader.feed(html)
    reader.close()
    return tuple(tuple(row) for row in reader.rows if row)


def table_difference(before: Table, after: Table) -> str:
    """Say in a sentence where two tables part."""
    shapes = [(len(table), max(map(len, table), default=0)) for table in (before, after)]
    if shapes[0] != shapes[1]:
        (rows, columns), (new_rows, new_columns) = shapes
        return f"a table of {rows} x {columns} became one of {new_rows} x {new_columns}"
    header = before[0] if before else ()
    changed = [
        (row, column, one, other)
        for row, (old, new) in enumerate(zip(before, after))  # noqa: B905
        for column, (one, other) in enumerate(zip(old, new))  # noqa: B905
        if one != other
    ]
    if not changed:
        return "the table's markup differs, its text does not"
    row, column, one, other = changed[0]
    name = header[column] if column < len(header) and header[column] else f"column {column + 1}"
    more = f", and {len(changed) - 1} more cells" if len(changed) > 1 else ""
    return f"row {row}, {name[:80]}: {one[:80]!r} became {other[:80]!r}{more}"


class _TableReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data.strip()

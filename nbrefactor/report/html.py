"""A verification as one page that stands alone: it runs no script and loads nothing.

What comes from a notebook reaches the page in three ways only: as text that the template escapes,
as pixels that were decoded and encoded anew, or as an SVG in an ``img`` element, where its scripts
do not run. The page's own content security policy forbids the rest.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nbrefactor.model.outcome import Outcome
from nbrefactor.notebook.document import read
from nbrefactor.report.html_figures import figure_tables
from nbrefactor.report.verification import verdict
from nbrefactor.verify import pictures
from nbrefactor.verify.outputs import is_picture
from nbrefactor.verify.text import line_diff
from nbrefactor.verify.values import CellComparison, OutputComparison, Shown, Verification
from nbrefactor.visible import visible, visible_line, without_colours

_TEMPLATES = Path(__file__).parent / "templates"
_MOST_LINES = 60
_LONGEST_LINE = 400
_MOST_DIFF_LINES = 400
_WIDEST = 1600
_LARGEST_SVG = 3_000_000
_TAG = re.compile(r"<(/?)([a-z]*)[^<>]*>", re.IGNORECASE)
_HIDDEN = frozenset({"script", "style", "template", "noscript"})


def render_html(found: Verification) -> str:
    """Make the page.

    Parameters
    ----------
    found : Verification
        The verdict on each output.

    Returns
    -------
    str
        A whole HTML document.
    """
    import nbformat
    from nbconvert.exporters.templateexporter import TemplateExporter
    from nbconvert.filters import Highlight2HTML
    from pygments.formatters.html import HtmlFormatter  # type: ignore[import-untyped]

    original = read(found.outcome.before)
    cells = [cell for cell in found.cells if cell.status != "identical"]
    notebook: Any = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[
            nbformat.v4.new_code_cell(  # type: ignore[no-untyped-call]
                source=_text(original.cells[cell.cell].source), id=f"cell-{cell.cell + 1}"
            )
            for cell in cells
        ]
    )
    exporter: Any = TemplateExporter(  # type: ignore[no-untyped-call]
        extra_template_basedirs=[str(_TEMPLATES)],
        template_name="verification",
        template_file="index.html.j2",
    )
    highlight = Highlight2HTML(pygments_lexer="ipython3")  # type: ignore[no-untyped-call]
    exporter.register_filter("highlight_code", highlight)
    colours = "\n".join(
        (
            HtmlFormatter(style="friendly", nobackground=True).get_style_defs(".highlight"),
            "@media screen and (prefers-color-scheme: dark) {",
            HtmlFormatter(style="native", nobackground=True).get_style_defs(".highlight"),
            "}",
        )
    )
    resources = {"verification": _facts(found, cells), "code_colours": colours}
    page: str
    page, _ = exporter.from_notebook_node(notebook, resources=resources)
    return page


def _facts(found: Verification, cells: Sequence[CellComparison]) -> dict[str, Any]:
    """Give the template all that it says, made harmless."""
    return {
        "path": visible_line(found.path),
        "name": visible_line(Path(found.path).name),
        "migrated": visible_line(found.migrated),
        "passed": found.passed,
        "verdict": _line(verdict(found)),
        "seconds": f"{found.seconds:.1f}",
        "strict": found.strict,
        "counts": list(found.counts.items()),
        "total": sum(found.counts.values()),
        "cells_total": len(found.cells),
        "cells_compared": len(found.compared),
        "files": list(found.file_counts.items()),
        "notes": [_line(note) for note in found.notes],
        "findings": list(_findings(found.outcome)),
        "cells": [_cell(cell) for cell in cells],
        "all_cells": [
            {"number": cell.cell + 1, "status": cell.status, "edited": cell.edited}
            for cell in found.cells
        ],
        "diffs": [
            {"number": change.cell + 1, "lines": _diff_lines(found.outcome.cell_diff(change))}
            for change in found.outcome.cells
        ],
    }


def _findings(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for found in outcome.findings:
        yield {
            "cell": "" if found.cell is None else found.cell + 1,
            "name": _text(found.name or ""),
            "level": found.level or "",
            "similarity": "" if found.similarity is None else f"{found.similarity:.0%}",
            "target": _text(found.target or ""),
            "replaced": bool(found.edits and found.level),
            "message": _text(found.message),
            "reasons": [_text(reason.sentence) for reason in found.reasons],
            "difference": _diff_lines(found.difference) if found.difference else [],
        }


def _cell(cell: CellComparison) -> dict[str, Any]:
    called = [(f"output {number}", output) for number, output in enumerate(cell.outputs, 1)]
    called += [(f"figure {file.name}", file) for file in cell.files]
    outputs = [
        {**_output(output), "called": visible_line(name), "id": f"{cell.cell + 1}-{number}"}
        for number, (name, output) in enumerate(called, 1)
        if output.status != "identical"
    ]
    return {
        "number": cell.cell + 1,
        "status": cell.status,
        "calls": [_text(name) for name in cell.calls],
        "detail": _line(cell.detail),
        "edited": cell.edited,
        "outputs": outputs,
        "identical": len(called) - len(outputs),
    }


def _output(output: OutputComparison) -> dict[str, Any]:
    sides = [
        {"name": name, **_side(shown)}
        for name, shown in (("Original", output.before), ("Migrated", output.after))
    ]
    before, after = _differing(output.before, output.after)
    with_diff = (
        output.family in ("text", "stream", "json", "html", "other")
        and output.figure is None
        and output.before is not None
        and output.after is not None
    )
    picture = output.picture
    of_one_size = picture is not None and picture.size_before == picture.size_after
    return {
        "status": output.status,
        "family": output.family,
        "detail": _line(output.detail),
        "sides": sides,
        # Two pictures of two sizes differ everywhere, which says nothing.
        "difference": _data_uri("image/png", picture.picture)
        if picture is not None and picture.picture and of_one_size
        else "",
        "layered": all(side["kind"] == "picture" for side in sides),
        "figure": figure_tables(output.figure, _text),
        "diff": _diff_lines(line_diff(before, after)) if with_diff else [],
    }


def _side(shown: Shown | None) -> dict[str, Any]:
    """Show one output in the safest way that still shows it."""
    if shown is None:
        return {"kind": "none", "content": "no output"}
    for mime, content in shown.data.items():
        if is_picture(mime):
            return _picture(str(content))
    svg = shown.data.get("image/svg+xml")
    if isinstance(svg, str) and len(svg) < _LARGEST_SVG:
        uri = _data_uri("image/svg+xml", svg.encode(errors="replace"))
        return {"kind": "picture", "content": uri, "size": "SVG"}
    html = shown.data.get("text/html")
    if isinstance(html, str) and shown.family == "table":
        return {"kind": "table", "content": _rows(html)}
    return {"kind": "text", "content": _cut(_plain(shown))}


def _picture(content: str) -> dict[str, Any]:
    try:
        pixels = pictures.decode(base64.b64decode(content))
    except (pictures.PictureError, binascii.Error) as error:
        return {"kind": "none", "content": _text(f"a picture: {error}")}
    height, width = pixels.shape[:2]
    step = -(-max(height, width) // _WIDEST)
    shown = pictures.encode(pixels[::step, ::step])
    return {
        "kind": "picture",
        "content": _data_uri("image/png", shown),
        "size": f"{width} \N{MULTIPLICATION SIGN} {height}",
    }


def _rows(html: str) -> list[list[str]]:
    """Read a table's text; its markup never reaches the page."""
    from nbrefactor.verify.markup import read_table

    table = read_table(html) or ((_plain_html(html),),)
    return [[_text(cell)[:200] for cell in row[:40]] for row in table[:_MOST_LINES]]


def _differing(before: Shown | None, after: Shown | None) -> tuple[str, str]:
    """Give the representations of an output that are not the same, as text."""
    if before is None or after is None:
        return _plain(before), _plain(after)
    mimes = [
        mime
        for mime in sorted({*before.data, *after.data})
        if not is_picture(mime) and before.data.get(mime) != after.data.get(mime)
    ]
    old, new = ({mime: shown.data.get(mime) for mime in mimes} for shown in (before, after))
    if mimes == ["text/plain"]:
        return _text(str(old["text/plain"] or "")), _text(str(new["text/plain"] or ""))
    return _all(old), _all(new)


def _all(data: Mapping[str, Any]) -> str:
    parts = [
        f"{mime}\n{content if isinstance(content, str) else json.dumps(content, indent=1)}"
        for mime, content in data.items()
        if content is not None
    ]
    return _text("\n".join(parts))


def _plain(shown: Shown | None) -> str:
    if shown is None:
        return ""
    data: Mapping[str, Any] = shown.data
    plain = data.get("text/plain")
    html = data.get("text/html")
    if shown.family == "html" and isinstance(html, str):
        return _text(html)
    if isinstance(plain, str) and shown.family != "json":
        return _text(plain)
    return _all(data)


def _plain_html(html: str) -> str:
    """Take out the tags, and what stands in elements that are not shown."""
    shown: list[str] = []
    hidden, at = "", 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if not hidden:
            shown.append(html[at : tag.start()])
            hidden = name if name in _HIDDEN and not tag[1] else ""
        elif name == hidden and tag[1]:
            hidden = ""
        at = tag.end()
    return " ".join([*shown, "" if hidden else html[at:]])


def _cut(text: str) -> str:
    lines = text.split("\n")
    shown = [
        line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"
        for line in lines[:_MOST_LINES]
    ]
    if len(lines) > _MOST_LINES:
        shown.append(f"… {len(lines) - _MOST_LINES} more lines")
    return "\n".join(shown)


def _diff_lines(diff: str) -> list[dict[str, str]]:
    kinds = {"+": "added", "-": "removed", "@": "place"}
    lines = diff.rstrip("\n").split("\n")
    shown = [
        {
            "kind": "place" if line.startswith(("---", "+++")) else kinds.get(line[:1], ""),
            "text": _cut(_text(line)),
        }
        for line in lines[:_MOST_DIFF_LINES]
        if not line.startswith("+++")
    ]
    if len(lines) > _MOST_DIFF_LINES:
        shown.append({"kind": "place", "text": f"… {len(lines) - _MOST_DIFF_LINES} more lines"})
    return shown


def _text(text: str) -> str:
    """Drop a terminal's colours and make control characters visible; the template escapes."""
    return visible(without_colours(text))


def _line(text: str) -> str:
    """Do the same with a sentence."""
    return visible_line(without_colours(text))


def _data_uri(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"

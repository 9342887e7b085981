"""A scan as one page that stands alone: it loads nothing, and its own script is all that runs.

What comes from notebooks stands in the page as JSON in which no HTML can begin or end, and the
script puts it there as text, never as markup. The page's own content security policy forbids the
rest.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from nbrefactor.report.scan_json import family_data
from nbrefactor.report.scan_text import next_command
from nbrefactor.scan.values import Scan
from nbrefactor.visible import visible, visible_json, visible_line

_TEMPLATES = Path(__file__).parent / "templates" / "scan"


def render(scan: Scan, paths: Sequence[str]) -> str:
    """Make the page.

    Parameters
    ----------
    scan : Scan
        What was found.
    paths : sequence of str
        What the user named, for the commands.

    Returns
    -------
    str
        A whole HTML document.
    """
    families = [
        {**family_data(family, visible), "command": next_command(family, paths)}
        for family in scan.families
    ]
    data = {
        "notebooks": scan.notebooks,
        "definitions": scan.definitions,
        "groups": len(scan.groups),
        "lines": scan.gone,
        "families": families,
        "problems": [visible_line(problem) for problem in scan.problems],
    }
    # In JSON they can only stand in a string, where each may be written as an escape.
    text = visible_json(data, ascii_only=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    script = (_TEMPLATES / "scan.js").read_text("utf-8")
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = (_TEMPLATES / "index.html").read_text("utf-8")
    parts = {
        "@POLICY@": f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hashed}'",
        "@STYLE@": (_TEMPLATES / "scan.css").read_text("utf-8"),
        "@SCRIPT@": script,
        # Last, so that nothing in it is taken for a part.
        "@DATA@": text,
    }
    for mark, part in parts.items():
        page = page.replace(mark, part, 1)
    return page

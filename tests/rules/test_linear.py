"""Text that makes a careless regular expression try every way of parting it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ..notebooks import markdown, notebook

pytestmark = pytest.mark.slow

LENGTH = 6_000
# A line that is longer than this states nothing, so that shorter ones are tried too.
SHORT = 990
# Far more than what is needed; what does not end in it never ends.
SECONDS = 900

UNITS = {
    "marks": ["*", "**", "* ", "_", "__", "`", "```", "~", "=", "-", "- ", "+", "#", "# ", ">", "> "],
    "separators": [".", ",", ", ", ":", ": ", ";", "; ", "|", " |", "| ", "/", "·", "– ", "—", "\\"],
    "brackets": ["(", "( ", ")", "[", "]", "](", "[a](", "[a]: ", "<", "<a", "<a ", "<b>", "</b>", "<!--"],
    "tags": ["<!---->", "<pre>", "<pre></pre>", "<h1>", "</h1>", "<br>", "<br ", "<script ", "<summary>"],
    "blanks": [" ", "  a", "\t", " \t", "\r", "\n", "\n\n", " \n", "\n ", "\r\n", "\x0b", "\u2028", "\x85"],
    "words": ["a", "a ", "a.", "a-", "_a", "1", "1 ", "1.", "1. ", "1.2 ", "v", "v ", "v1.2 ", "1.0+a", "+."],
    "versions": ["version ", "version: ", "version:1.2 ", "  version", "1.0rc1", "1.2.3-", "new in ", "release "],
    "dates": ["2024-01-01 ", "2024", "Jan ", "Jan 1, ", "Monday ", "1 of ", "updated ", "updated: ", "on ", "10:24 "],
    "history": ["changes ", "changelog ", "changelog\n", "- v1.2\n", "### New in v1.2:\n", "|-", "-|", "|1.2|", "[YANKED] "],
    "code": ["?", "a?", "!", "%", "%%", "%a\n", "!ls\n", "a.b", "a[0]", "a[", '"', "'", '"""', "pip ", "sys ", "--out "],
    "prompts": [">>> ", "... ", "In [1]: ", "   ...: ", "# noqa: A1,", "#noqa ", "# ", "x = ", "x=", "# 2024 ", "%sc a "],
}  # fmt: skip
HEADS = {
    "title": "# {}",
    "title with a version": "# Title v1.2.0 {}",
    "title before a version": "# Title {} v1.2.0",
    "line of a version": "Version: 1.2.0 {}",
    "label of a version": "version{}: 1.2.0",
    "subtitle": "v1.2.0{}",
    "date": "updated{}",
    "changelog": "## {} changelog {}",
    "entry": "### New in v1.2.0{}:",
    "item": "- v1.2.0 {}",
    "wordy": "changes {}",
    "subheading": "### {} Changed {}",
    "row": "| v1.2 | {}",
}
CODES = ["{}", "{}?", 'VERSION = "1.2.0"{}', 'VERSION = "1.2.0{}"', "x = 1{}", "%sc {}", "%%bash --out {}", "# noqa: NB101{}", '"""{}']  # fmt: skip


PROGRAM = """
import json, sys
from datetime import datetime, timezone
from nbrefactor.check import Subject, check_bytes
from nbrefactor.config import Settings
from nbrefactor.engine import bump_bytes
from nbrefactor.notebook.document import read
from nbrefactor.program.cell_facts import CellReader
from nbrefactor.report.html import _plain_html
from nbrefactor.rules.failing_notebook import report_failure
from nbrefactor.targets import Targets
from nbrefactor.run.kernels import _makes_importable
from nbrefactor.verify.markup import normal_html, normal_svg
from nbrefactor.verify.text import normaliser
from nbrefactor.visible import without_colours

given = json.load(sys.stdin)
now = datetime(2025, 4, 8, tzinfo=timezone.utc)
settings = Settings(bump="patch", changelog=("text",))
targets = Targets().seen_from(None, settings)
subject = Subject("n.ipynb", settings, targets, CellReader())
TITLE = "# Title v1.2.0\\n\\nVersion: 1.2.0\\n\\n## Changelog\\n\\n### New in v1.2.0:\\n- text\\n"
FUNCTIONS = (
    _makes_importable, without_colours, _plain_html, normal_html, normal_svg, normaliser()
)

def notebook(cells, metadata):
    made = [
        dict(cell_type=kind, metadata={}, source=text)
        | (dict(execution_count=None, outputs=[]) if kind == "code" else {})
        for kind, text in cells
    ]
    return json.dumps(dict(cells=made, metadata=metadata, nbformat=4, nbformat_minor=4)).encode()

def judge(unit, cells):
    data = notebook(cells, {"version": "1.2.0" + unit * 20})
    check_bytes(data, subject)
    return bump_bytes(data, settings, path="n.ipynb", now=now).status

def filled(templates, *fillings):
    return [template.replace("{}", text) for template in templates for text in fillings]

for unit in given["units"]:
    print(repr(unit), flush=True)
    long, short = (unit * (given[length] // len(unit) + 1) for length in ("long", "short"))
    # Of lines that are many, fewer will do.
    few = slice(0, 2 if "\\n" in unit else None)
    lines = filled(given["heads"], short, long)[few]
    codes = filled(given["codes"], short, long)[few]
    for line in lines[:6]:
        assert judge(unit, [("markdown", line + "\\n" + TITLE)]) in ("changed", "unchanged")
    many = "\\n".join([short] * (given["long"] // given["short"]))
    texts = [("markdown", text) for line in lines for text in (TITLE + line + "\\nx", line)]
    cells = [("markdown", TITLE), *texts, ("markdown", TITLE + many)]
    assert judge(unit, cells) == "changed"
    cells = [("code", text) for code in codes for text in (code, "x = (\\n" + code)]
    judge(unit, [("markdown", TITLE), *cells])
    document = read(notebook([("code", "x")], {}))
    for head, tail in (("", ""), ("x", "\\n!"), ("\\x1b[", ""), ("\\x1b]", "x"), ('<svg id="', "x")):
        report_failure(document, 0, head + long + tail, head + long + tail)
        for function in FUNCTIONS:
            function(head + long + tail)
print("done")
"""


@pytest.mark.parametrize("name", UNITS)
def test_every_expression_is_linear(name: str) -> None:
    given = {
        "units": UNITS[name],
        "heads": list(HEADS.values()),
        "codes": CODES,
        "long": LENGTH,
        "short": SHORT,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=json.dumps(given).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        read = (error.stdout or b"").decode().splitlines()
        pytest.fail(f"{read[-1:]}, repeated, is read for ever")
    assert done.stdout.decode().splitlines() == [*map(repr, UNITS[name]), "done"], done.stderr


def test_the_two_that_hung(tmp_path: Path) -> None:
    """A rule of asterisks hung the check where two versions are stated, of underscores the bump."""
    for mark, command in (("*", "check"), ("_", "bump")):
        text = f"# Demo (v1.2.0)\n\n{mark * 40}\n\n## New in v1.1.0\n\n{mark * 40} x\n"
        file = tmp_path / f"{command}.ipynb"
        file.write_bytes(notebook(markdown(text)))
        done = subprocess.run(
            [sys.executable, "-m", "nbrefactor", command, str(file)], timeout=SECONDS, check=False
        )
        assert done.returncode in (0, 1)

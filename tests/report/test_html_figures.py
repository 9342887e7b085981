from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from nbrefactor.model.outcome import Outcome
from nbrefactor.report.html import render_html
from nbrefactor.report.html_figures import figure_tables
from nbrefactor.verify.figures.values import Difference, FigureComparison, Member
from nbrefactor.verify.values import CellComparison, OutputComparison, Shown, Verification

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DIFFERENCES = (
    Difference(
        "data", "data of the heat map", "heat map, values", "0.1", "0.2",
        members=(Member("row 1, column <2>", "0.1", "0.2"),),
    ),
    Difference("words", "title", "", "'a'", "'<b>'"),
    *(Difference("style", "fonts", f"text '{number}', font size", "10", "8") for number in range(50)),
    *(Difference("style", "layout", f"place {number}", "1", "2") for number in range(20)),
)  # fmt: skip


def verification() -> Verification:
    side = Shown("picture", "display_data", {"image/png": PIXEL}, "k")
    output = OutputComparison(
        "different data", "picture", "row 1", side, side, None, FigureComparison(DIFFERENCES)
    )
    data = b'{"cells": [{"cell_type": "code", "source": "plot()"}], "nbformat": 4}'
    outcome = Outcome("x.ipynb", "changed", data, data)
    cells = (CellComparison(0, None, "different data", (output,), False, ("plot",)),)
    return Verification("x.ipynb", "planned", outcome, cells, False, 1.0)


def test_one_row_for_what_many_texts_have_in_common() -> None:
    tables = figure_tables(FigureComparison(DIFFERENCES), str)
    names = [(row["name"], row["count"]) for row in tables["rows"]]
    assert names[:3] == [("data of the heat map", 1), ("title", 1), ("fonts", 50)]
    assert len(tables["rows"]) == 8
    assert len(tables["more"]) == 15
    assert tables["members"][0]["rows"][0]["after"] == "0.2"
    assert figure_tables(None, str) == {"rows": [], "more": [], "members": []}


def test_the_page_shows_both_over_each_other_without_a_script() -> None:
    page = render_html(verification())
    assert "<script" not in page
    for view in ("beside", "slide", "blink"):
        assert len(re.findall(rf'<input type="radio" class="{view}"', page)) == 1
        assert f'class="view {view}"' in page
    assert page.count('alt="Original"') == page.count('alt="Migrated"') == 3
    assert "row 1, column &lt;2&gt;" in page
    assert "&#39;&lt;b&gt;&#39;" in page
    assert "15 more differences of style" in page


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium")
@pytest.mark.parametrize("width", [500, 1400])
def test_nothing_is_wider_than_the_window(tmp_path: Path, width: int) -> None:
    # A page may run no script, so a copy without its policy measures itself.
    page = render_html(verification())
    page = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", page)
    measure = (
        "<script>document.title = 'width ' + document.documentElement.scrollWidth + ' of ' "
        "+ document.documentElement.clientWidth</script></body>"
    )
    path = tmp_path / "page.html"
    path.write_text(page.replace("</body>", measure))
    assert CHROMIUM is not None
    done = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
            f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},900", "--dump-dom", path.as_uri(),
        ],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    found = re.search(r"<title>width (\d+) of (\d+)</title>", done.stdout)
    assert found is not None, done.stderr
    assert int(found[1]) <= int(found[2])

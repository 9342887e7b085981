"""Cases of wrong replacements: how they are laid out, run and judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from . import kernel, wrong

F = "def f(x):\n    return x + 1"
CASE: dict[str, Any] = {
    "name": "one",
    "category": "tests",
    "cells": ["<<md>>\n# Title", F, "f(1)"],
    "module": F + "\n",
    "files": {"data/x.txt": "1"},
    "args": ["none", "--module", "pkg.mod"],
}


def test_a_case_is_laid_out_as_files(tmp_path: Path) -> None:
    path = wrong.lay_out({**CASE, "tags": {"1": ["parameters"]}}, tmp_path)
    cells = nbformat.read(path, as_version=4).cells
    assert [(cell.cell_type, cell.source) for cell in cells] == [
        ("markdown", "# Title"),
        ("code", F),
        ("code", "f(1)"),
    ]
    assert cells[1].metadata.tags == ["parameters"]
    assert (tmp_path / "pkg" / "mod.py").read_text() == CASE["module"]
    assert (tmp_path / "data" / "x.txt").read_text() == "1"


def test_a_definition_that_stays_is_refused() -> None:
    case = {**CASE, "cells": ["def f(x):\n    return x - 1"], "args": ["none", "--module", "m"]}
    assert wrong.judge(case).verdict == "refused"


def test_a_module_that_is_missing_is_an_error() -> None:
    case = {**CASE, "module": "", "args": ["none", "--module", "m"]}
    del case["module"]
    assert wrong.judge(case).verdict == "ERROR"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shown", "verdict"),
    [pytest.param("f(1)", "same", id="call"), pytest.param("f.__module__", "", id="module")],
)
def test_both_notebooks_are_run(shown: str, verdict: str) -> None:
    case = {**CASE, "cells": [F, shown], "args": ["none", "--module", "mymod"]}
    judged = wrong.judge(case)
    # What looks at the module may be refused, but never replaced and called the same.
    assert judged.verdict == verdict or (not verdict and judged.verdict != "same")


@pytest.mark.slow
def test_a_run_is_seen_as_it_shows_itself(tmp_path: Path) -> None:
    cells = [
        "import sys, matplotlib.pyplot as plt\nprint('a'); print('b', file=sys.stderr)\nobject()",
        "plt.plot([1]); open('new.txt', 'w').write('x'); n = 1\nplt.show()",
        "1 / 0",
    ]
    path = wrong.lay_out({"cells": cells, "args": ["none"]}, tmp_path)
    seen = kernel.observe(path, packages=tmp_path)
    first, second, third = seen.cells.values()
    assert first == kernel.Seen("a\n", "b\n", ("<object at 0x>",))
    assert (second.pictures, second.results) == (1, ())
    assert third.error == "ZeroDivisionError: division by zero"
    assert list(seen.files) == ["new.txt"]
    assert seen.state["n"] == "1"


SEEN = kernel.Observed({"a": kernel.Seen("1\n")}, {"a": 1}, {"x.csv": "0"}, {"n": "1"})


@pytest.mark.parametrize(
    ("after", "told"),
    [
        pytest.param(SEEN, [], id="nothing"),
        pytest.param(
            kernel.Observed({"a": kernel.Seen()}, {"a": 1}, SEEN.files, SEEN.state),
            ["cell 1 stdout: '1\\n' -> ''"],
            id="a print",
        ),
        pytest.param(
            kernel.Observed(SEEN.cells, {"a": 1}, {}, {"n": "2", "new": "3"}),
            ["file x.csv: no longer written", "state n: 1 -> 2"],
            id="a file and a value",
        ),
    ],
)
def test_differences_are_told(after: kernel.Observed, told: list[str]) -> None:
    assert kernel.differences(SEEN, after) == told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<f at 0x7f00aa>", "<f at 0x>"),
        ("/home/me/case/mod.py", "mod.py"),
        ("/tmp/ipykernel_77/123456.py:3: UserWarning: no", "<place>: UserWarning: no"),
        ("140223344556677", "<id>"),
        ("0.12345678901234567", "0.12345678901234567"),
        ("Wall time: 3 ms", "Wall time"),
    ],
)
def test_what_no_two_runs_share_is_masked(text: str, expected: str) -> None:
    assert kernel.masked(text) == expected


@pytest.mark.parametrize(
    ("note", "lines"),
    [
        pytest.param(
            "date of an event: [0] -# T (v1) [0] -Date: 1 [0] +# T (v2) [0] + [0] +Date: 2",
            ["-Date: 1"],
            id="only the date is wrong",
        ),
        pytest.param(
            "second changelog beside one: [0] -# T (v1) [0] +# T (v2) [0] +## New in v2:",
            ["+## New in v2:"],
            id="only the changelog is wrong",
        ),
        pytest.param(
            "list taken for the changelog: [0] -# T (v1) [0] +# T (v9)", ["+# T (v9)"], id="list"
        ),
        pytest.param(
            "steers: [0] -V = '1' [0] +V = '2'", ["-V = '1'", "+V = '2'"], id="all is wrong"
        ),
    ],
)
def test_what_a_note_calls_wrong(note: str, lines: list[str]) -> None:
    assert [each.sign + each.text for each in wrong.noted(note)] == lines


def test_a_date_is_that_of_the_day() -> None:
    line = wrong.Noted(0, "+", "Date: 2020-01-02")
    assert line.still({0: ["Date: 1999-01-01"]}, {0: ["Date: 2031-05-06"]})
    assert not line.still({0: ["Date: 1999-01-01"]}, {0: ["Date: 1999-01-01"]})

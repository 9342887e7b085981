"""What people see: plain words, and nothing that steers their terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from nbrefactor.model.outcome import CellChange, Edit, Finding, MetadataEdit, Outcome
from nbrefactor.model.reason import Reason
from nbrefactor.report.text import render, render_diff, summarise, told, visible

HARMFUL = [
    pytest.param("\x1b[2J", r"\x1b[2J", id="clears the screen"),
    pytest.param("\x1b]0;title\x07", r"\x1b]0;title\x07", id="sets the window's title"),
    pytest.param("\x9b31m", r"\x9b31m", id="an escape of one character"),
    pytest.param("safe\rfake", r"safe\rfake", id="overwrites its line"),
    pytest.param("a\x08\x08b", r"a\x08\x08b", id="goes back"),
    pytest.param("\u202egnp.exe", r"\u202egnp.exe", id="right to left"),
    pytest.param("\u2066x\u2069", r"\u2066x\u2069", id="isolates"),
    pytest.param("\u200f\u061c", r"\u200f\u061c", id="marks of direction"),
    pytest.param("\u2028", r"\u2028", id="a line separator"),
    pytest.param("\ud83d", r"\ud83d", id="half of a character"),
    pytest.param("\x00\x7f\x85\x0c", r"\x00\x7f\x85\x0c", id="control characters"),
]


def finding(**values: object) -> Finding:
    defaults: dict[str, object] = {
        "code": "NB104",
        "message": "message",
        "cell": 2,
        "name": "f",
        "level": "divergent",
        "similarity": 0.5,
        "target": "plots.f",
        "reasons": (Reason("body-differs"),),
    }
    return Finding(**{**defaults, **values})


def outcome(status: str = "changed", **values: object) -> Outcome:
    return Outcome(**{"path": "x.ipynb", "status": status, "before": b"", "after": b"", **values})


@pytest.mark.parametrize(("text", "shown"), HARMFUL)
def test_what_would_steer_a_terminal_is_shown_instead(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["plain", "é 😀 日本語", "a\tb", "a\nb", "👩‍🔬", "\\x1b"])
def test_harmless_text_stays(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_written_and_holds_no_control_character(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert not any(c < " " and c not in "\t\n" for c in shown)
    assert "\x1b" not in shown
    assert visible(shown) == shown


@pytest.mark.parametrize(("text", "shown"), HARMFUL)
def test_no_part_of_an_outcome_steers_the_terminal(text: str, shown: str) -> None:
    result = outcome(
        path=f"{text}.ipynb",
        reason=text,
        findings=(
            finding(name=text, target=text, reasons=(Reason("opted-out", text),)),
            finding(level=None, message=text),
            finding(target=text, edits=(Edit(2, 0, 1, ""),)),
        ),
        cells=(CellChange(2, text, f"{text}\nx", f"{text}\ny"),),
        metadata=(MetadataEdit((text,), text),),
        notes=(text,),
    )
    # The terminal's own line ends are set aside; all others are part of the text.
    plain = render(result).plain
    assert not any(character in plain for character in text if not character.isprintable())
    assert plain.count(shown) >= 10
    plain.encode()


def test_a_definition_that_goes_and_one_that_stays() -> None:
    result = outcome(
        findings=(
            finding(level="exact", similarity=1.0, reasons=(), edits=(Edit(2, 0, 1, ""),)),
            finding(name="longer", similarity=0.347),
        )
    )
    assert render(result).plain.splitlines() == [
        "x.ipynb",
        "  cell   3  f       exact       100%  becomes an import of plots.f",
        "  cell   3  longer  divergent    35%  stays; compared with plots.f",
        "            the body differs",
    ]


@pytest.mark.parametrize("status", ["failed", "skipped"])
def test_a_notebook_that_is_left_alone_says_why(status: str) -> None:
    text = render(outcome(status, reason="the kernel's language is R, not Python")).plain
    assert f"  {status}: the kernel's language is R, not Python\n" in text


def test_nothing_to_do_is_said() -> None:
    assert render(outcome("unchanged")).plain == "x.ipynb\n  nothing to do\n"


def test_the_diff_can_be_left_out() -> None:
    result = outcome(cells=(CellChange(21, "a1b2", "a\n", "b\n"),))
    assert "--- x.ipynb:cell 22 (id a1b2)\n+++ x.ipynb:cell 22 (id a1b2)\n" in render(result).plain
    assert "cell 22" not in render(result, diff=False).plain


def test_a_cell_without_an_id_is_named_by_its_number() -> None:
    result = outcome(cells=(CellChange(0, None, "a", "b"),))
    assert "--- x.ipynb:cell 1\n" in render(result).plain


def test_a_diff_keeps_its_lines_and_is_coloured_by_them() -> None:
    diff = "--- a\n+++ a\n@@ -1,2 +1,2 @@\n same\n-old\n+new\n"
    text = render_diff(diff)
    assert text.plain == diff
    coloured = io.StringIO()
    Console(file=coloured, force_terminal=True, color_system="standard").print(text, end="")
    assert "\x1b[31m-old" in coloured.getvalue()
    assert "\x1b[32m+new" in coloured.getvalue()
    plain = io.StringIO()
    Console(file=plain).print(text, end="")
    assert plain.getvalue() == diff


SUMMARIES = [
    pytest.param([], True, "", id="nothing"),
    pytest.param(["unchanged"], True, "nothing to do in 1 notebook", id="one"),
    pytest.param(["unchanged"] * 3, False, "nothing to do in 3 notebooks", id="several"),
    pytest.param(["failed"], True, "1 failed", id="a failure is no lack of work"),
    pytest.param(
        ["unchanged", "skipped"], True, "nothing to do in 1 notebook, 1 skipped", id="skip"
    ),
    pytest.param(
        ["changed"],
        True,
        "1 notebook changed, 1 definition replaced, 1 definition stays",
        id="changed",
    ),
    pytest.param(
        ["changed", "changed", "failed", "unchanged"],
        False,
        "2 notebooks would change, 2 definitions replaced, 2 definitions stay, 1 failed",
        id="a mixed batch",
    ),
]


@pytest.mark.parametrize(("statuses", "written", "line"), SUMMARIES)
def test_summary(statuses: list[str], written: bool, line: str) -> None:
    findings = (finding(level="exact", edits=(Edit(0, 0, 0, "x"),)), finding())
    outcomes = [
        outcome(status, findings=findings if status == "changed" else ()) for status in statuses
    ]
    assert summarise(outcomes, written=written) == line


def test_what_is_the_same_in_several_cells_is_said_once() -> None:
    reasons = (
        Reason("call-binds-not", "f", (79,), 'does not give "hp"'),
        Reason("captures-value", "x", (3,)),
        Reason("call-binds-not", "f", (124,), 'does not give "hp"'),
        Reason("call-binds-not", "f", (130,), 'does not give "hp"'),
        Reason("call-binds-not", "f", (130,), 'passes "a"'),
    )
    assert told(reasons) == (
        'the call in cells 79, 124 and 130 does not give "hp"',
        'reads notebook global "x" (cell 3)',
        'the call in cell 130 passes "a"',
    )

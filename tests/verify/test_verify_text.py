from __future__ import annotations

import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbrefactor.config import SettingsError
from nbrefactor.verify.text import (
    as_a_terminal_shows,
    differs_elsewhere,
    first_difference,
    line_diff,
    normaliser,
)

TMP = tempfile.gettempdir()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("<A at 0x7f12ab34cd56>", "<A at 0x7f00000000ff>", id="memory addresses"),
        pytest.param(f"{TMP}/tmpab12_x9z/a.txt", f"{TMP}/tmpzz99aa_b/a.txt", id="temporary paths"),
        pytest.param(f"{TMP}/ipykernel_12/345.py:3", f"{TMP}/ipykernel_99/1.py:3", id="cell files"),
        pytest.param(
            f"{TMP}/nbrefactor-abcdefgh/tmp/tmp12345678",
            f"{TMP}/nbrefactor-01234567/tmp/tmpabcdefgh",
            id="the run's own folder",
        ),
        pytest.param(
            "id 123e4567-e89b-12d3-a456-426614174000",
            "id 00000000-e89b-12d3-a456-426614174000",
            id="unique ids",
        ),
    ],
)
def test_what_differs_from_run_to_run_is_taken_out(one: str, other: str) -> None:
    assert normaliser()(one) == normaliser()(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("loss 0.1", "loss 0.2", id="numbers"),
        pytest.param("0xff", "0xfe", id="short hexadecimal numbers"),
        pytest.param(f"{TMP}/tmpab12_x9z/a.txt", f"{TMP}/tmpab12_x9z/b.txt", id="names of files"),
        pytest.param(f"{TMP}/experiment1", f"{TMP}/experiment2", id="folders with a chosen name"),
        pytest.param("took 1.2 s", "took 1.3 s", id="times, without a pattern"),
        pytest.param("a b", "a  b", id="blanks"),
    ],
)
def test_everything_else_stays(one: str, other: str) -> None:
    assert normaliser()(one) != normaliser()(other)


def test_patterns_add_to_it() -> None:
    normalise = normaliser((r"took [0-9.]+ s",))
    assert normalise("took 1.2 s, loss 1") == normalise("took 99 s, loss 1")
    assert normalise("took 1.2 s, loss 1") != normalise("took 1.2 s, loss 2")


def test_a_pattern_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError, match=r"pattern '\(': expected a regular expression"):
        normaliser(("(",))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\rb", "b"),
        ("long\rx", "xong"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("ab\b\bx", "xb"),
        ("\b\bx", "x"),
        ("  0%\r 50%\r100%\n", "100%\n"),
        ("", ""),
    ],
)
def test_carriage_returns_and_backspaces_do_what_they_do(text: str, shown: str) -> None:
    assert as_a_terminal_shows(text) == shown


@given(st.text(st.characters(exclude_characters="\r\b")))
def test_other_text_is_shown_as_it_is(text: str) -> None:
    assert as_a_terminal_shows(text) == text


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("a\nb", "a\nc", "line 2: 'b' became 'c'"),
        ("a", "a\nb", "line 2: 'b' was added"),
        ("a\nb", "a", "line 2: 'b' is missing"),
    ],
)
def test_the_first_difference_is_said(before: str, after: str, said: str) -> None:
    assert first_difference(before, after) == said


def test_differences_of_huge_texts_stay_short() -> None:
    before = "\n".join(map(str, range(200_000)))
    after = before.replace("\n150000\n", "\n" + "y" * 1_000_000 + "\n")
    assert len(first_difference(before, after)) < 1000
    diff = line_diff(before, after)
    assert "-150000" in diff
    assert len(diff) < 10_000
    assert "more lines" in line_diff("", before)


@pytest.mark.parametrize(
    ("before", "again", "after", "elsewhere"),
    [
        pytest.param(
            "t 1\nloss 5", "t 2\nloss 5", "t 3\nloss 5", False, id="only the unstable line"
        ),
        pytest.param("t 1\nloss 5", "t 2\nloss 5", "t 3\nloss 6", True, id="a stable line too"),
        pytest.param("a", "a\nb", "a\nb\nc", False, id="lines that cannot be paired"),
    ],
)
def test_a_change_besides_the_unstable_lines_is_found(
    before: str, again: str, after: str, elsewhere: bool
) -> None:
    assert differs_elsewhere(before, again, after) is elsewhere

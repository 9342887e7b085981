"""Lines broken between words for a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from nbrefactor.report.hanging import hang, hang_plain


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        pytest.param("a b c\n", 80, "a b c\n", id="a short line"),
        pytest.param("a b c\n" * 20, None, "a b c\n" * 20, id="no terminal"),
        pytest.param(
            "  one two three four five six\n",
            20,
            "  one two three four\n      five six\n",
            id="what follows hangs",
        ),
        pytest.param(
            "x " + "w" * 40 + " y\n", 20, "x\n    " + "w" * 40 + "\n    y\n", id="a long word"
        ),
        pytest.param("w" * 40 + "\n", 20, "w" * 40 + "\n", id="nothing but a long word"),
        pytest.param("\n\n", 20, "\n\n", id="empty lines"),
    ],
)
def test_a_line_is_broken_between_words(text: str, width: int | None, expected: str) -> None:
    assert hang_plain(text, width) == expected
    assert hang(Text(text), width).plain == expected


@given(st.text(st.sampled_from(" ab\n"), max_size=200), st.integers(20, 60))
def test_no_word_is_lost_or_broken(text: str, width: int) -> None:
    broken = hang_plain(text, width)
    assert broken.split() == text.split()
    assert hang(Text(text), width).plain.split() == text.split()
    for line in broken.split("\n"):
        assert len(line) <= width or len(line.split()) == 1

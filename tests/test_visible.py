"""Names and text made harmless to show."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbrefactor.visible import visible, visible_json, visible_line

HOSTILE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028-\u202e\u2066-\u2069]"
)

LINES = [
    pytest.param("ä ö.ipynb", "ä ö.ipynb", id="letters stay"),
    pytest.param("50% off, a:b\\c.ipynb", "50% off, a:b\\c.ipynb", id="punctuation stays"),
    pytest.param("a\n::error::b", "a\\n::error::b", id="line end"),
    pytest.param("a\r\nb\tc", "a\\r\\nb\\tc", id="carriage return and tab"),
    pytest.param("\x1b[31mred\x9b0m", "\\x1b[31mred\\x9b0m", id="escape sequences"),
    pytest.param("::error::b", "./::error::b", id="workflow command"),
    pytest.param("  ::error::b", "./  ::error::b", id="workflow command behind blanks"),
    pytest.param("a##[error]b", "a#\\x23[error]b", id="older workflow command"),
    pytest.param("a\u2028b\u202ec", "a\\u2028b\\u202ec", id="separator and direction"),
    pytest.param(b"a\xff".decode(errors="surrogateescape"), "a\\udcff", id="not UTF-8"),
    pytest.param("a\uffff", "a\\uffff", id="no character of XML"),
]


@pytest.mark.parametrize(("name", "line"), LINES)
def test_a_name_is_one_visible_line(name: str, line: str) -> None:
    assert visible_line(name) == line


@given(st.text(st.characters() | st.sampled_from("\n\x1b#[:\udcff\uffff"), max_size=30))
def test_any_name_can_stand_anywhere(name: str) -> None:
    line = visible_line(name)
    assert len(line.splitlines()) <= 1
    assert not HOSTILE.search(line)
    assert not line.lstrip().startswith("::")
    assert "##[" not in line
    line.encode()
    element = ElementTree.Element("a", name=line)
    assert ElementTree.fromstring(ElementTree.tostring(element)).get("name") == line


@given(st.text(st.characters() | st.sampled_from("\n\t\x1b\udcff"), max_size=30))
def test_text_keeps_its_lines_and_tabs_only(text: str) -> None:
    shown = visible(text)
    assert not HOSTILE.search(shown)
    assert (shown.count("\n"), shown.count("\t")) == (text.count("\n"), text.count("\t"))


@pytest.mark.parametrize("ascii_only", [True, False])
@given(text=st.text(st.characters() | st.sampled_from("\n\x7f\x9b\u202e\udcff"), max_size=30))
def test_json_loses_nothing(ascii_only: bool, text: str) -> None:
    written = visible_json({text: [text]}, indent=2, ascii_only=ascii_only)
    assert not HOSTILE.search(written)
    assert json.loads(written.encode()) == {text: [text]}

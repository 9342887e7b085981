"""The scanner accepts what ``json.loads`` accepts, and nothing else."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nbrefactor.notebook import _scanner

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.text(alphabet='a"\\\n\x7fé', min_size=195, max_size=260),
    lambda children: (
        st.lists(children, max_size=5) | st.dictionaries(st.text(max_size=4), children, max_size=4)
    ),
    max_leaves=12,
)
FRAGMENTS = [
    *'[]{}:,"\\ 01.-+eEtrufalsn/b\t\n\r\x00\x1f',
    "\\u",
    "\\ud83d",
    "NaN",
    "-Infinity",
    "é",
]


def accepted_by_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def accepted_by_scanner(text: str) -> bool:
    data = text.encode()
    try:
        end = _scanner.skip_value(data, _scanner.skip_space(data, 0))
    except _scanner.MalformedError:
        return False
    return _scanner.skip_space(data, end) == len(data)


@st.composite
def nearly_json(draw: st.DrawFn) -> str:
    value = draw(JSON_VALUES)
    indent = draw(st.sampled_from([None, 0, 1, "\t"]))
    text = json.dumps(value, indent=indent, ensure_ascii=draw(st.booleans()))
    text = text.encode(errors="replace").decode()
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + draw(st.sampled_from(["", *FRAGMENTS]))
            + text[at + draw(st.integers(0, 2)) :]
        )
    return text


@given(nearly_json())
@example('"' + "a" * 500 + "\n" + '"')
@example('"' + "a" * 500 + "\\x" + '"')
@example('"' + "\\n" * 500 + "\x00" + '"')
@example('"' + ("a" * 300 + '\\"') * 30 + '"')
@example('{"' + "k" * 500 + '": [1], "' + "\\n" * 50 + '" : {"a":{}}}')
@example("[" + "1, " * 500 + "2]")
@example("[" + "1, " * 500 + "]")
@example("{" + '"a": 1, ' * 500 + '"b": 2}')
@example("{" + '"a": 1, ' * 500 + "}")
def test_accepts_exactly_what_json_accepts(text: str) -> None:
    assert accepted_by_scanner(text) == accepted_by_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[1,]",
        "[,1]",
        "[1 2]",
        '{"a":1,}',
        "{1:2}",
        "{'a':1}",
        '{"a" 1}',
        "[1}",
        '{"a":1]',
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "- 1",
        "nan",
        "True",
        '"\\x"',
        '"\\u12g4"',
        '"\t"',
        '"a',
        "[",
        "{",
        "[1]]",
        "٣",
        "// c\n1",
    ],
)
def test_refuses_what_is_not_json(text: str) -> None:
    assert not accepted_by_scanner(text)


def test_nesting_of_a_million_levels_is_no_recursion() -> None:
    depth = 1_000_000
    data = b"[" * depth + b'{"a":[' + b"]}" + b"]" * depth
    assert _scanner.skip_value(data, 0) == len(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'"' + b'\\"' * 2_000_000, id="a string of escaped quotes without an end"),
        pytest.param(b'"' + b"\\\\\\n" * 1_000_000 + b'"', id="a string of escapes without quotes"),
        pytest.param(b'"' + b"a" * 4_000_000, id="a plain string without an end"),
        pytest.param(b'["' + b'a","' * 1_000_000, id="short strings without an end"),
        pytest.param(b"[" + b" " * 4_000_000, id="nothing but spaces"),
        pytest.param(b'{"a":' * 800_000, id="objects without an end"),
    ],
)
def test_time_grows_with_the_size_only(data: bytes) -> None:
    began = time.perf_counter()
    with contextlib.suppress(_scanner.MalformedError):
        _scanner.skip_value(data, 0)
    # Linear takes well under a second; quadratic would take many minutes.
    assert time.perf_counter() - began < 20

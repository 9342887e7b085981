"""Hostile text: what reads versions takes a time that grows with the text, and no more."""

from __future__ import annotations

import sys
from datetime import datetime

import pytest

from nbrefactor.versioning.blocks import read_blocks
from nbrefactor.versioning.bump import Bump, check_versions, plan_bump
from nbrefactor.versioning.shown import show

from ..notebooks import read_cells


def plan(*sources: str) -> Bump:
    now = datetime(2025, 5, 1)
    return plan_bump(read_cells(*sources), {}, part="patch", entries=("Did it",), now=now)


def steps(*sources: str) -> int:
    """Count the calls that Python makes, of functions in C too: the same on every machine."""
    count = 0

    def counted(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        plan(*sources)
    finally:
        sys.setprofile(None)
    return count


SCRAPS = [
    "*",
    "_",
    "`",
    "[",
    "](",
    "(",
    "<",
    "<a ",
    "<!--",
    "**_",
    "* ",
    "v",
    "1 ",
    "> ",
    "| ",
    "- ",
]


@pytest.mark.parametrize("length", [40, 999, 200_000])
@pytest.mark.parametrize("scrap", SCRAPS)
def test_a_line_of_signs_is_read_to_its_end(scrap: str, length: int) -> None:
    line = scrap * (length // len(scrap))
    title = "# Demo (v1.2.3)\n\n"
    for before, after in (("", ""), ("## ", "(v1.2)"), ("Version: ", "!"), ("- v1.2.3", "!")):
        assert plan(title + before + line + after).old == "1.2.3"


def entries(count: int) -> str:
    return "".join(f"### New in v0.0.{number}:\n- a\n\n" for number in range(count, 0, -1))


def items(count: int) -> str:
    return "## Changelog\n" + "".join(f"- v0.0.{n}: a\n" for n in range(count, 0, -1))


def rows(count: int) -> str:
    return "| Version | Changes |\n|-|-|\n" + "".join(
        f"| 0.0.{number} | a |\n" for number in range(count, 0, -1)
    )


@pytest.mark.parametrize("log", [entries, items, rows])
def test_steps_grow_with_the_entries_and_no_faster(log) -> None:
    def source(count: int) -> str:
        return f"# Demo (v0.0.{count})\n\n" + log(count)

    plan(source(2))  # Compiles the expressions.
    few, many = steps(source(100)), steps(source(400))
    assert many < 4.5 * few


def test_a_pattern_without_an_end_is_an_error_that_names_it_and_the_cell() -> None:
    pattern = r"(?P<version>(?:x|x)+)y"
    with pytest.raises(ValueError, match="finds no end in cell 2") as raised:
        check_versions(read_cells("# Demo", "x" * 60 + "z y"), {}, [pattern])
    assert repr(pattern) in str(raised.value)


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        pytest.param(
            "# a\ntext\n\n- b\n  c\n", "heading paragraph other item paragraph other", id="blocks"
        ),
        pytest.param("a\n===\n", "heading other other", id="underlined"),
        pytest.param("```\n# a\n```", "other other other", id="code"),
        pytest.param("    # a", "other", id="indented code"),
        pytest.param("> a", "quote", id="quotation"),
        pytest.param("|a|b|\n|-|-|\n|c|d|", "table table table", id="table"),
        pytest.param("<div>\na\n</div>", "html html html", id="html"),
        pytest.param("a\r\rb", "paragraph", id="lone carriage returns are no lines"),
    ],
)
def test_what_block_a_line_is_of(source: str, kinds: str) -> None:
    lines, _ = read_blocks(source)
    assert " ".join(line.kind for line in lines) == kinds


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        pytest.param("**Version:** 1.2", "Version: 1.2", id="emphasis"),
        pytest.param("snake_case __bold__", "snake_case bold", id="underscores"),
        pytest.param("[1.2](https://x/1.3) a", "[1.2 a", id="target of a link"),
        pytest.param(r"1\.2 \*a\*", "1.2 *a*", id="escapes"),
        pytest.param("a<br>b <b>c</b>", "a|b c", id="tags"),
        pytest.param("a <!-- b --> c", "a            c", id="comment"),
        pytest.param("a `<!--` b", "a <!-- b", id="comment in code"),
        pytest.param("x" * 1001, "", id="too long"),
    ],
)
def test_what_is_seen_of_a_line_and_where_it_stands(source: str, seen: str) -> None:
    (line,), _ = read_blocks(source)
    shown = show(line)
    assert shown.text == seen
    for sign, at in zip(shown.text, shown.offsets, strict=False):
        assert source[at] == sign or sign in "| "

"""Which text is the notebook's changelog, and how a new entry looks beside the newest one."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbrefactor.versioning.changelog import find_changelog
from nbrefactor.versioning.compose import add_entry, first_entry
from nbrefactor.versioning.number import Version
from nbrefactor.versioning.pages import Pages

from ..notebooks import read_cells

NOW = datetime(2025, 5, 1, 9, 5)


def added(source: str, new: str, *texts: str, stated: str = "1.2") -> str:
    """Give a cell after an entry for version ``new`` was added to its changelog."""
    cells = read_cells(source)
    changelog, _ = find_changelog(Pages(cells), [Version(stated)])
    assert changelog is not None
    edit = add_entry(changelog, Pages(cells), Version(new), texts or ("Did it",), NOW)
    assert edit.start == edit.end
    return source[: edit.start] + edit.text + source[edit.end :]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "# T\n\n### New in v1.2:\n- a\n- b\n\n### New in v1.1:\n- c",
            "# T\n\n### New in v1.3:\n- Did it\n\n### New in v1.2:\n- a\n- b\n\n"
            "### New in v1.1:\n- c",
            id="new in",
        ),
        pytest.param(
            "## Changelog\n\n#### v1.2\n\n* a\n\n* b\n\n#### v1.1\n\n* c",
            "## Changelog\n\n#### v1.3\n\n* Did it\n\n#### v1.2\n\n* a\n\n* b\n\n#### v1.1\n\n* c",
            id="blank below the heading, other bullet, other level",
        ),
        pytest.param(
            "### New in v1.2:\n- a\n### New in v1.1:\n- c",
            "### New in v1.3:\n- Did it\n### New in v1.2:\n- a\n### New in v1.1:\n- c",
            id="no blanks anywhere",
        ),
        pytest.param(
            "### New in v1.2:\n- a\n\n\n### New in v1.1:\n- c",
            "### New in v1.3:\n- Did it\n\n\n### New in v1.2:\n- a\n\n\n### New in v1.1:\n- c",
            id="two blanks between",
        ),
        pytest.param(
            "# T\n### New in v1.2:\n- a",
            "# T\n### New in v1.3:\n- Did it\n\n### New in v1.2:\n- a",
            id="one entry without a blank above",
        ),
        pytest.param(
            "## What's new in version 1.2 (April 8, 2025)\n+ a\n",
            "## What's new in version 1.3 (May 1, 2025)\n+ Did it\n\n"
            "## What's new in version 1.2 (April 8, 2025)\n+ a\n",
            id="wording and date",
        ),
        pytest.param(
            "# T\n\n## 2025-04-08 - v1.2\n- a\n",
            "# T\n\n## 2025-05-01 - v1.3\n- Did it\n\n## 2025-04-08 - v1.2\n- a\n",
            id="date first",
        ),
        pytest.param(
            "# Changelog\n\n## [Unreleased]\n\n- z\n\n## [1.2.0] - 2024-05-01\n\n### Added\n\n"
            "- a\n\n### Fixed\n\n- b\n\n## [1.1.0] - 2024-04-01\n\n### Added\n\n- c\n\n"
            "[1.2.0]: https://example.org/1.2.0\n",
            "# Changelog\n\n## [Unreleased]\n\n- z\n\n## [1.3.0] - 2025-05-01\n\n### Changed\n\n"
            "- Did it\n\n## [1.2.0] - 2024-05-01\n\n### Added\n\n"
            "- a\n\n### Fixed\n\n- b\n\n## [1.1.0] - 2024-04-01\n\n### Added\n\n- c\n\n"
            "[1.2.0]: https://example.org/1.2.0\n",
            id="keep a changelog",
        ),
        pytest.param(
            "## Changelog\n## [Unreleased]\n## [1.2.0]\n### Changed\n- a\n",
            "## Changelog\n## [Unreleased]\n## [1.3.0]\n### Changed\n- Did it\n\n"
            "## [1.2.0]\n### Changed\n- a\n",
            id="keep a changelog, all on one level",
        ),
        pytest.param(
            "# T\n\n## [1.2.0] - 2024-05-01 [YANKED]\n- a\n",
            "# T\n\n## [1.3.0] - 2025-05-01\n- Did it\n\n## [1.2.0] - 2024-05-01 [YANKED]\n- a\n",
            id="yanked is the old entry's",
        ),
        pytest.param(
            "# T\n\n## [1.2.0](https://x/v1.1.0...v1.2.0) (2024-05-01)\n\n* a\n",
            "# T\n\n## 1.3.0 (2025-05-01)\n\n* Did it\n\n"
            "## [1.2.0](https://x/v1.1.0...v1.2.0) (2024-05-01)\n\n* a\n",
            id="a link is the old entry's",
        ),
        pytest.param(
            "# T\n\n## v1.2 - Better plots\n- a\n",
            "# T\n\n## v1.3\n- Did it\n\n## v1.2 - Better plots\n- a\n",
            id="a title is the old entry's",
        ),
        pytest.param(
            "# News\n\n## v1.2: Better plots\nPlots are better.\n",
            "# News\n\n## v1.3\nDid it\n\n## v1.2: Better plots\nPlots are better.\n",
            id="paragraph instead of bullets",
        ),
        pytest.param(
            "**New in v1.2:**\n- a\n\n**New in v1.1:**\n- b\n",
            "**New in v1.3:**\n- Did it\n\n**New in v1.2:**\n- a\n\n**New in v1.1:**\n- b\n",
            id="bold line as heading",
        ),
        pytest.param(
            "New in v1.2:\n- a\n",
            "New in v1.3:\n- Did it\n\nNew in v1.2:\n- a\n",
            id="plain line as heading",
        ),
        pytest.param(
            "# T\n\nv1.2\n----\n- a\n\nv1.1\n----\n- b\n",
            "# T\n\nv1.3\n----\n- Did it\n\nv1.2\n----\n- a\n\nv1.1\n----\n- b\n",
            id="underlined headings",
        ),
        pytest.param(
            "### \N{SPARKLES} New in v1.2 \N{PARTY POPPER}\n- a\n",
            "### \N{SPARKLES} New in v1.3 \N{PARTY POPPER}\n- Did it\n\n"
            "### \N{SPARKLES} New in v1.2 \N{PARTY POPPER}\n- a\n",
            id="emoji",
        ),
        pytest.param(
            "### New in v1.2:\n  1) a\n  2) b\n",
            "### New in v1.3:\n  1) Did it\n\n### New in v1.2:\n  1) a\n  2) b\n",
            id="numbered text",
        ),
        pytest.param(
            "# T\n\n## v1.2\n### Changes\n- a\n\n## v1.1\n### Changes\n- b\n",
            "# T\n\n## v1.3\n### Changes\n- Did it\n\n## v1.2\n### Changes\n- a\n\n"
            "## v1.1\n### Changes\n- b\n",
            id="part called changes",
        ),
        pytest.param(
            "### New in v1.2:\r\n- a\r\n\r\n### New in v1.1:\r\n- b",
            "### New in v1.3:\r\n- Did it\r\n\r\n### New in v1.2:\r\n- a\r\n\r\n"
            "### New in v1.1:\r\n- b",
            id="carriage returns",
        ),
        pytest.param(
            "### New in v1.1:\n- a\n\n### New in v1.2:\n- b\n  more\n\nProse.\n",
            "### New in v1.1:\n- a\n\n### New in v1.2:\n- b\n  more\n\n"
            "### New in v1.3:\n- Did it\n\nProse.\n",
            id="oldest first",
        ),
        pytest.param(
            "## Changelog\n- v1.2: a\n- v1.1: b\n",
            "## Changelog\n- v1.3: Did it\n- v1.2: a\n- v1.1: b\n",
            id="list",
        ),
        pytest.param(
            "# T\n\n* 2024-05-01 (v1.2): a\n* 2024-04-01 (v1.1): b\n",
            "# T\n\n* 2025-05-01 (v1.3): Did it\n* 2024-05-01 (v1.2): a\n* 2024-04-01 (v1.1): b\n",
            id="dated list in the title's cell",
        ),
        pytest.param(
            "**Changelog**\n\n- **1.2** (8 Apr 2025) – a\n\n- **1.1** (1 Apr 2025) – b\n",
            "**Changelog**\n\n- **1.3** (1 May 2025) – Did it\n\n"
            "- **1.2** (8 Apr 2025) – a\n\n- **1.1** (1 Apr 2025) – b\n",
            id="loose list below a bold line",
        ),
        pytest.param(
            "## History\n- v1.2:\n    * a\n    * b\n- v1.1:\n    * c\n",
            "## History\n- v1.3:\n    * Did it\n- v1.2:\n    * a\n    * b\n- v1.1:\n    * c\n",
            id="nested list",
        ),
        pytest.param(
            "## History\n1. v1.0 - a\n2. v1.1 - b\n3. v1.2 - c\n",
            "## History\n1. v1.0 - a\n2. v1.1 - b\n3. v1.2 - c\n4. v1.3 - Did it\n",
            id="numbered list, oldest first",
        ),
        pytest.param(
            "## History\n1. v1.2: a\n2. v1.1: b\n",
            "## History\n1. v1.3: Did it\n1. v1.2: a\n2. v1.1: b\n",
            id="numbered list, newest first, which markdown counts on",
        ),
        pytest.param(
            "## History\n2. v1.2: a\n1. v1.1: b\n",
            "## History\n3. v1.3: Did it\n2. v1.2: a\n1. v1.1: b\n",
            id="numbered list, counted down",
        ),
        pytest.param(
            "## History\n1. v1.1: a\n1. v1.2: b\n",
            "## History\n1. v1.1: a\n1. v1.2: b\n1. v1.3: Did it\n",
            id="numbered list, the same number everywhere",
        ),
        pytest.param(
            "## History\n08) v1.1: a\n09) v1.2: b\n",
            "## History\n08) v1.1: a\n09) v1.2: b\n10) v1.3: Did it\n",
            id="numbered list, zeros in front",
        ),
        pytest.param(
            "<details><summary>Changelog</summary>\n\n- v1.2: a\n- v1.1: b\n</details>",
            "<details><summary>Changelog</summary>\n\n- v1.3: Did it\n- v1.2: a\n- v1.1: b\n"
            "</details>",
            id="folded list",
        ),
    ],
)
def test_entry_in_the_style_of_the_newest(before: str, after: str) -> None:
    assert added(before, "1.3.0" if "1.2.0" in before else "1.3") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "### New in v1.2:\n- x\n",
            "### New in v1.3:\n- a\n- b c\n\n### New in v1.2:\n- x\n",
            id="a bullet each",
        ),
        pytest.param(
            "### New in v1.2:\n\n* x\n\n* y\n",
            "### New in v1.3:\n\n* a\n\n* b c\n\n### New in v1.2:\n\n* x\n\n* y\n",
            id="loose bullets",
        ),
        pytest.param(
            "### New in v1.2:\n1. x\n",
            "### New in v1.3:\n1. a\n2. b c\n\n### New in v1.2:\n1. x\n",
            id="numbers",
        ),
        pytest.param(
            "## Changelog\n- v1.2: x\n",
            "## Changelog\n- v1.3: a; b c\n- v1.2: x\n",
            id="one item for each version",
        ),
        pytest.param(
            "## Changelog\n- v1.2: x\n- v1.2: y\n- v1.1: z\n",
            "## Changelog\n- v1.3: a\n- v1.3: b c\n- v1.2: x\n- v1.2: y\n- v1.1: z\n",
            id="several items for each version",
        ),
        pytest.param(
            "## Changelog\n1. v1.1: z\n2. v1.2: x\n3. v1.2: y\n",
            "## Changelog\n1. v1.1: z\n2. v1.2: x\n3. v1.2: y\n4. v1.3: a\n5. v1.3: b c\n",
            id="several numbered items, oldest first",
        ),
        pytest.param(
            "## Changelog\n3. v1.2: x\n2. v1.2: y\n1. v1.1: z\n",
            "## Changelog\n5. v1.3: a\n4. v1.3: b c\n3. v1.2: x\n2. v1.2: y\n1. v1.1: z\n",
            id="several numbered items, counted down",
        ),
    ],
)
def test_several_texts(before: str, after: str) -> None:
    assert added(before, "1.3", "a", "- b\n  c", " ") == after


def test_text_cannot_hide_or_head_what_follows() -> None:
    after = added("### New in v1.2:\nx\n", "1.3", "<!-- a", "``` b", "# c", "<pre> d", "a < b # c")
    assert after == (
        "### New in v1.3:\n\\<!-- a\n\\``` b\n\\# c\n\\<pre> d\na < b # c\n\n### New in v1.2:\nx\n"
    )


def test_entries_in_cells_of_their_own() -> None:
    cells = read_cells("# T", "## Changelog", "### v1.2\n- a", "### v1.1\n- b")
    changelog, _ = find_changelog(Pages(cells), [Version("1.2")])
    assert changelog is not None
    edit = add_entry(changelog, Pages(cells), Version("1.3"), ["Did it"], NOW)
    assert (edit.cell, edit.start, edit.text) == (2, 0, "### v1.3\n- Did it\n\n")


def test_the_highest_version_is_the_newest_in_any_order() -> None:
    assert added("- v1.1: a\n- v1.3: b\n- v1.2: c\n".join(["# Changelog\n", ""]), "1.4") == (
        "# Changelog\n- v1.1: a\n- v1.4: Did it\n- v1.3: b\n- v1.2: c\n"
    )


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param(["# T\n\nNew in v1.2 of foo.\n"], id="sentence"),
        pytest.param(["# T\n\n## New in PyTorch 1.2\n- a"], id="another product"),
        pytest.param(["# T\n\n## 1.2 Loading data\n\n## 1.1 Intro"], id="numbered sections"),
        pytest.param(["# T\n\n### New in v3.8:\n- walrus"], id="none for a stated version"),
        pytest.param(["# T\n\n- 1.2: a\n- 1.1: b"], id="bare numbers below no heading"),
        pytest.param(["# T", "- v1.2: a\n- v1.1: b"], id="list away from title and heading"),
        pytest.param(
            ["# T\n\n## History\n- v2.0 (2017): released"], id="history of something else"
        ),
        pytest.param(["# T\n\n## Requirements\n- foo==1.2\n- 1.2.0"], id="requirements"),
        pytest.param(["# T\n\n```\n### New in v1.2:\n- a\n```"], id="code block"),
        pytest.param(["# T\n\n<!--\n### New in v1.2:\n- a\n-->"], id="comment"),
        pytest.param(["# T\n\n    ### New in v1.2:\n"], id="indented code"),
        pytest.param(["# T\n\n- https://x/v1.2: a"], id="address"),
        pytest.param(["code># ### New in v1.2:\n# - a"], id="code cell"),
        pytest.param(["# T\n\n- 2025.04.08: a"], id="dotted date"),
        pytest.param(["# v1.2"], id="the title itself"),
        pytest.param(["# T\n\n## v1.2.x\n- a"], id="placeholder"),
        pytest.param(["# T\n\n## v1.2 and v1.1 compared\n- a"], id="comparison"),
        pytest.param([""], id="nothing"),
    ],
)
def test_no_changelog(sources: list[str]) -> None:
    assert find_changelog(Pages(read_cells(*sources)), [Version("1.2")])[0] is None


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("## Changelog\n\nSoon.", id="empty"),
        pytest.param("## Changelog\n- 2025-04-08: a", id="dates only"),
        pytest.param("## Changelog\n| Version | Text |\n|---|---|\n| 1.2 | a |", id="table"),
        pytest.param("# T\n\n| Version | Text |\n|---|---|\n| **v1.2** | a |", id="table, no head"),
    ],
)
def test_changelog_that_is_not_understood_is_named(source: str) -> None:
    changelog, notes = find_changelog(Pages(read_cells(source)), [Version("1.2")])
    assert changelog is None
    assert notes == (
        "The changelog in cell 1 has no entry that names its version in a heading or a list, so "
        "it is left alone.",
    )


def test_a_table_of_other_versions_is_not_named() -> None:
    source = (
        "# T\n\n| Version | Text |\n|---|---|\n| 3.8 | a |\n\n| a | b |\n|---|---|\n| 2.1 | c |"
    )
    assert find_changelog(Pages(read_cells(source)), [Version("1.2")]) == (None, ())


@pytest.mark.parametrize(
    ("source", "row", "prefix", "after"),
    [
        pytest.param("# T (v1.2)", 1, "v", "# T (v1.2)\n\n## New in v1.3:\n- a\n- b", id="title"),
        pytest.param("## T\n", 1, "v", "## T\n\n### New in v1.3:\n- a\n- b", id="final newline"),
        pytest.param("# T\n\n", 1, "v", "# T\n\n## New in v1.3:\n- a\n- b", id="final blank"),
        pytest.param("###### T", 1, "v", "###### T\n\n###### New in v1.3:\n- a\n- b", id="deepest"),
        pytest.param(
            "# T\n\n### S\nVersion: 1.2",
            4,
            "",
            "# T\n\n### S\nVersion: 1.2\n\n#### New in version 1.3:\n- a\n- b",
            id="no v, below another heading",
        ),
        pytest.param(
            "# T\r\ntext", 1, "V", "# T\r\ntext\r\n\r\n## New in V1.3:\r\n- a\r\n- b", id="crlf"
        ),
    ],
)
def test_first_entry(source: str, row: int, prefix: str, after: str) -> None:
    edit = first_entry(
        Pages(read_cells(source)).page(read_cells(source)[0]),
        row,
        prefix,
        Version("1.3"),
        ["a", "b"],
    )
    assert edit is not None
    assert source[: edit.start] + edit.text + source[edit.end :] == after


@pytest.mark.parametrize("source", ["# T\n```\nx = 1", "# T\n<!-- x", "# T\n~~~"])
def test_no_first_entry_where_it_would_not_be_seen(source: str) -> None:
    assert (
        first_entry(
            Pages(read_cells(source)).page(read_cells(source)[0]), 1, "v", Version("1.3"), ["a"]
        )
        is None
    )


headings = st.sampled_from(
    ["### New in v{}:", "## [{}] - 2024-05-01", "## v{} (April 8, 2024)", "**v{}**", "# Version {}"]
)
items = st.sampled_from(["- v{}: a", "* **{}** - a", "- 2024-05-01 (v{}): a", "1. v{}: a"])


@given(
    st.one_of(headings, items),
    st.lists(st.integers(0, 40), min_size=1, max_size=5, unique=True),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from(["\n", "\r\n"]),
    st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=3),
    st.text(alphabet="ab \n", max_size=8),
)
def test_the_new_entry_is_the_newest_and_the_others_stay(
    style: str,
    numbers: list[int],
    oldest_first: bool,
    blanks: int,
    newline: str,
    texts: list[str],
    tail: str,
) -> None:
    is_item = style[:2] in ("- ", "* ", "1.")
    body = "" if is_item else newline + "- text"
    ordered = sorted(numbers, reverse=not oldest_first)
    entries = [style.format(f"1.{number}") + body for number in ordered]
    between = newline * (1 + (blanks if is_item else max(1, blanks)))
    source = "# Changelog" + newline * 2 + between.join(entries) + newline * 2 + tail
    cells = read_cells(source)
    changelog, _ = find_changelog(Pages(cells), [])
    assert changelog is not None
    assert [entry.version.text for entry in changelog.entries] == [f"1.{n}" for n in ordered]
    edit = add_entry(changelog, Pages(cells), Version("1.41"), texts, NOW)
    assert edit.start == edit.end
    after = source[: edit.start] + edit.text + source[edit.end :]
    found, _ = find_changelog(Pages(read_cells(after)), [])
    assert found is not None
    assert found.newest.version == Version("1.41")
    old = [entry for entry in found.entries if entry.version != Version("1.41")]
    assert [entry.version for entry in old] == [entry.version for entry in changelog.entries]
    assert ("\r\n" in edit.text) == (newline == "\r\n")

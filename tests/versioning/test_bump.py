"""Version and changelog together: what changes, what stays, and the laws that hold on any input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbrefactor.model.outcome import Edit
from nbrefactor.notebook.document import Cell
from nbrefactor.versioning.bump import Bump, check_versions, plan_bump
from nbrefactor.versioning.changelog import find_changelog
from nbrefactor.versioning.number import Version
from nbrefactor.versioning.pages import Pages

from ..notebooks import read_cells

NOW = datetime(2025, 5, 1, 9, 5)


def apply(cells: Sequence[Cell], edits: Sequence[Edit]) -> list[Cell]:
    sources = {cell.index: cell.source for cell in cells}
    for edit in sorted(edits, key=lambda edit: (edit.cell, edit.start), reverse=True):
        source = sources[edit.cell]
        sources[edit.cell] = source[: edit.start] + edit.text + source[edit.end :]
    return [replace(cell, source=sources[cell.index]) for cell in cells]


def applied_metadata(metadata: dict[str, Any], bump: Bump) -> dict[str, Any]:
    return metadata | {edit.path[0]: edit.value for edit in bump.metadata_edits}


def plan(cells: Sequence[Cell], metadata: dict[str, Any] | None = None, **options: Any) -> Bump:
    settings = {"part": "patch", "entries": ("Did it",), "now": NOW, **options}
    return plan_bump(cells, metadata or {}, **settings)


def bumped(*sources: str, metadata: dict[str, Any] | None = None, **options: Any) -> list[str]:
    cells = read_cells(*sources)
    return [cell.source for cell in apply(cells, plan(cells, metadata, **options).edits)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            ["# Demo (v0.0.43 2025-04-08 17:41)\n\nText.\n\n### New in v0.0.43:\n- a\n"],
            [
                "# Demo (v0.0.44 2025-05-01 09:05)\n\nText.\n\n### New in v0.0.44:\n- Did it\n\n"
                "### New in v0.0.43:\n- a\n"
            ],
            id="title, date and changelog in one cell",
        ),
        pytest.param(
            ["# Demo v1.2.3", "code>x = 1", "## Changelog\n- v1.2.3: a"],
            ["# Demo v1.2.4", "x = 1", "## Changelog\n- v1.2.4: Did it\n- v1.2.3: a"],
            id="title that the changelog confirms",
        ),
        pytest.param(
            ["# Demo v1.2.3 with plots", "### New in v1.2.3:\n- a"],
            ["# Demo v1.2.4 with plots", "### New in v1.2.4:\n- Did it\n\n### New in v1.2.3:\n- a"],
            id="title and changelog that confirm each other",
        ),
        pytest.param(
            ["# Demo v1.2 (8 Apr 2025)\n\nVersion: 1.2"],
            ["# Demo v1.3 (1 May 2025)\n\nVersion: 1.3\n\n## New in v1.3:\n- Did it"],
            id="title that a line confirms",
        ),
        pytest.param(
            ["# Demo (v1.2)\n\nText."],
            ["# Demo (v1.3)\n\nText.\n\n## New in v1.3:\n- Did it"],
            id="no changelog, so one is started",
        ),
        pytest.param(
            ["code>__version__ = '1.2'\nx = 1"],
            ["__version__ = '1.3'\nx = 1"],
            id="version in code only, so no changelog is started",
        ),
        pytest.param(
            [
                "# Demo (v1.2)\n\n- Version: 1.2\n- Updated: 08.04.2025",
                "code>import x\n__version__ = '1.2'  # 2025-04-08",
            ],
            [
                "# Demo (v1.3)\n\n- Version: 1.3\n- Updated: 01.05.2025\n\n## New in v1.3:\n- Did it",
                "import x\n__version__ = '1.3'  # 2025-05-01",
            ],
            id="every place, every date in its own format",
        ),
        pytest.param(
            ["# Demo (v1.2.0)", "code>VERSION = '1.2'"],
            ["# Demo (v1.2.1)\n\n## New in v1.2.1:\n- Did it", "VERSION = '1.2.1'"],
            id="one version in two lengths",
        ),
        pytest.param(
            ["# Demo (v1.2)\n\n**v1.2**\n\nText."],
            ["# Demo (v1.3)\n\n**v1.3**\n\nText.\n\n## New in v1.3:\n- Did it"],
            id="subtitle that looks like an entry",
        ),
        pytest.param(
            ["# Demo (v1.2)\n\n## Changelog\n\nSoon."],
            ["# Demo (v1.3)\n\n## Changelog\n\nSoon."],
            id="changelog that is not understood",
        ),
        pytest.param(
            ["# Demo (v1.2)\n\n```\ncode"],
            ["# Demo (v1.3)\n\n```\ncode"],
            id="no place for a changelog",
        ),
        pytest.param(
            ["# Demo (v1.2)\n<!-- v1.2 -->\nUses v1.2 and torch==1.2, https://x/v1.2, 1.2 m.\n\n"
             "```\n# Demo (v1.2)\n```\n\n### New in v1.2:\n- a\n\n### New in v1.1:\n- b\n\n"
             "## Dataset\n\n- Version: 1.2\n",
             "code>%pip install foo==1.2\nalpha = 1.2  # 1.2\nname = 'v1.2'"],
            ["# Demo (v1.3)\n<!-- v1.2 -->\nUses v1.2 and torch==1.2, https://x/v1.2, 1.2 m.\n\n"
             "```\n# Demo (v1.2)\n```\n\n### New in v1.3:\n- Did it\n\n### New in v1.2:\n- a\n\n"
             "### New in v1.1:\n- b\n\n## Dataset\n\n- Version: 1.2\n",
             "%pip install foo==1.2\nalpha = 1.2  # 1.2\nname = 'v1.2'"],
            id="nothing else that looks like the version",
        ),
        pytest.param(
            ["# Changelog\n\n## [1.2.0] - 2024-05-01\n- a\n"],
            ["# Changelog\n\n## [1.2.1] - 2025-05-01\n- Did it\n\n## [1.2.0] - 2024-05-01\n- a\n"],
            id="version in the changelog only",
        ),
    ],
)  # fmt: skip
def test_bump(before: list[str], after: list[str]) -> None:
    assert bumped(*before) == after


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param([], id="no cells"),
        pytest.param([""], id="an empty cell"),
        pytest.param(["# Demo\n\nText about v1.2.3."], id="no version"),
        pytest.param(["# What is new in PyTorch 2.1.0\n\n- compile"], id="another product's"),
        pytest.param(
            ["# What is new in PyTorch 2.1.0\n\n## Releases\n### v2.1.0\n- compile"],
            id="another product's, with its history",
        ),
        pytest.param(["# Tour\n\n### New in v3.8:\n- walrus\n"], id="history without a version"),
        pytest.param(["# Demo v1.2.3"], id="title that nothing confirms"),
        pytest.param(["# 1.2 Loading data\n\n## 1.2.1 Files"], id="numbered sections"),
        pytest.param(["code>!pip install torch==2.1.0\nimport torch"], id="pins"),
        pytest.param(["code>VERSION = '1.5' #@param ['1.5']"], id="form"),
        pytest.param(["# Demo (Python 3.10)", "code>x = '1.2.3'"], id="python's"),
    ],
)
def test_without_a_version_nothing_changes(sources: list[str]) -> None:
    bump = plan(read_cells(*sources))
    assert (bump.old, bump.new, bump.edits, bump.metadata_edits) == (None, None, (), ())
    assert bump.notes[-1].startswith("No version found; neither version nor changelog is changed. ")
    assert bump.notes[-1].endswith("--version-pattern.")
    assert check_versions(read_cells(*sources), {}) == ()


TITLE = (
    "a version counts at the end of the first heading, in parentheses or after a separator, where "
    "the words before it or a date beside it say that it is the notebook's."
)


@pytest.mark.parametrize(
    ("source", "misses"),
    [
        pytest.param("# Demo v1.0", f'"# Demo v1.0" in cell 1: {TITLE} ', id="no separator"),
        pytest.param(
            "# Tour of PyTorch 2.1.0",
            f'"# Tour of PyTorch 2.1.0" in cell 1: {TITLE} ',
            id="another product's",
        ),
        pytest.param(
            "# Demo (1.0)",
            f'"# Demo (1.0)" in cell 1: {TITLE} ',
            id="pair without a v",
        ),
        pytest.param(
            "# Demo\n\n## Data\n- Version: 1.2",
            '"- Version: 1.2" in cell 1: such a line counts only directly below the title or a heading '
            "such as About, with nothing beside it but what a document says of itself. ",
            id="line about something else",
        ),
        pytest.param(
            "# Demo\n\n### New in v3.8:\n- a",
            '"### New in v3.8:" in cell 1: a heading counts only if it is the first, and an entry '
            "of a changelog only below a heading such as Changelog or for a version stated "
            "elsewhere. ",
            id="entry without a version",
        ),
        pytest.param(
            "# Demo\n\nSince v1.2 there are plots.",
            '"Since v1.2 there are plots." in cell 1: a version in running text may be that of '
            "anything. ",
            id="prose",
        ),
        pytest.param(
            "# Demo\n\nfoo==1.2 and https://x/v1.2, 3.5 m", "", id="pin, address, measure"
        ),
        pytest.param("# Demo of 2025-04-08\n\n```\nv1.2\n```", "", id="date, code"),
        pytest.param("# Chapter 3", "", id="lone number"),
        pytest.param("code># v1.2", "", id="comment in code"),
    ],
)
def test_what_looks_like_a_version_is_named_with_why_it_does_not_count(
    source: str, misses: str
) -> None:
    assert plan(read_cells(source)).notes == (
        f"No version found; neither version nor changelog is changed. {misses}"
        "A place that is not recognised can be named with --version-pattern.",
    )


def test_only_the_first_that_look_like_a_version_are_named() -> None:
    (note,) = plan(read_cells("# Demo\n" + "\nAs v1.2 did." * 9 + "x" * 99)).notes
    assert note.count("running text") == 3


def test_part_none_changes_nothing() -> None:
    bump = plan(
        read_cells("# Demo (v1.2)\n\n### New in v1.2:\n- a"), {"version": "1.2"}, part="none"
    )
    assert (bump.old, bump.new, bump.edits, bump.metadata_edits) == ("1.2", "1.2", (), ())


@pytest.mark.parametrize(
    ("part", "title"), [("patch", "v1.2.4"), ("minor", "v1.3.0"), ("major", "v2.0.0")]
)
def test_parts(part: str, title: str) -> None:
    assert bumped("# Demo (v1.2.3)", part=part, entries=()) == [f"# Demo ({title})"]


def test_an_unknown_part_is_an_error() -> None:
    with pytest.raises(ValueError, match="part must be one of patch, minor, major, none"):
        plan(read_cells("# Demo (v1.2)"), part="micro")


def test_without_a_text_the_changelog_stays() -> None:
    cells = read_cells("# Demo (v1.2)\n\n### New in v1.2:\n- a")
    bump = plan(cells, entries=(" ",))
    assert apply(cells, bump.edits)[0].source == "# Demo (v1.3)\n\n### New in v1.2:\n- a"
    assert bump.notes == ("The changelog gets no entry, because there is no text for one.",)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("# Changelog\n\n## v1.2\n- a", id="no other place"),
        pytest.param("# Demo v1.2\n\n## v1.2\n- a", id="title that only the changelog confirms"),
    ],
)
def test_without_a_text_what_rests_on_the_changelog_stays(source: str) -> None:
    bump = plan(read_cells(source), entries=())
    assert (bump.old, bump.new, bump.edits) == ("1.2", "1.2", ())
    assert bump.notes == (
        "The changelog gets no entry, because there is no text for one.",
        "Only the changelog shows which version this is, so without an entry nothing changes.",
    )


@pytest.mark.parametrize(
    ("source", "note"),
    [
        pytest.param(
            "# Demo (v1.2)\n\n## History\n- v1.1: a\n- v1.2: b <!-- c",
            "The changelog in cell 1 gets no entry, because text put beside its newest one would "
            "not be shown as an entry.",
            id="oldest first, before an open comment",
        ),
        pytest.param(
            "# Demo (v1.2)\n\n~~~",
            "No changelog is started in cell 1, because text put at its end would not be shown as "
            "an entry.",
            id="open code block",
        ),
    ],
)
def test_an_entry_that_would_not_be_seen_is_not_written(source: str, note: str) -> None:
    cells = read_cells(source)
    bump = plan(cells)
    assert apply(cells, bump.edits)[0].source == source.replace("(v1.2)", "(v1.3)")
    assert bump.notes == (note,)


def test_metadata() -> None:
    metadata = {
        "version": "v1.2 (2025-04-08)",
        "language_info": {"version": "1.2"},
        "kernelspec": {"version": "1.2"},
    }
    bump = plan(read_cells("text"), metadata)
    assert bump.edits == ()
    assert [(edit.path, edit.value) for edit in bump.metadata_edits] == [
        (("version",), "v1.3 (2025-05-01)")
    ]


def test_the_highest_version_counts_and_the_report_says_so() -> None:
    cells = read_cells(
        "# Demo (v0.0.42)\n\n### New in v0.0.43:\n- a", "code>__version__ = '0.0.40'"
    )
    bump = plan(cells, {"version": "0.0.43"})
    assert (bump.old, bump.new) == ("0.0.43", "0.0.44")
    assert [cell.source for cell in apply(cells, bump.edits)] == [
        "# Demo (v0.0.44)\n\n### New in v0.0.44:\n- Did it\n\n### New in v0.0.43:\n- a",
        "__version__ = '0.0.44'",
    ]
    assert [(finding.code, finding.cell, finding.row) for finding in bump.findings] == [
        ("NB301", 0, 1),
        ("NB301", 1, 1),
    ]
    assert bump.findings[0].cell_id == "id0"
    assert bump.findings[0].message == (
        "cell 1, line 1 (heading) states version 0.0.42, but the notebook's highest is 0.0.43."
    )


def test_a_changelog_that_fell_behind_is_reported() -> None:
    cells = read_cells("# Demo (v1.3)", "## Changelog\n\n- v1.2: a\n- v1.1: b")
    (finding,) = check_versions(cells, {})
    assert (finding.code, finding.cell, finding.row) == ("NB302", 1, 3)
    assert finding.message == (
        "The changelog's newest entry is for version 1.2, but the notebook is at 1.3."
    )
    after = apply(cells, plan(cells).edits)
    assert after[1].source == "## Changelog\n\n- v1.4: Did it\n- v1.2: a\n- v1.1: b"
    assert check_versions(after, {}) == ()


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        pytest.param(
            ["# Demo (v1.1)\n\n### New in v1.0:\n- old\n\n### New in v0.9:\n- older"],
            ["# Demo (v1.2)\n\n### New in v1.2:\n- Did it\n\n### New in v1.0:\n- old\n\n"
             "### New in v0.9:\n- older"],
            "NB302",
            id="behind, in words",
        ),
        pytest.param(
            ["# Demo (v1.1)\n\n### New in v1.0:\n- old"],
            ["# Demo (v1.2)\n\n### New in v1.2:\n- Did it\n\n### New in v1.0:\n- old"],
            "NB302",
            id="behind, one entry in words",
        ),
        pytest.param(
            ["# Demo (v1.1)", "code>x = 1", "## Setup", "### New in v1.0:\n- old"],
            ["# Demo (v1.2)", "x = 1", "## Setup",
             "### New in v1.2:\n- Did it\n\n### New in v1.0:\n- old"],
            "NB302",
            id="behind, far from the title",
        ),
        pytest.param(
            ["# Demo (v2.0)\n\n## Changelog\n- v1.9: old"],
            ["# Demo (v2.1)\n\n## Changelog\n- v2.1: Did it\n- v1.9: old"],
            "NB302",
            id="behind by a major version, below the very word",
        ),
        pytest.param(
            ["# Demo (v1.1)\n\n## History\n- v1.0: old\n- v0.9: older"],
            ["# Demo (v1.2)\n\n## History\n- v1.2: Did it\n- v1.0: old\n- v0.9: older"],
            "NB302",
            id="behind, two items of a history",
        ),
        pytest.param(
            ["# Demo (v1.1)\n\n### New in v1.3:\n- a\n\n### New in v1.2:\n- b"],
            ["# Demo (v1.4)\n\n### New in v1.4:\n- Did it\n\n### New in v1.3:\n- a\n\n"
             "### New in v1.2:\n- b"],
            "NB301",
            id="ahead, in words",
        ),
        pytest.param(
            ["code>__version__ = '1.1'", "### New in v1.2:\n- a"],
            ["__version__ = '1.3'", "### New in v1.3:\n- Did it\n\n### New in v1.2:\n- a"],
            "NB301",
            id="ahead of a constant",
        ),
    ],
)  # fmt: skip
def test_a_changelog_that_names_other_versions_only(
    before: list[str], after: list[str], code: str
) -> None:
    cells = read_cells(*before)
    assert bumped(*before) == after
    assert [finding.code for finding in plan(cells).findings] == [code]
    assert check_versions(cells, {}) == plan(cells).findings
    assert check_versions(read_cells(*after), {}) == ()


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("# Demo (v1.1)\n\n## On Foo\n- v0.2: a\n- v0.1: b", id="list below a heading"),
        pytest.param("# Demo (v1.1)\n\n## v1.0\nText", id="one bare heading"),
        pytest.param("# Demo (v1.1)\n\n- v1.0: a", id="one item"),
        pytest.param("# Demo (v1.1)\n\n## 1.0 Files\n\n## 0.9 Rest", id="numbered sections"),
        pytest.param("# Demo (v1.1)\n\n### Changes in 1.0\nText", id="words with a bare number"),
    ],
)
def test_a_history_of_something_else_is_left_alone(source: str) -> None:
    assert check_versions(read_cells(source), {}) == ()
    (after,) = bumped(source)
    assert after == (source.replace("(v1.1)", "(v1.2)") + "\n\n## New in v1.2:\n- Did it")


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param(
            ["# Demo (v3.1)\n\n### New in v3.11:\n- a\n\n### New in v3.10:\n- b"], id="newer, alike"
        ),
        pytest.param(["# Python tour (v1.1)\n\n### New in v3.8:\n- a"], id="much newer"),
        pytest.param(
            ["# Demo (v4.0)\n\n## Release history\n- v3.8: a\n- v3.7: b"], id="much older"
        ),
        pytest.param(["# Demo (v1.0)\n\n- v3.10: match\n- v3.11: faster"], id="versions of Python"),
        pytest.param(["# Zoo demo (v1.0)\n\n- v1.1: resnet\n- v1.0: vgg"], id="models"),
        pytest.param(["# Demo (v1.1)\n\n## v1\nText\n\n## v2\nText"], id="numbered drafts"),
        pytest.param(["# Demo (v1.1)\n\n## v1.0\n- a\n\n## v0.9\n- b"], id="bare headings, older"),
        pytest.param(["# Demo (v1.1)\n\n## v1.1\nText\n\n## v1.0\nText"], id="parts with a text"),
        pytest.param(
            ["# Demo (v0.4.1)", "## 更新日志\n- v0.4.1 修复\n- v0.4.0 新增"], id="Chinese"
        ),
        pytest.param(["# Demo (v0.4.1)", "## Muutokset\n- v0.4.1: korjaus"], id="Finnish"),
        pytest.param(
            ["# Demo (v0.4.1)", "## Änderungen\n- Fehler behoben"], id="German, no versions"
        ),
        pytest.param(["# Demo (v0.4.1)", "- 2024-01-02: a\n- 2024-01-01: b"], id="dates only"),
        pytest.param(
            ["# Demo (v0.4.1)", "| Was | Version |\n|-|-|\n| a | 0.4.1 |"], id="other table"
        ),
        pytest.param(["# Demo (v0.4.1)\n\nSee [CHANGELOG.md](CHANGELOG.md)."], id="a file"),
    ],
)
def test_no_second_changelog_is_started_beside_what_may_be_one(sources: list[str]) -> None:
    cells = read_cells(*sources)
    bump = plan(cells)
    assert [edit.text for edit in bump.edits] == [bump.new]
    assert "changelog" in bump.notes[-1].lower()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "| Version | Date | Changes |\n|---|---|---|\n| v1.2 | 2024-01-02 | a |\n| v1.1 | 2024-01-01 | b |",
            "| Version | Date | Changes |\n|---|---|---|\n| v1.3 | 2025-05-01 | Did it |\n| v1.2 | 2024-01-02 | a |\n"
            "| v1.1 | 2024-01-01 | b |",
            id="newest first",
        ),
        pytest.param(
            "Date | Version | What changed\n-|-|-\n1 May 2024 | **1.1** | b\n2 May 2024 | **1.2** | a\n",
            "Date | Version | What changed\n-|-|-\n1 May 2024 | **1.1** | b\n2 May 2024 | **1.2** | a\n"
            "1 May 2025 | **1.3** | Did it\n",
            id="oldest first, without bars at the edges",
        ),
        pytest.param(
            "|Release|Notes|\n|:-|-:|\n|1.2| [a](b) \\| c |",
            "|Release|Notes|\n|:-|-:|\n|1.3| Did it |\n|1.2| [a](b) \\| c |",
            id="without dates",
        ),
    ],
)
def test_a_table_of_changes_gets_a_row(before: str, after: str) -> None:
    title = "# Demo (v{})\n\n## Changelog\n\n"
    assert bumped(title.format("1.2") + before) == [title.format("1.3") + after]


def test_a_bar_in_a_text_does_not_end_its_cell() -> None:
    source = "# Demo (v1.2)\n\n| Version | Changes |\n|-|-|\n| 1.2 | a |"
    (after,) = bumped(source, entries=("a | b", "c"))
    assert "| 1.3 | a \\| b; c |\n| 1.2 | a |" in after


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("| Version | Author | Changes |\n|-|-|-|\n| 1.2 | me | a |", id="an author"),
        pytest.param("| Version | Changes |\n|-|-|\n| 1.2 | a |\n| next | b |", id="no version"),
        pytest.param("| Version | Date | Changes |\n|-|-|-|\n| 1.2 | soon | a |", id="no date"),
        pytest.param("| Version | Changes |\n|-|-|\n| 1.2 |", id="a cell is missing"),
    ],
)
def test_another_table_is_left_alone(table: str) -> None:
    source = "# Demo (v1.2)\n\n## Changelog\n\n" + table
    bump = plan(read_cells(source))
    assert [edit.text for edit in bump.edits] == ["1.3"]
    assert "is left alone" in bump.notes[-1]


@pytest.mark.parametrize(
    ("source", "after"),
    [
        pytest.param("Date: 2024-06-01\nPlace: Bonn", None, id="of an event"),
        pytest.param("- Author: X\n- Date: 2024-06-01", None, id="with an author"),
        pytest.param("Based on BERT (released 2018) and GPT.", None, id="of a model"),
        pytest.param("Based on BERT, modified March 2020, and GPT.", None, id="in prose"),
        pytest.param("Published 2017-06-12, revised 2023-08-02.", None, id="of a paper"),
        pytest.param("Dataset: X\nLast updated: 2023-08-02", None, id="of a data set"),
        pytest.param("Last updated: 2023-08-02", "Last updated: 2025-05-01", id="of the notebook"),
        pytest.param(
            "*Author: X · Updated: 2 Aug 2023*", "*Author: X · Updated: 1 May 2025*", id="one line"
        ),
    ],
)
def test_dates_below_a_title(source: str, after: str | None) -> None:
    title = "# Demo (v{})\n"
    assert bumped(title.format("0.4.1") + source, entries=()) == [
        title.format("0.4.2") + (after or source)
    ]


def test_a_date_that_is_left_alone_is_named() -> None:
    (note, _) = plan(read_cells("# Demo\n\nVersion: 1.2\nDate: 2024-06-01"), entries=()).notes
    assert note.startswith("The date in cell 1, line 4 is left alone, ")


def test_what_only_a_certain_place_can_confirm() -> None:
    title = "# Train YOLOv5 - v6.0"
    assert bumped(title + "\n\n## New in v6.0\n- a") == [title + "\n\n## New in v6.0\n- a"]
    assert bumped(title, "code>NOTEBOOK_VERSION = '6.0'", entries=())[0] == "# Train YOLOv5 - v6.1"


def test_a_changelog_confirms_what_the_title_leaves_open() -> None:
    source = "# Neural heads in transformer models (v1.2)"
    log = "\n\n## Version history\n- v1.2: a\n- v1.1: b"
    assert bumped(source) == [source]
    assert bumped(source + log)[0].startswith("# Neural heads in transformer models (v1.3)")


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param(["# Demo (v1.2)"], id="one place"),
        pytest.param(["# Demo (v1.2.0)", "code>VERSION = '1.2'"], id="two lengths"),
        pytest.param(["# Demo (v1.2)\n\n### New in v1.2:\n- a\n\n### New in v1.1:\n- b"], id="log"),
        pytest.param(["# Demo (v1.2)\n\n## Releases of PyTorch\n- v2.1: b"], id="another's log"),
        pytest.param(
            ["# Demo (v1.2)", "code>VERSION='3.1'\n!get $VERSION"], id="another's version"
        ),
        pytest.param(["# Demo (v1.2)\n\n## Changelog\n\n## [Unreleased]\n\n## [1.2.0]"], id="next"),
    ],
)
def test_versions_that_agree(sources: list[str]) -> None:
    assert check_versions(read_cells(*sources), {}) == ()


def test_a_pattern_never_rewrites_history() -> None:
    source = "# Demo\n\n## Changelog\n\n### v1.2\n- a\n\n### v1.1\n- b\n\nBuild v1.2"
    assert bumped(source, patterns=[r"v(?P<version>1\.2)"]) == [
        "# Demo\n\n## Changelog\n\n### v1.3\n- Did it\n\n### v1.2\n- a\n\n### v1.1\n- b\n\n"
        "Build v1.3"
    ]


def test_a_wrong_pattern_is_an_error() -> None:
    with pytest.raises(ValueError, match="names no group 'version'"):
        check_versions(read_cells("# Demo"), {}, ["x"])


titles = st.sampled_from(
    ["# Demo (v{})", "# Demo — Version {}", "# Demo (v{} 2024-04-08 17:41)", "Demo - v{}\n==="]
)
lines = st.sampled_from(["", "\n\nVersion: {}", "\n\n**Version:** {}  \n**Updated:** 8 Apr 2024"])
logs = st.sampled_from(
    [
        "",
        "\n\n### New in v{}:\n- a\n\n### New in v0.1:\n- b",
        "\n\n## Changelog\n\n## [Unreleased]\n\n## [{}] - 2024-04-08\n\n### Fixed\n\n- a",
        "\n\n## History\n* {}: a\n* 0.1: b",
        "\n\n## History\n1. v0.1 - a\n2. v{} - b\n\nMore.",
    ]
)
codes = st.sampled_from(["x = '1.2'", "__version__ = '{}'", 'NOTEBOOK_VERSION = "v{}"  # 8.4.2024'])
versions = st.builds("{}.{}.{}".format, *[st.integers(0, 12)] * 3).filter(
    lambda text: Version(text).key > Version("0.1").key
)
minors = st.builds("1.{}.{}".format, *[st.integers(0, 12)] * 2)
noise = st.sampled_from(
    [
        "\n\nNeeds torch==1.2.3 and v1.2.3 of https://x/v1.2.3.",
        "\n\n```\n# Demo (v1.2.3)\n```",
        "\n\n<!-- v1.2.3 -->",
        # No version that is drawn, or it might be an entry of the changelog.
        "\n\n## 1.2.30 Loading data\n\nSee 1.2.30.",
    ]
)


def test_a_heading_that_may_be_an_entry_of_the_changelog_starts_none() -> None:
    bump = plan(read_cells("# Demo (v1.2.3)\n\n## 1.2.3 Loading data\n\nSee 1.2.3."), {})
    assert [edit.text for edit in bump.edits] == ["1.2.4"]
    assert "No changelog is started" in bump.notes[0]


@pytest.mark.slow
@given(
    titles,
    lines,
    logs,
    codes,
    noise,
    versions,
    versions,
    st.sampled_from(["patch", "minor", "major"]),
    st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=3),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_laws_of_a_bump(
    title: str,
    line: str,
    log: str,
    code: str,
    other: str,
    version: str,
    second: str,
    part: str,
    entries: list[str],
    crlf: bool,
) -> None:
    source = title.format(version) + line.format(second) + log.format(version) + other
    if crlf:
        source = source.replace("\n", "\r\n")
    cells = read_cells(source, "code>" + code.format(version))
    metadata = {"version": second, "language_info": {"version": "1.2.3"}}
    bump = plan(cells, metadata, part=part, entries=entries)
    assert bump == plan(cells, metadata, part=part, entries=entries)
    highest = max(version, second, key=lambda text: Version(text).key)
    assert bump.old == highest
    assert bump.new is not None
    assert Version(bump.new).key > Version(highest).key
    assert bool(bump.findings) == (version != second)

    after = apply(cells, bump.edits)
    for edit in bump.edits:
        replaced = cells[edit.cell].source[edit.start : edit.end]
        assert replaced in ("", version, second) or "2024" in replaced
    insertions = [edit for edit in bump.edits if edit.start == edit.end]
    assert len(insertions) == 1
    assert other.replace("\n", "\r\n" if crlf else "\n") in after[0].source
    assert ("\r\n" in after[0].source) == (crlf and "\n" in source + insertions[0].text)
    assert after[0].source.count("\n") == after[0].source.count("\r\n") or not crlf

    metadata = applied_metadata(metadata, bump)
    assert metadata["language_info"] == {"version": "1.2.3"}
    assert check_versions(after, metadata) == ()
    changelog, _ = find_changelog(Pages(after), [Version(bump.new)])
    assert changelog is not None
    assert changelog.newest.version == Version(bump.new)
    again = plan(after, metadata, part=part, entries=entries)
    assert again.old == bump.new
    assert check_versions(apply(after, again.edits), applied_metadata(metadata, again)) == ()


@given(minors, st.lists(minors, min_size=1, max_size=3, unique=True))
def test_the_highest_of_title_and_changelog_counts(title: str, logged: list[str]) -> None:
    logged = sorted({title, *logged}, key=lambda text: Version(text).key, reverse=True)
    log = "".join(f"\n\n### New in v{version}:\n- a" for version in logged)
    cells = read_cells(f"# Demo (v{title})" + log)
    bump = plan(cells)
    assert bump.old is not None
    assert Version(bump.old).key == max(Version(text).key for text in logged)
    (after,) = apply(cells, bump.edits)
    assert after.source.endswith(log)
    assert after.source.startswith(f"# Demo (v{bump.new})\n\n### New in v{bump.new}:\n- Did it\n\n")
    assert check_versions([after], {}) == ()


scraps = st.lists(
    st.sampled_from(
        [
            *[
                "# ",
                "## ",
                "### ",
                "- ",
                "* ",
                "1. ",
                "    ",
                "\n",
                "\n\n",
                "\r\n",
                "\n---\n",
                "\n===\n",
            ],
            *[
                "v1.2",
                "1.2",
                "v1.3",
                "v1.1",
                "(",
                ")",
                "[",
                "]",
                ": ",
                " - ",
                "**",
                "`",
                "```",
                "<!--",
            ],
            *[
                "-->",
                "New in ",
                "## Changelog\n",
                "History",
                "Version: ",
                "Demo ",
                "2025-04-08",
                "|",
            ],
            *["\n### New in v1.2:\n- a\n", "\n- v1.2: a\n", "\n- v1.1: b\n", "Date: ", "<details>"],
            *["\n| Version |\n|---|\n| 1.2 |\n", "</h1>", "<h1>", "\u2028", "\x0c", "a", "]("],
        ]
    ),
    max_size=24,
).map("".join)


@given(
    st.sampled_from(["", "# Demo (v1.2)\n", "# Demo v1.2\n\n", "# Demo\nVersion: 1.2\n"]),
    st.lists(scraps, min_size=1, max_size=2),
    st.sampled_from(["patch", "minor", "major"]),
    st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_any_text_is_bumped_to_a_consistent_whole(
    title: str, sources: list[str], part: str, silent: bool
) -> None:
    entries = () if silent else ("Did it",)
    cells = read_cells(title + sources[0], *sources[1:])
    bump = plan(cells, part=part, entries=entries)
    for edit, following in pairwise(bump.edits):
        assert (edit.cell, edit.end) <= (following.cell, following.start)
    for edit in bump.edits:
        assert 0 <= edit.start <= edit.end <= len(cells[edit.cell].source)
        assert "\n" not in cells[edit.cell].source[edit.start : edit.end]
    if bump.new == bump.old:
        assert bump.edits == ()
        return
    assert bump.new is not None
    after = apply(cells, bump.edits)
    again = plan(after, part=part, entries=entries)
    assert again.old is not None
    assert Version(again.old).key == Version(bump.new).key
    if any(edit.start == edit.end for edit in bump.edits):
        assert check_versions(after, {}) == ()
        changelog, _ = find_changelog(Pages(after), [Version(bump.new)])
        assert changelog is not None
        assert changelog.newest.version.key == Version(bump.new).key

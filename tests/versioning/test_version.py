"""Which characters of a notebook state its version, what comes next, and how dates are renewed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbrefactor.versioning.blocks import read_blocks
from nbrefactor.versioning.dates import DATE, renew_date
from nbrefactor.versioning.number import NUMBER, Version
from nbrefactor.versioning.pages import Pages
from nbrefactor.versioning.places import find_places

from ..notebooks import read_cells

NOW = datetime(2025, 5, 1, 9, 5, 7, 123456, tzinfo=timezone(timedelta(hours=2)))


def stated(
    *sources: str, metadata: dict[str, object] | None = None, patterns: tuple[str, ...] = ()
):
    """Give (kind, version, dates) of each place that counts without the changelog."""
    cells = read_cells(*sources)
    places, _ = find_places(Pages(cells), metadata or {}, patterns)
    return [
        (
            place.kind,
            place.version.text,
            [cells[place.cell].source[slice(*date)] for date in place.dates]
            if place.cell is not None
            else [],
        )
        for place in places
        if place.sure
    ]


@pytest.mark.parametrize(
    ("heading", "version", "dates"),
    [
        pytest.param(
            "# Demo (v0.0.43 2025-04-08 17:41)", "0.0.43", ["2025-04-08 17:41"], id="demo"
        ),
        pytest.param("# Demo (v0.0.43)", "0.0.43", [], id="in parentheses"),
        pytest.param("# Demo [v1.2]", "1.2", [], id="in brackets"),
        pytest.param("# Demo (1.2.3)", "1.2.3", [], id="three numbers without v in parentheses"),
        pytest.param("# Demo - v1.2", "1.2", [], id="after a hyphen"),
        pytest.param("# Demo -- v1.2", "1.2", [], id="after two hyphens"),
        pytest.param("# Demo – v1.2", "1.2", [], id="after an en dash"),
        pytest.param("# Demo — Version 2.0", "2.0", [], id="after an em dash, with the word"),
        pytest.param("# Demo — Version 2", "2", [], id="a lone number with the word"),
        pytest.param(
            "# Demo (v2, 2025-04-08)", "2", ["2025-04-08"], id="a lone number with a date"
        ),
        pytest.param("# Demo - 1.2.3", "1.2.3", [], id="three numbers without v after a hyphen"),
        pytest.param("# Demo (1.2.10)", "1.2.10", [], id="three numbers that are no date"),
        pytest.param("# Demo | v1.2 | 2025-04-08", "1.2", ["2025-04-08"], id="between bars"),
        pytest.param("# Demo: v1.2", "1.2", [], id="after a colon"),
        pytest.param("# Demo, v1.2", "1.2", [], id="after a comma"),
        pytest.param("# Demo (V1.2)", "1.2", [], id="capital V"),
        pytest.param("# Demo (v 1.2)", "1.2", [], id="blank after v"),
        pytest.param("# Demo (ver. 1.2)", "1.2", [], id="ver."),
        pytest.param("# Demo (release 1.2)", "1.2", [], id="release"),
        pytest.param("# Demo (2025-04-08, v1.2)", "1.2", ["2025-04-08"], id="date first"),
        pytest.param("# Demo - v1.2 (April 8, 2025)", "1.2", ["April 8, 2025"], id="date in words"),
        pytest.param(
            "# Demo (v1.2; last updated 8 Apr 2025)", "1.2", ["8 Apr 2025"], id="labelled"
        ),
        pytest.param("# Demo (v1.2 (2025-04-08))", "1.2", ["2025-04-08"], id="nested parentheses"),
        pytest.param("# **Demo (v1.2)**", "1.2", [], id="bold title"),
        pytest.param("# Demo (v1.2) ##", "1.2", [], id="closed heading"),
        pytest.param("# Demo (v1.2) \N{BRAIN}", "1.2", [], id="emoji behind"),
        pytest.param("# <center>Demo (v1.2)</center>", "1.2", [], id="centred"),
        pytest.param("<h1 align='center'>Demo (v1.2)</h1>", "1.2", [], id="html heading"),
        pytest.param("# Demo <sub>v1.2</sub>", "1.2", [], id="small type"),
        pytest.param("Demo (v1.2)\n========", "1.2", [], id="underlined heading"),
        pytest.param("### Demo (v1.2)", "1.2", [], id="first heading of a deep level"),
        pytest.param("text\n\n# Demo (v1.2)", "1.2", [], id="text before the heading"),
        pytest.param(
            "# Heads of part 2 (v1.2 2025-04-08 9:05)",
            "1.2",
            ["2025-04-08 9:05"],
            id="a time of day",
        ),
        pytest.param("# Demo: Heads and layers (v1.2)", "1.2", [], id="a demo with a subtitle"),
        pytest.param(
            "# Heads and layers (v1.2, 2025-04-08)", "1.2", ["2025-04-08"], id="words with a date"
        ),
        pytest.param("# Workshop (v1.2) on 2025-04-08", "1.2", [], id="date of an event"),
        pytest.param("# Workshop (v1.2), 2025-04-08", "1.2", [], id="date outside the parentheses"),
        pytest.param("# HEADS: REPORT (V1.2)", "1.2", [], id="all in capitals"),
        pytest.param("# Demo (v1.2.0rc1)", "1.2.0rc1", [], id="release candidate"),
        pytest.param("# Demo (v1.2-beta)", "1.2-beta", [], id="beta"),
        pytest.param("# Demo (v2025.04.08)", "2025.04.08", [], id="calendar version with a v"),
    ],
)
def test_heading_that_states_the_version(heading: str, version: str, dates: list[str]) -> None:
    assert stated(heading) == [("heading", version, dates)]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("# What is new in PyTorch 2.1.0", id="another product"),
        pytest.param("# What is new in PyTorch (v2.1.0)", id="another product in parentheses"),
        pytest.param("# What's new in Foolib (v2.1.0)", id="news of an unknown product"),
        pytest.param("# Migrating to Foolib - v2.0", id="migration guide"),
        pytest.param("# Tutorial (Python 3.10)", id="python in parentheses"),
        pytest.param("# Tutorial (TF v2.1)", id="abbreviated product in parentheses"),
        pytest.param("# Tutorial (PyTorch >= 2.0)", id="requirement in parentheses"),
        pytest.param("# Tutorial (>=1.2.3)", id="comparison in parentheses"),
        pytest.param("# Getting started with TensorFlow (2.1.0)", id="product before parentheses"),
        pytest.param("# Python - 3.10.2", id="product before a hyphen"),
        pytest.param("# Python: v3.10", id="product before a colon"),
        pytest.param("# GPT-3.5", id="hyphenated name"),
        pytest.param("# Neural demo v1.2.3", id="no separator"),
        pytest.param("# Neural demo v1.2 with pictures", id="in the middle"),
        pytest.param("# Neural demo (v1.2) with pictures", id="parentheses in the middle"),
        pytest.param("# Neural demo (draft of v1.2)", id="words before it in parentheses"),
        pytest.param("# Neural demo (v1.2 or so)", id="words behind it in parentheses"),
        pytest.param("# Neural demo (v1.2/v1.3)", id="two versions"),
        pytest.param("# Neural demo (v1.2-1.4)", id="range"),
        pytest.param("# Neural demo (v1.x)", id="placeholder"),
        pytest.param("# Neural demo (v1.2.3.4.5)", id="five numbers"),
        pytest.param("# Chapter 1 (1.2)", id="pair without v"),
        pytest.param("# Emoji in Unicode (v15.0)", id="a standard"),
        pytest.param("# Train YOLOv5 - v6.0", id="a model"),
        pytest.param(
            "# Question answering on SQuAD (v1.1, 2016-06-16)", id="a data set with its date"
        ),
        pytest.param("# Image captions (v1.2)", id="words that could be anything's"),
        pytest.param("# Demo (v1.2, v1.3)", id="one of two versions"),
        pytest.param("# Demo ($1.2.3)", id="price"),
        pytest.param("# Part 2 - v1.2", id="numbered part"),
        pytest.param("# Section 1.2.3", id="section number"),
        pytest.param("# Lab - 1.2.3", id="lab number"),
        pytest.param("# 1.2.3 Introduction", id="leading number"),
        pytest.param("# Demo (V2)", id="lone number with v"),
        pytest.param("# Demo (2)", id="lone number"),
        pytest.param("# Demo (2025)", id="year"),
        pytest.param("# Demo (08.04.2025)", id="dotted date"),
        pytest.param("# Demo - 2025.04.08", id="dotted date, year first"),
        pytest.param("# Demo - 10.5 %", id="percentage"),
        pytest.param("# Demo (https://example.org/v1.2.3)", id="address"),
        pytest.param("# Demo\n\n## Part (v1.2)", id="second heading"),
        pytest.param("#Demo (v1.2)", id="no heading without a blank"),
        pytest.param("    # Demo (v1.2)", id="indented code"),
        pytest.param("```\n# Demo (v1.2)\n```", id="fenced code"),
        pytest.param("~~~~\n```\n# Demo (v1.2)\n~~~~", id="fence within a fence"),
        pytest.param("<!-- # Demo (v1.2) -->", id="comment"),
        pytest.param("<!--\n# Demo (v1.2)\n-->", id="comment over lines"),
        pytest.param("<pre>\n# Demo (v1.2)\n</pre>", id="preformatted"),
        pytest.param("# Demo <!-- (v1.2) -->", id="comment in the heading"),
        pytest.param("This notebook is v1.2.3.", id="prose"),
        pytest.param("raw># Demo (v1.2)", id="raw cell"),
        pytest.param("code># Demo (v1.2)", id="comment in code"),
        pytest.param("", id="nothing"),
        pytest.param("# " + "(" * 2000 + "v1.2", id="a heading longer than any title"),
    ],
)
def test_markdown_that_states_no_version(source: str) -> None:
    assert stated(source) == []


def test_what_the_notebook_imports_is_another_product() -> None:
    dated = "# Heads, Foolib layers (v2.1, 2025-04-08)"
    assert stated(dated) == [("heading", "2.1", ["2025-04-08"])]
    assert stated("# Heads, layers of Foolib (v2.1, 2025-04-08)", "code>import foolib as f") == []
    assert stated("# Heads, Layers Foolib (v2.1, 2025-04-08)", "code>from foolib.x import y") == []


@pytest.mark.parametrize(
    ("source", "version", "dates"),
    [
        pytest.param("# Demo\n\nVersion: 1.2", "1.2", [], id="plain"),
        pytest.param("# Demo\n\n**Version:** 1.2.3", "1.2.3", [], id="bold with colon inside"),
        pytest.param("# Demo\n\n**Version**: v1.2.3", "1.2.3", [], id="bold with colon outside"),
        pytest.param("# Demo\n\n- Version: 1.2", "1.2", [], id="item"),
        pytest.param("# Demo\n\n> Version: 1.2", "1.2", [], id="quoted"),
        pytest.param("# Demo\n\n<b>Version:</b> 1.2<br>", "1.2", [], id="html"),
        pytest.param("# Demo\n\n| Version | 1.2 |", "1.2", [], id="row of a table"),
        pytest.param("# Demo\n\n## Version: 1.2", "1.2", [], id="heading of its own"),
        pytest.param(
            "# Demo\n\nVersion: 1.2 (2025-04-08)", "1.2", ["2025-04-08"], id="date behind"
        ),
        pytest.param(
            "# Demo\n\nAuthor: A | Version: 1.2 | Date: 2025-04-08",
            "1.2",
            ["2025-04-08"],
            id="bars",
        ),
        pytest.param(
            "# Demo\n\n**Version:** 1.2  \n**Updated:** 8 Apr 2025\n",
            "1.2",
            ["8 Apr 2025"],
            id="below",
        ),
        pytest.param(
            "# Demo\n\n- Last updated: 2025-04-08\n- Version: 1.2",
            "1.2",
            ["2025-04-08"],
            id="above",
        ),
        pytest.param(
            "# Demo\n\nVersion: 1.2\n\nDate: 2025-04-08", "1.2", [], id="date in another paragraph"
        ),
        pytest.param(
            "# Demo\n\nVersion: 1.2\nCreated: 2025-04-08", "1.2", [], id="date of creation stays"
        ),
        pytest.param("# Demo\n\n*Version 1.2 — April 2025*", "1.2", ["April 2025"], id="subtitle"),
        pytest.param("# Demo\nv1.2.3", "1.2.3", [], id="bare subtitle"),
        pytest.param(
            "# Demo\n\nVersion: 1.2\nDate: 8 Apr 2025\n",
            "1.2",
            [],
            id="a date that may be of an event",
        ),
        pytest.param("# Heads\n\nVersion: 1.2\nAuthor: A\n", "1.2", [], id="with an author"),
        pytest.param(
            "# Heads and layers\n\nVersion: 1.2", "1.2", [], id="below a title of plain words"
        ),
        pytest.param("# Demo\n\n## Data\nNotebook version: 1.2", "1.2", [], id="says whose it is"),
        pytest.param("# Demo\n\n## About this notebook\nVersion: 1.2", "1.2", [], id="about"),
        pytest.param(
            "# Demo\n\nVersion: 1.2\nVersion: 1.1", "1.2", [], id="only the first of several"
        ),
    ],
)
def test_line_that_states_the_version(source: str, version: str, dates: list[str]) -> None:
    assert stated(source) == [("line", version, dates)]


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param(["# Demo\n\n## Dataset\n- Version: 1.2"], id="of a dataset"),
        pytest.param(["# Demo", "code>x = 1", "Version: 1.2"], id="after code"),
        pytest.param(["Version: 1.2"], id="below no title"),
        pytest.param(["# Emoji in Unicode\n\nVersion: 15.0"], id="of what the title names"),
        pytest.param(["# MNIST\n\nv3.0.1"], id="subtitle of a data set"),
        pytest.param(["# Demo\n\nLicense: Apache, Version: 2.0"], id="of a licence"),
        pytest.param(["# Demo\n\nDataset: MNIST  \nVersion: 3.0.1"], id="beside a data set"),
        pytest.param(
            ["# Demo\n\n**Model:** Foo\n**Version:** 3.0.1\n**Author:** me"], id="model card"
        ),
        pytest.param(
            ["# Demo", "code>x", "## About\nBuilt with Foo\nVersion: 1.2.3"], id="of a tool"
        ),
        pytest.param(
            ["# Demo", "code>x", "## License\nGPL, Version: 3"], id="below a licence's heading"
        ),
        pytest.param(["# Demo\n\nWe use Foo.\n\nVersion: 1.2"], id="below a paragraph"),
        pytest.param(["# Demo\n\nPython version: 3.10"], id="of python"),
        pytest.param(["# Demo\n\nVersion: 1.2 is out"], id="in a sentence"),
        pytest.param(["# Demo\n\nVersion 1.2 of this notebook adds plots."], id="sentence"),
        pytest.param(["# Demo\n\nSee version: 1.2"], id="words before it"),
        pytest.param(["# Demo\n\nVersion: latest"], id="no number"),
        pytest.param(["# Demo\n\nVersion: >=1.2"], id="requirement"),
        pytest.param(
            ["# Demo\n\n**v1.2**\n- added plots\n\n**v1.1**\n- began"], id="head of a list"
        ),
        pytest.param(["# Demo\n\na\n\nb\n\nc\n\nd\n\nv1.2"], id="bare version far from the title"),
        pytest.param(["# Demo\n\n`Version: 1.2 of x`"], id="quoted code"),
        pytest.param(["# Demo\n\n    Version: 1.2 x"], id="indented"),
        pytest.param(
            ["# Demo\n\n| Version | Changes |\n|---|---|\n| 1.2 | a |"], id="table header"
        ),
    ],
)
def test_line_that_states_no_version(sources: list[str]) -> None:
    assert stated(*sources) == []


@pytest.mark.parametrize(
    ("code", "version", "dates"),
    [
        pytest.param('__version__ = "1.2"', "1.2", [], id="dunder"),
        pytest.param("VERSION = '1.2.3'", "1.2.3", [], id="single quotes"),
        pytest.param('NOTEBOOK_VERSION: str = "1.2"', "1.2", [], id="annotated"),
        pytest.param('__version__ = "v1.2"', "1.2", [], id="with v"),
        pytest.param('VERSION = """1.2"""', "1.2", [], id="triple quotes"),
        pytest.param("VERSION = r'1.2'", "1.2", [], id="raw string"),
        pytest.param('__version__ = VERSION = "1.2"', "1.2", [], id="two names"),
        pytest.param('x = 1; VERSION = "1.2"; y = 2', "1.2", [], id="among others"),
        pytest.param('%matplotlib inline\nVERSION = "1.2"', "1.2", [], id="below a magic"),
        pytest.param('s = "äöü"; VERSION = "1.2"', "1.2", [], id="behind wide characters"),
        pytest.param('VERSION = "1.2 (2025-04-08)"', "1.2", ["2025-04-08"], id="date inside"),
        pytest.param('VERSION = "1.2"  # 8.4.2025', "1.2", ["8.4.2025"], id="date in the comment"),
        pytest.param(
            'VERSION = "1.2"  # since 2025-04-08', "1.2", [], id="comment of another kind"
        ),
        pytest.param('VERSION = "1.2"\nprint(VERSION)', "1.2", [], id="shown"),
        pytest.param(
            'VERSION = "1.2"\nprint(f"v{VERSION}", "a" + VERSION)', "1.2", [], id="formatted"
        ),
        pytest.param('VERSION = "1.2"\nVERSION', "1.2", [], id="value of a cell"),
        pytest.param(
            'VERSION = "1.2"\ndisplay(Markdown("v{}".format(VERSION)))', "1.2", [], id="displayed"
        ),
        pytest.param(
            'import torch\ntorch.VERSION == "1"\nVERSION = "1.2"', "1.2", [], id="attribute"
        ),
    ],
)
def test_constant_that_states_the_version(code: str, version: str, dates: list[str]) -> None:
    assert stated("code>" + code) == [("constant", version, dates)]


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param(["code>__version__ = f'1.2'"], id="f-string"),
        pytest.param(["code>__version__ = '1.' '2'"], id="joined strings"),
        pytest.param(["code>__version__ = b'1.2'"], id="bytes"),
        pytest.param(["code>__version__ = '\\x31.2'"], id="escape"),
        pytest.param(["code>VERSION = 1.2"], id="number"),
        pytest.param(["code>VERSION = '20200325'"], id="build date"),
        pytest.param(["code>VERSION = 'nightly'"], id="word"),
        pytest.param(["code>VERSION = 'torch==1.2'"], id="pin"),
        pytest.param(["code>VERSION: str"], id="no value"),
        pytest.param(["code>VERSION = torch.__version__"], id="computed"),
        pytest.param(["code>version = '1.2'"], id="small letters"),
        pytest.param(["code>TF_VERSION = '1.2'"], id="another's name"),
        pytest.param(["code>config.VERSION = '1.2'"], id="attribute"),
        pytest.param(["code>def f():\n    VERSION = '1.2'"], id="local"),
        pytest.param(["code>if x:\n    VERSION = '1.2'"], id="conditional"),
        pytest.param(["code>f(VERSION='1.2')"], id="argument"),
        pytest.param(["code># VERSION = '1.2'"], id="comment"),
        pytest.param(["code>VERSION = '1.5' #@param ['1.5', '1.6']"], id="form"),
        pytest.param(["code>VERSION = '3.1.2'", "code>!wget x-{VERSION}.tgz"], id="shell line"),
        pytest.param(["code>VERSION = '3.1.2'", "code>%env V=$VERSION"], id="magic"),
        pytest.param(["code>VERSION = '3.1.2'\nurl = 'https://x/' + VERSION"], id="address"),
        pytest.param(["code>VERSION = '3.1.2'\nassert VERSION == '3.1.2'"], id="compared"),
        pytest.param(["code>VERSION = '1.2'\nlog(f'v{VERSION}')"], id="given to a function"),
        pytest.param(["code>VERSION = '1.2'\nname = f'model-{VERSION}.pt'"], id="part of a name"),
        pytest.param(["code>VERSION = '1.2'\nVERSION in ('1.2', '1.3')"], id="looked up"),
        pytest.param(["code>VERSION = '1.2'\nVERSION.startswith('1')"], id="asked"),
        pytest.param(["code>VERSION = '1.2'\nprint(VERSION, file=log)"], id="written to a file"),
        pytest.param(["code>VERSION = '1.2'\nprint(load(VERSION))"], id="result of a call shown"),
        pytest.param(["code>v = VERSION = '1.2'\nload(v)"], id="under another name too"),
        pytest.param(["code>VERSION = '1.2'", "code>VERSION = '1.3'"], id="assigned twice"),
        pytest.param(
            ["code>VERSION = '1.2'", "code>load(globals()['VERSION'])"], id="by its name as text"
        ),
        pytest.param(
            ["code>VERSION = '1.2'", "code>load(VERSION"], id="in code that does not parse"
        ),
        pytest.param(["code>%%writefile a.py\n__version__ = '1.2'"], id="file that is written"),
        pytest.param(["code>%%bash\nVERSION='1.2'"], id="another language"),
        pytest.param(["code>def f(:\n__version__ = '1.2'"], id="does not parse"),
        pytest.param(["```python\n__version__ = '1.2'\n```"], id="code in markdown"),
    ],
)
def test_code_that_states_no_version(sources: list[str]) -> None:
    assert stated(*sources) == []


def test_a_constant_that_is_left_alone_is_named() -> None:
    _, notes = find_places(Pages(read_cells("code>VERSION = '3.1'\n!wget x-$VERSION")), {})
    assert notes == (
        "VERSION in cell 1, line 1 is left alone, because the notebook uses it for more than to "
        "show it.",
    )


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({"version": "1.2"}, id="version"),
        pytest.param({"notebook_version": "v1.2"}, id="notebook_version"),
    ],
)
def test_metadata_that_states_the_version(metadata: dict[str, object]) -> None:
    assert stated("text", metadata=metadata) == [("metadata", "1.2", [])]


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({"language_info": {"version": "3.10.2"}}, id="language"),
        pytest.param({"kernelspec": {"name": "python3", "version": "1.2"}}, id="kernel"),
        pytest.param({"papermill": {"version": "2.4.0"}}, id="papermill"),
        pytest.param({"colab": {"version": "0.3.2"}}, id="colab"),
        pytest.param({"nteract": {"version": "0.28.0"}}, id="nteract"),
        pytest.param({"version": 2}, id="number"),
        pytest.param({"version": "2"}, id="single number"),
        pytest.param({"version": "final"}, id="word"),
        pytest.param({"version": {"version": "1.2"}}, id="mapping"),
        pytest.param({"title": "Demo (v1.2)"}, id="title"),
    ],
)
def test_metadata_that_states_no_version(metadata: dict[str, object]) -> None:
    assert stated("text", metadata=metadata) == []


def test_patterns_name_places_that_the_rules_do_not_know() -> None:
    cells = ("Build foo-1.3.7 of 2025-04-08!", "code># build 1.3.7\nx = 1", "raw>foo-1.3.7")
    assert stated(*cells) == []
    assert stated(
        *cells,
        patterns=(r"foo-(?P<version>[\d.]+) of (?P<date>[\d-]+)", r"^# build (?P<version>\S+)$"),
    ) == [("pattern", "1.3.7", ["2025-04-08"]), ("pattern", "1.3.7", [])]


def test_a_place_that_a_pattern_names_counts_once() -> None:
    assert stated("# Demo (v1.2)", patterns=(r"\(v(?P<version>.*?)\)",)) == [("pattern", "1.2", [])]


@pytest.mark.parametrize(
    "source", ["code>%%bash\necho build 1.2", "code>def f(:\n# build 1.2", "build later"]
)
def test_a_pattern_changes_only_python_and_markdown(source: str) -> None:
    assert stated(source, patterns=(r"build (?P<version>\S+)",)) == []


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("v(", "is not a regular expression"), (r"v([\d.]+)", "names no group 'version'")],
)
def test_a_wrong_pattern_is_an_error(pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        find_places(Pages(read_cells("# Demo")), {}, (pattern,))


def test_a_wrong_pattern_is_not_blamed_on_the_settings() -> None:
    with pytest.raises(ValueError, match="is not a regular expression") as raised:
        find_places(Pages(read_cells("# Demo")), {}, ("(",))
    assert "settings" not in str(raised.value)
    assert "correct it" in str(raised.value)


@pytest.mark.parametrize(
    ("old", "part", "new"),
    [
        ("0.0.43", "patch", "0.0.44"),
        ("0.0.43", "minor", "0.1.0"),
        ("0.0.43", "major", "1.0.0"),
        ("0.0.43", "none", "0.0.43"),
        ("0.0.9", "patch", "0.0.10"),
        ("1.2", "patch", "1.3"),
        ("1.2", "minor", "1.3"),
        ("1.2", "major", "2.0"),
        ("2", "patch", "3"),
        ("2", "minor", "3"),
        ("1.2.3.4", "patch", "1.2.3.5"),
        ("1.2.3.4", "minor", "1.3.0.0"),
        ("0.09", "patch", "0.10"),
        ("0.99", "patch", "0.100"),
        ("1.09.03", "minor", "1.10.00"),
        ("1.2.0rc1", "patch", "1.2.0rc2"),
        ("1.2.0-rc.9", "patch", "1.2.0-rc.10"),
        ("1.2.0rc2", "minor", "1.3.0rc1"),
        ("1.2.0-beta", "patch", "1.2.1-beta"),
        ("1.2a", "patch", "1.3a"),
        ("1.2.3+abc", "patch", "1.2.4"),
    ],
)
def test_next_version(old: str, part: str, new: str) -> None:
    assert Version(old).bumped(part).text == new  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("0.0.9", "0.0.10"),
        ("1.2", "1.2.1"),
        ("1.2.0rc1", "1.2.0"),
        ("1.2.0a2", "1.2.0b1"),
        ("1.2.0.dev1", "1.2.0a1"),
        ("1.2.0", "1.2.0.post1"),
        ("1.2-beta", "1.2"),
    ],
)
def test_order_of_versions(lower: str, higher: str) -> None:
    assert Version(lower).key < Version(higher).key


def test_trailing_zeros_do_not_count() -> None:
    assert Version("1.2").key == Version("1.2.0").key
    assert Version("1.3.0").fitted(Version("1.2")).text == "1.3"
    assert Version("1.2.1").fitted(Version("1.2")).text == "1.2.1"
    assert Version("2.0.0").fitted(Version("1.2")).text == "2.0"


def test_what_is_no_version_is_an_error() -> None:
    with pytest.raises(ValueError, match="'one' is not a version"):
        Version("one").bumped("patch")


versions = st.builds(
    lambda numbers, suffix: Version(".".join(map(str, numbers)) + suffix),
    st.lists(st.integers(0, 9999), min_size=1, max_size=4),
    st.sampled_from(["", "rc1", "-beta", ".dev3", "a", "-rc.9", ".post1"]),
)


@given(versions, st.sampled_from(["patch", "minor", "major"]))
def test_a_bump_is_a_higher_version_in_the_same_notation(version: Version, part: str) -> None:
    bumped = version.bumped(part)  # type: ignore[arg-type]
    assert bumped.key > version.key
    assert len(bumped.components) == len(version.components)
    assert (
        re.fullmatch(NUMBER, bumped.text, re.IGNORECASE)
        or max(len(component) for component in bumped.components) > 5
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2025-04-08", "2025-05-01"),
        ("2025-4-8", "2025-5-1"),
        ("2025/04/08", "2025/05/01"),
        ("2025.04.08", "2025.05.01"),
        ("20250408", "20250501"),
        ("2025-04", "2025-05"),
        ("2023", "2025"),
        ("2025-04-08 17:41", "2025-05-01 09:05"),
        ("2025-04-08T17:41:03", "2025-05-01T09:05:07"),
        ("2025-04-08T17:41:03.123", "2025-05-01T09:05:07.123"),
        ("2025-04-08T17:41:03Z", "2025-05-01T07:05:07Z"),
        ("2025-04-08 17:41:03+00:00", "2025-05-01 07:05:07+00:00"),
        ("2025-04-08 17:41 -0500", "2025-05-01 02:05 -0500"),
        ("2025-04-08 17:41 UTC", "2025-05-01 07:05 UTC"),
        ("2025-04-08 17:41 PST", "2025-04-30 23:05 PST"),
        ("2025-04-08 5:41 PM", "2025-05-01 9:05 AM"),
        ("2025-04-08 05:41 p.m.", "2025-05-01 09:05 a.m."),
        ("2025-04-08 7:41", "2025-05-01 9:05"),
        ("08.04.2025", "01.05.2025"),
        ("8.4.2025", "1.5.2025"),
        ("08.04.25", "01.05.25"),
        ("04/08/2025", "05/01/2025"),
        ("4/8/2025", "5/1/2025"),
        ("13/04/2025", "01/05/2025"),
        ("04/13/2025", "05/01/2025"),
        ("08-04-2024", "01-05-2025"),
        ("April 8, 2025", "May 1, 2025"),
        ("Feb 8, 2025", "May 1, 2025"),
        ("Apr. 8, 2025", "May 1, 2025"),
        ("8 Apr 2025", "1 May 2025"),
        ("08 Apr 2025", "01 May 2025"),
        ("8. April 2025", "1. May 2025"),
        ("8-Apr-2025", "1-May-2025"),
        ("8th of April 2025", "1st of May 2025"),
        ("APRIL 8, 2025", "MAY 1, 2025"),
        ("April 2025", "May 2025"),
        ("Tuesday, April 8, 2025", "Thursday, May 1, 2025"),
        ("Tue, 8 Apr 2025 17:41:00 +0200", "Thu, 1 May 2025 09:05:07 +0200"),
        ("April 8, 2025 at 5:41 pm", "May 1, 2025 at 9:05 am"),
        ("someday", "someday"),
        ("2025-04-08 or so", "2025-04-08 or so"),
    ],
)
def test_date_in_its_own_format(old: str, new: str) -> None:
    assert renew_date(old, NOW) == new


@pytest.mark.parametrize(
    ("old", "context", "new"),
    [
        pytest.param("04/08/2024", "", "12/24/2025", id="slashes mean month first"),
        pytest.param("04/08/2024", "since 13/01/2024", "24/12/2025", id="a neighbour tells"),
        pytest.param("04-08-2024", "since 01-13-2024", "12-24-2025", id="a neighbour with hyphens"),
        pytest.param(
            "04-08-2024", "since 01/13/2024", "24-12-2025", id="another form tells nothing"
        ),
        pytest.param("May 4, 2025", "", "December 24, 2025", id="may taken as long"),
        pytest.param("May 4, 2025", "Apr 8, 2025", "Dec 24, 2025", id="may among short names"),
        pytest.param("Sept 4, 2025", "", "Dec 24, 2025", id="sept is short"),
        pytest.param("June 4, 2025", "", "December 24, 2025", id="june is long"),
    ],
)
def test_ambiguous_date(old: str, context: str, new: str) -> None:
    assert renew_date(old, datetime(2025, 12, 24), context) == new


def test_a_date_in_the_future_decides_the_order() -> None:
    assert renew_date("01/12/2025", datetime(2025, 2, 3)) == "02/03/2025"
    assert renew_date("12/01/2025", datetime(2025, 2, 3)) == "03/02/2025"


@given(
    st.sampled_from(
        ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y"]
    ),
    st.datetimes(datetime(2000, 1, 1), datetime(2098, 1, 1)),
    st.datetimes(datetime(2000, 1, 1), datetime(2098, 1, 1)),
)
def test_a_renewed_date_reads_as_now(form: str, old: datetime, now: datetime) -> None:
    written = old.strftime(form)
    assert re.fullmatch(DATE, written, re.IGNORECASE)
    renewed = renew_date(written, now)
    assert datetime.strptime(renewed, form) == datetime.strptime(now.strftime(form), form)
    assert renew_date(renewed, now) == renewed


@given(st.text(alphabet="#-=`~<!->pre/ \n\r\t*a\x0c\x85\u2028", max_size=80))
def test_lines_cover_the_source(source: str) -> None:
    lines, _ = read_blocks(source)
    assert len(lines) == source.count("\n") + 1
    for line in lines:
        assert source[line.end : line.end + 1] in ("", "\n", "\r")
        assert len(line.text) == line.end - line.start
        shown = [(a, b) for a, b in zip(line.text, source[line.start : line.end], strict=True)]
        assert all(a in (b, " ") for a, b in shown)

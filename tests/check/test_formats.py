import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbrefactor.model.diagnostic import CheckReport, Diagnostic
from nbrefactor.report import concise, explained, github, junit, sarif
from nbrefactor.report import json as as_json
from nbrefactor.rules.catalogue import RULES

MANY = """\
# %% [markdown]
# Demo (v1.2.0)

# %%
def mean(values):
    return sum(values) / len(values)

# %%
def broken(:

# %%
__version__ = "1.1.0"

# %%
x = 1  # noqa: NB101

# %%
from plots import nothing
"""
Same = list[tuple[str, int, str, str]]


@pytest.fixture
def project(place: Path, notebook) -> Path:
    (place / "plots.py").write_text("def mean(values):\n    return sum(values) / len(values)\n")
    (place / "nbrefactor.toml").write_text('modules = ["plots"]\nsource-roots = ["."]\n')
    folder = place / "50% off, a:b"
    folder.mkdir()
    (folder / "ä ö.ipynb").write_bytes(notebook(MANY))
    (place / "r.ipynb").write_bytes(notebook("# %%\nx <- 1\n", "R"))
    return place


def unescaped(text: str) -> str:
    for code, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r")):
        text = text.replace(code, character)
    return text.replace("%25", "%")


def from_concise(text: str) -> Same:
    lines = re.findall(r"^(.*?\.ipynb):(\d+): (NB\d+) (.*)$", text, re.MULTILINE)
    return [(path, int(line), code, message) for path, line, code, message in lines]


def from_json(text: str) -> Same:
    return [
        (found["path"], found["line"], found["code"], found["message"])
        for found in json.loads(text)["findings"]
    ]


def from_github(text: str) -> Same:
    lines = re.findall(
        r"^::error file=([^,:]*),line=(\d+),title=(NB\d+)[^,:]*::(.*)$", text, re.MULTILINE
    )
    return [
        (unescaped(path), int(line), code, unescaped(message))
        for path, line, code, message in lines
    ]


def from_sarif(text: str) -> Same:
    from urllib.parse import unquote

    return [
        (
            unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]),
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
            result["ruleId"],
            result["message"]["text"],
        )
        for result in json.loads(text)["runs"][0]["results"]
    ]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("text", from_concise),
        ("json", from_json),
        ("github", from_github),
        ("sarif", from_sarif),
    ],
)
def test_every_format_says_the_same(
    project: Path, nbrefactor, name: str, read: Callable[[str], Same]
) -> None:
    check = ("check", ".", "--select", "NB", "--output-format")
    expected = from_concise(nbrefactor(*check, "concise").stdout)
    assert {code for _, _, code, _ in expected} == {
        "NB101", "NB201", "NB202", "NB301", "NB401", "NB901",
    }  # fmt: skip
    assert read(nbrefactor(*check, name).stdout) == expected


def test_the_junit_file_says_the_same(project: Path, nbrefactor) -> None:
    result = nbrefactor("check", ".", "--output-format", "concise", "--junit", "report.xml")
    root = ElementTree.parse(project / "report.xml").getroot()
    cases = [
        (case.get("file"), int(case.get("line", 0)), failure.get("type"), failure.get("message"))
        for case in root.iter("testcase")
        for failure in case.iter("failure")
    ]
    assert cases == from_concise(result.stdout)
    assert root.get("failures") == str(len(cases))


def test_problems_are_in_the_formats_that_machines_read(project: Path, nbrefactor) -> None:
    (project / "bad.ipynb").write_text("{")
    result = nbrefactor("check", "bad.ipynb", "--output-format", "json", "--junit", "r.xml")
    assert "bad.ipynb: not JSON" in json.loads(result.stdout)["problems"][0]
    assert ElementTree.parse(project / "r.xml").getroot().get("errors") == "1"
    log = json.loads(nbrefactor("check", "bad.ipynb", "--output-format", "sarif").stdout)
    run = log["runs"][0]["invocations"][0]
    assert run["executionSuccessful"] is False
    assert "not JSON" in run["toolExecutionNotifications"][0]["message"]["text"]
    shown = nbrefactor("check", "bad.ipynb", "--output-format", "github").stdout
    assert shown.startswith("::error title=nbrefactor::bad.ipynb: not JSON")


def diagnostic(**changed: object) -> Diagnostic:
    values = {"path": "n.ipynb", "line": 3, "code": "NB101", "summary": "s", "fingerprint": "f"}
    return Diagnostic(**(values | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "line"),
    [
        pytest.param(
            diagnostic(summary="100% a\r\nb: c, d"),
            "::error file=n.ipynb,line=3,title=NB101 exact-copy::100%25 a%0D%0Ab: c, d\n",
            id="data",
        ),
        pytest.param(
            diagnostic(path="a,b:c%.ipynb"),
            "::error file=a%2Cb%3Ac%25.ipynb,line=3,title=NB101 exact-copy::s\n",
            id="properties",
        ),
        pytest.param(
            diagnostic(summary="%0A"),
            "::error file=n.ipynb,line=3,title=NB101 exact-copy::%250A\n",
            id="what looks escaped",
        ),
    ],
)
def test_workflow_commands_are_escaped(found: Diagnostic, line: str) -> None:
    assert github.render(CheckReport(("n.ipynb",), (found,))) == line


# Every character but line ends, which a check takes out of what it says.
TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)


@given(summary=TEXT, path=TEXT)
def test_any_text_survives_the_formats_of_machines(summary: str, path: str) -> None:
    report = CheckReport((path,), (diagnostic(summary=summary, path=path),))
    assert json.loads(as_json.render(report))["findings"][0]["message"] == summary
    assert from_sarif(sarif.render(report))[0][3] == summary
    assert unescaped(github.render(report).partition("::")[2].partition("::")[2]) == f"{summary}\n"
    failure = next(ElementTree.fromstring(junit.render(report)).iter("failure"))
    assert failure.get("message") == summary
    assert concise.render(report) in explained.render(report)


def test_a_message_of_one_line_cannot_be_made_two(place: Path, notebook, nbrefactor) -> None:
    made = json.loads(notebook("# %%\nx = (\n"))
    made["cells"][0]["id"] = "a\n::error::b\x1b[31m"
    (place / "n.ipynb").write_text(json.dumps(made))
    arguments = ("check", "n.ipynb", "--select", "NB201", "--output-format", "concise", "-q")
    shown = nbrefactor(*arguments).stdout
    assert len(shown.splitlines()) == 1
    assert "\x1b" not in shown


# The parts of SARIF 2.1.0's schema that a log of this kind touches: required members, their
# types, and which others there may be.
SARIF = {
    "log": {"version": str, "runs": list, "$schema?": str},
    "run": {"tool": dict, "results?": list, "invocations?": list, "columnKind?": str},
    "driver": {
        "name": str,
        "version?": str,
        "semanticVersion?": str,
        "informationUri?": str,
        "rules?": list,
    },
    "rule": {
        "id": str,
        "name?": str,
        "shortDescription?": dict,
        "fullDescription?": dict,
        "help?": dict,
        "helpUri?": str,
        "defaultConfiguration?": dict,
    },
    "configuration": {"enabled?": bool, "level?": str},
    "text": {"text": str, "markdown?": str},
    "invocation": {"executionSuccessful": bool, "toolExecutionNotifications?": list},
    "notification": {"message": dict, "level?": str},
    "result": {
        "message": dict,
        "ruleId?": str,
        "ruleIndex?": int,
        "level?": str,
        "locations?": list,
        "partialFingerprints?": dict,
        "fixes?": list,
    },
    "fix": {"artifactChanges": list, "description?": dict},
    "change": {"artifactLocation": dict, "replacements": list},
    "replacement": {"deletedRegion": dict, "insertedContent?": dict},
    "location": {"physicalLocation?": dict, "logicalLocations?": list},
    "physical": {"artifactLocation?": dict, "region?": dict},
    "artifact": {"uri?": str, "uriBaseId?": str},
    "region": {"startLine?": int, "startColumn?": int, "endLine?": int, "endColumn?": int},
    "logical": {"name?": str, "kind?": str},
}


def hold(value: dict[str, object], kind: str) -> dict:
    members = SARIF[kind]
    known = {name.rstrip("?"): of for name, of in members.items()}
    for name in members:
        assert name.endswith("?") or name in value, f"{kind} lacks {name}"
    for name, inner in value.items():
        assert name in known, f"{kind} may not have {name}"
        assert isinstance(inner, known[name]), f"{kind}.{name}"
    return value


def test_the_sarif_log_is_built_as_its_schema_asks(project: Path, nbrefactor) -> None:
    (project / "bad.ipynb").write_text("{")
    arguments = ("check", ".", "--select", "NB", "--output-format", "sarif")
    log = hold(json.loads(nbrefactor(*arguments).stdout), "log")
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    hold(run, "run")
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = hold(run["tool"]["driver"], "driver")
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", driver["semanticVersion"])
    assert [rule["id"] for rule in driver["rules"]] == [rule.code for rule in RULES]
    for rule in driver["rules"]:
        hold(rule, "rule")
        assert hold(rule["defaultConfiguration"], "configuration")["level"] == "warning"
        for name in ("shortDescription", "fullDescription", "help"):
            assert hold(rule[name], "text")["text"]
    for invocation in run["invocations"]:
        hold(invocation, "invocation")
        for notification in invocation["toolExecutionNotifications"]:
            hold(hold(notification, "notification")["message"], "text")
    assert len(run["results"]) == 6
    for result in run["results"]:
        hold(result, "result")
        hold(result["message"], "text")
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
        (location,) = hold(result, "result")["locations"]
        physical = hold(hold(location, "location")["physicalLocation"], "physical")
        assert re.fullmatch(r"[\w./%-]+", hold(physical["artifactLocation"], "artifact")["uri"])
        assert hold(physical["region"], "region")["startLine"] >= 1
        for logical in location.get("logicalLocations", []):
            hold(logical, "logical")
    (fix,) = [fix for result in run["results"] for fix in result.get("fixes", [])]
    hold(hold(fix, "fix")["description"], "text")
    (change,) = fix["artifactChanges"]
    hold(hold(change, "change")["artifactLocation"], "artifact")
    for replacement in change["replacements"]:
        hold(hold(replacement, "replacement")["deletedRegion"], "region")
        hold(replacement["insertedContent"], "text")


def fingerprints(nbrefactor, path: str) -> dict[str, list[str]]:
    log = json.loads(nbrefactor("check", path, "--select", "NB", "--output-format", "sarif").stdout)
    found: dict[str, list[str]] = {}
    for result in log["runs"][0]["results"]:
        (print_,) = result["partialFingerprints"].values()
        found.setdefault(result["ruleId"], []).append(print_)
    return {code: sorted(prints) for code, prints in found.items()}


def test_fingerprints_stay_where_cells_move(project: Path, notebook, nbrefactor) -> None:
    title, *cells = MANY.split("\n# %%\n")
    moved = "\n# %%\n".join([title, "y = 2\n", *reversed(cells)])
    (project / "moved.ipynb").write_bytes(notebook(moved))
    before = fingerprints(nbrefactor, "50% off, a:b/ä ö.ipynb")
    assert fingerprints(nbrefactor, "moved.ipynb") == before
    everything = [one for prints in before.values() for one in prints]
    assert len(set(everything)) == len(everything)


def test_equal_findings_have_fingerprints_of_their_own(place: Path, notebook, nbrefactor) -> None:
    (place / "n.ipynb").write_bytes(notebook("# %%\nx = (\n\n# %%\nx = (\n"))
    assert len(set(fingerprints(nbrefactor, "n.ipynb")["NB201"])) == 2

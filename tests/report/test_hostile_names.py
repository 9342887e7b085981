"""Golden cases: every report on files whose names hold what steers terminals, CI and parsers."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from nbrefactor.cli import main
from nbrefactor.model.outcome import Outcome
from nbrefactor.report.html import render_html
from nbrefactor.report.verification import render_verification
from nbrefactor.report.verification_json import render_verification_json
from nbrefactor.verify.values import CellComparison, OutputComparison, Shown, Verification

from ..notebooks import markdown, notebook

# Each name, and how every report for people shows it.
NAMES = {
    "n\n::error file=x::y.ipynb": "n\\n::error file=x::y.ipynb",
    "::warning::z.ipynb": "./::warning::z.ipynb",
    "\x1b[31mred\x1b]0;title\x07.ipynb": "\\x1b[31mred\\x1b]0;title\\x07.ipynb",
    "\x9b2J.ipynb": "\\x9b2J.ipynb",
    "latin\udce4.ipynb": "latin\\udce4.ipynb",
    "a##[error]b.ipynb": "a#\\x23[error]b.ipynb",
    "back\u202ewards\u2028.ipynb": "back\\u202ewards\\u2028.ipynb",
    "\uffffn, 50%:<&\"'>.ipynb": "\\uffffn, 50%:<&\"'>.ipynb",
}
HOSTILE = re.compile(
    rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xef\xbf[\xbe\xbf]|##\["
)
CASES = [pytest.param(name, shown, id=shown) for name, shown in NAMES.items()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str = "x = (\n", title: str = "# Demo (v1.2.0)") -> None:
    data = notebook(markdown(title), text, minor=4, indent=None)
    try:
        Path(name).write_bytes(data)
    except OSError:
        pytest.skip("the file system has no such name")


def run(*arguments: str, code: int) -> tuple[str, str]:
    """Run a command; nothing that it prints may steer anything."""
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code == code, result.output
    assert not HOSTILE.search(result.stdout_bytes + result.stderr_bytes)
    return result.stdout, result.stderr


def commands(text: str) -> list[str]:
    """The lines that GitHub takes for commands."""
    return [line for line in text.splitlines() if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize(("name", "shown"), CASES)
@pytest.mark.parametrize("form", ["text", "concise"])
def test_findings_in_lines(form: str, name: str, shown: str, folder: Path) -> None:
    write(name)
    out, _ = run("check", ".", "--select", "NB2", "--output-format", form, "-q", code=1)
    (line,) = out.splitlines()
    assert line.startswith(f"{shown}:1: NB201 ")
    assert not commands(out)


@pytest.mark.parametrize(("name", "shown"), CASES)
def test_findings_for_github(name: str, shown: str, folder: Path) -> None:
    write(name)
    out, _ = run("check", ".", "--select", "NB2", "--output-format", "github", "-q", code=1)
    (line,) = out.splitlines()
    escaped = shown.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    assert line.startswith(f"::error file={escaped},line=1,title=NB201 ")


@pytest.mark.parametrize(("name", "shown"), CASES)
def test_findings_for_machines_name_the_very_file(name: str, shown: str, folder: Path) -> None:
    write(name)
    out, _ = run("check", ".", "--select", "NB2", "--output-format", "json", "-q", code=1)
    report = json.loads(out)
    assert [found["path"] for found in report["findings"]] == report["notebooks"] == [name]
    out, _ = run("check", ".", "--select", "NB2", "--output-format", "sarif", "-q", code=1)
    (result,) = json.loads(out)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert unquote_to_bytes(uri) == os.fsencode(name)


@pytest.mark.parametrize(("name", "shown"), CASES)
def test_findings_for_junit(name: str, shown: str, folder: Path) -> None:
    write(name)
    run("check", ".", "--select", "NB2", "--junit", "report.xml", "-q", code=1)
    data = Path("report.xml").read_bytes()
    assert not HOSTILE.search(data)
    (suite,) = ElementTree.fromstring(data).iter("testsuite")
    (case,) = suite.iter("testcase")
    assert suite.get("name") == case.get("file") == case.get("classname") == shown
    assert str(case[0].text).startswith(f"{shown}:1: NB201 ")


@pytest.mark.parametrize(("name", "shown"), CASES)
def test_a_baseline_knows_the_very_file_again(name: str, shown: str, folder: Path) -> None:
    write(name)
    options = ("--baseline", "known.json")
    run("check", ".", "--select", "NB2", *options, "--write-baseline", "-q", code=0)
    data = Path("known.json").read_bytes()
    assert not HOSTILE.search(data)
    assert [known["path"] for known in json.loads(data)["findings"]] == [name]
    run("check", ".", "--select", "NB2", *options, code=0)
    write(name, "x = 1")
    out, _ = run("check", ".", "--select", "NB2", *options, code=0)
    assert f"no longer found: {shown}: NB201" in out
    assert not commands(out)


@pytest.mark.parametrize(("name", "shown"), CASES)
@pytest.mark.parametrize("command", ["check", "migrate", "bump", "explain", "verify", "config"])
def test_problems(command: str, name: str, shown: str, folder: Path) -> None:
    write(name)
    if command == "config":
        Path(name).unlink()
    else:
        Path(name).write_text("{")
    # As a shell finds it, so that no option is meant.
    out, err = run(command, "--", name, code=2)
    assert f"nbrefactor: {shown}: " in f"{out}{err}".replace(
        f"{shown}\n  failed: ", f"nbrefactor: {shown}: "
    )
    assert not commands(out + err)


@pytest.mark.parametrize(("name", "shown"), CASES)
def test_problems_in_every_format(name: str, shown: str, folder: Path) -> None:
    Path("a.ipynb").write_text("{")
    write(name)
    Path(name).write_text("{")
    for form in ("text", "concise", "json", "github", "sarif"):
        out, err = run("check", name, "--output-format", form, "--junit", "r.xml", code=2)
        assert f"nbrefactor: {shown}: not JSON" in err
        assert len(commands(out)) == (form == "github")
        assert not commands(err)
        if form == "json":
            assert json.loads(out)["problems"][0].startswith(f"{shown}: not JSON")
        error = next(ElementTree.parse("r.xml").getroot().iter("error"))
        assert str(error.get("message")).startswith(f"{shown}: not JSON")


@pytest.mark.parametrize(("name", "shown"), CASES)
@pytest.mark.parametrize("command", ["migrate", "bump"])
def test_what_changes_notebooks(command: str, name: str, shown: str, folder: Path) -> None:
    write(name, "def f(a):\n    return a\nf(1)")
    Path("plots.py").write_text("def f(a):\n    return a\n")
    options = ("--module", "plots") if command == "migrate" else ("--changelog", "text")
    preview, _ = run(command, *options, "--dry-run", "--", name, code=0)
    assert preview.splitlines()[0] == shown
    assert f"--- {shown}:cell 1\n+++ {shown}:cell 1\n" in preview
    assert not commands(preview)
    result = CliRunner().invoke(main, [command, *options, "--patch", "--", name])
    head = result.stdout_bytes.partition(b"@@")[0]
    assert not HOSTILE.search(head.replace(b"##[", b""))
    assert head.count(b"\n") == 2
    out, _ = run(command, *options, "--", name, code=0)
    assert out.splitlines()[0] == shown
    assert "1 notebook changed" in out
    for line in ("explain", "verify"):
        out, err = run(line, *options[:2] * (command == "migrate"), "--", name, code=0)
        assert not commands(out + err)


@pytest.mark.parametrize(("name", "shown"), CASES)
def test_reports_of_a_verification(name: str, shown: str, folder: Path) -> None:
    write(name)
    data = Path(name).read_bytes()
    outcome = Outcome(name, "unchanged", data, data)
    file = OutputComparison("missing", "file", f"{name} is gone", Shown("file", name, {}, ""), None)
    cell = CellComparison(1, None, "missing", (), False, (), files=(file,))
    found = Verification(name, name, outcome, (cell,), False, 1.0, notes=(f"{name} was run",))
    text = render_verification(found).plain
    assert text.splitlines()[0] == shown
    assert f"compared with {shown} in" in text
    assert f"figure {name}: missing".replace(name, shown.removeprefix("./")) in text
    assert not commands(text)
    assert json.loads(render_verification_json(found))["notebook"] == name
    page = render_html(found)
    for report in (text, render_verification_json(found), page):
        assert not HOSTILE.search(report.encode())
    assert ElementTree.fromstring(
        f"<p>{page.partition('<title>')[2].partition('</title>')[0]}</p>"
    ).text

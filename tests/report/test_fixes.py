"""The regions that a fix replaces, applied to the file, give what `migrate` writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbrefactor.cli import main

FIXTURES = Path(__file__).parents[2] / "fixtures"
COPY = "# ä 𝄞 first\ndef first(values):\n    return values[0]\nfirst('ö𝄞')"
CELLS = ["x = 'ä𝄞'", COPY, "print(x)", COPY.replace("first", "head")]


def applied(text: str, fix: dict) -> str:
    """Apply a fix as a reader of SARIF does: lines and columns in code points."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    (change,) = fix["artifactChanges"]
    for replacement in reversed(change["replacements"]):
        region = replacement["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


def document(**layout: object) -> str:
    cells = [
        {
            "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [],
            "source": source.splitlines(keepends=True),
        }
        for source in CELLS
    ]  # fmt: skip
    title = {"cell_type": "markdown", "metadata": {}, "source": ["# Demo (v1.0.0)"]}
    return json.dumps(
        {"cells": [title, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, **layout
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(document(indent=1, ensure_ascii=False), id="as Jupyter writes it"),
        pytest.param(document(indent=1), id="escapes"),
        pytest.param(document(ensure_ascii=False), id="one line"),
        pytest.param(document(indent=1, ensure_ascii=False).replace("\n", "\r\n"), id="CRLF"),
    ],
)
def test_a_fix_is_the_migration(tmp_path: Path, monkeypatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    Path("helpers.py").write_text(COPY.rpartition("\n")[0])
    Path("n.ipynb").write_text(text, encoding="utf-8", newline="")
    check = ["check", "n.ipynb", "--module", "helpers", "--output-format", "sarif"]
    (run,) = json.loads(CliRunner().invoke(main, check).stdout)["runs"]
    (fix,) = [fix for result in run["results"] for fix in result.get("fixes", [])]
    CliRunner().invoke(main, ["migrate", "n.ipynb", "--module", "helpers"])
    written = Path("n.ipynb").read_bytes().decode()
    assert written != text
    assert applied(text, fix) == written


def test_the_fix_of_the_demo_is_small(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = (FIXTURES / "NeuralPlasticityDemo.ipynb").read_bytes()
    (tmp_path / ".git").mkdir()
    # A new version would come with the time.
    Path("nbrefactor.toml").write_text('bump = "none"\n')
    Path("n.ipynb").write_bytes(data)
    shown = CliRunner().invoke(main, ["check", "n.ipynb", "--output-format", "sarif"]).stdout
    (run,) = json.loads(shown)["runs"]
    (fix,) = [fix for result in run["results"] for fix in result.get("fixes", [])]
    CliRunner().invoke(main, ["migrate", "n.ipynb"])
    assert applied(data.decode(), fix) == Path("n.ipynb").read_text(encoding="utf-8")
    assert len(json.dumps(fix)) < len(data) / 2

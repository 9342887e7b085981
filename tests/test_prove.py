from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbrefactor.cli import main
from nbrefactor.model.outcome import Edit, Finding, Level, Outcome
from nbrefactor.prove import Proof, prove
from nbrefactor.verify.values import CellComparison, Status, Verification

from .notebooks import code, notebook


def outcome(levels: dict[str, Level], left_out: frozenset[str]) -> Outcome:
    findings = tuple(
        Finding("NB103", "", cell, name=name, level=level, edits=(Edit(cell, 0, 1, "x"),))
        for cell, (name, level) in enumerate(levels.items())
        if name not in left_out
    )
    status = "changed" if findings else "unchanged"
    return Outcome("x.ipynb", status, b"", b"", findings)  # type: ignore[arg-type]


def cell(number: int, status: Status, *calls: str) -> CellComparison:
    return CellComparison(number, None, status, (), False, calls)


def proved(levels: dict[str, Level], *rounds: Sequence[CellComparison]) -> Proof:
    """Prove with these comparisons, one for each round; calls of what is left out are gone."""
    left = list(rounds)

    def judge(planned: Outcome) -> Verification:
        return Verification("x.ipynb", "planned", planned, tuple(left.pop(0)), False, 0.0)

    found = prove(lambda names: outcome(levels, names), judge)
    assert not left
    return found


def test_what_is_measured_is_written() -> None:
    found = proved({"a": "compatible"}, [cell(5, "restyled", "a")])
    assert [one.name for one in found.outcome.replaced] == ["a"]
    assert found.rests == {"a": "measured"}
    assert not found.dropped
    assert found.rounds == 1


FALLS: dict[str, tuple[Status, bool]] = {
    "other data": ("different data", True),
    "other words": ("different words", True),
    "a missing picture": ("missing", True),
    "one more picture": ("additional", True),
    "another number": ("changed", True),
    "an error": ("new error", True),
    "another look": ("restyled", False),
    "the same": ("identical", False),
    "nearly the same": ("within tolerance", False),
}


@pytest.mark.parametrize(("status", "falls"), FALLS.values(), ids=FALLS)
def test_each_verdict(status: Status, falls: bool) -> None:
    rounds = [[cell(5, status, "a"), cell(6, "identical", "b")]]
    if falls:
        rounds.append([cell(5, "identical"), cell(6, "identical", "b")])
    found = proved({"a": "compatible", "b": "compatible"}, *rounds)
    assert [one.name for one in found.outcome.replaced] == (["b"] if falls else ["a", "b"])
    if falls:
        assert [one.name for one in found.dropped] == ["a"]
        assert found.dropped[0].reason == f"cell 6 is {status}"


def test_it_runs_again_until_the_rest_holds() -> None:
    found = proved(
        {"a": "compatible", "b": "compatible", "c": "compatible"},
        [cell(5, "different data", "a"), cell(6, "identical", "b"), cell(7, "identical", "c")],
        [cell(5, "identical"), cell(6, "changed", "b"), cell(7, "identical", "c")],
        [cell(5, "identical"), cell(6, "identical"), cell(7, "restyled", "c")],
    )
    assert found.rounds == 3
    assert list(found.rests) == ["c"]


def test_a_cell_that_nobody_answers_for_speaks_against_all() -> None:
    found = proved(
        {"a": "compatible", "b": "exact"},
        [cell(5, "identical", "a"), cell(6, "identical", "b"), cell(9, "changed")],
    )
    assert found.outcome.status == "unchanged"
    assert {one.name for one in found.dropped} == {"a", "b"}
    assert found.verification is None


def test_a_cell_in_which_an_import_fails_speaks_against_what_it_imports() -> None:
    found = proved(
        {"a": "compatible", "b": "compatible"},
        [cell(0, "new error"), cell(5, "identical", "a"), cell(6, "identical", "b")],
        [cell(6, "identical", "b")],
    )
    assert list(found.rests) == ["b"]


UNSEEN: dict[str, tuple[Level, list[CellComparison], bool]] = {
    "never called": ("compatible", [cell(5, "identical")], True),
    "called where it failed before": ("compatible", [cell(5, "failed before too", "a")], True),
    "called in a cell that did not run": ("compatible", [cell(5, "not run", "a")], True),
    "never the same twice": ("compatible", [cell(5, "not deterministic", "a")], True),
    "the same program, never called": ("exact", [cell(5, "identical")], False),
    "renamed, never called": ("renamed", [cell(5, "identical")], False),
}


@pytest.mark.parametrize(("level", "cells", "falls"), UNSEEN.values(), ids=UNSEEN)
def test_what_was_not_seen_is_not_proven(
    level: Level, cells: list[CellComparison], falls: bool
) -> None:
    found = proved({"a": level}, cells)
    assert bool(found.dropped) is falls
    if not falls:
        assert found.rests == {"a": "same program"}


def test_nothing_to_replace_runs_nothing() -> None:
    found = proved({})
    assert found.rounds == 0


NOTEBOOK = {
    "drawing": """
import matplotlib.pyplot as plt
def line(values):
    plt.figure(figsize=(2, 1.5))
    plt.plot(values)
    plt.show()
def bars(values):
    plt.figure(figsize=(2, 1.5))
    plt.bar(range(len(values)), values)
    plt.show()
""",
    "lines": "line([1, 3, 2])",
    "bars": "bars([1, 3, 2])",
    "rest": "print('behind')",
}


@pytest.mark.slow
def test_only_what_shows_the_same_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    module = NOTEBOOK["drawing"].replace("plot(values)", "plot(values, lw=5)")
    Path("drawing.py").write_text(module.replace("values)), values", "values)), values, log=True"))
    cells = [code(source.strip(), id=name) for name, source in NOTEBOOK.items()]
    Path("x.ipynb").write_bytes(notebook(*cells))
    arguments = ["migrate", "x.ipynb", "--module", "drawing", "--accept", "compatible", "--prove"]
    result = CliRunner().invoke(
        main, [*arguments, "--only-affected", "--proof", "proof.html"], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    assert "not proven, stays: bars; cell 3 is different data" in result.output
    assert "measured: line" in result.output
    written = json.loads(Path("x.ipynb").read_text())["cells"]
    assert "from drawing import line" in "".join(written[0]["source"])
    assert "def bars(" in "".join(written[0]["source"])
    assert "restyled" in Path("proof.html").read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"x.ipynb", "drawing.py", "proof.html"}


UNKNOWN: dict[str, tuple[str, str]] = {
    "the same is shown": ("Word('a').parse_string('a')", "measured: line"),
    "a file is lost": (
        "new = nbformat.v4.new_notebook(); nbformat.write(new, 'left.ipynb')",
        "not proven, stays: line; the original leaves the file left.ipynb behind, and the planned",
    ),
    "a later cell shows something else": (
        "ParserElement.set_default_whitespace_chars('x')",
        "not proven, stays: line; cell 3 is changed",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", UNKNOWN)
def test_effects_that_reading_does_not_know_are_left_to_a_run(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, told = UNKNOWN[case]
    monkeypatch.chdir(tmp_path)
    inline = NOTEBOOK["drawing"].partition("def bars")[0]
    Path("drawing.py").write_text(inline.replace("plot(values)", "plot(values, lw=5)"))
    inline = inline.replace("    plt.show()", f"    {call}\n    plt.show()")
    imports = "import nbformat\nfrom pyparsing import ParserElement, Word"
    shown = "print(ParserElement.DEFAULT_WHITE_CHARS)"
    cells = (f"{imports}\n{inline}", "line([1, 3, 2])", shown)
    data = notebook(*cells)
    Path("x.ipynb").write_bytes(data)
    arguments = ["migrate", "x.ipynb", "--module", "drawing", "--accept", "compatible"]
    read = CliRunner().invoke(main, [*arguments, "--dry-run"], catch_exceptions=False)
    assert "whose side effects are not known" in read.output
    in_place = [*arguments, "--prove", "--no-sandbox"]
    CliRunner().invoke(main, in_place, catch_exceptions=False)
    assert Path("x.ipynb").read_bytes() == data
    result = CliRunner().invoke(main, [*arguments, "--prove"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert told in result.output
    assert (Path("x.ipynb").read_bytes() != data) == told.startswith("measured")

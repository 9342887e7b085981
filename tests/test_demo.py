"""The demo notebook, end to end: what can go is gone, what stays is explained, and it runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

import nbrefactor
from nbrefactor.model.outcome import Outcome

DEMO = Path(__file__).parents[1] / "fixtures" / "NeuralPlasticityDemo.ipynb"
ALIASES = {"plot_entropy": "visualize_entropy_heatmap"}
NOW = datetime(2025, 11, 30, 9, 5)
GONE = [
    ("visualize_gradient_norms", 17),
    ("visualize_attention_matrix", 17),
    ("plot_entropy", 18),
    ("visualize_training_progress", 19),
    ("visualize_normalized_entropy", 26),
    ("visualize_attention_matrix", 49),
]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return nbrefactor.migrate(DEMO, aliases=ALIASES, now=NOW)


def cells(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(data)["cells"]
    return found


def source(data: bytes, number: int) -> str:
    return "".join(cells(data)[number - 1]["source"])


def test_what_can_go_is_gone(outcome: Outcome) -> None:
    assert outcome.status == "changed"
    assert [(found.name, (found.cell or 0) + 1) for found in outcome.replaced] == GONE
    code = ["".join(cell["source"]) for cell in cells(outcome.after) if cell["cell_type"] == "code"]
    for name, _ in GONE:
        assert not any(f"def {name}(" in text for text in code)
        assert any(
            re.search(rf"^from nbrefactor\.viz import .*\b{name}$", text, re.M)
            or re.search(rf"^from nbrefactor\.viz import .*\b{name}, ", text, re.M)
            for text in code
        )


def test_each_import_stands_where_the_definition_stood(outcome: Outcome) -> None:
    assert source(outcome.after, 17) == (
        "# Heads as a grid: one row for each layer, one column for each head.\n"
        "# P marks a head that sleeps, R one that was woken.\n"
        "from nbrefactor.viz import visualize_gradient_norms, visualize_attention_matrix"
    )
    assert source(outcome.after, 18) == (
        "from nbrefactor.viz import visualize_entropy_heatmap as plot_entropy"
    )
    assert source(outcome.after, 26).startswith(
        "# This one is short enough to be copied from notebook to notebook.\n"
        "from nbrefactor.viz import visualize_normalized_entropy\n"
    )
    assert source(outcome.after, 49).startswith(
        "# (copied down here so that this section can be run on its own)\n"
        "from nbrefactor.viz import visualize_attention_matrix\n\n\nbusiest = "
    )


def test_what_stays_is_explained(outcome: Outcome) -> None:
    [stays] = [found for found in outcome.findings if found.level and not found.edits]
    assert (stays.name, (stays.cell or 0) + 1) == ("visualize_entropy_vs_gradient", 36)
    assert stays.level == "divergent"
    reasons = " ".join(map(str, stays.reasons))
    assert "head_status" in reasons
    assert "PRUNE_PERCENT" in reasons
    assert stays.difference
    assert source(outcome.after, 36) == source(outcome.before, 36)


def test_a_default_that_differs_is_written_out(outcome: Outcome) -> None:
    assert 'visualize_normalized_entropy(entropy, MAX_ENTROPY, title="Normalized Entropy")' in (
        source(outcome.after, 26)
    )


def test_version_date_and_changelog(outcome: Outcome) -> None:
    before, after = source(outcome.before, 1), source(outcome.after, 1)
    assert after.startswith(
        "# Neural Plasticity Demo: Dynamic Pruning & Regeneration (v0.0.44 2025-11-30 09:05)\n"
    )
    assert re.findall(r"^### New in v(.*):$", after, re.M) == [
        *("0.0.44", "0.0.43", "0.0.42", "0.0.41", "0.0.40")
    ]
    [entry] = re.findall(r"^### New in v0\.0\.44:\n(- .*)\n\n### New in v0\.0\.43:\n", after, re.M)
    for name, _ in GONE:
        assert f"`{name}`" in entry
    assert "`visualize_entropy_heatmap`" in entry
    assert "`nbrefactor.viz`" in entry
    # The rest of the cell, older versions in prose included, is as it was.
    restored = after.replace(f"### New in v0.0.44:\n{entry}\n\n", "").replace(
        "v0.0.44 2025-11-30 09:05", "v0.0.43 2025-04-08 17:41"
    )
    assert restored == before


def test_only_those_lines_differ(outcome: Outcome) -> None:
    edited = {change.cell + 1 for change in outcome.cells}
    assert edited - {1, 17, 18, 19, 26, 49} <= {
        # Cells whose calls pass a default explicitly, or hide a result that was not shown before.
        *(23, 28, 30, 39, 41, 43),
    }
    rows = [data.split(b"\n") for data in (outcome.before, outcome.after)]
    sources = [
        {row for number in edited for row in source(data, number).split("\n")}
        for data in (outcome.before, outcome.after)
    ]
    matcher = SequenceMatcher(None, *rows, autojunk=False)
    for tag, *spans in matcher.get_opcodes():
        if tag != "equal":
            for side, (start, end) in enumerate((spans[:2], spans[2:])):
                for row in rows[side][start:end]:
                    text = json.loads(row.strip().rstrip(b","))
                    assert text.removesuffix("\n") in sources[side]
    for old, new in zip(cells(outcome.before), cells(outcome.after), strict=True):
        assert {**old, "source": None} == {**new, "source": None}


def test_the_second_run_has_nothing_to_do(outcome: Outcome) -> None:
    again = nbrefactor.migrate(outcome.after, aliases=ALIASES)
    assert again.status == "unchanged"
    assert again.after == outcome.after
    assert [found.name for found in again.findings] == ["visualize_entropy_vs_gradient"]


def test_without_the_alias_the_other_name_stays() -> None:
    outcome = nbrefactor.migrate(DEMO, now=NOW)
    assert [(found.name, (found.cell or 0) + 1) for found in outcome.replaced] == [
        found for found in GONE if found[0] != "plot_entropy"
    ]
    assert source(outcome.after, 18) == source(outcome.before, 18)


@pytest.mark.slow
def test_the_migrated_notebook_runs_from_top_to_bottom(outcome: Outcome, tmp_path: Path) -> None:
    migrated, run = tmp_path / "demo.ipynb", tmp_path / "run.ipynb"
    migrated.write_bytes(outcome.after)
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--kernel", "python3", str(migrated), str(run)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    executed = cells(run.read_bytes())
    assert len(executed) == len(cells(outcome.after))
    assert all(
        cell["execution_count"]
        for cell in executed
        if cell["cell_type"] == "code" and cell["source"]
    )
    # Each cell that draws goes on drawing as many pictures as it did.
    for number, (old, new) in enumerate(zip(cells(outcome.before), executed, strict=True), 1):
        counts = [
            sum("image/png" in output.get("data", {}) for output in cell.get("outputs", ()))
            for cell in (old, new)
        ]
        assert counts[0] == counts[1], f"cell {number}"

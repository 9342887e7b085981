"""The demo, shortened, in real kernels: every replaced call's picture shows the same data."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import nbrefactor
from nbrefactor import viz
from nbrefactor.report.verification import verdict
from nbrefactor.run.values import ExecutionSettings
from nbrefactor.verify.known_words import words_of
from nbrefactor.verify.run import verify
from nbrefactor.verify.values import VerifySettings

DEMO = Path(__file__).parents[2] / "fixtures" / "NeuralPlasticityDemo.ipynb"
SHORT = (("WARMUP_STEPS", 5), ("STEPS_PER_CYCLE", 5), ("NUM_CYCLES", 4))


@pytest.mark.slow
def test_every_replaced_call_shows_the_same_data() -> None:
    outcome = nbrefactor.migrate(DEMO, aliases={"plot_entropy": "visualize_entropy_heatmap"})
    found = verify(
        outcome,
        None,
        folder=DEMO.parent,
        needs=(),
        execution=ExecutionSettings(parameters=SHORT, sandbox=True),
        settings=VerifySettings(known_words=words_of([Path(viz.__file__)])),
    )
    assert found.passed, verdict(found)
    pictures = Counter(
        output.status
        for cell in found.cells
        for output in cell.outputs
        if output.family == "picture"
    )
    # The scatter plots are the notebook's own.
    assert pictures == {"restyled": 15, "identical": 2}
    assert "15 restyled with the same data (" in verdict(found)
    saved = {file.before.name: file.status for c in found.cells for file in c.files if file.before}
    assert set(saved.values()) == {"restyled"}
    assert len(saved) == 2

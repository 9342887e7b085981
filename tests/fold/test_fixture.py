"""The notebook of plots that are written out: all of them become calls that show the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from nbrefactor.config import ModuleChoice, Settings
from nbrefactor.engine import migrate_bytes
from nbrefactor.model.outcome import Outcome
from nbrefactor.notebook.document import read
from nbrefactor.targets import read_modules

PLOTS = Path(__file__).parents[2] / "fixtures" / "InlinePlots.ipynb"
NOW = datetime(2025, 11, 30, 9, 5, tzinfo=timezone.utc)
FOLDED = [
    ("visualize_gradient_norms", 4),
    ("visualize_gradient_norms", 5),
    ("visualize_gradient_norms", 6),
    ("visualize_entropy_heatmap", 8),
    ("visualize_entropy_heatmap", 9),
    ("visualize_normalized_entropy", 10),
    ("visualize_entropy_vs_gradient", 11),
    ("visualize_attention_matrix", 13),
    ("visualize_attention_matrix", 14),
    ("visualize_entropy_heatmap", 16),
    ("visualize_gradient_norms", 16),
    ("visualize_entropy_vs_gradient", 17),
]


def folded(data: bytes) -> Outcome:
    settings = Settings(
        modules=(ModuleChoice("nbrefactor.viz", "compatible", "restyled"),), fold=True
    )
    modules = read_modules(settings, PLOTS)
    return migrate_bytes(data, settings, modules, path="n.ipynb", now=NOW)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return folded(PLOTS.read_bytes())


def test_every_plot_becomes_a_call(outcome: Outcome) -> None:
    assert [(found.name, (found.cell or 0) + 1) for found in outcome.replaced] == FOLDED
    assert not [found for found in outcome.findings if found.fold and not found.edits]


def test_a_second_run_finds_nothing(outcome: Outcome) -> None:
    again = folded(outcome.after)
    assert again.status == "unchanged"
    assert again.after == outcome.after


def test_what_draws_is_gone_and_what_shows_and_computes_is_there(outcome: Outcome) -> None:
    code = "\n".join(cell.source for cell in read(outcome.after).cells if cell.cell_type == "code")
    assert "imshow" not in code
    assert "scatter(" not in code
    before = PLOTS.read_text()
    for kept in ("plt.show()", "print(f", ".hist(", "np.quantile("):
        assert code.count(kept) == before.count(kept.replace('"', '\\"'))


def figures(data: bytes) -> Iterator[dict[str, Any]]:
    """Run a notebook's cells and describe each figure that is shown."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    from nbrefactor.run.recorder.figures import describe_figure
    from nbrefactor.run.recorder.log import to_json

    shown: list[dict[str, Any]] = []

    def show() -> None:
        for number in plt.get_fignums():
            figure = plt.figure(number)
            figure.canvas.draw()
            shown.append(json.loads(to_json(describe_figure(figure))))
        plt.close("all")

    space: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch, mpl.rc_context():
        patch.setattr(plt, "show", show)
        for cell in read(data).cells:
            if cell.cell_type == "code":
                exec(cell.source, space)
                show()
    yield from shown


@pytest.mark.slow
def test_both_show_the_same_data_marks_and_words(outcome: Outcome) -> None:
    from nbrefactor.fold.table import own_words
    from nbrefactor.verify.figures.compare import compare_figures
    from nbrefactor.verify.known_words import words_of

    words = words_of([read_modules(Settings(), PLOTS)[0].module.path])
    words |= own_words(["nbrefactor.viz"])
    before, after = list(figures(outcome.before)), list(figures(outcome.after))
    assert len(before) == len(after) == 12
    for one, other in zip(before, after, strict=True):
        found = compare_figures(one, other).with_known_words(words)
        assert found.verdict in ("identical", "restyled"), [
            str(difference) for difference in found.differences
        ]

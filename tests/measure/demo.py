"""The demo notebook of the fixtures, as the README's first command migrates it."""

from __future__ import annotations

from . import inline, laws, reasons, tool
from .meanings import Notebook
from .path import ROOT
from .record import Part

_ALIASES = {"plot_entropy": "visualize_entropy_heatmap"}


def measure() -> Part:
    """Migrate the demo."""
    path = ROOT / "fixtures" / "NeuralPlasticityDemo.ipynb"
    notebook = Notebook.read(path)
    assert notebook is not None
    migration = tool.migrate(path, aliases=_ALIASES, bump="patch")
    part = Part("demo", {})
    for cell, name in inline.in_parsed_cells(notebook, (*inline.NAMES, *_ALIASES)):
        verdict = migration.of(name, cell)
        replaced = verdict is not None and verdict.replaced
        place = f"cell {cell + 1}: {name}"
        level = verdict.level if verdict else "no verdict"
        part.verdicts[place] = f"{'replaced' if replaced else 'refused'} ({level})"
        if not replaced:
            why = verdict.reasons if verdict else ("no verdict on it",)
            part.refuse(reasons.first(why, inline.NAMES), place, why)
    part.figures["definitions"] = len(part.verdicts)
    part.figures["replaced"] = sum(each.startswith("replaced") for each in part.verdicts.values())
    if migration.status not in ("changed", "unchanged"):
        part.faults.append(migration.reason)
    part.faults.extend(laws.broken(migration.before, migration.after, head_may_change=True))
    return part

"""Versions of one notebook with inline plotting functions: how many are replaced by the bundled ones?"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from . import inline, laws, pool, reasons, tool, versions
from .meanings import Notebook
from .record import Part

SECONDS = 60


@dataclass(frozen=True)
class Definition:
    """What became of one inline definition, its cell counted from 1."""

    place: str
    verdict: str
    level: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """What became of one version of the notebook."""

    name: str
    by_text: int
    status: str
    definitions: tuple[Definition, ...]
    faults: tuple[str, ...] = ()


def judge(path: Path) -> Version:
    """Migrate one version, as a user would, and once more."""
    notebook = Notebook.read(path)
    if notebook is None or not inline.by_text(notebook):
        return Version(path.name, 0, "nothing inline", ())
    with tempfile.TemporaryDirectory(prefix="measure-") as work:
        copy = Path(work, path.name)
        shutil.copyfile(path, copy)
        first = tool.migrate(copy, bump="patch")
        copy.write_bytes(first.after)
        faults = [] if first.status in ("changed", "unchanged") else [first.reason]
        if first.before != first.after:
            faults += laws.broken(first.before, first.after, head_may_change=True)
            faults += versions.wrongly_raised(first.before, first.after)
            if tool.migrate(copy, bump="patch").after != first.after:
                faults.append("the second run changes something")
        after = Notebook.read(copy)
        assert after is not None
        definitions, more = _definitions(path.stem, notebook, after, first)
    return Version(path.name, inline.by_text(notebook), first.status, definitions, (*faults, *more))


def _definitions(
    stem: str, before: Notebook, after: Notebook, migration: tool.Migration
) -> tuple[tuple[Definition, ...], list[str]]:
    left = Counter(inline.in_parsed_cells(after))
    found, faults = [], []
    for (cell, name), count in Counter(inline.in_parsed_cells(before)).items():
        verdict = migration.of(name, cell)
        gone = count - left[cell, name]
        if bool(gone) != bool(verdict and verdict.replaced):
            faults.append(f"cell {cell + 1}: {name} is said to be replaced and is not, or gone")
        for number in range(count):
            found.append(
                Definition(
                    place=f"{stem}: cell {cell + 1}: {name}" + (f" ({number + 1})" * (count > 1)),
                    verdict="replaced" if number < gone else "refused",
                    level=verdict.level if verdict else "no verdict",
                    reasons=verdict.reasons if verdict else ("no verdict on it",),
                )
            )
    return tuple(found), faults


def measure(folder: Path, *, jobs: int) -> Part:
    """Judge every version in a folder."""
    paths = sorted(folder.glob("*.ipynb"))
    part = Part("history", {})
    every: list[Definition] = []
    by_text = notebooks = changed = 0
    for path, result in zip(
        paths, pool.each(judge, paths, seconds=SECONDS, jobs=jobs), strict=True
    ):
        if isinstance(result, pool.Failed):
            part.faults.append(f"{path.name}: {result.why}")
            continue
        notebooks += bool(result.by_text)
        by_text += result.by_text
        changed += result.status == "changed"
        every += result.definitions
        part.faults.extend(f"{path.name}: {fault}" for fault in result.faults)
    levels = Counter(f"{each.verdict} as {each.level}" for each in every)
    replaced = sum(each.verdict == "replaced" for each in every)
    part.figures.update(
        {
            "notebooks looked at": len(paths),
            "with inline definitions": notebooks,
            "definitions by text": by_text,
            "definitions in cells that parse": len(every),
            "replaced": replaced,
            "share": replaced / len(every) if every else 0.0,
            **dict(sorted(levels.items())),
            "notebooks changed": changed,
            "notebooks where a law, version or changelog is wrong": len(
                {fault.partition(":")[0] for fault in part.faults}
            ),
        }
    )
    for each in every:
        part.verdicts[each.place] = f"{each.verdict} ({each.level})"
        if each.verdict == "refused":
            part.refuse(reasons.first(each.reasons, inline.NAMES), each.place, each.reasons)
    return part

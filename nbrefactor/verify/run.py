"""Running a notebook before and after its migration, and judging what came out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any

from nbrefactor.model.outcome import Outcome, cell_list
from nbrefactor.notebook.document import Cell, Document, read
from nbrefactor.program.timeline import timeline
from nbrefactor.run.notebooks import run_notebooks
from nbrefactor.run.values import CellRun, ExecutionSettings, Job, Needed, Run
from nbrefactor.verify.callers import replacing_cells
from nbrefactor.verify.compare import Rules, as_expected, compare_outputs, held_against_second_run
from nbrefactor.verify.figures.bundles import with_widget_states
from nbrefactor.verify.figures.compare import compare_figures
from nbrefactor.verify.needless import needless_cells
from nbrefactor.verify.outputs import shown
from nbrefactor.verify.recorded import attach, closed, problems, recorded
from nbrefactor.verify.text import Normaliser, normaliser
from nbrefactor.verify.values import (
    FAILING,
    CellComparison,
    OutputComparison,
    Shown,
    Status,
    Verification,
    VerifySettings,
    worst,
)
from nbrefactor.visible import without_colours

# Told which notebook is at which cell: its name, the cell's position and the number of cells.
Progress = Callable[[str, int, int], None]

# The same hashes, so that sets have the same order, and the same way to draw.
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


# What the recorder compares as what it shows.
_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".gif", ".pdf", ".svg", ".ps"}


@dataclass(frozen=True, slots=True)
class _Judge:
    """What is needed to judge the cells of a notebook."""

    original: Document
    edited: frozenset[int]
    calls: Mapping[int, tuple[str, ...]]
    redraws: frozenset[int]
    rules: Rules


def verify(
    outcome: Outcome,
    migrated: bytes | None,
    *,
    migrated_name: str = "planned",
    folder: Path,
    needs: tuple[Needed, ...],
    execution: ExecutionSettings,
    settings: VerifySettings,
    progress: Progress | None = None,
    planned: Mapping[Path, bytes] = MappingProxyType({}),
) -> Verification:
    """Run the original and the migrated notebook and compare every output of every cell.

    Parameters
    ----------
    outcome : Outcome
        The planned migration of the original.
    migrated : bytes or None
        The migrated notebook; None for the planned one.
    migrated_name : str
        Its name in messages.
    folder : Path
        The working directory of all kernels: that of the original.
    needs : tuple of Needed
        Modules that the migrated notebook imports.
    execution : ExecutionSettings
        Parameters, kernel and time limit, the same for all runs.
    settings : VerifySettings
        How outputs are compared.
    progress : callable or None
        Told about each cell before it runs, from a thread of its own.
    planned : mapping of Path to bytes
        Files that are going to be written with the migrated notebook, by their absolute paths.

    Returns
    -------
    Verification
        The verdict on each output.

    Raises
    ------
    nbrefactor.config.SettingsError
        If a pattern of the settings is no regular expression.
    nbrefactor.run.values.ExecutionError
        If a notebook cannot be run at all.
    """
    began = time.monotonic()
    normaliser(settings.patterns)
    original = read(outcome.before)
    after = outcome.after if migrated is None else migrated
    result = read(after)

    pairs = _pair_cells(original, result)
    affected = settings.only_affected
    last, left_out = _affected(outcome, original) if affected else (None, frozenset[int]())

    def job(name: str, data: bytes, needs: tuple[Needed, ...] = ()) -> Job:
        report = None if progress is None else (lambda cell, of: progress(name, cell, of))
        return Job(
            data,
            name,
            folder,
            needs=needs,
            environment=_ENVIRONMENT,
            go_on=True,
            last_cell=last,
            left_out=frozenset(
                left_out if data is original.data else (pairs[at] for at in left_out)
            ),
            own_temporary_folder=True,
            record=True,
            planned=planned,
            progress=report,
        )

    jobs = [job("original", outcome.before), job("migrated", after, needs)]
    parallel = settings.parallel and _processors() > 1
    before_run, after_run = run_notebooks(jobs, execution, parallel=parallel)
    cells = compare_runs(outcome, after, before_run, after_run, settings)
    if any(cell.status in FAILING for cell in cells):
        (again,) = run_notebooks(
            [job("original, second run", outcome.before)], execution, parallel=False
        )
        cells = compare_runs(outcome, after, before_run, after_run, settings, again)
    left_behind = tuple(_left_behind(before_run, after_run))
    of_runs = _notes(before_run, after_run, original, result, pairs)
    notes = [*outcome.notes, *of_runs, *left_behind, *_not_run(original, last, left_out)]
    return Verification(
        outcome.path,
        migrated_name,
        outcome,
        cells,
        settings.strict,
        time.monotonic() - began,
        tuple(dict.fromkeys(notes)),
        left_behind,
    )


def _not_run(original: Document, last: int | None, left_out: frozenset[int]) -> Iterator[str]:
    if last is not None and last + 1 < len(original.cells):
        yield f"cells behind cell {last + 1} were not run: none of them calls a replacement"
    if left_out:
        told = cell_list([index + 1 for index in sorted(left_out)])
        yield f"left out of both runs: {told}, of which nothing needs what they do"


def _left_behind(before: Run, after: Run) -> Iterator[str]:
    """Tell of files that only one run left, or that both left with other contents."""
    for name in sorted({*before.files, *after.files}):
        shown = name.partition("/")[2] or name
        if name not in after.files:
            yield f"the original leaves the file {shown} behind, and the planned notebook does not"
        elif name not in before.files:
            yield f"the planned notebook leaves the file {shown} behind, and the original does not"
        elif before.files[name] != after.files[name] and not _is_picture(name):
            yield f"the file {shown} has other contents after the planned notebook has run"


def _is_picture(name: str) -> bool:
    return PurePath(name).suffix.lower() in _PICTURES


def _affected(outcome: Outcome, original: Document) -> tuple[int, frozenset[int]]:
    """Find the last cell that calls what was replaced or was edited, and what it does not need."""
    notebook = timeline(original.cells)
    kept = {
        *replacing_cells(notebook, outcome.replaced),
        *(change.cell for change in outcome.cells),
    }
    last = max(kept, default=-1)
    return last, frozenset(needless_cells(notebook, kept, last))


def compare_runs(
    outcome: Outcome,
    after: bytes,
    before_run: Run,
    after_run: Run,
    settings: VerifySettings,
    again: Run | None = None,
) -> tuple[CellComparison, ...]:
    """Compare what two runs showed, cell by cell.

    Parameters
    ----------
    outcome : Outcome
        The planned migration of the original.
    after : bytes
        The notebook of the second run.
    before_run, after_run : Run
        The run of the original and that of `after`, both recorded.
    settings : VerifySettings
        How outputs are compared.
    again : Run or None
        A second run of the original, against which changes are held.

    Returns
    -------
    tuple of CellComparison
        The original's code cells in order.
    """
    original, result = read(outcome.before), read(after)
    pairs = _pair_cells(original, result)
    rules = Rules(normaliser(settings.patterns), settings.tolerance, settings.known_words)
    judge = _judge(outcome, original, result, pairs, rules)
    second = None if again is None else _with_states(again)
    runs = (_with_states(before_run), _with_states(after_run))
    return tuple(_compare(judge, pairs, *runs, second))


def _with_states(run: Run) -> Run:
    """Put the states of widgets where they are shown."""
    cells = (
        replace(cell, outputs=tuple(with_widget_states(cell.outputs, run.widgets)))
        for cell in run.cells
    )
    return replace(run, cells=tuple(cells))


def _judge(
    outcome: Outcome,
    original: Document,
    result: Document,
    pairs: Mapping[int, int],
    rules: Rules,
) -> _Judge:
    other_looks = [
        found
        for found in outcome.replaced
        if found.level == "compatible" or found.fold == "restyled"
    ]
    notebook = timeline(original.cells)
    edited = {
        cell.index
        for cell in original.cells
        if cell.index in pairs and result.cells[pairs[cell.index]].source != cell.source
    }
    return _Judge(
        original,
        frozenset(edited),
        replacing_cells(notebook, outcome.replaced),
        frozenset(replacing_cells(notebook, other_looks)),
        rules,
    )


def _compare(
    judge: _Judge, pairs: Mapping[int, int], before: Run, after: Run, again: Run | None
) -> Iterator[CellComparison]:
    for cell in judge.original.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        old = before.cells[cell.index]
        new = after.cells[pairs[cell.index]] if cell.index in pairs else None
        second = None if again is None else again.cells[cell.index]
        refused = _uncompared(cell, old, new, second, (before, after))
        shared = (cell.index in judge.edited, judge.calls.get(cell.index, ()))
        if refused is not None or new is None:
            status, detail = refused or ("changed", "")
            yield CellComparison(cell.index, cell.id, status, (), *shared, detail)
            continue
        outputs, files = _compare_shown(judge, cell, old, new, second)
        status = worst(tuple(found.status for found in (*outputs, *files)))
        yield CellComparison(cell.index, cell.id, status, outputs, *shared, "", files)


def _uncompared(
    cell: Cell,
    old: CellRun,
    new: CellRun | None,
    second: CellRun | None,
    runs: tuple[Run, Run],
) -> tuple[Status, str] | None:
    """Say why a cell's outputs cannot be compared; None where they can."""
    if old.status == "skipped":
        tagged = "skip-execution" in cell.tags
        return "not run", "tagged skip-execution" if tagged else "nothing that was run needs it"
    if new is None:
        return "changed", "the migrated notebook has no such cell"
    expected = "raises-exception" in cell.tags
    if old.status == "failed" and not (expected and _raised(old)):
        detail = _why(old, runs[0])
        if new.status == "ran":
            detail += "; the migrated notebook runs it"
        return "failed before too", detail
    if old.status == "not reached":
        return "not run", "the original did not get here"
    if new.status == "failed" and not (expected and _raised(new)):
        detail = _why(new, runs[1])
        if second is not None and second.status != "ran":
            return "not deterministic", f"{detail}; so did a second run of the original"
        return "new error", detail
    if new.status != "ran" and not (expected and new.status == "failed"):
        return "not run", "the migrated notebook did not get here"
    return None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one run of a cell showed, and what it drew besides."""

    outputs: tuple[Shown, ...]
    files: tuple[Shown, ...]


def _seen(run: CellRun, normalise: Normaliser) -> _Seen:
    attached, rest = attach(run.outputs, run.figures)
    return _Seen(shown(run.outputs, normalise, attached), recorded(rest, normalise))


def _compare_shown(
    judge: _Judge, cell: Cell, old: CellRun, new: CellRun, second: CellRun | None
) -> tuple[tuple[OutputComparison, ...], tuple[OutputComparison, ...]]:
    rules = judge.rules
    before, after = _seen(old, rules.normalise), _seen(new, rules.normalise)
    outputs = compare_outputs(before.outputs, after.outputs, rules)
    files = compare_outputs(before.files, after.files, rules)
    unseen = closed(new.figures)
    outputs = tuple(_perhaps_closed(found, unseen) for found in outputs)
    sides = [
        tuple(as_expected(found, judge.redraws, cell.index) for found in side)
        for side in (outputs, files)
    ]
    if second is not None and any(found.status in FAILING for side in sides for found in side):
        again = _seen(second, rules.normalise)
        for at, (first, repeated) in enumerate(
            ((before.outputs, again.outputs), (before.files, again.files))
        ):
            unstable = [
                found
                for found in compare_outputs(first, repeated, rules)
                if found.status in FAILING
            ]
            sides[at] = tuple(
                held_against_second_run(found, unstable, rules.normalise) for found in sides[at]
            )
    return sides[0], sides[1]


def _perhaps_closed(
    found: OutputComparison, unseen: Sequence[Mapping[str, Any]]
) -> OutputComparison:
    """Say of a missing picture whether it was drawn, and closed before anybody saw it."""
    figure = None if found.before is None else found.before.figure
    if found.status != "missing" or figure is None:
        return found
    if any(compare_figures(figure, one).verdict != "different data" for one in unseen):
        detail = f"{found.detail}: it is drawn and closed before it is shown"
        return replace(found, detail=detail)
    return found


def _raised(run: CellRun) -> bool:
    return any(output["output_type"] == "error" for output in run.outputs)


def _why(cell: CellRun, run: Run) -> str:
    """Say why a cell failed."""
    if run.failure is not None and run.failure.cell == cell.cell:
        message = run.failure.message
        return message.partition(" failed: ")[2] or message
    error = next((out for out in cell.outputs if out["output_type"] == "error"), None)
    if error is None:
        return "it failed"
    text = " ".join(without_colours(f"{error['ename']}: {error['evalue']}").split())
    return f"it raised {text[:300]}"


def _notes(
    before: Run,
    after: Run,
    original: Document,
    result: Document,
    pairs: Mapping[int, int],
) -> Iterator[str]:
    for which, run in (("original", before), ("migrated notebook", after)):
        yield from run.notes
        broken = [said for cell in run.cells for said in problems(cell.figures)]
        if broken:
            yield f"{len(broken)} figures of the {which} could not be taken apart: {broken[0]}"
        if run.failure is not None:
            yield f"the run of the {which} ended early: {run.failure.message}"
    codes = {cell.index for cell in result.cells if cell.cell_type == "code"}
    if more := codes - set(pairs.values()):
        numbers = ", ".join(str(index + 1) for index in sorted(more))
        yield f"the migrated notebook has code cells that the original has not: {numbers}"


def _pair_cells(original: Document, result: Document) -> dict[int, int]:
    """Find each code cell of the original in the result: in place, by id, or by its text."""
    if len(original.cells) == len(result.cells):
        return {
            cell.index: cell.index
            for cell, other in zip(original.cells, result.cells, strict=True)
            if cell.cell_type == other.cell_type == "code"
        }
    by_id = {cell.id: cell.index for cell in result.cells if cell.id and cell.cell_type == "code"}
    pairs = {
        cell.index: by_id[cell.id]
        for cell in original.cells
        if cell.cell_type == "code" and cell.id in by_id
    }
    if pairs:
        return pairs
    return dict(_pair_by_text(_codes(original.cells), _codes(result.cells)))


def _codes(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.cell_type == "code"]


def _pair_by_text(old: Sequence[Cell], new: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    matcher = SequenceMatcher(
        None, [cell.source for cell in old], [cell.source for cell in new], autojunk=False
    )
    for _, start, stop, new_start, new_stop in matcher.get_opcodes():
        for one, other in zip(old[start:stop], new[new_start:new_stop]):  # noqa: B905
            yield one.index, other.index


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

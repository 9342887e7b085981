"""The last lines of a check: how much was found, what was passed over, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbrefactor.model.diagnostic import CheckReport, Diagnostic
from nbrefactor.report.counted import count
from nbrefactor.rules.catalogue import find_rule
from nbrefactor.visible import visible_line


def summarise(report: CheckReport, baseline: Path | None = None) -> Iterator[str]:
    """Sum a check up.

    Parameters
    ----------
    report : CheckReport
        What was found.
    baseline : Path or None
        The file of known findings, where there is one.

    Yields
    ------
    str
        Lines without their ends; the last one has the numbers.
    """
    for line in report.gone:
        yield f"no longer found: {visible_line(line)}"
    if report.gone and baseline is not None:
        yield f"drop what is no longer found from {visible_line(baseline)} with --write-baseline"
    found, looked = len(report.diagnostics), len(report.notebooks)
    parts = [f"{count(found, 'finding')} in {count(looked, 'notebook')}"]
    if report.resolved:
        parts.append(f"{report.resolved} {report.resolution}")
    if fixable := sum(one.fixable for one in report.diagnostics):
        parts.append(f"{fixable} resolved by nbrefactor migrate")
    if report.known:
        parts.append(f"{report.known} known")
    yield f"{', '.join(parts)}{_passed_over(report)}"


def _passed_over(report: CheckReport) -> str:
    passed = []
    if report.opaque:
        cells = count(report.opaque, "cell that is no Python", "cells that are no Python")
        passed.append(f"{cells} (NB201)")
    if report.foreign:
        passed.append(f"{count(report.foreign, 'notebook')} of another language (NB202)")
    return f"; passed over: {', '.join(passed)}" if passed else ""


def statistics(diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    """Count the findings of each rule, the most frequent first, with a mark for what is resolved.

    Parameters
    ----------
    diagnostics : sequence of Diagnostic
        What was found.

    Yields
    ------
    str
        A line without its end for each rule: number, code, ``[*]`` where ``nbrefactor migrate``
        resolves at least one of the findings, name.
    """
    counts = Counter(found.code for found in diagnostics)
    fixable = {found.code for found in diagnostics if found.fixable}
    width = len(str(max(counts.values(), default=0)))
    for code, number in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        mark = "[*]" if code in fixable else "[ ]"
        yield f"{number:>{width}} {code} {mark} {find_rule(code).name}"

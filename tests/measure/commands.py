"""The command line of the measurement."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import click

from tests.measure import pool, tool, wrong
from tests.measure.record import Part

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_jobs = click.option("--jobs", default=2, show_default=True, help="Number of processes.")


@click.group()
def main() -> None:
    """Measure what is wrongly replaced and what is needlessly refused."""
    click.echo(f"measured: {tool.location()}", err=True)


@main.command("wrong")
@click.argument("cases", type=_FILE)
@click.option("--only", default="", help="Only cases whose category or name holds this text.")
@_jobs
def wrong_(cases: Path, only: str, jobs: int) -> None:
    """Run cases of wrong replacements: is the definition left, or do both run alike?"""
    part = measure_wrong(cases, only=only, jobs=jobs)
    _end(part)


def measure_wrong(cases: Path, *, only: str = "", jobs: int = 2) -> Part:
    """Judge each case and print it as it comes."""
    begun = time.monotonic()
    chosen = [
        case for case in wrong.read(cases) if only in case["category"] or only in case["name"]
    ]
    sums: dict[str, Counter[str]] = {}
    part = Part("wrong", {})
    for case, result in zip(
        chosen, pool.each(wrong.judge, chosen, seconds=wrong.SECONDS, jobs=jobs), strict=True
    ):
        judged = (
            wrong.Judged(case["name"], case["category"], "ERROR", (result.why,))
            if isinstance(result, pool.Failed)
            else result
        )
        sums.setdefault(judged.category, Counter())[judged.verdict] += 1
        line = f"{judged.category}: {judged.name}"
        part.verdicts[line] = judged.verdict
        told = f"{judged.verdict:<8} {line}" + "".join(f"\n{'':9}{x}" for x in judged.details)
        click.echo(told)
        if judged.wrong:
            part.faults.append(f"{judged.verdict} {line}")
    for category, counts in sorted(sums.items()):
        part.figures[category] = ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))
    every = sum(sums.values(), Counter())
    part.figures.update(dict(sorted(every.items())))
    part.figures["cases"] = len(chosen)
    click.echo(f"{time.monotonic() - begun:.0f} seconds", err=True)
    return part


def _end(*parts: Part) -> None:
    for part in parts:
        for line in part.lines():
            click.echo(line)
    sys.exit(any(part.faults for part in parts))

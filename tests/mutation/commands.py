"""The command line of the mutation test."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from . import checkout, equivalent, pool, score, trial
from . import reach as reaching
from .mutants import File, Mutant, Site
from .trial import Outcome

ROOMS = ("python", "effects", "verdict", "rewrite")
_PATIENCE = 20


class Kept(msgspec.Struct, frozen=True):
    """What ``--json`` keeps and ``--again`` reads."""

    digest: str
    outcomes: list[Outcome]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--sample", default=300, show_default=True, help="Mutants of a random sample; 0: all."
)
@click.option("--seed", default=1, show_default=True, help="Which mutants these are.")
@click.option("--room", "rooms", multiple=True, type=click.Choice(ROOMS), help="Only this room.")
@click.option("--file", "files", multiple=True, help="Only this file: verdict/judge.py.")
@click.option(
    "--seconds",
    default=20.0,
    show_default=True,
    help="What the tests of one mutant may take together when nothing is changed.",
)
@click.option("--jobs", default=2, show_default=True, help="Number of processes.")
@click.option(
    "--reach",
    "kept_reach",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep there which test runs which line, and take it from there while it is true.",
)
@click.option(
    "--json",
    "kept",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep there what became of each mutant.",
)
@click.option(
    "--again",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Try those that survived there, and count what was killed there as killed.",
)
def main(
    sample: int,
    seed: int,
    rooms: tuple[str, ...],
    files: tuple[str, ...],
    seconds: float,
    jobs: int,
    kept_reach: Path | None,
    kept: Path | None,
    again: Path | None,
) -> None:
    """Change the semantic core in small ways and ask whether the tests notice.

    Tests run on a copy, and a change is never written to a file. Exit 1 if a mutant survives that
    tests/mutation/equivalent.toml does not argue for.
    """
    # Whoever ends it ends its processes and removes its copy.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    with checkout.copied() as copy:
        mutants, settled = _chosen(copy, rooms or ROOMS, files, sample, seed, again)
        checkout.prepare()
        reach = _reach(copy, kept_reach, jobs)
        outcomes = [*settled, *_tried(copy, mutants, reach, seconds, jobs)]
        if kept:
            digest = checkout.digest(copy / "nbrefactor", "**/*")
            kept.write_bytes(msgspec.json.encode(Kept(digest, outcomes)))
    sys.exit(_report(outcomes))


def _chosen(
    copy: Path,
    rooms: Sequence[str],
    files: Sequence[str],
    sample: int,
    seed: int,
    again: Path | None,
) -> tuple[list[Mutant], list[Outcome]]:
    """What is tried, and what is settled already."""
    if again:
        before = msgspec.json.decode(again.read_bytes(), type=Kept)
        if before.digest != checkout.digest(copy / "nbrefactor", "**/*"):
            raise click.ClickException(f"{again} is of another state of nbrefactor: run it anew.")
        lasting = [one for one in before.outcomes if one.result in ("survived", "not reached")]
        return [one.mutant for one in lasting], [o for o in before.outcomes if o not in lasting]
    paths = [f"nbrefactor/{name.removeprefix('nbrefactor/')}" for name in files] or sorted(
        path.relative_to(copy).as_posix()
        for room in rooms
        for path in (copy / "nbrefactor" / room).glob("*.py")
    )
    if missing := [path for path in paths if not (copy / path).is_file()]:
        raise click.BadParameter(f"There is no {missing[0]}.", param_hint="--file")
    return list(_sampled(copy, paths, sample, seed)), []


def _sampled(copy: Path, paths: Sequence[str], sample: int, seed: int) -> Iterator[Mutant]:
    """Draw from all changes of the files, so that big files count as much as they are."""
    sites: list[Site] = []
    for path in paths:
        sites.extend(File(path, (copy / path).read_text()).sites())
    order = random.Random(seed).sample(sites, len(sites))
    click.echo(f"{len(sites)} changes in {len(paths)} files", err=True)
    read: dict[str, File] = {}
    drawn = 0
    for site in order:
        if sample and drawn == sample:
            return
        if site.path not in read:
            read[site.path] = File(site.path, (copy / site.path).read_text())
        if mutant := read[site.path].mutant(site):
            drawn += 1
            yield mutant


def _reach(copy: Path, kept: Path | None, jobs: int) -> reaching.Reach:
    for said in reaching.record(copy, ROOMS, kept, jobs):
        if isinstance(said, reaching.Reach):
            for test in said.failed():
                click.echo(f"fails with nothing changed, not counted: {test}", err=True)
            return said
        click.echo(said, err=True)
    raise AssertionError("record ends with what was seen")


def _tried(
    copy: Path, mutants: Sequence[Mutant], reach: reaching.Reach, seconds: float, jobs: int
) -> Iterator[Outcome]:
    trials = [trial.plan(copy, mutant, reach, seconds) for mutant in mutants]
    for one in trials:
        if not one.batches:
            yield trial.not_reached(one)
    running = [one for one in trials if one.batches]
    begun = time.monotonic()
    answers = pool.each(trial.judge, running, jobs=jobs, seconds=_PATIENCE * seconds + 300)
    for number, (one, answer) in enumerate(answers, 1):
        outcome = trial.conclude(one, answer)
        mutant = one.mutant
        click.echo(
            f"{number}/{len(running)} {time.monotonic() - begun:.0f} s "
            f"{mutant.path}:{mutant.line} {outcome.result} {outcome.by[:150]}",
            err=True,
        )
        yield outcome


def _report(outcomes: Sequence[Outcome]) -> bool:
    """Print the table and what survived; say whether anything did."""
    known = equivalent.read()
    lasting = [one for one in outcomes if one.result in ("survived", "not reached")]
    argued = [one for one in lasting if one.mutant in known]
    survived = [one for one in lasting if one not in argued]
    for one in trial.in_order(survived):
        what = f"{one.asked} of {one.reaching} tests that reach it were run"
        click.echo(f"# {one.result}: {one.mutant.path}:{one.mutant.line} ({what})")
        click.echo(one.mutant.diff() + "\n")
    click.echo(score.HEAD)
    for row in score.rows([one for one in outcomes if one not in argued], argued):
        click.echo(row.text())
    return bool(survived)

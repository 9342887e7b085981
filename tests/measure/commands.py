"""The command line of the measurement."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from . import corpus, demo, exact, history, record, tool, wrong
from .record import Part

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_HISTORY = "history"
_CASES = "wrong-replacements.jsonl"

_jobs = click.option("--jobs", default=2, show_default=True, help="Number of processes.")
_limit = click.option(
    "--limit",
    default=250,
    show_default=True,
    help="How many copies of a folder are looked at; 0 for all.",
)
_seed = click.option("--seed", default=0, show_default=True, help="Which copies these are.")
_seconds = click.option(
    "--seconds", default=20.0, show_default=True, help="Processor time that one copy may take."
)
_json = click.option(
    "--json", "kept", type=click.Path(path_type=Path), help="Keep what was measured there."
)
_against = click.option(
    "--against", type=_FILE, help="What was kept before: list what is different now."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure what is wrongly replaced and what is needlessly refused.

    The nbrefactor that PYTHONPATH names is measured, else that of this checkout. Exit 1 if a law is
    broken, something fails, or a replacement runs differently.
    """
    click.echo(f"measured: {tool.location()}", err=True)


@main.command("exact")
@click.argument("folders", nargs=-1, required=True, type=_FOLDER)
@_limit
@_seed
@_seconds
@_jobs
@_json
@_against
def exact_(
    folders: tuple[Path, ...],
    limit: int,
    seed: int,
    seconds: float,
    jobs: int,
    kept: Path | None,
    against: Path | None,
) -> None:
    """Migrate notebooks against modules made of equal definitions in other notebooks."""
    with _timed("exact"):
        part = exact.measure(folders, limit=limit, seed=seed, seconds=seconds, jobs=jobs)
    _end([part], kept, against)


@main.command("history")
@click.argument("folder", type=_FOLDER)
@_jobs
@_json
@_against
def history_(folder: Path, jobs: int, kept: Path | None, against: Path | None) -> None:
    """Migrate versions of one notebook whose plotting functions are inline."""
    with _timed("history"):
        part = history.measure(folder, jobs=jobs)
    _end([part], kept, against)


@main.command("wrong")
@click.argument("cases", type=_FILE)
@click.option("--only", default="", help="Only cases whose category or name holds this text.")
@_jobs
@_json
@_against
def wrong_(cases: Path, only: str, jobs: int, kept: Path | None, against: Path | None) -> None:
    """Run cases of wrong replacements: is the definition left, or do both run alike?"""
    with _timed("wrong"):
        part = wrong.measure(cases, only=only, jobs=jobs, say=click.echo)
    _end([part], kept, against)


@main.command("demo")
@_json
@_against
def demo_(kept: Path | None, against: Path | None) -> None:
    """Migrate the demo notebook of the fixtures."""
    _end([demo.measure()], kept, against)


@main.command("corpus")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def corpus_(folder: Path) -> None:
    """Fetch the fixed list of public notebooks, a folder each, for `all --collections`."""
    for line in corpus.fetch(folder, corpus.repositories()):
        click.echo(line)


@main.command("all")
@click.option(
    "--collections",
    type=_FOLDER,
    envvar="NBREFACTOR_COLLECTIONS",
    help=f"A folder with a folder for each collection, and {_HISTORY}/ with the versions.",
)
@click.option(
    "--cases",
    type=_FILE,
    envvar="NBREFACTOR_CASES",
    help=f"Cases of wrong replacements; default: {_CASES} in the folder of the collections.",
)
@_limit
@_seed
@_seconds
@_jobs
@_json
@_against
def all_(
    collections: Path | None,
    cases: Path | None,
    limit: int,
    seed: int,
    seconds: float,
    jobs: int,
    kept: Path | None,
    against: Path | None,
) -> None:
    """Measure everything that is there."""
    parts = [demo.measure()]
    folders = sorted(path for path in collections.iterdir() if path.is_dir()) if collections else []
    if cases is None and collections and (collections / _CASES).is_file():
        cases = collections / _CASES
    for folder in folders:
        if folder.name == _HISTORY:
            with _timed("history"):
                parts.append(history.measure(folder, jobs=jobs))
    if copied := [folder for folder in folders if folder.name != _HISTORY]:
        with _timed("exact"):
            parts.append(exact.measure(copied, limit=limit, seed=seed, seconds=seconds, jobs=jobs))
    if cases:
        with _timed("wrong"):
            parts.append(wrong.measure(cases, jobs=jobs))
    for name in {"history", "exact", "wrong"} - {part.name for part in parts}:
        click.echo(f"{name}: nothing to measure was found", err=True)
    _end(parts, kept, against)


@contextmanager
def _timed(name: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    click.echo(f"{name}: {time.monotonic() - begun:.0f} seconds", err=True)


def _end(parts: Sequence[Part], kept: Path | None, against: Path | None) -> None:
    for part in parts:
        for line in part.lines():
            click.echo(line)
    if kept:
        record.write(kept, parts, tool.location())
    if against:
        click.echo("changed")
        for line in record.changed(against, parts):
            click.echo(f"  {line}")
    sys.exit(any(part.faults for part in parts))

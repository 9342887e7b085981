"""The command ``nbrefactor cache``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nbrefactor.cli.problems import show_problem
from nbrefactor.visible import visible_line


@click.group(epilog="Example:\n\n\b\n  nbrefactor cache clear\n")
def cache() -> None:
    """Manage what check keeps of notebooks from run to run."""


@cache.command()
@click.option(
    "--cache-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="NBREFACTOR_CACHE_DIR",
    help="The folder. Default: the user's folder for caches.",
)
def clear(cache_dir: Path | None) -> None:
    """Take out all that was kept; nothing but time is lost."""
    from nbrefactor.batch.cache import clear, own_folder

    folder = cache_dir or own_folder()
    try:
        number = clear(folder)
    except OSError as error:
        show_problem(f"{folder}: cannot be cleared ({error.strerror or error})")
        sys.exit(2)
    what = "1 cache" if number == 1 else f"{number} caches"
    click.echo(f"{what} taken out of {visible_line(folder)}")

"""The command ``nbrefactor bump``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nbrefactor.cli.process import now, output_options, process
from nbrefactor.config import PARTS, Part, Settings
from nbrefactor.outcome import Outcome

_EXAMPLES = """Examples:

\b
  nbrefactor bump Notebook.ipynb --dry-run
  nbrefactor bump Notebook.ipynb --part minor --changelog "Retrained on new data"
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="NOTEBOOK...")
@click.option(
    "--part",
    type=click.Choice([part for part in PARTS if part != "none"]),
    default="patch",
    show_default=True,
    help="Which part of the version to raise.",
)
@click.option(
    "--changelog", multiple=True, metavar="TEXT", help="Text of the changelog entry; repeatable."
)
@output_options
def bump(
    paths: tuple[str, ...],
    part: Part,
    changelog: tuple[str, ...],
    dry_run: bool,
    patch: bool,
    output: str | None,
    backup: bool,
    quiet: bool,
) -> None:
    """Raise a notebook's version, renew its date and add a changelog entry."""
    from nbrefactor.engine import bump_bytes

    def settings() -> Settings:
        return Settings(bump=part, changelog=changelog)

    def plan(data: bytes, path: Path | None, name: str, chosen: Settings) -> Outcome:
        return bump_bytes(data, chosen, path=name, now=now())

    sys.exit(process(paths, settings, plan, dry_run, patch, output, backup, quiet))

"""The command ``nbrefactor migrate``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nbrefactor.cli.process import now, output_options, process
from nbrefactor.config import PARTS, Part, Settings, choose_modules, parse_alias
from nbrefactor.outcome import Outcome

_EXAMPLES = """Examples:

\b
  nbrefactor migrate Notebook.ipynb --dry-run
  nbrefactor migrate notebooks/ --module utils.plots --accept exact
  nbrefactor migrate Notebook.ipynb --alias plot_grads=visualize_gradient_norms
  nbrefactor migrate Notebook.ipynb --patch | git apply
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="NOTEBOOK...")
@click.option(
    "--module",
    "modules",
    multiple=True,
    metavar="DOTTED|FILE.py",
    help="Target module that holds the functions; repeatable. Default: nbrefactor.viz.",
)
@click.option(
    "--accept",
    multiple=True,
    metavar="[MODULE=]LEVEL",
    help="Worst level that is replaced: exact, renamed or compatible. "
    "Default: compatible for nbrefactor.viz, renamed for other modules.",
)
@click.option(
    "--alias",
    "aliases",
    multiple=True,
    metavar="NAME=TARGET",
    help="The notebook's NAME stands for the module's TARGET; repeatable.",
)
@click.option(
    "--bump",
    type=click.Choice(PARTS),
    default="patch",
    show_default=True,
    help="Which part of the notebook's version to raise.",
)
@click.option(
    "--changelog",
    multiple=True,
    metavar="TEXT",
    help="Changelog entry instead of the one that names what was replaced; repeatable.",
)
@output_options
def migrate(
    paths: tuple[str, ...],
    modules: tuple[str, ...],
    accept: tuple[str, ...],
    aliases: tuple[str, ...],
    bump: Part,
    changelog: tuple[str, ...],
    dry_run: bool,
    patch: bool,
    output: str | None,
    backup: bool,
    quiet: bool,
) -> None:
    """Replace inline definitions by imports of a module that holds them.

    NOTEBOOK is a file, a folder (searched for notebooks) or '-' for standard input, in which
    case the result goes to standard output.
    """
    from nbrefactor.engine import migrate_bytes, read_modules

    def settings() -> Settings:
        return Settings(
            modules=choose_modules(modules, accept),
            aliases=tuple(parse_alias(text) for text in aliases),
            bump=bump,
            changelog=changelog,
        )

    def plan(data: bytes, path: Path | None, name: str, chosen: Settings) -> Outcome:
        targets = read_modules(chosen, path)
        return migrate_bytes(data, chosen, targets, path=name, now=now())

    sys.exit(process(paths, settings, plan, dry_run, patch, output, backup, quiet))

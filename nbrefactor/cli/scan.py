"""The command ``nbrefactor scan``."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbrefactor.cli.problems import show_problem

if TYPE_CHECKING:
    from nbrefactor.scan.scan import Wanted
    from nbrefactor.scan.values import Scan

_EXAMPLES = """Examples:

\b
  nbrefactor scan notebooks/
  nbrefactor scan notebooks/ src/utils.py --html copies.html
  nbrefactor scan notebooks/ --plots-only --across
  nbrefactor scan notebooks/ --fail-over 0
"""
_SHOWN = 10


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--min-copies",
    type=click.IntRange(2),
    default=2,
    show_default=True,
    help="Least copies of one program.",
)
@click.option(
    "--min-lines",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Least lines of code of a copy; empty lines and comments do not count.",
)
@click.option("--names", multiple=True, metavar="NAME", help="Only this definition; repeatable.")
@click.option("--plots-only", is_flag=True, help="Only what draws.")
@click.option("--across", is_flag=True, help="Only copies in different notebooks.")
@click.option("--cells", is_flag=True, help="Whole cells instead of definitions.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How copies are shown.",
)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="Write one page with all of it too.",
)
@click.option(
    "--fail-over",
    type=click.IntRange(0),
    metavar="N",
    help="Exit with 1 where more than N groups of copies are found.",
)
def scan(
    paths: tuple[str, ...],
    min_copies: int,
    min_lines: int,
    names: tuple[str, ...],
    plots_only: bool,
    across: bool,
    cells: bool,
    output_format: str,
    html: Path | None,
    fail_over: int | None,
) -> None:
    """Find definitions that stand in several notebooks, and say which can go.

    PATH is a notebook, a module, or a folder that is searched for both. Nothing is changed, run or
    imported. The exit code is 0 whatever is found, unless --fail-over is given.
    """
    from nbrefactor.scan.scan import Wanted

    everything = html is not None or output_format == "json"
    wanted = Wanted(
        min_copies=min_copies,
        min_lines=min_lines,
        names=names,
        plots_only=plots_only,
        across=across,
        cells=cells,
        compare=None if everything else _SHOWN,
    )
    found = _scanned(paths, wanted)
    problems = [*found.problems]
    if output_format == "json":
        from nbrefactor.report.scan_json import render as render_json

        click.echo(render_json(found), nl=False)
    else:
        from nbrefactor.report.scan_text import render

        click.echo(render(found, paths, most=_SHOWN), nl=False)
    if html is not None and (problem := _write_page(found, paths, html)):
        problems.append(problem)
    for problem in problems:
        show_problem(problem)
    if problems:
        sys.exit(2)
    sys.exit(1 if fail_over is not None and len(found.groups) > fail_over else 0)


def _scanned(paths: tuple[str, ...], wanted: Wanted) -> Scan:
    from nbrefactor.scan.scan import scan as scan_paths

    # Trees of thousands of cells live until the end; looking for rubbish among them, over and
    # over, takes a third of the time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        return scan_paths(paths, wanted)
    finally:
        if was_on:
            gc.enable()


def _write_page(found: Scan, paths: tuple[str, ...], html: Path) -> str:
    from nbrefactor.notebook.store import StoreError, create
    from nbrefactor.report.scan_html import render

    try:
        create(html, render(found, paths).encode())
    except StoreError as error:
        return f"{html}: {error}"
    return ""

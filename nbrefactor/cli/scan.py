"""The command ``nbrefactor scan``."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbrefactor.cli.batch import cache_options, jobs_option, number_of
from nbrefactor.cli.options import output_format_option
from nbrefactor.cli.problems import show_problem
from nbrefactor.config import Given
from nbrefactor.settings_file import SettingsReader

if TYPE_CHECKING:
    from nbrefactor.batch.cache import Stamp
    from nbrefactor.batch.loop import SettingsFor
    from nbrefactor.batch.memo import Memo
    from nbrefactor.scan.reading import Files
    from nbrefactor.scan.values import Scan
    from nbrefactor.scan.wanted import Wanted

_EXAMPLES = """Examples:

\b
  nbrefactor scan notebooks/
  nbrefactor scan notebooks/ src/utils.py --html copies.html
  nbrefactor scan notebooks/ --plots-only --across
  nbrefactor scan notebooks/ --fail-over 0
"""
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of a scan, and kept for the next one: what it prints, and what came of it."""

    text: str
    groups: int
    problems: Sequence[str]
    left_out: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the user wants of a scan."""

    paths: tuple[str, ...]
    wanted: Wanted
    output_format: str
    settings_for: SettingsFor


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
@output_format_option("text", "json", what="what is copied")
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
@jobs_option
@cache_options
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
    jobs: int | None,
    no_cache: bool,
    cache_dir: Path | None,
) -> None:
    """Find definitions that stand in several notebooks, and say which can go.

    PATH is a notebook, a module, or a folder that is searched for both. Nothing is changed, run or
    imported. The exit code is 0 whatever is found, unless --fail-over is given.
    """
    from nbrefactor.scan.reading import files_of
    from nbrefactor.scan.wanted import Wanted

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
    asked = _Asked(paths, wanted, output_format, SettingsReader(Given()).settings_for)
    files = files_of(paths)
    # A page needs the whole scan, not what was told of it.
    memory = None if no_cache or html is not None else _memory(asked, files, cache_dir)
    told = None if memory is None else memory.recall()
    if told is None:
        found = _scanned(files, asked, number_of(jobs))
        told = _told(found, asked)
        if memory is not None:
            memory.keep(told)
        if html is not None and (problem := _write_page(found, paths, html)):
            told = replace(told, problems=(*told.problems, problem))
    click.echo(told.text, nl=False)
    for problem in (*told.left_out, *told.problems):
        show_problem(problem)
    if told.problems:
        sys.exit(2)
    sys.exit(1 if fail_over is not None and told.groups > fail_over else 0)


@dataclass(frozen=True, slots=True)
class _Memory:
    """What was told of these files when they were scanned last."""

    memo: Memo
    question: str
    stamps: tuple[Stamp, ...]

    def recall(self) -> _Told | None:
        answer = self.memo.recall(self.question)
        return None if answer is None else _Told(**json.loads(answer))

    def keep(self, told: _Told) -> None:
        self.memo.keep(self.question, json.dumps(asdict(told)).encode(), self.stamps)


def _memory(asked: _Asked, files: Files, folder: Path | None) -> _Memory | None:
    from nbrefactor.batch.memo import memo_for, question_of

    stamped = files.stamps(asked.settings_for)
    if stamped is None:
        return None
    question = question_of((asked.paths, asked.wanted, asked.output_format, files), stamped)
    return _Memory(
        memo_for(folder, Path.cwd(), "scan"), question, tuple(stamp for _, stamp, _ in stamped)
    )


def _told(found: Scan, asked: _Asked) -> _Told:
    if asked.output_format == "json":
        from nbrefactor.report.scan_json import render as render_json

        text = render_json(found)
    else:
        from nbrefactor.report.scan_text import render

        text = render(found, asked.paths, most=_SHOWN)
    return _Told(text, len(found.groups), found.problems, found.left_out)


def _scanned(files: Files, asked: _Asked, jobs: int) -> Scan:
    from nbrefactor.scan.reading import Reader
    from nbrefactor.scan.scan import scan as scan_files

    reader = Reader(asked.settings_for, jobs, whole=asked.wanted.cells)
    # Trees of thousands of cells live until the end; looking for rubbish among them, over and
    # over, takes a third of the time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        return scan_files(asked.paths, asked.wanted, reader, files)
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

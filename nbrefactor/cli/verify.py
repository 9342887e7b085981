"""The command ``nbrefactor verify``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from nbrefactor.cli.execution import (
    Asked,
    execution_options,
    execution_settings,
    needed_modules,
    progress_of,
    stoppable,
    stopped,
)
from nbrefactor.cli.options import settings_options
from nbrefactor.cli.process import now
from nbrefactor.cli.terminal import console
from nbrefactor.config import Given, Settings, SettingsError
from nbrefactor.outcome import Outcome

if TYPE_CHECKING:
    from nbrefactor.analysis.verdict import Accepted
    from nbrefactor.verify.values import Verification

_EXAMPLES = """Examples:

\b
  nbrefactor verify Notebook.ipynb
  nbrefactor verify Notebook.ipynb --report proof.html -p STEPS 20
  nbrefactor verify Notebook.ipynb Migrated.ipynb --strict
  nbrefactor verify Notebook.ipynb --pattern "took [0-9.]+ s"
"""


@click.command(epilog=_EXAMPLES)
@click.argument("original", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("migrated", required=False, type=click.Path(dir_okay=False, path_type=Path))
@settings_options("modules", "accept", "aliases", "source_roots", "select", "ignore")
@execution_options
@click.option(
    "--pattern",
    "patterns",
    multiple=True,
    metavar="REGEX",
    help="Text in outputs that may differ from run to run; repeatable.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=0.25,
    show_default=True,
    metavar="RMS",
    help="Difference, 0 to 255, up to which pictures are the same.",
)
@click.option("--strict", is_flag=True, help="Fail on restyled pictures too.")
@click.option(
    "--one-at-a-time",
    is_flag=True,
    help="Never run both notebooks at the same time: for those that write the same files.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="Write one page with findings, diffs and pictures side by side.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What goes to standard output.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print the verdict only.")
def verify(
    original: Path,
    migrated: Path | None,
    given: Given,
    asked: Asked,
    patterns: tuple[str, ...],
    tolerance: float,
    strict: bool,
    one_at_a_time: bool,
    report: Path | None,
    form: str,
    quiet: bool,
) -> None:
    """Prove by execution that a migrated notebook does what ORIGINAL did.

    Both run in kernels of their own, in copies of ORIGINAL's folder, and every output is compared.
    Without MIGRATED the migration is planned, and nothing is written. Code of the notebooks is
    executed!
    """
    from nbrefactor.run.values import ExecutionError
    from nbrefactor.verify.known_words import words_of
    from nbrefactor.verify.run import verify as run_both
    from nbrefactor.verify.values import VerifySettings

    execution = execution_settings(asked, sandbox=True)
    planned = _plan(original, migrated, given)
    settings = VerifySettings(
        (*planned.chosen.verify_patterns, *patterns),
        tolerance,
        strict,
        not one_at_a_time,
        words_of(module.module.path for module in planned.modules),
    )
    # A given notebook may import anything; only a planned one is known to need the targets.
    needs = needed_modules(planned.outcome, planned.modules) if planned.other is None else ()
    try:
        with stoppable(), progress_of(str(original), quiet=quiet) as progress:
            found = run_both(
                planned.outcome,
                planned.other,
                migrated_name="planned" if migrated is None else str(migrated),
                folder=original.resolve().parent,
                needs=needs,
                execution=execution,
                settings=settings,
                progress=progress,
            )
    except KeyboardInterrupt:
        sys.exit(stopped())
    except (ExecutionError, ValueError) as error:
        _fail(str(error))
    problem = _show(found, report, form, quiet=quiet)
    if problem:
        _fail(problem)
    sys.exit(0 if found.passed else 1)


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is going to be run: the planned migration, and the other notebook where one is given."""

    chosen: Settings
    modules: Sequence[Accepted]
    outcome: Outcome
    other: bytes | None


def _plan(original: Path, migrated: Path | None, given: Given) -> _Planned:
    """Read and plan; ends the program where there is nothing to run."""
    from nbrefactor.engine import migrate_bytes, read_modules
    from nbrefactor.notebook.document import NotebookError, read
    from nbrefactor.settings_file import SettingsReader

    try:
        chosen = SettingsReader(given).settings_for(original)
        data = original.read_bytes()
        modules = read_modules(chosen, original)
        outcome = migrate_bytes(data, chosen, modules, path=str(original), now=now())
        other = None if migrated is None else migrated.read_bytes()
        if other is not None:
            read(other)
    except OSError as error:
        _fail(f"{error.filename}: cannot be read ({error.strerror or error})")
    except NotebookError as error:
        _fail(f"{migrated}: {error}")
    except (SettingsError, ValueError) as error:
        _fail(str(error))
    if outcome.status in ("failed", "skipped"):
        _fail(f"{original}: {outcome.reason}")
    if other is None and outcome.status == "unchanged":
        for note in outcome.notes:
            console(stderr=True).print(f"nbrefactor: {note}", soft_wrap=True)
        nothing = f"nothing to verify: no definition of {original} would be replaced"
        console(stderr=False).print(nothing)
        sys.exit(0)
    return _Planned(chosen, modules, outcome, other)


def _show(found: Verification, report: Path | None, form: str, *, quiet: bool) -> str:
    """Write the page and say the verdict; return what could not be written."""
    from nbrefactor.notebook.store import StoreError, create
    from nbrefactor.report.verification import render_verification, verdict
    from nbrefactor.report.verification_json import render_verification_json

    out = console(stderr=False)
    problem = ""
    if report is not None:
        from nbrefactor.report.html import render_html

        try:
            create(report, render_html(found).encode(errors="surrogateescape"))
            found = replace(found, notes=(*found.notes, f"report written to {report}"))
        except StoreError as error:
            problem = f"{report}: {error}"
    if form == "json":
        click.echo(render_verification_json(found), nl=False)
    else:
        if not quiet:
            out.print(render_verification(found), end="", soft_wrap=True)
        out.print(verdict(found), soft_wrap=True)
    return problem


def _fail(message: str) -> NoReturn:
    console(stderr=True).print(f"nbrefactor: {message}", soft_wrap=True)
    sys.exit(2)

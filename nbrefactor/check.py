"""What a migration would do to a notebook, and what else is wrong with it; changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from nbrefactor.config import Settings
from nbrefactor.model.diagnostic import Diagnostic
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.model.outcome import Finding
from nbrefactor.notebook.document import Cell, Document, foreign_kernel, line_of, read
from nbrefactor.notebook.magics import read_cell
from nbrefactor.rules.catalogue import covers, find_rule
from nbrefactor.rules.copies import DIVERGENT
from nbrefactor.rules.missing_import import report_missing_imports
from nbrefactor.rules.opaque import report_opaque
from nbrefactor.rules.optouts import read_optouts, report_unused
from nbrefactor.rules.skipped import report_skipped
from nbrefactor.visible import visible

if TYPE_CHECKING:
    from nbrefactor.verdict.match import Accepted

_DEFINES = re.compile(r"\b(?:def|class)\b")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_STATES_VERSION = re.compile(r"\b(?:__version__|VERSION|NOTEBOOK_VERSION)\b")


class RefusedError(NbrefactorError):
    """The planned migration of a notebook breaks a law; the text says which."""


class NotRunError(NbrefactorError):
    """A notebook could not be run at all; the text says why."""


def check_bytes(
    data: bytes,
    settings: Settings,
    read_targets: Callable[[], Sequence[Accepted]],
    *,
    path: str,
    now: datetime,
    execute: Callable[[Document], Finding | None] | None = None,
) -> tuple[Diagnostic, ...]:
    """Check one notebook.

    Parameters
    ----------
    data : bytes
        The notebook's file.
    settings : Settings
        What the user asked for.
    read_targets : callable
        Reads the target modules; called only where the notebook's text calls for it.
    path : str
        The notebook's name in messages.
    now : datetime
        The date that a migration would write.
    execute : callable or None
        Runs a notebook and says what failed; None where it is not to be run.

    Returns
    -------
    tuple of Diagnostic
        In the order of the file's lines.

    Raises
    ------
    NotebookError
        If the notebook cannot be read.
    RefusedError
        If what a migration would write is refused.
    """
    document = read(data)
    if why := foreign_kernel(document):
        found: list[Finding] = [report_skipped(why)]
    else:
        found = [*_find(document, settings, read_targets, path, now)]
        if execute is not None and (failure := execute(document)):
            found.append(failure)
    return diagnose(document, found, settings, path, executed=execute is not None)


def diagnose(
    document: Document,
    findings: Sequence[Finding],
    settings: Settings,
    path: str,
    *,
    executed: bool,
) -> tuple[Diagnostic, ...]:
    """Keep the findings that count, and give each its place in the file.

    Parameters
    ----------
    document : Document
        The notebook.
    findings : sequence of Finding
        All findings, also of rules that do not count.
    settings : Settings
        What the user asked for.
    path : str
        The notebook's name in messages.
    executed : bool
        Whether the notebook was run, so that opting out of its failure can be idle.

    Returns
    -------
    tuple of Diagnostic
        In the order of the file's lines; opt-outs that nothing answers to are among them.
    """
    optouts = read_optouts(document, settings.per_file_ignores)
    told = [optout for optout in optouts if executed or not optout.code.startswith("NB5")]
    unused = report_unused(told, findings, document)
    left = [
        found
        for found in findings
        if not any(optout.covers(found.code, found.cell, found.row) for optout in optouts)
    ]
    counting = [found for found in (*left, *unused) if _counts(found, settings)]
    seen: dict[tuple[str, ...], int] = {}
    placed = [(_line(document, found), found) for found in counting]
    diagnostics = []
    for line, found in sorted(placed, key=lambda one: (one[0], one[1].code)):
        key = _identity(document, found)
        seen[key] = seen.get(key, 0) + 1
        diagnostics.append(_diagnostic(found, line, path, (*key, str(seen[key]))))
    return tuple(diagnostics)


def _find(
    document: Document,
    settings: Settings,
    read_targets: Callable[[], Sequence[Accepted]],
    path: str,
    now: datetime,
) -> Iterator[Finding]:
    code_cells = [cell for cell in document.cells if cell.cell_type == "code"]
    yield from report_opaque(
        (cell, code.reason)
        for cell in code_cells
        if (code := read_cell(cell.source)).kind == "opaque"
    )
    defines = any(_DEFINES.search(cell.source) for cell in code_cells)
    importing = _may_import(code_cells, settings)
    if defines or importing:
        modules = read_targets()
        yield from report_missing_imports(importing, [found.module for found in modules])
        if defines and _may_be_found(document, code_cells, settings, modules):
            yield from _definitions(document, settings, modules, path, now)
    if _may_disagree(document, settings):
        from nbrefactor.versioning import check_versions

        yield from check_versions(document.cells, document.metadata, settings.version_patterns)


def _definitions(
    document: Document,
    settings: Settings,
    modules: Sequence[Accepted],
    path: str,
    now: datetime,
) -> Iterator[Finding]:
    from nbrefactor.engine import migrate_document

    # Near misses take the longest to find, so not where nobody would see them.
    seen = replace(settings, suggest=_shows_divergent(document, settings))
    outcome = migrate_document(document, seen, modules, path=path, now=now)
    if outcome.status == "failed":
        raise RefusedError(outcome.reason)
    # The rest of an outcome is about the version, and only where something is replaced.
    yield from (found for found in outcome.findings if found.level is not None)


def _may_import(cells: Sequence[Cell], settings: Settings) -> tuple[Cell, ...]:
    """Find the cells whose text can import from a target module."""
    last = {re.split(r"[./\\]", choice.name.removesuffix(".py"))[-1] for choice in settings.modules}
    # The folder of a package is named by its path, and imported by the folder's name.
    return tuple(
        cell
        for cell in cells
        if "import" in cell.source and any(name in cell.source for name in last)
    )


def _may_disagree(document: Document, settings: Settings) -> bool:
    """Tell whether the notebook can state two versions: the patterns for them are slow to load."""
    if settings.version_patterns:
        return True
    numbers: set[str] = set()
    for key in ("version", "notebook_version"):
        numbers.update(_NUMBER.findall(str(document.metadata.get(key, ""))))
    for cell in document.cells:
        if cell.cell_type == "markdown" or _STATES_VERSION.search(cell.source):
            numbers.update(_NUMBER.findall(cell.source))
        if len(numbers) > 1:
            return True
    return False


def _may_be_found(
    document: Document,
    cells: Sequence[Cell],
    settings: Settings,
    modules: Sequence[Accepted],
) -> bool:
    """Tell whether a definition can be found that counts; comparing is slow to load and to do."""
    from nbrefactor.program.glance import may_match

    return _shows_divergent(document, settings) or may_match(
        cells, [found.module for found in modules], dict(settings.aliases)
    )


def _shows_divergent(document: Document, settings: Settings) -> bool:
    """Tell whether divergent definitions matter: they count, or are opted out of."""
    code = DIVERGENT.code
    if settings.select is not None and covers(settings.select, code):
        return True
    optouts = read_optouts(document, settings.per_file_ignores)
    return any(optout.is_checked and code.startswith(optout.code) for optout in optouts)


def _counts(found: Finding, settings: Settings) -> bool:
    if covers(settings.ignore, found.code):
        return False
    if settings.select is not None:
        return covers(settings.select, found.code)
    # What migrate leaves alone is nothing to act on, so it has to be asked for.
    return find_rule(found.code).default and (found.level is None or bool(found.edits))


def _line(document: Document, found: Finding) -> int:
    if found.cell is not None:
        return line_of(document, found.cell, found.row)
    if document.metadata_span is None:
        return 1
    return document.data.count(b"\n", 0, document.metadata_span[0]) + 1


def _identity(document: Document, found: Finding) -> tuple[str, ...]:
    """Give what makes a finding the same one after its cell has moved or others have changed."""
    text = ""
    if found.cell is None:
        text = found.message
    elif found.name is None:
        rows = document.cells[found.cell].source.split("\n")
        text = " ".join(rows[min(found.row, len(rows)) - 1].split())
    return found.code, found.name or "", found.target or "", text


def _diagnostic(found: Finding, line: int, path: str, identity: tuple[str, ...]) -> Diagnostic:
    import hashlib

    def one_line(text: str) -> str:
        # Texts of a notebook may hold line ends, which a format of lines cannot.
        return visible(" ".join(text.split()))

    digest = hashlib.sha256("\0".join(identity).encode(errors="surrogatepass"))
    return Diagnostic(
        path=path,
        line=line,
        code=found.code,
        summary=one_line(found.message),
        fingerprint=digest.hexdigest()[:32],
        cell=None if found.cell is None else found.cell + 1,
        cell_id=None if found.cell_id is None else one_line(found.cell_id),
        row=found.row,
        name=found.name,
        target=found.target or None,
        fixable=bool(found.edits),
        reasons=tuple(one_line(reason.sentence) for reason in found.reasons)
        + tuple(visible(line) for line in found.details),
        difference=visible(found.difference),
    )

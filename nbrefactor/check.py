"""What is wrong with a notebook, and what a migration would do to it; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from nbrefactor.glance import Cell, cells_of, facts_about, facts_of
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.program.cell_facts import CellReader
from nbrefactor.rules.catalogue import RULES, covers, find_rule
from nbrefactor.rules.divergent_definition import DIVERGENT
from nbrefactor.rules.look import Look, Sought
from nbrefactor.rules.opaque_cell import OPAQUE
from nbrefactor.rules.optouts import read_optouts
from nbrefactor.rules.rule import Rule
from nbrefactor.rules.skipped_notebook import SKIPPED
from nbrefactor.rules.unused_opt_out import UNUSED_OPT_OUT, report_unused

if TYPE_CHECKING:
    from nbrefactor.config import Settings
    from nbrefactor.model.diagnostic import Diagnostic
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.notebook.document import Document
    from nbrefactor.python.scopes import DefinitionNode
    from nbrefactor.targets import TargetsHere


class NotRunError(NbrefactorError):
    """A notebook could not be run at all; the text says why."""


class Answer(Struct, frozen=True):
    """What a check says of one notebook.

    Parameters
    ----------
    diagnostics : tuple of Diagnostic
        What counts, in the order of the file's lines.
    opaque : int
        How many code cells were passed over because they are no Python, where no rule tells.
    foreign : bool
        Whether the notebook was passed over because its language is another one, likewise.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    opaque: int = 0
    foreign: bool = False


class Subject(Struct, frozen=True):
    """A notebook that is checked, and what it is checked against.

    Parameters
    ----------
    path : str
        The notebook's name in messages.
    settings : Settings
        What the user asked for.
    targets : TargetsHere
        The target modules, read only where the notebook's text calls for it.
    reader : CellReader
        Reads cells, those of other notebooks among them.
    screened : bool
        Whether a rule that a glance rules out is left out; without, a test asks all.
    """

    path: str
    settings: Settings
    targets: TargetsHere
    reader: CellReader
    screened: bool = True


def check_bytes(
    data: bytes,
    subject: Subject,
    *,
    execute: Callable[[Document], Finding | None] | None = None,
) -> Answer:
    """Check one notebook.

    Parameters
    ----------
    data : bytes
        The notebook's file.
    subject : Subject
        The notebook's name, and what it is checked against.
    execute : callable or None
        Runs a notebook and says what failed; None where it is not to be run.

    Returns
    -------
    Answer
        What was found, and what was passed over.

    Raises
    ------
    NotebookError
        If the notebook cannot be read.
    """
    if subject.screened and execute is None:
        facts = facts_of(data, subject.reader, syntax=asks_for_syntax(subject.settings))
        if facts is not None:
            return check_facts(facts, lambda: data, subject)
    return _check_in_full(data, subject, execute)


def asks_for_syntax(settings: Settings) -> bool:
    """Tell whether a cell that does not parse counts, or may be opted out of."""
    return any(_may_count(rule, settings) for rule in (OPAQUE, UNUSED_OPT_OUT))


def check_facts(facts: Facts, read: Callable[[], bytes], subject: Subject) -> Answer:
    """Check one notebook of which the facts are known.

    Parameters
    ----------
    facts : Facts
        What is known of it.
    read : callable
        Reads its file, where the facts alone do not tell.
    subject : Subject
        The notebook's name, and what it is checked against.

    Returns
    -------
    Answer
        As of `check_bytes`.
    """
    if is_clean(facts, subject, lambda: cells_of(read())):
        return _answer((), facts, subject.settings)
    return _check_in_full(read(), subject, None, facts)


def _check_in_full(
    data: bytes,
    subject: Subject,
    execute: Callable[[Document], Finding | None] | None,
    facts: Facts | None = None,
) -> Answer:
    from nbrefactor.notebook.document import read

    document = read(data)
    facts = facts or facts_about(document.cells, document.metadata, subject.reader)
    failure = execute(document) if execute is not None and not facts.foreign else None
    asked = _asked(facts, document, subject, executed=execute is not None)
    look = _look(document, facts, subject, failure)
    found = [finding for rule in asked for finding in rule.findings(look)]
    diagnostics = diagnose(document, found, subject, executed=execute is not None)
    return _answer(diagnostics, facts, subject.settings)


def _answer(diagnostics: tuple[Diagnostic, ...], facts: Facts, settings: Settings) -> Answer:
    """Say what was passed over too, unless the user has chosen what is told of that."""
    told = settings.select is None
    opaque = told and not covers(settings.ignore, OPAQUE.code)
    foreign = told and not covers(settings.ignore, SKIPPED.code)
    return Answer(diagnostics, len(facts.opaque) * opaque, facts.foreign and foreign)


def is_clean(facts: Facts, subject: Subject, cells: Callable[[], Iterable[Cell]]) -> bool:
    """Tell from its facts that nothing that counts can be found in a notebook.

    Parameters
    ----------
    facts : Facts
        What is known of it.
    subject : Subject
        What it is checked against.
    cells : callable
        Gives the notebook's cells, where the facts alone do not tell.
    """
    if facts.foreign:
        # Nothing else in it is looked at.
        return not (facts.optouts or subject.settings.per_file_ignores) and not _may_count(
            SKIPPED, subject.settings
        )
    sought = sought_by(subject, cells)
    return not any(
        _may_count(rule, subject.settings) and rule.may_find(facts, sought) for rule in RULES
    )


def sought_by(subject: Subject, cells: Callable[[], Iterable[Cell]]) -> Sought:
    """Say what is looked for in a notebook, whose cells are read where that may matter."""

    def shapes(outline: str) -> Iterator[str]:
        for cell in cells():
            if cell.cell_type == "code":
                yield from subject.reader.shapes(cell.source, outline)

    def nodes() -> Iterator[DefinitionNode]:
        for cell in cells():
            if cell.cell_type == "code":
                yield from subject.reader.nodes(cell.source)

    def sources() -> Iterator[str]:
        return (cell.source for cell in cells() if cell.cell_type == "code")

    return Sought(subject.settings, lambda: subject.targets.index, shapes, nodes, sources)


def _asked(
    facts: Facts, document: Document, subject: Subject, *, executed: bool
) -> tuple[Rule, ...]:
    """Choose the rules that may find something that counts, or that an opt-out is about."""
    if facts.foreign:
        return (SKIPPED,)
    settings = subject.settings
    all_count = facts.optouts or bool(settings.per_file_ignores) or executed
    sought = sought_by(subject, lambda: document.cells)
    return tuple(
        rule
        for rule in RULES
        if (all_count or _may_count(rule, settings))
        and (not subject.screened or executed or rule.may_find(facts, sought))
    )


def _look(document: Document, facts: Facts, subject: Subject, failure: Finding | None) -> Look:
    settings = subject.settings

    @cache
    def definitions() -> tuple[Finding, ...]:
        from nbrefactor.engine import find_replacements

        # Why definitions stay takes the longest to find, so not where nobody would see it.
        seen = replace(settings, suggest=_shows_divergent(document, settings))
        return find_replacements(document, seen, subject.targets.modules)

    @cache
    def versions() -> tuple[Finding, ...]:
        from nbrefactor.versioning.bump import check_versions

        return check_versions(document.cells, document.metadata, settings.version_patterns)

    @cache
    def folds() -> tuple[Finding, ...]:
        from nbrefactor.engine import find_folds

        return find_folds(document, settings, subject.targets.modules)

    return Look(
        document,
        facts,
        lambda: [accepted.module for accepted in subject.targets.modules],
        definitions,
        versions,
        folds,
        failure,
    )


def diagnose(
    document: Document,
    findings: Sequence[Finding],
    subject: Subject,
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
    subject : Subject
        The notebook's name, and what it is checked against.
    executed : bool
        Whether the notebook was run, so that opting out of its failure can be idle.

    Returns
    -------
    tuple of Diagnostic
        In the order of the file's lines; opt-outs that nothing answers to are among them.
    """
    settings = subject.settings
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
        diagnostics.append(_diagnostic(found, line, subject.path, (*key, str(seen[key]))))
    return tuple(diagnostics)


def _shows_divergent(document: Document, settings: Settings) -> bool:
    """Tell whether divergent definitions matter: they count, or are opted out of."""
    code = DIVERGENT.code
    if settings.select is not None and covers(settings.select, code):
        return True
    optouts = read_optouts(document, settings.per_file_ignores)
    return any(optout.is_checked and code.startswith(optout.code) for optout in optouts)


def _counts(found: Finding, settings: Settings) -> bool:
    # What migrate leaves alone is nothing to act on, so it has to be asked for.
    is_asked_for = settings.select is not None or found.level is None or bool(found.edits)
    return is_asked_for and _may_count(find_rule(found.code), settings)


def _may_count(rule: Rule, settings: Settings) -> bool:
    """Tell whether a finding of a rule may count."""
    if covers(settings.ignore, rule.code):
        return False
    if settings.select is not None:
        return covers(settings.select, rule.code)
    return rule.default


def _line(document: Document, found: Finding) -> int:
    from nbrefactor.notebook.document import line_of

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

    from nbrefactor.model.diagnostic import Diagnostic
    from nbrefactor.visible import visible

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

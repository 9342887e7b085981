"""From bytes to an outcome: read, analyse, plan, apply, check, in one direction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nbrefactor.config import ModuleChoice, Settings
from nbrefactor.library.target import TargetModule
from nbrefactor.model.edits import compose
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.model.outcome import CellChange, Edit, Finding, Level, MetadataEdit, Outcome, Unmet
from nbrefactor.model.reason import Reason
from nbrefactor.notebook.document import Document, NotebookError, foreign_kernel, read, write
from nbrefactor.notebook.magics import read_cell
from nbrefactor.program.elsewhere import colab_sign
from nbrefactor.program.timeline import InlineDefinition, Timeline, timeline
from nbrefactor.rewrite.definitions import CODES, report_definitions
from nbrefactor.rewrite.unread import UnreadImport, prune, unread_imports
from nbrefactor.rules.catalogue import covers
from nbrefactor.rules.optouts import read_optouts
from nbrefactor.targets import read_modules as read_modules
from nbrefactor.verdict.judge import judge
from nbrefactor.verdict.match import Accepted, Match

Planner = Callable[[Document], "Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is going to happen to one notebook.

    Parameters
    ----------
    findings : tuple of Finding
        What was looked at.
    edits : tuple of Edit
        Changes of cells; those of the findings are among them.
    metadata : tuple of MetadataEdit
        Changes of the notebook's metadata.
    notes : tuple of str
        What the user should know besides.
    settled : tuple of str or None
        The code of a notebook in which nothing was left to do, as it was looked at last.
    unmet : tuple of Unmet
        Wishes about definitions that the notebook does not have.
    """

    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]
    metadata: tuple[MetadataEdit, ...]
    notes: tuple[str, ...]
    settled: tuple[str, ...] | None = None
    unmet: tuple[Unmet, ...] = ()


class PostconditionError(NbrefactorError):
    """The planned result breaks a law; nothing of it may be written."""


def migrate_bytes(
    data: bytes,
    settings: Settings,
    modules: Sequence[Accepted],
    *,
    path: str,
    now: datetime,
) -> Outcome:
    """Plan the migration of one notebook; a pure function.

    Parameters
    ----------
    data : bytes
        The notebook's file.
    settings : Settings
        What the user asked for.
    modules : sequence of Accepted
        The target modules.
    path : str
        The notebook's name in messages.
    now : datetime
        The date that is written beside a new version.

    Returns
    -------
    Outcome
        What is to be written, and why.
    """
    return _read_then(
        data,
        path,
        lambda document: migrate_document(document, settings, modules, path=path, now=now),
    )


def migrate_document(
    document: Document,
    settings: Settings,
    modules: Sequence[Accepted],
    *,
    path: str,
    now: datetime,
) -> Outcome:
    """Plan the migration of a notebook of Python that has been read.

    Parameters
    ----------
    document : Document
        The notebook.
    settings, modules, path, now
        As for `migrate_bytes`.

    Returns
    -------
    Outcome
        What is to be written, and why.
    """
    quietly = replace(settings, suggest=False)

    def plan(document: Document) -> Plan:
        return plan_migration(document, settings, modules, now)

    def is_settled(result: Document) -> bool:
        return not _accepted(plan_migration(result, quietly, modules, now).findings)

    return run(document, plan, path=path, is_settled=is_settled)


def bump_bytes(data: bytes, settings: Settings, *, path: str, now: datetime) -> Outcome:
    """Plan the raising of one notebook's version and its changelog entry; a pure function.

    Parameters
    ----------
    data, settings, path, now
        As for `migrate_bytes`; `settings` gives the part, the text and the patterns.

    Returns
    -------
    Outcome
        What is to be written, and why.
    """
    from nbrefactor.versioning.bump import plan_bump

    def plan(document: Document) -> Plan:
        bump = plan_bump(
            document.cells,
            document.metadata,
            part=settings.bump,
            entries=settings.changelog,
            now=now,
            patterns=settings.version_patterns,
        )
        return Plan(bump.findings, bump.edits, bump.metadata_edits, bump.notes)

    return _read_then(
        data,
        path,
        lambda document: run(document, plan, path=path, is_settled=lambda result: True),
    )


def _read_then(data: bytes, path: str, work: Callable[[Document], Outcome]) -> Outcome:
    """Read a notebook and hand it on, where it is one of Python."""
    try:
        document = read(data)
    except NotebookError as error:
        return Outcome(path, "failed", data, data, reason=str(error))
    if why := foreign_kernel(document):
        return Outcome(path, "skipped", data, data, reason=why)
    return work(document)


def run(
    document: Document, plan: Planner, *, path: str, is_settled: Callable[[Document], bool]
) -> Outcome:
    """Plan, apply and check the result.

    Parameters
    ----------
    document : Document
        The notebook.
    plan : callable
        Plans the changes of a document; pure.
    path : str
        The notebook's name in messages.
    is_settled : callable
        Tells of the result whether a second run would leave it alone.

    Returns
    -------
    Outcome
        Changed, unchanged, or failed with a reason.
    """
    data = document.data
    planned = plan(document)
    if not planned.edits and not planned.metadata:
        return Outcome(
            path,
            "unchanged",
            data,
            data,
            planned.findings,
            notes=planned.notes,
            unmet=planned.unmet,
        )
    try:
        after = write(document, planned.edits, planned.metadata)
        changes = _check(document, after, planned, is_settled)
    except (PostconditionError, NotebookError) as error:
        return Outcome(path, "failed", data, data, planned.findings, reason=str(error))
    return Outcome(
        path,
        "changed",
        data,
        after,
        planned.findings,
        cells=changes,
        metadata=planned.metadata,
        notes=planned.notes,
        unmet=planned.unmet,
    )


def plan_migration(
    document: Document, settings: Settings, modules: Sequence[Accepted], now: datetime
) -> Plan:
    """Decide about every definition of a notebook, its version and its changelog.

    Parameters
    ----------
    document : Document
        The notebook.
    settings : Settings
        What the user asked for.
    modules : sequence of Accepted
        The target modules.
    now : datetime
        The date that is written beside a new version.

    Returns
    -------
    Plan
        All edits; without a replacement there are none.
    """
    replaced = _replace_definitions(document, settings, modules)
    if settings.fold:
        replaced = _fold_blocks(replaced, settings, modules)
    notes = tuple(_notes(replaced, modules, settings))
    names = {definition.name for definition in replaced.original.definitions}
    unmet = tuple(unmet_wishes(names, settings))
    if not replaced.edits:
        return Plan(replaced.findings, (), (), notes, unmet=unmet)
    # Slow to load for its expressions, and not needed to say that there is nothing to do.
    from nbrefactor.versioning.bump import plan_bump

    bump = plan_bump(
        replaced.document.cells,
        document.metadata,
        part=settings.bump,
        entries=settings.changelog or (_entry(replaced.matches, replaced.findings),),
        now=now,
        patterns=settings.version_patterns,
    )
    return Plan(
        (*replaced.findings, *bump.findings),
        compose(replaced.edits, bump.edits),
        bump.metadata_edits,
        (*notes, *bump.notes),
        replaced.settled,
        unmet,
    )


def _code_of(document: Document) -> tuple[str, ...]:
    return tuple(cell.source for cell in document.cells if cell.cell_type == "code")


def find_replacements(
    document: Document, settings: Settings, modules: Sequence[Accepted]
) -> tuple[Finding, ...]:
    """Decide about every definition of a notebook, and nothing else of it.

    Parameters
    ----------
    document, settings, modules
        As for `plan_migration`.

    Returns
    -------
    tuple of Finding
        Those of the plan that are about definitions, with the same edits.
    """
    return _replace_definitions(document, settings, modules).findings


@dataclass(frozen=True, slots=True)
class _Replaced:
    """A notebook whose definitions are replaced, and how that came about."""

    document: Document
    original: Timeline
    matches: tuple[Match, ...]
    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]
    unread: tuple[UnreadImport, ...]
    settled: tuple[str, ...] | None


def _replace_definitions(
    document: Document, settings: Settings, modules: Sequence[Accepted]
) -> _Replaced:
    """Replace what can be, again where what went has freed something, until nothing is left."""
    original = notebook = timeline(document.cells)
    matches = list(judge_document(document, notebook, settings, modules))
    findings = list(report_definitions(matches, notebook, to_top=settings.imports == "top"))
    edits = _edits_of(findings)
    # What is told of definitions that stay is said already.
    settings = replace(settings, suggest=False)
    result = document
    remaining = list(range(len(matches)))
    last = edits
    while last:
        remaining = [at for at in remaining if not matches[at].accepted]
        result = read(write(result, last))
        notebook = timeline(result.cells, before=notebook)
        later = judge_document(result, notebook, settings, modules)
        found = report_definitions(later, notebook, to_top=settings.imports == "top")
        last = _edits_of(found)
        if not last:
            break
        edits = compose(edits, last)
        for at, match, finding in zip(remaining, later, found, strict=False):
            if match.accepted and match.definition.name == matches[at].definition.name:
                matches[at] = replace(match, definition=matches[at].definition)
                findings[at] = replace(finding, row=findings[at].row, edits=())
    settled = _code_of(result)
    unread = unread_imports(original, notebook) if edits else ()
    if settings.prune_imports and (pruned := tuple(prune(unread))):
        result = read(write(result, pruned))
        edits = compose(edits, pruned)
    going = [at for at, match in enumerate(matches) if match.accepted]
    findings = _with_edits(findings, edits, going)
    return _Replaced(result, original, tuple(matches), tuple(findings), edits, unread, settled)


def _fold_blocks(replaced: _Replaced, settings: Settings, modules: Sequence[Accepted]) -> _Replaced:
    """Replace blocks by calls, in what is left once definitions are replaced."""
    found = find_folds(replaced.document, settings, modules)
    if not found:
        return replaced
    last = _edits_of(found)
    findings, edits = (*replaced.findings, *found), compose(replaced.edits, last)
    going = [at for at, finding in enumerate(findings) if finding.edits]
    if not last:
        return replace(replaced, findings=findings)
    return replace(
        replaced,
        document=read(write(replaced.document, last)),
        findings=tuple(_with_edits(findings, edits, going)) if replaced.edits else findings,
        edits=edits,
        settled=None,
    )


def find_folds(
    document: Document, settings: Settings, modules: Sequence[Accepted]
) -> tuple[Finding, ...]:
    """Decide about every block of a notebook that a target draws.

    Parameters
    ----------
    document, settings, modules
        As for `plan_migration`.

    Returns
    -------
    tuple of Finding
        With the edits that put calls in the place of those that are accepted.
    """
    # Most notebooks are never folded, and this reads tables.
    from nbrefactor.fold.find import Drawings, Folding
    from nbrefactor.fold.report import CODE, report_folds

    optouts = read_optouts(document, settings.per_file_ignores)
    accepted = {one.name: choice.folds for one, choice in _chosen(settings, modules)}

    def will(folding: Folding) -> tuple[Reason, ...]:
        assert folding.fold is not None
        if settings.select is not None and not covers(settings.select, CODE):
            return (Reason("not-selected", CODE),)
        if covers(settings.ignore, CODE):
            return (Reason("ignored", CODE),)
        cell, row = folding.block.home.cell.index, folding.fold.gone[0].lineno
        said = next((one.reason for one in optouts if one.covers(CODE, cell, row)), "")
        if said:
            return (Reason("opted-out", said),)
        module = folding.fold.unified.pattern.module
        if folding.level == "exact" or settings.measured or accepted.get(module) == "restyled":
            return ()
        return (Reason("fold-not-accepted", here=folding.level),)

    return report_folds(timeline(document.cells), Drawings(modules), will)


def _chosen(
    settings: Settings, modules: Sequence[Accepted]
) -> Iterator[tuple[TargetModule, ModuleChoice]]:
    for accepted, choice in zip(modules, settings.modules, strict=False):
        yield accepted.module, choice


def _edits_of(findings: Sequence[Finding]) -> tuple[Edit, ...]:
    return tuple(edit for finding in findings for edit in finding.edits)


def _with_edits(
    findings: Sequence[Finding], edits: Sequence[Edit], going: Collection[int]
) -> list[Finding]:
    """Give each finding its edits of the original notebook.

    What several rounds made together belongs to the definition that stands there; one that has no
    edit of its own shares that of its neighbour, which takes both out.
    """
    owners = {edit: at for at, finding in enumerate(findings) for edit in finding.edits}
    given: dict[int, list[Edit]] = {}
    by_cell: dict[int, list[Edit]] = {}
    for edit in edits:
        by_cell.setdefault(edit.cell, []).append(edit)
        at = owners.get(edit)
        if at is None:
            near = [i for i in going if findings[i].cell == edit.cell] or sorted(going)
            at = next((i for i in near if not given.get(i)), near[0])
        given.setdefault(at, []).append(edit)
    for at in going:
        cell = findings[at].cell
        if at not in given and cell in by_cell:
            given[at] = by_cell[cell][:1]
    return [replace(one, edits=tuple(given.get(at, ()))) for at, one in enumerate(findings)]


def judge_document(
    document: Document, notebook: Timeline, settings: Settings, modules: Sequence[Accepted]
) -> tuple[Match, ...]:
    """Give every definition its verdict.

    Parameters
    ----------
    document : Document
        The notebook.
    notebook : Timeline
        Its code.
    settings : Settings
        Aliases, opt-outs and selected rules.
    modules : sequence of Accepted
        The target modules.

    Returns
    -------
    tuple of Match
        In the notebook's order.
    """
    optouts = read_optouts(document, settings.per_file_ignores)

    def will(definition: InlineDefinition, level: Level, module: str) -> tuple[Reason, ...]:
        code = CODES[level]
        if settings.select is not None and not covers(settings.select, code):
            return (Reason("not-selected", code),)
        if covers(settings.ignore, code):
            return (Reason("ignored", code),)
        if definition.name in settings.declined:
            return (Reason("opted-out", "was declined in a review"),)
        cell, row = definition.home.cell.index, definition.node.lineno
        said = next((one.reason for one in optouts if one.covers(code, cell, row)), "")
        return (Reason("opted-out", said),) if said else ()

    return judge(
        notebook,
        modules,
        dict(settings.aliases),
        will,
        forced=settings.force,
        measured=settings.measured,
        suggest=settings.suggest,
    )


def _accepted(findings: Sequence[Finding]) -> bool:
    return any(found.is_replaced for found in findings)


def _notes(replaced: _Replaced, modules: Sequence[Accepted], settings: Settings) -> Iterator[str]:
    for cell, reason in replaced.original.opaque:
        yield f"cell {cell.index + 1} is left alone: {reason}"
    if any(found.is_replaced for found in replaced.findings):
        for accepted in modules:
            if accepted.module.note:
                yield accepted.module.note
        cells, metadata = replaced.document.cells, replaced.document.metadata
        if sign := colab_sign(cells, metadata):
            yield (
                f"the notebook is meant for Colab ({sign}), where the module has to be brought by "
                "a cell above its import"
            )
    yield from _about_imports(replaced.unread, pruned=settings.prune_imports)
    names = {definition.name for definition in replaced.original.definitions}
    matched = {found.definition.name for found in replaced.matches}
    for accepted in modules:
        for name in sorted(names & accepted.module.ambiguous.keys() - matched):
            why = accepted.module.ambiguous[name]
            yield f"{accepted.module.name}.{name} is not compared: it is {why}"


def unmet_wishes(names: Collection[str], settings: Settings) -> Iterator[Unmet]:
    """Give the wishes of the settings about definitions that are not among the names."""
    for name, target in settings.aliases:
        if name not in names:
            yield Unmet(f"alias {name}={target}", name)
    for name in settings.force:
        if name not in names:
            yield Unmet(f"--force {name}", name)


def _about_imports(unread: Sequence[UnreadImport], *, pruned: bool) -> Iterator[str]:
    gone = [str(one) for one in unread if pruned and one.binds_only]
    left = [str(one) for one in unread if not (pruned and one.binds_only)]
    if gone:
        yield f"taken out, since nothing reads them any more: {', '.join(gone)}"
    if left:
        hint = "" if pruned else "; --prune-imports takes out what only binds a name"
        yield f"imported, and read by nothing any more: {', '.join(left)}{hint}"


def _entry(matches: Sequence[Match], findings: Sequence[Finding]) -> str:
    """Name what was replaced by what, for the changelog."""
    called = dict.fromkeys(f"`{one.target}`" for one in findings if one.fold and one.is_replaced)
    by_module: dict[str, list[str]] = {}
    for found in matches:
        if found.accepted and found.module is not None and found.target is not None:
            mine, theirs = found.definition.name, found.target.name
            shown = f"`{mine}`" if mine == theirs else f"`{mine}` (`{theirs}`)"
            names = by_module.setdefault(found.module.name, [])
            if shown not in names:
                names.append(shown)
    parts = [
        f"{', '.join(names)} by imports from `{module}`" for module, names in by_module.items()
    ]
    told = [f"the inline {' and '.join(parts)}"] if parts else []
    if called:
        told.append(f"plotting statements by calls of {', '.join(called)}")
    return f"Replaced {', and '.join(told)}"


def _check(
    document: Document,
    after: bytes,
    planned: Plan,
    is_settled: Callable[[Document], bool],
) -> tuple[CellChange, ...]:
    """Hold the result against the laws before anybody sees it.

    Raises
    ------
    PostconditionError
        If a cell that was not edited changed, an edited one no longer parses, or a second run
        would find work.
    NotebookError
        If the result is not a valid notebook and the original was.
    """
    from nbrefactor.notebook.schema import validate

    result = read(after)
    edited = {edit.cell for edit in planned.edits}
    if len(result.cells) != len(document.cells):
        raise PostconditionError("the number of cells would change; this is a bug, please report")
    changes = []
    for before, now in zip(document.cells, result.cells, strict=True):
        number = before.index + 1
        if before.index not in edited:
            if before.source != now.source:
                raise PostconditionError(
                    f"cell {number} would change without an edit; this is a bug, please report"
                )
            continue
        if before.cell_type == "code" and read_cell(before.source).kind == "python":
            code = read_cell(now.source)
            if code.kind != "python":
                raise PostconditionError(
                    f"cell {number} would no longer be Python ({code.reason}); this is a bug, "
                    "please report"
                )
        changes.append(CellChange(before.index, before.id, before.source, now.source))
    if planned.settled != _code_of(result) and not is_settled(result):
        raise PostconditionError("a second run would change more; this is a bug, please report")
    validate(result, document)
    return tuple(changes)

"""Blocks that a target draws, as findings with the edits that resolve them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nbrefactor.fold.conditions import line_start
from nbrefactor.fold.find import Drawings, Folding, find_folds
from nbrefactor.fold.writing import Called, call_text, import_edit, is_imported, write_fold
from nbrefactor.model.edits import compose
from nbrefactor.model.outcome import Edit, Explanation, Finding
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import Timeline

CODE = "NB105"

# What the user wants of a fold besides: reasons against it.
Will = Callable[[Folding], tuple[Reason, ...]]


def report_folds(notebook: Timeline, drawings: Drawings, will: Will) -> tuple[Finding, ...]:
    """Report the blocks of a notebook that a target draws.

    Parameters
    ----------
    notebook : Timeline
        The notebook's code.
    drawings : Drawings
        What the targets draw.
    will : callable
        What the user wants of a fold.

    Returns
    -------
    tuple of Finding
        In the notebook's order; those that are folded with their edits. The edits of the first
        fold of a cell bring in what all calls of the cell need.
    """
    near = [folding for folding in find_folds(notebook, drawings) if folding.fold is not None]
    against = {folding: (*folding.reasons, *will(folding)) for folding in near}
    folded = [folding for folding in near if not against[folding]]
    edits = _edits(notebook, folded)
    return tuple(_finding(one, against[one], edits.get(one, ())) for one in near)


def explain_folds(notebook: Timeline, drawings: Drawings) -> tuple[Explanation, ...]:
    """Explain every plot that is written out in a notebook, those that no target draws too.

    Parameters
    ----------
    notebook, drawings
        As for `report_folds`.

    Returns
    -------
    tuple of Explanation
        In the notebook's order, each with its statements, the call where there is one, and what
        would help where something keeps it.
    """
    return tuple(_explained(folding) for folding in find_folds(notebook, drawings))


def _explained(folding: Folding) -> Explanation:
    block, fold, home = folding.block, folding.fold, folding.block.home
    statements = block.statements
    inline = home.cell.source[line_start(home, statements[0]) : home.end(statements[-1])]
    remedies = tuple(dict.fromkeys(one.remedy for one in folding.reasons if not one.is_note))
    if fold is None:
        message = "no target draws it"
        if folding.reasons:
            message += f": {folding.reasons[0]}"
        finding = Finding(
            CODE,
            message,
            cell=home.cell.index,
            cell_id=home.cell.id,
            row=statements[0].lineno,
            reasons=folding.reasons,
        )
        return Explanation(finding, inline, "", "", remedies)
    finding = _finding(folding, folding.reasons, ())
    name = fold.unified.pattern.name if folding.called is None else folding.called.call
    return Explanation(finding, inline, call_text(fold, name, ""), "", remedies)


def _edits(notebook: Timeline, folded: Sequence[Folding]) -> dict[Folding, tuple[Edit, ...]]:
    known: set[Called] = set()
    found: dict[Folding, tuple[Edit, ...]] = {}
    for home in dict.fromkeys(one.block.home for one in folded):
        here = [one for one in folded if one.block.home is home]
        missing: list[Called] = []
        for one in here:
            assert one.fold is not None
            assert one.called is not None
            here_already = is_imported(notebook, one.fold, one.called)
            if not here_already and one.called not in (*known, *missing):
                missing.append(one.called)
        for at, one in enumerate(here):
            assert one.fold is not None
            assert one.called is not None
            written = write_fold(one.fold, one.called.call, hides=one.hides)
            if at == 0 and missing:
                written = compose([import_edit(one.fold, missing), *written], ())
            found[one] = written
        if home.code.leaks:
            known.update(missing)
    return found


def _finding(folding: Folding, against: tuple[Reason, ...], edits: tuple[Edit, ...]) -> Finding:
    block, fold = folding.block, folding.fold
    assert fold is not None
    pattern, cell = fold.unified.pattern, block.home.cell
    first, last = fold.gone[0].lineno, fold.gone[-1].end_lineno
    message = f"lines {first} to {last} draw what {pattern.dotted} draws"
    if against:
        message += f", but stay: {against[0]}"
    notes = tuple(Reason("fold-differs", difference) for difference in folding.differences)
    return Finding(
        CODE,
        message,
        cell=cell.index,
        cell_id=cell.id,
        row=first,
        name=pattern.name,
        fold=folding.level,
        target=pattern.dotted,
        reasons=(*notes, *against),
        edits=edits,
    )

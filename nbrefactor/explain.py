"""Explain the verdicts on a notebook's definitions, with both sources and what would help."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nbrefactor.config import Settings
from nbrefactor.engine import judge_document
from nbrefactor.model.outcome import Explanation, Finding
from nbrefactor.model.reason import Reason
from nbrefactor.notebook.document import read
from nbrefactor.program.timeline import timeline
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.python.source_difference import source_difference
from nbrefactor.rewrite.definitions import report_definitions
from nbrefactor.verdict.match import Accepted, Match


def explain_bytes(
    data: bytes, settings: Settings, modules: Sequence[Accepted], *, name: str | None = None
) -> tuple[Explanation, ...]:
    """Explain what becomes of a notebook's definitions; a pure function.

    Parameters
    ----------
    data : bytes
        The notebook's file.
    settings : Settings
        What the user asked for.
    modules : sequence of Accepted
        The target modules.
    name : str or None
        Explain the definitions of this name only.

    Returns
    -------
    tuple of Explanation
        One for each definition with a counterpart, in the notebook's order.

    Raises
    ------
    NotebookError
        If `data` is no readable notebook.
    """
    document = read(data)
    notebook = timeline(document.cells)
    matches = judge_document(document, notebook, settings, modules)
    return tuple(
        _explained(match, finding)
        for match, finding in zip(matches, report_definitions(matches, notebook), strict=True)
        if name is None or match.definition.name == name
    )


def explain_plots(
    data: bytes, settings: Settings, modules: Sequence[Accepted], *, name: str | None = None
) -> tuple[Explanation, ...]:
    """Explain the plots that are written out in a notebook; a pure function.

    Parameters
    ----------
    data, settings, modules
        As for `explain_bytes`.
    name : str or None
        Explain the plots of this target only.

    Returns
    -------
    tuple of Explanation
        One for each plot, in the notebook's order.
    """
    from nbrefactor.fold.find import Drawings
    from nbrefactor.fold.report import explain_folds

    found = explain_folds(timeline(read(data).cells), Drawings(modules))
    return tuple(one for one in found if name is None or one.finding.name == name)


def _explained(match: Match, finding: Finding) -> Explanation:
    definition = match.definition
    inline = _without_docstring(
        definition.home.cell.source[definition.start : definition.end],
        definition.node,
        definition.node.lineno - _decorators_above(definition.node),
    )
    target, place, difference = "", "", ""
    if match.target is not None:
        node, module = match.target.node, match.target.module
        first = node.lineno - _decorators_above(node)
        text = "\n".join(module.source.splitlines()[first - 1 : node.end_lineno])
        target, place = _without_docstring(text, node, first), f"{module.path}:{first}"
        cell = definition.home.cell.source
        difference = source_difference(definition.node, cell, node, module.source)
    advice = () if match.accepted else _remedies(match.reasons)
    return Explanation(finding, inline, target, place, advice, difference, match.obligations)


def _remedies(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """List what would help, each once."""
    return tuple(dict.fromkeys(reason.remedy for reason in reasons if not reason.is_note))


def _decorators_above(node: DefinitionNode) -> int:
    return node.lineno - min([node.lineno, *(found.lineno for found in node.decorator_list)])


def _without_docstring(text: str, node: DefinitionNode, first: int) -> str:
    """Leave a docstring of several lines out: it would hide the code that is compared."""
    docstring = node.body[0]
    if ast.get_docstring(node, clean=False) is None or docstring.lineno == docstring.end_lineno:
        return text
    assert docstring.end_lineno is not None
    lines = text.split("\n")
    start, end = docstring.lineno - first, docstring.end_lineno - first
    return "\n".join([*lines[:start], f'{lines[start].rstrip()} …"""', *lines[end + 1 :]])


def definition_names(data: bytes) -> tuple[str, ...]:
    """Name every definition of a notebook, for a message that lists them."""
    found = timeline(read(data).cells).definitions
    return tuple(dict.fromkeys(definition.name for definition in found))

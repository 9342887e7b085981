"""Findings of a check as a table in Markdown, for the summary of a job in CI."""

from __future__ import annotations

import re

from nbrefactor.model.diagnostic import CheckReport
from nbrefactor.report.counted import count
from nbrefactor.report.last_line import summarise
from nbrefactor.rules.catalogue import find_rule
from nbrefactor.visible import visible_line

# A summary may hold a megabyte; whoever wants all of a thousand findings reads the log.
_MOST = 200
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$@:-])")


def render(report: CheckReport) -> str:
    """Show findings in a table, and problems below it.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    str
        Markdown, in which no text of a notebook or name of a file is a link, a mark or a tag.
    """
    lines = ["### nbrefactor check", "", *map(_escaped, summarise(report)), ""]
    if report.diagnostics:
        lines += ["| notebook | line | rule | finding |", "|---|---|---|---|"]
    for found in report.diagnostics[:_MOST]:
        rule = f"{found.code} {find_rule(found.code).name}"
        cells = (found.path, str(found.line), rule, found.message)
        lines.append(f"| {' | '.join(map(_escaped, cells))} |")
    if len(report.diagnostics) > _MOST:
        rest = count(len(report.diagnostics) - _MOST, "finding")
        lines += ["", f"{rest} more stand in the log."]
    lines += [f"- {_escaped(problem)}" for problem in report.problems]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", visible_line(text))

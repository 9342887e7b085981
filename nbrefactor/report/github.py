"""Findings of a check as workflow commands, which GitHub shows beside the lines of a review."""

from __future__ import annotations

from pathlib import PurePath

from nbrefactor.model.diagnostic import CheckReport
from nbrefactor.rules.catalogue import find_rule
from nbrefactor.visible import visible_line


def render(report: CheckReport) -> str:
    """Write an error annotation for each finding and each problem.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    str
        A workflow command a line, escaped as GitHub's own toolkit does it.
    """
    lines = []
    for found in report.diagnostics:
        title = f"{found.code} {find_rule(found.code).name}"
        file = visible_line(PurePath(found.path).as_posix())
        properties = f"file={_property(file)},line={found.line},title={_property(title)}"
        lines.append(f"::error {properties}::{_data(found.message)}\n")
    lines += [
        f"::error title=nbrefactor::{_data(visible_line(problem))}\n" for problem in report.problems
    ]
    return "".join(lines)


def _data(text: str) -> str:
    # The percent sign first: it begins what the others become.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

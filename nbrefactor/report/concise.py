"""Findings of a check, a line each."""

from __future__ import annotations

from nbrefactor.model.diagnostic import CheckReport, Diagnostic
from nbrefactor.visible import visible_line


def render(report: CheckReport) -> str:
    """Show findings as ``path:line: code message``.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    str
        A line for each finding.
    """
    return "".join(f"{line(found)}\n" for found in report.diagnostics)


def line(found: Diagnostic) -> str:
    """Show one finding, without a line end."""
    return f"{visible_line(found.path)}:{found.line}: {found.code} {found.message}"

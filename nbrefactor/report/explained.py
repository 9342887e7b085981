"""Findings of a check with the reasons and differences behind them."""

from __future__ import annotations

import textwrap

from nbrefactor.model.diagnostic import CheckReport
from nbrefactor.report.concise import line


def render(report: CheckReport) -> str:
    """Show each finding in a line, and below it why it was found.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    str
        Lines, each with a line end.
    """
    parts = []
    for found in report.diagnostics:
        parts.append(f"{line(found)}\n")
        parts += [f"    {reason}\n" for reason in found.reasons]
        # What migrate replaces it shows as its own diff.
        if found.difference and not found.fixable:
            parts.append(textwrap.indent(found.difference.rstrip("\n") + "\n", "    "))
    return "".join(parts)

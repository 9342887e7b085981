"""Findings of a check as JSON."""

from __future__ import annotations

from nbrefactor.model.diagnostic import CheckReport
from nbrefactor.visible import visible_json, visible_line

_VERSION = 1


def render(report: CheckReport) -> str:
    """Write findings as one JSON object.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    str
        An object with the lists ``findings``, ``problems``, ``notebooks`` and ``gone``.
    """
    document = {
        "version": _VERSION,
        "notebooks": list(report.notebooks),
        "findings": [
            {
                "path": found.path,
                "line": found.line,
                "code": found.code,
                "message": found.message,
                "cell": found.cell,
                "cell_id": found.cell_id,
                "row": found.row,
                "name": found.name,
                "target": found.target,
                "fixable": found.fixable,
                "reasons": list(found.reasons),
                "difference": found.difference,
                "fingerprint": found.fingerprint,
            }
            for found in report.diagnostics
        ],
        "known": report.known,
        "passed_over": {"cells": report.opaque, "notebooks": report.foreign},
        "gone": [visible_line(line) for line in report.gone],
        "problems": [visible_line(problem) for problem in report.problems],
    }
    return visible_json(document, indent=2) + "\n"

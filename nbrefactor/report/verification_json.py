"""Verifications for machines.

The shape, which only grows within one ``schema``::

    {
      "schema": 1,
      "notebook": "analysis.ipynb",
      "migrated": "planned",              // or the other notebook's name
      "passed": true,
      "verdict": "verified: …",           // the last line of the text report
      "strict": false,
      "seconds": 12.3,
      "cells_total": 24, "cells_compared": 22,
      "outputs": {"identical": 30, "redrawn": 4},
      "notes": ["…"],
      "cells": [
        {
          "cell": 7,                      // counted from 1, as people do
          "id": "a1b2",                   // or null
          "status": "redrawn",            // the worst of its outputs
          "edited": false,                // whether the migration changed its source
          "calls": ["plot_entropy"],      // replaced names that it reaches; if cells have them
                                          // and none of these was compared, nothing is proved
          "detail": "",
          "outputs": [
            {
              // "redrawn": pictures in a cell that calls a replacement of level "compatible";
              // text, numbers and tables that differ there are "changed"
              "output": 1, "status": "redrawn", "kind": "picture",
              "detail": "12.3% of the pixels differ (RMS 20.10)",
              "rms": 20.1, "share": 0.123,
              "size_before": [400, 300], "size_after": [400, 300]   // pictures only
            }
          ]
        }
      ]
    }
"""

from __future__ import annotations

from typing import Any

from nbrefactor.report.verification import verdict
from nbrefactor.verify.values import CellComparison, OutputComparison, Verification
from nbrefactor.visible import visible_json


def render_verification_json(found: Verification) -> str:
    """Write a verification as JSON in the shape that this module's text shows.

    Parameters
    ----------
    found : Verification
        The verdict on each output.

    Returns
    -------
    str
        One JSON object, with a line end.
    """
    value = {
        "schema": 1,
        "notebook": found.path,
        "migrated": found.migrated,
        "passed": found.passed,
        "verdict": verdict(found),
        "strict": found.strict,
        "seconds": round(found.seconds, 3),
        "cells_total": len(found.cells),
        "cells_compared": len(found.compared),
        "outputs": found.counts,
        "notes": list(found.notes),
        "cells": [_cell(cell) for cell in found.cells],
    }
    return visible_json(value, indent=2) + "\n"


def _cell(cell: CellComparison) -> dict[str, Any]:
    return {
        "cell": cell.cell + 1,
        "id": cell.cell_id,
        "status": cell.status,
        "edited": cell.edited,
        "calls": list(cell.calls),
        "detail": cell.detail,
        "outputs": [_output(number, output) for number, output in enumerate(cell.outputs, 1)],
    }


def _output(number: int, output: OutputComparison) -> dict[str, Any]:
    value: dict[str, Any] = {
        "output": number,
        "status": output.status,
        "kind": output.family,
        "detail": output.detail,
    }
    if output.picture is not None:
        value |= {
            "rms": round(output.picture.rms, 4),
            "share": round(output.picture.share, 6),
            "size_before": list(output.picture.size_before),
            "size_after": list(output.picture.size_after),
        }
    return value

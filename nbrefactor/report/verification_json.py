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
      "outputs": {"identical": 30, "restyled": 4},
      "files": {"restyled": 2},           // saved figures, and figures left open unseen
      "restyled": {"size": 4, "color map": 2},  // in how many restyled outputs each name differs
      "notes": ["…"],
      "cells": [
        {
          "cell": 7,                      // counted from 1, as people do
          "id": "a1b2",                   // or null
          "status": "restyled",           // the worst of its outputs
          "edited": false,                // whether the migration changed its source
          "calls": ["plot_entropy"],      // replaced names that it reaches; if cells have them
                                          // and none of these was compared, nothing is proved
          "detail": "",
          "outputs": [
            {
              // "restyled": figures with the same data, marks and words in a cell that calls a
              // replacement of level "compatible"; all else that differs there fails
              "output": 1, "status": "restyled", "kind": "picture",
              "detail": "the same data; size differ",
              "rms": 20.1, "share": 0.123,
              "size_before": [400, 300], "size_after": [400, 300],  // pictures only
              "differences": [            // figures only; kinds: data, words, addition, style
                {"kind": "style", "name": "size", "where": "inches",
                 "before": "6 x 4", "after": "5 x 3"}
              ]
            }
          ],
          "files": []                     // as outputs, with "name" in place of "output"
        }
      ]
    }
"""

from __future__ import annotations

from dataclasses import asdict
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
        "files": found.file_counts,
        "restyled": found.restyled,
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
        "outputs": [
            {"output": number, **_output(output)} for number, output in enumerate(cell.outputs, 1)
        ],
        "files": [{"name": file.name, **_output(file)} for file in cell.files],
    }


def _output(output: OutputComparison) -> dict[str, Any]:
    value: dict[str, Any] = {
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
    if output.figure is not None:
        value["differences"] = [asdict(found) for found in output.figure.differences]
    return value

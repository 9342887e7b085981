"""Reading what a recorder left behind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """How long the recorder's file was when a cell began.

    Parameters
    ----------
    cell : int
        Position in the notebook, counted from 0.
    length : int
        In bytes.
    """

    cell: int
    length: int


def read_records(
    path: Path | None, begun: Sequence[Recorded]
) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    """Read the records of a run.

    Parameters
    ----------
    path : Path or None
        The recorder's file; None where nothing was recorded.
    begun : sequence of Recorded
        For each cell that was begun, in order, where its records begin.

    Returns
    -------
    mapping of int to sequence of mapping
        For each of these cells its records in the order of their moments; ``made`` is the cell that
        began the figure. The last line of a kernel that died may be cut; it is left out.
    """
    if path is None or not path.exists() or not begun:
        return {}
    found: dict[int, list[Mapping[str, Any]]] = {one.cell: [] for one in begun}
    made: dict[int | None, int] = {}
    current = 0
    with path.open("rb") as file:
        place = 0
        for line in file:
            while current + 1 < len(begun) and begun[current + 1].length <= place:
                current += 1
            place += len(line)
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if record["moment"] == "made":
                made[record["number"]] = begun[current].cell
                continue
            record["made"] = made.get(record.get("number"))
            found[begun[current].cell].append(record)
    return found

"""Which recorded figure is which output, and what was recorded besides the outputs."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from nbrefactor.verify.text import Normaliser
from nbrefactor.verify.values import Shown

Record = Mapping[str, Any]

_BINARY = ("image/png", "image/jpeg", "image/webp", "application/pdf")


def attach(
    outputs: Sequence[Mapping[str, Any]], records: Sequence[Record]
) -> tuple[list[Record | None], list[Record]]:
    """Find the recorded figure of each output, by the bytes that were drawn.

    Parameters
    ----------
    outputs : sequence of mapping
        Outputs of one cell as nbformat 4 holds them.
    records : sequence of mapping
        What was recorded while it ran.

    Returns
    -------
    attached : list of mapping or None
        For each output its record; None where it shows no recorded figure.
    rest : list of mapping
        The records that no output shows: saved files, and figures that were left over.
    """
    waiting = list(records)
    attached: list[Record | None] = []
    for output in outputs:
        digests = _digests(output.get("data", {}))
        own = [one for one in waiting if one.get("digest") in digests and one.get("figure")]
        found = next((one for one in own if one["moment"] == "drawn"), None)
        attached.append(found)
        if found is not None:
            # One display draws a figure once for each of its formats.
            drawn = {one["digest"]: one for one in own if one["moment"] == "drawn"}
            waiting = [one for one in waiting if one not in drawn.values()]
    return attached, [one for one in waiting if one["moment"] not in ("failed", "closed")]


def recorded(records: Sequence[Record], normalise: Normaliser) -> tuple[Shown, ...]:
    """Prepare figures that no output shows: files, and figures that were left open."""
    found = []
    for record in records:
        if record["moment"] == "saved":
            name = normalise(_relative(str(record["file"]), str(record.get("folder", ""))))
        else:
            name = {"drawn": "drawn in memory"}.get(str(record["moment"]), str(record["moment"]))
        picture = record.get("picture")
        data = {"image/png": picture} if picture else {}
        figure = json.dumps(record.get("figure"), sort_keys=True)
        content = record.get("digest") or figure
        key = hashlib.sha256(f"{name}\n{content}".encode()).hexdigest()
        found.append(Shown("file", name, data, key, record.get("figure"), record.get("made")))
    return tuple(found)


def problems(records: Sequence[Record]) -> tuple[str, ...]:
    """Say which figures could not be taken apart."""
    return tuple(str(one["problem"]) for one in records if one.get("problem"))


def closed(records: Sequence[Record]) -> tuple[Mapping[str, Any], ...]:
    """Give the figures that were closed before anybody saw them."""
    return tuple(
        one["figure"] for one in records if one["moment"] == "closed" and one.get("figure")
    )


def _relative(file: str, folder: str) -> str:
    path = PurePath(file)
    return str(path.relative_to(folder)) if folder and path.is_relative_to(folder) else file


def _digests(data: Mapping[str, Any]) -> set[str]:
    found = set()
    for mime, content in data.items():
        text = "".join(content) if isinstance(content, list) else content
        if not isinstance(text, str):
            continue
        if mime in _BINARY:
            try:
                found.add(hashlib.sha256(base64.b64decode(text)).hexdigest())
            except binascii.Error:
                continue
        elif mime == "image/svg+xml":
            found.add(hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest())
    return found

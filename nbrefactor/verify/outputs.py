"""Outputs of a run as a reader sees them, ready to be compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from nbrefactor.verify.markup import normal_html, normal_svg
from nbrefactor.verify.text import Normaliser, as_a_terminal_shows
from nbrefactor.verify.values import Family, Shown

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff")
# Drawn by lot for each run, and known to the page that shows the widget only.
_WIDGET = "application/vnd.jupyter.widget-view+json"


def shown(
    outputs: Sequence[Mapping[str, Any]],
    normalise: Normaliser,
    figures: Sequence[Mapping[str, Any] | None] = (),
) -> tuple[Shown, ...]:
    """Prepare the outputs of a cell.

    Parameters
    ----------
    outputs : sequence of mapping
        Outputs as nbformat 4 holds them.
    normalise : Normaliser
        Takes out what may differ from run to run.
    figures : sequence of mapping or None
        For each output the record of its figure; empty for none at all.

    Returns
    -------
    tuple of Shown
        In their order, with two exceptions that the clock decides: parts of a stream are joined,
        and all of ``stderr`` stands first.
    """
    errors = [
        _text(output) for output in outputs if _is_stream(output) and output.get("name") == "stderr"
    ]
    result: list[Shown] = []
    if errors:
        result.append(_stream("stderr", "".join(errors), normalise))
    waiting: list[str] = []
    for output, figure in zip_longest(outputs, figures):
        if _is_stream(output):
            if output.get("name") != "stderr":
                waiting.append(_text(output))
            continue
        if waiting:
            result.append(_stream("stdout", "".join(waiting), normalise))
            waiting = []
        result.append(_shown(output, normalise, figure or {}))
    if waiting:
        result.append(_stream("stdout", "".join(waiting), normalise))
    return tuple(result)


def normal(mime: str, content: Any, normalise: Normaliser) -> str:
    """Give the text of one representation that is compared.

    Parameters
    ----------
    mime : str
        Its MIME type.
    content : object
        Text, base64 or decoded JSON.
    normalise : Normaliser
        Takes out what may differ from run to run.
    """
    if mime == _WIDGET and not (isinstance(content, Mapping) and "model" in content):
        return "a widget"
    if not isinstance(content, str):
        return normalise(json.dumps(content, sort_keys=True, default=str))
    if mime in _PICTURES:
        return "".join(content.split())
    if mime == "image/svg+xml":
        return normalise(normal_svg(content))
    if mime == "text/html":
        return normalise(normal_html(content))
    return normalise(content)


def is_picture(mime: str) -> bool:
    """Tell whether a MIME type is that of pixels."""
    return mime in _PICTURES


def _is_stream(output: Mapping[str, Any]) -> bool:
    return bool(output["output_type"] == "stream")


def _text(output: Mapping[str, Any]) -> str:
    text = output.get("text", "")
    return text if isinstance(text, str) else "".join(text)


def _stream(name: str, text: str, normalise: Normaliser) -> Shown:
    text = as_a_terminal_shows(text)
    data = {"text/plain": text}
    return Shown("stream", name, data, _key("stream", name, {"text/plain": normalise(text)}))


def _shown(output: Mapping[str, Any], normalise: Normaliser, record: Mapping[str, Any]) -> Shown:
    if output["output_type"] == "error":
        name, value = str(output.get("ename", "")), str(output.get("evalue", ""))
        text = f"{name}: {value}" if value else name
        # The traceback shows source lines and paths, which a migration changes on purpose.
        return Shown("error", name, {"text/plain": text}, _key("error", "", {"": normalise(text)}))
    kind = str(output["output_type"])
    data = {
        str(mime): "".join(content) if _is_lines(content) else content
        for mime, content in output.get("data", {}).items()
    }
    normalised = {mime: normal(mime, content, normalise) for mime, content in data.items()}
    key = _key(kind, "", normalised)
    return Shown(_family(data), kind, data, key, record.get("figure"), record.get("made"))


def _is_lines(content: Any) -> bool:
    return isinstance(content, list) and all(isinstance(line, str) for line in content)


def _family(data: Mapping[str, Any]) -> Family:
    if any(mime in _PICTURES for mime in data):
        return "picture"
    if "image/svg+xml" in data:
        return "svg"
    if "text/html" in data:
        return "table" if "<table" in str(data["text/html"]) else "html"
    if any(mime.endswith("json") for mime in data):
        return "json"
    return "text" if set(data) <= {"text/plain", "text/markdown", "text/latex"} else "other"


def _key(family: str, name: str, data: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for part in (family, name, *(text for item in sorted(data.items()) for text in item)):
        encoded = part.encode(errors="surrogatepass")
        digest.update(f"{len(encoded)} ".encode())
        digest.update(encoded)
    return digest.hexdigest()

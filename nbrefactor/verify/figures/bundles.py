"""Plots that are data already: Plotly, Vega, Bokeh and widgets, compared without random ids."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbrefactor.verify.figures.leaves import compare_trees
from nbrefactor.verify.figures.values import FigureComparison, worst_first

PLOTLY = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
_VEGA = re.compile(r"application/vnd\.vega(?:lite)?\.v\d+(?:\.json|\+json)")
# Where the pages that libraries make begin their data.
_IN_PAGES = (
    ("plotly", re.compile(r"Plotly\.newPlot\(\s*\"[^\"]*\",\s*")),
    ("vega", re.compile(r"\}\)\((?=\{)")),
    ("bokeh", re.compile(r"docs_json\s*=\s*(?=\{)")),
)
_LARGEST = 30_000_000


def read_bundle(data: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Find the plot in an output.

    Parameters
    ----------
    data : mapping of str to object
        The output's content by MIME type.

    Returns
    -------
    tuple of (str, object), or None
        ``plotly``, ``vega``, ``bokeh`` or ``widget``, and its data without random ids.
    """
    for mime, content in data.items():
        if mime == PLOTLY and isinstance(content, Mapping):
            return "plotly", _plotly(content.get("data"), content.get("layout"))
        if _VEGA.fullmatch(mime) and isinstance(content, Mapping):
            return "vega", _vega(content)
        if mime == WIDGET and isinstance(content, Mapping) and "model" in content:
            return "widget", content["model"]
    html = data.get("text/html", data.get("application/javascript"))
    return _in_page(html) if isinstance(html, str) and len(html) < _LARGEST else None


def compare_bundles(before: tuple[str, Any], after: tuple[str, Any]) -> FigureComparison | None:
    """Compare two plots of one library; None where they are of two."""
    if before[0] != after[0]:
        return None
    return FigureComparison(worst_first(compare_trees(before[0], before[1], after[1])))


def with_widget_states(
    outputs: tuple[Mapping[str, Any], ...], states: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Put the state of each widget into the output that shows it, in place of its random id."""
    for output in outputs:
        view = output.get("data", {}).get(WIDGET)
        if not isinstance(view, Mapping) or view.get("model_id") not in states:
            yield output
            continue
        model = _widget(str(view["model_id"]), states, frozenset())
        yield {**output, "data": {**output["data"], WIDGET: {"model": model}}}


def _widget(model: str, states: Mapping[str, Any], above: frozenset[str]) -> Any:
    described = states.get(model)
    if not isinstance(described, Mapping) or model in above:
        return "another widget"
    state = {
        name: _widget_value(value, states, above | {model})
        for name, value in described.get("state", {}).items()
        if not name.startswith("_") or name == "_model_name"
    }
    return {"name": described.get("model_name"), **state}


def _widget_value(value: Any, states: Mapping[str, Any], above: frozenset[str]) -> Any:
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        return _widget(value.removeprefix("IPY_MODEL_"), states, above)
    if isinstance(value, list):
        return [_widget_value(member, states, above) for member in value]
    return value


def _in_page(html: str) -> tuple[str, Any] | None:
    decoder = json.JSONDecoder()
    for library, begin in _IN_PAGES:
        found = begin.search(html)
        if found is None:
            continue
        try:
            first, end = decoder.raw_decode(html, found.end())
            if library == "plotly":
                rest = html[html.index(",", end) + 1 :].lstrip()
                layout, _ = decoder.raw_decode(rest)
                return library, _plotly(first, layout)
        except ValueError:
            continue
        if library == "vega" and "$schema" in first:
            return library, _vega(first)
        if library == "bokeh":
            return library, _bokeh(first)
    return None


def _plotly(traces: Any, layout: Any) -> Any:
    plain = dict(layout or {})
    if isinstance(plain.get("template"), Mapping):
        # Hundreds of settings that are one: the theme.
        theme = json.dumps(plain["template"], sort_keys=True, default=str)
        plain["template"] = f"theme {hashlib.sha256(theme.encode()).hexdigest()[:8]}"
    return _without({"data": _plain_arrays(traces), "layout": _plain_arrays(plain)}, {"uid", "id"})


def _plain_arrays(value: Any) -> Any:
    """Write Plotly's binary arrays as lists."""
    if isinstance(value, Mapping):
        if "bdata" in value and "dtype" in value:
            import numpy as np

            numbers = np.frombuffer(
                base64.b64decode(str(value["bdata"])), dtype=str(value["dtype"])
            )
            if shape := str(value.get("shape", "")):
                numbers = numbers.reshape([int(length) for length in shape.split(",")])
            return numbers.tolist()
        return {name: _plain_arrays(member) for name, member in value.items()}
    return [_plain_arrays(member) for member in value] if isinstance(value, list) else value


def _vega(spec: Mapping[str, Any]) -> Any:
    """Put named data sets where they are used; their names are hashes."""
    sets = spec.get("datasets", {})

    def filled(value: Any) -> Any:
        if isinstance(value, Mapping):
            name = value.get("name")
            if set(value) == {"name"} and name in sets:
                return {"values": sets[name]}
            return {key: filled(member) for key, member in value.items()}
        return [filled(member) for member in value] if isinstance(value, list) else value

    plain = {
        key: value for key, value in spec.items() if key not in ("datasets", "$schema", "usermeta")
    }
    return filled(plain)


def _bokeh(documents: Any) -> Any:
    """Leave out the ids, which are counted or drawn by lot, and the version."""
    if isinstance(documents, Mapping):
        documents = list(documents.values())
    roots = [document.get("roots") for document in documents if isinstance(document, Mapping)]
    return _without(_plain_bokeh(roots), {"id", "version"})


def _plain_bokeh(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get("type") == "ndarray" and isinstance(value.get("array"), Mapping):
            content = value["array"].get("data", "")
            if isinstance(content, str):
                return _numbers(content, str(value["dtype"]))
        if value.get("type") == "map" and isinstance(value.get("entries"), list):
            return {str(key): _plain_bokeh(member) for key, member in value["entries"]}
        return {name: _plain_bokeh(member) for name, member in value.items()}
    return [_plain_bokeh(member) for member in value] if isinstance(value, list) else value


def _numbers(content: str, dtype: str) -> list[float]:
    import numpy as np

    data = base64.b64decode(content)
    # Newer versions pack them.
    numbers: list[float] = np.frombuffer(
        gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data, dtype=dtype
    ).tolist()
    return numbers


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, Mapping):
        return {
            name: _without(member, names) for name, member in value.items() if name not in names
        }
    return [_without(member, names) for member in value] if isinstance(value, list) else value

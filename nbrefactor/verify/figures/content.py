"""What an artist shows, in a form that does not depend on how it was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbrefactor.verify.figures.arrays import Array, equal, read_array, same

if TYPE_CHECKING:
    from nbrefactor.verify.figures.arrays import Floats

# Artists that a reader takes for one kind of mark.
_FAMILIES = {"line": "curve", "points": "curve", "image": "grid", "mesh": "grid"}
# Facts that are compared by name beside the arrays.
_FACTS = ("steps", "every", "xy1", "xy2", "slope", "direction", "filled", "type")


@dataclass(frozen=True, eq=False)
class Artist:
    """An artist of a recorded figure.

    Parameters
    ----------
    kind : str
        What draws it: ``line``, ``points``, ``image``, ``mesh``, ``bars``, ``text`` …
    family : str
        What it is to a reader.
    label : str
        Its name in a legend; empty where it has none.
    coordinates : tuple of str
        For x and y ``data``, ``axes`` or ``other``.
    data : mapping of str to Array
        Its arrays: a grid's values by ascending coordinates, points in ascending order.
    facts : mapping
        Single values that are data too.
    style : mapping
        How it looks.
    """

    kind: str
    family: str
    label: str
    coordinates: tuple[str, str]
    data: Mapping[str, Array]
    facts: Mapping[str, Any]
    style: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The words of a text."""
        return str(self.facts.get("text", ""))


def read_artist(described: Mapping[str, Any]) -> Artist | None:
    """Read an artist as the recorder describes it; None where it shows no finite value."""
    kind = str(described["kind"])
    label = str(described.get("label", ""))
    data = {name: read_array(array) for name, array in described["data"].items()}
    facts = dict(described["facts"])
    if kind in ("image", "mesh"):
        data = _grid(kind, data, facts) or data
    elif kind == "points":
        data = _sorted_points(data, facts)
    if kind in ("line", "points") and not _any_finite(data):
        return None
    x, y = described["coordinates"]
    return Artist(
        kind,
        _FAMILIES.get(kind, kind),
        "" if label.startswith("_") else label,
        (str(x), str(y)),
        data,
        facts,
        described["style"],
    )


def same_data(before: Artist, after: Artist) -> bool:
    """Tell whether two artists show the same."""
    return (
        before.family == after.family
        and before.coordinates == after.coordinates
        and set(before.data) == set(after.data)
        and all(same(before.data[name], after.data[name]) for name in before.data)
        and not differing_facts(before, after)
        and before.kind != "unknown"
    )


def differing_facts(before: Artist, after: Artist) -> tuple[str, ...]:
    """Name the single values in which two artists differ, their colour scales aside."""
    return tuple(
        name
        for name in _FACTS
        if before.facts.get(name) != after.facts.get(name)
        and not (name == "steps" and "points" in (before.kind, after.kind))
    )


def positions(artist: Artist) -> tuple[Floats, Floats] | None:
    """Give points in data coordinates that show where an artist stands; None where none tell."""
    import numpy as np

    data = {name: array.values for name, array in artist.data.items() if array.values is not None}
    x, y = data.get("x"), data.get("y")
    if artist.family == "grid" and x is not None and y is not None:
        across, along = np.meshgrid(x, y)
        return across.ravel(), along.ravel()
    if x is not None and y is not None:
        return np.ravel(x), np.ravel(y)
    if (points := data.get("points")) is not None and points.ndim == 2:
        return points[:, 0], points[:, 1]
    if artist.family == "bars" and "length" in data:
        center = data["center"] if "center" in data else data["start"] + data["width"] / 2
        end = data["base"] + data["length"]
        lying = artist.facts.get("direction") == "horizontal"
        return (end, center) if lying else (center, end)
    if artist.family == "patch" and (shape := data.get("shape")) is not None and shape.ndim == 2:
        return shape[:, 0], shape[:, 1]
    if artist.family == "rectangle" and (shape := data.get("shape")) is not None:
        left, bottom, width, height = shape[:4]
        return np.array([left, left + width]), np.array([bottom, bottom + height])
    return None


def shows_only_what(extra: Artist, others: list[Artist]) -> bool:
    """Tell whether an artist repeats or marks what others show already.

    Markers on the points of a curve do, and so does a hatch over the missing cells of a grid.
    """
    import numpy as np

    found = positions(extra)
    if found is None or extra.coordinates != ("data", "data"):
        return False
    own = np.column_stack(found)
    own = own[np.isfinite(own).all(axis=1)]
    for other in others:
        if other.family == "curve" and extra.family == "curve":
            there = positions(other)
            if there is not None and _within(own, np.column_stack(there)):
                return True
        if other.family == "grid" and extra.family in ("areas", "rectangle", "patch"):
            return _covers_missing(own, other)
    return False


def _within(points: Floats, others: Floats) -> bool:
    import numpy as np

    if len(points) * len(others) > 5_000_000:
        return False
    scale = np.abs(others[np.isfinite(others)]).max(initial=1e-300)
    distance = np.abs(points[:, None, :] - others[None, :, :]).max(axis=-1)
    return bool((distance.min(axis=1, initial=np.inf) <= 1e-5 * scale).all())


def _covers_missing(corners: Floats, grid: Artist) -> bool:
    """Tell whether areas reach over missing cells alone."""
    import numpy as np

    values, x, y = (grid.data[name].values for name in ("values", "x", "y"))
    if values is None or x is None or y is None or values.shape != (len(y), len(x)):
        return False
    missing = np.argwhere(~np.isfinite(values))
    if not len(missing) or len(x) < 2 or len(y) < 2:
        return False
    half = abs(x[1] - x[0]) / 2, abs(y[1] - y[0]) / 2
    near = np.zeros(len(corners), dtype=bool)
    for row, column in missing:
        near |= (np.abs(corners[:, 0] - x[column]) <= half[0] * 1.01) & (
            np.abs(corners[:, 1] - y[row]) <= half[1] * 1.01
        )
    return bool(near.all())


def _any_finite(data: Mapping[str, Array]) -> bool:
    import numpy as np

    arrays = [data[name].values for name in ("x", "y") if name in data]
    return all(array is None or bool(np.isfinite(array).any()) for array in arrays)


def _sorted_points(data: dict[str, Array], facts: dict[str, Any]) -> dict[str, Array]:
    """Order points, which have no order to a reader, and leave out those that are missing."""
    import numpy as np

    columns = {name: array.values for name, array in data.items()}
    length = None if columns.get("x") is None else columns["x"].size  # type: ignore[union-attr]
    if any(values is None or values.size != length for values in columns.values()):
        return data
    table = {name: np.ravel(values) for name, values in columns.items() if values is not None}
    kept = np.all([np.isfinite(table[name]) for name in "xyz" if name in table], axis=0)
    rounded = [np.round(values[kept], 9) for values in reversed(table.values())]
    order = np.flatnonzero(kept)[np.lexsort(rounded)]
    groups = facts.get("color groups")
    if isinstance(groups, list) and len(groups) == length:
        facts["color groups"] = first_use([groups[at] for at in order])
    return {name: Array((len(order),), values[order]) for name, values in table.items()}


def first_use(groups: list[int]) -> list[int]:
    """Give groups numbers in the order of their first use."""
    numbers: dict[int, int] = {}
    return [numbers.setdefault(group, len(numbers)) for group in groups]


def _grid(kind: str, data: dict[str, Array], facts: dict[str, Any]) -> dict[str, Array] | None:
    """Give a grid's values by ascending coordinates of its cells; None where it is bent."""
    import numpy as np

    values = data["values"].values
    if kind == "image":
        edges = facts.pop("extent"), facts.pop("origin")
        rows, columns = data["values"].shape[:2]
        left, right, bottom, top = edges[0]
        x = left + (right - left) * (np.arange(columns) + 0.5) / max(columns, 1)
        start, stop = (top, bottom) if edges[1] == "upper" else (bottom, top)
        y = start + (stop - start) * (np.arange(rows) + 0.5) / max(rows, 1)
    else:
        if "corners" not in data or (corners := data["corners"].values) is None:
            return None
        across, along = corners[..., 0], corners[..., 1]
        if not (equal(across, across[:1] + 0 * across) and equal(along, along[:, :1] + 0 * along)):
            return None
        x, y = across[0], along[:, 0]
        if values is not None and values.size == (len(x) - 1) * (len(y) - 1):
            x, y = (x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2
            values = values.reshape(len(y), len(x))
    if values is None:
        return {**data, "x": Array(x.shape, x), "y": Array(y.shape, y)}
    by_x, by_y = np.argsort(x), np.argsort(y)
    ordered = values[np.ix_(by_y, by_x)]
    return {
        **{name: array for name, array in data.items() if name not in ("values", "corners")},
        "values": Array(ordered.shape, ordered),
        "x": Array(x.shape, x[by_x]),
        "y": Array(y.shape, y[by_y]),
    }

"""The tables of knowledge against the libraries that they tell of."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import re
import sys
import types
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from nbrefactor.effects import known
from nbrefactor.effects.types import alternatives

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LIBRARIES = known.libraries()
# In the order of the schema; each names what it lists in `names`.
LISTED = ("function", "class", "constant", "decorator")
PLACES = ("changes", "shares", "holds", "calls", "unknown_if", "data")
OF_CALLS = {
    "names",
    "effects",
    *PLACES,
    "changes_if",
    "returns",
    "draws",
    "keeps_shape",
    "keeps_numbers",
    "unchecked",
}
KEYS = {
    "function": OF_CALLS,
    "class": OF_CALLS,
    "method": OF_CALLS,
    "constant": {"names", "returns", "unchecked"},
    "decorator": {"names", "transparent", "keeps_state"},
    "magic": {"names", "body", "binds", "effects"},
    "attribute": {"names", "shares", "returns"},
    "type": {"name", "bases", "operators", "succeeds", "method", "attribute"},
    "contract": {
        *("name", "roles", "keys", "raises", "running", "running_keyword"),
    },
}
DRAWN = {
    *("animation", "area", "arrows", "axes", "bars", "box", "canvas", "clear", "colorbar"),
    *("contour", "grid", "image", "label", "layout", "legend", "limits", "line", "look", "patch"),
    *("pie", "points", "scale", "spectrum", "text", "ticks", "title"),
}
SPECIAL = {"self", "*", "**", "global"}
DRAWING = {"draws", "makes-figure"}


def table(library: str) -> dict[str, Any]:
    folder = resources.files("nbrefactor.effects.knowledge")
    return tomllib.loads(folder.joinpath(f"{library}.toml").read_text("utf-8"))


def entries(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every entry with its kind, those of types as well."""
    for kind in (*LISTED, "magic", "type", "contract"):
        for entry in data.get(kind, ()):
            yield kind, entry
            for inner in ("method", "attribute"):
                if kind == "type":
                    yield from ((inner, one) for one in entry.get(inner, ()))


def found(dotted: str) -> Any:
    """Import what a dotted name means."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            value = getattr(value, part)
        return value
    raise ImportError(dotted)


def library_or_skip(library: str) -> None:
    if library not in ("builtins", "nbrefactor"):
        pytest.importorskip(library)
    if library in ("matplotlib", "seaborn"):
        found("matplotlib").use("agg")


def type_named(name: str) -> Any:
    if "." not in name:
        return {"NoneType": type(None), "generator": types.GeneratorType}.get(
            name, getattr(found("builtins"), name, None)
        )
    return found(name)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_table_has_only_words_of_the_schema(library: str) -> None:
    data = table(library)
    assert data.keys() <= {
        "library",
        "modules",
        "alias",
        "extensions",
        "succeeds",
        *LISTED,
        "magic",
        "type",
        "contract",
    }
    assert data["library"] == library
    for kind, entry in entries(data):
        names = entry.get("names", entry.get("name"))
        assert entry.keys() <= KEYS[kind], names
        assert names, f"{library}: an empty {kind}"
        assert set(entry.get("effects", ())) <= known.EFFECTS, names
        draws = entry.get("draws", ())
        assert {draws} - {""} <= DRAWN if isinstance(draws, str) else set(draws) <= DRAWN, names
        if kind in ("function", "class", "method") and entry.get("draws"):
            assert DRAWING & set(entry["effects"]), names


@pytest.mark.parametrize("library", LIBRARIES)
def test_places_are_positions_keywords_or_special(library: str) -> None:
    for kind, entry in entries(table(library)):
        for key in () if kind == "attribute" else PLACES:
            places = entry.get(key, [])
            assert len(places) == len(set(map(str, places))), (key, entry["names"])
            for place in places:
                assert isinstance(place, int) or place in SPECIAL or place.isidentifier()
                assert place != "self" or kind == "method", entry["names"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_no_name_stands_twice(library: str) -> None:
    data = table(library)
    listed = [name for kind in LISTED[:3] for one in data.get(kind, ()) for name in one["names"]]
    groups = [listed, [one["name"] for one in data.get("type", ())]]
    groups.append([name for one in data.get("magic", ()) for name in one["names"]])
    for one in data.get("type", ()):
        for kind in ("method", "attribute"):
            groups.append([name for entry in one.get(kind, ()) for name in entry["names"]])
    for names in groups:
        assert [name for name, count in Counter(names).items() if count > 1] == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_types_that_are_named_are_described(library: str) -> None:
    for _, entry in entries(table(library)):
        for one in (*alternatives(entry.get("returns", "")), *entry.get("bases", ())):
            if one == "self":
                continue
            for name in re.findall(r"[\w.]+", one):
                described = known.describes(name)
                assert described, f"{name}, in {entry.get('names', entry.get('name'))}"


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_name_is_what_the_table_says(library: str) -> None:
    library_or_skip(library)
    wrong = []
    for kind, entry in entries(table(library)):
        if kind not in LISTED or "unchecked" in entry:
            continue
        for name in entry["names"]:
            try:
                value = found(f"{library}.{name}")
            except (AttributeError, ImportError):
                wrong.append(f"{name} is not there")
                continue
            if kind != "constant" and not callable(value):
                wrong.append(f"{name} cannot be called")
            if kind == "class" and not isinstance(value, type):
                wrong.append(f"{name} is no class")
    assert wrong == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_type_has_what_the_table_says(library: str) -> None:
    library_or_skip(library)
    wrong = []
    for entry in table(library).get("type", ()):
        one = type_named(entry["name"])
        for method in entry.get("method", ()):
            if "unchecked" not in method:
                wrong += [
                    f"{entry['name']}.{name}"
                    for name in method["names"]
                    if not callable(getattr(one, name, None))
                ]
        wrong += [
            f"{entry['name']} is no {base}"
            for base in entry.get("bases", ())
            if isinstance(one, type) and not issubclass(one, type_named(base))
        ]
    assert wrong == []


# Values of types whose attributes stand in the instance and not in the class.
SAMPLES = {
    "collections.ChainMap": "collections.ChainMap()",
    "io.TextIOWrapper": "open(os.devnull)",
    "string.Template": "string.Template('')",
    "matplotlib.axes.Axes": "matplotlib.pyplot.figure().add_subplot()",
    "matplotlib.axis.Axis": "matplotlib.pyplot.figure().add_subplot().xaxis",
    "matplotlib.axis.XAxis": "matplotlib.pyplot.figure().add_subplot().xaxis",
    "matplotlib.axis.YAxis": "matplotlib.pyplot.figure().add_subplot().yaxis",
    "matplotlib.backend_bases.FigureCanvasBase": "matplotlib.pyplot.figure().canvas",
    "matplotlib.cm.ScalarMappable": "matplotlib.cm.ScalarMappable()",
    "matplotlib.colorbar.Colorbar": (
        "matplotlib.pyplot.colorbar(matplotlib.pyplot.contourf([[1, 2], [3, 4]]))"
    ),
    "matplotlib.colors.Colormap": "matplotlib.colors.ListedColormap(['red'])",
    "matplotlib.colors.Normalize": "matplotlib.colors.Normalize()",
    "matplotlib.figure.Figure": "matplotlib.pyplot.figure()",
    "matplotlib.gridspec.GridSpec": "matplotlib.gridspec.GridSpec(1, 1)",
    "matplotlib.gridspec.SubplotSpec": "matplotlib.gridspec.GridSpec(1, 1)[0]",
    "numpy.finfo": "numpy.finfo(float)",
    "numpy.iinfo": "numpy.iinfo(int)",
    "pandas.Series.dt": "pandas.Series(pandas.to_datetime(['2020-01-01'])).dt",
    "scipy.stats.gaussian_kde": "scipy.stats.gaussian_kde([1.0, 2.0, 4.0])",
    "torch.Tensor": "torch.ones(2)",
    "torch.nn.Module": "torch.nn.Module()",
}
# Some of several kinds have them, such as bars and error bars.
OF_SOME = {"matplotlib.container.Container", "pandas.Series.dt", "torch.Tensor", "pandas.Series"}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_type_has_its_attributes(library: str) -> None:
    library_or_skip(library)
    for entry in table(library).get("type", ()):
        if entry["name"] in OF_SOME or "attribute" not in entry:
            continue
        sample = SAMPLES.get(entry["name"])
        if sample is None:
            value = type_named(entry["name"])
        else:
            modules = {name: found(name) for name in ("io", "os", library)}
            for inner in ("pyplot", "stats", "axes"):
                with contextlib.suppress(ImportError):
                    importlib.import_module(f"{library}.{inner}")
            value = eval(sample, modules)
        names = [name for one in entry["attribute"] for name in one["names"]]
        assert [name for name in names if not hasattr(value, name)] == [], entry["name"]
        if library == "matplotlib":
            found("matplotlib.pyplot").close("all")


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_alias_is_the_same_object(library: str) -> None:
    library_or_skip(library)
    for name, of in table(library).get("alias", {}).items():
        assert found(f"{library}.{name}") is found(f"{library}.{of}"), name


def parameters(value: Any, *, bound: bool) -> list[inspect.Parameter] | None:
    try:
        listed = list(inspect.signature(value).parameters.values())
    except (ValueError, TypeError):
        return None
    return listed[1:] if bound and listed and listed[0].kind <= 1 else listed


def incomplete(entry: dict[str, Any], name: str, listed: list[inspect.Parameter]) -> Iterator[str]:
    """Find places that are given by position and not by keyword, or the other way round."""
    either = {
        one.name: position
        for position, one in enumerate(listed)
        if one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    }
    for key in PLACES:
        places = entry.get(key, [])
        for keyword, position in either.items():
            if (keyword in places) != (position in places) and "*" not in places:
                yield f"{name}: {key} has not both of {position} and {keyword}"


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_argument_is_known_by_position_and_by_keyword(library: str) -> None:
    library_or_skip(library)
    wrong: list[str] = []
    data = table(library)
    for kind in ("function", "class"):
        for entry in data.get(kind, ()):
            for name in () if "unchecked" in entry else entry["names"]:
                listed = parameters(found(f"{library}.{name}"), bound=False)
                wrong += incomplete(entry, name, listed or [])
    for one in data.get("type", ()):
        for entry in one.get("method", ()):
            for name in () if "unchecked" in entry else entry["names"]:
                listed = parameters(getattr(type_named(one["name"]), name), bound=True)
                wrong += incomplete(entry, f"{one['name']}.{name}", listed or [])
    assert wrong == []


def test_arguments_that_are_changed_exist() -> None:
    """A keyword that no function of its entry has would be a slip of the pen."""
    for library in ("numpy", "pandas", "matplotlib"):
        library_or_skip(library)
        for entry in table(library).get("function", ()):
            signatures = [
                listed
                for name in (() if "unchecked" in entry else entry["names"])
                if (listed := parameters(found(f"{library}.{name}"), bound=False)) is not None
            ]
            for place in entry.get("changes", ()):
                if isinstance(place, str) and place not in SPECIAL and signatures:
                    assert any(
                        one.name == place or one.kind is inspect.Parameter.VAR_KEYWORD
                        for listed in signatures
                        for one in listed
                    ), (place, entry["names"])


def test_the_bundled_plots_take_what_their_contracts_say() -> None:
    viz = found("nbrefactor.viz")
    for name in viz.__all__:
        contract = known.contract(f"nbrefactor.viz.{name}")
        assert contract is not None
        assert list(contract.roles) == list(inspect.signature(getattr(viz, name)).parameters)
    assert known.contract("nbrefactor.viz.main") is None

"""What the tables call harmless is called, and its arguments and the process are looked at after."""

from __future__ import annotations

import contextlib
import copy
import importlib
import io
import os
import random
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from nbrefactor.effects import known
from nbrefactor.effects.known import Known
from nbrefactor.effects.tables import Table

pytestmark = pytest.mark.slow
matplotlib.use("agg")
pd = pytest.importorskip("pandas")
torch: Any = None


@pytest.fixture(autouse=True, scope="module")
def _torch() -> None:
    """Import what takes seconds when a test needs it, not to find out which tests there are."""
    global torch
    torch = pytest.importorskip("torch")


# Integrals and fits that take seconds with the arguments of this test, and a loop without end.
TOO_LONG = re.compile(
    r"scipy\.stats\.\w+\.(entropy|fit|mean|median|moment|stats|std|var)"
    r"|scipy\.ndimage\.distance_transform_cdt"
)


@dataclass(frozen=True)
class Process:
    """What a harmless function leaves as it was."""

    numpy: object
    generator: object
    torch: bytes
    errors: object
    settings: object
    filters: object
    folder: str
    environment: object
    figures: object
    default: object

    @classmethod
    def now(cls) -> Process:
        return cls(
            (np.random.get_state()[1].tobytes(), np.random.get_state()[2:]),  # type: ignore[index]
            random.getstate(),
            torch.get_rng_state().numpy().tobytes(),
            np.geterr(),
            dict(matplotlib.rcParams),
            list(warnings.filters),
            str(Path.cwd()),
            dict(os.environ),
            plt.get_fignums(),
            (np.get_printoptions(), torch.get_default_dtype(), torch.is_grad_enabled()),
        )


def matrix() -> Any:
    return np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]])


def vector() -> Any:
    return np.array([3.0, 1.0, 2.0])


def whole() -> Any:
    return np.array([3, 1, 2])


def text() -> Any:
    return np.array(["b", "a", "c"])


# A function is called with each that it takes.
ARRAYS: Sequence[Callable[[], tuple[Any, ...]]] = (
    lambda: (matrix(),),
    lambda: (vector(),),
    lambda: (matrix(), matrix() + np.eye(3)),
    lambda: (vector(), vector()[::-1].copy()),
    lambda: (whole(),),
    lambda: (whole(), whole()[::-1].copy()),
    lambda: (matrix(), 1),
    lambda: (vector(), 2),
    lambda: (whole(), 3),
    lambda: ([matrix(), matrix()],),
    lambda: ([vector(), vector()],),
    lambda: (matrix() > 1, matrix(), matrix() + 1),
    lambda: (vector(), vector() / 2, vector() + 1),
    lambda: (matrix(), matrix() / 2, matrix() + 1),
    lambda: (matrix(), vector()),
    lambda: (matrix(), 0, None, vector()),
    lambda: (matrix(), None, np.array(0.0)),
    lambda: (vector(), vector(), 1),
    lambda: (matrix(), 0, 1),
    lambda: (matrix(), (3, 3)),
    lambda: (matrix(), whole() - 1),
    lambda: (matrix() > 1, matrix()),
    lambda: (whole().astype(np.uint8),),
    lambda: (matrix(), whole() - 1, 0),
    lambda: (matrix(), [0, 1], 0),
    lambda: (np.arange(3), [whole(), whole(), whole()]),
    lambda: ([matrix() > 1, matrix() > 2], [matrix(), matrix()]),
    lambda: (text(),),
    lambda: (text(), text()),
    lambda: (text(), "a", "b"),
    lambda: (text(), "a"),
    lambda: (text(), 2),
    lambda: (np.ones((2, 2, 2)),),
    lambda: (np.arange(20.0),),
    lambda: (np.arange(20.0), np.arange(20.0) ** 2),
    lambda: (np.arange(20.0), 3, 2),
    lambda: (2, 0.5),
    lambda: (3,),
    lambda: (0.5, 2, 3),
)


class HarmError(Exception):
    """A harmless function did something."""


def call(function: Any, arguments: tuple[Any, ...]) -> Any:
    """Call with nothing printed and nothing warned; what is printed is an error."""
    printed = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
        warnings.simplefilter("ignore")
        filters = list(warnings.filters)
        result = function(*arguments)
        if warnings.filters != filters:
            raise HarmError("changes the filters of warnings")
    if printed.getvalue():
        raise HarmError("prints")
    return result


def differs(before: Any, after: Any) -> bool:
    if isinstance(before, list):
        return any(differs(*pair) for pair in zip(before, after, strict=True))
    if isinstance(before, torch.Tensor):
        return not torch.equal(before, after) or before.requires_grad != after.requires_grad
    if isinstance(before, np.ndarray):
        same_kind = before.shape == after.shape and before.dtype == after.dtype
        return not same_kind or before.tobytes() != after.tobytes()
    if isinstance(before, pd.DataFrame | pd.Series | pd.Index):
        return not before.equals(after)
    return bool(before != after)


def shared(result: Any, argument: Any) -> bool:
    """Tell whether a result is, or is a view of, an argument."""
    if isinstance(result, tuple | list):
        return any(shared(one, argument) for one in result)
    if isinstance(result, torch.Tensor) and isinstance(argument, torch.Tensor):
        ours, theirs = result.untyped_storage(), argument.untyped_storage()
        return ours.nbytes() > 0 and ours.data_ptr() == theirs.data_ptr()
    if isinstance(result, torch.Tensor):
        return shared(result.detach().resolve_conj().resolve_neg().numpy(), argument)
    if isinstance(result, np.ndarray) and isinstance(argument, torch.Tensor):
        return np.shares_memory(result, argument.detach().numpy())
    if isinstance(result, np.ndarray) and isinstance(argument, np.ndarray):
        return np.shares_memory(result, argument)
    return False


def check(name: str, function: Any, entry: Known, candidates: Sequence[Any], bound: bool) -> bool:
    """Call a function in every way that works; False where none does.

    Changes and shares that the entry does not have are errors.
    """
    process, called = Process.now(), False
    for make in candidates:
        arguments = make()
        if not entry.covers(len(arguments) - bound, ()):
            continue
        before = copy.deepcopy(arguments)
        try:
            result = call(function, arguments)
        except HarmError as error:
            pytest.fail(f"{name} {error}")
        except Exception:
            continue
        for position, (was, now) in enumerate(zip(before, arguments, strict=True)):
            place = ("self" if position == 0 else position - 1) if bound else position
            assert not differs(was, now) or place in entry.changes, f"{name} changed {place}"
            allowed = {place, "*"} & {*entry.shares}
            assert not shared(result, now) or allowed, f"{name} gave a view of {place}"
        called = True
    assert Process.now() == process, f"{name} changed the process"
    return called


def harmless(table: Table, prefix: str = "") -> Iterator[tuple[str, Known]]:
    for name, entry in table.functions.items():
        if not entry.effects and name.startswith(prefix) and not TOO_LONG.fullmatch(name):
            yield name, entry


def found(name: str) -> Any:
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            value = getattr(value, part, None)
        return value
    return None


def tensor(*, grad: bool = False) -> Any:
    return torch.tensor(matrix(), requires_grad=grad)


def tensors() -> Sequence[Callable[[], tuple[Any, ...]]]:
    def turned(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
            return torch.tensor(value)
        return [turned(one) for one in value] if isinstance(value, list) else value

    def turning(make: Callable[[], tuple[Any, ...]]) -> Callable[[], tuple[Any, ...]]:
        return lambda: tuple(turned(one) for one in make())

    more: list[Callable[[], tuple[Any, ...]]] = [
        lambda: (torch.ones(1, 2, 4, 4),),
        lambda: (torch.ones(1, 2, 4, 4), 2),
        lambda: (torch.ones(1, 2, 4),),
        lambda: (torch.ones(1, 2, 4), 2),
        lambda: (tensor(), 0, torch.tensor([0, 1, 2])),
        lambda: (tensor(), 0, torch.tensor([[0, 1, 2]])),
        lambda: (tensor(), torch.tensor([0, 1, 2])),
        lambda: (tensor(), 0, torch.tensor([0, 1, 2]), tensor()),
        lambda: (tensor(), tensor(), tensor()),
        lambda: (tensor(), tensor(), tensor(), tensor()),
        lambda: (tensor(), tensor() > 1, 0.0),
        lambda: (tensor(), tensor() > 1),
        lambda: ("ij,jk->ik", tensor(), tensor()),
        lambda: (tensor(), torch.float32),
        lambda: (tensor(), "cpu"),
        lambda: (tensor(), 0.5, 1.0),
        lambda: (tensor(grad=True),),
    ]
    return [*map(turning, ARRAYS), *more]


def frame() -> Any:
    return pd.DataFrame(matrix(), columns=["a", "b", "c"])


def frames(make: Callable[[], Any]) -> Sequence[Callable[[], tuple[Any, ...]]]:
    extra: tuple[Any, ...] = (
        ("a",), (1,), (["a", "b"],), ("x",), (make,), ([2, 1, 0],), ("int64",), ({"a": "z"},),
        (0, 1), (0.5, 2.0), ("a", "b"), (["p", "q", "r"],), (make, 0), ("s", "t", "u"),
    )  # fmt: skip

    def maker(rest: tuple[Any, ...]) -> Callable[[], tuple[Any, ...]]:
        return lambda: (make(), *(one() if callable(one) else one for one in rest))

    return [maker(rest) for rest in ((), *extra)]


@pytest.mark.parametrize(
    ("library", "prefix", "most_uncalled"),
    [
        pytest.param("numpy", "numpy.", 0.15, id="numpy"),
        pytest.param("scipy", "scipy.", 0.15, id="scipy"),
        pytest.param("math", "math.", 0.1, id="math"),
        pytest.param("statistics", "statistics.", 0.1, id="statistics"),
        pytest.param("torch", "torch.", 0.25, id="torch"),
    ],
)
def test_a_harmless_function_changes_nothing(
    library: str, prefix: str, most_uncalled: float
) -> None:
    pytest.importorskip(library)
    table = known._table(library)
    assert table is not None
    candidates = tensors() if library == "torch" else ARRAYS
    uncalled, count = [], 0
    for name, entry in harmless(table, prefix):
        function = found(name)
        if function is None or (isinstance(entry.changes, tuple) and 0 in entry.changes):
            continue
        count += 1
        if not check(name, function, entry, candidates, bound=False):
            uncalled.append(name)
    assert len(uncalled) <= most_uncalled * count, f"{len(uncalled)} of {count}: {uncalled}"


METHODS = [
    pytest.param("numpy.ndarray", ARRAYS, 0.2, id="arrays"),
    pytest.param("torch.Tensor", tensors(), 0.25, id="tensors"),
    pytest.param("pandas.DataFrame", frames(frame), 0.2, id="frames"),
    pytest.param("pandas.Series", frames(lambda: frame()["a"]), 0.25, id="series"),
    pytest.param("pandas.Index", frames(lambda: pd.Index([3, 1, 2])), 0.3, id="indices"),
]


@pytest.mark.parametrize(("type_name", "candidates", "most_uncalled"), METHODS)
def test_a_harmless_method_changes_nothing(
    type_name: str, candidates: Sequence[Any], most_uncalled: float
) -> None:
    table = known._table(type_name.partition(".")[0])
    assert table is not None
    uncalled, count = [], 0
    for name, entry in table.types[type_name].methods.items():
        function = getattr(found(type_name), name, None)
        if function is None or entry.effects or "self" in entry.changes:
            continue
        count += 1
        if not check(f"{type_name}.{name}", function, entry, candidates, bound=True):
            uncalled.append(name)
    assert len(uncalled) <= most_uncalled * count, f"{len(uncalled)} of {count}: {uncalled}"


DRAWN: Sequence[tuple[str, Callable[[], tuple[Any, ...]]]] = (
    *((name, lambda: (matrix(),)) for name in (
        "imshow", "matshow", "pcolormesh", "pcolor", "contour", "contourf", "spy", "boxplot",
        "violinplot", "plot", "hist", "eventplot",
    )),
    *((name, lambda: (vector(), vector()[::-1].copy())) for name in (
        "plot", "scatter", "bar", "barh", "step", "stem", "fill_between", "errorbar", "hist2d",
        "hexbin", "quiver", "semilogx", "semilogy", "loglog", "fill_betweenx", "stackplot", "fill",
    )),
    *((name, lambda: (vector(),)) for name in ("pie", "ecdf", "stairs", "hist")),
    ("specgram", lambda: (np.arange(600.0),)),
    ("hlines", lambda: (vector(), 0.0, 1.0)),
    ("vlines", lambda: (vector(), 0.0, 1.0)),
    ("acorr", lambda: (np.arange(20.0),)),
    ("tricontourf", lambda: (vector(), np.array([0.0, 2.0, 5.0]), vector())),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "make"), DRAWN, ids=lambda value: value if isinstance(value, str) else ""
)
def test_drawing_leaves_the_data_alone(name: str, make: Callable[[], tuple[Any, ...]]) -> None:
    drawn, ways = make(), ("matplotlib.pyplot", "matplotlib.axes.Axes")
    before = copy.deepcopy(drawn)
    figure, axes = plt.subplots()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            getattr(plt, name)(*drawn)
            getattr(axes, name)(*drawn)
            figure.canvas.draw()
    finally:
        plt.close("all")
    assert not any(differs(*pair) for pair in zip(before, drawn, strict=True))
    for entry in (known.function(f"{ways[0]}.{name}"), known.method(ways[1], name)):
        assert entry is not None
        assert entry.effects == ("draws",)
        assert entry.data


def test_drawing_sets_the_limits_of_a_scale_that_it_is_given() -> None:
    norm = matplotlib.colors.Normalize()
    _, axes = plt.subplots()
    axes.imshow(matrix(), norm=norm)
    plt.close("all")
    assert norm.vmin == 0.25
    entry = known.method("matplotlib.axes.Axes", "imshow")
    assert entry is not None
    assert "norm" in entry.changes


def test_the_check_sees_what_it_looks_for() -> None:
    def sorts(values: Any) -> None:
        values.sort()

    def seeds(values: Any) -> None:
        np.random.seed(int(values[0]))

    def views(values: Any) -> Any:
        return values[1:]

    for function, message in (
        (sorts, "changed 0"),
        (seeds, "changed the process"),
        (views, "gave a view of 0"),
        (print, "prints"),
    ):
        with pytest.raises((AssertionError, pytest.fail.Exception), match=message):
            check("it", function, Known(), [lambda: (vector(),)], bound=False)
    assert check("it", views, Known(shares=(0,)), [lambda: (vector(),)], bound=False)

"""Questions to the tables of knowledge, and what they answer."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nbrefactor.effects import known
from nbrefactor.effects.known import Decorator, Known

FIGURE, AXES = "matplotlib.figure.Figure", "matplotlib.axes.Axes"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        pytest.param("numpy.copyto", Known(changes=(0, "dst")), id="changes its first argument"),
        pytest.param(
            "numpy.random.rand", Known(effects=("random",)), id="draws from the shared generator"
        ),
        pytest.param("numpy.random.seed", Known(effects=("seeds",)), id="seeds it"),
        pytest.param(
            "numpy.asarray",
            Known(
                shares=(0, "a"),
                unknown_if=("like",),
                returns="numpy.ndarray",
                keeps_shape=True,
                keeps_numbers=True,
                succeeds=True,
            ),
            id="gives back what it was given",
        ),
        pytest.param(
            "builtins.sorted",
            Known(holds=(0,), calls=("key",), returns="list"),
            id="calls its key",
        ),
        pytest.param(
            "torch.relu_", Known(changes=(0, "input"), shares=(0, "input")), id="in place"
        ),
        pytest.param("matplotlib.use", Known(effects=("settings",)), id="settings"),
        pytest.param(
            "matplotlib.pyplot.savefig",
            Known(effects=("saves-figure", "writes-files")),
            id="writes a file",
        ),
        pytest.param("os.path.join", Known(succeeds=True), id="a function of an inner module"),
        pytest.param(
            "matplotlib.pyplot.Rectangle",
            Known(returns="matplotlib.patches.Patch"),
            id="a name that stands for another",
        ),
        pytest.param("matplotlib.pyplot.cm.viridis", Known(), id="in a module of another name"),
        pytest.param(
            "builtins.ValueError", Known(holds=("*",), returns="BaseException"), id="class"
        ),
    ],
)
def test_a_function_is_known_by_its_full_name(origin: str, expected: Known) -> None:
    assert known.function(origin) == expected


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("wandb.log", id="no table has the library"),
        pytest.param("numpy.load_everything", id="the table has no such function"),
        pytest.param("numpy", id="a module"),
        pytest.param("mean", id="a last part alone"),
        pytest.param("mymodule.numpy.mean", id="the same name somewhere else"),
        pytest.param("inspect.stack", id="the same last part somewhere else"),
        pytest.param("pickle.load", id="runs code"),
        pytest.param("torch.load", id="unpickles"),
        pytest.param("time.sleep", id="waits"),
        pytest.param("builtins.get_ipython", id="reaches everything"),
        pytest.param("", id="nothing"),
    ],
)
def test_everything_else_is_unknown(origin: str) -> None:
    assert known.function(origin) is None


def test_a_method_of_a_known_type() -> None:
    sort = known.method("numpy.ndarray", "sort")
    assert sort is not None
    assert sort.changes == ("self",)
    assert known.method("str", "sort") is None
    assert known.method("some.Type", "sort") is None


def test_a_method_is_inherited() -> None:
    assert known.method("collections.Counter", "pop") == known.method("dict", "pop")
    assert known.method(AXES, "set_visible") == known.method(
        "matplotlib.artist.Artist", "set_visible"
    )


def test_the_result_may_have_the_type_of_the_object() -> None:
    copied = known.method(f"numpy.ndarray[{AXES}]", "flatten")
    assert copied is not None
    assert copied.returns == f"numpy.ndarray[{AXES}]"


def test_of_several_types_the_worst_counts() -> None:
    either = known.method("list | numpy.ndarray", "copy")
    assert either is not None
    assert either.effects == ()
    union = known.method(None, "to")
    assert union is not None
    # A module is moved, a tensor may come back itself.
    assert {"self"} <= set(union.changes)
    assert {"self"} <= set(union.shares)
    plots = known.method(None, "plot")
    assert plots is not None
    assert {"draws", "makes-figure"} <= set(plots.effects)
    assert known.method(None, "no_library_has_this") is None


def test_the_type_of_a_result_is_common_to_all_or_none() -> None:
    detach, mean = known.method(None, "detach"), known.method(None, "mean")
    assert detach is not None
    assert detach.returns == "torch.Tensor"
    assert mean is not None
    assert mean.returns == ""


def test_attributes() -> None:
    transposed, shape = known.attribute("numpy.ndarray", "T"), known.attribute(None, "shape")
    assert transposed is not None
    assert (transposed.shares, transposed.returns) == (True, "numpy.ndarray")
    assert shape is not None
    assert not shape.shares
    assert known.attribute(None, "no_library_has_this") is None


@pytest.mark.parametrize(
    ("positional", "keywords", "starred", "covered"),
    [
        pytest.param(1, (), False, True, id="one argument"),
        pytest.param(1, ("nan",), False, True, id="a keyword that changes nothing"),
        pytest.param(2, (), False, False, id="the second position"),
        pytest.param(1, ("copy",), False, False, id="its keyword"),
        pytest.param(1, ("**",), False, False, id="keywords that cannot be seen"),
        pytest.param(1, (), True, False, id="positions that cannot be seen"),
    ],
)
def test_arguments_that_make_a_call_unknown(
    positional: int, keywords: tuple[str, ...], starred: bool, covered: bool
) -> None:
    entry = known.function("numpy.nan_to_num")
    assert entry is not None
    assert entry.covers(positional, keywords, starred=starred) == covered


def test_constants() -> None:
    assert known.constant("math.pi") == "float"
    assert known.constant("numpy.newaxis") == "NoneType"
    assert known.constant("matplotlib.rcParams") is None
    assert known.constant("os.environ") is None
    assert known.constant("somewhere.pi") is None


def test_decorators() -> None:
    assert known.decorator("torch.no_grad") == Decorator(transparent=True)
    assert known.decorator("functools.lru_cache") == Decorator(keeps_state=True)
    assert known.is_transparent("torch.no_grad")
    assert not known.is_transparent("functools.lru_cache")
    assert not known.is_transparent("mymodule.decorate")


@pytest.mark.parametrize(
    ("module", "harmless"),
    [
        ("numpy", True),
        ("matplotlib.pyplot", True),
        ("torch.nn.functional", True),
        ("collections.abc", True),
        ("torch.utils.tensorboard", False),
        ("antigravity", False),
        ("mymodule", False),
    ],
)
def test_modules_that_may_be_imported(module: str, harmless: bool) -> None:
    assert known.has_library(module) == harmless


def test_magics_are_told_apart_by_their_marks() -> None:
    line, cell, capture = known.magic("%time"), known.magic("%%time"), known.magic("%%capture")
    assert line is not None
    assert line.body == "python"
    assert cell is not None
    assert capture is not None
    assert capture.binds
    assert known.magic("time") is None
    assert known.magic("%%someone_elses") is None


def test_what_a_value_can_be_by_what_is_asked_of_it() -> None:
    assert known.types_having("detach", "numpy") == "torch.Tensor"
    assert "pandas.DataFrame" in known.types_having("iloc", "mean")
    assert "torch.nn.Module" not in known.types_having("cpu", "shape")
    assert known.types_having("no_library_has_this") == ""


def test_operators() -> None:
    assert known.operators_are_pure("numpy.ndarray")
    assert known.operators_are_pure("int | float")
    assert not known.operators_are_pure("numpy.ndarray | some.Type")
    assert not known.operators_are_pure("")


@pytest.mark.slow
def test_a_table_is_read_when_it_is_asked_for() -> None:
    program = (
        "from nbrefactor.effects import known\n"
        "assert known._table.cache_info().currsize == 0\n"
        "known.function('math.sqrt')\n"
        "assert known._table.cache_info().currsize == 1\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)

"""Every kind of input reaches every function with the same numbers."""

from __future__ import annotations

import array
import collections
import decimal
import fractions

import numpy as np
import pytest
from matplotlib.figure import Figure

from nbrefactor import viz
from nbrefactor.viz._arrays import (
    finite_number,
    head_grid,
    marked_heads,
    shape_of,
    to_array,
    whole_number,
)

pytestmark = pytest.mark.slow

# Zeros and ones are exact in every dtype, and good values for all six functions.
DATA = np.array([[0, 1, 1], [1, 0, 1], [0, 0, 1]])


class OffersArray:
    def __init__(self, values):
        self.values = np.array(values)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)


class OffersDLPack:
    """Exchanges memory and nothing else; ``device`` CUDA refuses until it is asked to come over."""

    def __init__(self, values, elsewhere=False):
        self.values = np.array(values, dtype=np.float32)
        self.elsewhere = elsewhere

    def __dlpack__(self, *, dl_device=None, **options):
        if self.elsewhere and dl_device is None:
            raise BufferError("the array is on another device")
        return self.values.__dlpack__()

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


class OffersTensorMethods:
    """Like a bfloat16 tensor on a GPU that requires grad: each step must be asked for."""

    def __init__(self, values, *, attached=True, on_gpu=True, narrow=True):
        self.values = np.array(values, dtype=np.float32)
        self.state = (attached, on_gpu, narrow)

    def _with(self, attached, on_gpu, narrow):
        return OffersTensorMethods(self.values, attached=attached, on_gpu=on_gpu, narrow=narrow)

    def detach(self):
        return self._with(False, *self.state[1:])

    def cpu(self):
        return self._with(self.state[0], False, self.state[2])

    def float(self):
        return self._with(*self.state[:2], False)

    def __array__(self, dtype=None, copy=None):
        attached, on_gpu, narrow = self.state
        if attached:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad")
        if on_gpu or narrow:
            raise TypeError("can't convert this tensor to numpy")
        return np.array(self.values, dtype=dtype)


def nest(values, sequence, number):
    """Nested sequences of that type, whose numbers are of that type."""
    if isinstance(values, list):
        return sequence(nest(value, sequence, number) for value in values)
    return number(values)


def torch_tensor(values, **options):
    torch = pytest.importorskip("torch", reason="torch is not installed: no real tensors to test")
    if options.get("device") == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device: tensors on one cannot be tested")
    dtype = getattr(torch, options.pop("dtype", "float32"))
    return torch.tensor(values.tolist(), dtype=dtype, **options)


def jax_array(values, dtype):
    jnp = pytest.importorskip("jax.numpy", reason="JAX is not installed: no real arrays to test")
    return jnp.array(values.tolist(), dtype=getattr(jnp, dtype))


KINDS = {
    **{
        f"numpy {name}": lambda data, name=name: data.astype(name)
        for name in (
            "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
            "float16", "float32", "float64", "longdouble", ">f4", ">i8", "object",
        )
    },
    "numpy in Fortran order": np.asfortranarray,
    "numpy with gaps in memory": lambda data: np.repeat(data, 3, axis=-1)[..., ::3],
    "numpy read-only": lambda data: np.broadcast_to(data, data.shape),
    "numpy masked array": np.ma.masked_array,
    "nested lists": lambda data: data.tolist(),
    "nested tuples": lambda data: nest(data.tolist(), tuple, int),
    "list of arrays": list,
    "lists of numpy numbers": lambda data: nest(data.tolist(), list, np.float32),
    "lists of fractions": lambda data: nest(data.tolist(), list, fractions.Fraction),
    "lists of decimals": lambda data: nest(data.tolist(), list, decimal.Decimal),
    "deque": lambda data: collections.deque(data.tolist()),
    "array.array": lambda data: (
        array.array("d", data.tolist())
        if data.ndim == 1
        else [array.array("d", row) for row in data.tolist()]
    ),
    "__array__ only": OffersArray,
    "DLPack only": OffersDLPack,
    "list of DLPack rows": lambda data: [OffersDLPack(row) for row in data],
    "detach, cpu and float": OffersTensorMethods,
    "list of attached tensors on a GPU": lambda data: [OffersTensorMethods(row) for row in data],
    **{
        f"torch {name}": lambda data, name=name: torch_tensor(data, dtype=name)
        for name in ("bool", "uint8", "int64", "float16", "bfloat16", "float32", "float64")
    },
    "torch that requires grad": lambda data: torch_tensor(data, requires_grad=True),
    "torch bfloat16 that requires grad": lambda data: torch_tensor(
        data, dtype="bfloat16", requires_grad=True
    ),
    "torch flipped": lambda data: torch_tensor(np.flip(data)).flip(tuple(range(data.ndim))),
    "torch sparse": lambda data: torch_tensor(data).to_sparse(),
    "torch on CUDA": lambda data: torch_tensor(data, device="cuda"),
    "torch bfloat16 on CUDA that requires grad": lambda data: torch_tensor(
        data, dtype="bfloat16", device="cuda", requires_grad=True
    ),
    "list of torch rows": lambda data: list(torch_tensor(data)),
    "lists of torch numbers that require grad": lambda data: nest(
        data.tolist(), list, lambda value: torch_tensor(np.array(value), requires_grad=True)
    ),
    "JAX float32": lambda data: jax_array(data, "float32"),
    "JAX bfloat16": lambda data: jax_array(data, "bfloat16"),
    "JAX int32": lambda data: jax_array(data, "int32"),
}  # fmt: skip


def image(figure):
    return np.asarray(figure.axes[0].images[0].get_array())


def axes():
    """Axes without pyplot and layout, which would take most of the time of these tests."""
    return Figure().subplots()


def gradient_norms(values):
    return viz.visualize_gradient_norms(values, ax=axes()), image


def attention_matrix(values):
    return viz.visualize_attention_matrix(values, ax=axes()), image


def entropy_heatmap(values):
    return viz.visualize_entropy_heatmap(values, ax=axes()), image


def normalized_entropy(values):
    return viz.visualize_normalized_entropy(values, 100, ax=axes()), image


def entropy_vs_gradient(values):
    def points(figure):
        return np.asarray(figure.axes[0].collections[0].get_offsets())[:, 0].reshape(DATA.shape)

    return viz.visualize_entropy_vs_gradient(values, values, ax=axes()), points


DRAW = [gradient_norms, attention_matrix, entropy_heatmap, normalized_entropy, entropy_vs_gradient]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("draw", DRAW, ids=lambda draw: draw.__name__)
def test_every_kind_of_grid_is_drawn_with_its_numbers(draw, kind):
    figure, drawn_numbers = draw(KINDS[kind](DATA))
    assert isinstance(figure, Figure)
    np.testing.assert_array_equal(drawn_numbers(figure), DATA)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_list_is_drawn_as_training_progress(kind):
    column = KINDS[kind](DATA[0])
    figure = viz.visualize_training_progress(
        {"step": [0, 1, 2], "train_loss": column}, ax=Figure().subplots(3)
    )
    np.testing.assert_array_equal(figure.axes[0].get_lines()[0].get_ydata(), DATA[0])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_maximum_divides_the_entropy(kind):
    maximum = KINDS[kind](np.ones((3, 3), dtype=int))
    figure = viz.visualize_normalized_entropy(DATA, maximum, ax=axes())
    np.testing.assert_array_equal(image(figure), DATA * 100)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_pairs_marks_heads(kind):
    pairs = KINDS[kind](np.array([[0, 1], [1, 0]]))
    assert marked_heads(pairs, "pruned_heads", (2, 2)) == ((0, 1), (1, 0))


@pytest.mark.parametrize("draw", DRAW, ids=lambda draw: draw.__name__)
@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "object"])
def test_inputs_are_not_modified_and_later_changes_do_not_show(draw, dtype):
    values = DATA.astype(dtype)
    figure, drawn_numbers = draw(values)
    np.testing.assert_array_equal(values, DATA)
    values[:] = 7
    np.testing.assert_array_equal(drawn_numbers(figure), DATA)


def test_a_tensor_that_requires_grad_still_does():
    tensor = torch_tensor(DATA, requires_grad=True)
    viz.visualize_entropy_heatmap(tensor)
    assert tensor.requires_grad
    assert tensor.grad is None


def test_training_lists_are_not_modified():
    history = {"step": [0, 1], "train_loss": [None, 1.0], "note": "untouched"}
    viz.visualize_training_progress(history)
    assert history == {"step": [0, 1], "train_loss": [None, 1.0], "note": "untouched"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param([1, None, 2.5], [1, np.nan, 2.5], id="None in a list is missing"),
        pytest.param([[1], [None]], [[1], [np.nan]], id="None in a nested list is missing"),
        pytest.param(np.array([1, None]), [1, np.nan], id="None in an object array is missing"),
        pytest.param(
            np.ma.masked_array([1, 2], mask=[0, 1]), [1, np.nan], id="a masked entry is missing"
        ),
        pytest.param([float("inf"), -1], [np.inf, -1], id="infinity stays for the caller to see"),
        pytest.param([], [], id="an empty list"),
        pytest.param([[], []], np.empty((2, 0)), id="empty rows"),
        pytest.param(np.float16(2), 2, id="a numpy scalar"),
        pytest.param(3, 3, id="an int"),
        pytest.param(range(3), [0, 1, 2], id="a range"),
    ],
)
def test_conversion(value, expected):
    result = to_array(value, "x")
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, np.asarray(expected, dtype=float))


def test_an_array_on_another_device_is_asked_to_come_over():
    if np.lib.NumpyVersion(np.__version__) < "2.1.0":
        pytest.skip("this NumPy cannot ask for another device")
    np.testing.assert_array_equal(to_array(OffersDLPack(DATA, elsewhere=True), "x"), DATA)


def test_an_array_method_that_refuses_is_followed_by_dlpack():
    class Refuses(OffersDLPack):
        def __array__(self, dtype=None, copy=None):
            raise TypeError("implicit conversion is not allowed")

    np.testing.assert_array_equal(to_array(Refuses(DATA), "x"), DATA)


class RefusesAll:
    def __array__(self, dtype=None, copy=None):
        raise TypeError("implicit conversion is not allowed")


class NarrowTensorWithoutFloat:
    def detach(self):
        return self

    cpu = detach

    def __array__(self, dtype=None, copy=None):
        raise TypeError("no such dtype")


@pytest.mark.parametrize(
    ("value", "got"),
    [
        pytest.param("0.5", "an object of type str", id="text"),
        pytest.param(b"0.5", "an object of type bytes", id="bytes"),
        pytest.param(None, "an object of type NoneType", id="None"),
        pytest.param({"a": 1}, "an object of type dict", id="a dict"),
        pytest.param((v for v in [1]), "an object of type generator", id="a generator"),
        pytest.param(np.float64, "an object of type type", id="a class instead of its instance"),
        pytest.param(1j, "an object of type complex", id="a complex number"),
        pytest.param([1, "2"], "an object of type str", id="text in a list"),
        pytest.param([[1, {}]], "an object of type dict", id="a dict in a list"),
        pytest.param(np.array(["1"]), "an array of dtype <U1", id="an array of text"),
        pytest.param(np.array([1, "2"], dtype=object), "type str", id="text in an object array"),
        pytest.param(np.array([1j]), "an array of dtype complex128", id="a complex array"),
        pytest.param(np.array(["2024-01-01"], "M8[D]"), "dtype datetime64", id="dates"),
        pytest.param(np.zeros(2, "f4,f4"), "an array of dtype", id="a structured array"),
        pytest.param(np.zeros(2, "V4"), "an array of dtype", id="raw memory"),
        pytest.param([10**400], "an integer too large for a float", id="a huge integer"),
        pytest.param([fractions.Fraction(10**400)], "Fraction(1", id="a huge fraction"),
        pytest.param(RefusesAll(), "a RefusesAll that NumPy cannot read", id="a failing __array__"),
        pytest.param(
            NarrowTensorWithoutFloat(),
            "a NarrowTensorWithoutFloat that NumPy cannot read",
            id="a failing tensor",
        ),
    ],
)
def test_what_holds_no_real_numbers_is_refused_by_name(value, got):
    with pytest.raises(TypeError) as caught:
        to_array(value, "entropy_values")
    assert str(caught.value).startswith(
        "entropy_values must be an array, a tensor or a nested list of real numbers, got "
    )
    assert got in str(caught.value)


class Lazy:
    """A remote tensor: computed when ``numpy`` is called, and no array before."""

    def __init__(self, values):
        self.values = values

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return self.values


def test_a_tensor_that_offers_only_numpy_is_read():
    np.testing.assert_array_equal(to_array(Lazy(np.eye(2)), "x"), np.eye(2))


def test_a_tensor_whose_numpy_is_no_array_is_refused():
    with pytest.raises(TypeError, match=r"x must be an array, a tensor or .*Lazy"):
        to_array(Lazy(Lazy(None)), "x")


def test_missing_values_of_pandas_are_missing():
    pandas = pytest.importorskip("pandas", reason="pandas is not installed: no NA to test")
    for value in (
        [1, pandas.NA],
        pandas.Series([1, None], dtype="Int64"),
        pandas.DataFrame({"a": [1.0, pandas.NA]}, dtype=object)["a"],
    ):
        np.testing.assert_array_equal(to_array(value, "x"), [1, np.nan])


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda torch: torch.ones(2, 2, device="meta"), id="meta"),
        pytest.param(lambda torch: torch.nested.nested_tensor([torch.ones(2)]), id="nested"),
    ],
)
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_tensors_without_readable_values_are_refused_by_name(make):
    torch = pytest.importorskip("torch", reason="torch is not installed: no real tensors to test")
    with pytest.raises(TypeError, match="attn_matrix must be an array, a tensor or") as caught:
        viz.visualize_attention_matrix(make(torch))
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore")
def test_quantized_tensors_are_read():
    torch = pytest.importorskip("torch", reason="torch is not installed: no real tensors to test")
    quantized = torch.quantize_per_tensor(torch.tensor([0.0, 0.5]), 0.5, 0, torch.quint8)
    np.testing.assert_array_equal(to_array(quantized, "x"), [0, 0.5])


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        pytest.param(np.ones((2, 3)), (2, 3), id="an array"),
        pytest.param([np.ones((2, 3))] * 4, (4, 2, 3), id="a list of arrays"),
        pytest.param([[1, 2]], (1, 2), id="nested lists"),
        pytest.param([], (0,), id="nothing"),
        pytest.param(1, (), id="a number"),
        pytest.param(OffersArray([1]), None, id="only to be told by converting"),
        pytest.param("ab", None, id="text"),
    ],
)
def test_a_shape_is_told_without_converting(value, shape):
    assert shape_of(value) == shape


def test_a_complex_tensor_is_refused():
    with pytest.raises(TypeError, match="got an array of dtype complex64"):
        to_array(torch_tensor(DATA, dtype="complex64"), "x")


def test_rows_of_different_lengths_are_refused_with_both_shapes():
    with pytest.raises(
        ValueError, match=r"x must have rows of one length, got rows of shape \(2,\) and \(1,\)"
    ):
        to_array([[1, 2], [3]], "x")


@pytest.mark.parametrize("shape", [(), (3,), (1, 2, 3)])
def test_a_grid_has_two_axes(shape):
    with pytest.raises(ValueError, match=r"g must have the two axes \[layers, heads\], got shape"):
        head_grid(np.zeros(shape), "g")


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_an_empty_grid_says_why_there_is_nothing_to_draw(shape):
    with pytest.raises(ValueError, match=r"g is empty \(shape .*\): there is nothing to draw"):
        head_grid(np.zeros(shape), "g")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, (), id="None"),
        pytest.param([], (), id="an empty list"),
        pytest.param(np.empty((0, 2)), (), id="an empty array"),
        pytest.param(set(), (), id="an empty set"),
        pytest.param({(1, 2)}, ((1, 2),), id="a set of pairs"),
        pytest.param({(1, 2): 0.5}, ((1, 2),), id="a mapping by pair"),
        pytest.param(zip([0, 1], [2, 0], strict=True), ((0, 2), (1, 0)), id="a zip"),
        pytest.param([(0, 1), (0, 1)], ((0, 1),), id="a pair named twice"),
        pytest.param([(1.0, 2.0)], ((1, 2),), id="whole numbers as floats"),
        pytest.param({0: [2, 1], 1: ()}, ((0, 2), (0, 1)), id="heads by layer"),
        pytest.param(
            {1: np.array([0]), 0: 2}, ((1, 0), (0, 2)), id="an array and one head by layer"
        ),
        pytest.param(np.eye(2, 3) > 0, ((0, 0), (1, 1)), id="a mask"),
        pytest.param([[False, True, False], [False] * 3], ((0, 1),), id="a mask of nested lists"),
        pytest.param(np.zeros((2, 3), bool), (), id="an empty mask"),
    ],
)
def test_pairs(value, expected):
    assert marked_heads(value, "pruned_heads", (2, 3)) == expected


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        pytest.param([(2, 0)], ValueError, "(2, 0), which lies outside the grid of 2 layers by 3", id="a layer too high"),
        pytest.param([(0, 3)], ValueError, "(0, 3), which lies outside", id="a head too high"),
        pytest.param([(-1, 0)], ValueError, "(-1, 0), which lies outside", id="a negative layer"),
        pytest.param([(0, -1)], ValueError, "(0, -1), which lies outside", id="a negative head"),
        pytest.param((0, 1), ValueError, "got shape (2,)", id="one bare pair"),
        pytest.param([(0, 1, 2)], ValueError, "got shape (1, 3)", id="triples"),
        pytest.param([(0, 1), (0,)], ValueError, "rows of one length", id="a pair without a head"),
        pytest.param([(0.5, 1)], ValueError, "(0.5, 1)", id="half a layer"),
        pytest.param([(float("nan"), 1)], ValueError, "(nan, 1)", id="no layer"),
        pytest.param([(float("inf"), 1)], ValueError, "(inf, 1)", id="an infinite layer"),
        pytest.param("01", TypeError, "an object of type str", id="text"),
        pytest.param(np.ones((2, 2), bool), ValueError, "as a mask must have the grid's shape (2, 3), got shape (2, 2)", id="a mask that looks like pairs"),
        pytest.param([[True, False]], ValueError, "as a mask must have the grid's shape", id="a nested mask that looks like a pair"),
        pytest.param({2: [0]}, ValueError, "(2, 0), which lies outside", id="a layer too high by layer"),
        pytest.param({"0": [0]}, TypeError, "type str", id="layers as text"),
        pytest.param(7, ValueError, "got shape ()", id="a number"),
        pytest.param([("0", "1")], TypeError, "type str", id="pairs of text"),
    ],
)  # fmt: skip
def test_marks_that_no_head_has_are_refused(value, error, message):
    with pytest.raises(error) as caught:
        viz.visualize_gradient_norms(np.ones((2, 3)), revived_heads=value)
    assert "revived_heads" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize("value", [2, np.int8(2), np.array(2)])
def test_whole_numbers(value):
    assert whole_number(value, "head_idx") == 2


@pytest.mark.parametrize("value", [2.0, "2", None, [2], np.array([2, 3])])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(TypeError, match="head_idx must be a whole number, got "):
        whole_number(value, "head_idx")


@pytest.mark.parametrize(
    ("value", "message"),
    [([1, 2], r"must be one number, got shape \(2,\)"), (float("nan"), "must be finite, got nan")],
)
def test_what_is_no_finite_number_is_refused(value, message):
    with pytest.raises(ValueError, match=message):
        finite_number(value, "min_value")

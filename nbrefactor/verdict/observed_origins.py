"""What the functions of libraries tell of an object besides what it does, by full name.

Effects of functions are not told here but in the tables of knowledge: this is about who can see the
difference between two equal definitions that stand in two modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from nbrefactor.effects import known
from nbrefactor.verdict.observed_values import Sees

#: What an attribute of a function, class or instance tells of where and how it was defined. The
#: other names with two underscores on both sides are methods, or tell what the program does.
ATTRIBUTES: Mapping[str, Sees] = {
    "__doc__": "doc",
    "__annotations__": "annotations",
    "__annotate__": "annotations",
    "__type_params__": "annotations",
    "__name__": "name",
    "__qualname__": "name",
    "__module__": "module",
    "__globals__": "module",
    "__code__": "module",
    "__closure__": "module",
    "__dict__": "module",
    "__firstlineno__": "module",
    "__reduce__": "module",
    "__reduce_ex__": "module",
    "__subclasses__": "module",
    "__defaults__": "defaults",
    "__kwdefaults__": "defaults",
}
_EVERYTHING: tuple[Sees, ...] = ("doc", "annotations", "name", "module")
_SOURCE: tuple[Sees, ...] = ("doc", "annotations", "module")

#: Functions that look at what they are handed.
LOOKS: Mapping[str, tuple[Sees, ...]] = {
    "builtins.help": _EVERYTHING,
    "doctest.run_docstring_examples": ("doc",),
    "inspect.cleandoc": ("doc",),
    "inspect.formatargspec": ("annotations",),
    "inspect.get_annotations": ("annotations",),
    "inspect.getcomments": _SOURCE,
    "inspect.getdoc": ("doc",),
    "inspect.getfile": ("module",),
    "inspect.getfullargspec": ("annotations",),
    "inspect.getmembers": _EVERYTHING,
    "inspect.getmembers_static": _EVERYTHING,
    "inspect.getmodule": ("module",),
    "inspect.getsource": _SOURCE,
    "inspect.getsourcefile": ("module",),
    "inspect.getsourcelines": _SOURCE,
    "inspect.findsource": _SOURCE,
    "inspect.signature": ("annotations",),
    "torch.jit.script": ("annotations",),
    "typing.get_type_hints": ("annotations",),
    "typing_extensions.get_type_hints": ("annotations",),
    "pyclbr.readmodule": _EVERYTHING,
}
_LOOKS_WHOLE = ("pydoc.",)
#: They look at everything that the notebook defines.
DOCTESTS = ("doctest.testmod", "doctest.DocTestFinder", "doctest.testsource")
#: Their results name the classes that annotations name.
ANNOTATED = frozenset(
    {"typing.get_type_hints", "typing_extensions.get_type_hints", "inspect.signature"}
    | {"inspect.get_annotations", "inspect.getfullargspec", "dataclasses.fields"}
)

#: They show, or make a text of, what they are handed.
SHOWS: Mapping[str, Literal["display", "text"]] = {
    "IPython.core.display.display": "display",
    "IPython.core.display_functions.display": "display",
    "IPython.display.display": "display",
    "builtins.ascii": "text",
    "builtins.display": "display",
    "builtins.format": "text",
    "builtins.print": "text",
    "builtins.repr": "text",
    "builtins.str": "text",
    "pprint.pformat": "text",
    "pprint.pp": "text",
    "pprint.pprint": "text",
    "reprlib.repr": "text",
    "rich.inspect": "display",
    "rich.print": "text",
    "tqdm.tqdm.write": "text",
    "traceback.print_exception": "text",
    "traceback.format_exception": "text",
    "traceback.format_exception_only": "text",
    "warnings.warn": "text",
}
_LOG_METHODS = frozenset(
    {"critical", "debug", "error", "exception", "fatal", "info", "log", "warn", "warning"}
)
_LOGGERS = ("logging.getLogger()", "logging", "logging.root", "loguru.logger", "absl.logging")

#: They store objects under the names of their modules, with what these hold.
STORES = frozenset(
    f"{module}.{function}"
    for module in ("pickle", "cPickle", "cloudpickle", "dill", "_pickle", "jsonpickle")
    for function in ("dump", "dumps", "encode", "Pickler().dump", "dump_session", "dump_module")
) | {
    *("joblib.dump", "torch.save", "torch.jit.save", "torch.package.PackageExporter().save_pickle"),
    *("numpy.save", "numpy.savez", "numpy.savez_compressed", "shelve.open()", "marshal.dumps"),
    *("pandas.to_pickle", "mlflow.pytorch.log_model", "mlflow.sklearn.log_model", "skops.io.dump"),
}
STORING_METHODS = frozenset({"to_pickle"})

#: Calls that make a class of the module whose code calls them, with whether its instances' default
#: text names that module.
MAKES_CLASSES: Mapping[str, bool] = {
    "builtins.type": True,
    "collections.namedtuple": False,
    "dataclasses.make_dataclass": False,
    "enum.Enum": False,
    "enum.Flag": False,
    "enum.IntEnum": False,
    "enum.IntFlag": False,
    "enum.StrEnum": False,
    "typing.NamedTuple": False,
    "typing.NewType": True,
    "typing.TypedDict": False,
    "types.new_class": True,
}

#: The text of instances names the class alone: these bases have a text of their own.
OWN_TEXT = frozenset(
    {
        *("builtins.bytearray", "builtins.bytes", "builtins.complex", "builtins.dict"),
        *("builtins.float", "builtins.frozenset", "builtins.int", "builtins.list"),
        *("builtins.set", "builtins.str", "builtins.tuple", "collections.Counter"),
        *("collections.OrderedDict", "collections.UserDict", "collections.UserList"),
        *("collections.UserString", "collections.defaultdict", "collections.deque"),
        *("collections.namedtuple()", "datetime.date", "datetime.datetime", "decimal.Decimal"),
        *("enum.Enum", "enum.Flag", "enum.IntEnum", "enum.IntFlag", "enum.StrEnum"),
        *("fractions.Fraction", "typing.NamedTuple", "types.SimpleNamespace", "argparse.Namespace"),
        *("torch.nn.Module", "torch.nn.Sequential", "torch.nn.ModuleList", "torch.nn.ModuleDict"),
        *("torch.nn.modules.module.Module", "torch.optim.Optimizer", "torch.Tensor"),
        *("numpy.ndarray", "pandas.DataFrame", "pandas.Series", "pydantic.BaseModel"),
        *("sklearn.base.BaseEstimator", "sklearn.base.ClassifierMixin", "typing.TypedDict"),
        *("sklearn.base.RegressorMixin", "sklearn.base.TransformerMixin"),
        *("pytorch_lightning.LightningModule", "lightning.LightningModule"),
        *("transformers.PreTrainedModel", "transformers.PretrainedConfig"),
    }
)
ENUMS = frozenset({"enum.Enum", "enum.Flag", "enum.IntEnum", "enum.IntFlag", "enum.StrEnum"})

#: What they give shows what they get; besides those of which the tables say what they hold.
CONTAINERS = frozenset(
    {
        *("collections.defaultdict", "functools.partial"),
        *("functools.partialmethod", "inspect.getmembers", "inspect.getmembers_static"),
        *("numpy.array", "numpy.asarray", "pandas.DataFrame", "pandas.Series"),
        *("tqdm.auto.tqdm", "tqdm.notebook.tqdm", "tqdm.tqdm", "types.MappingProxyType"),
        *("types.SimpleNamespace", "weakref.proxy", "weakref.ref"),
    }
)
#: Methods of containers that give what is inside, and those that put something inside.
GIVING_METHODS = frozenset(
    {"copy", "get", "items", "keys", "pop", "popitem", "popleft", "setdefault", "values", "union"}
    | {"difference", "intersection", "most_common", "elements", "tolist", "to_list", "head"}
)
PUTTING_METHODS = frozenset(
    {"add", "append", "appendleft", "extend", "extendleft", "insert", "put", "setdefault", "update"}
)
#: Inherited methods that give the object itself.
GIVES_ITSELF = frozenset(
    {
        *("bfloat16", "clone", "copy", "cpu", "cuda", "double", "eval", "fit", "float", "half"),
        *("partial_fit", "requires_grad_", "set_params", "share_memory", "to", "to_empty"),
        *("train", "type", "__enter__", "__iter__", "with_traceback", "apply"),
    }
)

#: Whose methods of these names do so; of other bases it is not known.
GIVING_BASES = ("torch.", "sklearn.")

#: They look at the code that is running, and at where it stands.
FRAMES = frozenset(
    {
        *("inspect.currentframe", "inspect.getouterframes", "inspect.stack", "inspect.trace"),
        *("sys._getframe", "sys._getframemodulename", "sys._current_frames", "sys.exc_info"),
        *("sys.settrace", "sys.setprofile", "traceback.extract_stack", "traceback.extract_tb"),
        *("traceback.format_exc", "traceback.format_stack", "traceback.format_tb"),
        *("traceback.print_exc", "traceback.print_stack", "traceback.walk_stack"),
        *("traceback.StackSummary.extract", "traceback.TracebackException", "traceback.print_tb"),
        *("traceback.TracebackException.from_exception", "faulthandler.dump_traceback"),
        *("linecache.getline", "inspect.getframeinfo", "inspect.getinnerframes"),
    }
)
WARNS = frozenset({"warnings.warn", "warnings.warn_explicit"})
FORMULAS = ("patsy.", "statsmodels.formula.", "formulaic.", "pymer4.", "linearmodels.")
#: Names that formulas know by themselves.
FORMULA_NAMES = frozenset(
    {"C", "I", "Q", "Sum", "Treatment", "Poly", "Helmert", "Diff", "center", "standardize", "scale"}
    | {"bs", "cr", "cc", "te", "balanced"}
)
#: Decorators that see no more of a function than how it is called; besides those in the tables.
DECORATORS = frozenset(
    {
        *("builtins.classmethod", "builtins.property", "builtins.staticmethod"),
        *("abc.abstractproperty", "contextlib.asynccontextmanager", "contextlib.contextmanager"),
        *("dataclasses.dataclass", "enum.unique", "functools.singledispatch"),
        *("functools.total_ordering", "functools.wraps", "jax.jit", "numba.jit", "numba.njit"),
        *("numpy.vectorize", "tensorflow.function", "torch.enable_grad", "torch.inference_mode"),
        *("torch.jit.export", "torch.jit.ignore", "torch.jit.unused", "torch.no_grad"),
        *("typing.no_type_check", "typing.overload", "typing.override", "typing.runtime_checkable"),
        "typing_extensions.override",
    }
)
SHELLS = ("builtins.get_ipython()", "IPython.get_ipython()", "IPython.core.getipython.")


def looks(origin: str) -> tuple[Sees, ...]:
    """Say what a function looks at of what it is handed."""
    return _EVERYTHING if origin.startswith(_LOOKS_WHOLE) else LOOKS.get(origin, ())


def shows(origin: str) -> Literal["display", "text", ""]:
    """Say how a function shows what it is handed; empty where it does not."""
    return "text" if logs(origin) else SHOWS.get(origin, "")


def logs(origin: str) -> bool:
    """Tell whether a function writes a log, which may tell where it was called."""
    logger, _, method = origin.rpartition(".")
    return method in _LOG_METHODS and logger in _LOGGERS


def told_by_call(origin: str, name: str) -> known.Known | None:
    """Give what the tables say of a call of this function, or of a method of that name.

    Parameters
    ----------
    origin : str
        Full name of what is called, ``lib.Maker().method`` for a method; empty where it is not
        known.
    name : str
        The method's name where the object is of unknown type; else empty.
    """
    if not origin:
        return known.method(None, name) if name else None
    maker, call, method = origin.rpartition("().")
    if not call:
        return known.function(origin)
    made = known.function(maker)
    type_name = made.returns if made is not None and made.returns else maker
    return known.method(type_name, method)

"""What a body does besides drawing and returning: a target with another body need not do it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from nbrefactor.analysis.scopes import (
    DefinitionNode,
    function_locals,
    own_parameters,
    parameter_names,
)

_CHANGING_METHODS = frozenset(
    {
        "add", "append", "clear", "discard", "extend", "fill", "insert", "itemset", "partition",
        "pop", "popitem", "put", "remove", "resize", "reverse", "setdefault", "sort", "update",
    }
)  # fmt: skip
_WRITING = frozenset(
    {
        "dump", "makedirs", "mkdir", "open", "rename", "rmtree", "save", "save_npz", "savemat",
        "savetxt", "savez", "savez_compressed", "symlink", "system", "tofile", "to_csv", "to_excel",
        "to_feather", "to_hdf", "to_json", "to_parquet", "to_pickle", "to_sql", "unlink", "urlopen",
        "urlretrieve", "write", "write_bytes", "write_text", "writelines",
    }
)  # fmt: skip
_STYLING = frozenset(
    {
        "rc", "rcdefaults", "rc_file", "set_context", "set_palette", "set_style", "set_theme",
        "switch_backend", "use", "xkcd",
    }
)  # fmt: skip
MAKES_FIGURE = frozenset({"figure", "subplots", "subplot_mosaic", "Figure"})
# What arrays and tensors have, so that using it asks for nothing else.
_OF_ARRAYS = frozenset(
    {
        "T", "all", "any", "argmax", "argmin", "argsort", "astype", "copy", "cpu", "cumsum",
        "detach", "dim", "double", "dtype", "flat", "flatten", "float", "item", "itemsize", "max",
        "mean", "median", "min", "ndim", "nonzero", "numel", "numpy", "prod", "ravel", "reshape",
        "round", "shape", "size", "squeeze", "std", "sum", "swapaxes", "to", "tolist", "transpose",
        "unsqueeze", "values", "var", "view",
    }
)  # fmt: skip
_OF_MAPPINGS = frozenset({"get", "items", "keys"})
_READS_FILES = frozenset(
    {"Path", "imread", "load", "loadtxt", "open", "read_csv", "read_json", "read_parquet"}
)


def side_effects(
    inline: DefinitionNode, target: DefinitionNode, names: Mapping[str, str]
) -> Iterator[str]:
    """Say what an inline body does that its target does not visibly do.

    Parameters
    ----------
    inline, target : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definitions.
    names : mapping of str to str
        The target's name of each parameter that both have.

    Yields
    ------
    str
        A clause for each effect that would be lost, and for each argument that is used as
        something else than the target takes it for.
    """
    if isinstance(inline, ast.ClassDef) or isinstance(target, ast.ClassDef):
        return
    passed = frozenset(parameter_names(inline.args))
    aliases = passed | _aliases(inline, passed)
    their_passed = frozenset(parameter_names(target.args))
    changed_there = set(_changed(target, their_passed | _aliases(target, their_passed)))
    for name in dict.fromkeys(_changed(inline, aliases)):
        if name not in passed and not changed_there:
            yield f'changes "{name}", which may be its argument, and the target does not'
        elif name in passed and names.get(name) not in changed_there:
            yield f'changes its argument "{name}", and the target does not'
    theirs = called_names(target)
    if _draws_random_numbers(inline) and not _draws_random_numbers(target):
        yield "draws random numbers or seeds them, and the target does not"
    for name in sorted(called_names(inline) & _WRITING - theirs):
        yield f"calls {name}(), which may write a file, and the target does not"
    if _saves_by_itself(inline, passed):
        yield "saves its figure under a name of its own"
    if _sets_style(inline) and not _sets_style(target):
        yield "changes the style of later plots, and the target does not"
    if _figures(inline) > 1:
        yield "makes several figures, the target may not"
    yield from _other_arguments(inline, target, names)


def _changed(node: ast.AST, names: frozenset[str]) -> Iterator[str]:
    """Name the variables whose objects a body stores into."""
    for inner in ast.walk(node):
        root = ""
        if isinstance(inner, (ast.Subscript, ast.Attribute)) and isinstance(
            inner.ctx, (ast.Store, ast.Del)
        ):
            root = _root(inner.value)
        elif isinstance(inner, ast.AugAssign) and isinstance(inner.target, ast.Name):
            # Text is not changed in place, an array is.
            is_text = isinstance(inner.value, ast.JoinedStr) or (
                isinstance(inner.value, ast.Constant) and isinstance(inner.value.value, str)
            )
            root = "" if is_text else inner.target.id
        elif (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and (inner.func.attr in _CHANGING_METHODS or inner.func.attr.endswith("_"))
        ):
            root = _root(inner.func.value)
        if root in names:
            yield root


def _aliases(
    node: ast.FunctionDef | ast.AsyncFunctionDef, passed: frozenset[str]
) -> frozenset[str]:
    """Name local variables that may be an argument: `v = g`, `v = np.asarray(g)`, `for v in g`."""
    found: set[str] = set()
    for inner in ast.walk(node):
        value: ast.expr | None = None
        targets: list[ast.expr] = []
        if isinstance(inner, ast.Assign):
            value, targets = inner.value, inner.targets
        elif isinstance(inner, ast.For):
            value, targets = inner.iter, [inner.target]
        if value is None or not _may_be(value, passed | found):
            continue
        for target in targets:
            found.update(
                part.id
                for part in ast.walk(target)
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
            )
    return frozenset(found & function_locals(node))


def _may_be(value: ast.expr, names: frozenset[str]) -> bool:
    """Tell whether an expression may give one of these objects, or a view of it."""
    if isinstance(value, (ast.Name, ast.Subscript, ast.Attribute)):
        return _root(value) in names
    if isinstance(value, ast.Call):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else ""
        if called in ("asarray", "asanyarray", "atleast_1d", "atleast_2d", "squeeze", "ravel"):
            return any(_may_be(argument, names) for argument in value.args)
        views = ("reshape", "detach", "numpy", "cpu", "squeeze", "ravel", "view", "transpose")
        if isinstance(value.func, ast.Attribute) and called in views:
            return _may_be(value.func.value, names)
    return False


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def called_names(node: ast.AST) -> frozenset[str]:
    """Name what is called in a piece of code: functions, and methods by their last part."""
    return frozenset(
        inner.func.attr if isinstance(inner.func, ast.Attribute) else inner.func.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and isinstance(inner.func, (ast.Attribute, ast.Name))
    )


def _draws_random_numbers(node: ast.AST) -> bool:
    return any(
        (
            isinstance(inner, ast.Attribute)
            and inner.attr in ("random", "manual_seed", "default_rng")
        )
        or (isinstance(inner, ast.Name) and inner.id == "random")
        for inner in ast.walk(node)
    )


def _saves_by_itself(node: ast.AST, passed: frozenset[str]) -> bool:
    return any(
        isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Attribute)
        and inner.func.attr == "savefig"
        and not (inner.args and isinstance(inner.args[0], ast.Name) and inner.args[0].id in passed)
        for inner in ast.walk(node)
    )


def _sets_style(node: ast.AST) -> bool:
    return any(
        (isinstance(inner, ast.Attribute) and inner.attr == "rcParams")
        or (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr in _STYLING
        )
        for inner in ast.walk(node)
    )


def _figures(node: ast.AST, times: int = 1) -> int:
    """Count the figures that a body makes; what stands in a loop counts as several."""
    count = 0
    for child in ast.iter_child_nodes(node):
        again = times + isinstance(child, (ast.For, ast.While))
        if isinstance(child, ast.Call):
            called = child.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            count += times if name in MAKES_FIGURE else 0
        count += _figures(child, again)
    return count


def _other_arguments(
    inline: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
    names: Mapping[str, str],
) -> Iterator[str]:
    """Find parameters that are used as something else than the array that the target takes."""
    annotated = {
        parameter.arg: ast.unparse(parameter.annotation)
        for parameter in own_parameters(target.args)
        if parameter.annotation is not None
    }
    for name, theirs in names.items():
        annotation = annotated.get(theirs, "")
        if "ArrayLike" in annotation:
            used = _attributes(inline, name) - _OF_ARRAYS - _attributes(target, theirs)
            used -= _OF_MAPPINGS if "Mapping" in annotation else frozenset()
            for attribute in sorted(used):
                yield f'uses {attribute} of its argument "{name}", the target takes an array'
        reads_file = any(
            isinstance(inner, ast.Call)
            and called_names(inner) & _READS_FILES
            and any(isinstance(given, ast.Name) and given.id == name for given in inner.args)
            for inner in ast.walk(inline)
        )
        if reads_file and not called_names(target) & _READS_FILES:
            yield f'reads a file of the name in "{name}", and the target does not'


def _attributes(node: ast.AST, name: str) -> frozenset[str]:
    return frozenset(
        inner.attr
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute)
        and isinstance(inner.value, ast.Name)
        and inner.value.id == name
    )

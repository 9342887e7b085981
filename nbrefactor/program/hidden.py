"""Who may bind a notebook's names without writing them: text that runs, namespaces as mappings.

The world is closed: each way to reach a namespace or to run text is looked at, and it counts unless
its form says that it only reads, or works on another namespace.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbrefactor.python.meanings import Imported, Meaning
from nbrefactor.python.scopes import FunctionNode, bound_names, function_locals

_NAMESPACES = frozenset({"globals", "locals", "vars"})
_READS = frozenset({"get", "keys", "values", "items", "copy"})
# Attributes through which a namespace is reached, whoever has them.
_INTO_NAMESPACES = frozenset(
    {"__globals__", "f_globals", "user_ns", "user_global_ns", "user_module"}
)
# What a kernel's shell does without touching names.
_SHELL_READS = frozenset(
    {
        *(
            "system",
            "getoutput",
            "config",
            "display_formatter",
            "events",
            "kernel",
            "history_manager",
        ),
        *("set_next_input", "showtraceback", "set_custom_exc", "execution_count", "colors"),
    }
)
_SHELL_MAGICS = frozenset({"magic", "run_line_magic", "enable_matplotlib", "enable_gui"})
_HARMLESS_MAGICS = frozenset(
    {
        *("matplotlib", "autoreload", "load_ext", "reload_ext", "config", "tensorboard", "time"),
        *("cd", "pwd", "ls", "env", "set_env", "system", "sx", "pip", "conda", "precision"),
    }
)
_FRAMES = frozenset({"sys._getframe", "inspect.currentframe", "inspect.stack"})


@dataclass(frozen=True, slots=True)
class HiddenAccess:
    """One place that may read, or bind, any name of the notebook.

    Parameters
    ----------
    what : str
        What it is, as the subject of a sentence.
    writes : bool
        Whether it may bind names, and not only read them.
    cell : int
        The cell's number, counted from 1.
    """

    what: str
    writes: bool = True
    cell: int = 0

    def __str__(self) -> str:
        return f"{self.what} in cell {self.cell}"


def hidden_accesses(tree: ast.AST, names: Mapping[str, Meaning]) -> Iterator[HiddenAccess]:
    """Find what may bind or read names that stand nowhere in the text.

    Parameters
    ----------
    tree : ast.AST
        A cell or module.
    names : mapping of str to Meaning
        What its names mean.

    Yields
    ------
    HiddenAccess
        One for each place: ``globals()``, ``text that exec() runs``.
    """
    yield from _Walk(names).visit(tree)


def reaches_the_notebook(tree: ast.AST, names: Mapping[str, Meaning]) -> str:
    """Say how a module may get at the names of the notebook that imports it; empty if it cannot.

    Parameters
    ----------
    tree : ast.AST
        The module.
    names : mapping of str to Meaning
        What its names mean.

    Returns
    -------
    str
        Its own ``globals()`` are no way.
    """
    for found in hidden_accesses(tree, names):
        if found.writes and not found.what.startswith(("globals", "locals", "vars", "text that")):
            return found.what
    return ""


@dataclass(frozen=True, slots=True)
class _Walk:
    names: Mapping[str, Meaning]

    def visit(self, tree: ast.AST) -> Iterator[HiddenAccess]:
        local: frozenset[str] = frozenset()
        stack: list[tuple[ast.AST, tuple[ast.AST, ...], frozenset[str]]] = [(tree, (), local)]
        while stack:
            node, around, local = stack.pop()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                local = local | function_locals(node)
            elif isinstance(node, ast.ClassDef):
                local = local | bound_names(node.body)
            yield from self._here(node, around, local)
            around = (*around[-3:], node)
            stack.extend((child, around, local) for child in ast.iter_child_nodes(node))

    def _here(
        self, node: ast.AST, around: tuple[ast.AST, ...], local: frozenset[str]
    ) -> Iterator[HiddenAccess]:
        match node:
            case ast.Call(func=ast.Name(id=name)) if self._is_builtin(name, local):
                yield from self._called(name, node, around, local)
            case ast.Attribute(attr=attribute) if attribute in _INTO_NAMESPACES:
                yield HiddenAccess(f"{attribute}, a namespace as a mapping,")
            case ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=attribute):
                yield from self._shell(attribute, around)
            case ast.Name(id="get_ipython") if not _is_called_for_an_attribute(around):
                yield HiddenAccess("get_ipython()")
            case ast.Attribute() | ast.Name():
                origin = self.origin(node, local)
                if origin == "sys.modules" and not _looks_for_another(node, around):
                    yield HiddenAccess("sys.modules")
                elif origin in _FRAMES:
                    yield HiddenAccess(origin)
            case ast.Import(names=imported) if any(a.name == "__main__" for a in imported):
                yield HiddenAccess("the import of __main__")
            case ast.ImportFrom(module="__main__"):
                yield HiddenAccess("the import of __main__")
            case ast.Constant(value=str(text)) if _names_the_notebook(text, around):
                yield HiddenAccess(f'the text "{text}"')
            case ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name(id="__name__")), *_]):
                yield HiddenAccess("a text that begins with __name__")

    def _is_builtin(self, name: str, local: frozenset[str]) -> bool:
        return name not in local and name not in self.names

    def _called(
        self, name: str, call: ast.Call, around: tuple[ast.AST, ...], local: frozenset[str]
    ) -> Iterator[HiddenAccess]:
        if name == "exec" and not self._elsewhere(call):
            yield HiddenAccess("text that exec() runs")
        elif name == "eval" and not self._elsewhere(call):
            yield HiddenAccess("text that eval() runs", writes=_may_write(call))
        elif (
            name in _NAMESPACES
            and not call.args
            and (name == "globals" or not _in_function(around, local))
            and not _is_asked_for_a_name(call, around)
        ):
            yield HiddenAccess(f"{name}()", writes=not _only_looks(call, around))

    def _elsewhere(self, call: ast.Call) -> bool:
        """Tell whether text runs in a namespace of its own."""
        given = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
        return bool(given) and not any(
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Name)
            and inner.func.id in _NAMESPACES
            for one in given
            for inner in ast.walk(one)
        )

    def _shell(self, attribute: str, around: tuple[ast.AST, ...]) -> Iterator[HiddenAccess]:
        if attribute in _SHELL_READS:
            return
        call = around[-1] if around else None
        if attribute in _SHELL_MAGICS and isinstance(call, ast.Call) and call.args:
            first = call.args[0]
            if (
                isinstance(first, ast.Constant)
                and isinstance(first.value, str)
                and first.value.lstrip("%").partition(" ")[0] in _HARMLESS_MAGICS
            ):
                return
        yield HiddenAccess(f"get_ipython().{attribute}")

    def origin(self, node: ast.AST, local: frozenset[str]) -> str:
        match node:
            case ast.Name(id=name) if name not in local:
                meaning = self.names.get(name)
                return meaning.dotted if isinstance(meaning, Imported) else ""
            case ast.Attribute(value=value, attr=attribute):
                base = self.origin(value, local)
                return f"{base}.{attribute}" if base else ""
        return ""


def _names_the_notebook(text: str, around: tuple[ast.AST, ...]) -> bool:
    """Tell whether a text names something of the notebook, as who patches it does."""
    if text != "__main__" and not text.startswith("__main__."):
        return False
    # `__name__ == "__main__"` only asks; an index is looked at with what is indexed.
    return not isinstance(around[-1] if around else None, (ast.Compare, ast.Subscript))


def _looks_for_another(node: ast.AST, around: tuple[ast.AST, ...]) -> bool:
    """Tell whether the table of modules is not asked for the notebook itself."""
    match around[-1] if around else None:
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name != "__main__" and _only_looks(node, around)
        case ast.Subscript(ctx=ctx):
            # Who puts a module in takes nothing out that has names to be bound.
            return not isinstance(ctx, ast.Load)
    return _only_looks(node, around)


def _is_asked_for_a_name(node: ast.AST, around: tuple[ast.AST, ...]) -> bool:
    match around[-1] if around else None:
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[inner]):
            return inner is node
    return False


def _only_looks(node: ast.AST, around: tuple[ast.AST, ...]) -> bool:
    """Tell whether a mapping is only asked: `x in m`, `m.get(x)`, `m[x]`, `len(m)`."""
    parent = around[-1] if around else None
    match parent:
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[inner]):
            return inner is node
        case ast.Subscript(value=inner, ctx=ast.Load()):
            return inner is node and not _goes_on(around)
        case ast.Attribute(value=inner, attr=attribute):
            return inner is node and attribute in _READS
        case ast.Call(func=ast.Name(id="len" | "sorted" | "dir")):
            return True
    return False


def _goes_on(around: tuple[ast.AST, ...]) -> bool:
    """Tell whether what was taken out of a mapping is changed at once."""
    behind = around[-2] if len(around) > 1 else None
    return isinstance(behind, (ast.Attribute, ast.Subscript)) and not isinstance(
        behind.ctx, ast.Load
    )


def _in_function(around: tuple[ast.AST, ...], local: frozenset[str]) -> bool:
    return bool(local) or any(isinstance(node, FunctionNode) for node in around)


def _may_write(call: ast.Call) -> bool:
    match call.args:
        case [ast.Constant(value=str(text)), *_]:
            try:
                tree = ast.parse(text.strip(), mode="eval")
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return False
            return any(isinstance(node, (ast.Call, ast.NamedExpr)) for node in ast.walk(tree))
    return False


def _is_called_for_an_attribute(around: tuple[ast.AST, ...]) -> bool:
    match around:
        case (*_, ast.Attribute(), ast.Call()):
            return True
        case (*_, ast.Compare() | ast.Expr() | ast.If(), ast.Call()):
            return True
    return False

"""What happens around definitions: to the module, on its import, and to what is stored of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from nbrefactor.library.source_module import SourceModule
from nbrefactor.program.timeline import Timeline
from nbrefactor.python.environment import Imported, Meaning

# Calls at the top of a module that change what everybody's code does.
_CHANGES_ALL = frozenset(
    {
        *("seed", "manual_seed", "manual_seed_all", "set_seed", "seed_everything"),
        *("filterwarnings", "simplefilter", "basicConfig", "print", "chdir"),
        *("set_option", "set_printoptions", "set_default_dtype", "set_default_device"),
        *("set_theme", "set_style", "set_context", "set_palette", "rc", "switch_backend"),
        *("enable_eager_execution", "use_deterministic_algorithms", "set_num_threads"),
    }
)
_CHANGES_ALL_DOTTED = ("style.use", "matplotlib.use", "mpl.use", "rcParams.update", "sns.set")


def changes_of_module(notebook: Timeline, modules: frozenset[str]) -> Iterator[str]:
    """Find where a notebook changes a module, so that its functions no longer do what they say.

    Parameters
    ----------
    notebook : Timeline
        The notebook.
    modules : frozenset of str
        Dotted names: that of the target module, and that of the file that defines a target.

    Yields
    ------
    str
        A clause for each place.
    """
    names = notebook.environment
    for home in notebook.cells:
        place = f"cell {home.cell.index + 1}"
        for node in ast.walk(home.tree):
            match node:
                case ast.Attribute(value=value, attr=attribute, ctx=ast.Store() | ast.Del()):
                    if _dotted(value, names) in modules:
                        yield f"{place} changes {_dotted(value, names)}.{attribute}"
                case ast.Call(
                    func=ast.Name(id="setattr" | "delattr" | "vars"), args=[value, *more]
                ) if _dotted(value, names) in modules:
                    named = ""
                    if more and isinstance(more[0], ast.Constant):
                        named = f".{more[0].value!s}"
                    yield f"{place} changes {_dotted(value, names)}{named}"
                case ast.Call(func=func, args=[ast.Constant(value=str(text)), *_]) if (
                    text.rpartition(".")[0] in modules and "patch" in ast.unparse(func)
                ):
                    yield f"{place} changes {text}"


def effects_of_import(source: SourceModule, notebook: Timeline) -> Iterator[str]:
    """Find what importing a module does to the code around it.

    Parameters
    ----------
    source : SourceModule
        The module.
    notebook : Timeline
        The notebook; where it imports the module already, nothing is added.

    Yields
    ------
    str
        A clause for each effect.
    """
    if any(
        isinstance(meaning, Imported)
        and (meaning.dotted == source.name or meaning.dotted.startswith(f"{source.name}."))
        for meaning in notebook.environment.values()
    ):
        return
    for statement in source.tree.body:
        match statement:
            case ast.Expr(value=ast.Call(func=func)):
                dotted = ast.unparse(func)
                last = dotted.rpartition(".")[2]
                if last in _CHANGES_ALL or dotted.endswith(_CHANGES_ALL_DOTTED):
                    yield f"importing {source.name} runs {_short(statement)}"
            case ast.Assign(targets=[ast.Subscript(value=value)]) if ast.unparse(value).endswith(
                ("rcParams", "environ")
            ):
                yield f"importing {source.name} runs {_short(statement)}"


def _dotted(node: ast.expr, names: Mapping[str, Meaning]) -> str:
    match node:
        case ast.Attribute(value=value, attr=attribute):
            base = _dotted(value, names)
            return f"{base}.{attribute}" if base else ""
        case ast.Name(id=name):
            meaning = names.get(name)
            return meaning.dotted if isinstance(meaning, Imported) else ""
    return ""


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:57]}..."

"""Parameters as papermill takes them: read from the command line and from files, and checked."""

from __future__ import annotations

import ast
import contextlib
import difflib
import keyword
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from nbrefactor.notebook.document import Document
from nbrefactor.notebook.magics import parse, read_cell
from nbrefactor.python.scopes import in_scope, names_bound
from nbrefactor.regular import read_regular
from nbrefactor.run.values import ParameterError

_TAG = "parameters"
# More than these Python reads into no integer, and a float would be infinite.
_MOST_DIGITS = 4000


def parse_parameter(name: str, value: str) -> tuple[str, Any]:
    """Give a parameter of the command line the type that papermill gives it.

    Raises
    ------
    ParameterError
        If the name cannot be a variable's.
    """
    _check_name(name)
    if value in ("True", "False", "None"):
        return name, {"True": True, "False": False, "None": None}[value]
    if value.isdecimal() and len(value) > _MOST_DIGITS:
        raise ParameterError(f"parameter {name}: a number of {len(value)} digits cannot be passed")
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return name, number(value)
    return name, value


def read_parameters(path: Path) -> tuple[tuple[str, Any], ...]:
    """Read a file of parameters in YAML or JSON, as papermill does.

    Raises
    ------
    ParameterError
        If the file cannot be read or holds anything but names and values.
    """
    import yaml
    from papermill.iorw import NoDatesSafeLoader

    try:
        values = yaml.load(read_regular(path).decode(), Loader=NoDatesSafeLoader)
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())
        raise ParameterError(f"{path}: expected YAML or JSON ({said})") from error
    except RecursionError:
        raise ParameterError(f"{path}: is nested too deeply to be read") from None
    except ValueError as error:
        # Python reads no integers of thousands of digits.
        raise ParameterError(f"{path}: holds a value that cannot be read ({error})") from error
    if values is None:
        return ()
    if not isinstance(values, dict):
        raise ParameterError(
            f"{path}: expected names with values, such as 'steps: 100', "
            f"and it holds a {type(values).__name__}"
        )
    for name in values:
        _check_name(name)
    return tuple(values.items())


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise ParameterError(
            f"parameter {name!r}: expected a name that a variable can have, such as LEARNING_RATE"
        )


def unknown_parameters(document: Document, names: Collection[str]) -> Iterator[str]:
    """Say which parameters the cell tagged ``parameters`` does not have.

    Parameters
    ----------
    document : Document
        The notebook.
    names : collection of str
        The parameters that are to be set.

    Yields
    ------
    str
        One sentence for each; none where no cell has the tag, or it cannot be told what it binds.
    """
    # Papermill takes the first one too.
    cell = next((cell for cell in document.cells if _TAG in cell.tags), None)
    known = None if cell is None else _bound(cell.source)
    if cell is None or known is None:
        return
    for name in names:
        if name in known:
            continue
        close = difflib.get_close_matches(name, sorted(known), n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        yield (
            f'parameter {name}: the cell tagged "{_TAG}" (cell {cell.index + 1}) does not have it'
            f"{hint}"
        )


def _bound(source: str) -> frozenset[str] | None:
    """List the names that a cell binds or declares; None where that cannot be told."""
    code = read_cell(source)
    if code.kind == "opaque" or code.binds_unknown or code.reads_text:
        return None
    tree = parse(code.python)
    declared = {
        node.target.id
        for node in in_scope([tree])
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    bound = names_bound(tree) | declared | frozenset(code.binds)
    return None if "*" in bound else bound

"""What a definition needs around it: imports as its notebook writes them, and helpers."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence

from nbrefactor.extract.values import Import
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.python.address import Builtin, Local, Origin
from nbrefactor.scan.names import Surroundings
from nbrefactor.scan.sources import Source
from nbrefactor.scan.values import Text

# A kernel has these without an import, a module has not.
_OF_THE_KERNEL = {
    "display": Import("IPython.display", "display"),
    "get_ipython": Import("IPython", "get_ipython"),
}


class NotThereError(NbrefactorError):
    """Something that a definition needs cannot stand in a module; the text says what."""


def needed_imports(text: Text, outside: Sequence[str], around: Surroundings) -> tuple[Import, ...]:
    """Give the imports that a definition needs, annotations included.

    Parameters
    ----------
    text : Text
        The definition.
    outside : sequence of str
        Names around it that it reads.
    around : Surroundings
        What they mean.

    Returns
    -------
    tuple of Import
        As the notebook writes them, each once.

    Raises
    ------
    NotThereError
        If no import of the notebook binds a name that comes from one.
    """
    found: dict[Import, None] = {}
    used = {ast.unparse(one) for one in ast.walk(text.node) if isinstance(one, ast.Attribute)}
    for name in outside:
        symbol = around.symbol(name)
        if isinstance(symbol, Origin):
            own = dict.fromkeys(_imports_of(name, around))
            if not own:
                raise NotThereError(f"no import of {name} could be found")
            found.update(dict.fromkeys(_wanted(name, list(own), used)))
        elif isinstance(symbol, Builtin) and name in _OF_THE_KERNEL:
            found[_OF_THE_KERNEL[name]] = None
    return tuple(found)


def _imports_of(name: str, around: Surroundings) -> Iterator[Import]:
    for tree in around.binding_trees(name):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                listed = [Import(one.name, "", one.asname or "") for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                if node.level:
                    raise NotThereError(f"{name} is imported relative to its notebook")
                module = node.module or ""
                listed = [Import(module, one.name, one.asname or "") for one in node.names]
            else:
                continue
            yield from (one for one in listed if one.bound == name)


def _wanted(name: str, own: Sequence[Import], used: set[str]) -> Iterator[Import]:
    """Choose the imports of submodules that are used; one name may need several."""
    plain = [one for one in own if one.name or one.alias]
    if plain:
        yield plain[0]
        return
    inside = [
        one
        for one in own
        if "." in one.module
        and any(text == one.module or text.startswith(f"{one.module}.") for text in used)
    ]
    yield from inside
    if not inside:
        yield Import(name)


def helpers(outside: Sequence[str], around: Surroundings) -> tuple[str, ...]:
    """Name the definitions of the notebook that a definition uses itself."""
    return tuple(name for name in outside if isinstance(around.symbol(name), Local))


def imported_above(source: Source, cell: int | None) -> frozenset[str]:
    """Name the packages that a notebook imports in a cell or above it."""
    from nbrefactor.notebook.magics import read_cell

    found: set[str] = set()
    for number, text in source.cells:
        if cell is not None and number is not None and number > cell:
            break
        if "import" not in text:
            continue
        code = read_cell(text)
        if code.kind != "python":
            continue
        for node in ast.walk(ast.parse(code.python)):
            if isinstance(node, ast.Import):
                found.update(one.name.partition(".")[0] for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return frozenset(found)


def third_party(packages: frozenset[str]) -> frozenset[str]:
    """Leave out what comes with Python, and with every kernel."""
    return packages - sys.stdlib_module_names - {"IPython"}

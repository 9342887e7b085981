"""The text of a module: written new, or extended where it stands."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterable, Sequence

from nbrefactor.extract.values import Import, Piece
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.python.scopes import names_bound, references

_DOCSTRING = '"""Functions that notebooks share."""'


class ModuleError(NbrefactorError):
    """A module cannot be written or extended; the text says why."""


def ordered(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Put each piece behind those that it uses, otherwise in the order given."""
    by_key = {piece.key: piece for piece in pieces}
    done: dict[str, Piece] = {}

    def place(piece: Piece, above: frozenset[str]) -> None:
        if piece.key in done or piece.key in above:
            return
        for key in piece.uses:
            if key in by_key:
                place(by_key[key], above | {piece.key})
        done[piece.key] = piece

    for piece in pieces:
        place(piece, frozenset())
    return tuple(done.values())


def write(pieces: Sequence[Piece], before: str | None) -> str:
    """Write a module that holds these definitions.

    Parameters
    ----------
    pieces : sequence of Piece
        What goes into it, in its order; those that it holds already are left alone.
    before : str or None
        The module as it is; None where there is none.

    Returns
    -------
    str
        A new one is formatted whole; of an existing one only what is added is.

    Raises
    ------
    ModuleError
        If a name means something else in the module, or the result would read one that nothing
        binds.
    """
    new = [piece for piece in pieces if not piece.held]
    if before is not None and not new:
        return before
    text = _anew(new) if before is None else _extended(new, before)
    if missing := undefined(text):
        raise ModuleError(f"it would read {', '.join(missing)}, which nothing in it binds")
    return text


def undefined(text: str) -> tuple[str, ...]:
    """Name what a module reads and nothing binds, annotations included."""
    import builtins

    tree = ast.parse(text)
    bound = {name for node in tree.body for name in names_bound(node)}
    read = {one.name for one in references(tree.body) if one.context == "read"}
    known = {"__name__", "__file__", "__doc__", *dir(builtins)}
    return tuple(sorted(read - bound - known))


def _anew(pieces: Sequence[Piece]) -> str:
    names = sorted(piece.name for piece in pieces if not piece.name.startswith("_"))
    listed = ", ".join(f'"{name}"' for name in names)
    imports = "\n".join(map(str, _distinct(pieces)))
    import isort

    head = isort.code(imports, profile="black").rstrip()
    parts = [_DOCSTRING, head, f"__all__ = [{listed}]", *(piece.source for piece in pieces)]
    return formatted("\n\n\n".join(part for part in parts if part) + "\n")


def _distinct(pieces: Iterable[Piece]) -> list[Import]:
    return list(dict.fromkeys(one for piece in pieces for one in piece.imports))


def formatted(text: str) -> str:
    """Lay code out as Black does."""
    import black
    from black.parsing import InvalidInput

    try:
        return black.format_str(text, mode=black.Mode())
    except InvalidInput as error:
        raise ModuleError(f"Black cannot read what would stand in it ({error})") from error


def _extended(pieces: Sequence[Piece], before: str) -> str:
    """Add imports behind the last one, definitions at the end, and names to ``__all__``."""
    tree = ast.parse(before)
    bound = {name for node in tree.body for name in names_bound(node)}
    imported = {str(one) for one in imports_in(tree)}
    wanted = [one for one in _distinct(pieces) if str(one) not in imported]
    for one in wanted:
        if one.bound in bound and not _is_submodule(one, tree):
            raise ModuleError(f'"{one.bound}" means something else in it than "{one}" says')
    end = "\r\n" if "\r\n" in before else "\n"
    lines = _rows(before)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += end
    added = formatted("\n\n\n".join(piece.source for piece in pieces) + "\n").splitlines()
    last = _guard(tree, len(lines))
    tail = ["", "", *added] + (["", ""] if last < len(lines) else [])
    behind = last
    while last and not lines[last - 1].strip():
        last -= 1
    lines[last:behind] = [f"{line}{end}" for line in tail]
    lines = _listed(tree, lines, [piece.name for piece in pieces])
    place = _behind_imports(tree)
    lines[place:place] = [f"{one}{end}" for one in wanted]
    return "".join(lines)


def _rows(text: str) -> list[str]:
    """Split a text into the rows that Python counts, ends kept."""
    return list(io.StringIO(text, newline=""))


def imports_in(tree: ast.Module) -> Iterable[Import]:
    """Give the imports at the top of a module."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (Import(one.name, "", one.asname or "") for one in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (Import(node.module or "", o.name, o.asname or "") for o in node.names)


def _is_submodule(one: Import, tree: ast.Module) -> bool:
    """Tell whether an import only loads more of a package that the module has."""
    return (
        not one.name
        and not one.alias
        and any(
            found.bound == one.bound and not found.name and not found.alias
            for found in imports_in(tree)
        )
    )


def _guard(tree: ast.Module, rows: int) -> int:
    """Give the row in front of which definitions end: a guarded main stays last."""
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.If) and "__name__" in ast.unparse(last.test):
        return last.lineno - 1
    return rows


def _behind_imports(tree: ast.Module) -> int:
    """Give the row behind the imports at the top, or behind the docstring."""
    row = 0
    for at, node in enumerate(tree.body):
        if isinstance(node, (ast.Import, ast.ImportFrom)) or (at == 0 and _is_text(node)):
            row = node.end_lineno or row
        elif row:
            break
    return row


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _listed(tree: ast.Module, lines: list[str], names: Sequence[str]) -> list[str]:
    """Add names to a literal ``__all__``."""
    public = [name for name in names if not name.startswith("_")]
    for node in tree.body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id="__all__")],
                value=ast.List(elts=elements) | ast.Tuple(elts=elements),
            ) if elements and all(isinstance(one, ast.Constant) for one in elements):
                last = elements[-1]
                assert last.end_lineno is not None
                row = lines[last.end_lineno - 1]
                column = len(row.encode()[: last.end_col_offset].decode())
                several = node.value.end_lineno != node.value.lineno
                indent = row[: len(row) - len(row.lstrip())]
                end = "\r\n" if row.endswith("\r\n") else "\n"
                between = (
                    f",{end}{indent}" if several and row.strip().startswith(("'", '"')) else ", "
                )
                text = "".join(f'{between}"{name}"' for name in public)
                lines[last.end_lineno - 1] = row[:column] + text + row[column:]
                return _rows("".join(lines))
    return lines

"""One Python file, read as text and parsed; nothing of it is executed."""

from __future__ import annotations

import ast
import importlib.util
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from nbrefactor.library.locate import TargetError
from nbrefactor.python.scopes import free_references


@dataclass(frozen=True)
class SourceModule:
    """The source of a module.

    Parameters
    ----------
    name : str
        Dotted name.
    path : Path
        The file.
    source : str
        Its text, decoded as the file declares, every line ending in a line feed.
    tree : ast.Module
        The text, parsed.
    """

    name: str
    path: Path
    source: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The dotted package that relative imports in this file start from."""
        is_package = self.path.name == "__init__.py"
        return self.name if is_package else self.name.rpartition(".")[0]

    @cached_property
    def users(self) -> Mapping[str, Sequence[str]]:
        """The definitions at the top of the module that use each name; read when first asked."""
        found: dict[str, list[str]] = {}
        for statement in self.tree.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                for name in {used.name for used in free_references(statement)}:
                    found.setdefault(name, []).append(statement.name)
        return found


def read_source(
    name: str, path: Path, planned: Mapping[Path, bytes] = MappingProxyType({})
) -> SourceModule:
    """Read and parse one file.

    Parameters
    ----------
    name : str
        Dotted name of the module.
    path : Path
        Its file.
    planned : mapping of Path to bytes
        Files that are going to be written, as if they were there.

    Returns
    -------
    SourceModule
        The file's content.

    Raises
    ------
    TargetError
        Where the file cannot be read, decoded or parsed.
    """
    try:
        data = planned[path] if path in planned else path.read_bytes()
    except OSError as error:
        raise TargetError(f"{path} cannot be read: {error.strerror or error}.") from error
    source = _decoded(path, data)
    try:
        with warnings.catch_warnings():
            # Odd escapes in somebody else's module are no business of this program's user.
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        raise TargetError(
            f"{path} does not parse as Python: row {error.lineno or 1}: {error.msg}."
        ) from error
    except ValueError as error:
        raise TargetError(f"{path} does not parse as Python: {error}.") from error
    except (RecursionError, MemoryError) as error:
        raise TargetError(f"{path} is nested too deeply to be parsed.") from error
    return SourceModule(name, path, source, tree)


def _decoded(path: Path, data: bytes) -> str:
    try:
        try:
            return importlib.util.decode_source(data)
        except SyntaxError as error:
            # Python looks at the first two lines alone for the encoding; say what is wrong there.
            data.decode("utf-8")
            raise TargetError(f"{path} declares an encoding that is not known: {error}.") from error
    except UnicodeDecodeError as error:
        raise TargetError(
            f"{path} is not {error.encoding.upper()}: byte {error.start} does not decode; "
            "save it as UTF-8 or declare its encoding in the first line."
        ) from error

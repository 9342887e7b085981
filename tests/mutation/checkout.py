"""A copy of the project, in which tests run: the working tree is never touched."""

from __future__ import annotations

import hashlib
import importlib
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).parents[2]
_COPIED = ("nbrefactor", "tests", "fixtures", ".github", "pyproject.toml", "README.md")
# Imported once, before processes are forked that each need them.
_SHARED = ("pytest", "libcst.metadata", "hypothesis", "numpy", "pandas", "matplotlib.pyplot")
_SHARED_TOO = ("IPython", "nbformat", "nbconvert", "markdown_it", "rich.console", "click.testing")
_MEMORY = 6 << 30


@contextmanager
def copied(root: Path = ROOT) -> Iterator[Path]:
    """Copy what tests need, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="nbrefactor-mutation-") as folder:
        copy = Path(folder).resolve()
        for name in _COPIED:
            if (root / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", ".hypothesis")
                shutil.copytree(root / name, copy / name, ignore=ignored)
            elif (root / name).exists():
                shutil.copy(root / name, copy / name)
        yield copy


def digest(folder: Path, pattern: str) -> str:
    """Tell one state of some files from another."""
    found = hashlib.sha256()
    for path in sorted(folder.glob(pattern)):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def prepare() -> None:
    """Import what no change concerns, so that forked processes have it."""
    os.environ["MPLBACKEND"] = "agg"
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    for name in _SHARED + _SHARED_TOO:
        importlib.import_module(name)


def enter(copy: Path) -> None:
    """Make this process, a forked one, run the copy's code and stay silent."""
    os.setpgrp()
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.chdir(copy)
    # What is compiled once, in the copy, is there for the next process.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPATH"] = str(copy)
    elsewhere = {"", str(ROOT), str(Path.cwd())}
    sys.path[:] = [str(copy), *(entry for entry in sys.path if entry not in elsewhere)]
    assert not any(name.split(".")[0] == "nbrefactor" for name in sys.modules)
    importlib.invalidate_caches()


class Changed(MetaPathFinder):
    """Gives one module of the copy another text than its file has: no file is written."""

    def __init__(self, copy: Path, path: str, text: str) -> None:
        parts = Path(path).with_suffix("").parts
        self._name = ".".join(parts).removesuffix(".__init__")
        self._path = copy / path
        self._text = text

    def find_spec(
        self, fullname: str, path: object, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer for the one module."""
        if fullname != self._name:
            return None
        loader = _Loader(fullname, str(self._path), self._text)
        return spec_from_file_location(fullname, self._path, loader=loader)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        code = compile(self._text, self.path, "exec", dont_inherit=True)
        assert isinstance(code, CodeType)
        return code

"""The settings of a project: ``[tool.nbrefactor]`` in pyproject.toml, or nbrefactor.toml."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field

from nbrefactor.config import (
    ACCEPTED_LEVELS,
    Given,
    Settings,
    SettingsError,
    settle,
)
from nbrefactor.declared import DECLARATIONS, Declaration, Kind
from nbrefactor.selection import ignores_for

_OWN_FILE = "nbrefactor.toml"
_PROJECT_FILE = "pyproject.toml"
_TYPES = {
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}

Choice = TypeVar("Choice", bound=str)


class SettingsReader(Struct, frozen=True):
    """Gives each notebook its settings: the command line's, then those of its folder's file.

    Parameters
    ----------
    command_line : Given
        What was said there.
    """

    command_line: Given
    _by_folder: dict[Path, Given | None] = field(default_factory=dict)
    _settled: dict[Path, Settings] = field(default_factory=dict)

    def settings_for(self, notebook: Path | None) -> Settings:
        """Combine what holds for a notebook.

        Parameters
        ----------
        notebook : Path or None
            Its file; None for standard input, which is taken to lie in the current folder.

        Returns
        -------
        Settings
            The command line wins over the file, the file over the defaults. Of
            `per_file_ignores` those that match the notebook.

        Raises
        ------
        SettingsError
            If the file is wrong, or the two cannot be combined.
        """
        folder = Path.cwd() if notebook is None else notebook.parent
        if folder not in self._settled:
            self._settled[folder] = settle(self.sources_for(folder))
        settings = self._settled[folder]
        if not settings.per_file_ignores:
            return settings
        return replace(settings, per_file_ignores=ignores_for(notebook, settings))

    def sources_for(self, folder: Path) -> tuple[Given, ...]:
        """Give the sources that hold for a folder, the strongest first."""
        if folder not in self._by_folder:
            file = find_settings_file(folder)
            self._by_folder[folder] = None if file is None else read_settings_file(file)
        found = self._by_folder[folder]
        return (self.command_line,) if found is None else (self.command_line, found)


def find_settings_file(start: Path) -> Path | None:
    """Find the settings that hold for a folder.

    Parameters
    ----------
    start : Path
        The folder.

    Returns
    -------
    Path or None
        The nearest ``nbrefactor.toml``, or ``pyproject.toml`` with a table ``[tool.nbrefactor]``,
        in the folder or above it, up to the root of its repository. None where there is none.

    Notes
    -----
    Outside of a repository the folders above may be anybody's, such as ``/tmp``: of these only
    files count that belong to the user, to the owner of the folder or to the system.
    """
    folder = start.resolve()
    places = (folder, *folder.parents)
    root = next((at for at, place in enumerate(places) if (place / ".git").exists()), None)
    for place in places if root is None else places[: root + 1]:
        trusted = root is not None or place == folder
        for file in (place / _OWN_FILE, place / _PROJECT_FILE):
            if not file.is_file() or not (trusted or _is_ours(file, folder)):
                continue
            if file.name == _OWN_FILE or _holds_settings(file):
                return file
    return None


def _is_ours(file: Path, folder: Path) -> bool:
    """Tell whether a file belongs to the user, to the owner of a folder, or to the system."""
    if not hasattr(os, "geteuid"):
        return True
    return file.stat().st_uid in {os.geteuid(), folder.stat().st_uid, 0}


def read_settings_file(path: Path) -> Given:
    """Read what a file says.

    Parameters
    ----------
    path : Path
        A ``nbrefactor.toml``, or any other TOML file with a table ``[tool.nbrefactor]``.

    Returns
    -------
    Given
        Folders and module files are resolved against the file's folder.

    Raises
    ------
    SettingsError
        If the file cannot be read, a key is not known or a value is of the wrong type; the
        message names the file, the key and what comes nearest.
    """
    document = _read_toml(path)
    if path.name == _OWN_FILE:
        table, prefix = document, ""
    else:
        table, prefix = _tool(document).get("nbrefactor", {}), "tool.nbrefactor"
    return _Reader(path, prefix).read(table)


def _holds_settings(path: Path) -> bool:
    try:
        # Most projects' files are none of ours, and need not be parsed to know it.
        if b"nbrefactor" not in path.read_bytes():
            return False
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}.") from error
    return "nbrefactor" in _tool(_read_toml(path))


def _tool(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the table of tools; an empty one where the file has something else of that name."""
    table = document.get("tool")
    return table if isinstance(table, dict) else {}


def _read_toml(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        document: dict[str, Any] = tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8; TOML files must be.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML: {error}.") from error
    except RecursionError:
        raise SettingsError(f"{path} is nested too deeply to be read.") from None
    except ValueError as error:
        # Python reads no integers of thousands of digits.
        raise SettingsError(f"{path} holds a value that cannot be read: {error}.") from error
    return document


class _Reader(Struct, frozen=True):
    """Reads one table; its methods take the key along, so that errors can name it."""

    file: Path
    prefix: str

    def read(self, table: Any) -> Given:
        declared = {found.key: found for found in DECLARATIONS if found.key}
        top = list(dict.fromkeys(key.partition(".")[0] for key in declared))
        values: dict[str, Any] = {}
        for key, value in self._table("", table).items():
            self._require_known(key, top, "")
            if key in declared:
                values[declared[key].field] = self._value(declared[key], value)
                continue
            inside = [inner for inner in declared if inner.startswith(f"{key}.")]
            for inner, inner_value in self._table(key, value).items():
                self._require_known(inner, [one.rpartition(".")[2] for one in inside], key)
                found = declared[f"{key}.{inner}"]
                values[found.field] = self._value(found, inner_value)
        return Given(str(self.file), folder=self.file.parent, **values)

    def _value(self, found: Declaration, value: Any) -> Any:
        if found.kind == "choice":
            return self._choice(found.key, value, found.choices)
        readers: dict[Kind, Callable[[str, Any], Any]] = {
            "modules": self._modules,
            "switch": self._switch,
            "levels": self._accept,
            "aliases": self._aliases,
            "folders": self._folders,
            "texts": self._texts,
            "text-or-texts": self._text_or_texts,
            "patterns": self._patterns,
            "version-patterns": self._version_patterns,
            "codes": self._codes,
            "codes-by-pattern": self._per_file_ignores,
        }
        return readers[found.kind](found.key, value)

    def _require_known(self, key: str, known: Sequence[str], within: str) -> None:
        if key in known:
            return
        table = ".".join(part for part in (self.prefix, within) if part)
        where = f"the table [{table}]" if table else "the file"
        raise SettingsError(
            f'{self.file}: {where} has no key "{key}"; {nearest(key, known, "keys")}'
        )

    def _wrong(self, key: str, value: Any, expected: str) -> SettingsError:
        name = ".".join(part for part in (self.prefix, key) if part)
        came = _TYPES.get(type(value), f"a {type(value).__name__}")
        shown = "" if isinstance(value, (list, dict)) else f" {value!r},"
        return SettingsError(f"{self.file}: {name} is{shown} {came}; expected {expected}.")

    def _table(self, key: str, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong(key, value, "a table")
        return value

    def _text(self, key: str, value: Any, expected: str = "text") -> str:
        if not isinstance(value, str):
            raise self._wrong(key, value, expected)
        return value

    def _texts(self, key: str, value: Any, expected: str = "a list of texts") -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._wrong(key, value, expected)
        return tuple(self._text(f"{key}[{at}]", item) for at, item in enumerate(value))

    def _text_or_texts(self, key: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value,)
        return self._texts(key, value, "text or a list of texts")

    def _switch(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._wrong(key, value, "true or false")
        return value

    def _choice(self, key: str, value: Any, choices: Sequence[Choice]) -> Choice:
        text = self._text(key, value, f"one of {', '.join(choices)}")
        for choice in choices:
            if choice == text:
                return choice
        name = ".".join(part for part in (self.prefix, key) if part)
        raise SettingsError(
            f'{self.file}: {name} cannot be "{text}"; {nearest(text, choices, "values")}'
        )

    def _folders(self, key: str, value: Any) -> tuple[Path, ...]:
        folders = tuple(self.file.parent / text for text in self._texts(key, value))
        for folder in folders:
            if not folder.is_dir():
                raise SettingsError(f"{self.file}: {key} names {folder}, which is no folder.")
        return folders

    def _modules(self, key: str, value: Any) -> tuple[str, ...]:
        return tuple(self._module(name) for name in self._texts(key, value))

    def _module(self, name: str) -> str:
        from nbrefactor.library.locate import looks_like_path

        return str(self.file.parent / name) if looks_like_path(name) else name

    def _accept(self, key: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            return (self._choice(key, value, ACCEPTED_LEVELS),)
        if not isinstance(value, dict):
            raise self._wrong(
                key, value, f"one of {', '.join(ACCEPTED_LEVELS)}, or a table of modules with them"
            )
        return tuple(
            f"{self._module(module)}={self._choice(f'{key}.{module}', level, ACCEPTED_LEVELS)}"
            for module, level in value.items()
        )

    def _aliases(self, key: str, value: Any) -> tuple[tuple[str, str], ...]:
        aliases = []
        for name, target in self._table(key, value).items():
            text = self._text(f"{key}.{name}", target)
            if not name.isidentifier() or not text.isidentifier():
                raise SettingsError(
                    f'{self.file}: {key} pairs "{name}" with "{text}"; expected two names such as '
                    'plot_grads = "visualize_gradient_norms".'
                )
            aliases.append((name, text))
        return tuple(aliases)

    def _version_patterns(self, key: str, value: Any) -> tuple[str, ...]:
        texts = self._patterns(key, value)
        for at, text in enumerate(texts):
            if "(?P<version>" not in text:
                raise SettingsError(
                    f"{self.file}: {key}[{at}] names no group version: {text!r}; write "
                    "(?P<version>...) around the part that is the version."
                )
        return texts

    def _patterns(self, key: str, value: Any) -> tuple[str, ...]:
        import re

        texts = self._texts(key, value)
        for at, text in enumerate(texts):
            try:
                re.compile(text)
            except re.error as error:
                raise SettingsError(
                    f"{self.file}: {key}[{at}] is no regular expression: {error}."
                ) from error
        return texts

    def _codes(self, key: str, value: Any) -> tuple[str, ...]:
        from nbrefactor.rules.catalogue import problem_with

        codes = self._texts(key, value, "a list of rule codes")
        for code in codes:
            if problem := problem_with(code):
                raise SettingsError(f"{self.file}: {key} holds {problem}")
        return codes

    def _per_file_ignores(self, key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple(
            (pattern, self._codes(f"{key}.{pattern}", codes))
            for pattern, codes in self._table(key, value).items()
        )


def nearest(word: str, known: Sequence[str], what: str) -> str:
    """Say which of the known words was probably meant.

    Parameters
    ----------
    word : str
        The word that is not known.
    known : sequence of str
        Those that are.
    what : str
        What they are called, in the plural.

    Returns
    -------
    str
        The end of a sentence: the nearest one where one is near, else all.
    """
    import difflib

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"the {what} are {', '.join(known)}"

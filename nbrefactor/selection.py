"""Which notebooks the settings leave out, and what they ignore in which."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nbrefactor.config import Settings, SettingsError


def left_out(notebook: Path, settings: Settings) -> str:
    """Say why the settings leave a notebook out.

    Parameters
    ----------
    notebook : Path
        Its file.
    settings : Settings
        With `include` and `exclude`, patterns as in ``.gitignore``.

    Returns
    -------
    str
        The reason; empty where it is looked at.
    """
    if settings.exclude and _matches(notebook, settings.exclude, settings.folder):
        return f'left out by "exclude" in the settings of {settings.folder}'
    if settings.include and not _matches(notebook, settings.include, settings.folder):
        return f'left out because "include" in the settings of {settings.folder} does not name it'
    return ""


def ignores_for(
    notebook: Path | None, settings: Settings
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the entries of `per_file_ignores` that are about a notebook.

    Parameters
    ----------
    notebook : Path or None
        Its file; None for standard input, which no pattern matches.
    settings : Settings
        What the user asked for.

    Returns
    -------
    tuple of (str, tuple of str)
        Patterns with their codes.
    """
    if notebook is None:
        return ()
    return tuple(
        (pattern, codes)
        for pattern, codes in settings.per_file_ignores
        if _matches(notebook, [pattern], settings.folder)
    )


def _matches(notebook: Path, patterns: Sequence[str], folder: Path | None) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        spec = GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        raise SettingsError(
            f"the settings of {folder} name files by a pattern that cannot be: {error}; "
            "expected patterns as in .gitignore"
        ) from error
    try:
        name = notebook.resolve().relative_to((folder or Path.cwd()).resolve()).as_posix()
    except ValueError:
        return False
    return spec.match_file(name)

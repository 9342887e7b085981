"""The target modules that the user chose, read as source."""

from __future__ import annotations

from pathlib import Path

from nbrefactor.config import Settings, SettingsError
from nbrefactor.library.target import TargetError, read_target_module
from nbrefactor.verdict.match import Accepted


def read_modules(settings: Settings, notebook: Path | None) -> tuple[Accepted, ...]:
    """Read the target modules as source, as seen from a notebook.

    Parameters
    ----------
    settings : Settings
        Names and accepted levels.
    notebook : Path or None
        The notebook's file; None for one that comes from standard input.

    Returns
    -------
    tuple of Accepted
        The modules in the order given.

    Raises
    ------
    SettingsError
        If a module cannot be found or read.
    """
    modules = []
    for choice in settings.modules:
        try:
            module = read_target_module(choice.name, notebook=notebook, roots=settings.source_roots)
        except TargetError as error:
            raise SettingsError(f"target module {choice.name}: {error}") from error
        modules.append(Accepted(module, choice.accept))
    return tuple(modules)

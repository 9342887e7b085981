"""The target modules that the user chose, read as source."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
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
        If a module cannot be found or read, or none of them has an alias's target.
    """
    modules = []
    for choice in settings.modules:
        try:
            module = read_target_module(choice.name, notebook=notebook, roots=settings.source_roots)
        except TargetError as error:
            raise SettingsError(f"target module {choice.name}: {error}") from error
        modules.append(Accepted(module, choice.accept))
    _check_aliases(settings, modules)
    return tuple(modules)


def _check_aliases(settings: Settings, modules: Sequence[Accepted]) -> None:
    targets = [name for accepted in modules for name in accepted.module.targets]
    for name, target in settings.aliases:
        if target not in targets:
            where = " or ".join(accepted.module.name for accepted in modules)
            near = get_close_matches(target, targets, 1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise SettingsError(f'alias {name}={target}: there is no "{target}" in {where}{hint}')

"""The target modules that the user chose, read as source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from nbrefactor.config import Settings, SettingsError
from nbrefactor.model.names import BUNDLED_MODULE

if TYPE_CHECKING:
    from nbrefactor.library.target import TargetModule
    from nbrefactor.program.target_index import TargetIndex
    from nbrefactor.verdict.match import Accepted


class TargetsHere:
    """The target modules as seen from one folder, read when they are first asked for."""

    def __init__(self, settings: Settings, read: Callable[[], tuple[Accepted, ...]]) -> None:
        self.settings = settings
        self._read = read

    @cached_property
    def modules(self) -> tuple[Accepted, ...]:
        """The modules in the order given; see `read_modules`."""
        return self._read()

    @cached_property
    def index(self) -> TargetIndex:
        """The modules, indexed."""
        from nbrefactor.program.target_index import index

        return index(accepted.module for accepted in self.modules)


class Targets:
    """Reads target modules for many notebooks, once for the notebooks of one folder."""

    def __init__(self) -> None:
        self._here: dict[tuple[Settings, Path | None], TargetsHere] = {}
        self._last: dict[Path | None, TargetsHere] = {}
        self._bundled: list[TargetModule] = []

    def seen_from(self, notebook: Path | None, settings: Settings) -> TargetsHere:
        """Give the target modules as seen from a notebook."""
        # Where a module is found depends on the notebook's folder, not on its name.
        folder = None if notebook is None else notebook.parent
        last = self._last.get(folder)
        if last is not None and last.settings is settings:
            return last
        key = replace(settings, per_file_ignores=()), folder
        if key not in self._here:
            self._here[key] = TargetsHere(settings, partial(self._read, key[0], notebook))
        self._last[folder] = self._here[key]
        return self._here[key]

    def _read(self, settings: Settings, notebook: Path | None) -> tuple[Accepted, ...]:
        from nbrefactor.library.locate import locate_bundled
        from nbrefactor.verdict.match import Accepted

        if [choice.name for choice in settings.modules] != [BUNDLED_MODULE]:
            return read_modules(settings, notebook)
        if not self._bundled:
            found = read_modules(settings, notebook)
            self._bundled.append(found[0].module)
            return found
        # It is the same file for every folder; where it is looked for is not.
        location = locate_bundled(BUNDLED_MODULE, notebook=notebook)
        module = replace(self._bundled[0], location=location)
        accepted = (Accepted(module, settings.modules[0].accept),)
        _check_aliases(settings, accepted)
        return accepted


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
    from nbrefactor.library.target import TargetError, read_target_module
    from nbrefactor.verdict.match import Accepted

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
    from difflib import get_close_matches

    targets = [name for accepted in modules for name in accepted.module.targets]
    for name, target in settings.aliases:
        if target not in targets:
            where = " or ".join(accepted.module.name for accepted in modules)
            near = get_close_matches(target, targets, 1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise SettingsError(f'alias {name}={target}: there is no "{target}" in {where}{hint}')

"""Notebooks migrated to modules that are planned: each once as long as its modules stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from nbrefactor.batch.loop import SettingsFor, Step, run
from nbrefactor.batch.values import Found, Opened
from nbrefactor.engine import migrate_bytes
from nbrefactor.extract.bootstrap import with_bootstrap
from nbrefactor.extract.values import Asked, Module
from nbrefactor.library.locate import TargetError
from nbrefactor.library.target import read_target_module
from nbrefactor.model.outcome import Outcome
from nbrefactor.verdict.match import Accepted

_Key = tuple[tuple[Path, bytes], ...]


@dataclass(frozen=True, slots=True)
class Migration:
    """Plans the migration of one notebook after the other.

    Parameters
    ----------
    asked : Asked
        What the user wants.
    modules : mapping of Path to sequence of Module
        The modules of each notebook.
    now : datetime
        The date that is written beside a new version.
    """

    asked: Asked
    modules: Mapping[Path, Sequence[Module]]
    now: datetime
    _read: dict[tuple[Path, _Key], tuple[Accepted, ...]] = field(default_factory=dict)

    def __call__(self, opened: Opened) -> Outcome | str:
        """Migrate a notebook; a sentence where a module cannot stand where it is seen from."""
        path = opened.found.path
        assert path is not None
        aliases = dict(opened.settings.aliases) | dict(self.asked.renames)
        settings = replace(opened.settings, aliases=tuple(aliases.items()), suggest=False)
        try:
            accepted = self._accepted(path, settings.source_roots)
        except TargetError as error:
            return f"the module cannot stand there: {error}"

        def migrate(data: bytes) -> Outcome:
            return migrate_bytes(data, settings, accepted, path=opened.found.name, now=self.now)

        outcome = migrate(opened.read())
        if self.asked.bootstrap:
            # All modules of one extraction stand in one folder.
            outcome = with_bootstrap(outcome, path, self.asked.to, migrate)
        return outcome

    def _accepted(self, path: Path, roots: tuple[Path, ...]) -> tuple[Accepted, ...]:
        """Read the modules as seen from a notebook, once for all notebooks of a folder."""
        modules = self.modules[path]
        key = (path.parent, key_of(modules))
        if key not in self._read:
            planned = {module.path: module.after for module in modules}
            self._read[key] = tuple(
                Accepted(
                    read_target_module(str(one.path), notebook=path, roots=roots, planned=planned),
                    "renamed",
                    made_of_copies=True,
                )
                for one in modules
            )
        return self._read[key]


def key_of(modules: Sequence[Module]) -> _Key:
    """Tell sets of modules apart."""
    return tuple((module.path, module.after) for module in modules)


class Migrator:
    """Migrates notebooks, those anew whose modules have changed since the last time.

    Parameters
    ----------
    asked : Asked
        What the user wants.
    settings_for : callable
        Gives the settings of a notebook.
    now : datetime
        The date that is written beside a new version.
    jobs : int
        How many processes work on them.
    """

    def __init__(self, asked: Asked, settings_for: SettingsFor, now: datetime, jobs: int) -> None:
        self._asked = asked
        self._settings_for = settings_for
        self._now = now
        self._jobs = jobs
        self._done: dict[tuple[Path, _Key], Outcome | str] = {}

    def __call__(self, modules: Mapping[Path, Sequence[Module]]) -> Mapping[Path, Outcome | str]:
        """Migrate notebooks to their modules; a sentence for one that cannot be."""
        keys = {path: (path, key_of(wanted)) for path, wanted in modules.items()}
        new = [Found(path, str(path)) for path in modules if keys[path] not in self._done]
        step = Step(self._settings_for, Migration(self._asked, modules, self._now))
        with closing(run(new, step, jobs=self._jobs)) as planned:
            for done in planned:
                assert done.found.path is not None
                told = done.left_out or (done.problem.sentence if done.problem else "")
                self._done[keys[done.found.path]] = done.value if done.value is not None else told
        return {path: self._done[key] for path, key in keys.items()}

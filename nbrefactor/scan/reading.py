"""Which files a scan is about, and what they say: found and read as by every other command."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbrefactor.batch.loop import SettingsFor, Step, discover, run
from nbrefactor.batch.values import Done, Found, Opened
from nbrefactor.config import Settings
from nbrefactor.notebook.discovery import NOTEBOOKS_AND_MODULES
from nbrefactor.scan.sources import Source, SourceError, module_of, source_of

if TYPE_CHECKING:
    from nbrefactor.batch.cache import Stamp


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one scan.

    Parameters
    ----------
    notebooks, modules : tuple of Found
        In the order in which they are read.
    problems : tuple of str
        Paths that lead to none, a sentence each.
    """

    notebooks: tuple[Found, ...]
    modules: tuple[Found, ...]
    problems: tuple[str, ...]

    def stamps(self, settings_for: SettingsFor) -> list[tuple[str, Stamp, Settings]] | None:
        """Give all that can change what the files say; None where that cannot be told."""
        from nbrefactor.batch.cache import stamp_of
        from nbrefactor.config import SettingsError

        stamped = []
        for found in (*self.notebooks, *self.modules):
            try:
                if found.path is None:
                    return None
                stamped.append((found.name, stamp_of(found.path), settings_for(found.path)))
            except (OSError, SettingsError):
                return None
        return stamped


def files_of(paths: Sequence[Path | str]) -> Files:
    """Find notebooks and modules; a sentence for each path that leads to none."""
    found = discover([str(path) for path in paths], NOTEBOOKS_AND_MODULES)
    return Files(
        tuple(one for one in found.notebooks if not _is_module(one)),
        tuple(one for one in found.notebooks if _is_module(one)),
        tuple(problem.sentence for problem in found.problems),
    )


def _is_module(found: Found) -> bool:
    return found.path is not None and found.path.suffix == ".py"


def no_settings(path: Path | None) -> Settings:
    """Give every file the settings that hold where no file says anything."""
    return Settings()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the files of a scan, and collects what keeps one from being read.

    Parameters
    ----------
    settings_for : callable
        Gives the settings of a file, which may leave it out.
    jobs : int
        How many processes read notebooks.
    whole : bool
        Whether notebooks are read although they define nothing.
    """

    settings_for: SettingsFor = no_settings
    jobs: int = 1
    whole: bool = False
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def notebooks(self, files: Files) -> Iterator[Source]:
        """Read the notebooks, those of other languages and those without definitions left out."""
        step = Step(self.settings_for, _Notebooks(self.whole))
        for done in run(files.notebooks, step, jobs=self.jobs):
            if (source := self._taken(done)) is not None:
                yield source

    def modules(self, files: Files, names: Container[str]) -> Iterator[Source]:
        """Read the modules that define one of some names."""
        # What is included are notebooks; a module is left out only where it is excluded.
        step = Step(lambda path: replace(self.settings_for(path), include=()), _Modules(names))
        for done in run(files.modules, step):
            if (source := self._taken(done)) is not None:
                yield source

    def _taken(self, done: Done[Source | None]) -> Source | None:
        if done.left_out and done.found.named:
            self.left_out.append(f"{done.found.name}: {done.left_out}")
        if done.problem is not None and done.problem.sentence not in self.problems:
            self.problems.append(done.problem.sentence)
        return done.value


@dataclass(frozen=True, slots=True)
class _Notebooks:
    whole: bool

    def __call__(self, opened: Opened) -> Source | None:
        return source_of(opened.read(), opened.found.name, whole=self.whole)


@dataclass(frozen=True, slots=True)
class _Modules:
    names: Container[str]

    def __call__(self, opened: Opened) -> Source | None:
        try:
            return module_of(opened.read(), opened.found.name, self.names)
        except SourceError:
            # It may be of any encoding, and nobody asked for it.
            return None

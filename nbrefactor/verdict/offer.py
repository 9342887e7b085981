"""What a target module offers, read once for all notebooks that are compared with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from nbrefactor.effects.lasting import lasting_values
from nbrefactor.effects.summary import Summaries
from nbrefactor.effects.toplevel import Act
from nbrefactor.library.source_module import SourceModule
from nbrefactor.library.stars import World, world
from nbrefactor.library.target import Target, TargetModule
from nbrefactor.python.environment import environment
from nbrefactor.python.forms import Forms
from nbrefactor.python.outline import outline, size
from nbrefactor.python.scopes import DefinitionNode


@dataclass(frozen=True, slots=True)
class Home:
    """The file that defines a target: its names, and what its functions do."""

    world: World
    summaries: Summaries


@dataclass(frozen=True, slots=True)
class ImportRun:
    """What an import does, and the libraries that it is the first to import."""

    acts: tuple[Act, ...]
    libraries: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Offer:
    """A target module with all that does not depend on the notebook.

    Parameters
    ----------
    module : TargetModule
        The module.
    """

    module: TargetModule
    sources: dict[str, SourceModule | None] = field(default_factory=dict)
    """The project's modules that importing it runs, as far as they have been read."""
    runs: dict[tuple[tuple[str, ...], frozenset[str]], ImportRun] = field(default_factory=dict)
    """What importing it does, by what is imported before and by what is known to be present."""
    drawn: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """What its functions draw, as whoever looks for plots has read it."""
    _homes: dict[tuple[str, tuple[Path, ...]], Home] = field(default_factory=dict)

    @cached_property
    def forms(self) -> Forms:
        """The comparable forms of the targets."""
        return Forms(keeps=frozenset(target.node for target in self.module.targets.values()))

    @cached_property
    def by_outline(self) -> Mapping[tuple[object, ...], Sequence[Target]]:
        """The targets by what can be told of them at a glance."""
        found: dict[tuple[object, ...], list[Target]] = {}
        for target in self.module.targets.values():
            found.setdefault(outline(target.node), []).append(target)
        return found

    @cached_property
    def by_shape(self) -> Mapping[str, Sequence[Target]]:
        """The targets by what all renamed copies have in common."""
        found: dict[str, list[Target]] = {}
        for target in self.module.targets.values():
            if (form := self.forms.form(target.node)) is not None:
                found.setdefault(form.shape, []).append(target)
        return found

    @cached_property
    def sizes(self) -> Mapping[DefinitionNode, int]:
        """How large each target is."""
        return {target.node: size(target.node) for target in self.module.targets.values()}

    def home(self, source: SourceModule, roots: tuple[Path, ...]) -> Home:
        """Read the names of a file that defines targets.

        Parameters
        ----------
        source : SourceModule
            The file.
        roots : tuple of Path
            Folders in which modules are looked for, besides the environment.

        Returns
        -------
        Home
            What its names mean, and what its functions do.
        """
        key = (source.name, roots)
        if key not in self._homes:
            there = world(environment(source.tree, source.package, main=False), roots)
            values = lasting_values(source.tree, source.package, there.names)
            there = replace(there, values=values)
            self._homes[key] = Home(there, Summaries(there.names))
        return self._homes[key]

"""One notebook's turn in a command that changes many."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from nbrefactor.batch.values import Opened
from nbrefactor.check import Subject, sought_by
from nbrefactor.config import Settings
from nbrefactor.engine import bump_bytes, migrate_bytes, unmet_wishes
from nbrefactor.glance import cells_of, facts_of
from nbrefactor.model.facts import Facts
from nbrefactor.model.outcome import Outcome
from nbrefactor.program.cell_facts import CellReader
from nbrefactor.rules.copies import may_be_similar
from nbrefactor.settings_file import SettingsReader
from nbrefactor.targets import Targets


@dataclass(frozen=True, slots=True)
class Migration:
    """Plans the migration of one notebook after the other.

    Parameters
    ----------
    now : datetime
        The date that is written beside a new version.
    measured : bool
        Whether a run is going to tell of effects that reading does not know.
    """

    now: datetime
    measured: bool = False
    _targets: Targets = field(default_factory=Targets, init=False, repr=False)
    _reader: CellReader = field(default_factory=CellReader, init=False, repr=False)

    def __call__(self, opened: Opened) -> Outcome:
        """Plan a notebook's migration."""
        found, settings = opened.found, replace(opened.settings, measured=self.measured)
        data = opened.read()
        facts = None if settings.fold else facts_of(data, self._reader)
        targets = self._targets.seen_from(found.path, settings)
        if facts is not None and not (facts.foreign or facts.opaque):
            subject = Subject(found.name, settings, targets, self._reader)
            if not self._may_tell(facts, data, subject):
                names = {one.name for one in facts.definitions}
                unmet = tuple(unmet_wishes(names, settings))
                return Outcome(found.name, "unchanged", data, data, unmet=unmet)
        return migrate_bytes(data, settings, targets.modules, path=found.name, now=self.now)

    def _may_tell(self, facts: Facts, data: bytes, subject: Subject) -> bool:
        """Tell whether there may be anything to replace, or to say of a definition."""
        if not facts.definitions:
            return False
        names = {one.name for one in facts.definitions}
        if any(not known.isdisjoint(names) for known in subject.targets.index.known.values()):
            return True
        return may_be_similar(facts, sought_by(subject, lambda: cells_of(data)))


@dataclass(frozen=True, slots=True)
class Raising:
    """Plans the raising of the version of one notebook after the other.

    Parameters
    ----------
    now : datetime
        The date that is written beside a new version.
    """

    now: datetime

    def __call__(self, opened: Opened) -> Outcome:
        """Plan the raising of a notebook's version."""
        return bump_bytes(opened.read(), opened.settings, path=opened.found.name, now=self.now)


@dataclass(frozen=True, slots=True)
class RaisingSettings:
    """Gives notebooks settings in which a version is raised.

    Parameters
    ----------
    reader : SettingsReader
        Gives them their own.
    """

    reader: SettingsReader

    def __call__(self, notebook: Path | None) -> Settings:
        """Give a notebook's settings."""
        chosen = self.reader.settings_for(notebook)
        # "none" in a settings file is about migrations; who says bump wants one.
        return replace(chosen, bump="patch") if chosen.bump == "none" else chosen

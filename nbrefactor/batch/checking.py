"""One notebook's turn in a check of many: from what is known of it, from its bytes, in full."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field

from nbrefactor.batch.values import Opened
from nbrefactor.check import Answer, Subject, asks_for_syntax, check_bytes, check_facts
from nbrefactor.glance import facts_of
from nbrefactor.program.cell_facts import CellReader
from nbrefactor.targets import Targets

if TYPE_CHECKING:
    from nbrefactor.batch.cache import Cache, Entry
    from nbrefactor.model.outcome import Finding, Outcome
    from nbrefactor.notebook.document import Document


class Checked(Struct, frozen=True):
    """What was found in one notebook.

    Parameters
    ----------
    answer : Answer
        What counts, and what was passed over.
    learned : Entry or None
        What is worth keeping for the next run.
    outcome : Outcome or None
        What resolves something of it, where that is wanted.
    resolved : int
        How many findings that takes away.
    """

    answer: Answer = field(default_factory=Answer)
    learned: Entry | None = None
    outcome: Outcome | None = None
    resolved: int = 0


class Checker(Struct, frozen=True):
    """Checks one notebook after the other.

    Parameters
    ----------
    cache : Cache or None
        What earlier runs learned.
    execute : callable or None
        Runs a notebook that was opened, and says what failed; None where none is to be run.
    """

    cache: Cache | None = None
    execute: Callable[[Opened, Document], Finding | None] | None = None
    _targets: Targets = field(default_factory=Targets)
    _reader: CellReader = field(default_factory=CellReader)

    def __call__(self, opened: Opened) -> Checked:
        """Check a notebook; see `check_bytes` for what it raises."""
        found, settings = opened.found, opened.settings
        subject = self._subject(opened)
        if self.execute is not None:
            return Checked(
                check_bytes(opened.read(), subject, execute=partial(self.execute, opened))
            )
        if self.cache is None or found.path is None or not asks_for_syntax(settings):
            return Checked(check_bytes(opened.read(), subject))
        return self._with_cache(self.cache, opened, subject)

    def without_cache(self, opened: Opened) -> Checked:
        """Check bytes that no file holds yet."""
        return Checked(check_bytes(opened.read(), self._subject(opened)))

    def _subject(self, opened: Opened) -> Subject:
        targets = self._targets.seen_from(opened.found.path, opened.settings)
        return Subject(opened.found.name, opened.settings, targets, self._reader)

    def _with_cache(self, cache: Cache, opened: Opened, subject: Subject) -> Checked:
        from nbrefactor.batch.cache import entry_of, stamp_of

        path = opened.found.path
        assert path is not None
        stamp = stamp_of(path)
        facts = cache.lookup(path, stamp)
        if facts is not None:
            return Checked(check_facts(facts, opened.read, subject))
        data = opened.read()
        facts = cache.lookup_content(path, data) or facts_of(data, self._reader)
        if facts is None:
            return Checked(check_bytes(data, subject))
        return Checked(check_facts(facts, lambda: data, subject), entry_of(stamp, data, facts))

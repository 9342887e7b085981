"""One notebook's turn in a check that changes something, or shows what it would change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from nbrefactor.annotate import annotate_bytes
from nbrefactor.batch.checking import Checked, Checker
from nbrefactor.batch.planning import Migration
from nbrefactor.batch.values import Opened
from nbrefactor.model.diagnostic import Diagnostic
from nbrefactor.model.outcome import Outcome

Wish = Literal["show", "fix", "comment"]


class _Held(Opened, frozen=True):
    """A notebook whose bytes are at hand: standard input can be read only once."""

    data: bytes = b""

    def read(self) -> bytes:
        """Give the notebook's bytes."""
        return self.data


class Fixer(Struct, frozen=True):
    """Checks one notebook after the other, and plans what resolves the findings.

    Parameters
    ----------
    checker : Checker
        Finds.
    wish : {"show", "fix", "comment"}
        What is planned: the migration, to be shown with all findings; the migration, to be
        written; comments that opt out. The last two leave only what is still found.
    now : datetime
        The date that is written beside a new version.
    """

    checker: Checker
    wish: Wish
    now: datetime

    def __call__(self, opened: Opened) -> Checked:
        """Check a notebook, plan its change, and check what comes of it."""
        held = _Held(opened.found, opened.settings, opened.read())
        checked = self.checker(held)
        outcome = self._plan(held, checked.answer.diagnostics)
        if outcome is None:
            return checked
        if self.wish == "show" or outcome.status != "changed":
            return replace(checked, outcome=outcome)
        left = self.checker.without_cache(replace(held, data=outcome.after))
        before, after = checked.answer.diagnostics, left.answer.diagnostics
        return Checked(left.answer, outcome=outcome, resolved=len(before) - len(after))

    def _plan(self, held: _Held, found: tuple[Diagnostic, ...]) -> Outcome | None:
        if self.wish == "comment":
            return annotate_bytes(held.data, found, path=held.found.name) if found else None
        if not any(one.fixable for one in found):
            return None
        plan: Callable[[Opened], Outcome] = Migration(self.now)
        return plan(held)

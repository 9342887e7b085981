"""Counts, the share of mutants that are noticed, and how sure that share is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from .trial import Outcome

# Two-sided 95 %.
_Z = 1.959964


@dataclass(frozen=True)
class Interval:
    """The bounds of a share."""

    low: float
    high: float


def wilson(hits: int, tries: int) -> Interval:
    """Bound the share that hits of all would have, with 95 % confidence.

    Wilson's score interval: E. B. Wilson, Probable inference, the law of succession, and
    statistical inference (1927).
    """
    if tries == 0:
        return Interval(0.0, 1.0)
    share = hits / tries
    middle = (share + _Z**2 / (2 * tries)) / (1 + _Z**2 / tries)
    half = _Z / (1 + _Z**2 / tries) * sqrt(share * (1 - share) / tries + (_Z / (2 * tries)) ** 2)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True)
class Row:
    """The counts of a room."""

    name: str
    killed: int
    timed_out: int
    survived: int
    argued: int

    @property
    def tried(self) -> int:
        """All mutants; those argued for make no difference and do not count."""
        return self.killed + self.timed_out + self.survived

    def text(self) -> str:
        """The row of the table."""
        noticed = self.killed + self.timed_out
        bounds = wilson(noticed, self.tried)
        share = f"{noticed / self.tried:6.1%}" if self.tried else "     -"
        return (
            f"{self.name:<9}{self.tried:>7}{self.killed:>8}{self.timed_out:>11}{self.survived:>10}"
            f"{self.argued:>12}   {share} ({bounds.low:.1%} to {bounds.high:.1%})"
        )


HEAD = f"{'room':<9}{'tried':>7}{'killed':>8}{'timed out':>11}{'survived':>10}{'equivalent':>12}   score"


def rows(outcomes: Sequence[Outcome], argued: Sequence[Outcome]) -> Iterator[Row]:
    """Yield a row for each room, and one for all."""
    every = [*outcomes, *argued]
    for room in sorted({outcome.mutant.room for outcome in every}):
        here = [one for one in outcomes if one.mutant.room == room]
        yield _row(room, here, sum(one.mutant.room == room for one in argued))
    yield _row("all", outcomes, len(argued))


def _row(name: str, outcomes: Sequence[Outcome], argued: int) -> Row:
    results = [outcome.result for outcome in outcomes]
    killed, timed_out = results.count("killed"), results.count("timed out")
    return Row(name, killed, timed_out, len(results) - killed - timed_out, argued)

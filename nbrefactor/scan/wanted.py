"""What a scan is to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a scan is to show.

    Parameters
    ----------
    min_copies : int
        Least copies of a program.
    min_lines : int
        Least lines of code of a copy.
    names : tuple of str
        Only definitions of these names; empty for all.
    plots_only : bool
        Only what draws.
    across : bool
        Only copies in different notebooks.
    cells : bool
        Whole cells instead of definitions.
    compare : int or None
        Of how many families it is said what differs among the variants; None for all.
    """

    min_copies: int = 2
    min_lines: int = 3
    names: tuple[str, ...] = ()
    plots_only: bool = False
    across: bool = False
    cells: bool = False
    compare: int | None = None

"""The frozen values of a comparison of figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

# From harmless to what fails.
Kind = Literal["style", "addition", "words", "data"]
FigureVerdict = Literal["identical", "restyled", "different words", "different data"]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an array that differs.

    Parameters
    ----------
    where : str
        Its place: ``row 2, column 5``.
    before, after : str
        Its value in either figure.
    """

    where: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two figures differ.

    Parameters
    ----------
    kind : Kind
        What it concerns: the look, something that is shown besides, words, or data.
    name : str
        What differs, by the name under which it is counted: ``color map``, ``size``, ``title``.
    where : str
        In which axes and on what; empty for the figure itself.
    before, after : str
        What is there in either figure; empty where there is nothing.
    members : tuple of Member
        Which members of an array differ, the first ones of them.
    """

    kind: Kind
    name: str
    where: str = ""
    before: str = ""
    after: str = ""
    members: tuple[Member, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        if not self.before:
            return f"{self.name}{place}: {self.after} was added"
        if not self.after:
            return f"{self.name}{place}: {self.before} is missing"
        return f"{self.name}{place}: {self.before} became {self.after}"


@dataclass(frozen=True, slots=True)
class FigureComparison:
    """What two figures have in common, and what not.

    Parameters
    ----------
    differences : tuple of Difference
        Worst first.
    """

    differences: tuple[Difference, ...]

    @property
    def verdict(self) -> FigureVerdict:
        """The verdict on the figure as a whole."""
        kinds = {difference.kind for difference in self.differences}
        if "data" in kinds:
            return "different data"
        if "words" in kinds:
            return "different words"
        return "restyled" if kinds else "identical"

    @property
    def names(self) -> tuple[str, ...]:
        """What differs, each name once."""
        return tuple(dict.fromkeys(difference.name for difference in self.differences))

    def with_known_words(self, known: Collection[str]) -> FigureComparison:
        """Take words for additions that the report names as the target's own."""
        return FigureComparison(
            worst_first(
                replace(found, kind="addition")
                if found.kind == "words" and found.before and found.after.strip("'") in known
                else found
                for found in self.differences
            )
        )


_SEVERITY: tuple[Kind, ...] = ("data", "words", "addition", "style")


def worst_first(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """Order differences, the worst first, each once."""
    return tuple(sorted(dict.fromkeys(differences), key=lambda found: _SEVERITY.index(found.kind)))


def inside(*parts: str) -> str:
    """Name a place within a place, the whole first."""
    return ", ".join(part for part in parts if part)

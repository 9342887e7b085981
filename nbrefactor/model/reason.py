"""Why a verdict is as it is: a value, with one table that gives it its sentence and its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import Any

from nbrefactor.model.outcome import cell_list
from nbrefactor.model.reasons import TABLE


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict.

    Parameters
    ----------
    code : str
        Its key in the table of sentences, such as ``captures-value``.
    subject : str
        What it is about, mostly a name.
    cells : tuple of int
        Numbers of the cells that it points to, counted from 1; empty where it points to none.
    here, there : str
        What the notebook has, and what the target has.

    Raises
    ------
    KeyError
        If the table has no such code.
    """

    code: str
    subject: str = ""
    cells: tuple[int, ...] = ()
    here: str = ""
    there: str = ""

    def __post_init__(self) -> None:
        if self.code not in TABLE:
            raise KeyError(self.code)

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """What is so, as one clause."""
        return self._filled(TABLE[self.code].sentence)

    @property
    def remedy(self) -> str:
        """What the user can do about it; empty where nothing is wrong."""
        return self._filled(TABLE[self.code].remedy)

    @property
    def is_note(self) -> bool:
        """Whether it only tells something, and keeps nothing from being replaced."""
        return not TABLE[self.code].remedy

    @property
    def is_difference(self) -> bool:
        """Whether it names what the two sources have not in common."""
        return TABLE[self.code].difference

    @property
    def is_binding(self) -> bool:
        """Whether it says that a call would not bind, which nobody can wish away."""
        return TABLE[self.code].binding

    def _filled(self, text: str) -> str:
        fields: dict[str, Any] = {
            "subject": self.subject,
            "cell": cell_list(self.cells) if self.cells else "the notebook",
            "at": f" ({cell_list(self.cells)})" if self.cells else "",
            "here": self.here,
            "there": self.there,
        }
        return Formatter().vformat(text, (), fields)

"""What keeps a command from doing its job: the user's problems told apart from our own bugs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct, field

from nbrefactor.batch.attempt import attempt, report_bug
from nbrefactor.batch.values import Problem
from nbrefactor.visible import visible_line

Result = TypeVar("Result")
PREFIX = "nbrefactor: "


class Problems(Struct, frozen=True):
    """Collects problems, a sentence each, while the rest of the work goes on."""

    sentences: list[str] = field(default_factory=list)

    def attempt(
        self, name: str, work: Callable[[], Result], *, doing: str = "read"
    ) -> Result | None:
        """Do one notebook's work; what it raises becomes a problem, and others get their turn.

        Parameters
        ----------
        name : str
            The notebook's name in messages.
        work : callable
            Does the work.
        doing : str
            What an error of the system keeps it from being (``read``, ``run``).

        Returns
        -------
        Result or None
            What `work` gives; None where there is a problem.
        """
        value, problem = attempt(name, work, doing=doing)
        if problem is not None:
            self.add(problem)
        return value

    def add(self, problem: Problem) -> None:
        """Collect a problem: what is the same for many notebooks once."""
        if not problem.shared or problem.sentence not in self.sentences:
            self.sentences.append(problem.sentence)

    def show(self) -> None:
        """Print them to standard error."""
        for sentence in self.sentences:
            show_problem(sentence)


def show_problem(sentence: str) -> None:
    """Print one problem to standard error."""
    from nbrefactor.cli.terminal import console, show

    show(console(stderr=True), f"{PREFIX}{visible_line(sentence)}\n")


def end_with_bug(error: BaseException) -> int:
    """Say that an error ended the whole command; return the exit code."""
    print(f"{PREFIX}{visible_line(report_bug(error))}", file=sys.stderr)
    return 2

"""A rule: its code, what it finds, why, the glance that rules it out, and its examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.rules.look import Look, Sought


class Example(Struct, frozen=True):
    """A notebook with a finding of the rule, and the same without; a test of the rule.

    Parameters
    ----------
    before, after : str
        Notebooks as text: ``# %%`` begins a code cell, ``# %% [markdown]`` a markdown cell,
        ``# %% tags`` with words behind it gives a cell these tags.
    module : str
        The source of a target module called ``plots`` beside the notebook; empty where the bundled
        module or none is meant.
    options : str
        Further options on the command line.
    kernel : str
        The language of the notebook's kernel.
    """

    before: str
    after: str
    module: str = ""
    options: str = ""
    kernel: str = "python"


class Rule(Struct, frozen=True):
    """One thing that ``nbrefactor check`` finds.

    Parameters
    ----------
    code : str
        ``NB`` and three digits; the first says what it is about.
    name : str
        A few words with hyphens.
    summary : str
        What it finds, a clause without a full stop.
    why : str
        Why that is worth knowing, and what to do; sentences.
    examples : tuple of Example
        Its page, and its tests.
    may_find : callable
        Tells of a notebook's facts whether the rule can find anything; False only where it cannot.
    find : callable
        Gives the rule's findings, those of related rules among them.
    fixed : bool
        Whether ``nbrefactor migrate`` resolves it: it then makes the example's `after` from its
        `before`.
    default : bool
        Whether it counts without being selected.
    """

    code: str
    name: str
    summary: str
    why: str
    examples: tuple[Example, ...]
    may_find: Callable[[Facts, Sought], bool]
    find: Callable[[Look], Iterable[Finding]]
    fixed: bool = False
    default: bool = True

    def findings(self, look: Look) -> tuple[Finding, ...]:
        """Give what the rule itself finds."""
        return tuple(found for found in self.find(look) if found.code == self.code)

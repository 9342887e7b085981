"""What users read about a rule: its code, what it finds, why, and an example, also its test."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A notebook with a finding of the rule, and the same without.

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


@dataclass(frozen=True, slots=True)
class Rule:
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
    example : Example
        Also a test of the rule.
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
    example: Example
    fixed: bool = False
    default: bool = True

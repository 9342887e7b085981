"""What would make a definition migratable, for each reason that keeps it."""

from __future__ import annotations

import re
from collections.abc import Sequence

# The first pattern that fits a reason gives its advice; groups of the pattern fill it in.
_ADVICE: tuple[tuple[str, str], ...] = (
    (
        r'reads notebook global "(?P<name>\w+)".*: a parameter of the notebook',
        'pass "{name}" as an argument: give the inline function and the target a parameter for it',
    ),
    (
        r'reads notebook global "(?P<name>\w+)"',
        'pass "{name}" as an argument instead of reading it from the notebook, or define it with '
        "the same value in the target's module",
    ),
    (
        r'the target reads "(?P<name>\w+)"',
        'import or define "{name}" in the target\'s module, which fails without it',
    ),
    (
        r'uses the notebook\'s (?P<what>function|class) "(?P<name>\w+)"',
        'move the {what} "{name}" into the target\'s module too; it has to be the same there',
    ),
    (
        r'"(?P<name>\w+)" is (?P<origin>[\w.]+) here',
        'import {origin} as "{name}" in the target\'s module too, so that both mean the same',
    ),
    (r'writes notebook global "(?P<name>\w+)"', 'return the new value of "{name}" instead'),
    (
        r'parameter "(?P<name>\w+)" does not exist in the target|passes "(?P<other>\w+)"',
        "add the parameter to the target, or take it out of the calls",
    ),
    (r"default that is computed", "pass the value in the calls that rely on the default"),
    (r"default of ", "pass the value explicitly, or give the target the same default"),
    (r"requires|does not give", "give the parameter a default in the target"),
    (
        r"changes (its argument|\"\w+\")|random numbers|may write a file|name of its own|"
        r"style of later|several figures|reads a file|the target takes an array",
        "do that in the notebook, around the call, and leave the function to its drawing",
    ),
    (r"handles its errors", "check the arguments before the call instead"),
    (r"another position|positional|keyword", "pass the arguments by keyword"),
    (r"annotations differ", "annotate the target's parameters as in the notebook"),
    (
        r"passes it on|uses an attribute of it",
        "call the function where it is passed on, or give the target the same signature",
    ),
    (
        r"returns .*target (returns|may)|the target returns",
        "do not use the result, or let the target return the same",
    ),
    (
        r"draws into the figure",
        "call the target with ax=plt.gca(), or let the inline function make its own figure",
    ),
    (r"closes its figure", "close the figure in the notebook, behind the call"),
    (r"print", "print in the notebook, outside of the function"),
    (r"defined (anew|more than once)|bound|deleted|may mean either",
     "let the name mean one thing in the whole notebook"),
    (r"base classes|decorator|decorated|\" differs|exists in the target",
     "make the two the same where they differ"),
    (r"magic|does not parse|text that", "mend that cell, or call the function in plain Python"),
    (r"is defined inside|timed cell|falls back", "define it at the top of a cell"),
    (r"attribute|source|module|help|__\w+__|frame|answers for",
     "the notebook depends on the function being its own: keep it"),
    (r"looks like .*--alias (?P<alias>\S+)", "say --alias {alias}"),
    (r"--accept (?P<level>\w+)", "say --accept {level} if the target may stand in"),
    (r"async", "make both async, or neither"),
)  # fmt: skip


def advise(reasons: Sequence[str]) -> tuple[str, ...]:
    """Say what would remove the reasons for which a definition stays.

    Parameters
    ----------
    reasons : sequence of str
        The reasons of a verdict.

    Returns
    -------
    tuple of str
        One sentence for each kind of reason, without repetition.
    """
    found: dict[str, None] = {}
    for reason in reasons:
        for pattern, advice in _ADVICE:
            if match := re.search(pattern, reason):
                found.setdefault(advice.format(**match.groupdict()))
                break
    return tuple(found)

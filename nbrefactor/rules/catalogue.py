"""All rules, in the order of their codes."""

from __future__ import annotations

from collections.abc import Iterable

from nbrefactor.rules.changelog_behind import CHANGELOG_BEHIND
from nbrefactor.rules.compatible_definition import COMPATIBLE
from nbrefactor.rules.divergent_definition import DIVERGENT
from nbrefactor.rules.exact_copy import EXACT
from nbrefactor.rules.failing_notebook import FAILING
from nbrefactor.rules.inline_plot import INLINE_PLOT
from nbrefactor.rules.missing_import import MISSING_IMPORT
from nbrefactor.rules.opaque_cell import OPAQUE
from nbrefactor.rules.renamed_copy import RENAMED
from nbrefactor.rules.rule import Rule
from nbrefactor.rules.skipped_notebook import SKIPPED
from nbrefactor.rules.unused_opt_out import UNUSED_OPT_OUT
from nbrefactor.rules.versions_disagree import DISAGREEING

RULES: tuple[Rule, ...] = (
    EXACT,
    RENAMED,
    COMPATIBLE,
    DIVERGENT,
    INLINE_PLOT,
    OPAQUE,
    SKIPPED,
    DISAGREEING,
    CHANGELOG_BEHIND,
    MISSING_IMPORT,
    FAILING,
    UNUSED_OPT_OUT,
)


def find_rule(code: str) -> Rule:
    """Find a rule by its code or name.

    Parameters
    ----------
    code : str
        ``NB101`` or ``exact-copy``, in any case.

    Returns
    -------
    Rule
        The rule.

    Raises
    ------
    LookupError
        If there is none; the text says what comes nearest.
    """
    for rule in RULES:
        if code.lower() in (rule.code.lower(), rule.name):
            return rule
    raise LookupError(f'no rule "{code}"; {_nearest(code)}')


def covers(prefixes: Iterable[str], code: str) -> bool:
    """Tell whether a code begins with one of the prefixes (``NB1`` is all of ``NB101``…)."""
    return code.startswith(tuple(prefixes))


def problem_with(prefix: str) -> str:
    """Say what is wrong with a code, or the beginning of codes; empty where some rule has it."""
    if prefix and any(rule.code.startswith(prefix) for rule in RULES):
        return ""
    return f'"{prefix}", which is the code of no rule; {_nearest(prefix)}'


def _nearest(code: str) -> str:
    import difflib

    known = [rule.code for rule in RULES] + [rule.name for rule in RULES]
    close = difflib.get_close_matches(code.upper(), known, n=1, cutoff=0.5) or (
        difflib.get_close_matches(code.lower(), known, n=1, cutoff=0.5)
    )
    if close:
        return f"did you mean {close[0]}?"
    return f"the codes are {', '.join(rule.code for rule in RULES)}"

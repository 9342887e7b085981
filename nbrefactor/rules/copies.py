"""What the rules on definitions that a module holds too have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.rules.look import Look, Sought

MEAN = '''\
def mean(values):
    """Average of the values."""
    return sum(values) / len(values)
'''
"""The module of their examples."""


def may_be_copied(facts: Facts, sought: Sought) -> bool:
    """Tell whether a definition has the name of a target, or could be a renamed copy of one."""
    if may_be_namesake(facts, sought):
        return True
    if not facts.definitions:
        return False
    targets = sought.targets()
    outlines = {found.outline for found in facts.definitions}
    return any(
        not targets.shapes(outline).isdisjoint(sought.shapes(outline))
        for outline in outlines & targets.by_outline.keys()
    )


def may_be_namesake(facts: Facts, sought: Sought) -> bool:
    """Tell whether a definition has the name of a target, or stands for one."""
    if not facts.definitions:
        return False
    names = sought.targets().names
    aliases = dict(sought.settings.aliases)
    return any(found.name in names or found.name in aliases for found in facts.definitions)


def may_be_similar(facts: Facts, sought: Sought) -> bool:
    """Tell whether a definition may be a copy, or a near miss under another name."""
    return may_be_copied(facts, sought) or (
        bool(facts.definitions) and any(map(sought.targets().may_resemble, sought.nodes()))
    )


def judged(look: Look) -> tuple[Finding, ...]:
    """Give the verdicts on all definitions."""
    return look.definitions()

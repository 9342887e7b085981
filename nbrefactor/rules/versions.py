"""What the rules on the version that a notebook states have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.rules.look import Look, Sought


def may_state_two(facts: Facts, sought: Sought) -> bool:
    """Tell whether the notebook can state two versions; what a pattern names is not known."""
    return facts.versions or bool(sought.settings.version_patterns)


def stated(look: Look) -> tuple[Finding, ...]:
    """Give what disagrees."""
    return look.versions()

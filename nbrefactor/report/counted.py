"""Numbers of things, in words."""

from __future__ import annotations


def count(number: int, noun: str, nouns: str = "") -> str:
    """Write a number with its noun: ``1 copy``, ``2 copies``; `nouns` where no "s" makes it one."""
    return f"{number} {noun if number == 1 else nouns or noun + 's'}"

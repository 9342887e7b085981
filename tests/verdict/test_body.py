"""How effects that bodies do not share are told."""

from __future__ import annotations

import re

from nbrefactor.effects import known
from nbrefactor.verdict.body import _WORDS


def test_effects_are_told_in_words() -> None:
    assert set(_WORDS) <= known.EFFECTS | {"handles"}
    for words in _WORDS.values():
        assert re.fullmatch(r"[a-z]+( [a-z]+)*", words)

"""What a target asks of an argument that the inline body does not ask, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

CASES = {
    "an attribute": ("x.shape", "its shape"),
    "a method": ("x.copy()", "its copy"),
    "a part": ("x['a']", "its part ['a']"),
    "parts": ("[x[i] for i in [0]]", "its parts"),
    "elements": ("[y for y in x]", "its elements"),
    "elements of two parts": ("[y for y, z in x]", "its elements of 2"),
    "an operator": ("x + 1", "a sum or product of it"),
}


@pytest.mark.parametrize(("asking", "said"), CASES.values(), ids=CASES)
def test_what_the_target_asks_more(migration: Callable[..., Any], asking: str, said: str) -> None:
    target = f"def f(x):\n    y = {asking}\n    return [x]\n"
    outcome = migration(target)("def f(x):\n    return [x]", accept="compatible")
    (found,) = outcome.findings
    reasons = [(reason.code, reason.subject, reason.there) for reason in found.reasons]
    assert ("asks-more", "x", said) in reasons


def test_every_parameter_that_has_another_name_is_told(migration: Callable[..., Any]) -> None:
    migrate = migration("def f(p, q, r):\n    return p - q * r\n")
    (found,) = migrate("def f(a, b, r):\n    return a - b * r").findings
    assert found.reasons[0].there == '"a" is "p", "b" is "q"'

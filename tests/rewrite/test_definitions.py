"""Each definition that is looked at ends in one finding, with its reason and its edits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nbrefactor.model.outcome import Finding, Outcome

MODULE = """\
def f(x):
    return x + 1

def g(x):
    print(x)
"""
F = "def f(x):\n    return x + 1\n"

Migrate = Callable[..., Outcome]


@pytest.fixture(scope="module")
def migrate(migration: Callable[[str], Migrate]) -> Migrate:
    return migration(MODULE)


def verdicts(outcome: Outcome) -> list[Finding]:
    return [found for found in outcome.findings if found.level]


CODES = [
    pytest.param(F, "NB101", "exact", True, id="exact"),
    pytest.param("def f(y):\n    return y + 1\n", "NB102", "renamed", True, id="renamed"),
    pytest.param("def h(x):\n    return x + 1\n", "NB102", "renamed", True, id="another name"),
    pytest.param(
        "def g(x):\n    y = x\n    print(y)\n", "NB103", "compatible", False, id="compatible"
    ),
    pytest.param(
        "def f(x, y):\n    return x + y\nf(1, 2)", "NB104", "divergent", False, id="divergent"
    ),
    pytest.param("class f:\n    pass\n", "NB104", "divergent", False, id="another kind of thing"),
]


@pytest.mark.parametrize(("source", "code", "level", "replaced"), CODES)
def test_code_and_level(
    source: str, code: str, level: str, replaced: bool, migrate: Migrate
) -> None:
    [found] = verdicts(migrate("x = 1", source))
    assert (found.code, found.level, bool(found.edits)) == (code, level, replaced)
    assert (found.cell, found.cell_id, found.row) == (1, "c1", 1)
    assert found.message.startswith(f'"{found.name}" ')
    assert found.target in found.message
    if level != "exact":
        assert found.reasons
        assert all(str(reason).strip() for reason in found.reasons)
    assert bool(found.difference) == (level == "compatible" or "f(1, 2)" in source)


def test_a_level_that_is_not_accepted_names_the_option(migrate: Migrate) -> None:
    [found] = verdicts(migrate("def f(y):\n    return y + 1\n", accept="exact"))
    assert not found.edits
    assert "--accept renamed" in str(found.reasons[-1])


def test_similarity_is_a_share(migrate: Migrate) -> None:
    [exact, far] = verdicts(migrate(F, "def g(x, y):\n    while True:\n        yield x\n"))
    assert exact.similarity == 1.0
    assert far.similarity is not None
    assert 0 <= far.similarity < 1


def test_the_row_is_that_of_the_definition_in_the_original(migrate: Migrate) -> None:
    outcome = migrate("a = 1\n\n" + F + "\n\ndef g(x):\n    print( x )\n", accept="exact")
    assert [(found.name, found.row) for found in verdicts(outcome)] == [("f", 3), ("g", 7)]


def test_every_definition_with_a_counterpart_has_one_verdict(migrate: Migrate) -> None:
    sources = (F, "def f(x): return 0", "if True:\n    def g(x):\n        print(x)", F + F)
    names = [(found.name, found.cell, found.row) for found in verdicts(migrate(*sources))]
    assert names == [("f", 0, 1), ("f", 1, 1), ("g", 2, 2), ("f", 3, 1), ("f", 3, 3)]


def test_a_definition_that_is_freed_by_another_one_goes_in_the_same_run(migrate: Migrate) -> None:
    sources = ("def g(x):\n    print(x)\n", "def show(x):\n    g(x)\n", F)
    outcome = migrate(*sources)
    assert [found.name for found in outcome.replaced] == ["g", "f"]
    assert verdicts(outcome) == list(outcome.replaced)


def test_no_counterpart_is_no_finding(migrate: Migrate) -> None:
    assert migrate("def helper(a, b, c):\n    return {a: [b, c]}\n").findings == ()

import json
import shlex
from pathlib import Path

import pytest

from nbrefactor.rules.catalogue import RULES, covers, find_rule, problem_with
from nbrefactor.rules.rule import Example, Rule

RUN_NOTHING = [
    pytest.param(rule, example, id=f"{rule.name} {at}")
    for rule in RULES
    for at, example in enumerate(rule.examples, 1)
    if "--execute" not in example.options
]


def options(example: Example) -> list[str]:
    module = ["--module", "plots"] if example.module else []
    return [*module, *shlex.split(example.options)]


def codes(nbrefactor, path: str, example: Example) -> set[str]:
    shown = nbrefactor("check", path, *options(example), "--output-format", "json")
    return {found["code"] for found in json.loads(shown.stdout)["findings"]}


@pytest.mark.parametrize(("rule", "example"), RUN_NOTHING)
def test_the_example_has_the_finding_and_no_other_one(
    place: Path, rule: Rule, example: Example, notebook, nbrefactor
) -> None:
    if example.module:
        (place / "plots.py").write_text(example.module)
    (place / "before.ipynb").write_bytes(notebook(example.before, example.kernel))
    (place / "after.ipynb").write_bytes(notebook(example.after))
    assert codes(nbrefactor, "before.ipynb", example) == {rule.code}
    assert codes(nbrefactor, "after.ipynb", example) == set()


@pytest.mark.parametrize(("rule", "example"), RUN_NOTHING)
def test_migrate_makes_the_one_from_the_other_where_the_rule_says_so(
    place: Path, rule: Rule, example: Example, notebook, nbrefactor
) -> None:
    if example.module:
        (place / "plots.py").write_text(example.module)
    before = notebook(example.before, example.kernel)
    (place / "n.ipynb").write_bytes(before)
    nbrefactor("migrate", "n.ipynb", *options(example))
    assert (place / "n.ipynb").read_bytes() == (notebook(example.after) if rule.fixed else before)


def test_codes_are_in_order_and_are_used_once() -> None:
    numbers = [rule.code for rule in RULES]
    assert numbers == sorted(set(numbers))
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_rule_has_a_page(nbrefactor) -> None:
    shown = nbrefactor("rule", "--all").stdout
    for rule in RULES:
        assert f"# {rule.code} {rule.name}\n" in shown
        page = nbrefactor("rule", rule.code).stdout
        assert page in shown
        shown_of_examples = [text for one in rule.examples for text in (one.before, one.after)]
        for text in (rule.summary, rule.why, *shown_of_examples):
            assert text.rstrip("\n") in page


def test_a_rule_is_found_by_its_name_too() -> None:
    assert find_rule("exact-copy") is find_rule("nb101")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["NB999"], "did you mean", id="an unknown code"),
        pytest.param([], "name the rules to explain", id="no code"),
        pytest.param(["NB101", "--all"], "name the rules to explain", id="both"),
    ],
)
def test_what_is_no_rule_is_wrong_usage(nbrefactor, arguments: list[str], said: str) -> None:
    result = nbrefactor("rule", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize("prefix", ["NB", "NB1", "NB10", "NB101"])
def test_a_code_may_be_cut_short(prefix: str) -> None:
    assert not problem_with(prefix)
    assert covers([prefix], "NB101")
    assert not covers([prefix], "XB101")


@pytest.mark.parametrize("prefix", ["", "NB7", "nb101", "NB1011", "E501"])
def test_what_begins_no_code_is_a_problem(prefix: str) -> None:
    assert "no rule" in problem_with(prefix)

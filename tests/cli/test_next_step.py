"""What a newcomer reads last, and what is suggested for typos."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from nbrefactor.cli import main

from ..notebooks import notebook

NOTEBOOK = notebook("def area(r):\n    return 3 * r")
HINT = "Compared with nbrefactor.viz only: name your own module with --module"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a b.ipynb").write_bytes(NOTEBOOK)
    Path("shapes.py").write_text("def area(r):\n    return 3 * r\n")


def run(*arguments: str) -> str:
    return CliRunner().invoke(main, arguments).output


@pytest.mark.parametrize("command", [("check",), ("migrate", "--dry-run")])
def test_the_way_on_is_named(command: tuple[str, ...]) -> None:
    last = run(*command, "a b.ipynb").splitlines()[-1]
    assert last.startswith(HINT)
    assert last.endswith("nbrefactor scan 'a b.ipynb'")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "a b.ipynb", "--module", "shapes"),
        ("check", "a b.ipynb", "--quiet"),
        ("migrate", "a b.ipynb", "--dry-run", "--module", "shapes"),
        ("migrate", "a b.ipynb", "--dry-run", "--quiet"),
        ("bump", "a b.ipynb", "--dry-run"),
    ],
    ids=" ".join,
)
def test_who_knows_is_told_nothing(arguments: tuple[str, ...]) -> None:
    assert HINT not in run(*arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chek", "."), 'Did you mean "check"?'),
        (("zzz",), "There are bump, "),
        (("migrate", "a b.ipynb", "--modul", "x"), "--module"),
        (("migrate", "a b.ipynb", "--module", "nbrefactor.vis"), 'did you mean "viz"?'),
        (("rule", "NB10l"), "did you mean NB10"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else None,
)
def test_typos(arguments: tuple[str, ...], said: str) -> None:
    assert said in run(*arguments)

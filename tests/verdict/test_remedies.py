"""Each remedy is followed, as a user would who reads that sentence only; then the copy is replaced."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

import nbrefactor
from nbrefactor.config import ModuleChoice, Settings
from nbrefactor.engine import migrate_bytes
from nbrefactor.model import reasons
from nbrefactor.model.outcome import Finding
from nbrefactor.targets import read_modules

from ..notebooks import code, notebook

FOLDER = Path(__file__).parent / "remedies"
PACKAGE = Path(nbrefactor.__file__).parent

# Codes whose remedy nobody can follow and see the copy replaced, and why.
KEPT = {
    "looks-at": "what is looked at, such as its code or module, is another one in the module",
    "own-module": "its __name__ or __file__ would be the module's",
    "sees-frames": "the frame in which it runs would be the module's",
}

_HEAD = re.compile(r"^=== (\S.*)$", re.MULTILINE)
_PART = re.compile(r"^--- (\S.*)$", re.MULTILINE)
_SETTINGS = {"name", "module", "accept", "alias", "source-root", "select", "ignore"}


@dataclass(frozen=True)
class Project:
    """A notebook, the files beside it, and what the user says on the command line."""

    said: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    cells: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return self.said.get("name", "f")


@dataclass(frozen=True)
class Case:
    """A project in which a code keeps the definition, and that project with its remedy followed."""

    code: str
    before: Project
    after: dict[str, Project]


def read_project(text: str, base: Project) -> Project:
    """Read the parts of a section over those that it does not repeat."""
    head, *parts = _PART.split(text)
    said = dict(line.split(": ", 1) for line in head.strip().splitlines())
    assert set(said) <= _SETTINGS, head
    pairs = [
        (name, body.strip("\n") + "\n") for name, body in zip(parts[::2], parts[1::2], strict=True)
    ]
    cells = tuple(
        (name.removeprefix("cell").strip(), body.removesuffix("\n"))
        for name, body in pairs
        if name.split()[0] == "cell"
    )
    files = {name: body for name, body in pairs if name.split()[0] != "cell"}
    return replace(
        base,
        said={**base.said, **said},
        files={**base.files, **files},
        cells=cells or base.cells,
    )


def read_cases(path: Path) -> list[Case]:
    """Read a file of cases."""
    _, *parts = _HEAD.split(path.read_text())
    cases: list[Case] = []
    for head, text in zip(parts[::2], parts[1::2], strict=True):
        if head.startswith("remedy: "):
            case = cases[-1]
            case.after[head.removeprefix("remedy: ")] = read_project(text, case.before)
        else:
            cases.append(Case(head, read_project(text, Project()), {}))
    return cases


CASES = [case for path in sorted(FOLDER.glob("*.txt")) for case in read_cases(path)]
FOLLOWED = [(case, how) for case in CASES for how in case.after]


def judged(folder: Path, project: Project) -> Finding | None:
    """Give what is found of the definition; None where nothing is."""
    for path, text in project.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / ".git").mkdir()
    document = notebook(*(code(source, tags.split()) for tags, source in project.cells))
    said = project.said
    settings = Settings(
        modules=(ModuleChoice(said.get("module", "plots"), said.get("accept", "renamed")),),
        source_roots=tuple(folder / root for root in said.get("source-root", "").split()),
        aliases=tuple(tuple(one.split("=")) for one in said.get("alias", "").split()),
        select=tuple(said["select"].split()) if "select" in said else None,
        ignore=tuple(said.get("ignore", "").split()),
    )
    outcome = migrate_bytes(
        document,
        settings,
        read_modules(settings, folder / "x.ipynb"),
        path="x.ipynb",
        now=datetime(2025, 4, 8, tzinfo=timezone.utc),
    )
    return next((one for one in outcome.findings if one.name == project.name), None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_the_reason_keeps_the_definition(case: Case, tmp_path: Path) -> None:
    found = judged(tmp_path, case.before)
    assert found is not None
    assert not found.edits
    assert case.code in [one.code for one in found.reasons], list(map(str, found.reasons))


@pytest.mark.parametrize(
    ("case", "how"), FOLLOWED, ids=[f"{case.code}: {how}" for case, how in FOLLOWED]
)
def test_its_remedy_lets_the_definition_be_replaced(case: Case, how: str, tmp_path: Path) -> None:
    assert case.after[how] != case.before
    found = judged(tmp_path, case.after[how])
    assert found is not None
    assert found.edits, [(one.code, str(one)) for one in found.reasons]


def test_every_reason_with_a_remedy_has_a_case() -> None:
    with_remedy = {
        # Those of plots have theirs in the tests of folds.
        code
        for code, entry in reasons.TABLE.items()
        if entry.remedy and not code.startswith("fold-")
    }
    assert {case.code for case in CASES} == with_remedy


def test_only_what_cannot_be_replaced_has_a_remedy_that_is_not_followed() -> None:
    followed = {case.code for case, _ in FOLLOWED}
    assert {case.code for case in CASES} - followed == set(KEPT)
    assert all(
        re.search(r"keep|--prove", reasons.TABLE[code].remedy, re.IGNORECASE) for code in KEPT
    )


def given_codes(tree: ast.AST) -> Iterator[str]:
    """Name the codes that a module makes reasons of, or chooses among."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Reason" | "_reason" | "code" | "data"), args=[one, *_]):
                parts = ast.walk(one)
            case ast.Assign(targets=[ast.Name(id="code" | "_CODES")], value=value):
                parts = ast.walk(value)
            case _:
                continue
        yield from (part.value for part in parts if isinstance(part, ast.Constant))


def test_every_reason_is_given_somewhere() -> None:
    trees = [ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")]
    given = {code for tree in trees for code in given_codes(tree)}
    assert set(reasons.TABLE) - given == set()

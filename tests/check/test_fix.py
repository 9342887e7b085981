"""`check --fix`, `--diff` and `--add-noqa`: what is found is resolved, shown or opted out of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

PLOTS = "def mean(values):\n    return sum(values) / len(values)\n"
TEXT = """\
# %% [markdown]
# Demo (v1.0.0)

# %%
def mean(values):
    return sum(values) / len(values)

# %%
mean([1, 2])
"""
LEFT = '# %%\n__version__ = "0.9.0"\n'


@pytest.fixture
def project(place: Path, notebook) -> Path:
    (place / "plots.py").write_text(PLOTS)
    (place / "nbrefactor.toml").write_text('modules = ["plots"]\n')
    (place / "n.ipynb").write_bytes(notebook(TEXT))
    return place


def code_of(path: Path) -> str:
    cells = json.loads(path.read_bytes())["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def test_fix_does_what_migrate_does(project: Path, notebook, nbrefactor) -> None:
    (project / "other.ipynb").write_bytes(notebook(TEXT))
    nbrefactor("migrate", "other.ipynb")
    result = nbrefactor("check", "n.ipynb", "--fix")
    assert (project / "n.ipynb").read_bytes() == (project / "other.ipynb").read_bytes()
    assert result.stdout == "0 findings in 1 notebook, 1 resolved\n"
    assert result.exit_code == 0
    assert nbrefactor("check", "n.ipynb", "--fix").exit_code == 0
    assert (project / "n.ipynb").read_bytes() == (project / "other.ipynb").read_bytes()


def test_fix_shows_what_is_left_and_fails_for_it(project: Path, notebook, nbrefactor) -> None:
    (project / "n.ipynb").write_bytes(notebook(TEXT + LEFT + "\n# %%\nx = 1  # noqa: NB101\n"))
    result = nbrefactor("check", "n.ipynb", "--fix", "--output-format", "concise")
    assert "from plots import mean" in code_of(project / "n.ipynb")
    assert [line.split()[1] for line in result.stdout.splitlines()[:-1]] == ["NB901"]
    assert result.stdout.endswith("1 finding in 1 notebook, 2 resolved\n")
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "changed"),
    [
        pytest.param(["--ignore", "NB101"], False, id="a rule that does not count"),
        pytest.param(["--select", "NB3"], False, id="others are selected"),
        pytest.param(["--select", "NB1"], True, id="its own are selected"),
    ],
)
def test_fix_resolves_what_counts(
    project: Path, notebook, nbrefactor, arguments: list[str], changed: bool
) -> None:
    nbrefactor("check", "n.ipynb", "--fix", *arguments)
    assert ((project / "n.ipynb").read_bytes() != notebook(TEXT)) is changed


def test_fix_works_on_many_with_several_processes(project: Path, notebook, nbrefactor) -> None:
    for at in range(12):
        (project / f"{at}.ipynb").write_bytes(notebook(TEXT))
    result = nbrefactor("check", ".", "--fix", "--jobs", "2")
    assert result.stdout == "0 findings in 13 notebooks, 13 resolved\n"
    assert all("import mean" in code_of(path) for path in project.glob("*.ipynb"))


def test_a_file_that_cannot_be_written_is_a_problem(project: Path, notebook, nbrefactor) -> None:
    (project / "n.ipynb").chmod(0o444)
    result = nbrefactor("check", "n.ipynb", "--fix")
    assert "n.ipynb: it is write-protected" in result.stderr
    assert (result.exit_code, (project / "n.ipynb").read_bytes()) == (2, notebook(TEXT))


def test_diff_shows_the_change_and_writes_nothing(project: Path, notebook, nbrefactor) -> None:
    result = nbrefactor("check", "n.ipynb", "--diff")
    assert (project / "n.ipynb").read_bytes() == notebook(TEXT)
    assert "-def mean(values):\n" in result.stdout
    assert "+from plots import mean\n" in result.stdout
    assert result.stderr == "1 finding in 1 notebook, 1 resolved by nbrefactor migrate\n"
    assert result.exit_code == 1
    shown = nbrefactor("check", "-", "--diff", stdin=notebook(TEXT)).stdout
    assert shown == result.stdout.replace("n.ipynb", "<stdin>")
    assert nbrefactor("check", "n.ipynb", "--diff", "--exit-zero").exit_code == 0


def test_diff_fails_only_for_what_it_shows(project: Path, notebook, nbrefactor) -> None:
    (project / "n.ipynb").write_bytes(notebook("# %% [markdown]\n# Demo (v1.0.0)\n\n" + LEFT))
    assert nbrefactor("check", "n.ipynb").exit_code == 1
    result = nbrefactor("check", "n.ipynb", "--diff")
    assert (result.exit_code, result.stdout) == (0, "")


HEAD = "def mean(values):"
BODY = "\n    return sum(values) / len(values)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(HEAD + BODY, f"{HEAD}  # noqa: NB101{BODY}", id="a line without a comment"),
        pytest.param(
            f"{HEAD}  # average{BODY}", f"{HEAD}  # average  # noqa: NB101{BODY}", id="a comment"
        ),
        pytest.param(
            f"{HEAD}  # noqa: E501{BODY}",
            f"{HEAD}  # noqa: E501, NB101{BODY}",
            id="a code of another tool",
        ),
        pytest.param(
            f"def mean(\n    values,\n):{BODY}",
            f"def mean(  # noqa: NB101\n    values,\n):{BODY}",
            id="a head of several lines",
        ),
        pytest.param(
            f"%matplotlib inline\n{HEAD}{BODY}",
            f"%matplotlib inline\n{HEAD}  # noqa: NB101{BODY}",
            id="below a magic",
        ),
        pytest.param(f"{HEAD}   {BODY}", f"{HEAD}  # noqa: NB101   {BODY}", id="blanks at the end"),
    ],
)
def test_a_comment_is_written_on_the_line(
    project: Path, notebook, nbrefactor, before: str, after: str
) -> None:
    (project / "n.ipynb").write_bytes(notebook(f"# %%\n{before}"))
    result = nbrefactor("check", "n.ipynb", "--add-noqa")
    assert (project / "n.ipynb").read_bytes() == notebook(f"# %%\n{after}")
    assert result.stdout == "0 findings in 1 notebook, 1 opted out of\n"
    assert result.exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# %%\ndef mean(values): \\\n  return sum(values) / len(values)\n", id="a \\"),
        pytest.param("# %%\nx = 1  # noqa: NB101\n", id="an opt-out of nothing"),
        pytest.param(
            '# %% [markdown]\n# Demo (v1.0.0)\n\n# %% [markdown]\nVersion: 0.9.0\n\n'
            '# %%\n__version__ = "1.0.0"\n',
            id="a finding in Markdown",
        ),
    ],
)  # fmt: skip
def test_what_cannot_have_a_comment_is_still_found(
    project: Path, notebook, nbrefactor, text: str
) -> None:
    (project / "n.ipynb").write_bytes(notebook(text))
    found = nbrefactor("check", "n.ipynb").exit_code
    assert nbrefactor("check", "n.ipynb", "--add-noqa").exit_code == found
    assert (project / "n.ipynb").read_bytes() == notebook(text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--fix", "--diff"], "do not go together", id="both"),
        pytest.param(["--fix", "--add-noqa"], "do not go together", id="fixed and opted out of"),
        pytest.param(["--fix", "--execute"], "migrate --execute", id="fixed and run"),
        pytest.param(["--fix", "--baseline", "b.json"], "--baseline", id="with a baseline"),
        pytest.param(["--diff", "--output-format", "json"], "--output-format", id="a diff as JSON"),
    ],
)
def test_what_does_not_go_together(project: Path, nbrefactor, arguments, said) -> None:
    result = nbrefactor("check", "n.ipynb", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_standard_input_is_not_fixed(project: Path, notebook, nbrefactor) -> None:
    result = nbrefactor("check", "-", "--fix", stdin=notebook(TEXT))
    assert (result.exit_code, "use nbrefactor migrate -" in result.stderr) == (2, True)

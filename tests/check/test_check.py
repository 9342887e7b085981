import json
import subprocess
import sys
from pathlib import Path

import pytest

COPY = """\
# %% [markdown]
# Demo

# %%
import numpy

# %%
# The usual one.
def mean(values):
    return sum(values) / len(values)

# %%
mean([1, 2])
"""
PLOTS = "def mean(values):\n    return sum(values) / len(values)\n"


@pytest.fixture
def project(place: Path) -> Path:
    (place / "plots.py").write_text(PLOTS)
    (place / "nbrefactor.toml").write_text('modules = ["plots"]\n')
    return place


def found(result) -> list[tuple[str, int, str]]:
    return [
        (one["path"], one["line"], one["code"]) for one in json.loads(result.stdout)["findings"]
    ]


def test_the_line_is_that_of_the_file_and_the_message_names_the_cell(
    project: Path, notebook, nbrefactor
) -> None:
    (project / "n.ipynb").write_bytes(notebook(COPY))
    result = nbrefactor("check", "n.ipynb", "--output-format", "concise")
    path, line, message = result.stdout.splitlines()[0].split(":", 2)
    shown = (project / "n.ipynb").read_text().splitlines()[int(line) - 1]
    assert path == "n.ipynb"
    assert "def mean(values):" in shown
    assert message == ' NB101 "mean" is an exact copy of plots.mean (cell 3, id c2, row 2)'
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["clean.ipynb"], 0, id="clean"),
        pytest.param(["copy.ipynb"], 1, id="a finding"),
        pytest.param(["copy.ipynb", "--exit-zero"], 0, id="a finding that may be"),
        pytest.param(["copy.ipynb", "--ignore", "NB101"], 0, id="a finding that is ignored"),
        pytest.param(["copy.ipynb", "--select", "NB3"], 0, id="a finding that is not selected"),
        pytest.param(["broken.ipynb"], 2, id="no notebook"),
        pytest.param(["broken.ipynb", "--exit-zero"], 2, id="no notebook, and findings may be"),
        pytest.param(["missing.ipynb"], 2, id="no file"),
        pytest.param(["copy.ipynb", "broken.ipynb"], 2, id="a finding and no notebook"),
        pytest.param(["clean.ipynb", "--module", "nowhere"], 0, id="a module nobody asks for"),
        pytest.param(["copy.ipynb", "--module", "nowhere"], 2, id="a module that is missing"),
        pytest.param(["copy.ipynb", "--select", "NB7"], 2, id="a code that is none"),
        pytest.param(["copy.ipynb", "--write-baseline"], 2, id="a baseline without a file"),
    ],
)
def test_exit_codes(project: Path, notebook, nbrefactor, arguments: list[str], code: int) -> None:
    (project / "clean.ipynb").write_bytes(notebook("# %%\nx = 1\n"))
    (project / "copy.ipynb").write_bytes(notebook(COPY))
    (project / "broken.ipynb").write_text("{")
    assert nbrefactor("check", *arguments).exit_code == code


def test_nothing_is_changed(project: Path, notebook, nbrefactor) -> None:
    (project / "n.ipynb").write_bytes(notebook(COPY))
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    nbrefactor("check", ".")
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_standard_input_is_a_notebook_too(project: Path, notebook, nbrefactor) -> None:
    result = nbrefactor("check", "-", "--output-format", "json", stdin=notebook(COPY))
    assert [code for _, _, code in found(result)] == ["NB101"]
    assert found(result)[0][0] == "<stdin>"


def test_what_migrate_leaves_alone_is_shown_only_where_it_is_asked_for(
    project: Path, notebook, nbrefactor
) -> None:
    text = COPY.replace("def mean(values)", "def average(values)").replace("mean([", "average([")
    (project / "n.ipynb").write_bytes(notebook(text))
    arguments = ("check", "n.ipynb", "--accept", "exact", "--output-format", "json")
    assert found(nbrefactor(*arguments)) == []
    assert [code for *_, code in found(nbrefactor(*arguments, "--select", "NB102"))] == ["NB102"]


def test_excluded_notebooks_are_not_looked_at_and_are_named_where_they_were(
    project: Path, notebook, nbrefactor
) -> None:
    (project / "nbrefactor.toml").write_text('modules = ["plots"]\nexclude = ["old/"]\n')
    (project / "old").mkdir()
    (project / "old" / "n.ipynb").write_bytes(notebook(COPY))
    (project / "n.ipynb").write_bytes(notebook("# %%\nx = 1\n"))
    assert nbrefactor("check", ".").exit_code == 0
    named = nbrefactor("check", "old/n.ipynb")
    assert (named.exit_code, '"exclude"' in named.stderr) == (0, True)
    assert nbrefactor("migrate", "old/n.ipynb").exit_code == 0
    assert (project / "old" / "n.ipynb").read_bytes() == notebook(COPY)


def test_a_wrong_setting_is_one_problem_for_all_notebooks(
    project: Path, notebook, nbrefactor
) -> None:
    (project / "nbrefactor.toml").write_text('modul = ["plots"]\n')
    for name in ("a.ipynb", "b.ipynb"):
        (project / name).write_bytes(notebook(COPY))
    result = nbrefactor("check", ".")
    assert result.exit_code == 2
    assert result.stderr.count("nbrefactor.toml") == 1
    assert 'did you mean "modules"?' in result.stderr


def test_migrate_and_bump_follow_the_settings(project: Path, notebook, nbrefactor) -> None:
    (project / "nbrefactor.toml").write_text(
        'modules = ["plots"]\nbump = "minor"\nchangelog = "Means come from plots"\n'
    )
    text = COPY.replace("# Demo", "# Demo (v1.2.0)")
    (project / "n.ipynb").write_bytes(notebook(text))
    assert nbrefactor("migrate", "n.ipynb").exit_code == 0
    written = (project / "n.ipynb").read_text()
    assert "from plots import mean" in written
    assert "# Demo (v1.3.0)" in written
    assert "Means come from plots" in written
    assert nbrefactor("bump", "n.ipynb", "--part", "major").exit_code == 0
    assert "# Demo (v2.0.0)" in (project / "n.ipynb").read_text()


def test_config_prints_each_value_with_its_source(project: Path, nbrefactor) -> None:
    result = nbrefactor("config", ".", "--bump", "major")
    lines = {line.partition(" = ")[0]: line for line in result.stdout.splitlines()}
    assert lines["modules"].startswith('modules = ["plots"]')
    assert lines["modules"].endswith(f"# {project / 'nbrefactor.toml'}")
    assert lines["bump"].endswith("# command line")
    assert lines["imports"].endswith("# default")


def test_what_config_prints_is_a_settings_file_with_the_same_meaning(
    project: Path, nbrefactor
) -> None:
    (project / "nbrefactor.toml").write_text(
        'modules = ["plots", "nbrefactor.viz"]\naccept = "exact"\nexclude = ["a b/"]\n'
        'aliases = { a = "b" }\n[per-file-ignores]\n"x*.ipynb" = ["NB1"]\n'
        "[verify]\npatterns = ['\\d ms']\n"
    )
    printed = nbrefactor("config").stdout
    (project / "nbrefactor.toml").write_text(printed)
    again = nbrefactor("config").stdout
    values = [line.rpartition("  # ")[0].strip() for line in printed.splitlines()]
    assert [line.rpartition("  # ")[0].strip() for line in again.splitlines()] == values


HEAVY = ("nbformat", "libcst", "IPython", "papermill", "nbconvert", "matplotlib", "numpy", "rich",
         "jsonschema", "pathspec")  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# %% [markdown]\n# Demo\n\n# %%\nx = 1\n", id="no definitions"),
        pytest.param("# %%\ndef f(a, b, c, d, e):\n    return a\n", id="definitions"),
        pytest.param("# %%\nfrom plots import mean\n\n# %%\nmean([1])\n", id="imports"),
        pytest.param(
            "# %% [markdown]\n# Demo (v1.2)\n\n# %%\n__version__ = '1.2'\n", id="versions"
        ),
        pytest.param("# %%\n%matplotlib inline\n!ls\n", id="magics"),
        pytest.param("# %%\nlambda: 0  # noqa: E731\n", id="a noqa of others"),
    ],
)
def test_a_clean_notebook_costs_no_heavy_import(project: Path, notebook, text: str) -> None:
    (project / "n.ipynb").write_bytes(notebook(text))
    code = (
        "import sys\nfrom nbrefactor.cli import main\n"
        "try:\n    main(['check', 'n.ipynb'])\nexcept SystemExit as end:\n    status = end.code\n"
        f"print(status, sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "0 []"


@pytest.mark.parametrize(
    ("arguments", "code", "last"),
    [
        pytest.param(
            [],
            0,
            "0 findings in 3 notebooks; passed over: 2 cells that are no Python (NB201), "
            "1 notebook of another language (NB202)",
            id="what is passed over is counted, and no finding",
        ),
        pytest.param(
            ["--ignore", "NB2"], 0, "0 findings in 3 notebooks", id="nobody wants to know"
        ),
        pytest.param(
            ["--ignore", "NB201"],
            0,
            "0 findings in 3 notebooks; passed over: 1 notebook of another language (NB202)",
            id="one of the two",
        ),
        pytest.param(["--select", "NB2"], 1, "3 findings in 3 notebooks", id="it is asked for"),
        pytest.param(["--select", "NB1"], 0, "0 findings in 3 notebooks", id="others are"),
    ],
)
def test_what_is_passed_over_is_counted_in_the_last_line(
    project: Path, notebook, nbrefactor, arguments: list[str], code: int, last: str
) -> None:
    (project / "clean.ipynb").write_bytes(notebook("# %%\nx = 1\n"))
    (project / "opaque.ipynb").write_bytes(notebook("# %%\nx = (\n\n# %%\ny = 1\n\n# %%\nz)\n"))
    (project / "r.ipynb").write_bytes(notebook("# %%\nx <- 1\n", "R"))
    for _ in range(2):  # The second time from the cache.
        result = nbrefactor("check", ".", *arguments)
        assert last in result.stdout.splitlines()
        assert result.exit_code == code


def test_what_is_passed_over_is_counted_for_machines(project: Path, notebook, nbrefactor) -> None:
    (project / "opaque.ipynb").write_bytes(notebook("# %%\nx = (\n"))
    (project / "r.ipynb").write_bytes(notebook("# %%\nx <- 1\n", "R"))
    report = json.loads(nbrefactor("check", ".", "--output-format", "json").stdout)
    assert report["passed_over"] == {"cells": 1, "notebooks": 1}

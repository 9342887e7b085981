import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nbrefactor import __version__

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github" / "actions" / "check" / "action.yml"
WORKFLOW = ROOT / ".github" / "workflows" / "notebooks.yml"
MISSING = "::error title=nbrefactor::{}: no such file or folder"
COPY = "# %%\ndef first(values):\n    return values[0]\n"


FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"
VALID = [
    (ACTION, "vendor.github-actions"),
    *((path, "vendor.github-workflows") for path in sorted(WORKFLOW.parent.glob("*.yml"))),
    *((path, "vendor.github-issue-forms") for path in sorted(FORMS.glob("[!c]*.yml"))),
    (FORMS / "config.yml", "vendor.github-issue-config"),
]


@pytest.mark.parametrize(("file", "schema"), [pytest.param(*one, id=one[0].name) for one in VALID])
def test_the_files_are_valid_against_the_published_schemas(file: Path, schema: str) -> None:
    pytest.importorskip("check_jsonschema")
    run = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def steps() -> list[dict[str, str]]:
    yaml = pytest.importorskip("yaml")
    found: list[dict[str, str]] = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    return found


def test_the_workflow_uses_the_action_with_inputs_that_it_has() -> None:
    yaml = pytest.importorskip("yaml")
    inputs = yaml.safe_load(ACTION.read_text())["inputs"]
    jobs = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    uses = [
        step
        for job in jobs.values()
        for step in job["steps"]
        if step.get("uses", "") == "./.github/actions/check"
    ]
    assert len(uses) == 2
    for step in uses:
        assert set(step["with"]) <= set(inputs)
        assert (ROOT / step["with"]["paths"]).exists()


def test_no_input_is_written_into_a_script() -> None:
    yaml = pytest.importorskip("yaml")
    every = [*steps()]
    for path in WORKFLOW.parent.glob("*.yml"):
        for job in yaml.safe_load(path.read_text())["jobs"].values():
            every += job["steps"]
    assert not any("${{" in step.get("run", "") for step in every)


def step_of(steps: list[dict[str, str]], name: str) -> str:
    return next(step["run"] for step in steps if step.get("name") == name)


@pytest.mark.parametrize(("tag", "code"), [(f"v{__version__}", 0), ("v9.9.9", 1), (__version__, 1)])
@pytest.mark.skipif(shutil.which("bash") is None, reason="the workflow runs in bash")
def test_a_release_is_tagged_with_its_version(tmp_path: Path, tag: str, code: int) -> None:
    yaml = pytest.importorskip("yaml")
    release = yaml.safe_load((WORKFLOW.parent / "release.yml").read_text())
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / "python").chmod(0o755)
    run = subprocess.run(
        ["bash", "-e", "-c", step_of(release["jobs"]["build"]["steps"], "The tag is the version")],
        cwd=ROOT,
        env={
            **os.environ,
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_REF_NAME": tag,
        },
        capture_output=True,
        text=True,
    )
    assert run.returncode == code, run.stderr


def test_a_release_is_published_without_a_token() -> None:
    yaml = pytest.importorskip("yaml")
    publish = yaml.safe_load((WORKFLOW.parent / "release.yml").read_text())["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert "secrets." not in (WORKFLOW.parent / "release.yml").read_text()


def test_every_supported_python_is_tested() -> None:
    yaml = pytest.importorskip("yaml")
    quick = yaml.safe_load((WORKFLOW.parent / "tests.yml").read_text())["jobs"]["quick"]
    matrix = quick["strategy"]["matrix"]
    assert matrix["python"] == ["3.10", "3.11", "3.12", "3.13", "3.14"]
    assert len(matrix["os"]) == 3
    listed = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text())
    assert set(listed) <= set(matrix["python"])


@pytest.mark.parametrize(
    ("inputs", "code", "shown"),
    [
        pytest.param({"PATHS": "a b.ipynb"}, 1, ["::error file=a b.ipynb"], id="a finding"),
        pytest.param({"PATHS": "clean.ipynb"}, 0, [], id="clean"),
        pytest.param(
            {"PATHS": "clean.ipynb\na b.ipynb\n", "OPTIONS": "--exit-zero --ignore NB3"},
            0,
            ["::error file=a b.ipynb"],
            id="several paths and options",
        ),
        pytest.param(
            {"PATHS": "$(touch hacked)"},
            2,
            [MISSING.format("$(touch hacked)")],
            id="a path that looks like code",
        ),
        pytest.param(
            {"PATHS": "--help"},
            2,
            [MISSING.format("--help")],
            id="a path that looks like an option",
        ),
        pytest.param({"PATHS": "clean.ipynb", "JUNIT": "out.xml"}, 0, [], id="a JUnit file"),
        pytest.param({"PATHS": "clean.ipynb", "SARIF": "out.sarif"}, 0, [], id="a SARIF file"),
        pytest.param(
            {"PATHS": "a b.ipynb", "GITHUB_STEP_SUMMARY": "summary.md"},
            1,
            ["::error file=a b.ipynb"],
            id="a summary of the job",
        ),
    ],
)
@pytest.mark.skipif(shutil.which("bash") is None, reason="the action runs in bash")
def test_the_script_of_the_action_runs(
    place: Path, notebook, inputs: dict[str, str], code: int, shown: list[str]
) -> None:
    (place / "helpers.py").write_text("def first(values):\n    return values[0]\n")
    (place / "nbrefactor.toml").write_text('modules = ["helpers"]\n')
    (place / "a b.ipynb").write_bytes(notebook(COPY))
    (place / "clean.ipynb").write_bytes(notebook("# %%\nx = 1\n"))
    (place / "bin").mkdir()
    program = place / "bin" / "nbrefactor"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m nbrefactor "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
        **dict.fromkeys(("OPTIONS", "EXECUTE", "JUNIT", "SARIF", "GITHUB_STEP_SUMMARY"), ""),
        "PYTHONPATH": str(ROOT),
        **inputs,
    }
    # As GitHub calls it.
    command = [
        "bash",
        "--noprofile",
        "--norc",
        "-eo",
        "pipefail",
        "-c",
        step_of(steps(), "Check notebooks"),
    ]
    run = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
    assert run.returncode == code, run.stdout + run.stderr
    assert [line.partition(",line")[0] for line in run.stdout.splitlines()] == shown
    assert (place / "out.xml").exists() is ("JUNIT" in inputs)
    assert (place / "out.sarif").exists() is ("SARIF" in inputs)
    if "GITHUB_STEP_SUMMARY" in inputs:
        table = (place / "summary.md").read_text()
        assert "| a b.ipynb | 8 | NB101 exact\\-copy |" in table
    assert not (place / "hacked").exists()

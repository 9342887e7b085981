import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github" / "actions" / "check" / "action.yml"
WORKFLOW = ROOT / ".github" / "workflows" / "notebooks.yml"
MISSING = "::error title=nbrefactor::{}: no such file or folder"
COPY = "# %%\ndef first(values):\n    return values[0]\n"


@pytest.mark.parametrize(
    ("file", "schema"), [(ACTION, "vendor.github-actions"), (WORKFLOW, "vendor.github-workflows")]
)
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
    assert not any("${{" in step.get("run", "") for step in steps())


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
        **dict.fromkeys(("OPTIONS", "EXECUTE", "JUNIT"), ""),
        **inputs,
    }
    # As GitHub calls it.
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", steps()[-1]["run"]]
    run = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
    assert run.returncode == code, run.stdout + run.stderr
    assert [line.partition(",line")[0] for line in run.stdout.splitlines()] == shown
    assert (place / "out.xml").exists() is ("JUNIT" in inputs)
    assert not (place / "hacked").exists()

"""The program as a shell starts it: streams that fail, files that are none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[2] / "fixtures" / "NeuralPlasticityDemo.ipynb"


def program(*arguments, **more):
    return subprocess.run(
        [sys.executable, "-m", "nbrefactor", *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        **more,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_full_output_is_one_sentence():
    with Path("/dev/full").open("w") as full:
        done = program("migrate", DEMO, "--dry-run", stdout=full)
    assert done.returncode == 2
    assert done.stderr == "nbrefactor: the output cannot be written (No space left on device)\n"


def test_a_reader_that_leaves_early_is_no_failure():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = program("migrate", DEMO, "--dry-run", stdout=closed)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    for path in (tmp_path / "pipe.ipynb", tmp_path):
        done = program("migrate", path, stdout=subprocess.PIPE)
        assert done.returncode == 2
        assert "no regular file; expected a notebook" in done.stderr


def test_what_could_not_be_written_did_not_change(tmp_path):
    done = program("migrate", DEMO, "-q", "--output", tmp_path / "no" / "x", stdout=subprocess.PIPE)
    assert done.returncode == 2
    assert "make it first" in done.stderr
    assert done.stdout.endswith("1 failed\n")
    assert "changed" not in done.stdout


def test_a_patch_is_not_written_to_a_notebook(tmp_path):
    done = program("migrate", DEMO, "--patch", "--output", tmp_path / "x", stdout=subprocess.PIPE)
    assert done.returncode == 2
    assert "--patch writes nothing" in done.stderr

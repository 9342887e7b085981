import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLEAN = "# %% [markdown]\n# Demo (v0.1.0)\n\n# %%\nx = 1\n"
COPY = """\
# %% [markdown]
# Demo (v0.1.0)

# %%
def first(values):
    return values[0]

# %%
first([1])
"""
Git = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow


def run_git(folder: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        **options,  # type: ignore[call-overload]
    )


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project's working tree as a repository of hooks, with what is not yet committed."""
    pytest.importorskip("pre_commit")
    listed = run_git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed.returncode:
        pytest.skip("the hooks are tested from a git checkout of this project")
    folder = tmp_path_factory.mktemp("hooks")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for arguments in (
        ["init", "-q"],
        ["add", "-f", "."],
        ["-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qm", "hooks"],
    ):
        assert run_git(folder, *arguments).returncode == 0
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One home for pre-commit, so that the hooks are installed once."""
    home = tmp_path_factory.mktemp("pre-commit-home")
    # What git told the process that runs these tests is not about the repositories made here.
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "PRE_COMMIT_HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull}


@pytest.fixture
def repository(
    tmp_path: Path, hooks: Path, environment: dict[str, str], request: pytest.FixtureRequest
) -> tuple[Path, Git]:
    """A repository with one hook of this project installed, named by the test's parameter."""
    revision = run_git(hooks, "rev-parse", "HEAD").stdout.strip()
    (tmp_path / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks.as_posix()}\n  rev: {revision}\n"
        f"  hooks:\n  - id: {request.param}\n"
    )
    (tmp_path / "nbrefactor.toml").write_text('modules = ["helpers"]\n')
    (tmp_path / "helpers.py").write_text("def first(values):\n    return values[0]\n")

    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_git(tmp_path, *arguments, env=environment)

    for arguments in (
        ["init", "-q"],
        ["config", "user.name", "T"],
        ["config", "user.email", "t@example.org"],
        ["add", "."],
        ["commit", "-qm", "start"],
    ):
        assert git(*arguments).returncode == 0
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "install"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
    )
    return tmp_path, git


@pytest.mark.parametrize("repository", ["nbrefactor-check"], indirect=True)
def test_the_check_lets_a_clean_notebook_pass_and_stops_a_copy(
    repository: tuple[Path, Git], notebook
) -> None:
    folder, git = repository
    (folder / "n.ipynb").write_bytes(notebook(CLEAN))
    git("add", ".")
    passed = git("commit", "-m", "clean")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    (folder / "n.ipynb").write_bytes(notebook(COPY))
    git("add", ".")
    stopped = git("commit", "-m", "copy")
    assert stopped.returncode == 1
    assert 'NB101 "first" is an exact copy of helpers.first' in stopped.stdout + stopped.stderr
    assert (folder / "n.ipynb").read_bytes() == notebook(COPY)


@pytest.mark.parametrize("repository", ["nbrefactor-migrate"], indirect=True)
def test_the_migration_rewrites_the_file_and_the_next_commit_passes(
    repository: tuple[Path, Git], notebook
) -> None:
    folder, git = repository
    (folder / "n.ipynb").write_bytes(notebook(COPY))
    git("add", ".")
    stopped = git("commit", "-m", "copy")
    assert stopped.returncode == 1
    assert "files were modified by this hook" in stopped.stdout + stopped.stderr
    written = (folder / "n.ipynb").read_text()
    assert "from helpers import first" in written
    assert "# Demo (v0.1.1)" in written
    git("add", ".")
    passed = git("commit", "-m", "migrated")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert git("show", "HEAD:n.ipynb").stdout == written
    assert git("status", "--porcelain").stdout == ""

import json
from pathlib import Path

import pytest

A = "# %%\ndef first(values):\n    return values[0]\n"
B = "\n# %%\ndef last(values):\n    return values[-1]\n"
BROKEN = "\n# %%\nx = (\n"


@pytest.fixture
def project(place: Path) -> Path:
    (place / "plots.py").write_text(
        "def first(values):\n    return values[0]\n\n\ndef last(values):\n    return values[-1]\n"
    )
    (place / "nbrefactor.toml").write_text('modules = ["plots"]\n')
    return place


def test_known_findings_do_not_fail_and_new_ones_do(project: Path, notebook, nbrefactor) -> None:
    (project / "n.ipynb").write_bytes(notebook(A))
    made = nbrefactor("check", "n.ipynb", "--baseline", "known.json", "--write-baseline")
    assert (made.exit_code, "1 known" in made.stdout) == (0, True)
    known = nbrefactor("check", "n.ipynb", "--baseline", "known.json")
    assert (known.exit_code, "1 known" in known.stdout) == (0, True)
    (project / "n.ipynb").write_bytes(notebook(A + B))
    new = nbrefactor("check", "n.ipynb", "--baseline", "known.json")
    assert new.exit_code == 1
    assert '"last"' in new.stdout
    assert '"first"' not in new.stdout


def test_moved_cells_do_not_wake_known_findings(project: Path, notebook, nbrefactor) -> None:
    (project / "n.ipynb").write_bytes(notebook(A + B + BROKEN))
    nbrefactor("check", "n.ipynb", "--baseline", "known.json", "--write-baseline")
    text = "# %%\ny = 1\n" + BROKEN + B + "\n# %%\ny = 2\n\n" + A
    (project / "n.ipynb").write_bytes(notebook(text))
    assert nbrefactor("check", "n.ipynb", "--baseline", "known.json").exit_code == 0


def test_one_known_finding_covers_one_of_two_equal_ones(
    project: Path, notebook, nbrefactor
) -> None:
    (project / "n.ipynb").write_bytes(notebook(A))
    nbrefactor("check", "n.ipynb", "--baseline", "known.json", "--write-baseline")
    (project / "n.ipynb").write_bytes(notebook(A + "\n" + A))
    again = nbrefactor("check", "n.ipynb", "--baseline", "known.json")
    assert again.exit_code == 1
    assert again.stdout.count("NB101") == 1


def test_findings_that_are_gone_are_named_and_can_be_dropped(
    project: Path, notebook, nbrefactor
) -> None:
    (project / "n.ipynb").write_bytes(notebook(A + B))
    nbrefactor("check", "n.ipynb", "--baseline", "known.json", "--write-baseline")
    (project / "n.ipynb").write_bytes(notebook(A))
    later = nbrefactor("check", "n.ipynb", "--baseline", "known.json")
    assert later.exit_code == 0
    assert 'no longer found: n.ipynb: NB101 "last" is an exact copy' in later.stdout
    assert "--write-baseline" in later.stdout
    nbrefactor("check", "n.ipynb", "--baseline", "known.json", "--write-baseline")
    assert "last" not in (project / "known.json").read_text()
    after = nbrefactor("check", "n.ipynb", "--baseline", "known.json")
    assert "no longer" not in after.stdout


def test_notebooks_that_were_not_looked_at_keep_their_findings(
    project: Path, notebook, nbrefactor
) -> None:
    for name in ("a.ipynb", "b.ipynb", "c.ipynb"):
        (project / name).write_bytes(notebook(A))
    nbrefactor("check", ".", "--baseline", "known.json", "--write-baseline")
    (project / "c.ipynb").unlink()
    one = nbrefactor("check", "a.ipynb", "--baseline", "known.json")
    assert "no longer found: c.ipynb" in one.stdout
    assert "b.ipynb" not in one.stdout
    nbrefactor("check", "a.ipynb", "--baseline", "known.json", "--write-baseline")
    held = json.loads((project / "known.json").read_bytes())["findings"]
    assert [known["path"] for known in held] == ["a.ipynb", "b.ipynb"]


def test_paths_are_relative_to_the_baseline(
    project: Path, notebook, nbrefactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "inner").mkdir()
    (project / "inner" / "n.ipynb").write_bytes(notebook(A))
    nbrefactor("check", "inner", "--baseline", "known.json", "--write-baseline")
    monkeypatch.chdir(project / "inner")
    assert nbrefactor("check", "n.ipynb", "--baseline", "../known.json").exit_code == 0


def test_writing_again_changes_nothing(project: Path, notebook, nbrefactor) -> None:
    (project / "n.ipynb").write_bytes(notebook(A + B + BROKEN))
    nbrefactor("check", ".", "--baseline", "known.json", "--write-baseline")
    first = (project / "known.json").read_bytes()
    nbrefactor("check", ".", "--baseline", "known.json", "--write-baseline")
    assert (project / "known.json").read_bytes() == first


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "does not exist; make it with --write-baseline", id="missing"),
        pytest.param("{", "is not JSON", id="no JSON"),
        pytest.param("[]", "is no baseline of version 1", id="a list"),
        pytest.param('{"version": 2}', "is no baseline of version 1", id="a newer one"),
        pytest.param('{"version": 1, "findings": [{}]}', "is damaged", id="an empty finding"),
        pytest.param('{"version": 1}', "is damaged", id="no findings"),
    ],
)
def test_a_baseline_that_cannot_be_read_is_a_problem(
    project: Path, notebook, nbrefactor, content: str | None, said: str
) -> None:
    (project / "n.ipynb").write_bytes(notebook(A))
    if content is not None:
        (project / "known.json").write_text(content)
    result = nbrefactor("check", "n.ipynb", "--baseline", "known.json")
    assert result.exit_code == 2
    assert said in result.stderr

"""The Python interface: the same plan as the command's, never written."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

import nbrefactor
from nbrefactor.config import SettingsError

from .notebooks import markdown, notebook

NOW = datetime(2030, 1, 2, 3, 4, tzinfo=timezone.utc)
PLOTS = "def f(x):\n    return x + 1\n\ndef g(x, y=1):\n    return [x, y]\n"


PLOT = """import matplotlib.pyplot as plt
def visualize_gradient_norms(values):
    plt.figure()
    plt.imshow(values)
    plt.show()
visualize_gradient_norms([[1, 2]])"""
SMALL = notebook(markdown("# Title (v0.1 2024-01-01)"), PLOT)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plots.py").write_text(PLOTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_importing_the_package_is_light() -> None:
    script = (
        "import sys; before = set(sys.modules); import nbrefactor;"
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            f"sys_path = {sys.path!r}; import sys; sys.path[:] = sys_path; {script}",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert [name for name in loaded if name.startswith("nbrefactor")] == ["nbrefactor"]
    assert not {"ast", "json", "click", "numpy", "dataclasses"} & set(loaded)


def test_the_exported_names_are_there() -> None:
    from nbrefactor.model.outcome import Finding, Outcome

    assert set(nbrefactor.__all__) <= set(dir(nbrefactor))
    assert nbrefactor.Outcome is Outcome
    assert nbrefactor.Finding is Finding
    with pytest.raises(AttributeError, match="has no attribute 'migrated'"):
        nbrefactor.migrated  # noqa: B018


@pytest.mark.parametrize("form", [str, Path, Path.read_bytes], ids=["str", "path", "bytes"])
def test_a_file_or_its_bytes_give_the_same_plan(form: type, folder: Path) -> None:
    path = folder / "x.ipynb"
    path.write_bytes(SMALL)
    outcome = nbrefactor.migrate(form(path), now=NOW)
    named = nbrefactor.migrate(path, now=NOW)
    assert outcome.status == "changed"
    assert outcome.path == (str(path) if form is not Path.read_bytes else "<bytes>")
    assert (outcome.after, outcome.findings) == (named.after, named.findings)
    assert path.read_bytes() == SMALL
    assert sorted(p.name for p in folder.iterdir()) == ["plots.py", "x.ipynb"]


def test_the_command_makes_the_same_bytes(folder: Path) -> None:
    path = folder / "x.ipynb"
    path.write_bytes(SMALL)
    planned = nbrefactor.migrate(path, bump="none", changelog=["Plots moved"])
    subprocess.run(
        [
            *(sys.executable, "-m", "nbrefactor", "migrate", "-q", str(path)),
            *("--bump", "none", "--changelog", "Plots moved"),
        ],
        check=True,
    )
    assert path.read_bytes() == planned.after


def test_modules_and_levels(folder: Path) -> None:
    data = notebook("def f(y):\n    return y + 1\nf(1);")
    assert nbrefactor.migrate(data).status == "unchanged"
    assert nbrefactor.migrate(data, modules=["plots"]).status == "changed"
    assert nbrefactor.migrate(data, modules=[str(folder / "plots.py")]).status == "changed"
    assert nbrefactor.migrate(data, modules=["plots"], accept="exact").status == "unchanged"
    by_module = nbrefactor.migrate(data, modules=["plots"], accept={"plots": "exact"})
    assert by_module.status == "unchanged"
    [found] = by_module.findings
    assert found.level == "renamed"
    assert any("--accept renamed" in str(reason) for reason in found.reasons)


def test_a_path_names_the_folder_in_which_modules_are_sought(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text(PLOTS)
    path = tmp_path / "x.ipynb"
    path.write_bytes(notebook("def f(x):\n    return x + 1\n"))
    assert nbrefactor.migrate(path, modules=["beside"]).status == "changed"
    with pytest.raises(SettingsError, match="target module beside"):
        nbrefactor.migrate(path.read_bytes(), modules=["beside"])


def test_aliases_bump_changelog_and_date(folder: Path) -> None:
    data = notebook(
        markdown("# Title (v1.2.3 2024-01-01)\n\n### New in v1.2.3:\n- First"),
        "def pair(x, y=1):\n    both = [x, y]\n    return both\npair(1);",
    )
    arguments = {"modules": ["plots"], "accept": "compatible", "aliases": {"pair": "g"}}
    outcome = nbrefactor.migrate(data, bump="minor", changelog=["Moved"], now=NOW, **arguments)
    assert outcome.status == "changed"
    title, code = (cell["source"] for cell in json.loads(outcome.after)["cells"])
    assert title == (
        "# Title (v1.3.0 2030-01-02)\n\n### New in v1.3.0:\n- Moved\n\n### New in v1.2.3:\n- First"
    )
    assert code == "from plots import g as pair\npair(1);"
    assert "+from plots import g as pair" in outcome.diff
    assert nbrefactor.migrate(outcome.after, **arguments).status == "unchanged"


def test_an_unusual_place_of_the_version(folder: Path) -> None:
    data = notebook("build = 'b-7.1'\ndef f(x):\n    return x + 1\n")
    outcome = nbrefactor.migrate(data, modules=["plots"], version_patterns=[r"b-(?P<version>\S+)'"])
    assert "b-7.2" in outcome.diff or "b-7.1.1" in outcome.diff


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"modules": ["no_such_module"]}, "target module no_such_module"),
        ({"accept": "nearly"}, "expected one of exact, renamed, compatible"),
        ({"accept": {"plots": "exact"}}, "plots is none of the target modules"),
        ({"aliases": {"a b": "c"}}, "two names such as"),
        ({"bump": "micro"}, "expected one of patch, minor, major, none"),
    ],
)
def test_wrong_arguments_are_named(
    arguments: dict[str, object], message: str, folder: Path
) -> None:
    with pytest.raises(SettingsError, match=message):
        nbrefactor.migrate(notebook("x = 1"), **arguments)


def test_what_is_no_notebook_is_an_outcome_and_no_error(folder: Path) -> None:
    outcome = nbrefactor.migrate(b"{")
    assert (outcome.status, outcome.after, outcome.diff) == ("failed", b"{", "")
    assert "not JSON" in outcome.reason
    with pytest.raises(FileNotFoundError):
        nbrefactor.migrate(folder / "missing.ipynb")


def test_copies_are_found_and_extracted_as_values(folder: Path) -> None:
    from nbrefactor.api import extract, scan

    copied = "def mean(values):\n    total = sum(values)\n    return total / len(values)"
    for name in "ab":
        (folder / f"{name}.ipynb").write_bytes(notebook(copied, "mean([1, 2])"))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (family,) = scan([folder]).families
    assert (family.name, family.copies, family.gone) == ("mean", 2, 3)
    extraction = extract([folder], ["mean"], to=folder / "helpers.py", now=NOW)
    assert [one.copy.cell for one in extraction.replaced] == [1, 1]
    assert extraction.left == ()
    (module,) = extraction.modules
    assert b"def mean(values):" in module.after
    assert len(extraction.changed) == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

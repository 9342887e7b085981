"""What a check does not do, counted: no imports that are not needed, no step that grows too fast."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from nbrefactor.check import Subject, check_bytes
from nbrefactor.config import ModuleChoice, Settings
from nbrefactor.engine import migrate_bytes
from nbrefactor.glance import facts_of
from nbrefactor.program.cell_facts import CellReader
from nbrefactor.targets import Targets

from ..notebooks import code, markdown, notebook

# What one notebook with nothing to find costs; a name more is paid by every hook and every editor.
OWN = [
    "batch",
    "batch.attempt",
    "batch.checking",
    "batch.loop",
    "batch.values",
    "check",
    "cli",
    "cli.batch",
    "cli.check",
    "cli.check_batch",
    "cli.execution",
    "cli.next_step",
    "cli.options",
    "cli.problems",
    "cli.streams",
    "cli.terminal",
    "config",
    "declared",
    "fold",
    "fold.table",
    "glance",
    "model",
    "model.diagnostic",
    "model.errors",
    "model.facts",
    "model.names",
    "model.outcome",
    "notebook",
    "notebook._syntax",
    "notebook.discovery",
    "notebook.encoding",
    "notebook.ignored",
    "notebook.language",
    "notebook.sources",
    "program",
    "program.cell_facts",
    "python",
    "python.outline",
    "report",
    "report.concise",
    "report.counted",
    "report.explained",
    "report.hanging",
    "report.last_line",
    "rules",
    "rules.catalogue",
    "rules.changelog_behind",
    "rules.compatible_definition",
    "rules.copies",
    "rules.divergent_definition",
    "rules.exact_copy",
    "rules.failing_notebook",
    "rules.inline_plot",
    "rules.look",
    "rules.missing_import",
    "rules.opaque_cell",
    "rules.optouts",
    "rules.renamed_copy",
    "rules.rule",
    "rules.skipped_notebook",
    "rules.unused_opt_out",
    "rules.versions",
    "rules.versions_disagree",
    "selection",
    "settings_file",
    "targets",
    "versioning",
    "versioning.glance",
    "visible",
]


def imported(folder: Path, *arguments: str) -> set[str]:
    """Give the modules that a process of its own imports, as Python reports them."""
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    return {line.rpartition("|")[2].strip() for line in shown.splitlines() if "|" in line}


@pytest.mark.slow
def test_what_a_clean_notebook_imports_is_on_the_list(place: Path, notebook) -> None:
    text = "# %% [markdown]\n# Demo\n\n# %%\nimport numpy as np\n\n# %%\nx = np.zeros(3)\n"
    (place / "n.ipynb").write_bytes(notebook(text))
    names = imported(place, "-m", "nbrefactor", "check", "n.ipynb", "--no-cache")
    # The start of an environment may import what it likes.
    names -= imported(place, "-c", "import click, msgspec")
    own = {name.removeprefix("nbrefactor.") for name in names if name.startswith("nbrefactor.")}
    assert own <= set(OWN)
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names
    # The standard library asks for Jython.
    assert tops - {"org"} == {"nbrefactor"}


def source_of(number: int) -> str:
    """Make a function of which each number makes another one."""
    return f"def f{number}(a, b={number}):\n    c = a + b\n    return [c, {number}]\n"


def made(cells: int, definitions: int, outputs: int = 0, text: str = "") -> bytes:
    texts = [f"x{at} = {at} + y" for at in range(cells)] + [
        source_of(at) for at in range(definitions)
    ]
    shown = {"output_type": "stream", "name": "stdout", "text": "x" * outputs}
    coded = (code(text, outputs=[shown]) for text in texts)
    return notebook(*coded, markdown(text), minor=4, indent=None)


def steps(work: Callable[[], object]) -> int:
    """Count the calls, of Python and of C, that some work takes."""
    count = 0

    def see(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(see)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def check(data: bytes, folder: Path) -> Callable[[], object]:
    settings = Settings(modules=(ModuleChoice("library", "renamed"),))
    here = folder / "n.ipynb"
    subject = Subject("n", settings, Targets().seen_from(here, settings), CellReader())
    return lambda: check_bytes(data, subject).diagnostics


GROWING = [
    pytest.param(lambda n: made(20 * n, 5), id="cells"),
    pytest.param(lambda n: made(5, 10 * n), id="definitions"),
    pytest.param(lambda n: made(5, 5, 4000 * n), id="bytes of outputs"),
    pytest.param(lambda n: made(5, 5, 0, "# Demo\n" + "text v1.2\n" * 40 * n), id="lines of text"),
    pytest.param(
        lambda n: made(5, 5, 0, "# Demo v1.2\n" + "- v1.1: text\n" * 10 * n), id="versions"
    ),
]


@pytest.mark.parametrize("grown", GROWING)
def test_the_work_grows_as_the_notebook_does(place: Path, grown: Callable[[int], bytes]) -> None:
    (place / "library.py").write_text("".join(source_of(at) for at in range(100, 130)))
    check(grown(1), place)()
    once, fourfold = (steps(check(grown(n), place)) for n in (1, 4))
    assert fourfold < 5 * once


def test_the_work_grows_as_the_module_does(place: Path) -> None:
    data = made(5, 20)
    counts = []
    for number in (25, 100):
        (place / "library.py").write_text(
            "".join(source_of(at) for at in range(1000, 1000 + number))
        )
        check(data, place)()
        counts.append(steps(check(data, place)))
    assert counts[1] < 5 * counts[0]


def copies(number: int) -> tuple[bytes, str]:
    """Give a notebook of definitions that a module holds, and the module."""
    return made(2, number), "".join(source_of(at) for at in range(number))


def in_one_cell(number: int, *, as_list: bool) -> tuple[bytes, str]:
    """Give a notebook in which one cell calls a definition whose parameter the module renames."""
    texts = [
        "n = 3\n",
        "def f(a, size=1):\n    b = a + size\n    return b\n",
        "".join(f"f({at}, size=n)\nprint({at % 3})\n" for at in range(number)),
    ]
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": text.splitlines(keepends=True) if as_list else text,
        }
        for text in texts
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(document).encode(), "def f(a, width=1):\n    b = a + width\n    return b\n"


MIGRATED = [
    pytest.param(lambda n: copies(10 * n), id="definitions that go"),
    pytest.param(lambda n: in_one_cell(20 * n, as_list=True), id="calls rewritten in a list"),
    pytest.param(lambda n: in_one_cell(20 * n, as_list=False), id="calls rewritten in a string"),
]


@pytest.mark.parametrize("grown", MIGRATED)
def test_a_migration_grows_as_what_it_replaces(
    place: Path, grown: Callable[[int], tuple[bytes, str]]
) -> None:
    settings = Settings(modules=(ModuleChoice("library", "renamed"),))

    def migrated(number: int) -> int:
        data, module = grown(number)
        (place / "library.py").write_text(module)
        modules = Targets().seen_from(place / "n.ipynb", settings).modules

        def work() -> None:
            now = datetime(2024, 1, 1)
            outcome = migrate_bytes(data, settings, modules, path="n.ipynb", now=now)
            assert outcome.status == "changed"
            assert outcome.diff

        return steps(work)

    migrated(1)
    once, fourfold = migrated(2), migrated(8)
    assert fourfold < 5 * once


def test_each_text_is_read_once(place: Path) -> None:
    reader = CellReader()
    for data in (made(30, 10), made(40, 10), made(30, 10)):
        assert facts_of(data, reader) is not None
    assert reader.readings == 50


def test_a_clean_notebook_is_not_read_in_full(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "library.py").write_text("".join(source_of(at) for at in range(100, 130)))

    def full(data: bytes) -> None:
        raise AssertionError("it was read in full")

    monkeypatch.setattr("nbrefactor.notebook.document.read", full)
    assert check(made(20, 20), place)() == ()
    with pytest.raises(AssertionError, match="in full"):
        check(made(20, 120), place)()


def test_a_module_of_which_nothing_has_name_or_shape_is_compared_with_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "library.py").write_text("".join(source_of(at) for at in range(100, 130)))
    monkeypatch.setattr("nbrefactor.engine.judge", None)
    assert check(made(5, 20), place)() == ()

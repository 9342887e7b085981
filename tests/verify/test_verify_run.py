from __future__ import annotations

import json
import textwrap
from datetime import datetime, timezone
from pathlib import Path

import pytest

from nbrefactor.config import ModuleChoice, Settings
from nbrefactor.engine import migrate_bytes, read_modules
from nbrefactor.report.verification import render_verification, verdict
from nbrefactor.report.verification_json import render_verification_json
from nbrefactor.run.values import ExecutionSettings
from nbrefactor.verdict.match import Accepted
from nbrefactor.verify.run import verify
from nbrefactor.verify.values import CellComparison, Verification, VerifySettings

from .. import notebooks
from ..notebooks import code

pytestmark = pytest.mark.slow

DEFINITION = """
import matplotlib.pyplot as plt

def plot(values, width=1):
    plt.figure(figsize=(2, 1.5))
    plt.plot(values, linewidth=1 * width)
    plt.show()
"""


def notebook(*sources: str, tags: dict[int, list[str]] | None = None) -> bytes:
    texts = (textwrap.dedent(source).strip() for source in sources)
    return notebooks.notebook(
        *(code(text, (tags or {}).get(at, ())) for at, text in enumerate(texts))
    )


def prove(
    folder: Path, data: bytes, migrated: bytes | None = None, *, module: str = "", accept: str = "compatible",
    settings: VerifySettings | None = None, execution: ExecutionSettings | None = None,
) -> Verification:  # fmt: skip
    path = folder / "x.ipynb"
    path.write_bytes(data)
    (folder / "drawing.py").write_text(module or DEFINITION)
    chosen = Settings(modules=(ModuleChoice("drawing", accept),), bump="none")  # type: ignore[arg-type]
    modules: tuple[Accepted, ...] = read_modules(chosen, path)
    outcome = migrate_bytes(
        data, chosen, modules, path="x.ipynb", now=datetime(2025, 1, 1, tzinfo=timezone.utc)
    )
    return verify(
        outcome,
        migrated,
        folder=folder,
        needs=(),
        execution=execution or ExecutionSettings(timeout=60),
        settings=settings or VerifySettings(),
    )


def statuses(found: Verification) -> list[str]:
    return [cell.status for cell in found.cells]


def only(found: Verification, cell: int) -> CellComparison:
    return found.cells[cell]


def test_an_exact_copy_gives_identical_outputs(tmp_path: Path) -> None:
    found = prove(tmp_path, notebook(DEFINITION, "plot([1, 3, 2])", "print(1); {'b', 'a', 'c'}"))
    assert [finding.level for finding in found.outcome.replaced] == ["exact"]
    assert statuses(found) == ["identical"] * 3
    assert found.passed
    assert verdict(found) == (
        "verified: 3 of 3 code cells, 3 outputs: 3 identical, "
        "1 of 1 cell with replaced calls compared"
    )
    assert only(found, 0).edited
    assert only(found, 1).calls == ("plot",)
    assert (tmp_path / "x.ipynb").read_bytes() == found.outcome.before


def test_one_other_constant_is_caught_with_its_cell_and_its_picture(tmp_path: Path) -> None:
    data = notebook(DEFINITION, "plot([1, 3, 2])", "print('same')")
    found = prove(
        tmp_path, data, module=DEFINITION.replace("linewidth=1 * width", "linewidth=3 * width")
    )
    assert [finding.level for finding in found.outcome.replaced] == ["compatible"]
    assert statuses(found) == ["identical", "restyled", "identical"]
    (output,) = only(found, 1).outputs
    assert output.picture is not None
    assert output.picture.picture.startswith(b"\x89PNG")
    assert output.detail == "the same data; lines differ"
    assert found.passed
    assert "1 restyled with the same data (lines 1)" in verdict(found)
    strict = prove(
        tmp_path, data, module=DEFINITION.replace("linewidth=1 * width", "linewidth=3 * width"),
        settings=VerifySettings(strict=True),
    )  # fmt: skip
    assert not strict.passed
    assert verdict(strict).startswith("not verified: cell 2 restyled (--strict)")


def test_numbers_that_a_replacement_prints_otherwise_are_no_pictures(tmp_path: Path) -> None:
    printing = f"{DEFINITION}    print('peak', max(values) {{}} width)\n"
    data = notebook(printing.format("+"), "plot([1, 3, 2])")
    module = printing.format("-").replace("linewidth=1 * width", "linewidth=3 * width")
    found = prove(tmp_path, data, module=module)
    assert {(output.family, output.status) for output in only(found, 1).outputs} == {
        ("picture", "restyled"),
        ("stream", "changed"),
    }
    assert verdict(found).startswith("not verified: cell 2 changed")


MIGRATED = [
    pytest.param(["x = 1", "print(x)"], ["x = 2", "print(x)"], {}, ["identical", "changed"], id="changed"),
    pytest.param(["x = 1", "print(1)"], ["x = 1", "1 / 0"], {}, ["identical", "new error"], id="a new error"),
    pytest.param(["1 / 0", "2"], ["1 / 0", "2"], {}, ["failed before too", "identical"], id="failed before too"),
    pytest.param(["1 / 0", "2"], ["1", "2"], {}, ["failed before too", "identical"], id="failed before only"),
    pytest.param(
        ["import random; print(random.random())"], ["import random; print(random.random() )"], {},
        ["not deterministic"], id="not deterministic",
    ),
    pytest.param(
        ["import random\nif random.random() < 2: print(1)"], ["import random\nprint(2)"], {}, ["changed"],
        id="changed, and the same when the original runs twice",
    ),
    pytest.param(["1 / 0", "3"], ["1 / 0", "3"], {0: ["raises-exception"]}, ["identical", "identical"], id="an error that is expected"),
    pytest.param(
        ["1 / 0", "3"], ["int('a')", "3"], {0: ["raises-exception"]}, ["changed", "identical"], id="another error than expected",
    ),
    pytest.param(["1 / 0", "3"], ["1 / 0", "3"], {0: ["skip-execution"]}, ["not run", "identical"], id="a skipped cell"),
    pytest.param(["import os; os._exit(1)", "3"], ["1", "3"], {}, ["failed before too", "not run"], id="a kernel that dies before"),
    pytest.param(["1", "3"], ["import os; os._exit(1)", "3"], {}, ["new error", "not run"], id="a kernel that dies after"),
    pytest.param(["input()", "3"], ["input()", "3"], {}, ["failed before too", "identical"], id="a question"),
    pytest.param(["1", "3"], ["3"], {}, ["changed", "identical"], id="a cell less"),
    pytest.param(["hash('a') % 1000, {'b', 'a'}"], ["hash('a')  % 1000, {'b', 'a'}"], {}, ["identical"], id="hashes"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "tags", "expected"), MIGRATED)
def test_each_status(
    tmp_path: Path,
    before: list[str],
    after: list[str],
    tags: dict[int, list[str]],
    expected: list[str],
) -> None:
    migrated = json.loads(notebook(*after, tags=tags))
    if len(after) < len(before):
        migrated["cells"][0]["id"] = "cell1"
    found = prove(tmp_path, notebook(*before, tags=tags), json.dumps(migrated).encode())
    assert statuses(found) == expected
    bad = {"changed", "new error"} & set(expected)
    assert found.passed == (not bad and "identical" in expected)
    assert verdict(found).startswith("verified" if found.passed else "not verified")


def test_a_hanging_cell_ends_the_run_and_is_told(tmp_path: Path) -> None:
    data = notebook("1", "import time; time.sleep(60)", "3")
    found = prove(tmp_path, data, data, execution=ExecutionSettings(timeout=2))
    assert statuses(found) == ["identical", "failed before too", "not run"]
    assert "--timeout" in only(found, 1).detail
    assert any("ended early" in note for note in found.notes)


def test_parameters_reach_both(tmp_path: Path) -> None:
    data = notebook("n = 1", "print(n)", tags={0: ["parameters"]})
    found = prove(tmp_path, data, data, execution=ExecutionSettings(parameters=(("n", 5),)))
    (output,) = only(found, 1).outputs
    assert output.after is not None
    assert output.after.data["text/plain"] == "5\n"


def test_patterns_make_times_the_same(tmp_path: Path) -> None:
    before = notebook("print('took 1.5 s')")
    after = notebook("print('took 2.5 s')")
    assert not prove(tmp_path, before, after).passed
    settings = VerifySettings(patterns=("took [0-9.]+ s",), parallel=False)
    assert prove(tmp_path, before, after, settings=settings).passed


def test_nothing_compared_is_no_proof(tmp_path: Path) -> None:
    data = notebook("1 / 0")
    found = prove(tmp_path, data, data)
    assert not found.passed
    assert "nothing could be compared" in verdict(found)


@pytest.mark.parametrize(
    ("sources", "tags", "passed"),
    [
        pytest.param(["import random; plot([random.random(), 1])"], {}, False, id="never the same twice"),
        pytest.param(["plot(1 / 0)"], {}, False, id="failed before"),
        pytest.param(["plot([1])"], {2: ["skip-execution"]}, False, id="skipped"),
        pytest.param(["plot(1 / 0)", "plot([1])"], {}, True, id="one of two compared"),
        pytest.param(["plot([1]); plt.close('all')"], {}, True, id="pictures"),
        pytest.param(["hide = plot"], {}, True, id="no call at all"),
    ],
)  # fmt: skip
def test_a_proof_needs_a_cell_that_calls_what_was_replaced(
    tmp_path: Path, sources: list[str], tags: dict[int, list[str]], passed: bool
) -> None:
    found = prove(tmp_path, notebook(DEFINITION, "print('same')", *sources, tags=tags))
    assert found.compared
    assert not found.failures
    assert found.passed == passed
    unseen = "not verified: no cell with replaced calls could be compared, "
    assert verdict(found).startswith("verified: " if passed else unseen)


def test_a_call_without_outputs_that_ran_in_both_is_compared(tmp_path: Path) -> None:
    definition = "def double(x):\n    return 2 * x\n"
    found = prove(tmp_path, notebook(definition, "y = double(4)"), module=definition)
    assert found.passed
    assert "0 outputs, 1 of 1 cell with replaced calls compared" in verdict(found)


def test_large_outputs_stay_small_in_reports(tmp_path: Path) -> None:
    before = notebook("for i in range(30): print('x' * 999_999)")
    after = notebook("for i in range(30): print('y' * 999_999)")
    found = prove(tmp_path, before, after)
    assert statuses(found) == ["changed"]
    from nbrefactor.report.html import render_html

    assert len(render_html(found)) < 200_000
    assert len(render_verification(found).plain) < 2000
    machine = json.loads(render_verification_json(found))
    assert machine["passed"] is False
    assert machine["cells"][0]["outputs"][0]["status"] == "changed"
    assert machine["verdict"] == verdict(found)

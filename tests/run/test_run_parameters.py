from __future__ import annotations

from pathlib import Path

import pytest

from nbrefactor.notebook.document import read
from nbrefactor.run.notebooks import run_notebook
from nbrefactor.run.parameters import unknown_parameters
from nbrefactor.run.values import ExecutionSettings, Job

from ..notebooks import code, notebook


def tagged(source: str, tag: str = "parameters") -> bytes:
    return notebook("import os", code(source, [tag]), "STEPZ = 1")


MISSING = 'parameter STEPZ: the cell tagged "parameters" (cell 2) does not have it'


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param("STEPS = 10\nRATE = 0.1", [f"{MISSING}; did you mean STEPS?"], id="misspelt"),
        pytest.param("RATE = 0.1", [MISSING], id="nothing like it"),
        pytest.param("# nothing yet", [MISSING], id="an empty cell"),
        pytest.param("def f():\n    STEPZ = 1", [MISSING], id="a name within a function"),
        pytest.param("print(STEPZ)", [MISSING], id="a name that is only read"),
    ],
)
def test_a_parameter_that_the_cell_does_not_have(source: str, said: list[str]) -> None:
    assert list(unknown_parameters(read(tagged(source)), ["STEPZ"])) == said


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("STEPZ = 1", id="assigned"),
        pytest.param("STEPZ: int = 1", id="assigned with a type"),
        pytest.param("STEPZ: int", id="declared"),
        pytest.param("A, (STEPZ, B) = 1, (2, 3)", id="unpacked"),
        pytest.param("if True:\n    STEPZ = 1", id="in a branch"),
        pytest.param("from settings import *", id="perhaps in a star import"),
        pytest.param("%run settings.py", id="perhaps in a script"),
        pytest.param("STEPS = (", id="a cell that does not parse"),
        pytest.param("%matplotlib inline\nSTEPZ = 1", id="below a magic"),
    ],
)
def test_nothing_is_said_of_one_that_it_may_have(source: str) -> None:
    assert list(unknown_parameters(read(tagged(source)), ["STEPZ"])) == []


def test_nothing_is_said_without_a_cell_for_parameters() -> None:
    assert list(unknown_parameters(read(tagged("STEPS = 1", tag="x")), ["STEPZ"])) == []


def test_each_parameter_is_judged_by_itself() -> None:
    found = list(unknown_parameters(read(tagged("STEPS = 1\nLR = 1")), ["LR", "STEPZ", "SEED"]))
    assert [note.split(":")[0] for note in found] == ["parameter STEPZ", "parameter SEED"]


@pytest.mark.slow
def test_the_run_tells_it_and_goes_on(tmp_path: Path) -> None:
    job = Job(tagged("STEPS = 10"), "x.ipynb", tmp_path)
    result = run_notebook(job, ExecutionSettings(parameters=(("STEPZ", 5),)))
    assert result.failure is None
    assert result.notes == (f"{MISSING}; did you mean STEPS?",)

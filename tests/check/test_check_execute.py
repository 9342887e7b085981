import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nbrefactor.notebook.document import read
from nbrefactor.rules.catalogue import find_rule
from nbrefactor.rules.failing_notebook import report_failure

THREE = "# %%\nx = 1\ny = 0\nz = x / y\n"


@pytest.mark.parametrize(
    ("traceback", "row"),
    [
        pytest.param("Z\nCell In[1], line 3\n      1 x", 3, id="as IPython 8 and 9 write it"),
        pytest.param("Z\nCell In [1], line 2\n", 2, id="as older ones write it"),
        pytest.param("Z\nFile <ipython-input-1-abc>:2, in f\n", 2, id="as the oldest write it"),
        pytest.param("Z\nCell In[1], line 2, in f\nCell In[7], line 3\n", 2, id="two frames"),
        pytest.param("Cell In[1], line 9\n", 3, id="a line that the cell does not have"),
        pytest.param("", 1, id="none"),
        pytest.param("File ~/x.py:2, in f\n", 1, id="another file"),
    ],
)
def test_the_row_is_that_of_the_frame_in_the_cell(notebook, traceback: str, row: int) -> None:
    found = report_failure(read(notebook(THREE)), 0, "cell 1 failed: it raised E", traceback)
    assert (found.row, found.message) == (row, "failed: it raised E")


def test_a_cell_that_is_not_the_notebooks_has_no_place(notebook) -> None:
    found = report_failure(read(notebook(THREE)), None, "the cell with the parameters failed", "")
    assert (found.cell, found.message) == (None, "the cell with the parameters failed")


@pytest.mark.parametrize("option", [["-p", "A", "1"], ["--kernel", "x"], ["--timeout", "3"]])
def test_options_of_a_run_need_one(place: Path, notebook, nbrefactor, option: list[str]) -> None:
    (place / "n.ipynb").write_bytes(notebook("# %%\nx = 1\n"))
    result = nbrefactor("check", "n.ipynb", *option)
    assert (result.exit_code, "--execute" in result.stderr) == (2, True)


def test_opting_out_of_a_failure_is_not_idle_where_nothing_ran(
    place: Path, notebook, nbrefactor
) -> None:
    (place / "n.ipynb").write_bytes(notebook("# %%\nx = 1  # noqa: NB501\n"))
    assert nbrefactor("check", "n.ipynb").exit_code == 0


@pytest.mark.slow
def test_the_rules_example_fails_where_it_says_and_runs_where_it_does_not(
    place: Path, notebook, nbrefactor
) -> None:
    example = find_rule("NB501").examples[0]
    (place / "before.ipynb").write_bytes(notebook(example.before))
    (place / "after.ipynb").write_bytes(notebook(example.after))
    arguments = ["--execute", "--output-format", "json", "-q", "--junit", "r.xml"]
    result = nbrefactor("check", "before.ipynb", "after.ipynb", *arguments)
    (found,) = json.loads(result.stdout)["findings"]
    assert result.exit_code == 1
    assert (found["path"], found["code"], found["cell"], found["row"]) == (
        "before.ipynb", "NB501", 2, 1,
    )  # fmt: skip
    assert "ZeroDivisionError: division by zero" in found["message"]
    line = (place / "before.ipynb").read_text().splitlines()[found["line"] - 1]
    assert "sum(values) / len(values)" in line
    (failure,) = ElementTree.parse(place / "r.xml").getroot().iter("failure")
    assert failure.get("message") == found["message"]
    assert (place / "before.ipynb").read_bytes() == notebook(example.before)


@pytest.mark.slow
def test_a_failure_can_be_opted_out_of(place: Path, notebook, nbrefactor) -> None:
    text = "# %%\nx = 1\n1 / 0  # noqa: NB501\n"
    (place / "n.ipynb").write_bytes(notebook(text))
    assert nbrefactor("check", "n.ipynb", "--execute", "-q").exit_code == 0
    (place / "n.ipynb").write_bytes(notebook(text.replace("1 / 0", "1 / 1")))
    idle = nbrefactor("check", "n.ipynb", "--execute", "-q", "--output-format", "concise")
    assert (idle.exit_code, "NB901" in idle.stdout) == (1, True)


@pytest.mark.slow
def test_a_kernel_that_is_not_there_is_a_problem(place: Path, notebook, nbrefactor) -> None:
    (place / "n.ipynb").write_bytes(notebook("# %%\nx = 1\n"))
    result = nbrefactor("check", "n.ipynb", "--execute", "--kernel", "no-such-kernel", "-q")
    assert (result.exit_code, "no-such-kernel" in result.stderr) == (2, True)

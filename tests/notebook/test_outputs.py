from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbrefactor.notebook.document import NotebookError, read
from nbrefactor.notebook.outputs import FreshOutputs, merge_streams, with_outputs

FIXTURES = Path(__file__).parents[2] / "fixtures"
OUTPUT = {
    "output_type": "display_data",
    "metadata": {},
    "data": {"text/plain": "é 0\nlast", "image/png": "aGk=\n"},
}


def _readable() -> list[Path]:
    found = []
    for path in sorted(FIXTURES.rglob("*.ipynb")):
        try:
            read(path.read_bytes())
        except NotebookError:
            continue
        found.append(path)
    return found


@pytest.mark.parametrize("path", _readable(), ids=lambda path: path.stem)
def test_everything_but_outputs_and_counts_keeps_its_bytes(path: Path) -> None:
    data = path.read_bytes()
    document = read(data)
    codes = [cell.index for cell in document.cells if cell.cell_type == "code"]
    after = with_outputs(data, [FreshOutputs(index, [OUTPUT], 7) for index in codes])
    again = read(after)
    assert [cell.source for cell in again.cells] == [cell.source for cell in document.cells]
    decoded = json.loads(after.decode("utf-8-sig"))
    for index in codes:
        cell = decoded["cells"][index]
        assert cell["execution_count"] == 7
        assert "".join(cell["outputs"][0]["data"]["text/plain"]) == "é 0\nlast"
    for cell in decoded["cells"]:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    before = json.loads(data.decode("utf-8-sig"))
    for cell in before["cells"]:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    assert json.dumps(decoded) == json.dumps(before)
    assert after.isascii() or not data.isascii() or "escapes" not in path.stem
    assert with_outputs(after, [FreshOutputs(index, [OUTPUT], 7) for index in codes]) == after


def test_what_nbformat_writes_comes_out_as_nbformat_writes_it() -> None:
    nbformat = pytest.importorskip("nbformat")
    v4 = nbformat.v4
    cells = [v4.new_markdown_cell("# é", id="a"), v4.new_code_cell("1", id="b")]
    empty = nbformat.writes(v4.new_notebook(cells=cells)) + "\n"
    cells[1].outputs = [
        v4.new_output("stream", name="stdout", text="one\ntwo"),
        v4.new_output("display_data", {"image/png": "aGk=", "text/plain": "<é>\n2"}),
        v4.new_output("error", ename="E", evalue="v", traceback=["a", "b"]),
    ]
    cells[1].execution_count = 3
    full = nbformat.writes(v4.new_notebook(cells=cells)) + "\n"
    fresh = FreshOutputs(1, [dict(output) for output in cells[1].outputs], 3)
    assert with_outputs(empty.encode(), [fresh]).decode() == full
    assert with_outputs(full.encode(), [FreshOutputs(1, [], None)]).decode() == empty


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            '{"cells": [{"cell_type": "code", "source": "", "outputs": [], '
            '"execution_count": null}], "nbformat": 4}',
            '{"cells": [{"cell_type": "code", "source": "", "outputs": '
            '[{"name": "stdout", "output_type": "stream", "text": ["x\\n"]}], '
            '"execution_count": 2}], "nbformat": 4}',
            id="on one line with blanks",
        ),
        pytest.param(
            '{"cells":[{"outputs":[{"a":"}"}],"execution_count":1,"cell_type":"code","source":""}],'
            '"nbformat":4}',
            '{"cells":[{"outputs":[{"name":"stdout","output_type":"stream","text":["x\\n"]}],'
            '"execution_count":2,"cell_type":"code","source":""}],"nbformat":4}',
            id="compact, with brackets inside a string",
        ),
        pytest.param(
            '{"cells":[{"cell_type":"code","source":""}],"nbformat":4}',
            '{"cells":[{"cell_type":"code","source":"","execution_count":2,'
            '"outputs":[{"name":"stdout","output_type":"stream","text":["x\\n"]}]}],"nbformat":4}',
            id="both missing",
        ),
        pytest.param(
            '{\r\n\t"cells": [\r\n\t\t{\r\n\t\t\t"cell_type": "code",\r\n\t\t\t"source": "",\r\n'
            '\t\t\t"execution_count": null,\r\n\t\t\t"outputs": []\r\n\t\t}\r\n\t],\r\n'
            '\t"nbformat": 4\r\n}',
            '{\r\n\t"cells": [\r\n\t\t{\r\n\t\t\t"cell_type": "code",\r\n\t\t\t"source": "",\r\n'
            '\t\t\t"execution_count": 2,\r\n\t\t\t"outputs": [\r\n\t\t\t\t{\r\n'
            '\t\t\t\t\t"name": "stdout",\r\n\t\t\t\t\t"output_type": "stream",\r\n'
            '\t\t\t\t\t"text": [\r\n\t\t\t\t\t\t"x\\n"\r\n\t\t\t\t\t]\r\n\t\t\t\t}\r\n\t\t\t]\r\n'
            '\t\t}\r\n\t],\r\n\t"nbformat": 4\r\n}',
            id="tabs and carriage returns",
        ),
    ],
)
def test_fresh_values_are_laid_out_as_the_notebook_is(before: str, after: str) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "x\n"}
    assert with_outputs(before.encode(), [FreshOutputs(0, [stream], 2)]).decode() == after


def test_a_lone_surrogate_is_escaped() -> None:
    data = b'{"cells":[{"cell_type":"code","source":"","outputs":[]}],"nbformat":4}'
    stream = {"output_type": "stream", "name": "stdout", "text": "\ud83d"}
    assert rb'["\ud83d"]' in with_outputs(data, [FreshOutputs(0, [stream], 2)])


def test_nothing_fresh_changes_nothing() -> None:
    data = (FIXTURES / "NeuralPlasticityDemo.ipynb").read_bytes()
    assert with_outputs(data, []) == data


@pytest.mark.parametrize("places", [[0], [99], [2, 2]], ids=["markdown", "outside", "twice"])
def test_outputs_belong_to_one_code_cell(places: list[int]) -> None:
    data = (FIXTURES / "NeuralPlasticityDemo.ipynb").read_bytes()
    with pytest.raises(ValueError, match="cell"):
        with_outputs(data, [FreshOutputs(place, [], None) for place in places])


@given(st.lists(st.tuples(st.sampled_from(["stdout", "stderr", "show"]), st.text(max_size=3))))
def test_merging_streams_keeps_all_text_in_order(pieces: list[tuple[str, str]]) -> None:
    outputs = [
        {"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}}
        if name == "show"
        else {"output_type": "stream", "name": name, "text": text}
        for name, text in pieces
    ]
    merged = merge_streams(outputs)

    def written(items: list[dict[str, object]]) -> list[tuple[object, str]]:
        return [
            (item.get("name"), character)
            for item in items
            for character in (item.get("text", "\x00"))
        ]

    assert written(merged) == written(outputs)
    names = [item.get("name") for item in merged]
    assert all(a is None or a != b for a, b in itertools.pairwise(names))

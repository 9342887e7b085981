"""What a notebook shows of a plot, in a real kernel: each figure once, whatever follows."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.slow

CALL = "viz.visualize_entropy_heatmap([[1.0, 2.0]])"
SETUP = """
import matplotlib.pyplot as plt
from nbrefactor import viz
"""
# Source of a cell, and the pictures that it and a last cell, which asks for nothing, show.
CASES = {
    "nothing": (CALL, 1),
    "a semicolon": (f"{CALL};", 1),
    "an assignment": (f"figure = {CALL}", 1),
    "plt.show()": (f"{CALL}\nplt.show()", 1),
    "an assignment and plt.show()": (f"figure = {CALL}\nplt.show()", 1),
    "an assignment and the figure": (f"figure = {CALL}\nfigure", 1),
    "display": (f"display({CALL})", 1),
    "display and plt.close": (f"figure = {CALL}\ndisplay(figure)\nplt.close(figure)", 1),
    "display and plt.show()": (f"display({CALL})\nplt.show()", 1),
    "plt.title": (f'{CALL}\nplt.title("Mine")', 1),
    "plt.title and plt.show()": (f'{CALL}\nplt.title("Mine")\nplt.show()', 1),
    "a loop": (f"for _ in range(3):\n    {CALL}", 3),
    "a loop with plt.show()": (f"for _ in range(3):\n    {CALL}\n    plt.show()", 3),
    "a loop with display": (f"for _ in range(3):\n    display({CALL})", 3),
    "two calls": (f"{CALL}\n{CALL}", 2),
    "own axes": (f"figure, ax = plt.subplots()\n{CALL[:-1]}, ax=ax)", 1),
    "%%capture": (f"%%capture\n{CALL}", 0),
    "%%capture, shown later": (f"%%capture caught\n{CALL}\n### next cell\ncaught.show()", 1),
    "the figure in the next cell": (f"figure = {CALL};\n### next cell\nfigure", 2),
    "plt.ioff()": (f"plt.ioff()\n{CALL}", 1),
    "plt.ioff() and plt.show()": (f"plt.ioff()\n{CALL}\nplt.show()", 1),
    "plt.ioff() and a semicolon": (f"plt.ioff()\n{CALL};", 0),
    "plt.ioff() and a later plt.show()": (f"plt.ioff()\n{CALL};\n### next cell\nplt.show()", 1),
    "plt.ioff(), shown, and a later plt.show()": (
        f"plt.ioff()\n{CALL}\n### next cell\nplt.show()",
        1,
    ),
    "a display that is updated": (
        f"handle = display(display_id=True)\nfigure = {CALL}\nhandle.update(figure)",
        1,
    ),
    "training so far, without a step": ('viz.visualize_training_progress({"step": []})', 1),
}


@pytest.fixture(scope="module")
def client():
    """One kernel for all cases, with Matplotlib as a notebook has it."""
    notebook = nbformat.v4.new_notebook()
    started = NotebookClient(notebook, kernel_name="python3", timeout=120)
    with started.setup_kernel():
        run(started, SETUP)
        yield started


def run(client, source):
    """Run cells and give their outputs; the last, empty one would show what was held back."""
    outputs = []
    for part in [
        *source.split("### next cell\n"),
        "plt.ion(); plt.gcf().clear(); plt.close('all')",
    ]:
        cell = nbformat.v4.new_code_cell(part)
        client.nb.cells = [cell]
        client.execute_cell(cell, 0)
        outputs += cell.outputs
    return outputs


def pictures(outputs):
    return [output for output in outputs if "image/png" in output.get("data", {})]


@pytest.mark.parametrize("case", CASES)
def test_a_figure_is_shown_once(case, client):
    source, shown = CASES[case]
    assert len(pictures(run(client, source))) == shown


@pytest.mark.parametrize("case", CASES)
def test_no_figure_stays_open_behind_the_notebook(case, client):
    source, _ = CASES[case]
    outputs = run(client, f"{source}\n### next cell\nprint(plt.get_fignums())")
    left = [output["text"] for output in outputs if output.output_type == "stream"]
    assert left == (["[1]\n"] if case == "plt.ioff() and a semicolon" else ["[]\n"])


def test_what_is_changed_after_the_call_is_in_the_picture(client):
    plain = pictures(run(client, CALL))
    titled = pictures(run(client, f'{CALL}\nplt.title("Mine")'))
    assert plain[0]["data"]["image/png"] != titled[0]["data"]["image/png"]


def test_the_first_figure_of_a_kernel_leaves_later_ones_shown():
    """Nothing is set up here: the plot loads the backend, whose settings have to stay."""
    sources = [SETUP, f"{CALL};", f"{CALL};", "plt.plot([1, 2]);"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    assert [len(pictures(cell.outputs)) for cell in notebook.cells] == [0, 1, 1, 1]

"""The recorder, as a kernel carries it: sees every figure, and is not seen."""

from __future__ import annotations

import ast
import base64
import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nbrefactor.run import kernels
from nbrefactor.run.notebooks import run_notebook
from nbrefactor.run.recorder import arrays
from nbrefactor.run.recorder.arrays import describe_array
from nbrefactor.run.recorder.log import Log
from nbrefactor.run.records import Recorded, read_records
from nbrefactor.run.values import ExecutionSettings, Job, Run
from nbrefactor.verify.figures.arrays import read_array, same

from ..notebooks import notebook

RECORDER = Path(kernels.__file__).parent / "recorder"


def test_the_recorder_needs_nothing_of_this_package() -> None:
    for file in RECORDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                assert not any(alias.name.startswith("nbrefactor") for alias in node.names)
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("nbrefactor")


ARRAYS = {
    "float32 and float64": (np.arange(5, dtype="f4") / 3, np.arange(5) / 3, True),
    "integers and floats": (np.arange(5), np.arange(5.0), True),
    "masked and NaN": (np.ma.masked_equal([1.0, 2.0], 2.0), np.array([1.0, np.nan]), True),
    "another value": (np.arange(5.0), np.arange(5.0) + 0.001, False),
    "another shape": (np.zeros((2, 3)), np.zeros((3, 2)), False),
    "NaN and 0": (np.array([np.nan]), np.array([0.0]), False),
    "infinities": (np.array([np.inf]), np.array([-np.inf]), False),
    "texts": (np.array(["a", "b"]), np.array(["a", "c"]), False),
    "the same texts": (np.array(["a", "b"]), ["a", "b"], True),
    "complex numbers": (np.array([1 + 2j]), np.array([1 - 2j]), False),
    "nothing": (np.array([]), [], True),
}


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "in blocks"])
@pytest.mark.parametrize(("one", "other", "expected"), ARRAYS.values(), ids=ARRAYS)
def test_arrays(
    one: Any, other: Any, expected: bool, whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not whole:
        monkeypatch.setattr(arrays, "WHOLE", 1)
    described = [json.loads(json.dumps(describe_array(values))) for values in (one, other)]
    assert same(*map(read_array, described)) is expected


def test_one_value_of_many_is_found() -> None:
    large = np.linspace(0, 1, 1_000_000)
    other = large.copy()
    other[123_456] += 0.01
    first, second = describe_array(large), describe_array(other)
    assert "values" not in first
    assert len(json.dumps(first)) < 200_000
    assert not same(read_array(first), read_array(second))
    assert same(read_array(first), read_array(describe_array(large.astype("f4"))))


def test_records_belong_to_the_cell_that_ran(tmp_path: Path) -> None:
    path = tmp_path / "figures.jsonl"
    log = Log(str(path))
    log.write({"moment": "made", "number": 1})
    log.write({"moment": "drawn", "number": 1})
    begun = [Recorded(2, 0), Recorded(5, path.stat().st_size)]
    log.write({"moment": "saved", "number": 1})
    path.write_bytes(path.read_bytes() + b'{"moment": "cut o')
    found = read_records(path, begun)
    assert [record["moment"] for record in found[2]] == ["drawn"]
    assert [(record["moment"], record["made"]) for record in found[5]] == [("saved", 2)]


def run(*sources: str, seed: int | None = None) -> Run:
    data = notebook(*(textwrap.dedent(source).strip() for source in sources))
    job = Job(data, "x", Path.cwd(), record=True, own_temporary_folder=True, go_on=True)
    return run_notebook(job, ExecutionSettings(timeout=60, seed=seed))


CELLS = {
    "before": "import sys\nnames, modules, finders = set(dir()), set(sys.modules), len(sys.meta_path)",
    "importing": "import matplotlib.pyplot as plt",
    "shown": "fig, ax = plt.subplots(figsize=(2, 1.5))\nax.plot([1, 3, 2]);",
    "displayed": "fig",
    "thrice": "for _ in range(3):\n    display(fig)",
    "saved": "import tempfile, os\nfig.savefig(os.path.join(tempfile.mkdtemp(), 'a.png'))",
    "in memory": "import io\nfig.savefig(io.BytesIO(), format='svg')",
    "closed": "plt.figure(); plt.plot([1]); plt.close()",
    "animated": """
        from matplotlib.animation import FuncAnimation
        moving, axes = plt.subplots(figsize=(1, 1))
        line, = axes.plot([0], [0])
        frames = FuncAnimation(moving, lambda n: line.set_ydata([n]), frames=3, repeat=False)
        page = frames.to_jshtml(); plt.close()
    """,
    "broken": """
        class Odd(plt.Line2D):
            def get_xdata(self, orig=True):
                if not orig: raise RuntimeError('not for you')
                return super().get_xdata(orig)
        odd, axes = plt.subplots(figsize=(1, 1)); axes.add_line(Odd([0, 1], [0, 1])); odd
    """,
    "after": """
        print([name for name in sys.modules if 'nbrefactor' in name or 'recorder' in name],
              sorted(set(dir()) & {'recorder', 'spec', 'path', 'Log'}), plt.get_backend(),
              type(fig.canvas).__name__, sorted(vars(fig.canvas.print_figure.__func__)),
              [finder for finder in sys.meta_path if 'Waiting' in repr(finder)], plt.get_fignums())
    """,
    "left over": "plt.switch_backend('agg'); plt.figure(); plt.plot([4, 5]); None",
}


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    done = run(*CELLS.values())
    assert done.failure is None or "not for you" in done.failure.traceback
    return dict(zip(CELLS, done.cells, strict=True))


def moments(cell: Any) -> list[str]:
    return [record["moment"] for record in cell.figures]


@pytest.mark.slow
class TestInAKernel:
    def test_every_moment_is_seen(self, recorded: dict[str, Any]) -> None:
        found = {name: moments(cell) for name, cell in recorded.items()}
        assert found == {
            "before": [], "importing": [], "shown": ["drawn"], "displayed": ["drawn"],
            "thrice": ["drawn"] * 3, "saved": ["saved"], "in memory": ["drawn"],
            "closed": ["closed"], "animated": found["animated"], "broken": ["failed"] * len(found["broken"]),
            "after": [], "left over": ["left over"],
        }  # fmt: skip
        assert found["broken"]
        assert found["animated"].count("drawn") + found["animated"].count("saved") >= 3

    def test_a_picture_is_known_by_its_bytes(self, recorded: dict[str, Any]) -> None:
        import hashlib

        cell = recorded["displayed"]
        (output,) = [one for one in cell.outputs if "image/png" in one.get("data", {})]
        picture = base64.b64decode(output["data"]["image/png"])
        assert cell.figures[0]["digest"] == hashlib.sha256(picture).hexdigest()
        assert cell.figures[0]["made"] == list(CELLS).index("shown")
        (axes,) = cell.figures[0]["figure"]["axes"]
        assert [artist["kind"] for artist in axes["artists"]] == ["line"]

    def test_a_saved_file_is_kept_to_be_shown(self, recorded: dict[str, Any]) -> None:
        (record,) = recorded["saved"].figures
        assert record["file"].endswith("a.png")
        assert base64.b64decode(record["picture"]).startswith(b"\x89PNG")

    def test_the_notebook_cannot_tell(self, recorded: dict[str, Any]) -> None:
        (output,) = recorded["after"].outputs
        modules, names, rest = output["text"].split("] ", 2)
        assert modules + "]" == "[]", output["text"]
        assert names + "]" == "[]"
        assert rest.startswith("module://matplotlib_inline.backend_inline FigureCanvas")
        assert rest.strip().endswith("[] []")

    def test_what_cannot_be_taken_apart_breaks_nothing(self, recorded: dict[str, Any]) -> None:
        assert any("not for you" in one["problem"] for one in recorded["broken"].figures)
        assert any("image/png" in one.get("data", {}) for one in recorded["broken"].outputs)

    def test_a_seed_holds_where_the_notebook_sets_none(self) -> None:
        code = "import random, numpy as np\nprint(random.random(), np.random.rand())"
        outputs = [run(code, seed=7).cells[0].outputs[0]["text"] for _ in range(2)]
        assert outputs[0] == outputs[1]
        own = run("import random, numpy as np\nrandom.seed(1); np.random.seed(1)", code, seed=7)
        assert own.cells[1].outputs[0]["text"] == f"{0.13436424411240122} {0.417022004702574}\n"


@pytest.mark.slow
def test_nothing_breaks_where_matplotlib_is_not_installed(tmp_path: Path) -> None:
    script = textwrap.dedent(
        f"""
        import sys
        class Missing:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] in ("matplotlib", "numpy"):
                    raise ModuleNotFoundError(name)
        sys.meta_path.insert(0, Missing())
        space = dict(folder={str(RECORDER)!r}, path={str(tmp_path / "log")!r}, number=3)
        exec({kernels._LOAD!r}, space)
        for name in ("matplotlib.pyplot", "numpy"):
            try:
                __import__(name)
            except ModuleNotFoundError:
                print("missing")
        import json, random
        print(random.random(), [name for name in sys.modules if "recorder" in name])
        """
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["missing", "missing", "0.23796462709189137", "[]"]

"""The laws, as properties over generated notebooks and over every fixture.

1. Nothing to do, nothing changes.
2. Only edited lines change.
3. What parsed still parses.
4. The second run does nothing.
5. The preview is the change.
6. When in doubt, leave it and say why.
7. Reading runs nothing.
8. A write is whole or absent.
"""

from __future__ import annotations

import ast
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from nbrefactor.config import IMPORT_PLACES, ImportPlace, ModuleChoice, Settings
from nbrefactor.engine import bump_bytes, migrate_bytes, read_modules
from nbrefactor.model.outcome import Outcome
from nbrefactor.report.patch import render_patch

FIXTURES = Path(__file__).parents[1] / "fixtures"
ALL = sorted([*FIXTURES.glob("*.ipynb"), *(FIXTURES / "odd").glob("*.ipynb")])
NOW = datetime(2031, 2, 3, 4, 5, tzinfo=timezone.utc)

MODULE = """\
import math


def f(x):
    return x + 1


def mean(values, weights=None, *, label="mean"):
    return label, sum(values) / len(values), weights


def show(x, title="new"):
    print(title, x)


def draw(data, title="Plot"):
    import matplotlib.pyplot as plt
    fig, ax = plt.subplots()
    ax.plot(data)
    return fig


class Point:
    def __init__(self, x):
        self.x = x


async def later(x):
    return x
"""
# Equal, near and far from the module's; and what is no definition of a cell at all.
DEFINITIONS = [
    "def f(x):\n    return x + 1",
    "def f(x):\n    # adds\n    '''Doc.'''\n    return (x\n            + 1)  # one",
    "def f(value: int) -> int:\n    return value + 1",
    "def plus(x):\n    return x + 1",
    "def f(x): return x + 1",
    "def f(x):\n    return x + SCALE",
    "def f(x, y):\n    return x * y",
    "if True:\n    def f(x):\n        return x + 1\n    # tail",
    "try:\n\tdef f(x):\n\t\treturn x + 1\nfinally:\n\tpass",
    "def mean(v, w=None, *, label='mean'):\n    return label, sum(v) / len(v), w",
    "def mean(values, weights=None, *, label='average'):\n    total = sum(values)\n"
    "    return label, total / len(values), weights",
    "def show(x, title='old'):\n    y = x\n    print(title, y)",
    "def show(x, title='old'):\r\n    y = x\r\n    print(title, y)\r",
    "def draw(data, title='Plot'):\n    import matplotlib.pyplot as plt\n"
    "    fig, ax = plt.subplots()\n    ax.plot(data)\n    plt.show()",
    "class Point:\n    def __init__(self, x):\n        self.x = x",
    "class Point:\n    pass",
    "async def later(x):\n    return x",
    "@staticmethod\ndef f(x):\n    return x + 1",
    "def outer():\n    def f(x):\n        return x + 1\n    return f",
    "for i in range(2):\n    def f(x):\n        return x + 1",
    "import matplotlib.pyplot as plt\ndef visualize_gradient_norms(values, title='Gradients'):\n"
    "    plt.figure()\n    plt.imshow(values)\n    plt.title(title)\n    plt.show()",
]
STATEMENTS = [
    "f(1)",
    "y = f(x=2)",
    "plus(1);",
    "mean([1], w=2)",
    "r = mean(values=[1, 2])",
    "show(1)",
    "show(\n    1,  # one\n)",
    "é = 'ü'; show('é\u2028'); show(2)",
    "draw([1])",
    "fig = draw([1])",
    "p = Point(1)",
    "await later(1)",
    "visualize_gradient_norms([[1]])",
    "list(map(f, [1]))",
    "f'{show(1)}'",
    "SCALE = 2",
    "f = None",
    "del f",
    "from plots import mean",
    "from plots import (\n    mean,  # kept\n    show,\n)",
    "from plots import f as plus",
    "import os, sys",
    "%matplotlib inline",
    "%time f(1)",
    "!echo {f(1)}",
    "files = !ls",
    "f?",
    "# a comment \x0c with \x85 odd \u2028 characters",
    "'''text\n# with\ndef f(x): pass\n'''",
    "\n\n",
    "if f(1): show(2); show(3)",
]
CELLS = [
    "def broken(:\n    f(1)",
    "%%bash\ndef f(x):\n    return x + 1",
    "%%time\ndef f(x):\n    return x + 1\nf(1)",
    "%%timeit\nshow(1)",
    "%%nobody_knows\nf(1)",
    ">>> def f(x):\n...     return x + 1\n...\n>>> f(1)",
    "    def f(x):\n        return x + 1\n    f(1)",
    "half = '\ud83d'\ndef f(x):\n    return x + 1",
    "def f(x):\r    return x + 1\rf(1)\r",
    "",
]
MARKDOWN = [
    "# Title (v0.0.43 2025-04-08 17:41)\n\n### New in v0.0.43:\n- Plots\n\n### New in v0.0.9:\n- x",
    "# Title - v1.2",
    "Version: 1.2\n\n- 1.2: second\n- 1.1: first\n",
    "# Title\r\n\r\n## [1.0.0] - 2024-01-01\r\n### Added\r\n- it\r\n",
    "# What is new in PyTorch 2.1.0",
    "half \ud83d é \u2028",
    "",
]
OUTPUTS = [
    "[]",
    '[{"output_type":"stream","name":"stdout","text":["a\\/b \\ud83d","\\u00e9"]}]',
    '[ {"data":{"text/plain":["1.00000"]},"metadata":{"x":1.00000,"y":NaN,"x":-0.0e5},\n'
    ' "execution_count":1,"output_type":"execute_result"} ]',
    '[{"output_type":"display_data","data":{"image/png":"iVBORw0KGgo=\\n"},"metadata":{}}]',
]


@st.composite
def notebooks(draw: st.DrawFn) -> bytes:
    """Notebooks of any JSON style, with cells that have much, little or nothing to do."""
    code = st.one_of(
        st.lists(
            st.one_of(st.sampled_from(DEFINITIONS), st.sampled_from(STATEMENTS)),
            min_size=1,
            max_size=4,
        ).map("\n".join),
        st.tuples(st.sampled_from(DEFINITIONS), st.sampled_from(["\n", "\n\n\n", "  # end\n"])).map(
            "".join
        ),
        st.sampled_from(CELLS),
    )
    chosen = draw(st.lists(code, min_size=1, max_size=5))
    minor = draw(st.sampled_from([0, 4, 5, 9]))
    pieces = draw(st.sampled_from(["lines", "string", "odd"]))
    choice = random.Random(draw(st.integers(0, 999)))

    def source(text: str) -> Any:
        if pieces == "string":
            return text
        if pieces == "lines":
            return re.findall(r"[^\n]*\n|[^\n]+", text)
        cuts = sorted(choice.randrange(len(text) + 1) for _ in range(choice.randrange(4)))
        return [text[i:j] for i, j in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    cells: list[dict[str, Any]] = []
    for number, text in enumerate(chosen):
        cell = {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": f"@{choice.randrange(len(OUTPUTS))}@",
            "source": source(text),
        }
        cells.append(cell | ({"id": f"c{number}"} if minor >= 5 else {}))
    if draw(st.booleans()):
        markdown = {
            "cell_type": "markdown",
            "metadata": {},
            "source": source(draw(st.sampled_from(MARKDOWN))),
        }
        cells.insert(0, markdown | ({"id": "title"} if minor >= 5 else {}))
    for index, cell in enumerate(cells):
        keys = list(cell)
        choice.shuffle(keys)
        cells[index] = {key: cell[key] for key in keys}
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": minor}
    keys = list(whole)
    choice.shuffle(keys)
    indent = draw(st.sampled_from([None, 0, 1, 2, 4, "\t"]))
    # A half of a character can only be spelled as an escape.
    halves = any("\ud83d" in "".join(cell["source"]) for cell in cells)
    text = json.dumps(
        {key: whole[key] for key in keys},
        indent=indent,
        ensure_ascii=draw(st.booleans()) or halves,
        separators=draw(st.sampled_from([None, (",", ":"), (" , ", " : ")])),
    )
    text = re.sub(r'"@(\d)@"', lambda found: OUTPUTS[int(found[1])], text)
    text += draw(st.sampled_from(["", "\n", "\n\n"]))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()


@lru_cache
def stub_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder with a stub; it goes when the tests are done."""
    folder = tempfile.TemporaryDirectory()
    (Path(folder.name) / "plots.py").write_text(MODULE)
    return folder


@lru_cache
def setup(imports: ImportPlace) -> tuple[Settings, tuple[Any, ...]]:
    """Settings with the bundled module and a stub, whose file is read once."""
    chosen = Settings(
        modules=(
            ModuleChoice("plots", "compatible"),
            ModuleChoice("nbrefactor.viz", "compatible"),
        ),
        aliases=(("plot_entropy", "visualize_entropy_heatmap"),),
        imports=imports,
    )
    return chosen, read_modules(chosen, Path(stub_folder().name) / "x.ipynb")


def migrate(data: bytes, path: str = "x.ipynb", imports: ImportPlace = "in-place") -> Outcome:
    chosen, modules = setup(imports)
    return migrate_bytes(data, chosen, modules, path=path, now=NOW)


def cells(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(data.decode("utf-8-sig"))["cells"]
    return found


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


SOURCE = re.compile(rb'"source"\s*:\s*("(?:[^"\\]|\\.)*"|\[(?:[^]"]|"(?:[^"\\]|\\.)*")*\])')
STRING = re.compile(rb'"((?:[^"\\]|\\.)*)"')


def without_sources(data: bytes) -> bytes:
    """Take the JSON text of every source out: a reading of its own, not the program's."""
    return SOURCE.sub(b'"source": -', data)


def spelled_rows(spelling: bytes) -> list[bytes]:
    """Split the JSON text of a source into the text of its rows."""
    inner = b"".join(STRING.findall(spelling))
    return re.findall(rb"(?:[^\\]|\\(?!n|u000[aA]).)*?(?:\\n|\\u000[aA])|(?:[^\\]|\\.)+", inner)


def only_edited_lines_changed(outcome: Outcome) -> None:
    assert without_sources(outcome.before) == without_sources(outcome.after)
    edited = {change.cell for change in outcome.cells}
    spellings = zip(SOURCE.findall(outcome.before), SOURCE.findall(outcome.after), strict=True)
    for old, new in spellings:
        # Rows that read the same at the beginning and at the end are spelled the same.
        ours, theirs = spelled_rows(old), spelled_rows(new)
        for step in (1, -1):
            pairs = list(zip(ours[::step], theirs[::step]))  # noqa: B905
            for mine, other in pairs[:-1]:
                if json.loads(b'"' + mine + b'"') != json.loads(b'"' + other + b'"'):
                    break
                assert mine == other
    for index, (before, after) in enumerate(
        zip(cells(outcome.before), cells(outcome.after), strict=True)
    ):
        if index not in edited:
            assert source(before) == source(after)


def parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(
                TransformerManager().transform_cell(text),
                "cell",
                "exec",
                ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
            )
        except (SyntaxError, ValueError):
            return False
    return True


def what_parsed_still_parses(outcome: Outcome) -> None:
    for before, after in zip(cells(outcome.before), cells(outcome.after), strict=True):
        if before["cell_type"] != "code" or source(before) == source(after):
            continue
        assert parses(source(before)), "a cell that does not parse was edited"
        assert parses(source(after))
        magics = [
            [line for line in source(cell).split("\n") if re.match(r"\s*[%!?]|.*\?$", line)]
            for cell in (before, after)
        ]
        # A call in a timed line may change, the magic may not.
        timed = [[line for line in lines if "%time" not in line] for lines in magics]
        assert len(magics[0]) == len(magics[1])
        assert timed[0] == timed[1]


def the_second_run_does_nothing(outcome: Outcome) -> None:
    again = migrate(outcome.after)
    assert again.status == "unchanged"
    assert again.after == outcome.after
    assert not again.replaced


def applied(text: str, diff: str) -> str:
    """Apply a unified diff, line by line."""
    lines, result, position = text.split("\n"), [], 0
    for line in diff.split("\n")[2:-1]:
        if hunk := re.match(r"@@ -(\d+)(?:,(\d+))? \+", line):
            start = int(hunk[1]) - (hunk[2] != "0")
            result += lines[position:start]
            position = start
        elif line[:1] == "+":
            result.append(line[1:])
        else:
            assert lines[position] == line[1:]
            position += 1
            if line[:1] == " ":
                result.append(line[1:])
    return "\n".join(result + lines[position:])


def the_preview_is_the_change(outcome: Outcome) -> None:
    before, after = cells(outcome.before), cells(outcome.after)
    assert outcome.cells or outcome.metadata
    for change in outcome.cells:
        assert (change.before, change.after) == (
            source(before[change.cell]),
            source(after[change.cell]),
        )
        diff = outcome.cell_diff(change)
        assert diff.startswith(f"--- x.ipynb:cell {change.cell + 1}")
        assert applied(change.before, diff) == change.after
    assert outcome.diff == "".join(map(outcome.cell_diff, outcome.cells))


def every_verdict_has_a_reason(outcome: Outcome) -> None:
    verdicts = [found for found in outcome.findings if found.level]
    places = [(found.cell, found.row, found.name) for found in verdicts]
    assert len(places) == len(set(places))
    for found in verdicts:
        assert found.edits or (found.reasons and all(map(str, found.reasons)))
    looked_at = {(found.cell, found.name) for found in verdicts}
    notes = " ".join(outcome.notes)
    for index, cell in enumerate(cells(outcome.before)):
        if cell["cell_type"] != "code":
            continue
        text = source(cell)
        if not parses(text):
            assert f"cell {index + 1} is left alone" in notes
            continue
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue  # with magics; the cells that have none are enough here
        for statement in tree.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                held = statement.name in ("f", "mean", "show", "draw", "Point", "later")
                assert not held or (index, statement.name) in looked_at


def hold(outcome: Outcome) -> None:
    """Hold an outcome to laws 1 to 6."""
    if outcome.status in ("failed", "skipped"):
        assert outcome.reason
    else:
        every_verdict_has_a_reason(outcome)
    if outcome.status != "changed":
        assert outcome.after == outcome.before
        assert outcome.diff == ""
        assert not outcome.cells
        assert not any(found.edits for found in outcome.findings) or outcome.status == "failed"
        return
    assert outcome.after != outcome.before
    assert outcome.replaced
    only_edited_lines_changed(outcome)
    what_parsed_still_parses(outcome)
    the_second_run_does_nothing(outcome)
    the_preview_is_the_change(outcome)


def hold_for_generated_notebooks(examples: int, *, same: bool = False) -> dict[str, int]:
    """Hold the laws, for the `same` notebooks each time; count how often there was work."""
    seen: dict[str, int] = {}

    @given(data=notebooks(), imports=st.sampled_from(IMPORT_PLACES))
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=same,
        suppress_health_check=[HealthCheck.too_slow],
    )
    def hold_for(data: bytes, imports: ImportPlace) -> None:
        outcome = migrate(data, imports=imports)
        # The program's own checks would turn a bug into a refusal.
        assert outcome.status in ("changed", "unchanged"), outcome.reason
        hold(outcome)
        seen[outcome.status] = seen.get(outcome.status, 0) + 1

    hold_for()
    return seen


@pytest.mark.slow
def test_laws_of_generated_notebooks() -> None:
    seen = hold_for_generated_notebooks(40, same=True)
    # Over notebooks without work they would hold for a program that does nothing.
    assert seen["changed"] >= 3
    assert seen["unchanged"] >= 3


@pytest.mark.slow
def test_laws_of_many_generated_notebooks() -> None:
    hold_for_generated_notebooks(250)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_laws_of_fixtures(path: Path) -> None:
    outcome = migrate(path.read_bytes())
    hold(outcome)
    if "odd" in path.parts and outcome.status != "failed":
        # Without the imports, what the definition draws with has no meaning.
        others = {"julia": "skipped", "empty-sources": "unchanged"}
        assert outcome.status == others.get(path.stem, "changed")


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_bump_changes_only_what_it_says(path: Path) -> None:
    outcome = bump_bytes(path.read_bytes(), Settings(changelog=("x",)), path="x.ipynb", now=NOW)
    if outcome.status == "changed":
        only_edited_lines_changed(outcome)
        what_parsed_still_parses(outcome)
        the_preview_is_the_change(outcome)
    else:
        assert outcome.after == outcome.before


@given(data=notebooks())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(data=(FIXTURES / "odd" / "crlf.ipynb").read_bytes())
def test_the_patch_is_the_change(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.ipynb"
        path.write_bytes(data)
        outcome = migrate(data, str(path))
        patch = render_patch(outcome, folder=Path(folder))
        assert bool(patch) == (outcome.status == "changed")
        if patch:
            subprocess.run(
                ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"],
                input=patch,
                cwd=folder,
                check=True,
            )
        assert path.read_bytes() == outcome.after


@given(data=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
@example(data=b'{"cells": [{}], "nbformat": 4}')
@example(data=b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 1}]}')
@example(data=b"[" * 100_000)
def test_what_is_no_notebook_fails_with_a_sentence(data: bytes) -> None:
    outcome = migrate(data)
    assert (outcome.status, outcome.after) == ("failed", data)
    assert outcome.reason
    assert "\n" not in outcome.reason


@given(
    data=notebooks(), at=st.integers(0, 10**6), junk=st.binary(max_size=3), cut=st.integers(0, 9)
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_notebook_raises_nothing(data: bytes, at: int, junk: bytes, cut: int) -> None:
    at %= len(data)
    outcome = migrate(data[:at] + junk + data[at + cut :])
    assert outcome.status != "failed" or outcome.reason
    if outcome.status != "changed":
        assert outcome.after == outcome.before


# Law 7.

SPY = "from pathlib import Path\nPath({mark!r}).touch()\n"
WATCH = """
import sys
def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
    if writes or event in ("subprocess.Popen", "os.system", "os.fork", "os.exec", "socket.connect"):
        print(event, arguments, file=sys.stderr)
        sys.stderr.flush()
        import os
        os._exit(9)
sys.dont_write_bytecode = True
sys.addaudithook(watch)
import nbrefactor
outcome = nbrefactor.migrate(sys.argv[1], modules=["package.plots", "single", "clean"], accept="compatible")
assert outcome.status == "changed", outcome
assert [found.target for found in outcome.replaced] == ["clean.h"], outcome.findings
assert not {"package", "package.plots", "single", "clean"} & set(sys.modules)
"""


def test_reading_runs_nothing(tmp_path: Path) -> None:
    mark = str(tmp_path / "it-ran")
    spy = SPY.format(mark=mark)
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text(spy)
    (package / "plots.py").write_text(spy + MODULE)
    (tmp_path / "single.py").write_text(spy + "def g(x):\n    return x - 9\n")
    (tmp_path / "clean.py").write_text("def h(x):\n    return x - 7\n")
    (tmp_path / "sitecustomize.py").write_text("")
    data = json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "metadata": {},
                    "outputs": [],
                    "source": text,
                }
                for text in (
                    f"{spy}!touch {mark}",
                    DEFINITIONS[0] + "\n" + spy,
                    f"def show(x, title=Path({mark!r}).touch()):\n    y = x\n    print(y, title)",
                    "def g(x):\n    return x - 9",
                    "def h(x):\n    return x - 7",
                    "class Point:\n    def __init__(self, x):\n        self.x = x",
                )
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
    )
    notebook = tmp_path / "x.ipynb"
    notebook.write_text(data)
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(notebook)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not Path(mark).exists()
    assert notebook.read_text() == data


# Law 8.

WRITER = """
import sys
from pathlib import Path
from nbrefactor.notebook.store import replace
path, old, new = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes(), Path(sys.argv[3]).read_bytes()
print("ready", flush=True)
while True:
    replace(path, old, new)
    replace(path, new, old)
"""


@pytest.fixture
def two_versions(tmp_path: Path) -> Iterator[tuple[Path, Path, Path]]:
    (tmp_path / "folder").mkdir()
    path, old, new = tmp_path / "folder" / "x.ipynb", tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"old " * 500_000)
    new.write_bytes(b"new " * 600_000)
    path.write_bytes(old.read_bytes())
    path.chmod(0o640)
    yield path, old, new
    path.unlink()


def test_a_killed_write_leaves_one_version_whole(two_versions: tuple[Path, Path, Path]) -> None:
    path, old, new = two_versions
    versions = {old.read_bytes(), new.read_bytes()}
    choice = random.Random(8)
    for _ in range(12):
        path.write_bytes(old.read_bytes())
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, *map(str, two_versions)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(choice.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert path.read_bytes() in versions
        assert path.stat().st_mode & 0o777 == 0o640


def test_a_killed_command_leaves_the_notebook_whole(tmp_path: Path) -> None:
    (tmp_path / "plots.py").write_text(MODULE)
    before = json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "metadata": {},
                    "outputs": [
                        {"output_type": "stream", "name": "stdout", "text": "large " * 300_000}
                    ],
                    "source": DEFINITIONS[0],
                }
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
    ).encode()
    after = migrate(before).after
    path = tmp_path / "x.ipynb"
    command = [sys.executable, "-m", "nbrefactor", "migrate", "--module", "plots", "x.ipynb"]
    path.write_bytes(before)
    started = time.monotonic()
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    whole_run = time.monotonic() - started
    assert path.read_bytes() == after
    choice = random.Random(9)
    for _ in range(3):
        path.write_bytes(before)
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        # Late in the run, where it writes.
        time.sleep(whole_run * (0.6 + 0.4 * choice.random()))
        process.kill()
        process.wait()
        assert path.read_bytes() in (before, after)


def test_a_limit_of_the_system_in_the_middle_of_a_write(
    two_versions: tuple[Path, Path, Path],
) -> None:
    path, old, new = two_versions
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20));" + WRITER
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, two_versions)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "it cannot be written (File too large); nothing was changed" in done.stderr
    assert path.read_bytes() == old.read_bytes()
    assert [found.name for found in path.parent.iterdir()] == ["x.ipynb"]
    assert new.exists()


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "close"])
@pytest.mark.parametrize("number", [28, 5, 122], ids=["no space left", "input/output", "quota"])
def test_a_failure_of_any_step_leaves_the_original(
    call: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbrefactor.notebook import store

    path = tmp_path / "x.ipynb"
    path.write_bytes(b"old")

    def fail(*arguments: object) -> None:
        if call == "close":
            closed(arguments[0])  # type: ignore[arg-type]
        raise OSError(number, os.strerror(number))

    closed = os.close
    if call == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, call, fail)
    with pytest.raises(store.StoreError, match="nothing was changed"):
        store.replace(path, b"old", b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["x.ipynb"]

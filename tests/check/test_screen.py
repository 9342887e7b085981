"""A glance, a cache and several processes save time and change no answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbrefactor.check import Subject, check_bytes
from nbrefactor.config import ModuleChoice, Settings
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.notebook.document import read
from nbrefactor.notebook.sources import read_sources
from nbrefactor.program.cell_facts import CellReader
from nbrefactor.rules.catalogue import RULES
from nbrefactor.targets import Targets
from tests.benchmark.corpus import Maker

from ..notebooks import code, markdown, notebook

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.ipynb"))
PLOTS = """\
import matplotlib.pyplot as plt
import numpy as np

def mean(values):
    return sum(values) / len(values)

def plot(values, title="Plot"):
    print(title, values)

class Box:
    size = 1

def line(values):
    plt.figure()
    plt.plot(values)
    plt.title("Line")
"""
CODE = [
    "def mean(values):\n    return sum(values) / len(values)",
    "def average(numbers):\n    '''Mean.'''\n    return sum(numbers) / len(numbers)\naverage([1])",
    "if x:\n    def plot(values):\n        print('Plot', values)\nplot([1])",
    "class Box:\n    size = 1",
    "def mean(values, weights):\n    return max(values) * weights\nmean([1], 2)",
    "async def fetch(a, *, b=1):\n    return a",
    "import matplotlib.pyplot as plt\nplt.figure()\nplt.plot(x)\nplt.title('Line')\nplt.show()",
    "from plots import mean, median",
    "from plots import mean as m; import plots",
    "def f(x)\n    return x",
    "x = (",
    "%matplotlib inline\n!ls\nx = 1",
    "%%time\ndef mean(values):\n    return sum(values) / len(values)",
    "%%bash\ndef mean(values)",
    "x = '''\n!ls\n'''",
    "x = [\n%time y\n]",
    "if a: \\\n!ls",
    "    indented = 1",
    ">>> x = 1",
    "f?",
    "await f()",
    "x = 1  # noqa: NB201",
    "def mean(values):  # NOQA : nb101\n    return 1",
    "x = 1  # noqa",
    "x = 1  # nbrefactor: ignore",
    "def mean(values):  # nbrefactor: ignore[NB101]\n    return sum(values) / len(values)",
    "__version__ = '1.1.0'\nprint(__version__)",
    "print(np.__version__, 2.0)",
    "",
    "# \u2028 \ud83d",
    "nonlocal x",
    "x = [await y async for y in z]",
    "-" * 3000 + "1",
]
MARKDOWN = [
    "# Demo (v1.2.0)",
    "# Demo 1\\.2",
    "v1.3, April 2025",
    "**Version**: 1.1",
    "Version<br>1.1",
    "| Version | 1.4 |\n|---|---|\n| a | b |",
    "Version: <!-- old --> 1.0",
    "<!-- Version: -->\nVersion: 2.0",
    "Notebook version 3.1",
    "This version has 3 parts.",
    "## About\n\nCurrent version: 1.5",
    "## Changelog\n\n### v1.1.0\n- text\n\n### v1.0.0\n- text",
    "## New in v1.3.0\n- text",
    "1. one\n2. two",
    "- v1.2.0: text",
    "Title v2.0\n===",
    "<h1>Demo v1.6.0</h1>",
    "#\n# Late title (v1.7.0)",
    "x" * 1200 + " version: 1.2",
]
CHOICES = [
    Settings(modules=(ModuleChoice("plots", "renamed"),)),
    Settings(modules=(ModuleChoice("plots", "compatible"),), select=("NB",)),
    Settings(modules=(ModuleChoice("plots", "renamed"),), aliases=(("average", "mean"),)),
    Settings(modules=(ModuleChoice("plots", "renamed"),), select=("NB1", "NB4")),
    Settings(modules=(ModuleChoice("plots", "exact"),), ignore=("NB2",), select=("NB3", "NB2")),
    Settings(per_file_ignores=(("n.ipynb", ("NB201",)),)),
]


def notebook_of(cells: list[tuple[str, str]], metadata: dict[str, object]) -> bytes:
    made = [
        code(text) if kind == "code" else {**markdown(text), "cell_type": kind}
        for kind, text in cells
    ]
    if len(made) > 7:
        made[7]["metadata"] = {"tags": ["nbrefactor-keep"]}
    return notebook(*made, metadata=metadata, minor=4)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screen")
    (folder / ".git").mkdir()
    (folder / "plots.py").write_text(PLOTS)
    return folder


def answer(data: bytes, choice: Settings, folder: Path, *, screened: bool) -> object:
    path = folder / "n.ipynb"
    subject = Subject("n", choice, Targets().seen_from(path, choice), CellReader(), screened)
    try:
        return check_bytes(data, subject).diagnostics
    except NbrefactorError as error:
        return type(error), str(error)


def same(data: bytes, choice: Settings, folder: Path) -> object:
    screened = answer(data, choice, folder, screened=True)
    assert screened == answer(data, choice, folder, screened=False)
    return screened


CELLS = st.lists(
    st.one_of(
        st.tuples(st.just("code"), st.sampled_from(CODE)),
        st.tuples(st.just("markdown"), st.sampled_from(MARKDOWN)),
        st.tuples(st.just("raw"), st.sampled_from(CODE[:2])),
    ),
    max_size=9,
)
METADATA = st.sampled_from(
    [
        {},
        {"version": "1.0.0"},
        {"version": 3, "notebook_version": "2.0"},
        {"nbrefactor": {"ignore": ["NB1", "x"]}},
        {"kernelspec": {"name": "ir", "language": "R"}},
        {"kernelspec": None, "widgets": {"state": {}}},
    ]
)


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=CELLS, metadata=METADATA, choice=st.sampled_from(CHOICES))
def test_a_glance_changes_no_answer(
    project: Path, cells: list[tuple[str, str]], metadata: dict[str, object], choice: Settings
) -> None:
    same(notebook_of(cells, metadata), choice, project)


@pytest.mark.parametrize("choice", CHOICES[:2], ids=["default", "all rules"])
def test_each_cell_by_itself(project: Path, choice: Settings) -> None:
    title = ("markdown", "# Demo (v1.2.0)")
    for kind, texts in (("code", CODE), ("markdown", MARKDOWN)):
        for text in texts:
            same(notebook_of([(kind, text)], {}), choice, project)
            same(notebook_of([title, (kind, text)], {}), choice, project)


@pytest.mark.slow
@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_glance_changes_no_answer_on_the_fixtures(path: Path) -> None:
    for choice in (Settings(), Settings(select=("NB",))):
        same(path.read_bytes(), choice, path.parent)


def test_the_pool_makes_every_rule_find_something(project: Path) -> None:
    found: set[str] = set()
    for choice in CHOICES[:2]:
        for metadata in ({}, {"kernelspec": {"name": "ir", "language": "R"}}):
            for source in CODE:
                cells = [("markdown", text) for text in MARKDOWN] + [("code", source)]
                diagnostics = same(notebook_of(cells, metadata), choice, project)
                assert isinstance(diagnostics, tuple)
                found |= {one.code for one in diagnostics}
    assert found == {rule.code for rule in RULES} - {"NB501"}


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=())), max_size=4),
    extra=JSON,
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 1, 4]),
)
def test_both_readers_read_the_same(
    texts: list[str], extra: object, ascii_only: bool, indent: int | None
) -> None:
    cells = [
        {"cell_type": "code", "source": text, "outputs": [extra], "metadata": {"x": extra}}
        for text in [*texts, "x"]
    ]
    document = {"cells": cells, "metadata": {"x": extra}, "nbformat": 4}
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent)
    data = text.encode(errors="surrogatepass")
    quick = read_sources(data)
    if quick is None:
        return
    full = read(data)
    assert [(one.index, one.source, one.tags) for one in quick.cells] == [
        (one.index, one.source, one.tags) for one in full.cells
    ]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b'{"cells": [], "nbformat": 3}', id="an old format"),
        pytest.param(b'{"cells": [], "nbformat": 4, "x": "\xff"}', id="no UTF-8"),
        pytest.param(b'{"cells": [], "nbformat": 4, "x": "\\q"}', id="a wrong escape"),
        pytest.param(b'{"cells": [], "nbformat": 4, "x": "\n"}', id="a control character"),
        pytest.param(b'{"cells": [{"cell_type": "code"}], "nbformat": 4}', id="no source"),
        pytest.param(b'{"cells": [1], "nbformat": 4}', id="no cell"),
        pytest.param(b'{"cells": [], "nbformat": 4} x', id="more behind it"),
    ],
)
def test_what_is_no_notebook_is_left_to_the_full_reader(data: bytes, project: Path) -> None:
    assert read_sources(data) is None
    assert isinstance(same(data, Settings(), project), tuple)


@pytest.fixture
def many(place: Path) -> Path:
    (place / "plots.py").write_text(PLOTS)
    maker = Maker(bytes_each=3000)
    for at in range(12):
        (place / f"made{at}.ipynb").write_bytes(maker.notebook())
    for at, source in enumerate(CODE):
        cells = [("markdown", MARKDOWN[at % len(MARKDOWN)]), ("code", source)]
        (place / f"n{at}.ipynb").write_bytes(notebook_of(cells, {}))
    (place / "broken.ipynb").write_text("{")
    return place


@pytest.mark.slow
def test_processes_and_caches_change_no_answer(
    many: Path, nbrefactor: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("check", ".", "--module", "plots", "--select", "NB", "--output-format", "json")
    alone = nbrefactor(*arguments, "--no-cache", "--jobs", "1")
    assert alone.exit_code == 2
    assert len(json.loads(alone.stdout)["findings"]) > 10
    monkeypatch.setattr("nbrefactor.batch.loop.run.__kwdefaults__", {"jobs": 1, "alone": 0})
    for options in (["--no-cache", "--jobs", "3"], ["--jobs", "1"], ["--jobs", "3"], []):
        other = nbrefactor(*arguments, *options)
        assert (other.stdout, other.stderr) == (alone.stdout, alone.stderr), options
    dry = ("migrate", ".", "--module", "plots", "--dry-run")
    assert nbrefactor(*dry, "--jobs", "3").stdout == nbrefactor(*dry, "--jobs", "1").stdout


def test_findings_are_counted_by_rule(many: Path, nbrefactor: Callable[..., Result]) -> None:
    result = nbrefactor("check", ".", "--module", "plots", "--statistics", "--select", "NB")
    counts = [line.split() for line in result.stdout.splitlines() if line.strip()[:1].isdigit()]
    named = {code: int(number) for number, code, *_ in counts if code.startswith("NB")}
    lines = [line for line in result.stdout.splitlines() if ".ipynb:" in line]
    assert sum(named.values()) == len(lines)
    assert {"NB101", "NB201"} <= named.keys()

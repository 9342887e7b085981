"""Copies are found where the program and the meaning of its names are the same, and only there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from nbrefactor.cli import main
from nbrefactor.scan.scan import Wanted, scan
from nbrefactor.scan.values import Scan

Write = Callable[..., Path]
MEAN = "def mean(values):\n    total = sum(values)\n    return total / len(values)\n"


def groups(*paths: str, **wanted: object) -> list[list[str]]:
    """List for each group where its copies stand."""
    found = scan(paths or ["."], Wanted(**wanted))  # type: ignore[arg-type]
    return [[f"{Path(c.path).stem}:{c.text.name}" for c in one.copies] for one in found.groups]


SAME = {
    "comments and layout": "def mean(values):  # of all\n    total=sum(values)\n\n    return total/len(values)\n",
    "a docstring": 'def mean(values):\n    """Average."""\n    total = sum(values)\n    return total / len(values)\n',
    "annotations": "def mean(values: list) -> float:\n    total: float = sum(values)\n    return total / len(values)\n",
    "a local name": "def mean(values):\n    s = sum(values)\n    return s / len(values)\n",
    "its own name": MEAN.replace("mean", "average"),
}


@pytest.mark.parametrize("other", SAME.values(), ids=SAME)
def test_the_same_program_is_one_group(write: Write, other: str) -> None:
    write("a.ipynb", MEAN)
    write("b.ipynb", other)
    assert len(groups()) == 1


DIFFERENT = {
    "a literal": (MEAN, MEAN.replace("total /", "total * 1 /")),
    "a parameter's name, which calls can say": (MEAN, MEAN.replace("values", "numbers")),
    "1 and 1.0": (
        "def f(a):\n    b = a + 1\n    return b\n",
        "def f(a):\n    b = a + 1.0\n    return b\n",
    ),
    "0.0 and -0.0 written as values": (
        "def f(a):\n    b = a, 0.0\n    return b\n",
        "def f(a):\n    b = a, -0.0\n    return b\n",
    ),
    "an attribute called as the function": (
        "def f(x):\n    y = x.f\n    return y\n",
        "def g(x):\n    y = x.g\n    return y\n",
    ),
    "a keyword and a mapping": (
        "def f(a, c):\n    b = c(a=a, **c)\n    return b\n",
        "def f(a, c):\n    b = c(**a, a=c)\n    return b\n",
    ),
    "what stands inside a with block": (
        "def f(a):\n    with a:\n        a.x()\n        a.y()\n",
        "def f(a):\n    with a:\n        a.x()\n    a.y()\n",
    ),
    "a field's annotation in a class": (
        "class P:\n    x: int = 0\n    y: int = 0\n",
        "class P:\n    x: int = 0\n    y: str = 0\n",
    ),
    "another library under the same name": (
        "import numpy as np\ndef f(a):\n    b = np.sum(a)\n    return b\n",
        "import cupy as np\ndef f(a):\n    b = np.sum(a)\n    return b\n",
    ),
    "another helper under the same name": (
        "def h(a):\n    return a\ndef f(a):\n    b = h(a)\n    return b\n",
        "def h(a):\n    return -a\ndef f(a):\n    b = h(a)\n    return b\n",
    ),
    "a magic that is another one": (
        "def f(a):\n    b = !ls {a}\n    return b\n",
        "def f(a):\n    b = !rm {a}\n    return b\n",
    ),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_another_program_is_another_group(write: Write, one: str, other: str) -> None:
    write("a.ipynb", one)
    write("b.ipynb", other)
    assert groups() == []


MOVES = {
    "builtins only": (MEAN, "as-is", ()),
    "an import": ("import numpy as np\ndef f(a):\n    b = np.sum(a)\n    return b\n", "as-is", ()),
    "a helper": (f"{MEAN}def f(a):\n    b = mean(a)\n    return b\n", "helpers", ("mean",)),
    "a constant": ("N = 3\ndef f(a):\n    b = a + N\n    return b\n", "parameter", ("N",)),
    "a computed value": ("m = load()\ndef f(a):\n    b = m(a)\n    return b\n", "parameter", ("m",)),
    "four values": ("a = b = c = d = []\ndef f():\n    x = a, b, c, d\n    return x\n", "no", ()),
    "a name that nothing binds": ("def f(a):\n    b = tqdm(a)\n    return b\n", "no", ()),
    "a name of a star import": ("from pylab import *\ndef f(a):\n    b = zeros(a)\n    return b\n", "no", ()),
    "a global that it writes": ("n = 0\ndef f():\n    global n\n    n += 1\n    return n\n", "no", ()),
    "its own module": ("def f():\n    a = globals()\n    return a\n", "no", ()),
    "a magic": ("def f(a):\n    b = !ls {a}\n    return b\n", "no", ()),
    "a default from the notebook": ("n = []\ndef f(a=n):\n    b = a\n    return b\n", "no", ()),
    "a helper that reads data": (
        "n = []\ndef h(a):\n    return n\ndef f(a):\n    b = h(a)\n    return b\n",
        "no",
        (),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "way", "names"), MOVES.values(), ids=MOVES)
def test_how_copies_can_go(write: Write, source: str, way: str, names: tuple[str, ...]) -> None:
    write("a.ipynb", source)
    write("b.ipynb", source)
    name = "mean" if source is MEAN else "f"
    (group,) = scan(["."], Wanted(names=(name,))).groups
    assert group.move is not None
    assert group.move.way == way
    if way != "no":
        assert group.move.names == names
    else:
        assert group.move.why


DIFFERENCES = {
    "a literal": (MEAN.replace("total /", "total * 2 /"), MEAN.replace("total /", "total * 3 /"), "literal", "2 / 3"),
    "a default": (
        MEAN.replace("(values)", "(values, n=1)", 1),
        MEAN.replace("(values)", "(values, n=2)", 1),
        "default",
        "default of n: 1 / 2",
    ),
    "a parameter": (MEAN, MEAN.replace("(values)", "(values, n=2)", 1), "parameter", "with parameter n"),
    "a line": (MEAN, MEAN.replace("    return", "    print(total)\n    return"), "line", "1 line differs"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other", "kind", "told"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_what_differs_is_said(write: Write, one: str, other: str, kind: str, told: str) -> None:
    for name, source in {"a": one, "b": one, "c": other}.items():
        write(f"{name}.ipynb", source)
    (family,) = scan(["."]).families
    (variant,) = family.variants
    assert (variant.kind, variant.differences) == (kind, (told,))


def test_the_best_documented_copy_is_the_one_to_keep(write: Write) -> None:
    for name, source in {"a": MEAN, "b": SAME["a docstring"], "c": MEAN}.items():
        write(f"{name}.ipynb", source)
    (family,) = scan(["."]).families
    assert "Average." in family.group.best.source
    assert family.gone == 2 * 3 + 4 - 4


def test_bounds(write: Write) -> None:
    write("a.ipynb", MEAN, MEAN)
    write("b.ipynb", "import seaborn as sns\ndef draw(a):\n    b = sns.lineplot(a)\n    return b\n")
    write("c.ipynb", "import seaborn as sns\ndef draw(a):\n    b = sns.lineplot(a)\n    return b\n")
    assert len(groups()) == 2
    assert groups(across=True, plots_only=True) == groups(across=True) == [["b:draw", "c:draw"]]
    assert groups(plots_only=True) == [["b:draw", "c:draw"]]
    assert groups(min_copies=3) == []
    assert groups(min_lines=4) == []
    assert groups(names=("mean",)) == [["a:mean", "a:mean"]]


def test_whole_cells(write: Write) -> None:
    cell = "x = load()\ny = x + 1\nprint(y)\n"
    write("a.ipynb", cell)
    write("b.ipynb", f"# the same\n{cell}", "%ls\na\nb\nc")
    (group,) = scan(["."], Wanted(cells=True)).groups
    assert [copy.cell for copy in group.copies] == [1, 1]


def test_a_module_that_holds_it_is_named(write: Write) -> None:
    write("a.ipynb", MEAN)
    Path("tools.py").write_text(f"import os\n\n\n{MEAN}")
    (group,) = scan(["."]).groups
    assert group.modules == ("tools.py",)
    assert group.gone == 3


@pytest.fixture
def run() -> Callable[..., Result]:
    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(main, ["scan", *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


def test_the_report(write: Write, run: Callable[..., Result]) -> None:
    write("a.ipynb", MEAN)
    write("b.ipynb", MEAN)
    result = run(".")
    assert result.exit_code == 0
    assert "function of 3 lines: can move as it is" in result.stdout
    assert "1 group of copies in 2 notebooks, 3 lines could go" in result.stdout
    told = json.loads(run(".", "--output-format", "json").stdout)
    assert (told["groups"], told["lines"]) == (1, 3)
    assert [copy["path"] for copy in told["families"][0]["groups"][0]["copies"]] == [
        *("a.ipynb", "b.ipynb")
    ]


@pytest.mark.parametrize(("most", "code"), [(0, 1), (1, 0)])
def test_fail_over(write: Write, run: Callable[..., Result], most: int, code: int) -> None:
    write("a.ipynb", MEAN)
    write("b.ipynb", MEAN)
    assert run(".", "--fail-over", str(most)).exit_code == code


def test_what_cannot_be_read_is_named_and_the_rest_is_scanned(
    write: Write, run: Callable[..., Result]
) -> None:
    write("a.ipynb", MEAN)
    write("b.ipynb", MEAN)
    Path("c.ipynb").write_text('{"cells": [def ')
    write("d.ipynb", MEAN, kernelspec={"language": "julia"})
    result = run(".")
    assert result.exit_code == 2
    assert "c.ipynb: not JSON" in result.stderr
    assert "1 group of copies" in result.stdout


def test_notebooks_that_the_settings_leave_out_are_not_scanned(
    write: Write, run: Callable[..., Result]
) -> None:
    Path("nbrefactor.toml").write_text('include = ["*.ipynb"]\nexclude = ["old/"]\n')
    Path("old").mkdir()
    write("a.ipynb", MEAN)
    write("old/b.ipynb", MEAN)
    Path("tools.py").write_text(MEAN)
    Path("old/tools.py").write_text(MEAN)
    told = json.loads(run(".", "--output-format", "json").stdout)
    (family,) = told["families"]
    assert [copy["path"] for copy in family["groups"][0]["copies"]] == ["a.ipynb", "tools.py"]
    named = run("a.ipynb", "old/b.ipynb")
    assert named.exit_code == 0
    assert 'old/b.ipynb: left out by "exclude"' in named.stderr


def test_what_git_ignores_is_not_scanned(write: Write) -> None:
    Path(".git").mkdir()
    Path(".gitignore").write_text("b.ipynb\nbuild/\n")
    Path("build").mkdir()
    write("a.ipynb", MEAN)
    write("b.ipynb", MEAN)
    Path("build/tools.py").write_text(MEAN)
    assert groups() == []


@pytest.mark.slow
def test_several_processes_find_the_same(
    write: Write, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbrefactor.batch.loop._ALONE", 0.0)
    for at in range(30):
        write(f"n{at}.ipynb", MEAN.replace("mean", f"mean{at % 3}"))
    Path("broken.ipynb").write_text('{"cells": [def ')
    alone, together = (run(".", "--no-cache", "--jobs", jobs) for jobs in "13")
    assert alone.output == together.output
    assert "broken.ipynb" in together.stderr


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often files are really scanned."""
    from nbrefactor.scan import scan as module

    counted: list[int] = []
    really = module.scan

    def counting(*arguments: Any) -> Scan:
        counted.append(1)
        return really(*arguments)

    monkeypatch.setattr(module, "scan", counting)
    return counted


def settled(*names: str) -> None:
    for name in names:
        os.utime(name, (1_700_000_000, 1_700_000_000))


CHANGED = {
    "a notebook": lambda: Path("a.ipynb").write_bytes(Path("c.txt").read_bytes()),
    "a new notebook": lambda: Path("d.ipynb").write_bytes(Path("b.ipynb").read_bytes()),
    "a notebook that is gone": lambda: Path("b.ipynb").unlink(),
    "a module": lambda: Path("tools.py").write_text("x = 1\n"),
    "the settings": lambda: Path("nbrefactor.toml").write_text('exclude = ["b.ipynb"]\n'),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_what_was_told_is_told_again_until_something_changes(
    write: Write, run: Callable[..., Result], scans: list[int], change: Callable[[], object]
) -> None:
    write("a.ipynb", MEAN)
    write("b.ipynb", MEAN)
    write("c.txt", MEAN.replace("mean", "average"))
    Path("tools.py").write_text(MEAN)
    settled("a.ipynb", "b.ipynb", "tools.py")
    first, again = (run(".", "--cache-dir", "kept") for _ in range(2))
    assert (first.output, first.exit_code) == (again.output, again.exit_code)
    assert len(scans) == 1
    change()
    after, anew = run(".", "--cache-dir", "kept"), run(".", "--no-cache")
    assert after.output == anew.output
    assert len(scans) == 3


def test_other_options_ask_another_question(
    write: Write, run: Callable[..., Result], scans: list[int]
) -> None:
    write("a.ipynb", MEAN)
    write("b.ipynb", MEAN)
    settled("a.ipynb", "b.ipynb")
    for options in ([], ["--min-copies", "3"], ["--output-format", "json"]):
        kept = run(".", "--cache-dir", "kept", *options)
        assert kept.output == run(".", "--no-cache", *options).output
    assert len(scans) == 6
    assert run(".", "--cache-dir", "kept", "--fail-over", "0").exit_code == 1
    assert len(scans) == 6


def test_problems_are_told_again(
    write: Write, run: Callable[..., Result], scans: list[int]
) -> None:
    write("a.ipynb", MEAN)
    Path("b.ipynb").write_text('{"cells": [def ')
    settled("a.ipynb", "b.ipynb")
    first, again = (run(".", "--cache-dir", "kept") for _ in range(2))
    assert first.exit_code == again.exit_code == 2
    assert first.stderr == again.stderr != ""
    assert len(scans) == 1


@pytest.mark.parametrize("damage", [b"", b"\x00", b"\x93", b"no cache"])
def test_what_is_damaged_is_passed_over(
    write: Write, run: Callable[..., Result], scans: list[int], damage: bytes
) -> None:
    write("a.ipynb", MEAN)
    settled("a.ipynb")
    first = run(".", "--cache-dir", "kept")
    (kept,) = Path("kept").glob("*.answers")
    kept.write_bytes(damage)
    assert run(".", "--cache-dir", "kept").output == first.output
    assert len(scans) == 2


def test_a_notebook_that_was_just_written_is_scanned_anew(
    write: Write, run: Callable[..., Result], scans: list[int]
) -> None:
    write("a.ipynb", MEAN)
    for _ in range(2):
        run(".", "--cache-dir", "kept")
    assert len(scans) == 2


LANGUAGES = {
    "a kernel that rewrites cells": ({"name": "sagemath"}, {"name": "python"}, False),
    "Python under another name": ({}, {"name": "pyspark"}, True),
    "another language": ({"language": "R"}, {}, False),
    "a kernel of another language": ({"name": "ir"}, {}, False),
    "nothing is said": ({}, {}, True),
}


@pytest.mark.parametrize(("kernel", "language", "scanned"), LANGUAGES.values(), ids=LANGUAGES)
def test_a_scan_reads_what_the_other_commands_read(
    write: Write,
    run: Callable[..., Result],
    kernel: dict[str, str],
    language: dict[str, str],
    scanned: bool,
) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        write(name, MEAN, kernelspec=kernel, language_info=language)
    assert ("1 group of copies" in run(".").stdout) is scanned


def test_the_page_holds_text_of_notebooks_as_text(write: Write, run: Callable[..., Result]) -> None:
    hostile = 'def f(a):\n    b = "</script><script>alert(1)</script>@DATA@\\u202e"\n    return b\n'
    write("a.ipynb", hostile)
    write("b.ipynb", hostile)
    assert run(".", "--html", "copies.html").exit_code == 0
    page = Path("copies.html").read_text()
    assert "alert(1)" in page
    assert page.count("</script>") == 2
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


def test_control_characters_reach_no_terminal(write: Write, run: Callable[..., Result]) -> None:
    name = "a\x1b[31m.ipynb"
    write(name, "x = 1", "def f(a):\n    b = \x1b\n    return b\n", MEAN)
    write("b.ipynb", MEAN)
    result = run(".", "--names", "mean")
    assert "\x1b" not in result.output

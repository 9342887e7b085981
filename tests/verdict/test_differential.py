"""Generated notebooks do the same before and after: bindings, results, output and errors."""

import ast
import builtins
import contextlib
import functools
import inspect
import io
import os
import random
import re
import sys
import types
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from nbrefactor.library.target import read_target_module
from nbrefactor.model.outcome import Edit
from nbrefactor.notebook.document import Cell
from nbrefactor.program.timeline import timeline
from nbrefactor.rewrite.definitions import report_definitions
from nbrefactor.verdict.judge import judge
from nbrefactor.verdict.match import Accepted

pytestmark = pytest.mark.slow


def willing(*about):
    """Want every definition to go."""
    return ()


EXAMPLES = int(os.environ.get("DIFFERENTIAL_EXAMPLES", "60"))

MODULE = """
import functools
import math

RATE = 2
NAMES = ("a", "b")


def add(a, b=1):
    return a + b


def scale(x):
    return x * RATE


def twice(x):
    return scale(x) + scale(x)


def first(x, names=NAMES):
    return names[0], x


def root(x):
    return math.sqrt(abs(x))


def fact(n):
    return 1 if n <= 1 else n * fact(n - 1)


def even(n):
    return n <= 0 or odd(n - 1)


def odd(n):
    return n > 0 and even(n - 1)


def gather(x, seen=[]):
    seen.append(x)
    return list(seen)


def gathered(x):
    return len(gather(x))


def keyed(a, /, b=2, *rest, c=3, **more):
    return a, b, rest, c, sorted(more)


def count(n):
    for i in range(min(n, 3)):
        yield i


def listed(n):
    return [x for x in count(n)]


@functools.lru_cache(maxsize=None)
def cached(n):
    return n + 1


def halves(x):
    def half(y):
        return y / RATE

    return half(x), half(x + 1)


class Point:
    total = 0

    def __init__(self, x, y=0):
        self.x, self.y = x, y

    def move(self, by):
        return Point(self.x + by, self.y)

    def __repr__(self):
        return f"Point({self.x}, {self.y})"


class Far(Point):
    def move(self, by):
        return super().move(by * RATE)


class Trouble(Exception):
    pass


def corner(x):
    return Point(x, RATE)


def check(x):
    if x > 2:
        raise Trouble(x)
    return x
"""

# Each pair is what notebooks hold and what the module offers in its place: the same work behind
# another signature, so that a wrongly rewritten call shows.
REWRITTEN = {
    "note": (
        "def note(text, out=None, level={d1}):\n    if out is None:\n        out = JOURNAL\n"
        "    out.append((text, level))",
        "def note(message, *, level=1, out=None, extra=()):\n"
        "    target = JOURNAL if out is None else out\n    target.append((message, level))",
    ),
    "put": (
        "def put(x, y={d1}, z={d2}):\n    JOURNAL.append((x, y, z))",
        "def put(x, z=7, y=8):\n    JOURNAL.extend([(x, y, z)])",
    ),
    "mark": (
        "def mark(x, y):\n    JOURNAL.append(('mark', x, y, device))",
        "def mark(x, y, device='cpu'):\n    entry = ('mark', x, y, device)\n    JOURNAL.append(entry)",
    ),
    "loop": (
        "def loop(values, times={d1}, verbose=False):\n    for _ in range(times):\n"
        "        for value in values:\n            JOURNAL.append(value)",
        "def loop(values, times=2):\n    for _ in range(times):\n        JOURNAL.extend(values)",
    ),
}
COMPATIBLE_MODULE = "from journal import JOURNAL\n\n\n" + "\n\n\n".join(
    target for _, target in REWRITTEN.values()
)


def sources(module):
    lines = module.split("\n")
    return {
        node.name: "\n".join(
            lines[
                min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1 : node.end_lineno
            ]
        )
        for node in ast.parse(module).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }


COPIES = sources(MODULE)
NAMES = sorted(COPIES)
LOCALS = {"x": "p", "a": "q", "n": "m", "seen": "kept", "b": "w", "by": "off"}


def _renamed(source, old, new):
    return re.sub(rf"\b{old}\b", new, source)


@st.composite
def definitions(draw):
    name = draw(st.sampled_from(NAMES))
    source = COPIES[name]
    change = draw(
        st.sampled_from(
            ["none"] * 6
            + ["local", "constant", "default", "operator", "name", "doc", "global", "swap"]
        )
    )
    if change == "local":
        for old, new in LOCALS.items():
            source = _renamed(source, old, new)
    elif change == "constant":
        source = re.sub(r"\b1\b", "5", source, count=1)
    elif change == "default":
        source = re.sub(r"=(\d)", "=4", source, count=1)
    elif change == "operator":
        source = source.replace("+", "-", 1)
    elif change == "name":
        source = _renamed(source, name, f"{name}_here")
    elif change == "doc" and not source.startswith("@"):
        head, _, body = source.partition(":\n")
        source = f'{head}:\n    "Said."\n{body}'
    elif change == "global":
        source = source.replace("RATE", "LIMIT")
    elif change == "swap":
        source = source.replace("(a, b=1)", "(b, a=1)")
    if draw(st.integers(0, 9)) == 0:
        inner = "\n".join(f"    {line}" for line in source.split("\n"))
        test = draw(st.sampled_from(["if RATE:", "if not RATE:", "try:", "for _ in [1]:"]))
        source = f"{test}\n{inner}" + ("\nfinally:\n    pass" if test == "try:" else "")
    return source


ARGUMENTS = st.sampled_from(
    [
        "1",
        "2",
        "3",
        "0",
        "1, 2",
        "a=1",
        "x=2",
        "n=3",
        "3, b=1",
        "*[1, 2]",
        "x=1, seen=[]",
        "q=1",
        "1, c=5, d=6",
    ]
)
# A name that the notebook lacks and the module has: the notebook was broken, its copy is not.
BROKEN = "NameError in a definition"
DEFINITION_NEEDS = {"NAMES", "functools", "Point"}
USED = [*NAMES, "add_here", "twice_here", "fact_here", "Point_here", "gather_here"]


@st.composite
def statements(draw):
    name = draw(st.sampled_from(USED))
    other = draw(st.sampled_from(USED))
    arguments = draw(ARGUMENTS)
    return draw(
        st.sampled_from(
            [
                f"r{draw(st.integers(0, 3))} = {name}({arguments})",
                f"{name}({arguments})",
                f"print({name}({arguments}))",
                f"r4 = list(map({name}, [1, 2, 3]))",
                f"r5 = [{name}({other}({arguments}))]",
                f"held = {name}",
                "r6 = held(2)",
                f"held = {{'k': {name}}}['k']",
                f"def later(v=1):\n    return {name}(v)",
                "r7 = later()",
                f"{name} = {other}",
                f"{name} = lambda *args: args",
                f"del {name}",
                f"for {name} in [1]:\n    pass",
                f"def wrap(f):\n    return lambda *args: ['wrapped', f(*args)]\n{name} = wrap({name})",
                f"import functools\n{name} = functools.partial({name}, 3)",
                f"def rebind():\n    global {name}\n    {name} = {other}",
                "rebind()",
                f"{name}.__defaults__ = (6,)",
                f"{name}.mark = 1",
                f"r8 = {name}.mark",
                f"r8 = {name}.__name__",
                f"{name}",
                "r9 = isinstance(r0, Point)",
                "try:\n    r10 = check(3)\nexcept Trouble as error:\n    r10 = repr(error)",
                "Point.total = 5",
                "class Near(Point):\n    def move(self, by):\n        return super().move(-by)\nr11 = Near(1).move(2)",
                "Point.move = lambda self, by: by",
                "r12 = r0.move(1)",
                f"r13 = {name} is {other}",
                f"r14 = {{{name}: 1, {other}: 2}}",
                f"@{name}\ndef made(x):\n    return x",
                f"x15 = eval('{name}({arguments})')",
                f"globals()['{name}'] = {other}",
            ]
        )
    )


PREPARE = st.lists(
    st.sampled_from(
        [
            "import math",
            "RATE = 2",
            "RATE = 3",
            "LIMIT = 2",
            "NAMES = ('a', 'b')",
            "import functools",
            "RATE = int(2)",
            "from functools import *",
        ]
    ),
    max_size=4,
)
USUAL = "import functools\nimport math\nRATE = 2\nNAMES = ('a', 'b')"


@st.composite
def notebooks(draw):
    cells = [
        draw(
            st.sampled_from([USUAL, USUAL, USUAL, USUAL + "\nLIMIT = 2", "\n".join(draw(PREPARE))])
        )
    ]
    for _ in range(draw(st.integers(1, 6))):
        parts = draw(st.lists(statements(), max_size=3))
        if draw(st.integers(0, 3)) or not parts:
            parts.insert(draw(st.integers(0, len(parts))), draw(definitions()))
        cells.append("\n\n\n".join(parts))
    if draw(st.booleans()):
        cells.append("\n".join(draw(PREPARE)))
    return cells


@st.composite
def compatible_notebooks(draw):
    cells = ["from journal import JOURNAL\ndevice = str('gpu')"]
    calls = {
        "note": [
            "note('t')",
            "note('t', None, 5)",
            "note(text='t', level=4)",
            "note('t', level=1 + 1)",
            "note('t', JOURNAL)",
            "note(*['t'])",
            "note(c for c in 'ab')",
        ],
        "put": [
            "put(1)",
            "put(1, 2)",
            "put(1, 2, 3)",
            "put(1, z=3)",
            "put(z=1, x=2)",
            "put(*[1, 2])",
            "put(**{'x': 1})",
            "put(put(1), put(2, y=put(3)))",
        ],
        "mark": [
            "mark(1, 2)",
            "mark(y=1, x=2)",
            "mark(1, y=2)",
            "[mark(1, 2) for device in 'xy']",
            "def inner(device):\n    mark(1, 2)\ninner(3)",
            "def inner(x):\n    mark(x, device)\ninner(3)",
        ],
        "loop": [
            "loop([1, 2])",
            "loop([1], 3)",
            "loop(values='ab', times=1)",
            "loop([1], verbose=True)",
            "loop([1], verbose=False)",
            "loop([1], 1, False)",
        ],
    }
    name = draw(st.sampled_from(sorted(REWRITTEN)))
    for _ in range(draw(st.integers(1, 5))):
        inline = REWRITTEN[name][0]
        numbers = {"d1": draw(st.integers(1, 3)), "d2": draw(st.integers(6, 8))}
        parts = (
            [inline.format(**numbers)] if draw(st.integers(0, 2)) == 0 or len(cells) == 1 else []
        )
        for _ in range(draw(st.integers(0, 3))):
            call = draw(st.sampled_from(calls[name]))
            wrapped = draw(
                st.sampled_from(
                    [
                        "{}",
                        "{}",
                        "{}",
                        "r = {}",
                        "{};",
                        "if device:\n    {}",
                        "JOURNAL.append({})",
                        "list(map(" + name + ", 'ab'))",
                        name + " = print",
                        "def user():\n    {}\nuser()",
                        "held = " + name,
                        "held('h')",
                        "del " + name,
                        "device = 'other'",
                        "print({})",
                        "try:\n    {}\nexcept TypeError:\n    JOURNAL.append('refused')",
                    ]
                )
            )
            if "\n" in call or call.startswith("["):
                wrapped = "{}"
            parts.append(wrapped.format(call))
        cells.append("\n\n".join(parts))
    return cells


def as_cells(sources):
    return [
        Cell(index, "code", None, (), source, {}, (0, 0), None)
        for index, source in enumerate(sources)
    ]


@functools.cache
def accepted(folder, level):
    return Accepted(read_target_module("offered", notebook=Path(folder) / "n.ipynb"), level)


def migrate(cells, folder, level):
    notebook = timeline(as_cells(cells))
    found = judge(notebook, [accepted(folder, level)], {}, willing)
    edits = [edit for finding in report_definitions(found, notebook) for edit in finding.edits]
    return apply(cells, edits)


def apply(cells, edits: list[Edit]):
    result = list(cells)
    for edit in sorted(edits, key=lambda edit: (edit.cell, edit.start), reverse=True):
        source = result[edit.cell]
        result[edit.cell] = source[: edit.start] + edit.text + source[edit.end :]
    return result


def run(cells, module):
    """Run cells, each after the other whatever it raises; what they do, and what is bound then."""
    journal = types.ModuleType("journal")
    journal.JOURNAL = []
    offered = types.ModuleType("offered")
    before = {name: sys.modules.get(name) for name in ("journal", "offered")}
    sys.modules.update(journal=journal, offered=offered)
    names = {"__name__": "__main__", "__builtins__": builtins}
    steps = []
    try:
        exec(compiled(module), offered.__dict__)
        for cell in cells:
            tree = ast.parse(cell)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            printed, raised, value = io.StringIO(), "", None
            with contextlib.redirect_stdout(printed):
                try:
                    exec(compile(tree, "cell", "exec"), names)
                    if last is not None:
                        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
                except Exception as error:
                    raised = f"{type(error).__name__}"
                    if isinstance(error, NameError):
                        raised += f" {error.name}"
                        if error.__traceback__.tb_next.tb_next or error.name in DEFINITION_NEEDS:
                            raised = BROKEN
            shown = None if cell.rstrip().endswith(";") else value
            text = re.sub("0x[0-9a-f]+", "", printed.getvalue())
            steps.append((plain(shown), text, raised, plain(journal.JOURNAL)))
        bound = {name: plain(value) for name, value in names.items() if not name.startswith("__")}
        behaviour = {
            name: [outcome(value, args) for args in ((1,), (2, 3), (3,))]
            for name, value in sorted(names.items())
            if inspect.isfunction(value) or hasattr(value, "cache_info")
        }
    finally:
        for name, previous in before.items():
            if previous is None:
                del sys.modules[name]
            else:
                sys.modules[name] = previous
    return steps, bound, behaviour


@functools.cache
def compiled(module):
    return compile(module, "offered.py", "exec")


def outcome(function, args):
    try:
        return plain(function(*args))
    except Exception as error:
        return type(error).__name__


def plain(value, depth=0):
    """What can be said of a value without where it is from."""
    if depth > 4:
        return "..."
    if inspect.ismodule(value):
        return value.__name__
    if isinstance(value, type):
        return ["class", value.__name__, sorted(set(vars(value)) - {"__doc__", "__module__"})]
    if callable(value):
        return "callable"
    if inspect.isgenerator(value):
        return "generator"
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *(plain(part, depth + 1) for part in value)]
    if isinstance(value, dict):
        return ["dict", *([plain(k), plain(v, depth + 1)] for k, v in value.items())]
    return re.sub(r"0x[0-9a-f]+", "", repr(value))


def check_same(cells, after, module, *, same_functions):
    steps, bound, behaviour = run(cells, module)
    steps_after, bound_after, behaviour_after = run(after, module)
    intact = [raised != BROKEN for _, _, raised, _ in steps]
    if not all(intact):
        event("broken")
        steps = steps[: intact.index(False)]
        assert steps_after[: len(steps)] == steps
        return
    assert steps_after == steps
    assert bound_after == bound
    if same_functions:
        for name, results in behaviour.items():
            for before, now in zip(results, behaviour_after[name], strict=True):
                assert before in (now, "NameError"), name


COMMON = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@COMMON
@given(notebooks())
def test_linear_order(stub_folder, cells):
    after = migrate(cells, stub_folder, "renamed")
    event("changed" if after != cells else "unchanged")
    if after != cells:
        check_same(cells, after, MODULE, same_functions=True)


@COMMON
@given(notebooks(), st.randoms(use_true_random=False))
def test_any_order(stub_folder, cells, chance: random.Random):
    after = migrate(cells, stub_folder, "renamed")
    order = [chance.randrange(len(cells)) for _ in cells] + list(range(len(cells)))
    if after != cells:
        shuffled = [cells[at] for at in order], [after[at] for at in order]
        check_same(*shuffled, MODULE, same_functions=True)


@COMMON
@given(compatible_notebooks())
def test_compatible(compatible_folder, cells):
    after = migrate(cells, compatible_folder, "compatible")
    event("changed" if after != cells else "unchanged")
    if after != cells:
        check_same(cells, after, COMPATIBLE_MODULE, same_functions=False)


@pytest.fixture(scope="module")
def stub_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offered")
    (folder / "offered.py").write_text(MODULE)
    return str(folder)


@pytest.fixture(scope="module")
def compatible_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compatible")
    (folder / "offered.py").write_text(COMPATIBLE_MODULE)
    return str(folder)

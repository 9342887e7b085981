"""Calls change only where the target needs it, and only by what it needs."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable

import pytest

from nbrefactor.model.outcome import Outcome

MODULE = """\
def show(x, title="new", width=3):
    print(x, title, width)


def join(value, label, *, end=""):
    return value + label + end


def plot(data, title="Plot"):
    import matplotlib.pyplot as plt
    fig, ax = plt.subplots()
    ax.plot(data)
    return fig
"""
# Another default; other parameter names; returns nothing where the target returns a figure.
SHOW = 'def show(x, title="old", width=3):\n    y = x\n    print(y, title, width)\n'
JOIN = 'def join(v, l, *, end=""):\n    return v + l + end\n'
PLOT = """\
def plot(data, title="Plot"):
    import matplotlib.pyplot as plt
    fig, ax = plt.subplots()
    ax.plot(data)
    plt.show()
"""

Migrate = Callable[..., Outcome]


@pytest.fixture(scope="module")
def migrate(migration: Callable[[str], Migrate]) -> Migrate:
    return functools.partial(migration(MODULE), accept="compatible")


def sources(outcome: Outcome) -> list[str]:
    return [cell["source"] for cell in json.loads(outcome.after)["cells"]]


DEFAULTS = [
    pytest.param("show(1)", 'show(1, title="old")', id="a default that differs is written out"),
    pytest.param("show(x=1)", 'show(x=1, title="old")', id="behind a keyword"),
    pytest.param("show(1, width=4)", 'show(1, width=4, title="old")', id="behind other keywords"),
    pytest.param("show(1,)", 'show(1, title="old",)', id="a trailing comma stays"),
    pytest.param("show( 1 )", 'show( 1, title="old" )', id="wide brackets"),
    pytest.param("show (1)", 'show (1, title="old")', id="a blank before the bracket"),
    pytest.param("show(x=1 ,)", 'show(x=1, title="old" ,)', id="a blank before the comma"),
    pytest.param("show((1 + 2))", 'show((1 + 2), title="old")', id="a bracketed argument"),
    pytest.param("(show(1))", '(show(1, title="old"))', id="a bracketed call"),
    pytest.param("show(1);", 'show(1, title="old");', id="a semicolon"),
    pytest.param("show(1)  # one", 'show(1, title="old")  # one', id="a comment behind"),
    pytest.param(
        "show(1); show(2)", 'show(1, title="old"); show(2, title="old")', id="two on a line"
    ),
    pytest.param(
        "show(\n    1\n)", 'show(\n    1, title="old"\n)', id="several lines, no trailing comma"
    ),
    pytest.param(
        "show(\n    1,\n    width=4,\n)",
        'show(\n    1,\n    width=4,\n    title="old",\n)',
        id="several lines, one argument each",
    ),
    pytest.param(
        "show(\n    1,\n    width=4\n)",
        'show(\n    1,\n    width=4,\n    title="old"\n)',
        id="several lines, one argument each, no trailing comma",
    ),
    pytest.param(
        "show(\n    1 # one\n)",
        'show(\n    1, # one\n    title="old"\n)',
        id="a comment in the call",
    ),
    pytest.param(
        "show(\n    1,  # first\n    width=2,  # second\n)",
        'show(\n    1,  # first\n    width=2,  # second\n    title="old",\n)',
        id="comments stay with their arguments",
    ),
    pytest.param(
        "show(\n    1,  # first\n    width=2  # second\n)",
        'show(\n    1,  # first\n    width=2,  # second\n    title="old"\n)',
        id="comments, no trailing comma",
    ),
    pytest.param(
        "show(1,  # first\n     width=2)",
        'show(1,  # first\n     width=2,\n     title="old")',
        id="a comment behind the first of two",
    ),
    pytest.param(
        "show(1,\n     width=4)",
        'show(1,\n     width=4,\n     title="old")',
        id="below the bracket",
    ),
    pytest.param(
        "show(\r\n  1\r\n)\r\n", 'show(\r\n  1, title="old"\r\n)\r\n', id="CRLF in the call"
    ),
    pytest.param("show(1)\rshow(2)", 'show(1, title="old")\rshow(2, title="old")', id="CR alone"),
    pytest.param(
        "é = 'ü'; show('é'); show('ü')",
        "é = 'ü'; show('é', title=\"old\"); show('ü', title=\"old\")",
        id="letters beyond ASCII before the call",
    ),
    pytest.param(
        "s = '😀\u2028\x85\x0c'; show('\u2028')",
        "s = '😀\u2028\x85\x0c'; show('\u2028', title=\"old\")",
        id="separators and wide characters before the call",
    ),
    pytest.param("[show(i) for i in y]", '[show(i, title="old") for i in y]', id="in a loop"),
    pytest.param("lambda: show(1)", 'lambda: show(1, title="old")', id="in a lambda"),
    pytest.param(
        "def other():\n    show(1)\n",
        'def other():\n    show(1, title="old")\n',
        id="in a function",
    ),
    pytest.param(
        "if show(1) or \\\n   show(2): pass",
        'if show(1, title="old") or \\\n   show(2, title="old"): pass',
        id="behind a backslash",
    ),
    pytest.param("show\\\n(1)", 'show\\\n(1, title="old")', id="a backslash in the call"),
    pytest.param("  show(1)", '  show(1, title="old")', id="an indented cell"),
    pytest.param("%time show(1)", '%time show(1, title="old")', id="in a timed line"),
    pytest.param("%%time\nshow(1)", '%%time\nshow(1, title="old")', id="in a timed cell"),
    pytest.param("%%timeit\nshow(1)", '%%timeit\nshow(1, title="old")', id="in a repeated cell"),
    pytest.param(">>> show(1)", '>>> show(1, title="old")', id="at a prompt"),
    pytest.param("@show(1)\nclass A: pass", '@show(1, title="old")\nclass A: pass', id="decorator"),
]


@pytest.mark.parametrize(("before", "after"), DEFAULTS)
def test_defaults_are_written_out(before: str, after: str, migrate: Migrate) -> None:
    outcome = migrate(SHOW, before)
    assert outcome.reason == ""
    assert sources(outcome) == ["from plots import show\n", after]


NAMES = [
    pytest.param("join(1, l=2)", "join(1, label=2)", id="a keyword"),
    pytest.param("join(l=1, v=2)", "join(label=1, value=2)", id="in any order"),
    pytest.param("join( v = 1 , l = 2 )", "join( value = 1 , label = 2 )", id="with blanks"),
    pytest.param(
        "join(\n  v=1, # v\n  l=2 # l\n)",
        "join(\n  value=1, # v\n  label=2 # l\n)",
        id="with comments",
    ),
    pytest.param(
        "join(join(l=1, v=2), l=join(1, l =3))",
        "join(join(label=1, value=2), label=join(1, label =3))",
        id="calls within calls",
    ),
    pytest.param(
        "join(1, l=other(join(v=3, l=4)))",
        "join(1, label=other(join(value=3, label=4)))",
        id="calls within other calls within calls",
    ),
    pytest.param(
        "join(v=lambda: join(v=1, l=2), l='v=1')",
        "join(value=lambda: join(value=1, label=2), label='v=1')",
        id="text that looks like a keyword stays",
    ),
    pytest.param(
        "other(v=join(v=1, l=2), l=3)",
        "other(v=join(value=1, label=2), l=3)",
        id="keywords of other calls stay",
    ),
    pytest.param("x.join(v=1, l=2); join(1, 2)", None, id="a method of that name stays"),
    pytest.param("join(v:=1, l=2)", "join(v:=1, label=2)", id="an assignment expression"),
    pytest.param("z = join(v=1,\\\n l=2)", "z = join(value=1,\\\n label=2)", id="a backslash"),
    pytest.param("join(\r v=1,\r l=2)", "join(\r value=1,\r label=2)", id="CR alone"),
    pytest.param("x = %time join(1, l=2)", "x = %time join(1, label=2)", id="a timed assignment"),
    pytest.param(
        "await join(v=1, l=2)", "await join(value=1, label=2)", id="awaited at the top of a cell"
    ),
    pytest.param("join(1, 2)", None, id="positions say nothing of names"),
    pytest.param("join(1, 2, end='')", None, id="a keyword that both have"),
]


@pytest.mark.parametrize(("before", "after"), NAMES)
def test_keywords_take_the_targets_names(before: str, after: str | None, migrate: Migrate) -> None:
    outcome = migrate(JOIN, before)
    assert outcome.reason == ""
    assert sources(outcome) == ["from plots import join\n", before if after is None else after]


RESULTS = [
    pytest.param("plot(1)", "plot(1);", id="a cell that showed nothing goes on showing nothing"),
    pytest.param("plot(1)  # end", "plot(1);  # end", id="before a comment"),
    pytest.param("(plot(1))", "(plot(1));", id="behind brackets"),
    pytest.param("plot(1)\n\n", "plot(1);\n\n", id="before blank lines"),
    pytest.param("plot(1);", None, id="it is hidden already"),
    pytest.param("plot(1)\nx = 1", None, id="it is not the last expression"),
    pytest.param("for i in y:\n    plot(i)", None, id="it is in a loop"),
]


@pytest.mark.parametrize(("before", "after"), RESULTS)
def test_results_that_were_not_shown_are_hidden(
    before: str, after: str | None, migrate: Migrate
) -> None:
    outcome = migrate(PLOT, before)
    assert outcome.reason == ""
    assert sources(outcome) == ["from plots import plot\n", before if after is None else after]


REFUSED = [
    pytest.param(SHOW, "show(*a)", "passes * or **", id="a starred argument"),
    pytest.param(SHOW, "show(1, **d)", "passes * or **", id="a double-starred argument"),
    pytest.param(JOIN, "join(*[1], l=2)", "passes * or **", id="stars and other names"),
    pytest.param(SHOW, "f'{show(1)}'", "written unusually", id="in an f-string"),
    pytest.param(JOIN, "f'''{\njoin(v=1, l=2)}'''", "written unusually", id="in a long f-string"),
    pytest.param(SHOW, "(show)(1)", "written unusually", id="a bracketed name"),
    pytest.param(
        JOIN, ">>> join(v=1,\n...   l=2)", "written unusually", id="prompts between its lines"
    ),
    pytest.param(JOIN, "!echo {join(v=1, l=2)}", 'names "join"', id="in a shell line"),
    pytest.param(SHOW, "map(show, y)", "passes it on", id="passed on"),
    pytest.param(SHOW, "functools.partial(show, 1)", "passes it on", id="wrapped"),
    pytest.param(SHOW, "eval('show(1)')", 'names "show"', id="in text that runs"),
    pytest.param(SHOW, "%%unknown\nshow(1)", 'names "show"', id="in a magic that nobody knows"),
    pytest.param(SHOW, "show(1", 'names "show"', id="in a cell that does not parse"),
    pytest.param(SHOW, "show()", "cell 2", id="a call that fails today"),
    pytest.param(SHOW, "show(1, colour=2)", "cell 2", id="an argument that nobody takes"),
    pytest.param(
        SHOW,
        "if 1 < 2:\n    show = print\nshow(1)",
        "bound to something else in cell 2",
        id="maybe bound to another thing",
    ),
    pytest.param(PLOT, "x = plot(1)", "the target returns", id="a result that would be new"),
]


@pytest.mark.parametrize(("definition", "use", "reason"), REFUSED)
def test_refused(definition: str, use: str, reason: str, migrate: Migrate) -> None:
    outcome = migrate(definition, use)
    assert outcome.status == "unchanged"
    assert outcome.after == outcome.before
    [found] = [found for found in outcome.findings if found.level]
    assert found.level == "divergent"
    assert any(reason in str(why) for why in found.reasons), found.reasons


def test_a_call_in_a_definition_that_goes_is_left_to_it(migrate: Migrate) -> None:
    outcome = migrate(SHOW + "\n\n" + JOIN, "show(1)\njoin(v=1, l=2)")
    assert sources(outcome) == [
        "from plots import show, join\n",
        'show(1, title="old")\njoin(value=1, label=2)',
    ]


def test_a_call_of_two_equal_definitions_changes_once(migrate: Migrate) -> None:
    outcome = migrate(SHOW, "show(1)", SHOW, "show(2)")
    assert sources(outcome) == [
        "from plots import show\n",
        'show(1, title="old")',
        "from plots import show\n",
        'show(2, title="old")',
    ]


def test_one_call_that_refuses_keeps_all(migrate: Migrate) -> None:
    outcome = migrate(SHOW, "show(1)", "show(*a)")
    assert outcome.status == "unchanged"

"""Modules that are made of one notebook's definitions for another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from . import module
from .meanings import Notebook

F = "def f(x):\n    return g(x) * RATE + np.sum(x)\n"
G = "def g(x):\n    return x\n"
TOP = "import numpy as np\nRATE = 2\n"


def read(folder: Path, name: str, *cells: str) -> Notebook:
    path = folder / f"{name}.ipynb"
    code = [{"cell_type": "code", "source": text} for text in cells]
    path.write_text(json.dumps({"cells": code}))
    found = Notebook.read(path)
    assert found is not None
    return found


def make(source: Notebook, other: Notebook, name: str) -> module.Module | module.NotThere:
    wanted = next(copy for copy in other.copies if copy.name == name)
    assert wanted.form in source.definitions
    return module.make(source, other, wanted)


def test_a_module_holds_what_the_definition_needs(tmp_path: Path) -> None:
    here = read(tmp_path, "here", TOP, G, F, "unused = 3")
    there = read(tmp_path, "there", f"{TOP}{G}", F)
    made = make(here, there, "f")
    assert isinstance(made, module.Module)
    assert made.text == (
        "import numpy as np\nRATE = 2\n\n\ndef g(x):\n    return x\n\n\n"
        "def f(x):\n    return g(x) * RATE + np.sum(x)\n"
    )
    assert made.names == {"np", "RATE", "g"}


@pytest.mark.parametrize(
    ("here", "there"),
    [
        pytest.param("def f(x): return x", "def f(x):\n    # one\n    return (x)", id="layout"),
        pytest.param("def f(x):\n    'Doc.'\n    return x", "def f(x): return x", id="docstring"),
        pytest.param("def f(x: int) -> int: return x", "def f(x): return x", id="annotations"),
        pytest.param(
            "import a.b as c\ndef f(): return c", "from a import b as c\ndef f(): return c", id="as"
        ),
        pytest.param(
            "import a\ndef f(): return a.b.c", "import a.b\ndef f(): return a.b.c", id="submodule"
        ),
        pytest.param(
            "%%time\nimport a\n§def f(): return a", "import a\n§def f(): return a", id="magic"
        ),
        pytest.param("def f(n): return f(n - 1)", "def f(n): return f(n - 1)", id="recursion"),
    ],
)
def test_what_means_the_same_is_there(tmp_path: Path, here: str, there: str) -> None:
    made = make(
        read(tmp_path, "here", *here.split("§")), read(tmp_path, "there", *there.split("§")), "f"
    )
    assert isinstance(made, module.Module)


@pytest.mark.parametrize(
    ("there", "why"),
    [
        pytest.param("RATE = 3", "means something else", id="other constant"),
        pytest.param("RATE = rate()", "bound by a statement", id="computed"),
        pytest.param("RATE = 2\nRATE = 3", "in several ways", id="twice"),
        pytest.param("RATE = 2\nRATE += 1", "in several ways", id="changed"),
        pytest.param("RATE = 2\nfor RATE in []: pass", "in several ways", id="loop"),
        pytest.param(
            "RATE = 2\ndef h():\n    global RATE\n    RATE = 1", "in several", id="global"
        ),
        pytest.param("RATE = [2]", "bound by a statement", id="a list"),
        pytest.param("", "means something else", id="nothing"),
        pytest.param("from a import RATE", "means something else", id="import"),
    ],
)
def test_what_means_something_else_is_not(tmp_path: Path, there: str, why: str) -> None:
    code = "def f(x): return x * RATE"
    made = make(read(tmp_path, "a", "RATE = 2", code), read(tmp_path, "b", there, code), "f")
    assert isinstance(made, module.NotThere)
    assert why in made.why


def test_a_helper_that_differs_is_not_there(tmp_path: Path) -> None:
    here = read(tmp_path, "here", TOP, G, F)
    there = read(tmp_path, "there", TOP, "def g(x): return -x", F)
    assert isinstance(make(here, there, "f"), module.NotThere)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        pytest.param("from a import *", "star import", id="star"),
        pytest.param("%run a.py", "run", id="run"),
        pytest.param("globals().update(a)", "globals(", id="globals"),
        pytest.param("f = = 1", "does not parse", id="broken cell that binds it"),
        pytest.param("print f", "", id="broken cell that reads it"),
        pytest.param("!pip install f", "", id="shell"),
        pytest.param("%%bash --out f\nls", "magic", id="script's output"),
    ],
)
def test_what_may_bind_a_name_unseen_is_named(tmp_path: Path, cell: str, why: str) -> None:
    found = read(tmp_path, "a", cell).unseen({"f"})
    assert why in found
    assert bool(why) == bool(found)

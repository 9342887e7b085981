"""What importing nbrefactor.viz does and does not do, in a process of its own."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import nbrefactor.viz

PACKAGE = Path(nbrefactor.viz.__file__).parent


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_import_brings_nothing_but_numpy():
    loaded = json.loads(
        run(
            "import sys, numpy; before = set(sys.modules); import nbrefactor.viz, json;"
            "print(json.dumps(sorted(set(sys.modules) - before)))"
        )
    )
    foreign = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert foreign == {"nbrefactor"}
    ours = {name for name in loaded if name.startswith("nbrefactor")}
    assert {name for name in ours if not name.startswith("nbrefactor.viz")} == {"nbrefactor"}


def test_the_import_leaves_backend_and_settings_alone():
    # To read the backend is to choose one, which imports pyplot: that would hide what is tested.
    code = """
import sys
import matplotlib as mpl
def settings():
    return {key: mpl.rcParams[key] for key in mpl.rcParams if not key.startswith("backend")}
before = settings()
import nbrefactor.viz
print(settings() == before, "matplotlib.pyplot" in sys.modules)
"""
    assert run(code, MPLBACKEND="").split() == ["True", "False"]


def test_drawing_a_tensor_look_alike_imports_no_tensor_library():
    code = """
import sys
from nbrefactor.viz import visualize_entropy_heatmap
class Tensor:
    def detach(self): return self
    def cpu(self): return self
    def __array__(self, dtype=None, copy=None):
        import numpy
        return numpy.ones((2, 2))
visualize_entropy_heatmap(Tensor())
print(sorted({"torch", "jax", "tensorflow", "pandas", "scipy"} & set(sys.modules)))
"""
    assert run(code, MPLBACKEND="Agg").strip() == "[]"


def test_without_a_display_and_a_chosen_backend_drawing_works():
    code = """
from nbrefactor.viz import visualize_entropy_heatmap
visualize_entropy_heatmap([[1.0]]).canvas.draw()
print("drawn")
"""
    environment = {"MPLBACKEND": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    assert run(code, **environment).strip() == "drawn"


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.name)
def test_the_island_imports_nothing_but_numpy_and_matplotlib(path):
    tree = ast.parse(path.read_text())
    guarded = {
        id(node)
        for test in tree.body
        if isinstance(test, ast.If) and ast.unparse(test.test) == "TYPE_CHECKING"
        for node in ast.walk(test)
    }
    at_top = {
        name.partition(".")[0]
        for statement in tree.body
        for name in imported(statement)
        if id(statement) not in guarded and not isinstance(statement, ast.FunctionDef)
    }
    anywhere = {name.partition(".")[0] for node in ast.walk(tree) for name in imported(node)}
    # These are imported when the first plot is drawn, the types only by type checkers.
    drawing = {"__main__.py", "_canvas.py", "_heatmap.py", "_panels.py", "_types.py"}
    assert ("matplotlib" in at_top) == (path.name in drawing)
    assert anywhere - set(sys.stdlib_module_names) <= {"numpy", "matplotlib"}


def imported(node):
    """Absolute names that one statement imports; relative imports stay on the island."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level <= 1
        return [node.module] if node.level == 0 else []
    return []


def test_the_functions_can_be_found_by_reading_the_source():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    names = [
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname is None
    ]
    assert sorted(names) == sorted(nbrefactor.viz.__all__)

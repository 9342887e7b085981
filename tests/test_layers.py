"""The imports of every module, read from its source, hold the layers."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "nbrefactor"
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
# Each needs 50 ms and more, and none is needed to say that there is nothing to do.
HEAVY = {
    *("nbformat", "nbclient", "nbconvert", "papermill", "jupyter_client", "IPython", "jsonschema"),
    *("markdown_it", "regex", "platformdirs", "black", "isort"),
    *("libcst", "matplotlib", "numpy", "rich", "pathspec", "jinja2", "PIL", "torch", "pandas"),
}
# What a part may know of the package besides itself.
KNOWN = {
    "model": {"visible"},
    "visible": set(),
    "config": {"model", "visible"},
    "viz": set(),
    "notebook": {"model", "visible"},
    "python": {"model", "visible"},
    "library": {"model", "visible", "python"},
    "effects": {"model", "visible", "python", "library"},
    "program": {"model", "visible", "notebook", "python", "library", "effects"},
    "verdict": {"model", "visible", "notebook", "python", "library", "effects", "program"},
    "rewrite": {
        "model",
        "visible",
        "notebook",
        "python",
        "library",
        "effects",
        "program",
        "verdict",
    },
    "fold": {
        *("model", "visible", "notebook", "python", "library", "effects", "program", "verdict"),
        "rewrite",
    },
    "versioning": {"model", "visible", "config", "notebook"},
    "rules": {
        *("fold", "model", "visible", "config", "notebook", "python", "library", "program"),
        "verdict",
    },
    "run": {"model", "visible", "regular", "notebook", "python"},
    "verify": {"model", "visible", "config", "notebook", "effects", "program", "run"},
    "prove": {"model", "verify"},
    "scan": {"model", "visible", "config", "notebook", "python", "batch"},
    "glance": {"model", "notebook", "program", "rules", "versioning"},
    "batch": {
        *("model", "visible", "config", "settings_file", "selection", "targets"),
        *("notebook", "program", "glance", "check", "engine", "annotate", "rules"),
    },
    "extract": {
        *("model", "visible", "config", "notebook", "python", "library", "effects", "verdict"),
        *("engine", "batch", "scan", "run", "verify"),
    },
    "report": {"model", "visible", "project", "notebook", "rules", "scan", "extract", "verify"},
    "project": set(),
    "regular": set(),
}
# None of it may know who calls it.
BELOW_THE_COMMAND_LINE = {name for name in MODULES if not name.startswith("nbrefactor.cli")} - {
    "nbrefactor.__main__"
}


def imports(path: Path, *, whole: bool = True) -> Iterator[str]:
    """Yield the modules that a file imports; only while it is imported itself, unless whole."""
    pending: list[ast.AST] = [ast.parse(path.read_bytes())]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            folders = path.relative_to(PACKAGE.parent).parent.parts if node.level else ()
            around = folders[: len(folders) - node.level + 1]
            module = ".".join([*around, *([node.module] if node.module else [])])
            yield module
            for alias in node.names:
                if f"{module}.{alias.name}" in MODULES:
                    yield f"{module}.{alias.name}"
        elif not whole and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            # Names for the reader and the type checker; nothing is imported.
            pending.extend(node.orelse)
            continue
        pending.extend(ast.iter_child_nodes(node))


def part(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_the_reader_sees_imports(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n"
        "try:\n    import b\nexcept ImportError:\n    from c import d\n"
        "def f():\n    import e\nclass G:\n    import h\nfrom nbrefactor.model import outcome\n"
    )
    always = {"typing", "b", "c", "h", "nbrefactor.model", "nbrefactor.model.outcome"}
    assert set(imports(file, whole=False)) == always
    assert set(imports(file)) == always | {"e"}
    assert "nbrefactor.notebook.document" in MODULES


@pytest.mark.parametrize("layer", KNOWN)
def test_a_layer_knows_only_those_below(layer: str) -> None:
    allowed = KNOWN[layer] | {layer}
    members = [name for name in MODULES if part(name) == layer]
    assert members
    for name in members:
        known = {found for found in imports(MODULES[name]) if found.split(".")[0] == "nbrefactor"}
        # A package's own name says only that it is the package; its version is no layer.
        strangers = {found for found in known - {"nbrefactor"} if part(found) not in allowed}
        assert not strangers, f"{name} knows {', '.join(sorted(strangers))}"


def test_nobody_knows_the_command_line() -> None:
    for name in BELOW_THE_COMMAND_LINE:
        known = [found for found in imports(MODULES[name]) if found.startswith("nbrefactor.cli")]
        assert not known, f"{name} knows {', '.join(known)}"


def test_nobody_knows_the_island() -> None:
    for name, path in MODULES.items():
        if part(name) != "viz":
            assert not [found for found in imports(path) if part(found) == "viz"], name


def test_the_engine_knows_no_renderer() -> None:
    for name in ("nbrefactor.engine", "nbrefactor.api"):
        assert not [found for found in imports(MODULES[name]) if part(found) == "report"], name


def test_only_one_module_knows_papermill() -> None:
    knowing = {
        name
        for name, path in MODULES.items()
        if any(found.split(".")[0] == "papermill" for found in imports(path))
    }
    assert {part(name) for name in knowing} <= {"run"}


@pytest.mark.parametrize("name", [name for name in MODULES if part(name) != "viz"])
def test_nothing_heavy_is_imported_before_it_is_used(name: str) -> None:
    loaded = {found.split(".")[0] for found in imports(MODULES[name], whole=False)}
    assert not loaded & HEAVY


def test_what_the_plots_need_is_numpy_and_matplotlib() -> None:
    outside = {
        found.split(".")[0]
        for name, path in MODULES.items()
        if part(name) == "viz"
        for found in imports(path)
    }
    assert outside - sys.stdlib_module_names <= {
        "nbrefactor",
        "numpy",
        "matplotlib",
        "mpl_toolkits",
    }


def test_no_module_imports_another_in_a_circle() -> None:
    known = {
        name: {found for found in imports(path, whole=False) if found in MODULES}
        for name, path in MODULES.items()
    }
    done: set[str] = set()

    def visit(name: str, around: tuple[str, ...]) -> None:
        assert name not in around, " -> ".join((*around, name))
        if name not in done:
            for found in known[name] - {"nbrefactor"}:
                visit(found, (*around, name))
            done.add(name)

    for name in known:
        visit(name, ())


def test_nothing_to_do_is_said_without_anything_heavy(tmp_path: Path) -> None:
    """The common case is a commit hook over notebooks without work."""
    notebook = tmp_path / "x.ipynb"
    notebook.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    script = (
        "import sys; from nbrefactor import migrate; from nbrefactor.engine import migrate_bytes;"
        f"assert migrate({str(notebook)!r}).status == 'unchanged'; print(*sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert not {module.split(".")[0] for module in shown.split()} & HEAVY


def test_no_module_keeps_state() -> None:
    """What a module binds at its top is never bound again by a function."""
    for name, path in MODULES.items():
        tree = ast.parse(path.read_bytes())
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)], name

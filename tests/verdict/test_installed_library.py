"""Code of installed libraries, copied inline into notebooks and migrated back to imports."""

import ast
import importlib

import pytest

from nbrefactor.library.target import read_target_module
from nbrefactor.notebook.document import Cell
from nbrefactor.program.timeline import timeline
from nbrefactor.python.bindings import absolute_module
from nbrefactor.rewrite.definitions import report_definitions
from nbrefactor.verdict.judge import judge
from nbrefactor.verdict.match import Accepted

pytestmark = pytest.mark.slow

# The module, and how many of its public functions and classes have to come back as imports.
MODULES = [
    ("textwrap", 1.0),
    ("statistics", 0.8),
    # Its `_test` reads docstrings with examples in them, and its named tuple is a class of its own.
    ("difflib", 0.05),
    ("fnmatch", 1.0),
    ("shlex", 0.5),
    ("colorsys", 1.0),
    ("quopri", 0.4),
    ("graphlib", 1.0),
    ("csv", 0.8),
    ("pprint", 0.0),
    ("fractions", 0.0),
    ("jinja2.utils", 0.7),
    ("jinja2.visitor", 1.0),
    ("jinja2.idtracking", 1.0),
    ("pygments.util", 0.8),
    ("nbformat.corpus.words", 1.0),
    ("rich._ratio", 1.0),
    ("click.formatting", 1.0),
]


def willing(*about):
    """Want every definition to go."""
    return ()


def inlined(module):
    """Write a module as a notebook: its imports, its constants, and a cell for each definition."""
    imports, constants, definitions = ["from __future__ import annotations"], [], []
    source = module.source.source
    for node in module.source.tree.body:
        if isinstance(node, ast.ImportFrom):
            if node.module != "__future__":
                absolute = ast.ImportFrom(
                    absolute_module(node, module.source.package), node.names, 0
                )
                imports.append(ast.unparse(absolute))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            definitions.append("\n".join(source.split("\n")[first - 1 : node.end_lineno]))
        elif isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
            continue
        elif isinstance(node, (ast.Import, ast.Try, ast.If)):
            imports.append(ast.get_source_segment(source, node))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            text = ast.get_source_segment(source, node)
            # What is computed from the definitions can only follow them.
            constants.append(text)
    names = {name for text in definitions for name in [ast.parse(text).body[0].name]}
    early = [text for text in constants if not used(text) & names]
    late = [text for text in constants if used(text) & names]
    cells = ["\n".join(imports), "\n".join(early), *definitions, "\n".join(late)]
    return [cell for cell in cells if cell]


def used(text):
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def migrate(cells, module):
    read = [Cell(at, "code", None, (), text, {}, (0, 0), None) for at, text in enumerate(cells)]
    notebook = timeline(read)
    found = judge(notebook, [Accepted(module, "renamed")], {}, willing)
    findings = report_definitions(found, notebook)
    after = list(cells)
    edits = [edit for finding in findings for edit in finding.edits]
    for edit in sorted(edits, key=lambda edit: (edit.cell, edit.start), reverse=True):
        text = after[edit.cell]
        after[edit.cell] = text[: edit.start] + edit.text + text[edit.end :]
    return findings, after


@pytest.mark.parametrize(("name", "rate"), MODULES, ids=[name for name, _ in MODULES])
def test_back_to_imports(name, rate):
    module = read_target_module(name, notebook=None)
    own = {
        public: target.node
        for public, target in module.targets.items()
        if target.node in module.source.tree.body
    }
    cells = inlined(module)
    findings, after = migrate(cells, module)
    by_name = {finding.name: finding for finding in findings}
    replaced = [public for public in own if by_name[public].edits]
    assert len(replaced) >= rate * len(own), {
        public: by_name[public].reasons for public in own if public not in replaced
    }
    for public in own:
        assert by_name[public].edits or by_name[public].reasons
        if by_name[public].edits:
            assert by_name[public].level == "exact"

    real = importlib.import_module(name)
    names = {"__name__": "__main__"}
    for cell in after:
        exec(compile(cell, "cell", "exec"), names)
    for public in replaced:
        assert names[public] is getattr(real, public)


def test_a_changed_library_is_seen():
    module = read_target_module("textwrap", notebook=None)
    cells = [cell.replace("70", "71") for cell in inlined(module)]
    findings, _ = migrate(cells, module)
    by_name = {finding.name: finding for finding in findings}
    assert not by_name["wrap"].edits
    assert 'default of "width" differs: 71 / 70' in "; ".join(map(str, by_name["wrap"].reasons))
    assert by_name["dedent"].edits

"""The command ``nbrefactor explain``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nbrefactor.cli.options import settings_options
from nbrefactor.cli.terminal import console
from nbrefactor.config import Given, SettingsError

_EXAMPLES = """Examples:

\b
  nbrefactor explain Notebook.ipynb
  nbrefactor explain Notebook.ipynb visualize_entropy_vs_gradient
  nbrefactor explain Notebook.ipynb load_data --module utils.data
"""


@click.command(epilog=_EXAMPLES)
@click.argument("path", metavar="NOTEBOOK")
@click.argument("name", required=False)
@settings_options("modules", "accept", "aliases", "source_roots")
def explain(path: str, name: str | None, given: Given) -> None:
    """Show inline definitions beside their targets, and what would make them migratable.

    With NAME only the definitions of that name are explained.
    """
    from nbrefactor.engine import read_modules
    from nbrefactor.explain import definition_names, explain_bytes
    from nbrefactor.notebook.document import NotebookError
    from nbrefactor.report.explain import render_explanation
    from nbrefactor.settings_file import SettingsReader

    out, err = console(stderr=False), console(stderr=True)
    notebook = Path(path)
    try:
        settings = SettingsReader(given).settings_for(notebook)
        data = notebook.read_bytes()
        modules = read_modules(settings, notebook)
        found = explain_bytes(data, settings, modules, name=name)
        if name is not None and not found and name not in (known := definition_names(data)):
            listed = ", ".join(known) or "nothing"
            raise SettingsError(f'no cell defines "{name}"; this notebook defines {listed}')
    except OSError as error:
        err.print(f"nbrefactor: {path}: cannot be read ({error.strerror or error})")
        sys.exit(2)
    except (NotebookError, SettingsError) as error:
        err.print(f"nbrefactor: {path}: {error}", soft_wrap=True)
        sys.exit(2)
    for explanation in found:
        out.print(render_explanation(explanation, width=out.width))
    if not found:
        names = ", ".join(accepted.module.name for accepted in modules)
        what = f'"{name}" has' if name else "no definition of this notebook has"
        out.print(f"{what} no counterpart in {names}", soft_wrap=True)

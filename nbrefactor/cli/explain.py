"""The command ``nbrefactor explain``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbrefactor.cli.options import settings_options
from nbrefactor.cli.problems import Problems
from nbrefactor.cli.terminal import console
from nbrefactor.config import Given, SettingsError
from nbrefactor.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbrefactor.model.outcome import Explanation
    from nbrefactor.verdict.match import Accepted

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
    """Show inline definitions and plots beside their targets, and what would make them migratable.

    With NAME only the definitions of that name, and the plots of that target, are explained.
    """
    from nbrefactor.engine import read_modules
    from nbrefactor.explain import definition_names, explain_bytes, explain_plots
    from nbrefactor.regular import read_regular
    from nbrefactor.report.explain import render_explanation, render_plot
    from nbrefactor.settings_file import SettingsReader

    out = console(stderr=False)
    notebook = Path(path)
    problems = Problems()

    def work() -> tuple[tuple[Explanation, ...], tuple[Explanation, ...], Sequence[Accepted]]:
        settings = SettingsReader(given).settings_for(notebook)
        data = read_regular(notebook)
        modules = read_modules(settings, notebook)
        found = explain_bytes(data, settings, modules, name=name)
        plots = explain_plots(data, settings, modules, name=name)
        if (
            name is not None
            and not found
            and not plots
            and name not in (known := definition_names(data))
        ):
            listed = ", ".join(known) or "nothing"
            raise SettingsError(f'{path}: no cell defines "{name}"; this notebook defines {listed}')
        return found, plots, modules

    explained = problems.attempt(path, work)
    if explained is None:
        problems.show()
        sys.exit(2)
    found, plots, modules = explained
    for explanation in found:
        out.print(render_explanation(explanation, width=out.width))
    for explanation in plots:
        out.print(render_plot(explanation), soft_wrap=True)
    if not found and not plots:
        names = visible_line(", ".join(accepted.module.name for accepted in modules))
        what = f'"{name}" has no' if name else "no definition of this notebook has a"
        out.print(f"{what} counterpart in {names}", soft_wrap=True)
        for accepted in modules:
            if name is not None and name in accepted.module.ambiguous:
                why = f"{accepted.module.name}.{name} is {accepted.module.ambiguous[name]}"
                out.print(visible_line(why), soft_wrap=True, markup=False, highlight=False)

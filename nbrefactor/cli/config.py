"""The command ``nbrefactor config``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from nbrefactor.cli.options import settings_options
from nbrefactor.cli.problems import show_problem
from nbrefactor.config import Given, Settings, SettingsError, settle, settled_by
from nbrefactor.declared import DECLARATIONS
from nbrefactor.visible import visible_json, visible_line

_IN_FILES = [found for found in DECLARATIONS if found.key]
_EXAMPLES = """Examples:

\b
  nbrefactor config
  nbrefactor config notebooks/Notebook.ipynb --module utils.plots
"""


@click.command(epilog=_EXAMPLES)
@click.argument("path", required=False, metavar="[NOTEBOOK|FOLDER]")
@settings_options(*(found.field for found in _IN_FILES if found.option))
def config(path: str | None, given: Given) -> None:
    """Print the settings in force for a notebook or folder, and where each comes from.

    They are written as in a settings file; each line ends with its source. Without a path the
    current folder is meant.
    """
    from nbrefactor.settings_file import SettingsReader

    place = Path(path or ".")
    if not place.exists():
        show_problem(f"{place}: no such file or folder")
        sys.exit(2)
    folder = place if place.is_dir() else place.parent
    try:
        sources = SettingsReader(given).sources_for(folder)
        settings = settle(sources)
    except SettingsError as error:
        show_problem(str(error))
        sys.exit(2)
    lines = []
    for found in _IN_FILES:
        giver = settled_by(sources, found.field)
        value = _value(settings, found.field)
        lines.append((f"{found.key} = {value}", giver.source if giver else "default"))
    width = min(max(len(line) for line, _ in lines), 60)
    for line, source in lines:
        click.echo(f"{line:<{width}}  # {visible_line(source)}")


def _value(settings: Settings, field: str) -> str:
    if field == "modules":
        return _toml([module.name for module in settings.modules])
    if field == "accept":
        return _table((module.name, _toml(module.accept)) for module in settings.modules)
    value = getattr(settings, field)
    if isinstance(value, bool):
        return str(value).lower()
    if field == "aliases":
        return _table((name, _toml(target)) for name, target in value)
    if field == "per_file_ignores":
        return _table((pattern, _toml(list(codes))) for pattern, codes in value)
    if field == "select" and value is None:
        from nbrefactor.rules.catalogue import RULES

        return _toml([rule.code for rule in RULES if rule.default])
    return _toml([str(item) for item in value] if isinstance(value, tuple) else value)


def _table(items: Iterable[tuple[str, str]]) -> str:
    inner = ", ".join(f"{_toml(key)} = {value}" for key, value in items)
    return f"{{ {inner} }}" if inner else "{}"


def _toml(value: str | list[str]) -> str:
    # A JSON string without escaped surrogates is a TOML string as well.
    return visible_json(value, ascii_only=False)

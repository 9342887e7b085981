"""Options that stand for settings, the same in every command that has them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from nbrefactor.config import IMPORT_PLACES, PARTS, Given, SettingsError, parse_alias

Command = Callable[..., Any]

_OPTIONS: dict[str, Callable[[Command], Command]] = {
    "modules": click.option(
        "--module",
        "modules",
        multiple=True,
        metavar="DOTTED|FILE.py",
        help="Target module that holds the functions; repeatable. Default: nbrefactor.viz.",
    ),
    "accept": click.option(
        "--accept",
        multiple=True,
        metavar="[MODULE=]LEVEL",
        help="Worst level that is replaced: exact, renamed or compatible. "
        "Default: compatible for nbrefactor.viz, renamed for other modules.",
    ),
    "aliases": click.option(
        "--alias",
        "aliases",
        multiple=True,
        metavar="NAME=TARGET",
        help="The notebook's NAME stands for the module's TARGET; repeatable.",
    ),
    "force": click.option(
        "--force",
        "force",
        multiple=True,
        metavar="NAME",
        help="Replace the definition NAME, which you have looked at, as long as its calls bind; "
        "repeatable. The report says that it was forced.",
    ),
    "source_roots": click.option(
        "--source-root",
        "source_roots",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Further folder in which target modules are looked for; repeatable.",
    ),
    "imports": click.option(
        "--imports",
        type=click.Choice(IMPORT_PLACES),
        help="Where imports go: in place of the definition, or to the top, into the notebook's "
        "import cell, as far as that is safe. Default: in-place.",
    ),
    "bump": click.option(
        "--bump",
        type=click.Choice(PARTS),
        help="Which part of the notebook's version to raise. Default: patch.",
    ),
    "part": click.option(
        "--part",
        "bump",
        type=click.Choice([part for part in PARTS if part != "none"]),
        help="Which part of the version to raise. Default: patch.",
    ),
    "changelog": click.option(
        "--changelog",
        multiple=True,
        metavar="TEXT",
        help="Text of the changelog entry; repeatable.",
    ),
    "version_patterns": click.option(
        "--version-pattern",
        "version_patterns",
        multiple=True,
        metavar="REGEX",
        help="Unusual place of the version, as (?P<version>...); repeatable.",
    ),
    "select": click.option(
        "--select",
        multiple=True,
        metavar="CODES",
        help="Rules that count: codes, or how they begin, with commas. "
        "Default: those that are on by default.",
    ),
    "ignore": click.option(
        "--ignore",
        multiple=True,
        metavar="CODES",
        help="Rules that do not count.",
    ),
}


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Add options, which reach the command as one value `given`.

    Parameters
    ----------
    *names : str
        Which of them, in the order in which the help shows them.

    Returns
    -------
    callable
        The decorator.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_given(**parameters: Any) -> Any:
            values = {
                name: parameters.pop(name)
                for name in ("bump" if name == "part" else name for name in names)
            }
            try:
                given = _given(values)
            except SettingsError as error:
                raise click.UsageError(str(error)) from error
            return command(given=given, **parameters)

        # click hands on what options a function already has in this attribute.
        decorated: Command = with_given
        for name in reversed(names):
            decorated = _OPTIONS[name](decorated)
        return decorated

    return decorate


def _given(values: dict[str, Any]) -> Given:
    for name, value in values.items():
        if value == ():
            values[name] = None
    if values.get("aliases"):
        values["aliases"] = tuple(parse_alias(text) for text in values["aliases"])
    for name in ("select", "ignore"):
        if values.get(name):
            values[name] = tuple(_codes(name, values[name]))
    return Given(**values)


def _codes(name: str, texts: tuple[str, ...]) -> list[str]:
    from nbrefactor.rules.catalogue import problem_with

    codes = [code.strip() for text in texts for code in text.split(",")]
    for code in codes:
        if problem := problem_with(code):
            raise SettingsError(f"--{name} holds {problem}")
    return codes

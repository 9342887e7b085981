"""Options that stand for settings, the same in every command that has them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from nbrefactor.config import Given, SettingsError, parse_alias
from nbrefactor.declared import PART, declaration

Command = Callable[..., Any]


def _option(name: str) -> Callable[[Command], Command]:
    if name == "part":
        return click.option(PART.flag, "bump", type=click.Choice(PART.choices), help=PART.help)
    found = declaration(name)
    option = found.option
    assert option is not None
    if option.choices:
        return click.option(option.flag, name, type=click.Choice(option.choices), help=option.help)
    if found.kind == "switch":
        # Left out, it says nothing, so that a file may.
        return click.option(option.flag, name, flag_value=True, default=None, help=option.help)
    kind = click.Path(exists=True, file_okay=False, path_type=Path)
    return click.option(
        option.flag,
        name,
        multiple=found.is_multiple,
        metavar=option.metavar,
        type=kind if found.kind == "folders" else str,
        help=option.help,
    )


def output_format_option(*forms: str, what: str) -> Callable[[Command], Command]:
    """Add ``--output-format``, which every command has that prints something for machines.

    Parameters
    ----------
    *forms : str
        What there is to choose from; the first is the default.
    what : str
        What is shown so, for the help.
    """
    return click.option(
        "--output-format",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help=f"How {what} is shown.",
    )


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
            decorated = _option(name)(decorated)
        return decorated

    return decorate


def _given(values: dict[str, Any]) -> Given:
    for name, value in values.items():
        if value == ():
            values[name] = None
    if values.get("aliases"):
        values["aliases"] = tuple(parse_alias(text) for text in values["aliases"])
    for name, value in values.items():
        if value and declaration(name).kind == "codes":
            values[name] = tuple(_codes(name, value))
    return Given(**values)


def _codes(name: str, texts: tuple[str, ...]) -> list[str]:
    from nbrefactor.rules.catalogue import problem_with

    codes = [code.strip() for text in texts for code in text.split(",")]
    for code in codes:
        if problem := problem_with(code):
            raise SettingsError(f"--{name} holds {problem}")
    return codes

"""What the user asked for, as frozen settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

AcceptedLevel = Literal["exact", "renamed", "compatible"]
Part = Literal["patch", "minor", "major", "none"]

ACCEPTED_LEVELS: tuple[AcceptedLevel, ...] = get_args(AcceptedLevel)
PARTS: tuple[Part, ...] = get_args(Part)
BUNDLED_MODULE = "nbrefactor.viz"


class SettingsError(Exception):
    """A setting or option that cannot be; the message says which and what is expected."""


@dataclass(frozen=True, slots=True)
class ModuleChoice:
    """A target module that the user chose.

    Parameters
    ----------
    name : str
        Dotted name, or the path of a ``.py`` file.
    accept : AcceptedLevel
        The worst level at which its functions replace inline ones.
    """

    name: str
    accept: AcceptedLevel


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides what a migration does.

    Parameters
    ----------
    modules : tuple of ModuleChoice
        The target modules.
    aliases : tuple of (str, str)
        Notebook names and the targets that they stand for.
    bump : Part
        Which part of the notebook's version is raised.
    changelog : tuple of str
        Text of the changelog entry; empty for one that names what was replaced.
    version_patterns : tuple of str
        Regular expressions with a group ``version`` that name unusual places of the version.
    """

    modules: tuple[ModuleChoice, ...] = (ModuleChoice(BUNDLED_MODULE, "compatible"),)
    aliases: tuple[tuple[str, str], ...] = ()
    bump: Part = "patch"
    changelog: tuple[str, ...] = ()
    version_patterns: tuple[str, ...] = ()


def choose_modules(names: tuple[str, ...], accept: tuple[str, ...]) -> tuple[ModuleChoice, ...]:
    """Combine module names with the levels accepted from them.

    Parameters
    ----------
    names : tuple of str
        Modules that the user named; empty for the bundled one.
    accept : tuple of str
        Levels: ``LEVEL`` for every module, ``MODULE=LEVEL`` for one.

    Returns
    -------
    tuple of ModuleChoice
        The modules in their order.

    Raises
    ------
    SettingsError
        If a level does not exist or is given for a module that is not named.
    """
    for_all: str | None = None
    for_one: dict[str, str] = {}
    for text in accept:
        module, equals, level = text.rpartition("=")
        if level not in ACCEPTED_LEVELS:
            raise SettingsError(
                f"--accept {text}: expected one of {', '.join(ACCEPTED_LEVELS)}, "
                "alone or as MODULE=LEVEL"
            )
        if equals:
            for_one[module] = level
        else:
            for_all = level
    chosen = names or (BUNDLED_MODULE,)
    for module in for_one:
        if module not in chosen:
            raise SettingsError(
                f"--accept {module}={for_one[module]}: {module} is none of the target modules "
                f"({', '.join(chosen)}); name it with --module"
            )
    return tuple(
        ModuleChoice(name, _level(for_one.get(name) or for_all, name))
        for name in dict.fromkeys(chosen)
    )


def _level(level: str | None, module: str) -> AcceptedLevel:
    for known in ACCEPTED_LEVELS:
        if known == level:
            return known
    # The bundled module was written to stand in for those plots; what a user names may do
    # something else, so only the same program replaces there.
    return "compatible" if module == BUNDLED_MODULE else "renamed"


def parse_alias(text: str) -> tuple[str, str]:
    """Read an alias as ``NOTEBOOK_NAME=TARGET``.

    Raises
    ------
    SettingsError
        If it is anything else.
    """
    name, equals, target = text.partition("=")
    if not equals or not name.isidentifier() or not target.isidentifier():
        raise SettingsError(
            f"--alias {text}: expected NOTEBOOK_NAME=TARGET, two names such as "
            "plot_grads=visualize_gradient_norms"
        )
    return name, target

"""What the user asked for, as frozen settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from nbrefactor.model.errors import NbrefactorError
from nbrefactor.model.names import BUNDLED_MODULE as BUNDLED_MODULE
from nbrefactor.model.outcome import FoldLevel

AcceptedLevel = Literal["exact", "renamed", "compatible"]
ImportPlace = Literal["in-place", "top"]
Part = Literal["patch", "minor", "major", "none"]

ACCEPTED_LEVELS: tuple[AcceptedLevel, ...] = get_args(AcceptedLevel)
IMPORT_PLACES: tuple[ImportPlace, ...] = get_args(ImportPlace)
PARTS: tuple[Part, ...] = get_args(Part)
COMMAND_LINE = "command line"


class SettingsError(NbrefactorError):
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
    folds : FoldLevel
        The worst level at which calls of its functions replace statements that draw.
    """

    name: str
    accept: AcceptedLevel
    folds: FoldLevel = "exact"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides what a migration and a check do.

    Parameters
    ----------
    modules : tuple of ModuleChoice
        The target modules.
    source_roots : tuple of Path
        Further folders in which target modules are looked for.
    aliases : tuple of (str, str)
        Notebook names and the targets that they stand for.
    imports : ImportPlace
        Where the imports go.
    bump : Part
        Which part of the notebook's version is raised.
    changelog : tuple of str
        Text of the changelog entry; empty for one that names what was replaced.
    version_patterns : tuple of str
        Regular expressions with a group ``version`` that name unusual places of the version.
    select : tuple of str or None
        Codes of the rules that count, or how they begin (``NB1``); None for those that are on by
        default.
    ignore : tuple of str
        Codes, or how they begin, that do not count.
    per_file_ignores : tuple of (str, tuple of str)
        The same for the notebooks that a pattern matches.
    include, exclude : tuple of str
        Patterns, as in ``.gitignore``, of the notebooks that are looked at and of those that are
        not; without `include` all are.
    folder : Path or None
        The folder to which the patterns are relative.
    verify_patterns : tuple of str
        Regular expressions of output text that may differ from run to run.
    suggest : bool
        Whether it is told of definitions that stay why they do, near misses under another name
        among them; no file says so.
    force : tuple of str
        Names of definitions that the user has looked at and wants replaced.
    prune_imports : bool
        Whether imports are taken out that nothing reads any more once definitions are gone.
    declined : tuple of str
        Names of definitions that the user was asked about and wants left; no file says so.
    measured : bool
        Whether a run is going to tell of effects that reading does not know; no file says so.
    fold : bool
        Whether statements that draw what a target draws become calls.
    """

    modules: tuple[ModuleChoice, ...] = (ModuleChoice(BUNDLED_MODULE, "compatible"),)
    source_roots: tuple[Path, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    imports: ImportPlace = "in-place"
    bump: Part = "patch"
    changelog: tuple[str, ...] = ()
    version_patterns: tuple[str, ...] = ()
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    folder: Path | None = None
    verify_patterns: tuple[str, ...] = ()
    suggest: bool = True
    force: tuple[str, ...] = ()
    prune_imports: bool = False
    measured: bool = False
    declined: tuple[str, ...] = ()
    fold: bool = False


class Given:
    """What one source of settings says: the command line or a file.

    Parameters
    ----------
    source : str
        The name of the source: ``command line``, or the file's path.
    folder : Path or None
        The folder of the file.
    **values
        Values of fields of `Settings`, as the source writes them: `modules` are names, and
        `accept` are levels, ``LEVEL`` for every module and ``MODULE=LEVEL`` for one. Of what is
        None, or not given, the source is silent.
    """

    __slots__ = ("_values", "source")

    def __init__(
        self, source: str = COMMAND_LINE, *, folder: Path | None = None, **values: Any
    ) -> None:
        known = {"accept", *(found.name for found in fields(Settings))}
        if not known.issuperset(values):
            raise TypeError(f"no settings: {', '.join(sorted(values.keys() - known))}")
        self.source = source
        self._values = {"folder": folder, **values}

    def get(self, name: str) -> Any:
        """Give the value of a field; None where the source is silent."""
        return self._values.get(name)


def settle(sources: Sequence[Given]) -> Settings:
    """Combine sources of settings; of a value that several give the first one counts.

    Parameters
    ----------
    sources : sequence of Given
        The strongest first.

    Returns
    -------
    Settings
        Defaults where all are silent.

    Raises
    ------
    SettingsError
        If a level does not exist or is given for a module that is none of the target modules.
    """
    modules = settled_by(sources, "modules")
    accept = settled_by(sources, "accept")
    names = () if modules is None else modules.get("modules")
    levels = () if accept is None else accept.get("accept")
    if (
        modules is not None
        and accept is not None
        and modules is not accept
        and accept.source != COMMAND_LINE
    ):
        # What a file accepts is about the modules that it names, not about those named instead.
        levels = tuple(text for text in levels if text.rpartition("=")[0] in ("", *names))
    values: dict[str, Any] = {}
    for name in (found.name for found in fields(Settings) if found.name != "modules"):
        if (giver := settled_by(sources, name)) is not None:
            values[name] = giver.get(name)
    said_by = COMMAND_LINE if accept is None else accept.source
    return Settings(modules=choose_modules(names, levels, said_by), **values)


def settled_by(sources: Sequence[Given], name: str) -> Given | None:
    """Find the source whose word counts.

    Parameters
    ----------
    sources : sequence of Given
        The strongest first.
    name : str
        Name of a field.

    Returns
    -------
    Given or None
        None where all are silent.
    """
    return next((given for given in sources if given.get(name) is not None), None)


def choose_modules(
    names: tuple[str, ...], accept: tuple[str, ...], said_by: str = COMMAND_LINE
) -> tuple[ModuleChoice, ...]:
    """Combine module names with the levels accepted from them.

    Parameters
    ----------
    names : tuple of str
        Modules that the user named; empty for the bundled one.
    accept : tuple of str
        Levels: ``LEVEL`` for every module, ``MODULE=LEVEL`` for one.
    said_by : str
        The source of `accept`, for messages.

    Returns
    -------
    tuple of ModuleChoice
        The modules in their order.

    Raises
    ------
    SettingsError
        If a level does not exist or is given for a module that is not named.
    """
    on_line = said_by == COMMAND_LINE
    where = "--accept" if on_line else f"{said_by}: accept"
    for_all: str | None = None
    for_one: dict[str, str] = {}
    restyled: set[str] = set()
    for text in accept:
        module, equals, level = text.rpartition("=")
        if level == "restyled":
            # About statements that draw, and so beside the levels of definitions.
            restyled.add(module)
            continue
        if level not in ACCEPTED_LEVELS:
            raise SettingsError(
                f"{where} {text}: expected one of {', '.join(ACCEPTED_LEVELS)}, restyled, "
                "alone or as MODULE=LEVEL"
            )
        if equals:
            for_one[module] = level
        else:
            for_all = level
    chosen = names or (BUNDLED_MODULE,)
    for module in (*for_one, *sorted(restyled - {""})):
        if module not in chosen:
            level = for_one.get(module, "restyled")
            raise SettingsError(
                f"{where} {module}={level}: {module} is none of the target modules "
                f"({', '.join(chosen)}); name it {'with --module' if on_line else 'in modules'}"
            )
    return tuple(
        ModuleChoice(
            name,
            _level(for_one.get(name) or for_all, name),
            "restyled" if restyled & {"", name} else "exact",
        )
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

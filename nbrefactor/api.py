"""The Python interface: what ``migrate``, ``scan`` and ``extract`` find and plan, as values."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nbrefactor.config import (
    BUNDLED_MODULE,
    PARTS,
    AcceptedLevel,
    Part,
    Settings,
    SettingsError,
    choose_modules,
    parse_alias,
)
from nbrefactor.model.outcome import Outcome

if TYPE_CHECKING:
    from nbrefactor.extract.values import Extraction
    from nbrefactor.scan.values import Scan


def migrate(
    path_or_bytes: str | os.PathLike[str] | bytes,
    *,
    modules: Sequence[str] = (BUNDLED_MODULE,),
    accept: AcceptedLevel | Mapping[str, AcceptedLevel] | None = None,
    aliases: Mapping[str, str] | None = None,
    bump: Part = "patch",
    changelog: Sequence[str] = (),
    version_patterns: Sequence[str] = (),
    force: Sequence[str] = (),
    now: datetime | None = None,
) -> Outcome:
    r"""Plan the migration of one notebook; nothing is written, run or imported.

    Parameters
    ----------
    path_or_bytes : str, path-like or bytes
        The notebook's file, or what it holds.
    modules : sequence of str
        Target modules: dotted names or paths of ``.py`` files. Names are looked for beside the
        notebook, in its repository, in the current folder and in the environment.
    accept : {"exact", "renamed", "compatible"}, mapping of str to these, or None
        The worst level that is replaced, for all modules or for each; None for ``compatible``
        from ``nbrefactor.viz`` and ``renamed`` from other modules.
    aliases : mapping of str to str
        Names in the notebook and the targets that they stand for.
    bump : {"patch", "minor", "major", "none"}
        Which part of the notebook's version is raised where something is replaced.
    changelog : sequence of str
        Text of the changelog entry; empty for one that names what was replaced.
    version_patterns : sequence of str
        Regular expressions with a group ``version`` that name unusual places of the version.
    force : sequence of str
        Names of definitions that are replaced whatever is known of them, as long as calls bind.
    now : datetime, optional
        The date that is written beside a new version; by default the present, in local time.

    Returns
    -------
    Outcome
        Its ``status``, the ``findings`` with their reasons, the new bytes (``after``) and the
        ``diff``. A notebook that cannot be read is ``failed``, one of another language
        ``skipped``, both with a ``reason``.

    Raises
    ------
    SettingsError
        If an argument cannot be, or a module is not found.
    OSError
        If the file cannot be read.

    Notes
    -----
    Settings files are not read: only the arguments count.

    Examples
    --------
    >>> import json
    >>> import nbrefactor
    >>> source = '''import matplotlib.pyplot as plt
    ... def visualize_gradient_norms(values):
    ...     plt.figure()
    ...     plt.imshow(values)
    ...     plt.show()
    ... visualize_gradient_norms([[1, 2]]);'''
    >>> cell = {
    ...     "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [],
    ...     "source": source,
    ... }
    >>> notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    >>> outcome = nbrefactor.migrate(json.dumps(notebook).encode())
    >>> outcome.status
    'changed'
    >>> [(found.name, found.level, found.target) for found in outcome.replaced]
    [('visualize_gradient_norms', 'compatible', 'nbrefactor.viz.visualize_gradient_norms')]
    >>> print(json.loads(outcome.after)["cells"][0]["source"])
    import matplotlib.pyplot as plt
    from nbrefactor.viz import visualize_gradient_norms
    visualize_gradient_norms([[1, 2]]);
    >>> nbrefactor.migrate(outcome.after).status
    'unchanged'
    """
    # Not at the top: whoever asks for a value like Outcome does not pay for the analysis.
    from nbrefactor.engine import migrate_bytes, read_modules

    if bump not in PARTS:
        raise SettingsError(f"bump {bump!r}: expected one of {', '.join(PARTS)}")
    levels: tuple[str, ...] = ()
    if isinstance(accept, str):
        levels = (accept,)
    elif accept is not None:
        levels = tuple(f"{module}={level}" for module, level in accept.items())
    settings = Settings(
        modules=choose_modules(tuple(modules), levels, "nbrefactor.migrate"),
        aliases=tuple(parse_alias(f"{name}={target}") for name, target in (aliases or {}).items()),
        bump=bump,
        changelog=tuple(changelog),
        version_patterns=tuple(version_patterns),
        force=tuple(force),
    )
    path = None if isinstance(path_or_bytes, bytes) else Path(path_or_bytes)
    return migrate_bytes(
        path_or_bytes if isinstance(path_or_bytes, bytes) else Path(path_or_bytes).read_bytes(),
        settings,
        read_modules(settings, path),
        path="<bytes>" if path is None else str(path),
        now=now or datetime.now().astimezone(),
    )


def scan(
    paths: Sequence[str | os.PathLike[str]],
    *,
    min_copies: int = 2,
    min_lines: int = 3,
    names: Sequence[str] = (),
    plots_only: bool = False,
    across: bool = False,
    cells: bool = False,
) -> Scan:
    """Find definitions that stand in several notebooks; nothing is run, imported or written.

    Parameters
    ----------
    paths : sequence of str or path-like
        Notebooks, modules, and folders that are searched for both.
    min_copies, min_lines : int
        Least copies of one program, and least lines of code of a copy.
    names : sequence of str
        Only definitions of these names; empty for all.
    plots_only : bool
        Only what draws.
    across : bool
        Only copies in different notebooks.
    cells : bool
        Whole cells instead of definitions.

    Returns
    -------
    nbrefactor.scan.values.Scan
        Its ``families`` with their ``groups`` of copies, those with the most lines first; its
        ``problems`` name files that could not be read.
    """
    from nbrefactor.scan.scan import scan as find
    from nbrefactor.scan.wanted import Wanted

    wanted = Wanted(min_copies, min_lines, tuple(names), plots_only, across, cells)
    return find([Path(path) for path in paths], wanted)


def extract(
    paths: Sequence[str | os.PathLike[str]],
    names: Sequence[str] = (),
    *,
    to: str | os.PathLike[str],
    min_copies: int = 2,
    min_lines: int = 3,
    max_parameters: int = 3,
    variants: bool = False,
    bootstrap: bool = False,
    renames: Mapping[str, str] | None = None,
    source_roots: Sequence[str | os.PathLike[str]] = (),
    now: datetime | None = None,
) -> Extraction:
    """Plan a module of copied definitions, and notebooks that import it; nothing is written.

    Parameters
    ----------
    paths : sequence of str or path-like
        Notebooks, and folders that are searched for them.
    names : sequence of str
        The definitions; empty for all that are copied.
    to : str or path-like
        The module, which is extended where it exists.
    min_copies, min_lines : int
        Bounds for definitions that are not named.
    max_parameters : int
        Most parameters that a definition gets for what its copies differ in.
    variants : bool
        Let other definitions of a name, copied as often, go into modules of their own.
    bootstrap : bool
        Let notebooks that do not find the module begin with lines that put it on their path.
    renames : mapping of str to str, optional
        Other names for definitions in the module.
    source_roots : sequence of str or path-like
        Folders that the kernel has on its path.
    now : datetime, optional
        The date that is written beside a new version; by default the present, in local time.

    Returns
    -------
    nbrefactor.extract.values.Extraction
        Its ``modules`` (``path``, ``after``), its ``changed`` notebooks, the copies that are
        ``replaced`` and those that are ``left``, each with its reason.
        `nbrefactor.extract.files.write_files` writes all of it or nothing.

    Raises
    ------
    nbrefactor.extract.writing.ModuleError
        If the module cannot be extended.

    Notes
    -----
    Settings files are not read: only the arguments count.
    """
    from nbrefactor.extract.planning import plan
    from nbrefactor.extract.values import Asked

    settings = Settings(source_roots=tuple(Path(root).absolute() for root in source_roots))
    asked = Asked(
        Path(to).absolute(),
        tuple(names),
        min_copies,
        min_lines,
        max_parameters,
        variants,
        bootstrap,
        dict(renames or {}),
    )
    given = [Path(path) for path in paths]
    return plan(given, asked, lambda _: settings, now or datetime.now().astimezone())

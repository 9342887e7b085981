"""The Python interface: what ``nbrefactor migrate`` plans, as a value."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

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

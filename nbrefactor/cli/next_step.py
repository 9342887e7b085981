"""What to do next where nothing was compared but the bundled module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nbrefactor.config import Settings
from nbrefactor.model.names import BUNDLED_MODULE
from nbrefactor.visible import visible_line


def next_step(paths: Sequence[str], settings: Iterable[Settings]) -> str:
    """Name the two ways on for somebody who has copies and has named no module.

    Parameters
    ----------
    paths : sequence of str
        What the user named.
    settings : iterable of Settings
        Those of the notebooks that were looked at.

    Returns
    -------
    str
        A line without its end; empty where a module of the user's own was compared.
    """
    named = {module.name for one in settings for module in one.modules}
    files = [path for path in paths if path != "-"]
    if named != {BUNDLED_MODULE} or not files:
        return ""
    import shlex

    again = visible_line(" ".join(map(shlex.quote, files)))
    return (
        f"Compared with {BUNDLED_MODULE} only: name your own module with --module, "
        f"or see what is copied with nbrefactor scan {again}"
    )

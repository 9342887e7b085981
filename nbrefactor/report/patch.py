"""The change of a notebook's file as a patch that ``git apply`` and ``patch -p1`` accept."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from nbrefactor.model.outcome import Outcome
from nbrefactor.visible import visible


def render_patch(outcome: Outcome, *, folder: Path) -> bytes:
    """Diff the bytes of a notebook's file.

    Parameters
    ----------
    outcome : Outcome
        What would be written.
    folder : Path
        The folder in which the patch will be applied.

    Returns
    -------
    bytes
        A unified diff, empty where nothing changes. A file outside of `folder` is named from
        the root of its repository.
    """
    if outcome.before == outcome.after:
        return b""
    name, head = _name(Path(outcome.path), folder)
    lines = difflib.diff_bytes(
        difflib.unified_diff,
        _lines(outcome.before),
        _lines(outcome.after),
        _quoted(f"a/{name}"),
        _quoted(f"b/{name}"),
        lineterm=b"\n",
    )
    shown = [
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in lines
    ]
    return head + b"".join(shown)


def _lines(data: bytes) -> list[bytes]:
    # Not splitlines(): to git only "\n" ends a line.
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _name(path: Path, folder: Path) -> tuple[str, bytes]:
    """Name a file in a patch; the second part is the header that git needs for its root."""
    absolute = path.resolve()
    try:
        return absolute.relative_to(folder.resolve()).as_posix(), b""
    except ValueError:
        pass
    for parent in absolute.parents:
        if (parent / ".git").exists():
            name = absolute.relative_to(parent).as_posix()
            a, b = (_quoted(f"{side}/{name}").removesuffix(b"\t") for side in "ab")
            return name, b"diff --git " + a + b" " + b + b"\n"
    return absolute.as_posix().lstrip("/"), b""


def _quoted(name: str) -> bytes:
    """Write a file's name as git does: quoted where it must be, with a tab behind blanks."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}

    def escaped(character: str) -> str:
        if character in escapes:
            return escapes[character]
        if visible(character) == character:
            return character
        return "".join(f"\\{byte:03o}" for byte in os.fsencode(character))

    quoted = "".join(map(escaped, name))
    if quoted != name:
        return f'"{quoted}"'.encode()
    return (name + ("\t" if " " in name else "")).encode()

"""Findings that are known and accepted for now, kept in a file of the project."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbrefactor.model.diagnostic import Diagnostic
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.regular import read_regular
from nbrefactor.visible import visible_json

_VERSION = 1


class BaselineError(NbrefactorError):
    """A baseline cannot be read; the text names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Known:
    """One finding of a baseline.

    Parameters
    ----------
    path : str
        The notebook, relative to the baseline's folder, with slashes.
    code : str
        The rule's code.
    message : str
        What was found, for people.
    fingerprint : str
        As in `Diagnostic`.
    """

    path: str
    code: str
    message: str
    fingerprint: str

    @property
    def key(self) -> tuple[str, str]:
        """What two mentions of one finding have in common."""
        return self.path, self.fingerprint


@dataclass(frozen=True, slots=True)
class Comparison:
    """Findings held against a baseline.

    Parameters
    ----------
    new : tuple of Diagnostic
        Those that it does not hold.
    known : int
        How many it does.
    gone : tuple of Known
        Those that it holds and that were not found, although their notebooks were looked at or
        are no longer there.
    """

    new: tuple[Diagnostic, ...]
    known: int
    gone: tuple[Known, ...]


def read_baseline(path: Path) -> tuple[Known, ...]:
    """Read a baseline.

    Parameters
    ----------
    path : Path
        Its file.

    Returns
    -------
    tuple of Known
        In the order of the file.

    Raises
    ------
    BaselineError
        If it is missing or none.
    """
    try:
        document = json.loads(read_regular(path))
    except FileNotFoundError:
        raise BaselineError(
            f"the baseline {path} does not exist; make it with --write-baseline"
        ) from None
    except OSError as error:
        raise BaselineError(f"the baseline {path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"the baseline {path} is not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        raise BaselineError(
            f"{path} is no baseline of version {_VERSION}; make it anew with --write-baseline"
        )
    try:
        return tuple(_known(entry) for entry in document["findings"])
    except (KeyError, TypeError) as error:
        raise BaselineError(
            f"the baseline {path} is damaged; make it anew with --write-baseline"
        ) from error


def compare(
    baseline: Sequence[Known],
    diagnostics: Sequence[Diagnostic],
    notebooks: Iterable[str],
    folder: Path,
) -> Comparison:
    """Tell what is new, what is known and what is gone.

    Parameters
    ----------
    baseline : sequence of Known
        What the baseline holds.
    diagnostics : sequence of Diagnostic
        What was found.
    notebooks : iterable of str
        The notebooks that were looked at.
    folder : Path
        The baseline's folder.

    Returns
    -------
    Comparison
        Of two equal findings a baseline that holds one covers one.
    """
    waiting = Counter(known.key for known in baseline)
    new = []
    for found in diagnostics:
        key = _relative(found.path, folder), found.fingerprint
        if waiting[key]:
            waiting[key] -= 1
        else:
            new.append(found)
    checked = {_relative(path, folder) for path in notebooks}
    gone = []
    for known in baseline:
        over = known.path in checked or not (folder / known.path).exists()
        if over and waiting[known.key]:
            waiting[known.key] -= 1
            gone.append(known)
    return Comparison(tuple(new), len(diagnostics) - len(new), tuple(gone))


def renew(
    baseline: Sequence[Known],
    diagnostics: Sequence[Diagnostic],
    notebooks: Iterable[str],
    folder: Path,
) -> bytes:
    """Write what was found as a baseline.

    Parameters
    ----------
    baseline : sequence of Known
        What it held; findings of notebooks that were not looked at are kept while these exist.
    diagnostics, notebooks, folder
        As for `compare`.

    Returns
    -------
    bytes
        The file, without lines and cells, so that it does not change where they move.
    """
    checked = {_relative(path, folder) for path in notebooks}
    kept = [
        known for known in baseline if known.path not in checked and (folder / known.path).exists()
    ]
    found = [
        Known(
            _relative(diagnostic.path, folder),
            diagnostic.code,
            diagnostic.summary,
            diagnostic.fingerprint,
        )
        for diagnostic in diagnostics
    ]
    entries = sorted([*kept, *found], key=lambda one: (one.path, one.code, one.message, one.key))
    document = {
        "version": _VERSION,
        "findings": [
            {
                "path": known.path,
                "code": known.code,
                "message": known.message,
                "fingerprint": known.fingerprint,
            }
            for known in entries
        ],
    }
    return (visible_json(document, indent=2, ascii_only=False) + "\n").encode()


def _known(entry: Any) -> Known:
    texts = [entry[key] for key in ("path", "code", "message", "fingerprint")]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("expected texts")
    return Known(*texts)


def _relative(path: str, folder: Path) -> str:
    # Not Path.relative_to: a baseline may lie beside the notebooks' folder.
    return Path(os.path.relpath(path, folder)).as_posix()

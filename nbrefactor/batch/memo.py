"""What a command said of many files, kept while none of them changes.

For answers that are about all files together, of which the facts of one file tell little. Whatever
could change the answer is part of the question: files, settings, options, this program's version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from nbrefactor.batch.cache import (
    MEMO_ENDING,
    Stamp,
    file_for,
    is_settled,
    program_key,
    write_whole,
)

_SIGN = "nbrefactor answers"
# Each set of options asks another question; a project uses a few of them.
_MOST = 8


class _Contents(msgspec.Struct):
    sign: str
    key: str
    answers: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Memo:
    """The answers to one command in one folder.

    Parameters
    ----------
    file : Path
        Where they are kept.
    """

    file: Path

    def recall(self, question: str) -> bytes | None:
        """Give what was answered; None where the question is a new one."""
        return self._load().get(question)

    def keep(self, question: str, answer: bytes, stamps: Iterable[Stamp]) -> None:
        """Keep an answer, unless a file was still changing; one that cannot be kept is lost."""
        if not all(map(is_settled, stamps)):
            return
        answers = {one: told for one, told in self._load().items() if one != question}
        spare = max(0, len(answers) + 1 - _MOST)
        kept = {**dict(list(answers.items())[spare:]), question: answer}
        contents = _Contents(_SIGN, program_key(), kept)
        write_whole(self.file, msgspec.msgpack.encode(contents))

    def _load(self) -> dict[str, bytes]:
        """Read what is kept; nothing of what is damaged, foreign or of another version."""
        try:
            contents = msgspec.msgpack.decode(self.file.read_bytes(), type=_Contents)
        except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
            return {}
        same = (contents.sign, contents.key) == (_SIGN, program_key())
        return contents.answers if same else {}


def memo_for(folder: Path | None, place: Path, command: str) -> Memo:
    """Give the answers to a command in one place; see `nbrefactor.batch.cache.cache_for`."""
    return Memo(file_for(folder, f"{command} {place}", MEMO_ENDING))


def question_of(asked: object, files: Sequence[tuple[str, Stamp, object]]) -> str:
    """Make one key of all that an answer depends on.

    Parameters
    ----------
    asked : object
        The options, told apart by how they are represented.
    files : sequence of (str, Stamp, object)
        Each file with its stamp and with the settings that hold for it.

    Returns
    -------
    str
        Equal only where everything is.
    """
    settings: dict[object, int] = {}
    digest = hashlib.blake2b(repr(asked).encode(errors="backslashreplace"), digest_size=16)
    for path, stamp, setting in files:
        at = settings.setdefault(setting, len(settings))
        line = f"\n{path!r} {stamp.size} {stamp.modified} {stamp.changed} {at}"
        digest.update(line.encode(errors="backslashreplace"))
    digest.update(repr(list(settings)).encode(errors="backslashreplace"))
    return digest.hexdigest()

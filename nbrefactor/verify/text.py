"""Text of outputs: what may differ from run to run is taken out, what differs is put in words."""

from __future__ import annotations

import difflib
import re
import tempfile
from dataclasses import dataclass

from nbrefactor.config import SettingsError

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{5,16}\b")
_UUID = re.compile(
    r"\b[0-9a-fA-F]{8}[-_]?[0-9a-fA-F]{4}[-_]?[0-9a-fA-F]{4}[-_]?[0-9a-fA-F]{4}[-_]?[0-9a-fA-F]{12}\b"
)
_ONE_LINE = 160
_DIFF_LINES = 2000


@dataclass(frozen=True, slots=True)
class Normaliser:
    """Takes out of a text what may differ between two runs of the same program.

    Parameters
    ----------
    patterns : tuple of re.Pattern
        What the user adds.
    folders : re.Pattern
        Temporary paths.
    """

    patterns: tuple[re.Pattern[str], ...]
    folders: re.Pattern[str]

    def __call__(self, text: str) -> str:
        """Normalise a text.

        Examples
        --------
        >>> normaliser(("took [0-9.]+ s",))("<Net at 0x7f00dead> took 1.2 s")
        '<Net at 0x…> …'
        """
        text = self.folders.sub("<tmp>", text)
        text = _UUID.sub("<uuid>", _ADDRESS.sub("0x…", text))
        for pattern in self.patterns:
            text = pattern.sub("…", text)
        return text


def normaliser(patterns: tuple[str, ...] = ()) -> Normaliser:
    """Make a normaliser.

    Parameters
    ----------
    patterns : tuple of str
        Regular expressions that the user adds.

    Raises
    ------
    SettingsError
        If one of them is no regular expression.
    """
    compiled = []
    for pattern in patterns:
        try:
            compiled.append(re.compile(pattern))
        except re.error as error:
            raise SettingsError(
                f"pattern {pattern!r}: expected a regular expression ({error})"
            ) from error
    temporary = re.escape(tempfile.gettempdir())
    # Made by Python's tempfile or by a kernel; other names are the notebook's own choice.
    made = r"(?:/(?:tmp[a-z0-9_]{8}|ipykernel_\d+/\d+(?:\.py)?)(?![a-z0-9_]))?"
    folders = re.compile(
        rf"{temporary}/nbrefactor-[a-z0-9_]{{8}}/(?:tmp{made}|copy)|{temporary}{made}\b"
    )
    return Normaliser(tuple(compiled), folders)


def as_a_terminal_shows(text: str) -> str:
    r"""Let carriage returns and backspaces do what they do in a terminal.

    Examples
    --------
    >>> as_a_terminal_shows("10 %\r100 %\nab\bc\r\n")
    '100 %\nac\n'
    """
    if "\b" not in text and "\r" not in text:
        return text
    lines = []
    for line in text.split("\n"):
        line = line.removesuffix("\r")
        if "\r" in line or "\b" in line:
            line = _overwritten(line)
        lines.append(line)
    return "\n".join(lines)


def _overwritten(line: str) -> str:
    shown: list[str] = []
    column = 0
    for character in line:
        if character == "\r":
            column = 0
        elif character == "\b":
            column = max(0, column - 1)
        else:
            shown[column : column + 1] = [character]
            column += 1
    return "".join(shown)


def first_difference(before: str, after: str) -> str:
    """Say in a sentence where two texts part.

    Examples
    --------
    >>> first_difference("loss 1", "loss 2")
    "line 1: 'loss 1' became 'loss 2'"
    """
    old, new = before.split("\n"), after.split("\n")
    for number, (one, other) in enumerate(zip(old, new), 1):  # noqa: B905
        if one != other:
            return f"line {number}: {_quoted(one)} became {_quoted(other)}"
    if len(old) < len(new):
        return f"line {len(old) + 1}: {_quoted(new[len(old)])} was added"
    if len(new) < len(old):
        return f"line {len(new) + 1}: {_quoted(old[len(new)])} is missing"
    return "the same text"


def line_diff(before: str, after: str, limit: int = 200) -> str:
    """Diff two texts for a report, cut where they are long.

    Parameters
    ----------
    before, after : str
        The texts.
    limit : int
        Number of lines of the diff that are kept.

    Returns
    -------
    str
        Lines that begin with ``+``, ``-`` or a blank.
    """
    old, new = before.split("\n"), after.split("\n")
    start = 0
    # A diff of long texts takes forever, so that it begins where they part.
    if len(old) + len(new) > _DIFF_LINES:
        while start < min(len(old), len(new)) and old[start] == new[start]:
            start += 1
        start = max(0, start - 3)
    stop = start + _DIFF_LINES // 2
    shorter_old = [_shortened(line, 2000) for line in old[start:stop]]
    shorter_new = [_shortened(line, 2000) for line in new[start:stop]]
    lines = [
        line
        for line in difflib.unified_diff(shorter_old, shorter_new, lineterm="", n=3)
        if not line.startswith(("---", "+++"))
    ]
    cut = [f"… {len(lines) - limit} more lines"] if len(lines) > limit else []
    return "\n".join([*lines[:limit], *cut])


def differs_elsewhere(before: str, again: str, after: str) -> bool:
    """Tell whether a text changed in a line that two runs of the original agree on.

    Where the runs differ in their number of lines nothing can be told, and the answer is no.
    """
    first, second, third = (text.split("\n") for text in (before, again, after))
    if not len(first) == len(second) == len(third):
        return False
    return any(
        one == other and one != new
        for one, other, new in zip(first, second, third)  # noqa: B905
    )


def _quoted(line: str) -> str:
    return repr(_shortened(line, _ONE_LINE))


def _shortened(line: str, length: int) -> str:
    return line if len(line) <= length else f"{line[:length]}…"

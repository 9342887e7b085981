"""A version as it is written: its parts, its order, its next."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbrefactor.config import Part

_SUFFIX = r"(?:[-_.]?(?:alpha|beta|preview|pre|rc|dev|post|a|b|c)(?:[-_.]?\d{1,18})?)?(?:\+[\w.]+)?"
# A version without its "v"; it names no groups, so that any expression can hold it.
NUMBER = rf"\d{{1,5}}(?:\.\d{{1,5}}){{0,3}}{_SUFFIX}(?![-+]?\w)(?!\.\w)(?!\s?%)"
# What may stand directly before a version and belongs to it.
PREFIX = r"(?:\b(?:version|ver\.?|release|rev\.?|v\.?)\s*)"

_VERSION = re.compile(
    r"(?P<numbers>\d+(?:\.\d+)*)(?P<lead>[-_.]?)(?P<word>[A-Za-z]*)(?P<gap>[-_.]?)(?P<count>\d*)"
    r"(?:\+[\w.]+)?"
)
_STAGES = {
    "dev": -5, "a": -4, "alpha": -4, "b": -3, "beta": -3, "pre": -2, "preview": -2, "c": -2,
    "rc": -2, "": 0, "post": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it is written, without a leading ``v``.

    Parameters
    ----------
    text : str
        What ``NUMBER`` matches (``0.0.43``, ``1.2``, ``1.2.0rc1``).
    """

    text: str

    def _read(self) -> re.Match[str]:
        match = _VERSION.fullmatch(self.text)
        if match is None:
            raise ValueError(
                f"{self.text!r} is not a version: expected up to four numbers with dots between "
                "and at most a pre-release suffix, as in 1.2.0 or 1.2.0rc1"
            )
        return match

    @property
    def components(self) -> tuple[str, ...]:
        """The numbers between the dots, as written."""
        return tuple(self._read()["numbers"].split("."))

    @property
    def key(self) -> tuple[tuple[int, ...], int, int]:
        """What orders versions: ``1.2`` is ``1.2.0``, and a pre-release precedes its release."""
        match = self._read()
        numbers = [int(number) for number in self.components]
        while numbers and numbers[-1] == 0:
            numbers.pop()
        return tuple(numbers), _STAGES.get(match["word"].lower(), 0), int(match["count"] or 0)

    def bumped(self, part: Part) -> Version:
        """Give the version that follows.

        Parameters
        ----------
        part : {"patch", "minor", "major", "none"}
            ``patch`` raises the last component, however many there are (``1.2`` becomes ``1.3``),
            or the number of a pre-release (``1.2.0rc1`` becomes ``1.2.0rc2``). ``minor`` and
            ``major`` raise the second and the first and set what follows to zero.

        Returns
        -------
        Version
            With as many components as before, and zeros before a number kept (``0.09`` becomes
            ``0.10``). A pre-release stays one: that something is ready is for its author to say.
        """
        if part == "none":
            return self
        match = self._read()
        components = list(self.components)
        suffix = match["lead"] + match["word"]
        if match["count"] and part == "patch":
            count = str(int(match["count"]) + 1).zfill(len(match["count"]))
            return Version(match["numbers"] + suffix + match["gap"] + count)
        if match["count"]:
            suffix += match["gap"] + "1".zfill(len(match["count"]))
        last = len(components) - 1
        index = {"patch": last, "minor": min(1, last), "major": 0}[part]
        old = components[index]
        components[index] = str(int(old) + 1).zfill(len(old))
        for following in range(index + 1, len(components)):
            width = len(components[following]) if components[following].startswith("0") else 1
            components[following] = "0" * width
        return Version(".".join(components) + suffix)

    def fitted(self, model: Version) -> Version:
        """Give the same version with no more trailing zeros than ``model`` has components."""
        match = self._read()
        components = list(self.components)
        while len(components) > len(model.components) and int(components[-1]) == 0:
            components.pop()
        return Version(".".join(components) + self.text[match.end("numbers") :])

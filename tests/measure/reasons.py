"""Reasons without the names and numbers of one notebook, so that they can be counted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`")
_CALL = re.compile(r"[\w.]+[(\[].*[)\]]")
_CODE = re.compile(r"[^\s,;:()]*(?:[_.=\[\]]\w|\w\()[^\s,;:]*|\b[a-z]+[A-Z]\w*|\b[A-Z]\w*[A-Z_]\w*")
_NUMBER = re.compile(r"\d+")
_LISTED = re.compile(r"…(?:(?:, | and )…)+")


def kind(reason: str, names: Collection[str] = ()) -> str:
    """Strip a reason of quoted text, of what reads like code, of numbers and of given names."""
    text = _QUOTED.sub("…", reason)
    text = _CODE.sub("…", _CALL.sub("…", text))
    if names:
        words = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        text = re.sub(rf"\b(?:{words})\b", "…", text)
    return _LISTED.sub("…", _NUMBER.sub("N", text)).replace("cells N and N", "cell N")


def first(reasons: Iterable[str], names: Collection[str] = ()) -> str:
    """The kind of the reason that is shown first, which is the one that should matter."""
    return next((kind(reason, names) for reason in reasons), "no reason given")

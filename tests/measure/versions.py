"""Is a notebook's version raised as it should be, and its changelog continued?"""

from __future__ import annotations

import json
import re

from . import laws

_VERSION = re.compile(r"\bv?(\d+(?:\.\d+)+)\b")
_ENTRY = re.compile(r"^\s*(?:#+ [^(\d]*|[-*] )\**v?(\d+(?:\.\d+)+)\b")


def wrongly_raised(before: bytes, after: bytes) -> list[str]:
    """Say what is wrong where definitions were replaced and the last part is to be raised by one.

    Parameters
    ----------
    before, after : bytes
        A notebook whose title may give its version, as in ``# Demo (v1.2.3)``, and whose changelog
        may have headings or items that begin with one.

    Returns
    -------
    list of str
        One sentence for each thing.
    """
    old, new = _prose(before), _prose(after)
    title, renewed = _title(old), _title(new)
    entries, continued = _entries(old), _entries(new)
    if title is None:
        return [] if (title, entries) == (renewed, continued) else ["a version comes from nowhere"]
    told = []
    wanted = {_next(title), _next(max([title, *entries], key=_parts))}
    if renewed not in wanted:
        told.append(f"the title's version {title} becomes {renewed}")
    added = list(continued)
    for each in entries:
        if each in added:
            added.remove(each)
        else:
            told.append(f"the entry of {each} is gone")
    # Where there is no changelog, one may be begun.
    if added != [renewed] and (entries or added):
        told.append(f"entries are added for {', '.join(added) or 'nothing'}")
    return told


def _prose(data: bytes) -> list[str]:
    return [
        line
        for cell in json.loads(data)["cells"]
        if cell["cell_type"] == "markdown"
        for line in laws.source(cell).split("\n")
    ]


def _title(lines: list[str]) -> str | None:
    title = next((line for line in lines if line.startswith("# ")), "")
    found = _VERSION.search(title)
    return found[1] if found else None


def _entries(lines: list[str]) -> list[str]:
    first = next((n for n, line in enumerate(lines) if line.startswith("# ")), -1)
    rest = [line for n, line in enumerate(lines) if n != first]
    return [found[1] for line in rest if (found := _ENTRY.match(line))]


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _next(version: str) -> str:
    *first, last = version.split(".")
    return ".".join([*first, str(int(last) + 1)])

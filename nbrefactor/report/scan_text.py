"""A scan for the terminal: the groups that matter, and what to type next."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbrefactor.report.counted import count
from nbrefactor.scan.values import Family, Group, Scan
from nbrefactor.visible import visible_line

_WIDTH = 80
_WORDS = {
    "literal": "literals",
    "default": "defaults",
    "parameter": "parameters",
    "name": "names from outside",
    "line": "lines",
    "function": "another function",
}


def render(scan: Scan, paths: Sequence[str], *, most: int = 10) -> str:
    """Write what a scan found, no line longer than 80 characters but for commands and paths.

    Parameters
    ----------
    scan : Scan
        What was found.
    paths : sequence of str
        What the user named, for the commands.
    most : int
        How many families are shown.

    Returns
    -------
    str
        Lines, each with a line end.
    """
    lines: list[str] = []
    for number, family in enumerate(scan.families[:most], 1):
        lines.extend(_family(number, family, paths))
        lines.append("")
    hidden = len(scan.families) - most
    if hidden > 0:
        lines.append(f"and {count(hidden, 'more family', 'more families')}; to see them all:")
        lines.append(f"  nbrefactor scan {_typed(paths)} --html copies.html")
        lines.append("")
    lines.append(_summary(scan))
    return "".join(f"{line}\n" for line in lines)


def _family(number: int, family: Family, paths: Sequence[str]) -> Iterator[str]:
    group = family.group
    name = visible_line(family.name) if family.name else _where(group)
    head = f"{number:2d}  {name}"
    number_of = count(family.copies, "copy", "copies")
    notebooks = {notebook for one in family.groups for notebook in one.notebooks}
    tail = f"{number_of} in {count(len(notebooks), 'notebook')}, -{family.gone} lines"
    gap = _WIDTH - len(head) - len(tail)
    yield f"{head}{' ' * gap}{tail}" if gap > 1 else f"{head}  {tail}"
    yield from _wrapped(f"{group.kind} of {count(group.lines, 'line')}: {_move(group)}")
    if group.kind == "cell":
        yield from _wrapped(", ".join(_place(group)))
    variants = family.variants
    if variants:
        copies = sum(len(one.group.copies) for one in variants)
        what = dict.fromkeys(_WORDS[one.kind] for one in variants)
        yield from _wrapped(
            f"{count(len(variants), 'variant')} ({count(copies, 'copy', 'copies')}) "
            f"{'differs' if len(variants) == 1 else 'differ'} in: {', '.join(what)}"
        )
        first = next((one for one in variants if one.differences), None)
        if first is not None:
            yield from _wrapped(visible_line("; ".join(first.differences)), indent=6)
    if command := next_command(family, paths):
        yield f"    $ {command}"


def _move(group: Group) -> str:
    move = group.move
    names = "" if move is None else visible_line(", ".join(move.names))
    if group.modules:
        return f"{visible_line(group.modules[0])} holds it already"
    if move is None:
        return "one copy"
    match move.way:
        case "as-is":
            return "can move as it is"
        case "helpers":
            return f"can move together with {names}"
        case "parameter":
            return f"can move; calls pass {names}"
    return f"stays: {visible_line(move.why)}"


def next_command(family: Family, paths: Sequence[str]) -> str:
    """Give the command that does something about a family; empty where none does."""
    group = family.group
    if group.kind == "cell" or group.move is None:
        return ""
    if group.modules:
        module = shlex.quote(visible_line(group.modules[0]))
        return f"nbrefactor migrate {_typed(paths)} --module {module}"
    if not family.name.isascii():
        return ""
    if group.move.way == "no":
        return f"nbrefactor scan {_typed(paths)} --names {family.name} --html {family.name}.html"
    folders = {Path(path).parent for path in family.notebooks}
    folder = folders.pop() if len(folders) == 1 else _folder(paths)
    to = shlex.quote(visible_line(str(folder / "helpers.py")))
    bootstrap = " --bootstrap path" if folders else ""
    return f"nbrefactor extract {_typed(paths)} {family.name} --to {to}{bootstrap} --dry-run"


def _typed(paths: Sequence[str]) -> str:
    return " ".join(shlex.quote(visible_line(path)) for path in paths)


def _folder(paths: Sequence[str]) -> Path:
    """Give the folder in which a module for several folders may stand."""
    first = Path(paths[0])
    return first.parent if first.suffix in (".ipynb", ".py") else first


def _where(group: Group) -> str:
    first = group.copies[0]
    return f"cell {first.cell} of {visible_line(first.path)}"


def _place(group: Group) -> Iterator[str]:
    for copy in group.copies[:4]:
        yield f"{visible_line(copy.path)}:cell {copy.cell}"
    if len(group.copies) > 4:
        yield "…"


def _wrapped(text: str, indent: int = 4) -> list[str]:
    space = " " * indent
    return textwrap.wrap(
        text, _WIDTH, initial_indent=space, subsequent_indent=space, break_long_words=False
    )


def _summary(scan: Scan) -> str:
    if not scan.families:
        return f"no copies in {count(scan.notebooks, 'notebook')}"
    ways = {"as-is": 0, "helpers": 0, "parameter": 0, "no": 0}
    for group in scan.groups:
        if group.move is not None:
            ways[group.move.way] += 1
    told = (
        f"{ways['as-is']} move as they are, {ways['helpers']} with helpers, "
        f"{ways['parameter']} with parameters, {ways['no']} stay"
    )
    return (
        f"{count(len(scan.groups), 'group')} of copies in {count(scan.notebooks, 'notebook')}, "
        f"{count(scan.gone, 'line')} could go\n{told}"
    )

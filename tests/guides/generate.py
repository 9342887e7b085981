"""The parts of the guides that are made from what the program declares.

``python -m tests.guides`` writes them anew, between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from nbrefactor.cli import main
from nbrefactor.cli.rule import page
from nbrefactor.declared import DECLARATIONS, Declaration
from nbrefactor.model.reasons import GROUPS, Entry
from nbrefactor.rules.catalogue import RULES
from tests.test_layers import MODULES, imports, part

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / ".github" / "docs"
_WIDTH = 100


def commands() -> str:
    """Give the help of every command."""
    context = click.Context(
        main,
        info_name="nbrefactor",
        max_content_width=_WIDTH,
        terminal_width=_WIDTH,
        help_option_names=["-h", "--help"],
    )
    parts = [
        f"### {inner.command_path}\n\n```text\n{inner.command.get_help(inner).rstrip()}\n```\n"
        for inner in _commands(context)
    ]
    return "\n".join(parts)


def _commands(context: click.Context) -> Iterator[click.Context]:
    group = context.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, parent=context, info_name=name)
        if isinstance(command, click.Group):
            yield from _commands(inner)
        else:
            yield inner


def settings() -> str:
    """Give a table of all settings."""
    rows = ["| key | value | option | meaning |", "|---|---|---|---|"]
    for found in DECLARATIONS:
        if found.key:
            option = f"`{found.option.flag}`" if found.option else ""
            told = _cell(found.meaning)
            rows.append(f"| `{found.key}` | {_value(found)} | {option} | {told} |")
    return "\n".join(rows) + "\n"


def _value(found: Declaration) -> str:
    if found.choices:
        return "one of " + ", ".join(f'`"{choice}"`' for choice in found.choices)
    return {
        "modules": "list of dotted names, or of `.py` files relative to the file",
        "levels": "a level, or a table of modules with levels",
        "aliases": "table of names with names",
        "folders": "list of folders",
        "switch": "`true` or `false`",
        "texts": "list of texts",
        "text-or-texts": "text, or list of texts",
        "patterns": "list of regular expressions",
        "version-patterns": "list of regular expressions with a group `version`",
        "codes": "list of codes",
        "codes-by-pattern": "table of patterns with lists of codes",
    }[found.kind]


def rules() -> str:
    """Give a table of all rules, and a page for each."""
    rows = [
        "| Code | Name | Finds | Resolved by `migrate` | By default |",
        "|---|---|---|---|---|",
    ]
    for rule in RULES:
        fixed, default = "yes" if rule.fixed else "no", "on" if rule.default else "off"
        rows.append(f"| {rule.code} | {rule.name} | {rule.summary} | {fixed} | {default} |")
    pages = [re.sub(r"^# ", "### ", page(rule)) for rule in RULES]
    return "\n".join([*rows, "", *pages])


def reasons() -> str:
    """Give a table of reasons with their remedies for each group of them."""
    parts = []
    for title, entries in GROUPS.items():
        rows = ["| code | reason | what to do |", "|---|---|---|"]
        for code, entry in sorted(entries.items()):
            rows.append(f"| `{code}` | {_sentence(entry)} | {_filled(entry.remedy)} |")
        parts.append("\n".join([f"## {title}", "", *rows, ""]))
    return "\n".join(parts)


def _sentence(entry: Entry) -> str:
    return _filled(entry.sentence)


def _filled(text: str) -> str:
    for field, shown in (
        ("{subject}", "NAME"),
        ("{cell}", "cell N"),
        ("{at}", " (cell N)"),
        ("{here}", "…"),
        ("{there}", "…"),
    ):
        text = text.replace(field, shown)
    return _cell(text)


def _cell(text: str) -> str:
    for character in "\\|<>*_":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def rooms() -> str:
    """Draw which room knows which, without what is reached through another."""
    known = {room: set[str]() for room in _ROOMS}
    for module, path in MODULES.items():
        if (here := part(module)) in known:
            known[here] |= {part(found) for found in imports(path)} & _ROOMS - {here}
    lines = ["```mermaid", "flowchart TD"]
    for room in sorted(known):
        through = set[str]().union(*(_reached(known, other) for other in known[room]))
        lines += [f"    {room} --> {other}" for other in sorted(known[room] - through)]
    return "\n".join([*lines, "    viz", "```", ""])


# The packages, but for those that everybody knows and for the island.
_ROOMS = {
    path.parent.name
    for path in (ROOT / "nbrefactor").glob("*/__init__.py")
    if path.parent.name not in ("model", "viz")
}


def _reached(known: Mapping[str, set[str]], room: str) -> set[str]:
    """Give the rooms that a room knows, also through others."""
    found: set[str] = set()
    pending = [room]
    while pending:
        for other in known[pending.pop()] - found:
            found.add(other)
            pending.append(other)
    return found


PARTS: Mapping[str, tuple[str, Callable[[], str]]] = {
    "commands": ("commands.md", commands),
    "settings": ("settings.md", settings),
    "rules": ("rules.md", rules),
    "reasons": ("reasons.md", reasons),
    "rooms": ("architecture.md", rooms),
}


def renewed(name: str, text: str) -> str:
    """Give a guide with its generated part as it should be."""
    _, make = PARTS[name]
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->\n"
    head, found, rest = text.partition(begin)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"the guide has no part between {begin!r} and {end!r}")
    return f"{head}{begin}\n{make()}\n{end}{tail}"

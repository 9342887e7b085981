"""Replacements reviewed one by one, as ``git add -p`` does with changes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbrefactor.cli.execution import Executed
from nbrefactor.cli.process import now
from nbrefactor.cli.terminal import console, show
from nbrefactor.config import Settings
from nbrefactor.model.outcome import CellChange, Edit, Finding, Outcome
from nbrefactor.visible import visible, visible_line

if TYPE_CHECKING:
    from nbrefactor.verdict.match import Accepted

_ANSWERS = "y,n,a,d,e,q,?"
_HELP = """\
y - replace this definition
n - leave this definition as it is
a - replace this one and all that follow in this notebook
d - leave this one and all that follow in this notebook
e - explain: both sources, and all that had to hold
q - leave this one and all that follow, in the other notebooks too
? - show this
"""


@dataclass(slots=True)
class Review:
    """Asks of each replacement whether it is wanted; see `__call__`.

    Parameters
    ----------
    ended : bool
        Whether the user wants no more of it, in any notebook.
    """

    ended: bool = False
    _ask: Callable[[str], str] = field(default=lambda question: _answer(question), repr=False)

    def __call__(self, outcome: Outcome, path: Path | None, chosen: Settings) -> Executed:
        """Review one notebook; what comes of it holds the wanted replacements only."""
        from rich.text import Text

        from nbrefactor.engine import migrate_bytes, read_modules

        modules = read_modules(chosen, path)
        wanted: set[str] = set()
        declined: set[str] = set()
        planned = outcome
        while asked := _names(planned, wanted | declined):
            before = len(declined)
            self._review(asked, planned, chosen, modules, wanted, declined)
            if len(declined) > before:
                # Without these others may have to stay, or may be replaced in another way.
                settings = replace(chosen, declined=tuple(sorted(declined)))
                planned = migrate_bytes(
                    outcome.before, settings, modules, path=outcome.path, now=now()
                )
        text = Text()
        for name in sorted(wanted - planned.replaced_names):
            text.append(f"  stays, because of what was declined: {visible_line(name)}\n", "yellow")
        if not planned.replaced:
            planned = replace(
                planned, status="unchanged", after=outcome.before, cells=(), metadata=()
            )
        return Executed(planned, planned.status != "failed", text)

    def _review(
        self,
        names: Sequence[str],
        planned: Outcome,
        chosen: Settings,
        modules: Sequence[Accepted],
        wanted: set[str],
        declined: set[str],
    ) -> None:
        rest = "q" if self.ended else ""
        for at, name in enumerate(names, 1):
            if not rest:
                _show(planned, name)
            while not rest:
                answer = self._ask(f"({at}/{len(names)}) Replace {visible_line(name)}")
                if answer == "e":
                    _explain(planned, chosen, modules, name)
                elif answer in ("a", "d", "q"):
                    rest = answer
                elif answer in ("y", "n"):
                    break
                else:
                    click.echo(_HELP, nl=False)
            answer = rest or answer
            self.ended = self.ended or answer == "q"
            (wanted if answer in ("y", "a") else declined).add(name)


def _answer(question: str) -> str:
    """Ask; where nobody answers any more, that ends the review."""
    click.echo(f"{question} [{_ANSWERS}]? ", nl=False)
    line = sys.stdin.readline()
    if not line:
        click.echo()
        return "q"
    return line.strip().lower()[:1]


def _names(planned: Outcome, known: set[str]) -> list[str]:
    """List what would be replaced and was not asked about, in the order of the notebook."""
    names = [found.name for found in planned.replaced if found.name]
    return [name for name in dict.fromkeys(names) if name not in known]


def _show(planned: Outcome, name: str) -> None:
    """Show what a replacement changes, and why it may."""
    from rich.text import Text

    from nbrefactor.report.text import render_diff, told

    text = Text("\n")
    found = [one for one in planned.replaced if one.name == name]
    for change in _changes(planned, found):
        text.append_text(render_diff(planned.cell_diff(change)))
    for one in found:
        level = "forced" if any(why.code == "forced" for why in one.reasons) else one.level
        text.append(f"{level}: {visible_line(one.target or '')}\n", "bold")
        for reason in told(one.reasons):
            text.append(f"  {visible(reason)}\n", "dim")
    show(console(stderr=False), text)


def _changes(planned: Outcome, found: Sequence[Finding]) -> list[CellChange]:
    """Give the cells that some findings edit, with the edits of these alone."""
    from nbrefactor.notebook.document import read

    edits: dict[int, list[Edit]] = {}
    for one in found:
        for edit in one.edits:
            edits.setdefault(edit.cell, []).append(edit)
    cells = read(planned.before).cells
    changes = []
    for at, of_cell in sorted(edits.items()):
        source = cells[at].source
        for edit in sorted(of_cell, key=lambda one: (one.start, one.end), reverse=True):
            source = f"{source[: edit.start]}{edit.text}{source[edit.end :]}"
        changes.append(CellChange(at, cells[at].id, cells[at].source, source))
    return changes


def _explain(planned: Outcome, chosen: Settings, modules: Sequence[Accepted], name: str) -> None:
    from nbrefactor.explain import explain_bytes
    from nbrefactor.report.explain import render_explanation

    out = console(stderr=False)
    for explanation in explain_bytes(planned.before, chosen, modules, name=name):
        out.print(render_explanation(explanation, width=out.width))

"""Verifications for people in a terminal, and the sentence that sums one up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbrefactor.report.counted import count
from nbrefactor.verify.values import (
    COMPARED,
    CellComparison,
    OutputComparison,
    Status,
    Verification,
)
from nbrefactor.visible import visible_line

if TYPE_CHECKING:
    from rich.text import Text

_STYLES: dict[Status, str] = {
    "identical": "green",
    "within tolerance": "green",
    "restyled": "cyan",
    "different words": "bold red",
    "changed": "bold red",
    "different data": "bold red",
    "additional": "bold red",
    "missing": "bold red",
    "new error": "bold red",
    "failed before too": "yellow",
    "not deterministic": "yellow",
    "not run": "yellow",
}


def render_verification(found: Verification) -> Text:
    """Show every cell that is not identical, and why.

    Parameters
    ----------
    found : Verification
        The verdict on each output.

    Returns
    -------
    rich.text.Text
        Lines, each with a line end; the verdict is not among them.
    """
    from rich.text import Text

    text = Text()
    text.append(f"{visible_line(found.path)}\n", "bold")
    against = (
        "the planned migration" if found.migrated == "planned" else visible_line(found.migrated)
    )
    text.append(f"  compared with {against} in {found.seconds:.1f} s\n", "dim")
    for cell in found.cells:
        if cell.status != "identical":
            text.append_text(_cell(cell))
    for note in found.notes:
        text.append(f"  {visible_line(note)}\n", "dim")
    return text


def verdict(found: Verification) -> str:
    """Sum a verification up in one line, with how much was really compared.

    Parameters
    ----------
    found : Verification
        The verdict on each output.

    Returns
    -------
    str
        Begins with ``verified`` or ``not verified``; without a line end.
    """
    parts = []
    failures = found.failures
    if not found.compared:
        parts.append("nothing could be compared")
    elif found.replacements_unseen:
        parts.append("no cell with replaced calls could be compared")
    for status in _FAILS:
        numbers = [str(cell.cell + 1) for cell in failures if cell.status == status]
        if numbers:
            where = f"cell{'s' if len(numbers) > 1 else ''} {_listed(numbers)}"
            parts.append(f"{where} {_FAILS[status]}")
    cells, compared = len(found.cells), len(found.compared)
    parts.append(f"{compared} of {count(cells, 'code cell')}")
    parts.append(_outputs(found))
    if files := found.file_counts:
        parts.append(f"{count(sum(files.values()), 'saved figure')}: {_told(files)}")
    for status in ("failed before too", "not deterministic", "not run"):
        if number := sum(cell.status == status for cell in found.cells):
            parts.append(f"{count(number, 'cell')} {status}")
    if found.callers:
        reached = sum(cell.status in COMPARED for cell in found.callers)
        parts.append(
            f"{reached} of {count(len(found.callers), 'cell')} with replaced calls compared"
        )
    elif found.outcome.replaced:
        parts.append("no cell calls a replacement")
    return f"{'verified' if found.passed else 'not verified'}: {', '.join(parts)}"


# The worst first.
_FAILS: dict[Status, str] = {
    "new error": "raised a new error",
    "missing": "lacks a picture",
    "additional": "has an additional picture",
    "different data": "shows different data",
    "changed": "changed",
    "different words": "has different words",
    "restyled": "restyled (--strict)",
}
# Names of what differs that the verdict tells.
_MOST_NAMES = 6


def _outputs(found: Verification) -> str:
    total = sum(found.counts.values())
    compared = sum(number for status, number in found.counts.items() if status in COMPARED)
    of = "" if compared == total else f"{compared} of "
    told = f"{of}{count(total, 'output')}"
    if not total:
        return told
    named = [f"{name} {number}" for name, number in found.restyled.items()]
    if len(named) > _MOST_NAMES:
        named = [*named[:_MOST_NAMES], "…"]
    restyled = f" with the same data ({', '.join(named)})" if named else " with the same data"
    return f"{told}: {_told(found.counts)}".replace(" restyled", f" restyled{restyled}", 1)


def _told(counts: dict[Status, int]) -> str:
    return ", ".join(f"{number} {status}" for status, number in counts.items())


def _cell(cell: CellComparison) -> Text:
    from rich.text import Text

    text = Text()
    text.append(f"  cell {cell.cell + 1:>3}  ", "dim")
    text.append(f"{cell.status:<18}", _STYLES[cell.status])
    calls = f"calls {', '.join(cell.calls)}" if cell.calls else ""
    text.append(visible_line("; ".join(part for part in (cell.detail, calls) if part)))
    text.append("\n")
    for number, output in enumerate(cell.outputs, 1):
        _add_output(text, f"output {number}, {output.family}", output)
    for file in cell.files:
        _add_output(text, f"figure {file.name}", file)
    return text


def _add_output(text: Text, called: str, output: OutputComparison) -> None:
    if output.status == "identical":
        return
    text.append(f"            {visible_line(called)}: ", "dim")
    text.append(f"{output.status}", _STYLES[output.status])
    text.append(f"; {visible_line(output.detail)}\n" if output.detail else "\n")


def _listed(numbers: list[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} and {numbers[-1]}"

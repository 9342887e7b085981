"""Cases of wrong replacements: is the definition left, or do both notebooks run alike?"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from . import kernel, pool, tool
from .record import Part, shown

SECONDS = 30
_MARKDOWN = "<<md>>"
_NOTED = re.compile(r"\[(\d+)\] ([-+])")
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d|(?:(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December) )?\b20\d\d\b"
)


@dataclass(frozen=True)
class Judged:
    """What became of one case."""

    name: str
    category: str
    verdict: str
    details: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether the case is not mended."""
        return self.verdict in ("DIFFERS", "ERROR")


def read(path: Path) -> list[dict[str, Any]]:
    """Read the cases, a JSON object in each line."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def judge(case: dict[str, Any]) -> Judged:
    """Run the tool on one case, and both notebooks where it changed something."""
    with tempfile.TemporaryDirectory(prefix="measure-") as work:
        before, after = Path(work, "before", "case"), Path(work, "after", "case")
        before.mkdir(parents=True)
        # Each case stands in a repository of its own.
        (before / ".git").mkdir()
        notebook = lay_out(case, before)
        shutil.copytree(before, after)
        judged = _bumped if case["args"][0] == "bump" else _migrated
        verdict, details = judged(case, notebook, after / notebook.name)
    return Judged(case["name"], case["category"], verdict, tuple(details))


def lay_out(case: dict[str, Any], folder: Path) -> Path:
    """Write a case's notebook, module and other files."""
    if "module" in case:
        _write(folder, f"{_module(case['args']).replace('.', '/')}.py", case["module"])
    for name, text in case.get("files", {}).items():
        _write(folder, name, text)
    types = case.get("cell_types") or [
        "markdown" if text.startswith(_MARKDOWN) else "code" for text in case["cells"]
    ]
    cells = []
    for number, (kind, text) in enumerate(zip(types, case["cells"], strict=True)):
        make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        tags = case.get("tags", {}).get(str(number))
        metadata = {"tags": tags} if tags else {}
        source = text.removeprefix(_MARKDOWN).lstrip("\n") if kind == "markdown" else text
        cells.append(make(source, id=f"cell-{number}", metadata=metadata))
    notebook = nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
    )
    path = folder / "Case.ipynb"
    nbformat.write(notebook, path)
    return path


def _module(args: list[str]) -> str:
    named = [args[n + 1] for n, word in enumerate(args[:-1]) if word == "--module"]
    return named[0] if named else "mymod"


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _migrated(case: dict[str, Any], before: Path, after: Path) -> tuple[str, list[str]]:
    level, *args = case["args"]
    run = tool.command(after.parent, "migrate", after.name, "--bump", level, *args)
    if run.code:
        return "ERROR", [f"exit {run.code}: {run.output.strip()[-300:]}"]
    if after.read_bytes() == before.read_bytes():
        return "refused", []
    packages = tool.location()
    try:
        first = kernel.observe(before, packages=packages)
    except kernel.NoRunError as error:
        return "ERROR", [f"the original does not run: {error}"]
    try:
        second = kernel.observe(after, packages=packages)
    except kernel.NoRunError as error:
        return "DIFFERS", [f"the result does not run: {error}"]
    told = kernel.differences(first, second)
    return ("DIFFERS" if told else "same"), told


def _bumped(case: dict[str, Any], before: Path, after: Path) -> tuple[str, list[str]]:
    command, *args = case["args"]
    run = tool.command(after.parent, command, after.name, *args)
    # Exit 2 and a sentence where no version is found: nothing is edited, and that is right.
    if after.read_bytes() == before.read_bytes():
        return "left", []
    if run.code:
        return "ERROR", [f"exit {run.code} with an edited notebook: {run.output.strip()[-300:]}"]
    kept = [line for line in noted(case["note"]) if line.still(_lines(before), _lines(after))]
    if kept:
        return "DIFFERS", [f"cell {each.cell + 1}: {each.sign}{each.text}" for each in kept]
    return "edited", ["none of the lines that were wrongly edited"]


@dataclass(frozen=True)
class Noted:
    """A line of a note: what was wrongly taken out or put in."""

    cell: int
    sign: str
    text: str

    def still(self, before: dict[int, list[str]], after: dict[int, list[str]]) -> bool:
        """Whether it is still taken out or put in; dates are those of the day."""
        here, there = before.get(self.cell, []), after.get(self.cell, [])
        if self.sign == "-":
            return self.text in here and here.count(self.text) > there.count(self.text)
        new = [line for line in there if line not in here]
        return _DATE.sub("DATE", self.text) in [_DATE.sub("DATE", line) for line in new]


def noted(note: str) -> list[Noted]:
    """Read what a note calls wrong: where only a date is, the raised version is right."""
    kind, *parts = _NOTED.split(note)
    lines = [
        Noted(int(parts[n]), parts[n + 1], parts[n + 2].strip()) for n in range(0, len(parts), 3)
    ]
    lines = [line for line in lines if line.text]
    if kind.startswith(("date", "year")):
        return [line for line in lines if line.sign == "-" and not line.text.startswith("#")]
    if "taken for the changelog" in kind:
        return [line for line in lines if line.sign == "+"]
    if kind.startswith("second changelog"):
        return [line for line in lines if line.sign == "+" and line.text.startswith("##")]
    return lines


def _lines(path: Path) -> dict[int, list[str]]:
    cells = nbformat.read(path, as_version=4).cells
    return {n: [line.strip() for line in cell.source.split("\n")] for n, cell in enumerate(cells)}


def measure(
    path: Path, *, only: str = "", jobs: int = 2, say: Callable[[str], object] = lambda line: None
) -> Part:
    """Judge the cases of a file.

    Parameters
    ----------
    path : Path
        The cases.
    only : str
        Text that the category or the name of those that are judged holds.
    jobs : int
        Number of processes.
    say : callable
        What is called with the lines on each case as soon as it is judged.

    Returns
    -------
    Part
        The verdicts, summed up by category.
    """
    chosen = [case for case in read(path) if only in case["category"] or only in case["name"]]
    sums: dict[str, Counter[str]] = {}
    part = Part("wrong", {})
    results = pool.each(judge, chosen, seconds=SECONDS, jobs=jobs)
    for case, result in zip(chosen, results, strict=True):
        judged = (
            Judged(case["name"], case["category"], "ERROR", (result.why,))
            if isinstance(result, pool.Failed)
            else result
        )
        sums.setdefault(judged.category, Counter())[judged.verdict] += 1
        key = f"{judged.category}: {judged.name}"
        part.verdicts[key] = judged.verdict
        say(shown(f"{judged.verdict:<8} {key}"))
        for detail in judged.details:
            say(shown(f"{'':9}{detail}"))
        if judged.wrong:
            part.faults.append(shown(f"{judged.verdict} {key}: {'; '.join(judged.details)}"))
    for category, counts in sorted(sums.items()):
        part.figures[category] = ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))
    part.figures.update(sorted(sum(sums.values(), Counter()).items()))
    part.figures["cases"] = len(chosen)
    return part

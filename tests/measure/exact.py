"""Exact copies: is what another notebook's definition could stand for replaced by it?"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

from . import laws, module, pool, reasons, tool
from .meanings import Copy, Notebook
from .record import Part, shown

MODULE = "copied_definitions"
_SOURCES_TRIED = 6


@dataclass(frozen=True)
class Indexed:
    """The definitions of one notebook."""

    path: Path
    copies: tuple[Copy, ...]


@dataclass(frozen=True)
class Task:
    """A definition of a notebook, and the notebooks that have an equal one."""

    path: Path
    wanted: Copy
    sources: tuple[Path, ...]


@dataclass(frozen=True)
class Tried:
    """What became of one copy."""

    task: Task
    verdict: str
    source: Path | None = None
    unseen: str = ""
    reasons: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    broken: tuple[str, ...] = field(default=())


def index(path: Path) -> Indexed:
    """List the definitions of a notebook."""
    notebook = _read(path)
    return Indexed(path, notebook.copies if notebook else ())


def tasks(indexed: list[Indexed], seed: int) -> list[Task]:
    """Give every copy of which another notebook has an equal one, in an order by chance."""
    places: dict[tuple[str, str], list[Path]] = {}
    for each in indexed:
        for copy in each.copies:
            paths = places.setdefault((copy.name, copy.form), [])
            if each.path not in paths:
                paths.append(each.path)
    drawn = random.Random(seed)
    found: list[Task] = []
    for each in indexed:
        for copy in each.copies:
            others = [p for p in places[copy.name, copy.form] if p != each.path]
            if others:
                chosen = drawn.sample(others, min(_SOURCES_TRIED, len(others)))
                found.append(Task(each.path, copy, tuple(sorted(chosen))))
    drawn.shuffle(found)
    return found


def attempt(task: Task) -> Tried:
    """Migrate a copy of the notebook against a module made from another notebook."""
    notebook = _read(task.path)
    assert notebook is not None
    why = "no other notebook"
    for path in task.sources:
        source = _read(path)
        assert source is not None
        made = module.make(source, notebook, task.wanted)
        if isinstance(made, module.NotThere):
            why = made.why
        elif not _importable(made, task.path, path):
            why = "an import of a file of another folder"
        else:
            return _migrate(task, notebook, path, made)
    return Tried(task, "not all there", reasons=(why,))


def _importable(made: module.Module, here: Path, there: Path) -> bool:
    """Whether what it imports is the same seen from both notebooks: no file of another folder."""
    local = {
        root
        for root in made.roots
        for folder in {here.parent, there.parent}
        if (folder / f"{root}.py").exists() or (folder / root).exists()
    }
    return not local or (
        here.parent == there.parent and all((here.parent / f"{x}.py").exists() for x in local)
    )


def _migrate(task: Task, notebook: Notebook, source: Path, made: module.Module) -> Tried:
    with tempfile.TemporaryDirectory(prefix="measure-") as work:
        path = Path(work, task.path.name)
        shutil.copyfile(task.path, path)
        for beside in task.path.parent.glob("*.py"):
            shutil.copyfile(beside, Path(work, beside.name))
        Path(work, f"{MODULE}.py").write_text(made.text, encoding="utf-8")
        first = tool.migrate(path, modules=[MODULE])
        broken = _broken(path, first)
    unseen = notebook.unseen({task.wanted.name, *made.names})
    done = partial(Tried, task, source=source, unseen=unseen, broken=tuple(broken))
    if first.status in ("crashed", "failed"):
        return done("failed", reasons=(first.reason,))
    verdict = first.of(task.wanted.name, task.wanted.cell)
    if verdict is None:
        return done("refused", reasons=("no verdict on it",), kinds=("no verdict on it",))
    if verdict.replaced:
        return done("replaced")
    names = {task.wanted.name, *made.names}
    kinds = tuple(dict.fromkeys(reasons.kind(each, names) for each in verdict.reasons))
    return done("refused", reasons=verdict.reasons, kinds=kinds or ("no reason given",))


def _broken(path: Path, first: tool.Migration) -> list[str]:
    if first.before == first.after:
        return []
    broken = laws.broken(first.before, first.after)
    path.write_bytes(first.after)
    if tool.migrate(path, modules=[MODULE]).after != first.after:
        broken.append("the second run changes something")
    return broken


@lru_cache(maxsize=64)
def _read(path: Path) -> Notebook | None:
    return Notebook.read(path)


@dataclass(frozen=True)
class Collection:
    """What was looked at in one folder."""

    name: str
    notebooks: int
    copies: int
    tried: tuple[Tried, ...]


def look(folder: Path, *, limit: int, seed: int, seconds: float, jobs: int) -> Collection:
    """Try the copies of a folder.

    Parameters
    ----------
    folder : Path
        Notebooks, also in folders below.
    limit : int
        How many copies are tried; 0 for all.
    seed : int
        Which ones: the same copies for the same seed.
    seconds : float
        How long one may take.
    jobs : int
        Number of processes.

    Returns
    -------
    Collection
        What became of those that were tried.
    """
    paths = sorted(folder.rglob("*.ipynb"))
    indexed = [
        each
        for each in pool.each(index, paths, seconds=seconds, jobs=jobs)
        if not isinstance(each, pool.Failed)
    ]
    every = tasks(indexed, seed)
    # Those of one notebook one after the other: it is read once.
    chosen = sorted(every[: limit or None], key=lambda task: (task.path, task.wanted.cell))
    tried = tuple(
        Tried(task, "failed", reasons=(result.why,)) if isinstance(result, pool.Failed) else result
        for task, result in zip(
            chosen, pool.each(attempt, chosen, seconds=seconds, jobs=jobs), strict=True
        )
    )
    return Collection(folder.name, len(paths), len(every), tried)


def measure(folders: Sequence[Path], *, limit: int, seed: int, seconds: float, jobs: int) -> Part:
    """Try the copies of several folders and sum up."""
    part = Part("exact", {})
    every: list[Tried] = []
    for folder in folders:
        looked = look(folder, limit=limit, seed=seed, seconds=seconds, jobs=jobs)
        every += looked.tried
        there, replaced = _there(looked.tried), _replaced(looked.tried)
        part.figures[looked.name] = (
            f"{looked.notebooks} notebooks, {looked.copies} copies, {len(looked.tried)} looked at, "
            f"{len(there)} with all there, {len(replaced)} replaced"
        )
        for each in looked.tried:
            _judge(part, folder, each)
    there, replaced = _there(every), _replaced(every)
    plain = [each for each in there if not each.unseen]
    part.figures["copies looked at"] = len(every)
    part.figures["all was there"] = len(there)
    part.figures["replaced"] = len(replaced)
    part.figures["share (asked for: 97 %)"] = _share(there)
    part.figures["share where nothing is bound unseen"] = _share(plain)
    for what, count in Counter(
        each.reasons[0].partition(":")[0] for each in every if each.verdict == "not all there"
    ).most_common():
        part.figures[f"not all there: {what}"] = count
    return part


def _there(tried: Sequence[Tried]) -> list[Tried]:
    return [each for each in tried if each.verdict != "not all there"]


def _replaced(tried: Sequence[Tried]) -> list[Tried]:
    return [each for each in tried if each.verdict == "replaced"]


def _share(tried: list[Tried]) -> float:
    return len(_replaced(tried)) / len(tried) if tried else 0.0


def _judge(part: Part, folder: Path, each: Tried) -> None:
    notebook = Path(folder.name, each.task.path.relative_to(folder))
    place = f"{notebook}: cell {each.task.wanted.cell + 1}: {each.task.wanted.name}"
    if each.verdict == "not all there":
        return
    part.verdicts[place] = each.verdict
    if each.verdict == "refused":
        unseen = f" (unseen: {each.unseen})" if each.unseen else ""
        part.refuse(f"{each.kinds[0]}{unseen}", place, each.reasons)
    if each.verdict == "failed":
        part.faults.append(shown(f"{place}: {'; '.join(each.reasons)}"))
    part.faults.extend(shown(f"{place}: {law}") for law in each.broken)

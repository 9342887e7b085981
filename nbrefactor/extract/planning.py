"""The plan of an extraction: modules as they would be, and every notebook migrated to them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from nbrefactor.batch.loop import SettingsFor
from nbrefactor.extract.choosing import Chosen, choose
from nbrefactor.extract.migrating import Migrator
from nbrefactor.extract.needed import imported_above
from nbrefactor.extract.reading import Library
from nbrefactor.extract.resting import without_acts
from nbrefactor.extract.themes import themes, without_strangers
from nbrefactor.extract.values import Asked, Extraction, Left, Module, Piece, Replaced
from nbrefactor.extract.writing import ModuleError, imports_in, ordered, write
from nbrefactor.model.outcome import Finding, Outcome
from nbrefactor.python.canonical import canonical
from nbrefactor.scan.reading import Reader
from nbrefactor.scan.values import Copy


@dataclass(frozen=True, slots=True)
class _Migrated:
    """The notebooks with the modules that are planned."""

    outcomes: tuple[Outcome, ...]
    replaced: tuple[Replaced, ...]
    left: tuple[Left, ...]


def plan(
    paths: Sequence[Path | str],
    asked: Asked,
    settings_for: SettingsFor,
    now: datetime,
    *,
    jobs: int = 1,
) -> Extraction:
    """Plan an extraction; nothing is written, run or imported.

    Parameters
    ----------
    paths : sequence of Path or str
        Notebooks, and folders that are searched for them.
    asked : Asked
        What is to be extracted, and where to.
    settings_for : callable
        Gives the settings of a notebook.
    now : datetime
        The date that is written beside a new version.
    jobs : int
        How many processes plan the notebooks.

    Returns
    -------
    Extraction
        The modules and notebooks as they would be, and every copy that stays, with its reason.

    Raises
    ------
    ModuleError
        If the module cannot be extended.
    """
    library = Library(paths, Reader(settings_for, jobs))
    chosen: Chosen = choose(library, asked)
    before = _before(asked.to)
    pieces, held = _against(chosen.pieces, before, asked.to)
    above = _Above(library)
    pieces, acting = without_acts(pieces, asked.to)
    pieces, strangers = without_strangers(pieces, above.anywhere)
    always = (*chosen.left, *held, *acting, *strangers)
    migrate = Migrator(asked, settings_for, now, jobs)
    while True:
        modules = tuple(_modules(pieces, asked, before, above))
        done = _migrated(library, modules, migrate)
        kept = _worth(pieces, done.replaced, asked)
        if len(kept) == len(pieces):
            left = _summed(always, done)
            return Extraction(modules, done.outcomes, done.replaced, left, library.problems)
        always = (*always, *_given_up(pieces, kept, done))
        pieces = kept


class _Above:
    """What notebooks import, read once for each place."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[tuple[str, int | None], frozenset[str]] = {}

    def __call__(self, copy: Copy) -> frozenset[str]:
        """Give the packages that are imported in the cell of a copy or above it."""
        return self._at(copy.path, copy.cell)

    def anywhere(self, copy: Copy) -> frozenset[str]:
        """Give all packages that the notebook imports."""
        return self._at(copy.path, None)

    def _at(self, path: str, cell: int | None) -> frozenset[str]:
        if (path, cell) not in self._known:
            source = self._library.sources[path]
            self._known[path, cell] = imported_above(source, cell)
        return self._known[path, cell]


def _before(to: Path) -> str | None:
    try:
        return to.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        what = f"not UTF-8 (byte {error.start}); save it as UTF-8"
        raise ModuleError(f"{to}: {what}") from error
    except OSError as error:
        raise ModuleError(f"{to}: cannot be read ({error.strerror or error})") from error


def _against(
    pieces: Sequence[Piece], before: str | None, to: Path
) -> tuple[tuple[Piece, ...], tuple[Left, ...]]:
    """Tell which definitions an existing module has, and which names it has given to others."""
    if before is None:
        return tuple(pieces), ()
    try:
        body = ast.parse(before).body
    except SyntaxError as error:
        what = f"row {error.lineno or 1}: {error.msg}"
        raise ModuleError(f"{to}: does not parse as Python ({what}); mend it first") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ModuleError(f"{to}: does not parse as Python ({error}); mend it first") from error
    from nbrefactor.python.scopes import names_bound

    defined = {
        node.name: node
        for node in body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    bound = {name for node in body for name in names_bound(node)}
    kept, left = [], []
    for piece in pieces:
        if piece.name not in bound:
            kept.append(piece)
            continue
        node = defined.get(piece.name)
        made = ast.parse(piece.source).body[0]
        if node is not None and canonical(node).program == canonical(made).program:  # type: ignore[arg-type]
            kept.append(replace(piece, held=True))
            continue
        why = (
            f"{to.name} has another {piece.name}; --rename {piece.name}=NAME gives this one "
            "another name"
        )
        left.append(Left(piece.origin.name, piece.members, why))
    return tuple(kept), tuple(left)


def _modules(
    pieces: Sequence[Piece], asked: Asked, before: str | None, above: _Above
) -> Iterator[Module]:
    imports = () if before is None else tuple(imports_in(ast.parse(before)))
    for theme in themes(pieces, asked.to, imports, above):
        there = before if theme.path == asked.to else _before(theme.path)
        held = ordered(theme.pieces)
        try:
            text = write(held, there)
        except ModuleError as error:
            raise ModuleError(f"{theme.path}: {error}") from error
        data = None if there is None else theme.path.read_bytes()
        after = data if data is not None and text == there else text.encode()
        yield Module(theme.path, held, data, after)


def _migrated(library: Library, modules: Sequence[Module], migrate: Migrator) -> _Migrated:
    """Ask the verdict about every copy."""
    members = [(p, copy) for m in modules for p in m.pieces for copy in p.members]
    outcomes: list[Outcome] = []
    replaced: list[Replaced] = []
    left: list[Left] = []
    by_path: dict[str, list[tuple[Piece, Copy]]] = {}
    for piece, copy in members:
        by_path.setdefault(copy.path, []).append((piece, copy))
    ordered_paths = [path for path in library.sources if path in by_path]
    planned = migrate({Path(path): _used(by_path[path], modules) for path in ordered_paths})
    for path in ordered_paths:
        here, outcome = by_path[path], planned[Path(path)]
        if isinstance(outcome, str):
            left.extend(Left(copy.text.name, (copy,), outcome, True) for _, copy in here)
            continue
        outcomes.append(outcome)
        for piece, copy in here:
            found = _finding(outcome, copy)
            if found is not None and found in outcome.replaced:
                replaced.append(Replaced(piece, copy))
            else:
                left.append(Left(copy.text.name, (copy,), _why(outcome, found), planned=True))
    return _Migrated(tuple(outcomes), tuple(replaced), tuple(left))


def _used(here: Sequence[tuple[Piece, Copy]], modules: Sequence[Module]) -> tuple[Module, ...]:
    """Give the modules that hold what stands in a notebook."""
    keys = {piece.key for piece, _ in here}
    return tuple(one for one in modules if any(piece.key in keys for piece in one.pieces))


def _finding(outcome: Outcome, copy: Copy) -> Finding | None:
    assert copy.cell is not None
    named = [
        one
        for one in outcome.findings
        if one.name == copy.text.name and one.level and one.cell == copy.cell - 1
    ]
    exact = [one for one in named if one.row == copy.row]
    return next(iter((*exact, *named)), None)


def _why(outcome: Outcome, found: Finding | None) -> str:
    if outcome.status in ("failed", "skipped"):
        return outcome.reason
    if found is None or not found.reasons:
        return "no verdict accepts it"
    return found.reasons[0].sentence


def _worth(
    pieces: Sequence[Piece], replaced: Sequence[Replaced], asked: Asked
) -> tuple[Piece, ...]:
    """Keep what replaces enough, and what that calls."""
    counts = Counter(one.piece.key for one in replaced)
    wanted = {
        piece.key
        for piece in pieces
        if piece.asked
        and counts[piece.key] >= (1 if asked.names or piece.held else min(2, asked.min_copies))
    }
    by_key = {piece.key: piece for piece in pieces}
    pending = list(wanted)
    while pending:
        for key in by_key[pending.pop()].uses:
            if key in by_key and key not in wanted:
                wanted.add(key)
                pending.append(key)
    return tuple(piece for piece in pieces if piece.key in wanted)


def _given_up(pieces: Sequence[Piece], kept: Sequence[Piece], done: _Migrated) -> Iterator[Left]:
    """Say of copies whose definition does not go into the module why not."""
    keys = {piece.key for piece in kept}
    why: dict[Copy, str] = {copy: one.why for one in done.left for copy in one.copies}
    for piece in pieces:
        if piece.key not in keys:
            for copy in piece.members:
                reason = why.get(copy, "too few of its copies could be replaced")
                yield Left(piece.origin.name, (copy,), reason, planned=True)


def _summed(always: Sequence[Left], done: _Migrated) -> tuple[Left, ...]:
    """Join copies that stay for the same reason."""
    found: dict[tuple[str, str, bool], list[Copy]] = {}
    for one in (*always, *done.left):
        found.setdefault((one.name, one.why, one.planned), []).extend(one.copies)
    return tuple(
        Left(name, tuple(dict.fromkeys(copies)), why, planned)
        for (name, why, planned), copies in found.items()
    )

"""The obligation *import*: where it will stand, the import does nothing but bind the name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from nbrefactor.effects import known
from nbrefactor.effects.inert import ImportReader
from nbrefactor.library.source_module import SourceModule
from nbrefactor.model.reason import Reason
from nbrefactor.notebook.magics import read_cell
from nbrefactor.program.timeline import InlineDefinition, Timeline
from nbrefactor.python.bindings import modules_run
from nbrefactor.verdict.offer import ImportRun, Offer
from nbrefactor.verdict.origins import Origins
from nbrefactor.verdict.patches import Patches
from nbrefactor.verdict.search import Search, Taken
from nbrefactor.verdict.steps import Files, StepReader

_CODES = {
    "runs": "import-acts",
    "unknown": "import-unknown",
    "fails": "import-fails",
    "missing": "import-missing",
    "looks": "import-looks",
}
_IMPORT_LINE = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)


# What libraries look at when they are imported.
_PREPARE = frozenset({"os.environ", "os.putenv", "os.unsetenv", "sys.argv", "matplotlib.use"})

# What magics do without preparing an import.
_SHOWS = frozenset({"prints", "displays", "settings", "imports", "reads-environment"})

Place = tuple[int, int]
"""Position of a cell, and a row in it."""


@dataclass(frozen=True, slots=True)
class _Import:
    """One import of the notebook: at the top of a cell where it is `sure`."""

    place: Place
    modules: tuple[str, ...]
    sure: bool


class Arrival:
    """All that matters for imports from one module into one notebook, read once.

    Parameters
    ----------
    notebook : Timeline
        The notebook's code.
    offer : Offer
        The module to import from.
    """

    def __init__(self, notebook: Timeline, offer: Offer) -> None:
        module = offer.module
        self._notebook = notebook
        self._offer = offer
        self._module = module
        self._origins = Origins(home.tree for home in notebook.cells)
        self._search = Search(module.location)
        self._files = Files(module.name, module.importable_from is None)

    def reasons(self, definition: InlineDefinition) -> tuple[Reason, ...]:
        """Say why an import in the place of a definition is more than a binding of its name.

        Parameters
        ----------
        definition : InlineDefinition
            The definition that the import would take the place of.

        Returns
        -------
        tuple of Reason
            Empty where it is nothing but that.
        """
        return self.reasons_at((definition.home.cell.index, definition.node.lineno))

    def reasons_at(self, place: Place) -> tuple[Reason, ...]:
        """Say why an import at a place is more than a binding of its name; see `reasons`."""
        steps = [taken for at, taken in self._steps if at < place]
        reasons = [
            *self._search.reasons(steps),
            *self._of_acts(place),
            *self._changes,
        ]
        return tuple(dict.fromkeys(reasons))

    def why_not_above(self, definition: InlineDefinition, above: Place) -> str:
        """Say why an import would be something else further up in the notebook.

        Parameters
        ----------
        definition : InlineDefinition
            The definition that goes.
        above : Place
            Where the import would stand.

        Returns
        -------
        str
            Empty where it is the same.
        """
        place = (definition.home.cell.index, definition.node.lineno)
        location = self._module.location
        steps = [taken for at, taken in self._steps if at < above]
        if any(above <= at < place for at, _ in self._steps) or self._search.reasons(steps):
            return f"the notebook prepares the import of {self._module.name} in between"
        if location.importable_from in location.places.given and not self._search.is_found(steps):
            return f"only --source-root says where {self._module.name} is"
        run = self._run(above)
        if run.libraries:
            return f"it would import {run.libraries[0]} before the notebook does"
        if run.acts:
            return f"importing {self._module.name} runs {run.acts[0].text}"
        if self._installs_between(above, place):
            return "a magic or shell line in between may prepare the import"
        for change in self._patches_of_others:
            if above <= change[0] < place:
                return f"cell {change[0][0] + 1} in between changes what it has imported"
        return ""

    def _installs_between(self, above: Place, place: Place) -> bool:
        """Tell whether a magic or shell line may install, fetch, write or run something."""
        for home in self._notebook.cells:
            for magic in home.code.magics:
                if above <= (home.cell.index, magic.row) < place and _may_prepare(magic.text):
                    return True
        return any(
            above < (cell.index, 0) < place and _may_prepare(cell.source)
            for cell in self._notebook.texts
        )

    @cached_property
    def _patches_of_others(self) -> tuple[tuple[Place, str], ...]:
        """Where the notebook changes anything that it has imported."""
        names = {dotted for found in self._origins.names.values() for dotted in found}
        patches = Patches([home.tree for home in self._notebook.cells], self._origins, names)
        return tuple(
            ((home.cell.index, change.row), change.text)
            for home in self._notebook.cells
            for change in patches.changes(home.tree)
        )

    # -- what the import runs ------------------------------------------------------------------

    def _of_acts(self, place: Place) -> Iterator[Reason]:
        run = self._run(place)
        for act in run.acts:
            if act.kind == "looks" and not self._is_imported_after(act.module, place):
                continue
            where = f"row {act.row}"
            if act.module != self._module.name:
                where = f"{act.module}, {where}"
            yield Reason(_CODES[act.kind], self._module.name, here=act.text, there=where)
        yield from self._early(run, place)
        yield from self._subclasses(place)

    def _run(self, place: Place) -> ImportRun:
        """Read what the import does at a place, after the notebook's own imports above."""
        before = {
            module: None
            for found in self._imports
            if found.sure and found.place < place
            for module in found.modules
        }
        own = tuple(module for module in before if self._reader.project_source(module))
        key = (own, self._present)
        if key not in self._offer.runs:
            reader = self._reader.anew(self._present)
            for module in own:
                # What the notebook has imported already is no news.
                for _ in reader.acts(module):
                    pass
            reader.libraries.clear()
            acts = tuple(reader.acts(self._module.name))
            self._offer.runs[key] = ImportRun(acts, tuple(reader.libraries))
        run = self._offer.runs[key]
        tops = {module.partition(".")[0] for module in before}
        return replace(run, libraries=tuple(one for one in run.libraries if one not in tops))

    def _is_imported_after(self, module: str, place: Place) -> bool:
        return any(module in found.modules for found in self._imports if found.place > place)

    def _early(self, run: ImportRun, place: Place) -> Iterator[Reason]:
        """Find libraries that the notebook prepares before it imports them itself."""
        for library in run.libraries:
            own = [
                found.place
                for found in self._imports
                if any(module.partition(".")[0] == library for module in found.modules)
            ]
            for at, text in self._preparations if own else ():
                if place < at < max(own):
                    cell = at[0] + 1
                    yield Reason("import-early", library, (cell,), here=text)
                    break

    @cached_property
    def _preparations(self) -> tuple[tuple[Place, str], ...]:
        """Where the notebook sets what libraries look at when they are imported."""
        found = []
        for home in self._notebook.cells:
            for node in ast.walk(home.tree):
                if isinstance(node, (ast.Name, ast.Attribute)) and (
                    self._origins.of(node) & _PREPARE
                ):
                    found.append(((home.cell.index, node.lineno), ast.unparse(node)))
            for magic in home.code.magics:
                if magic.text.startswith(("%env ", "%set_env ")):
                    found.append(((home.cell.index, magic.row), magic.text))
        return tuple(found)

    def _subclasses(self, place: Place) -> Iterator[Reason]:
        if any(self._module.name in one.modules for one in self._imports if one.place < place):
            return
        if self._cells_with_subclasses:
            yield Reason("import-subclasses", self._module.name, self._cells_with_subclasses)

    @cached_property
    def _cells_with_subclasses(self) -> tuple[int, ...]:
        return tuple(
            home.cell.index + 1
            for home in self._notebook.cells
            if "__subclasses__" in home.cell.source
            and any(getattr(node, "attr", "") == "__subclasses__" for node in ast.walk(home.tree))
        )

    @cached_property
    def _imports(self) -> tuple[_Import, ...]:
        found = []
        for home in self._notebook.cells:
            for node in ast.walk(home.tree):
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    place = (home.cell.index, node.lineno)
                    modules = tuple(modules_run(node))
                    found.append(_Import(place, modules, _is_sure(node, home.parents)))
        return tuple(found)

    @cached_property
    def _present(self) -> frozenset[str]:
        """The packages that the notebook itself cannot do without."""
        listed = {
            module.partition(".")[0]
            for found in self._imports
            if found.sure
            for module in found.modules
        }
        for cell, _ in self._notebook.opaque:
            listed.update(_IMPORT_LINE.findall(cell.source))
        return frozenset(listed)

    @cached_property
    def _reader(self) -> ImportReader:
        """Reads modules of the project as source."""
        return ImportReader(self._module.location, read=self._offer.sources)

    # -- what comes before ---------------------------------------------------------------------

    @cached_property
    def _steps(self) -> tuple[tuple[Place, Taken], ...]:
        reader = StepReader(self._origins, self._files)
        found = []
        for home in self._notebook.cells:
            number = home.cell.index + 1
            for row, step in reader.steps(home.tree, home.parents):
                found.append(((home.cell.index, row), Taken(step, number, self._origins)))
            for magic in home.code.magics:
                for step in reader.magic(magic.text):
                    taken = Taken(step, number, self._origins)
                    found.append(((home.cell.index, magic.row), taken))
        found.extend(self._of_other_cells(reader))
        found.extend(self._of_project())
        return tuple(sorted(found, key=lambda one: one[0]))

    def _of_other_cells(self, reader: StepReader) -> Iterator[tuple[Place, Taken]]:
        for cell in self._notebook.texts:
            code = read_cell(cell.source)
            steps = reader.magic(cell.source) if code.magics else reader.opaque(cell.source)
            for step in steps:
                yield (cell.index, 0), Taken(step, cell.index + 1, self._origins)

    def _of_project(self) -> Iterator[tuple[Place, Taken]]:
        for (cell, row), source, origins in self._project:
            parents = {c: n for n in ast.walk(source.tree) for c in ast.iter_child_nodes(n)}
            reader = StepReader(origins, self._files)
            for _, step in reader.steps(source.tree, parents):
                yield (cell, row), Taken(step, cell + 1, origins, str(source.path))

    @cached_property
    def _project(self) -> tuple[tuple[Place, SourceModule, Origins], ...]:
        """The modules of the project that the notebook imports, with all that they import."""
        reader = self._reader
        seen: dict[str, None] = {}
        found = []
        for one in self._imports:
            pending = list(one.modules)
            while pending:
                name = pending.pop()
                source = None if name in seen else reader.project_source(name)
                if source is None:
                    continue
                seen[name] = None
                found.append((one.place, source, Origins([source.tree], source.package)))
                pending.extend(
                    module
                    for node in ast.walk(source.tree)
                    if isinstance(node, (ast.Import, ast.ImportFrom))
                    for module in modules_run(node, source.package)
                )
        return tuple(found)

    # -- the module and its objects --------------------------------------------------------------

    @cached_property
    def _names(self) -> frozenset[str]:
        sources = {target.module.name for target in self._module.targets.values()}
        return frozenset({self._module.name, *sources})

    @cached_property
    def _patches(self) -> Patches:
        trees = [home.tree for home in self._notebook.cells]
        return Patches(trees, self._origins, self._names)

    @cached_property
    def _changes(self) -> tuple[Reason, ...]:
        """What changes the module or something in it, wherever in the notebook."""
        reasons = [
            Reason("module-changed", change.what, (home.cell.index + 1,), here=change.text)
            for home in self._notebook.cells
            for change in self._patches.changes(home.tree)
        ]
        for _, source, origins in self._project:
            if source.name in self._names or source.name.startswith(f"{self._module.name}."):
                continue  # what it does to itself, importing it does
            patches = Patches([source.tree], origins, self._names)
            reasons.extend(
                Reason("module-changed-by", change.what, here=source.name, there=change.text)
                for change in patches.changes(source.tree)
            )
        return tuple(reasons)


def _may_prepare(text: str) -> bool:
    """Tell whether a magic does more than show something and set how things are shown."""
    if text.strip().startswith("?") or text.strip().endswith("?"):
        return False
    found = known.magic(text.split()[0]) if text.startswith("%") else None
    return found is None or not set(found.effects) <= _SHOWS


def _is_sure(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Tell whether an import always runs."""
    while node in parents:
        node = parents[node]
        if not isinstance(node, (ast.Module, ast.With)):
            return False
    return True

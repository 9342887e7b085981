"""Whether importing a module does nothing but bind names, with all that it imports of its project.

Modules of the environment and of the standard library are taken as harmless where they are found:
whoever installs them knows them. What belongs to the project is read.
"""

from __future__ import annotations

import ast
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from nbrefactor.effects.toplevel import Act, TopLevel
from nbrefactor.library.locate import Found, Location, TargetError
from nbrefactor.library.source_module import SourceModule, read_source
from nbrefactor.python.bindings import absolute_module
from nbrefactor.python.meanings import STAR
from nbrefactor.python.scopes import DefinitionNode, names_bound

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
# By these a package has modules, and a module names, that its text does not name.
_OTHER_MODULES = re.compile(r"__path__|sys\.modules|meta_path|path_hooks")
_OTHER_NAMES = re.compile(
    r"__getattr__|__path__|import \*|sys\.modules|\b(?:globals|locals|vars|setattr|exec)\("
)
# They are there to be seen when they are imported.
_SHOWS = frozenset({"antigravity", "this"})


class ImportReader:
    """Reads what imports do, each module once, as Python runs it once.

    Parameters
    ----------
    location : Location
        The target module: its finder finds what is imported.
    present : iterable of str
        Top-level modules that are there although they are not found.
    read : dict of str to SourceModule, optional
        Modules of the project that have been read before; it grows.

    Attributes
    ----------
    libraries : dict of str to None
        The packages of the environment that have been imported, in order.
    """

    def __init__(
        self,
        location: Location,
        present: Iterable[str] = (),
        read: dict[str, SourceModule | None] | None = None,
    ) -> None:
        self._location = location
        self._present = frozenset(present)
        # What is read once is read for the readers made from this one too.
        self._read: dict[str, SourceModule | None] = {} if read is None else read
        self._texts: dict[str, str] = {}
        self._running: dict[str, TopLevel] = {}
        self._tops: dict[str, TopLevel] = {}
        self._done: set[str] = set()
        self.libraries: dict[str, None] = {}

    def anew(self, present: Iterable[str]) -> ImportReader:
        """Begin again where nothing is imported yet, without reading files again."""
        return ImportReader(self._location, present, self._read)

    def acts(self, module: str) -> Iterator[Act]:
        """Yield what importing a module does that no import before it did.

        Parameters
        ----------
        module : str
            Dotted name.

        Yields
        ------
        Act
            In the order in which it happens.
        """
        yield from self._chain(module, module, 1)

    def project_source(self, module: str) -> SourceModule | None:
        """Read a module of the project; None for every other one."""
        if module not in self._read:
            self._read[module] = None
            found = self._location.finder.find(module)
            if found is not None and found.path is not None and self._is_project(module, found):
                # Where it cannot be read, importing it fails.
                with suppress(TargetError, RecursionError):
                    self._read[module] = read_source(
                        module, found.path, self._location.finder.planned
                    )
        return self._read[module]

    def definition(self, origin: str) -> tuple[TopLevel, DefinitionNode] | None:
        """Find a function or class of the project that has been imported."""
        module, _, name = origin.rpartition(".")
        top = self._tops.get(module)
        for statement in reversed(top.source.tree.body) if top is not None else ():
            if isinstance(statement, DefinitionNode) and statement.name == name:
                assert top is not None
                return top, statement
        return None

    def is_there(self, module: str) -> bool:
        """Tell whether the package of a dotted name is found, or known to be present."""
        top = module.partition(".")[0]
        if top in self._present or top in sys.stdlib_module_names:
            return True
        return self._location.finder.find(top) is not None

    # -- imports -----------------------------------------------------------------------------

    def _chain(self, module: str, importer: str, row: int) -> Iterator[Act]:
        """Import a module as Python does: its packages first."""
        parts = module.split(".")
        if not self.is_there(module):
            yield Act("missing", importer, row, parts[0])
            return
        if self.project_source(parts[0]) is None and parts[0] not in sys.stdlib_module_names:
            self.libraries[parts[0]] = None
        if parts[0] in _SHOWS:
            yield Act("runs", importer, row, f"import {parts[0]}")
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            found = self._location.finder.find(name)
            if found is None:
                package = ".".join(parts[: end - 1])
                lacks = self._lacks(package, parts[end - 1], _OTHER_MODULES)
                if self.project_source(parts[0]) is not None or lacks:
                    yield Act("missing", importer, row, name)
                return
            yield from self._module(name, importer, row)

    def _module(self, name: str, importer: str, row: int) -> Iterator[Act]:
        if name in self._done or name in self._running:
            return
        self._done.add(name)
        source = self.project_source(name)
        if source is None:
            found = self._location.finder.find(name)
            if found is not None and found.path is not None and self._is_project(name, found):
                yield Act("fails", importer, row, f"import {name}")
            return
        top = TopLevel(source, self)
        self._running[name] = self._tops[name] = top
        yield from top.acts()
        del self._running[name]

    def acts_of(self, node: ast.Import | ast.ImportFrom, by: TopLevel) -> Iterator[Act]:
        """Yield what an import at the top of a module of the project does."""
        importer = by.source.name
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from self._chain(alias.name, importer, node.lineno)
            return
        module = absolute_module(node, by.source.package)
        if not module:
            yield Act("fails", importer, node.lineno, ast.unparse(node))
            return
        missing = False
        for act in self._chain(module, importer, node.lineno):
            missing = missing or (act.kind == "missing" and act.module == importer)
            yield act
        for alias in () if missing else node.names:
            if alias.name == STAR:
                self._star(module, by)
            else:
                yield from self._taken(module, alias.name, node, importer)

    def _lacks(self, module: str, name: str, dynamic: re.Pattern[str]) -> bool:
        """Tell whether an installed module surely has no such name, and no such module in it.

        Its text is not followed: what never names something, and binds nothing that it does not
        name, has it not.
        """
        found = self._location.finder.find(module)
        if found is None or found.kind not in ("module", "package") or found.path is None:
            return False
        if self._location.finder.find(f"{module}.{name}") is not None:
            return False
        if module not in self._texts:
            try:
                self._texts[module] = found.path.read_text("utf-8")
            except (OSError, ValueError):
                self._texts[module] = "__getattr__ __path__"
        text = self._texts[module]
        return not dynamic.search(text) and re.search(rf"\b{re.escape(name)}\b", text) is None

    def _star(self, module: str, by: TopLevel) -> None:
        source = self.project_source(module)
        if source is None:
            by.binds_anything = True
            return
        names = names_bound(source.tree)
        by.binds_anything = by.binds_anything or STAR in names
        by.bound |= names

    def _taken(self, module: str, name: str, node: ast.ImportFrom, importer: str) -> Iterator[Act]:
        """Take one name out of a module: it has to be there, or to be a module itself."""
        source = self.project_source(module)
        if source is None:
            if self.project_source(f"{module}.{name}") is not None:
                # A folder without an __init__.py is a package of the project too.
                yield from self._module(f"{module}.{name}", importer, node.lineno)
            elif self._lacks(module, name, _OTHER_NAMES):
                yield Act("fails", importer, node.lineno, ast.unparse(node))
            return
        running = self._running.get(module)
        names = running.bound if running is not None else names_bound(source.tree)
        if name in names or STAR in names or "__getattr__" in names:
            return
        if running is not None and running.binds_anything:
            return
        if self._location.finder.find(f"{module}.{name}") is not None:
            yield from self._module(f"{module}.{name}", importer, node.lineno)
        else:
            yield Act("fails", importer, node.lineno, ast.unparse(node))

    # -- the project -------------------------------------------------------------------------

    def _is_project(self, module: str, found: Found) -> bool:
        """Tell whether a module belongs to the notebook's project, or to the target's package."""
        if found.kind not in ("module", "package") or _is_installed(found.path):
            return False
        if module.partition(".")[0] == self._location.name.partition(".")[0]:
            return True
        places = self._location.places
        root = found.roots[0]
        if root is not None and root not in places.environment:
            return True
        assert found.path is not None
        around = [places.start, *([places.repository] if places.repository else [])]
        return any(_is_inside(found.path, folder) for folder in around)


def _is_installed(path: Path | None) -> bool:
    """Tell whether a file came with Python or with a package that somebody installed."""
    if path is None:
        return False
    return bool(_INSTALLED & set(path.parts)) or path.is_relative_to(_STANDARD_LIBRARY)


def _is_inside(path: Path, folder: Path) -> bool:
    """Tell whether a file lies in a folder, and in no environment that lies in it."""
    if not path.is_relative_to(folder):
        return False
    between = path.relative_to(folder).parts
    return not _INSTALLED & set(between) and not any(part.startswith("python3") for part in between)

"""Whether a name means the same in the notebook and in the target's module."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nbrefactor.analysis.canonical import canonical
from nbrefactor.analysis.environment import Constant, Defined, Imported, Meaning, Starred, Unclear
from nbrefactor.analysis.scopes import DefinitionNode
from nbrefactor.analysis.target import TargetModule

# What a kernel adds to the builtins, for modules as well as for cells.
_KERNEL_BUILTINS = frozenset({"display", "get_ipython"})

# They answer for the module in which they are called.
_OF_THE_MODULE = frozenset(
    {"globals", "locals", "vars", "dir", "eval", "exec", "__name__", "__file__", "__doc__"}
)


@dataclass(frozen=True, slots=True)
class Capture:
    """A name that a body reads and that does not mean the same in the target's module.

    Parameters
    ----------
    name : str
        The name.
    kind : {"data", "code"}
        Whether it holds a value, or a function, class or module.
    reason : str
        One clause that says how the meanings differ.
    """

    name: str
    kind: Literal["data", "code"]
    reason: str


@dataclass(frozen=True, slots=True)
class Worlds:
    """The two places in which names are looked up.

    Parameters
    ----------
    notebook : mapping of str to Meaning
        The notebook's names.
    module : mapping of str to Meaning
        The names of the file that defines the target.
    module_name : str
        That file's dotted name.
    target_module : TargetModule
        The module that the notebook imports from.
    where : mapping of str to str
        The cells that bind a notebook name, in words.
    """

    notebook: Mapping[str, Meaning]
    module: Mapping[str, Meaning]
    module_name: str
    target_module: TargetModule
    where: Mapping[str, str]

    def captures(self, node: DefinitionNode, *, same_as: DefinitionNode) -> tuple[Capture, ...]:
        """Find what a definition reads that means something else beside its target.

        Parameters
        ----------
        node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
            The inline definition.
        same_as : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
            The target, which is taken to be the same where the body calls itself through others.

        Returns
        -------
        tuple of Capture
            In the order in which the names appear.
        """
        assumed = frozenset({(id(node), id(same_as))})
        found = (self._capture(name, assumed) for name in canonical(node).outside)
        return tuple(capture for capture in found if capture is not None)

    def _capture(self, name: str, assumed: frozenset[tuple[int, int]]) -> Capture | None:
        here = self.notebook.get(name)
        there = self.module.get(name)
        cell = f" ({self.where[name]})" if self.where.get(name) else ""
        if here is None:
            return self._capture_unbound(name, there)
        if name in _OF_THE_MODULE:
            return Capture(name, "data", f'reads "{name}", which differs between modules')
        if isinstance(here, Imported):
            if isinstance(there, Imported) and here.dotted == there.dotted:
                return None
            if isinstance(there, Defined) and self._is_own(here.dotted, there):
                return None
            return Capture(name, "code", f'"{name}" is {here.dotted} here{cell}')
        if isinstance(here, Constant):
            if here == there:
                return None
            other = f", {there.value} in the target's module" if isinstance(there, Constant) else ""
            return Capture(
                name, "data", f'reads notebook global "{name}"{cell}, which is {here.value}{other}'
            )
        if isinstance(here, Defined):
            if isinstance(there, Defined) and self._same(here.node, there.node, assumed):
                return None
            what = "class" if isinstance(here.node, ast.ClassDef) else "function"
            return Capture(name, "code", f'uses the notebook\'s {what} "{name}"{cell}')
        assert isinstance(here, Unclear | Starred)
        why = f": {here.reason}" if isinstance(here, Unclear) else ""
        return Capture(name, "data", f'reads notebook global "{name}"{cell}{why}')

    def _capture_unbound(self, name: str, there: Meaning | None) -> Capture | None:
        if name in _OF_THE_MODULE:
            return Capture(name, "data", f'uses "{name}", which answers for its own module')
        if hasattr(builtins, name) or name in _KERNEL_BUILTINS:
            if there is not None:
                return Capture(name, "code", f'"{name}" is redefined in the target\'s module')
            if "*" in self.notebook or "*" in self.module:
                star = "the notebook" if "*" in self.notebook else "the target's module"
                return Capture(name, "code", f'"{name}" may be rebound by a star import of {star}')
            return None
        return Capture(name, "data", f'reads "{name}", which no cell visibly binds')

    def _is_own(self, dotted: str, there: Defined) -> bool:
        """Tell whether an import of the notebook brings in the very definition of the module."""
        module, _, name = dotted.rpartition(".")
        if module == self.module_name:
            return name == there.node.name
        if module == self.target_module.name and name in self.target_module.targets:
            return self.target_module.targets[name].node is there.node
        return False

    def _same(
        self,
        here: DefinitionNode,
        there: DefinitionNode,
        assumed: frozenset[tuple[int, int]],
    ) -> bool:
        """Compare two definitions and all that they use; a pair met again is taken as equal."""
        if (id(here), id(there)) in assumed:
            return True
        mine = canonical(here)
        if mine.text != canonical(there).text:
            return False
        assumed |= {(id(here), id(there))}
        return all(self._capture(name, assumed) is None for name in mine.outside)


def writes(node: DefinitionNode) -> tuple[str, ...]:
    """Name the globals that a definition declares with ``global``."""
    return tuple(
        name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names
    )

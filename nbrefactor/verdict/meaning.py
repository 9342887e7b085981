"""Whether a name means the same in the notebook and in the target's module."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from nbrefactor.library.stars import World
from nbrefactor.library.target import TargetModule
from nbrefactor.python.environment import Constant, Defined, Imported, Meaning, Unclear
from nbrefactor.python.forms import Forms
from nbrefactor.python.scopes import DefinitionNode

# What a kernel adds to the builtins, for modules as well as for cells.
_KERNEL_BUILTINS = frozenset({"display", "get_ipython"})

# They answer for the module in which they are called.
_OF_THE_MODULE = frozenset(
    {
        *("globals", "locals", "vars", "dir", "eval", "exec", "exit", "quit"),
        *("__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__"),
        *("__builtins__", "__annotations__", "__path__"),
    }
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


# Tells whether the notebook's definition becomes that of the module, or is not used any more.
Unites = Callable[[DefinitionNode, DefinitionNode], bool]


@dataclass(frozen=True, slots=True)
class Worlds:
    """The two places in which names are looked up.

    Parameters
    ----------
    notebook : World
        The notebook's names.
    module : World
        The names of the file that defines the target.
    module_name : str
        That file's dotted name.
    target_module : TargetModule
        The module that the notebook imports from.
    where : mapping of str to str
        The cells that bind a notebook name, in words.
    stateful : frozenset of str
        Names of the notebook's definitions whose attributes are used.
    before_star : frozenset of str
        Names that a later star import of an unknown module may bind anew.
    effects : tuple of str
        Why the module is not what its source says, or its import more than an import.
    """

    notebook: World
    module: World
    module_name: str
    target_module: TargetModule
    where: Mapping[str, str]
    stateful: frozenset[str] = frozenset()
    before_star: frozenset[str] = frozenset()
    effects: tuple[str, ...] = ()

    def captures(
        self, node: DefinitionNode, *, same_as: DefinitionNode, forms: Forms, unites: Unites
    ) -> tuple[Capture, ...]:
        """Find what a definition reads that means something else beside its target.

        Parameters
        ----------
        node : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
            The inline definition.
        same_as : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
            The target, which is taken to be the same where the body calls itself through others.
        forms : Forms
            Gives canonical forms.
        unites : callable
            Tells whether a notebook's definition becomes a certain one of the module.

        Returns
        -------
        tuple of Capture
            In the order in which the names appear.
        """
        look = _Look(self, forms, unites)
        assumed = frozenset({(id(node), id(same_as))})
        form = forms.form(node)
        found = [look.capture(name, assumed) for name in (form.outside if form else ())]
        return tuple(capture for capture in found if capture is not None)

    def unbound(self, outside: Iterable[str]) -> tuple[str, ...]:
        """Name what a target reads and its module does not bind: calling it would fail.

        Parameters
        ----------
        outside : iterable of str
            The names that the target reads of its module.

        Returns
        -------
        tuple of str
            None where a star import or text that is run may bind them.
        """
        if self.module.unknown or self.module.dynamic:
            return ()
        known = {*self.module.names, *_OF_THE_MODULE, *dir(builtins), *_KERNEL_BUILTINS}
        return tuple(name for name in outside if name not in known)


@dataclass(frozen=True, slots=True)
class _Look:
    """One comparison of names; the fields are what every level of it needs."""

    worlds: Worlds
    forms: Forms
    unites: Unites

    def capture(self, name: str, assumed: frozenset[tuple[int, int]]) -> Capture | None:
        here = self.worlds.notebook.names.get(name)
        there = self.worlds.module.names.get(name)
        where = self.worlds.where.get(name)
        cell = f" ({where})" if where else ""
        if here is None:
            return self._capture_unbound(name, there)
        if name in _OF_THE_MODULE:
            return Capture(name, "data", f'reads "{name}", which differs between modules')
        if name in self.worlds.before_star:
            unknown = self.worlds.notebook.unknown[0]
            reason = f'reads "{name}"{cell}, which a later "from {unknown} import *" may bind anew'
            return Capture(name, "data", reason)
        if isinstance(here, Imported):
            if isinstance(there, Imported) and here.dotted == there.dotted:
                return None
            if isinstance(there, Defined) and self._is_own(here.dotted, there):
                return None
            reason = f'"{name}" is {here.dotted} here{cell}{_elsewhere(there)}'
            return Capture(name, "code", reason)
        if isinstance(here, Constant):
            if self.worlds.notebook.dynamic:
                reason = f'reads notebook global "{name}"{cell}, which text that is run may change'
                return Capture(name, "data", reason)
            if here == there:
                return None
            other = f", {there.value} in the target's module" if isinstance(there, Constant) else ""
            return Capture(
                name, "data", f'reads notebook global "{name}"{cell}, which is {here.value}{other}'
            )
        value = self.worlds.notebook.values.get(name)
        if value is not None and value == self.worlds.module.values.get(name):
            return None
        if isinstance(here, Defined):
            return self._capture_definition(name, here, there, cell, assumed)
        why = f": {here.reason}" if isinstance(here, Unclear) else ""
        return Capture(name, "data", f'reads notebook global "{name}"{cell}{why}')

    def _capture_definition(
        self,
        name: str,
        here: Defined,
        there: Meaning | None,
        cell: str,
        assumed: frozenset[tuple[int, int]],
    ) -> Capture | None:
        is_class = isinstance(here.node, ast.ClassDef)
        what = "class" if is_class else "function"
        if not isinstance(there, Defined) or not self._same(here.node, there.node, assumed):
            return Capture(name, "code", f'uses the notebook\'s {what} "{name}"{cell}')
        if (id(here.node), id(there.node)) in assumed or self.unites(here.node, there.node):
            return None
        # Two copies of a function do the same as long as neither keeps anything between calls;
        # two copies of a class are two types.
        if is_class:
            return Capture(name, "data", f'uses the class "{name}"{cell}, which stays here')
        if name in self.worlds.stateful or _keeps_state(here.node):
            reason = f'uses the function "{name}"{cell}, which keeps a state and stays here'
            return Capture(name, "data", reason)
        return None

    def _capture_unbound(self, name: str, there: Meaning | None) -> Capture | None:
        if name in _OF_THE_MODULE:
            return Capture(name, "data", f'uses "{name}", which answers for its own module')
        notebook, module = self.worlds.notebook, self.worlds.module
        is_builtin = hasattr(builtins, name) or name in _KERNEL_BUILTINS
        if there is not None:
            if is_builtin:
                return Capture(name, "code", f'"{name}" is redefined in the target\'s module')
        elif notebook.dynamic or module.dynamic:
            whose = "the notebook" if notebook.dynamic else "the target's module"
            return Capture(name, "code", f'"{name}" may be bound by text that {whose} runs')
        elif notebook.unknown == module.unknown and (is_builtin or notebook.unknown):
            # The same star imports in the same order bring in the same names.
            return None
        elif notebook.unknown or module.unknown:
            star = (notebook.unknown or module.unknown)[0]
            return Capture(name, "code", f'"{name}" may be bound by "from {star} import *"')
        return Capture(name, "data", f'reads "{name}", which no cell visibly binds')

    def _is_own(self, dotted: str, there: Defined) -> bool:
        """Tell whether an import of the notebook brings in the very definition of the module."""
        module, _, name = dotted.rpartition(".")
        if module == self.worlds.module_name:
            return name == there.node.name
        targets = self.worlds.target_module.targets
        if module == self.worlds.target_module.name and name in targets:
            return targets[name].node is there.node
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
        mine, theirs = self.forms.form(here), self.forms.form(there)
        if mine is None or theirs is None or mine.text != theirs.text:
            return False
        assumed |= {(id(here), id(there))}
        return all(self.capture(name, assumed) is None for name in mine.outside)


def _elsewhere(there: Meaning | None) -> str:
    """Say what a name is in the target's module, as the end of a clause."""
    match there:
        case None:
            return " and not bound in the target's module"
        case Imported(dotted=dotted):
            return f" and {dotted} in the target's module"
        case Unclear(reason=reason):
            return f" and unclear in the target's module: {reason}"
    return " and something else in the target's module"


def _keeps_state(node: DefinitionNode) -> bool:
    if isinstance(node, ast.ClassDef) or node.decorator_list:
        return True
    return any(
        not isinstance(default, (ast.Constant, ast.Name, ast.Tuple, ast.UnaryOp))
        for default in (*node.args.defaults, *node.args.kw_defaults)
        if default is not None
    )


def writes(node: DefinitionNode) -> tuple[str, ...]:
    """Name the globals that a definition declares with ``global``."""
    return tuple(
        name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names
    )

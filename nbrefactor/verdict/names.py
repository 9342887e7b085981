"""Whether a name means the same in the notebook and in the target's module."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from typing import Literal

from nbrefactor.library.stars import World
from nbrefactor.library.target import TargetModule
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import PARAMETER, Timeline
from nbrefactor.python.environment import Constant, Defined, Imported, Meaning, Unclear
from nbrefactor.python.forms import Forms
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.verdict.obligation import Replacement
from nbrefactor.verdict.observed_definition import keeps_state, renewed_state

# What a kernel adds to the builtins, for modules as well as for cells.
_KERNEL_BUILTINS = frozenset({"display", "get_ipython"})

# They answer for the module in which they are called.
OF_THE_MODULE = frozenset(
    {
        *("globals", "locals", "vars", "dir", "eval", "exec", "exit", "quit"),
        *("__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__"),
        *("__builtins__", "__annotations__", "__path__"),
    }
)
# What a kernel offers without an import, and modules have to import.
_SHOWN_BY_THE_KERNEL = frozenset(
    {"IPython.display.display", "IPython.core.display.display", "IPython.get_ipython"}
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
    reason : Reason
        How the meanings differ.
    unless : tuple of frozenset of Replacement
        Replacements with which they are the same.
    """

    name: str
    kind: Literal["data", "code"]
    reason: Reason
    unless: tuple[frozenset[Replacement], ...] = ()


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
    program : Timeline
        The notebook's code.
    stateful : frozenset of str
        Names of the notebook's definitions whose attributes are used.
    changed : frozenset of str
        Dotted places in other modules that the notebook stores something else into.
    reached_by : str
        How a module of the project may get at the notebook's names; empty if none does.
    """

    notebook: World
    module: World
    module_name: str
    target_module: TargetModule
    program: Timeline
    stateful: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    reached_by: str = ""

    def captures(
        self, node: DefinitionNode, *, same_as: DefinitionNode, forms: Forms
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

        Returns
        -------
        tuple of Capture
            In the order in which the names appear.
        """
        look = _Look(self, forms)
        assumed = frozenset({(id(node), id(same_as))})
        form = forms.form(node)
        found = [one for name in (form.outside if form else ()) for one in look.at(name, assumed)]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Look:
    """One comparison of names; the fields are what every level of it needs."""

    worlds: Worlds
    forms: Forms

    def at(self, name: str, assumed: frozenset[tuple[int, int]]) -> tuple[Capture, ...]:
        """Compare what a name means here and there; empty where that is the same."""
        here = self.worlds.notebook.names.get(name)
        there = self.worlds.module.names.get(name)
        cells = self.worlds.program.cells_that_bind(name)
        if here is None:
            return self._unbound(name, there)

        def data(code: str, here: str = "", there: str = "") -> tuple[Capture, ...]:
            return (Capture(name, "data", Reason(code, name, cells, here, there)),)

        if name in OF_THE_MODULE:
            return data("own-module")
        if writer := self.worlds.program.hidden_writer or self.worlds.reached_by:
            return data("names-by-text", str(writer))
        if isinstance(here, Imported) and here.dotted in self.worlds.changed:
            return data("captures-changed", f"is {here.dotted}, into which the notebook stores")
        if name in self._before_star:
            star = self.worlds.notebook.unknown[0]
            return data("captures-changed", f'a later "from {star} import *" may bind anew')
        value = self.worlds.notebook.values.get(name)
        if value is not None and value == self.worlds.module.values.get(name):
            return ()
        match here:
            case Imported(dotted=dotted):
                if isinstance(there, Imported) and dotted == there.dotted:
                    return ()
                if isinstance(there, Defined) and self._is_own(dotted, there):
                    return ()
                if there is None and dotted in _SHOWN_BY_THE_KERNEL and not self._module_is_vague:
                    return ()
                reason = Reason("captures-import", name, cells, dotted, _elsewhere(there))
                return (Capture(name, "code", reason),)
            case Constant():
                if here == there:
                    return ()
                other = ""
                if isinstance(there, Constant):
                    other = f", {there.value} in the target's module"
                return data("captures-value", f", which is {here.value}", other)
            case Defined():
                return self._definition(name, here, there, cells, assumed)
            case Unclear(reason=why):
                if why == PARAMETER:
                    return data("captures-parameter")
                return data("captures-value", f": {why}")
        return data("captures-value")

    @property
    def _before_star(self) -> frozenset[str]:
        program = self.worlds.program
        return program.before_star if self.worlds.notebook.unknown else frozenset()

    @property
    def _module_is_vague(self) -> bool:
        return bool(self.worlds.module.unknown) or self.worlds.module.dynamic

    def _definition(
        self,
        name: str,
        here: Defined,
        there: Meaning | None,
        cells: tuple[int, ...],
        assumed: frozenset[tuple[int, int]],
    ) -> tuple[Capture, ...]:
        is_class = isinstance(here.node, ast.ClassDef)
        what = "class" if is_class else "function"
        differs = Capture(name, "code", Reason("captures-definition", name, cells, what))
        if not isinstance(there, Defined):
            return (differs,)
        if (id(here.node), id(there.node)) in assumed:
            return ()
        conditions = self._conditions(here.node, there.node, assumed)
        if conditions is None:
            return (differs,)
        # Two copies of a function do the same as long as neither keeps anything between calls;
        # two copies of a class are two types.
        if not is_class and name not in self.worlds.stateful and not keeps_state(here.node):
            return conditions
        code = "captures-class" if is_class else "captures-state"
        together = [frozenset({Replacement(here.node, there.node)})]
        users = self.worlds.program.definitions_that_use(here.node)
        if users is not None and not any(True for _ in renewed_state(here.node)):
            # Nobody but what goes names it: it is left behind, and means nothing any more.
            together.append(frozenset(Replacement(user) for user in users))
        reason = Reason(code, name, cells)
        return (*conditions, Capture(name, "data", reason, tuple(together)))

    def _unbound(self, name: str, there: Meaning | None) -> tuple[Capture, ...]:
        if name in OF_THE_MODULE:
            return (Capture(name, "data", Reason("own-module", name)),)

        def code(code: str, here: str = "") -> tuple[Capture, ...]:
            return (Capture(name, "code", Reason(code, name, here=here)),)

        notebook, module = self.worlds.notebook, self.worlds.module
        is_builtin = hasattr(builtins, name) or name in _KERNEL_BUILTINS
        if there is not None:
            if isinstance(there, Imported) and there.dotted in _SHOWN_BY_THE_KERNEL:
                return ()
            if is_builtin:
                return code("captures-builtin")
        elif writer := self.worlds.program.hidden_writer:
            return code("names-by-text", str(writer))
        elif module.dynamic:
            return code("names-by-text", "text that the target's module runs")
        elif notebook.unknown == module.unknown and (is_builtin or notebook.unknown):
            # The same star imports in the same order bring in the same names.
            return ()
        elif notebook.unknown or module.unknown:
            star = (notebook.unknown or module.unknown)[0]
            return code("names-by-text", f'"from {star} import *"')
        return (Capture(name, "data", Reason("captures-nothing", name)),)

    def _is_own(self, dotted: str, there: Defined) -> bool:
        """Tell whether an import of the notebook brings in the very definition of the module."""
        module, _, name = dotted.rpartition(".")
        if module == self.worlds.module_name:
            return name == there.node.name
        targets = self.worlds.target_module.targets
        if module == self.worlds.target_module.name and name in targets:
            return targets[name].node is there.node
        return False

    def _conditions(
        self,
        here: DefinitionNode,
        there: DefinitionNode,
        assumed: frozenset[tuple[int, int]],
    ) -> tuple[Capture, ...] | None:
        """Say with which replacements two definitions and all they use are equal; None if never."""
        mine, theirs = self.forms.form(here), self.forms.form(there)
        if mine is None or theirs is None or mine.text != theirs.text:
            return None
        assumed |= {(id(here), id(there))}
        found = [one for name in mine.outside for one in self.at(name, assumed)]
        return tuple(found) if all(one.unless for one in found) else None


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

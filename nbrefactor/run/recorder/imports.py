"""Doing something as soon as the notebook has imported a module, and not importing it before."""

from __future__ import annotations

import sys
from typing import Any, Callable


def when_imported(wishes: dict[str, Callable[[Any], None]]) -> None:
    """Call each function with its module, now or as soon as that is imported.

    Parameters
    ----------
    wishes : dict of str to callable
        Dotted names of modules, and what to do with each.
    """
    waiting = {}
    for name, act in wishes.items():
        if name in sys.modules:
            act(sys.modules[name])
        else:
            waiting[name] = act
    if waiting:
        sys.meta_path.insert(0, _Waiting(waiting))


class _Waiting:
    """Finds nothing itself: watches for the modules, then leaves."""

    def __init__(self, waiting: dict[str, Callable[[Any], None]]) -> None:
        self._waiting = waiting

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        act = self._waiting.pop(name, None)
        if act is None:
            return None
        if not self._waiting:
            sys.meta_path.remove(self)
        for finder in list(sys.meta_path):
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    _after(spec.loader, act)
                return spec
        return None


def _after(loader: Any, act: Callable[[Any], None]) -> None:
    """Let a loader do something once, behind the module that it executes."""
    execute = loader.exec_module

    def exec_module(module: Any) -> None:
        del loader.exec_module
        execute(module)
        act(module)

    loader.exec_module = exec_module

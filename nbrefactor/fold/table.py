"""The tables of plotting calls and of functions whose source cannot be followed, read as data."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True, slots=True)
class Call:
    """What a plotting call draws or sets; the table itself says what each key means."""

    kind: str
    on: Mapping[str, str]
    makes: str = ""
    set: bool = False
    ends: bool = False
    arguments: tuple[str, ...] = ()
    by_count: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    format: str = ""
    rename: Mapping[str, str] = field(default_factory=dict)
    data: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    style: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StandIn:
    """How a function draws, as source that can be followed, and what it shows besides."""

    draws: str
    adds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calls:
    """The table of calls.

    Parameters
    ----------
    by_name : mapping of (str, str) to Call
        By what the method belongs to (``pyplot``, ``axes``) and its name.
    aliases : mapping of str to str
        Short names of arguments.
    """

    by_name: Mapping[tuple[str, str], Call]
    aliases: Mapping[str, str]


@cache
def calls() -> Calls:
    """Read the table of calls."""
    table = _read("calls.toml")
    found: dict[tuple[str, str], Call] = {}
    for entry in table["call"]:
        call = Call(**{key: _frozen(value) for key, value in entry.items()})
        for owner, name in call.on.items():
            found[owner, name] = call
    return Calls(found, table["alias"])


@cache
def stand_ins(module: str) -> Mapping[str, StandIn]:
    """Read the stand-ins of a module's functions; empty where it has none."""
    name = f"{module}.toml"
    if not (resources.files("nbrefactor.fold") / "knowledge" / name).is_file():
        return {}
    return {
        function: StandIn(entry["draws"], tuple(entry.get("adds", ())))
        for function, entry in _read(name).items()
    }


def may_be_drawn(module: str, text: str) -> bool:
    """Tell at a glance whether a notebook may have a plot of a function with a stand-in.

    Parameters
    ----------
    module : str
        Name of the target module.
    text : str
        The notebook's code, in lower case.
    """
    return any(
        all(any(f"'{w}'" in text or f'"{w}"' in text for w in alike) for alike in needed)
        for needed in _needed(module)
    )


@cache
def _needed(module: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Give the labels that every plot of a function has, each as the words that may say it."""
    found = []
    for stand_in in stand_ins(module).values():
        (function,) = ast.parse(stand_in.draws).body
        assert isinstance(function, ast.FunctionDef)
        always = [one for one in function.body if isinstance(one, ast.Expr)]
        found.append(
            tuple(_alike(node) for one in always for node in ast.walk(one) if _alike(node))
        )
    return tuple(found)


def _alike(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Call(func=ast.Name(id="either"), args=args):
            return tuple(str(one.value).lower() for one in args if isinstance(one, ast.Constant))
    return ()


def own_words(modules: Iterable[str]) -> frozenset[str]:
    """Collect the words that functions put where a block has others, as their stand-ins say it.

    Parameters
    ----------
    modules : iterable of str
        Names of target modules.
    """
    found: set[str] = set()
    for module in modules:
        for stand_in in stand_ins(module).values():
            for node in ast.walk(ast.parse(stand_in.draws)):
                match node:
                    case ast.Call(
                        func=ast.Name(id="either"), args=[ast.Constant(value=str(own)), *_]
                    ):
                        found.add(own)
    return frozenset(found)


def _read(name: str) -> dict[str, Any]:
    file = resources.files("nbrefactor.fold") / "knowledge" / name
    found: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: _frozen(one) for key, one in value.items()}
    return value

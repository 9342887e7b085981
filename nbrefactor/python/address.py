"""The address of a definition: a hash of what it means where it stands.

Comments, layout, docstrings and annotations are left out, local names are numbered, and every name
from outside is replaced by the symbol that it stands for. Equal addresses are the same program, in
this notebook, in another one, or in a module. Addresses can be stored: they carry a version, and
are the same on every Python and machine.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from nbrefactor.python.canonical import canonical, numbered
from nbrefactor.python.dump import dump
from nbrefactor.python.meanings import Constant, Defined, Imported, Meaning
from nbrefactor.python.scopes import DefinitionNode, references

VERSION = 1
"""Raised whenever the same program gets another address than before."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A name that was imported: a dotted place in a library."""

    dotted: str


@dataclass(frozen=True, slots=True)
class Builtin:
    """A name that nothing binds but Python itself."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A name bound once, to an immutable literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Local:
    """A name of another definition, by its address."""

    address: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name of which the source does not tell what it is."""

    name: str
    why: str = ""


Symbol: TypeAlias = Origin | Builtin | Literal | Local | Unknown


@dataclass(frozen=True, slots=True)
class Address:
    """What a definition means, as a hash.

    Parameters
    ----------
    digest : str
        Equal for the same program with the same symbols.
    shape : str
        Equal for programs that differ in their literals, or in what their names stand for, only.
    symbols : tuple of (str, Symbol)
        What each name from outside stands for, in order of appearance.
    """

    digest: str
    shape: str
    symbols: tuple[tuple[str, Symbol], ...] = ()

    def __str__(self) -> str:
        return self.digest


def addresses(
    definitions: Iterable[DefinitionNode], names: Mapping[str, Meaning]
) -> dict[DefinitionNode, Address]:
    r"""Address definitions of one notebook or module.

    Parameters
    ----------
    definitions : iterable of ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definitions; those that they use are addressed with them.
    names : mapping of str to Meaning
        What the names around them mean.

    Returns
    -------
    dict of definition to Address
        One for each that is not nested too deeply.

    Examples
    --------
    >>> one, other = ast.parse("def f(a): x = a; return x\ndef g(a): y = a; return y").body
    >>> made = addresses([one, other], {})
    >>> made[one] == made[other]
    True
    """
    made = _Addresses(names)
    for definition in definitions:
        made.visit(definition)
    return made.done


def block_address(body: Iterable[ast.stmt], names: Mapping[str, Meaning]) -> Address:
    """Address statements that stand by themselves, such as those of a cell."""
    statements = list(body)
    made = _Addresses(names)
    symbols = []
    for name in dict.fromkeys(found.name for found in references(statements)):
        meaning = names.get(name)
        if isinstance(meaning, Defined):
            made.visit(meaning.node)
        symbols.append((name, made.symbol(name)))
    module = ast.Module(statements, [])
    return _address("block", dump(module), dump(module, _kind), symbols)


class _Addresses:
    """Visits definitions so that those which use each other in a circle are addressed together."""

    def __init__(self, names: Mapping[str, Meaning]) -> None:
        self._names = names
        self._canonical = cache(canonical)
        self._order: dict[DefinitionNode, int] = {}
        self._lowest: dict[DefinitionNode, int] = {}
        self._open: list[DefinitionNode] = []
        self.done: dict[DefinitionNode, Address] = {}

    def visit(self, node: DefinitionNode) -> None:
        """Address a definition and what it uses (Tarjan's strongly connected components)."""
        if node in self._order:
            return
        self._order[node] = self._lowest[node] = len(self._order)
        self._open.append(node)
        for used in self._used(node):
            if used not in self._order:
                self.visit(used)
                self._lowest[node] = min(self._lowest[node], self._lowest[used])
            elif used in self._open:
                self._lowest[node] = min(self._lowest[node], self._order[used])
        if self._lowest[node] == self._order[node]:
            at = self._open.index(node)
            circle, self._open = self._open[at:], self._open[:at]
            self._close(circle)

    def _used(self, node: DefinitionNode) -> list[DefinitionNode]:
        meanings = (self._names.get(name) for name in self._canonical(node).outside)
        return [meaning.node for meaning in meanings if isinstance(meaning, Defined)]

    def _close(self, circle: list[DefinitionNode]) -> None:
        # First each by itself, to put the circle into an order that no name decides.
        alone = {node: self._made(node, dict.fromkeys(circle, "")) for node in circle}
        ordered = sorted(circle, key=lambda node: alone[node].digest)
        inside = {node: f"circle {at}" for at, node in enumerate(ordered)}
        if len(circle) == 1:
            self.done.update(alone)
            return
        together = hashlib.sha256("".join(alone[node].digest for node in ordered).encode())
        for node in ordered:
            made = self._made(node, inside)
            digest = _digest(made.digest, together.hexdigest(), inside[node])
            self.done[node] = Address(digest, made.shape, made.symbols)

    def _made(self, node: DefinitionNode, inside: Mapping[DefinitionNode, str]) -> Address:
        form = self._canonical(node)
        symbols = [(name, self.symbol(name, inside)) for name in form.outside]
        shape = dump(numbered(node), _kind)
        return _address(type(node).__name__, form.program, shape, symbols)

    def symbol(self, name: str, inside: Mapping[DefinitionNode, str] | None = None) -> Symbol:
        """Say what a name stands for."""
        meaning = self._names.get(name)
        match meaning:
            case Imported(dotted=dotted):
                return Origin(dotted)
            case Constant(value=value):
                return Literal(value)
            case Defined(node=node) if inside and node in inside:
                return Local(inside[node])
            case Defined(node=node) if node in self.done:
                return Local(self.done[node].digest)
            case None if hasattr(builtins, name) or name in ("display", "get_ipython"):
                return Builtin(name)
        return Unknown(name, getattr(meaning, "reason", ""))


def _address(kind: str, program: str, shape: str, symbols: list[tuple[str, Symbol]]) -> Address:
    told = [f"{name}={symbol!r}" for name, symbol in symbols]
    return Address(_digest(kind, program, *told), _digest(kind, shape), tuple(symbols))


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode(errors="surrogatepass")
    return f"{VERSION}:{hashlib.sha256(text).hexdigest()[:32]}"


def _kind(node: ast.Constant) -> str:
    return type(node.value).__name__

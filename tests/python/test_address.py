"""Addresses: equal for one program in one world, on every Python and machine."""

from __future__ import annotations

import ast

import pytest

from nbrefactor.python.address import VERSION, Address, Literal, Origin, addresses, block_address
from nbrefactor.python.environment import environment


def addressed(source: str) -> dict[str, Address]:
    tree = ast.parse(source)
    names = environment(tree, "", main=True)
    nodes = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return {node.name: address for node, address in addresses(nodes, names).items()}


def address(source: str) -> Address:
    return addressed(source)["f"]


F = "def f(a):\n    return a + 1\n"
SAME = {
    "comments, layout and docstrings": "def f(a):\n    'Doc.'\n    # one more\n    return (a\n        + 1)\n",
    "annotations": "def f(a: int) -> int:\n    return a + 1\n",
    "code around it": "x = 1\n" + F + "print(f(x))\n",
}
OTHER = {
    "a literal": "def f(a):\n    return a + 2\n",
    "an operator": "def f(a):\n    return a - 1\n",
    "a default": "def f(a=1):\n    return a + 1\n",
    "a name that means another thing": "a = 3\ndef f(b):\n    return a + 1\n",
    "a class": "class f:\n    a = 1\n",
}


@pytest.mark.parametrize("source", SAME.values(), ids=SAME)
def test_one_program_has_one_address(source: str) -> None:
    assert address(source) == address(F)


@pytest.mark.parametrize("source", OTHER.values(), ids=OTHER)
def test_another_program_has_another(source: str) -> None:
    assert address(source).digest != address(F).digest


def test_names_of_its_own_are_no_matter() -> None:
    found = addressed("def f(a):\n    x = a\n    return x\ndef g(a):\n    y = a\n    return y\n")
    assert found["f"] == found["g"]
    # A parameter is none of them: calls may name it.
    assert address(F) != address(F.replace("a", "b"))


def test_programs_that_differ_in_literals_share_their_shape() -> None:
    other = address(OTHER["a literal"])
    assert other.shape == address(F).shape
    assert address(OTHER["an operator"]).shape != other.shape


def test_names_from_outside_count_by_what_they_are() -> None:
    body = "def f(a):\n    return {}.sum(a) * K\n"
    one = address("import numpy as np\nK = 2\n" + body.format("np"))
    assert dict(one.symbols) == {"np": Origin("numpy"), "K": Literal("2")}
    assert one.digest != address("import torch as np\nK = 2\n" + body.format("np")).digest
    assert one.digest != address("import numpy as np\nK = 3\n" + body.format("np")).digest


def test_what_uses_another_definition_changes_with_it() -> None:
    user = "def f(a):\n    return g(a)\n"
    one = address("def g(a):\n    return a\n" + user)
    assert one != address("def g(a):\n    return -a\n" + user)
    assert one == address(user + "def g(a):\n    # as it is\n    return a\n")


EVEN = "def f(n):\n    return n == 0 or odd(n - 1)\n"
ODD = "def odd(n):\n    return n != 0 and f(n - 1)\n"


def test_definitions_that_use_each_other_are_addressed_together() -> None:
    found = addressed(EVEN + ODD)
    assert found == addressed(ODD + EVEN)
    assert found["f"] != found["odd"]
    assert found["f"] != address(EVEN + ODD.replace("!=", ">"))


# Written down once: a stored address stays what it is on Python 3.10 to 3.13.
STORED = """
import numpy as np
from os import path
K = 3
def mean(v):
    total = 0.0
    for x in v: total += x
    return total / len(v)
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
class A:
    x: int = 1
    def f(self, y=K): return np.sum(y) + self.x
"""
DIGESTS = {
    "mean": "1:672618ac85d474dd2e26506d29d5e764",
    "even": "1:4ae39a456c01d0c2aef0b48dc60a4dda",
    "odd": "1:601594b24d3dc62ffe2b52ad4ca65ce6",
    "A": "1:d25f8b586e7b396710fbd9aa555e5698",
}


def test_stored_addresses_stay() -> None:
    assert {name: found.digest for name, found in addressed(STORED).items()} == DIGESTS
    assert all(digest.startswith(f"{VERSION}:") for digest in DIGESTS.values())


def test_a_block_has_an_address_too() -> None:
    names = environment(ast.parse("import numpy as np\nK = 3"), "", main=True)
    one, other = (
        block_address(ast.parse(source).body, names)
        for source in ("y = np.mean(K)  # mean\nplot(y)", "y = np.mean(K)\n\nplot( y )")
    )
    assert one == other
    assert one != block_address(ast.parse("y = np.mean(4)\nplot(y)").body, names)

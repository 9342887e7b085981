"""What a function is said to do: short functions, and their effects, word for word."""

from __future__ import annotations

import ast

import pytest

from nbrefactor.effects.summary import Summaries
from nbrefactor.effects.values import Summary
from nbrefactor.python.environment import environment

TOP = """
import random, os, re
import numpy as np
import matplotlib.pyplot as plt
from nobody import strange
LIMIT = 3
STORE = []
def fill(x): x.append(1)
def give(x): return x
def hold(x): return [x]
def text(): return "a"
def numbers(): return [1]
def draw(): return random.random()
def save(path): open(path, "w")
"""


def summary(function: str) -> Summary:
    tree = ast.parse(TOP + function)
    found = Summaries(environment(tree, "", main=True)).of(tree.body[-1])
    assert found is not None
    return found


EFFECTS = {
    # -- what is known, and what is not
    "nothing": ("def f(x): return x + 1", []),
    "a draw": ("def f(x): return random.random()", ["random random.random"]),
    "a print": ("def f(x): print(x)", ["prints builtins.print"]),
    "a call that nobody knows": ("def f(x): strange(x)", ["unknown strange"]),
    "a call of a parameter": ("def f(x): x()", ["unknown x"]),
    "a call of what a table takes for unknown": ("def f(x): np.array(x, copy=False)", ["unknown np.array"]),
    "a function of its own is followed": ("def f(x): return draw()", ["random random.random"]),
    "a function of its own that calls itself": ("def f(x): return f(x - 1)", []),
    "a function that is handed on": ("def f(x): return sorted(x, key=draw)", ["random random.random"]),
    "an unknown function that is handed on": ("def f(x): return sorted(x, key=strange)", ["unknown sorted"]),
    "a parameter that is handed on": ("def f(x, g): return sorted(x, key=g)", ["unknown a function that is passed on"]),
    "a lambda that is called": ("def f(x): return (lambda y: print(y))(x)", ["prints builtins.print"]),
    "a lambda that is not called": ("def f(x): return lambda y: print(y)", []),
    "a nested function that is called": ("def f(x):\n    def g(): print(x)\n    g()", ["prints builtins.print"]),
    "a nested function that is not called": ("def f(x):\n    def g(): print(x)", []),
    "a nested class": ("def f(x):\n    class A: pass", ["unknown the class A"]),
    "a decorator of a nested function": ("def f(x):\n    @strange\n    def g(): pass", ["unknown the decorator strange"]),
    "a decorator": ("@strange\ndef f(x): pass", ["unknown the decorator strange"]),
    "an import of a library with a table": ("def f(x):\n    import math\n    return math.sqrt(x)", []),
    "an import of another": ("def f(x):\n    from nobody import y", ["unknown the import of nobody"]),
    "an import under another name": ("def f(x):\n    import random as r\n    r.seed(0)", ["seeds random.seed"]),
    # -- what is changed
    "an element that is set": ("def f(x): x[0] = 1", ["changes parameter x"]),
    "an attribute that is set": ("def f(x): x.a = 1", ["changes parameter x"]),
    "an element that is deleted": ("def f(x): del x[0]", ["changes parameter x"]),
    "an element that is added to": ("def f(x): x[0] += 1", ["changes parameter x"]),
    "a parameter that is added to": ("def f(x): x += [1]", ["changes parameter x"]),
    "a text that is added to": ("def f(x='a'): x += 'b'", []),
    "a number that is added to": ("def f(x):\n    n = 0\n    n += 1", []),
    "a list of its own": ("def f(x):\n    y = []\n    y.append(x)\n    y[0] = 1", []),
    "a method": ("def f(x): x.sort()", ["changes parameter x"]),
    "an alias": ("def f(x):\n    y = x\n    y.append(1)", ["changes parameter x"]),
    "an alias by a tuple": ("def f(x, z):\n    y, w = x, z\n    w.append(1)", ["changes parameter x", "changes parameter z"]),
    "an alias by an or": ("def f(x, z):\n    y = x or z\n    y.append(1)", ["changes parameter x", "changes parameter z"]),
    "an alias by a condition": ("def f(x, z):\n    y = x if z else []\n    y.append(1)", ["changes parameter x"]),
    "an alias in one branch": ("def f(x, z):\n    y = []\n    if z:\n        y = x\n    y.append(1)", ["changes parameter x"]),
    "an alias in a handler": ("def f(x):\n    y = []\n    try:\n        y = x\n    except ValueError:\n        pass\n    y.append(1)", ["changes parameter x", "handles ValueError"]),
    "an alias that a later round of a loop sees": ("def f(x):\n    a = b = []\n    for _ in 'ab':\n        b.append(1)\n        b = a\n        a = x", ["changes parameter x"]),
    "an alias by a walrus": ("def f(x):\n    (y := x).append(1)", ["changes parameter x"]),
    "an element of a loop": ("def f(x):\n    for y in x: y.append(1)", ["changes parameter x"]),
    "an element by enumerate": ("def f(x):\n    for i, y in enumerate(x): y.append(1)", ["changes parameter x"]),
    "an element by zip": ("def f(x, z):\n    for y, w in zip(x, z): w.append(1)", ["changes parameter x", "changes parameter z"]),
    "an element of a comprehension": ("def f(x): return [y.sort() for y in x]", ["changes parameter x"]),
    "a name of a comprehension is its own": ("def f(x):\n    y = []\n    [y for y in x]\n    y.append(1)", []),
    "what was put into a list": ("def f(x):\n    y = []\n    y.append(1)\n    z = [x]\n    z[0].append(1)", ["changes parameter x"]),
    "what was stored into a table": ("def f(x):\n    y = {}\n    y['a'] = x\n    y['a'].append(1)", ["changes parameter x"]),
    "through a function of its own": ("def f(x): fill(x)", ["changes parameter x"]),
    "a new list through a function of its own": ("def f(x): fill(list(x))", []),
    "what a function gives back": ("def f(x): give(x).append(1)", ["changes parameter x"]),
    "what a function gives back inside of something": ("def f(x): hold(x)[0].append(1)", ["changes parameter x"]),
    "a list of a module": ("def f(x): STORE.append(x)", ["changes global STORE"]),
    "a view": ("def f(x): np.asarray(x)[0] = 1", ["changes parameter x"]),
    "a copy": ("def f(x): np.array(x)[0] = 1", []),
    "where a result goes": ("def f(x, y): np.add(x, 1, out=y)", ["changes parameter y"]),
    "where a result goes, in a tuple": ("def f(x, y): np.add(x, 1, out=(y,))", ["changes parameter y"]),
    "a setting of a library": ("def f(x): plt.rcParams['a'] = 1", ["unknown a change of matplotlib.pyplot.rcParams"]),
    "what a with gives": ("def f(x):\n    with x as y: y.append(1)", ["changes parameter x"]),
    # -- other statements
    "a global": ("def f(x):\n    global LIMIT\n    LIMIT = x", ["binds LIMIT"]),
    "an error": ("def f(x): raise ValueError(x)", ["raises ValueError(x)"]),
    "an error that is raised again": ("def f(x):\n    try:\n        pass\n    except KeyError:\n        raise", ["handles KeyError", "raises "]),
    "an error whose text prints": ("def f(x): raise ValueError(print(x))", ["prints builtins.print", "raises ValueError(print(x))"]),
    "a handler of everything": ("def f(x):\n    try:\n        pass\n    except:\n        pass", ["handles "]),
    "an assertion": ("def f(x): assert x > 1", ["raises assert x > 1"]),
    "a generator": ("def f(x): yield x", ["suspends "]),
    "a coroutine": ("async def f(x): return x", ["suspends "]),
    "a match": ("def f(x):\n    match x:\n        case 1: print(x)", ["prints builtins.print"]),
    "what runs at the end of a try": ("def f(x):\n    try:\n        pass\n    finally:\n        print(x)", ["prints builtins.print"]),
    "what runs in a while": ("def f(x):\n    while draw(): print(x)", ["prints builtins.print", "random random.random"]),
    "a default of a nested function": ("def f(x):\n    def g(y=draw()): pass", ["random random.random"]),
    "a file that the caller names": ("def f(path): open(path, 'w')", ["reads-files parameter path", "writes-files parameter path"]),
    "a file that a caller's caller names": ("def f(name): save(name)", ["reads-files parameter name", "writes-files parameter name"]),
    "a file that it names itself": ("def f(x): open('a', 'w')", ["reads-files builtins.open", "writes-files builtins.open"]),
    "an index that draws": ("def f(x): return x[draw()]", ["random random.random"]),
    "a test that draws": ("def f(x): return [1 for y in x if draw()]", ["random random.random"]),
    "an f-string that draws": ("def f(x): return f'{draw()}'", ["random random.random"]),
}  # fmt: skip


@pytest.mark.parametrize(("function", "effects"), EFFECTS.values(), ids=EFFECTS)
def test_effects(function: str, effects: list[str]) -> None:
    found = {f"{effect.kind} {effect.subject}" for effect in summary(function).effects}
    assert found == set(effects)


RESULTS = {
    "a text": ("def f(x): return 'a'", "str", []),
    "nothing": ("def f(x): return", "", []),
    "a list": ("def f(x): return [1]", "list", []),
    "a list that holds": ("def f(x): return [x]", "list", ["holds x"]),
    "a comprehension": ("def f(x): return {y for y in x}", "set", ["holds x"]),
    "a table": ("def f(x): return {1: x}", "dict", ["holds x"]),
    "the parameter": ("def f(x): return x", "", ["holds x", "is x"]),
    "a part of it": ("def f(x): return x[0]", "", ["holds x", "is x"]),
    "what a function gives": ("def f(x): return text()", "str", []),
    "a list that a function gives": ("def f(x): return numbers()", "list", []),
    "what a function gives back": ("def f(x): return give(x)", "", ["holds x", "is x"]),
    "what an unknown function gives": ("def f(x): return strange(x)", "", ["holds x", "is x"]),
    "a sum": ("def f(x): return x + 1", "", []),
    "a text with something added": ("def f(x): return 'a' + x", "str", []),
    "one of two": ("def f(x):\n    if x:\n        return 'a'\n    return 'b'", "str", []),
    "one of two kinds": ("def f(x):\n    if x:\n        return 'a'\n    return [1]", "", []),
    "an array": ("def f(x): return np.zeros(3)", "numpy.ndarray", []),
    "a view": ("def f(x): return np.asarray(x)", "numpy.ndarray", ["holds x", "is x"]),
    "its shape": ("def f(x): return np.zeros(3).shape", "tuple", []),
}  # fmt: skip


@pytest.mark.parametrize(("function", "kind", "roots"), RESULTS.values(), ids=RESULTS)
def test_results(function: str, kind: str, roots: list[str]) -> None:
    result = summary(function).result
    found = {f"is {root.split()[1]}" for root in result.roots}
    found |= {f"holds {root.split()[1]}" for root in result.holds}
    assert (result.type.partition("[")[0], found) == (kind, set(roots))


NUMBERS = {
    "an array of it": ("return np.array(x)", True),
    "an array of floats": ("return np.asarray(x, dtype=float)", True),
    "an array of another library's floats": ("return np.array(x, dtype=np.float64)", True),
    "an array of single floats": ("return np.array(x, dtype=np.float32)", True),
    "an array of double floats": ("return np.array(x, dtype=np.double)", True),
    "an array of whole numbers": ("return np.array(x, dtype=int)", False),
    "an array of a type that is not known": ("return np.array(x, dtype=d)", False),
    "an array with more said": ("return np.array(x, order='F')", False),
    "numbers that are computed on": ("return np.array(x) * 2", False),
    "numbers that are sorted": ("return np.sort(x)", False),
}


@pytest.mark.parametrize(("body", "same"), NUMBERS.values(), ids=NUMBERS)
def test_whose_numbers_a_result_holds(body: str, same: bool) -> None:
    assert summary(f"def f(x, d): {body}").result.same == ("x" if same else "")


PARTS = {
    "it": ("return x", "x"),
    "an element of it": ("return x[0]", "x"),
    "an element of an element": ("return x[0]['a']", "x"),
    "an array of it": ("return np.array(x)", "x"),
    "numbers that are computed on": ("return np.abs(x) * 2", "x"),
    "numbers that are sorted": ("return np.sort(x)", ""),
    "what a function of its own gives": ("return give(x)", ""),
    "a list of it": ("return [x]", ""),
}


@pytest.mark.parametrize(("body", "part"), PARTS.values(), ids=PARTS)
def test_what_a_result_is_a_part_of(body: str, part: str) -> None:
    assert summary(f"def f(x, d): {body}").result.part == part


DEMANDS = {
    "a method": ("def f(x): x.sort()", ["x method sort"]),
    "an attribute": ("def f(x): return x.shape", ["x attribute shape"]),
    "an index": ("def f(x): return x['a'], x[x]", ["x index 'a'", "x index ?"]),
    "a loop": ("def f(x):\n    for a, b in x: pass", ["x iterate 2"]),
    "a loop over it or nothing": ("def f(x):\n    for a in x or []: pass", ["x iterate 0", "x truth "]),
    "an operator": ("def f(x, y): return x @ y", ["x operator @", "y operator @"]),
    "a comparison": ("def f(x): return x < 1", ["x compare "]),
    "a question whether it is None": ("def f(x): return x is None", ["x none "]),
    "a question whether it is true": ("def f(x):\n    if not x: pass", ["x truth "]),
    "a call": ("def f(x): x()", ["x call "]),
    "an argument": ("def f(x, y): len(x), print(1, end=y)", ["x passed builtins.len 0", "y passed builtins.print end"]),
    "what a function of its own asks": ("def f(x): fill(x)", ["x method append"]),
    "nothing of what is made of it": ("def f(x): list(x).sort()", ["x passed builtins.list 0"]),
}  # fmt: skip


@pytest.mark.parametrize(("function", "demands"), DEMANDS.values(), ids=DEMANDS)
def test_demands(function: str, demands: list[str]) -> None:
    found = {f"{one.parameter} {one.what} {one.detail}" for one in summary(function).demands}
    assert found == set(demands)


EVENTS = {
    "in order": ("def f(x):\n    plt.figure()\n    plt.plot(x)\n    plt.show()", ["makes-figure", "draws", "shows"]),
    "under a condition": ("def f(x):\n    if x: plt.show()", ["shows if x"]),
    "under two": ("def f(x, y):\n    if x:\n        if y: plt.show()", ["shows if ?"]),
    "under twice the same": ("def f(x):\n    if x:\n        if x: plt.show()", ["shows if x"]),
    "under one that is computed": ("def f(x):\n    if x > 1: plt.show()", ["shows if ?"]),
    "under one that was changed": ("def f(x):\n    x = not x\n    if x: plt.show()", ["shows if ?"]),
    "under whether it is None": ("def f(x):\n    if x is not None: plt.show()", ["shows if x"]),
    "in a loop": ("def f(x):\n    for y in x: plt.plot(y)", ["draws again"]),
    "in a comprehension": ("def f(x): [plt.plot(y) for y in x]", ["draws again"]),
    "in a function that a loop calls": ("def f(x):\n    def g(y): plt.plot(y)\n    for y in x: g(y)", ["calls again", "draws again"]),
    "in a function under a condition": ("def f(x):\n    def g(y): plt.plot(y)\n    if x: g(x)", ["calls if x", "draws if x"]),
    "under conditions in and around a function": ("def f(x):\n    def g(y):\n        if y: plt.plot(y)\n    if x: g(x)", ["calls if x", "draws if ?"]),
}  # fmt: skip


@pytest.mark.parametrize(("function", "events"), EVENTS.values(), ids=EVENTS)
def test_events(function: str, events: list[str]) -> None:
    found = [
        one.kind + (f" if {one.conditional}" if one.conditional else "") + " again" * one.repeated
        for one in summary(function).events
    ]
    assert found == events


def test_classes_are_not_read() -> None:
    tree = ast.parse("class A: pass")
    assert Summaries({}).of(tree.body[0]) is None


def test_functions_nested_without_end_are_not_read() -> None:
    source = "def f0(x): return x\n" + "".join(
        f"def f{at + 1}(x): return f{at}(x)\n" for at in range(40)
    )
    tree = ast.parse(source)
    found = Summaries(environment(tree, "", main=True)).of(tree.body[-1])
    assert found is not None
    assert {effect.kind for effect in found.effects} == {"unknown"}

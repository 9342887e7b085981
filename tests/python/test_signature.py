import ast

import pytest

from nbrefactor.python.signature import (
    BindingError,
    CallChange,
    Keyword,
    bind,
    change_call,
    interchangeable,
    signature,
)


def read(parameters):
    [node] = ast.parse(f"def f({parameters}): pass").body
    return signature(node.args)


def call(source):
    return ast.parse(source, mode="eval").body


def shared(inline, target):
    return {p.name: p.name for p in inline.parameters if p.name in target}


@pytest.mark.parametrize(
    ("parameters", "source", "expected"),
    [
        ("a, b=2", "f(1)", {"a": "1"}),
        ("a, b=2", "f(b=1, a=3)", {"a": "3", "b": "1"}),
        ("a, /, b", "f(1, b=2)", {"a": "1", "b": "2"}),
        ("a, *rest, c", "f(1, 2, 3, c=4)", {"a": "1", "c": "4"}),
        ("a, **more", "f(1, z=2)", {"a": "1"}),
    ],
)
def test_bind(parameters, source, expected):
    bound = bind(read(parameters), call(source))
    assert {name: ast.unparse(value) for name, value in bound.items()} == expected


@pytest.mark.parametrize(
    ("parameters", "source", "why"),
    [
        ("a", "f()", 'does not give "a"'),
        ("a", "f(1, 2)", "gives 2 positional arguments where 1 are taken"),
        ("a", "f(1, a=2)", 'gives "a" twice'),
        ("a", "f(1, b=2)", 'passes "b", which is no parameter'),
        ("a, /", "f(a=1)", 'passes "a", which is no parameter'),
        ("*, a", "f(1)", "gives 1 positional arguments where 0 are taken"),
    ],
)
def test_bind_refuses_what_python_refuses(parameters, source, why):
    with pytest.raises(BindingError, match=why):
        bind(read(parameters), call(source))
    with pytest.raises(TypeError):
        eval(f"(lambda {parameters}: 0){source[1:]}")


CHANGES = [
    pytest.param("a, b=1", "a, b=1", "f(1)", CallChange(1), id="the same signature"),
    pytest.param("a", "a, z=1", "f(1)", CallChange(1), id="the target has more"),
    pytest.param("a, c=None", "a", "f(1)", CallChange(1), id="an option that is not passed"),
    pytest.param("a, t='x'", "a, t='y'", "f(1)", CallChange(1, added=(Keyword("t", '"x"'),)), id="a default that differs"),
    pytest.param("a, t='x'", "a, t='y'", "f(1, 'z')", CallChange(2), id="a default that differs, passed"),
    pytest.param("a, t=1", "a, t", "f(1)", CallChange(1, added=(Keyword("t", "1"),)), id="a default that the target lacks"),
    pytest.param("a, b", "b, a", "f(1, 2)", CallChange(0, ("a", "b")), id="another order"),
    pytest.param("a, b", "b, a", "f(a=1, b=2)", CallChange(0), id="another order, by keyword"),
    pytest.param("a, b, c", "a, c, b", "f(1, 2, 3)", CallChange(1, ("b", "c")), id="another order at the end"),
    pytest.param("a, b", "a, *, b", "f(1, 2)", CallChange(1, ("b",)), id="keyword-only in the target"),
    pytest.param("a, b=1", "a, b=1", "f(*x)", CallChange(1), id="star arguments and equal signatures"),
]  # fmt: skip


@pytest.mark.parametrize(("inline", "target", "source", "expected"), CHANGES)
def test_change_call(inline, target, source, expected):
    inline, target = read(inline), read(target)
    assert change_call(inline, target, shared(inline, target), call(source)) == expected


def test_a_renamed_parameter_renames_its_keyword():
    inline, target = read("grads, t=1"), read("values, t=1")
    names = {"grads": "values", "t": "t"}
    assert change_call(inline, target, names, call("f(grads=1)")) == CallChange(
        0, renamed=(("grads", "values"),)
    )
    assert not change_call(inline, target, names, call("f(1)")).needed


@pytest.mark.parametrize(
    ("inline", "target", "source", "why"),
    [
        pytest.param("a, cmap=None", "a", "f(1, cmap=2)", 'parameter "cmap" does not exist', id="an option that is passed"),
        pytest.param("a", "a, b", "f(1)", 'does not give "b"', id="the target requires more"),
        pytest.param("a, t=g()", "a, t=1", "f(1)", "default that is computed", id="a computed default"),
        pytest.param("a, t=1", "a, t=2", "f(**k)", "default of", id="double star and a default that differs"),
        pytest.param("a, b", "b, a", "f(*x)", "another position", id="star and another order"),
        pytest.param("a, b", "b, a, /", "f(1, 2)", "another position only", id="positional-only in another order"),
        pytest.param("a", "a, /", "f(a=1)", "by keyword", id="keyword to positional-only"),
        pytest.param("a, *r", "a, z=1", "f(1, 2)", "through", id="extra arguments that the target does not take"),
        pytest.param("a, **k", "a, z=1", "f(1, z=2)", "through", id="extra keywords"),
        pytest.param("a", "a", "f()", "does not give", id="a call that fails today"),
    ],
)  # fmt: skip
def test_change_call_refuses(inline, target, source, why):
    inline, target = read(inline), read(target)
    with pytest.raises(BindingError, match=why):
        change_call(inline, target, shared(inline, target), call(source))


@pytest.mark.parametrize(
    ("inline", "target", "why"),
    [
        ("a, b=1", "a, b=1", ""),
        ("a", "a, b=1", ""),
        ("a", "b", 'parameter "a" does not exist in the target'),
        ("a, b", "b, a", 'parameter "a" has another position in the target'),
        ("a, b=1", "a, b=2", 'default of "b" differs: 1 / 2'),
        ("a", "a, b", 'the target requires "b"'),
        ("a, b", "a, *, b", 'parameter "b" is positional here and keyword-only in the target'),
        ("*a", "*a, b=1", ""),
        ("a, **k", "a, b=1, **k", 'the target has "b" where this function takes any keyword'),
    ],
)
def test_interchangeable(inline, target, why):
    assert interchangeable(read(inline), read(target)) == why

"""Whether every use of an inline definition would mean the same with the target in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbrefactor.analysis.returns import describe, returned
from nbrefactor.analysis.scopes import DefinitionNode, function_locals
from nbrefactor.analysis.signature import (
    BindingError,
    Keyword,
    Signature,
    change_call,
    interchangeable,
    names_differ,
    signature,
)
from nbrefactor.analysis.timeline import Use
from nbrefactor.analysis.verdict import CallEdit

_READS_SOURCE = frozenset({"getsource", "getsourcelines", "getsourcefile", "findsource", "getfile"})
_STORES_BY_NAME = frozenset({"dump", "dumps"})
_HARMLESS_ATTRIBUTES = frozenset({"__name__", "__qualname__"})


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """An inline definition and its target, with how their parameters correspond.

    Parameters
    ----------
    inline, target : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The two definitions.
    same_program : bool
        Whether they do the same, so that results need no look.
    names : mapping of str to str
        The target's name of each parameter that both have.
    given : sequence of Keyword
        What every call has to pass besides: notebook values that the body reads.
    """

    inline: DefinitionNode
    target: DefinitionNode
    same_program: bool
    names: Mapping[str, str]
    given: Sequence[Keyword] = ()

    @property
    def same_calls(self) -> bool:
        """Whether no call can tell the two apart."""
        return self.same_program and not names_differ(self.names)


def judge_use(use: Use, pair: Pairing) -> tuple[CallEdit | None, tuple[str, ...]]:
    """Decide about one use.

    Parameters
    ----------
    use : Use
        A place that reads the definition's name.
    pair : Pairing
        What is called today, and what would be called.

    Returns
    -------
    tuple of (CallEdit or None, tuple of str)
        The change that the use needs, and the reasons for which it refuses the replacement.
    """
    refusals = list(_cares_about_the_object(use))
    inline, target = pair.inline, pair.target
    if isinstance(inline, ast.ClassDef) or isinstance(target, ast.ClassDef):
        return None, tuple(refusals)
    if use.call is None:
        if pair.same_calls:
            refusals.extend(_annotations_matter(use, inline, target))
        else:
            refusals.extend(_passed_on(use, inline, target, pair))
        return None, tuple(refusals)
    if pair.same_calls:
        return None, tuple(refusals)
    edit, why = _judge_call(use, use.call, inline, target, pair)
    return edit, (*refusals, *([why] if why else []))


def place(use: Use) -> str:
    """Name the cell of a use."""
    return f"cell {use.home.cell.index + 1}"


def _judge_call(
    use: Use,
    call: ast.Call,
    inline: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
    pair: Pairing,
) -> tuple[CallEdit | None, str]:
    wanted = {keyword.name for keyword in pair.given}
    accepting = Signature(
        tuple(
            # Every call will be given these, so none is missing them while it is bound.
            replace(parameter, default=ast.Constant(None))
            if parameter.name in wanted
            else parameter
            for parameter in signature(target.args).parameters
        )
    )
    try:
        change = change_call(signature(inline.args), accepting, pair.names, call)
    except BindingError as error:
        return None, f"the call in {place(use)} {error}"
    for keyword in pair.given:
        if not _is_global_at(use, keyword.name):
            return None, f'"{keyword.name}" is another name where {place(use)} calls it'
    change = replace(change, added=(*change.added, *pair.given))
    hides, why = (False, "") if pair.same_program else _judge_result(use, call, inline, target)
    if why:
        return None, why
    return (CallEdit(use, change, hides) if change.needed or hides else None), ""


def _is_global_at(use: Use, name: str) -> bool:
    """Tell whether a name at a call site is the notebook's, not a local one."""
    return not any(
        isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        and name in function_locals(around)
        for around in use.home.ancestors(use.node)
    )


def _cares_about_the_object(use: Use) -> Iterator[str]:
    """Find uses to which the function object itself matters, not only what it does."""
    around = use.home.parents[use.node]
    if isinstance(around, ast.Attribute):
        if isinstance(around.ctx, (ast.Store, ast.Del)):
            yield f"{place(use)} changes its attribute {around.attr}"
        elif around.attr.startswith("__") and around.attr not in _HARMLESS_ATTRIBUTES:
            yield f"{place(use)} looks at its {around.attr}"
    elif isinstance(around, ast.Call) and use.node in around.args:
        called = around.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in _READS_SOURCE:
            yield f"{place(use)} inspects its source"
        elif name in _STORES_BY_NAME:
            yield f"{place(use)} stores it under the name of its module"
        elif name in ("setattr", "delattr", "vars"):
            yield f"{place(use)} changes its attributes"
        elif name == "help":
            yield f"{place(use)} shows its help"


def _annotations_matter(
    use: Use,
    inline: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[str]:
    """Whoever is handed a function may read its annotations, as widgets and commands do."""
    if use.role in ("value", "decorator") and _annotations(inline) != _annotations(target):
        yield f"{place(use)} passes it on, and its annotations differ"


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [
        ast.unparse(argument.annotation) if argument.annotation else ""
        for argument in ast.walk(node.args)
        if isinstance(argument, ast.arg)
    ]


def _passed_on(
    use: Use,
    inline: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
    pair: Pairing,
) -> Iterator[str]:
    """Judge a use that is no call: whoever receives the function calls it unseen."""
    if use.role == "attribute":
        yield f"{place(use)} uses an attribute of it"
    elif pair.given:
        yield f"{place(use)} passes it on, and calls need the notebook's values"
    elif names_differ(pair.names):
        yield f"{place(use)} passes it on, and its parameters have other names in the target"
    elif why := interchangeable(signature(inline.args), signature(target.args)):
        yield f"{place(use)} passes it on, and {why}"
    elif not pair.same_program and (
        returned(inline) != returned(target) or "a value" in returned(inline)
    ):
        yield (
            f"{place(use)} passes it on; it returns {describe(returned(inline))}, the target "
            f"returns {describe(returned(target))}"
        )


def _judge_result(
    use: Use,
    call: ast.Call,
    inline: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
) -> tuple[bool, str]:
    """Judge what becomes of a call's result.

    Returns
    -------
    tuple of (bool, str)
        Whether the cell must be kept from showing the result, and why the use is refused.
    """
    here, there = returned(inline), returned(target)
    around = use.home.parents[call]
    if here == there and len(here) == 1 and "a value" not in here:
        return False, ""
    if isinstance(around, ast.Expr):
        last = around is use.home.tree.body[-1]
        if not last or _ends_in_semicolon(use, call):
            return False, ""
        if here == {"nothing"}:
            return True, ""
        how = "shows it"
    else:
        how = _how_used(around, call)
    return False, (
        f"returns {describe(here)}, the target returns {describe(there)}, and {place(use)} {how}"
    )


def _how_used(around: ast.AST, call: ast.Call) -> str:
    if isinstance(around, ast.Assign) and isinstance(around.targets[0], (ast.Tuple, ast.List)):
        return "unpacks it"
    if isinstance(around, ast.Subscript) and around.value is call:
        return "indexes it"
    if isinstance(around, ast.Attribute):
        return f"uses its {around.attr}"
    if isinstance(around, ast.withitem):
        return "enters it as a context"
    if isinstance(around, (ast.For, ast.comprehension)):
        return "loops over it"
    if isinstance(around, ast.Await):
        return "awaits it"
    return "uses it"


def _ends_in_semicolon(use: Use, call: ast.Call) -> bool:
    behind = use.home.cell.source[use.home.end(call) :].partition("#")[0]
    return behind.strip().startswith(";")

"""Whether every use of an inline definition would mean the same with the target in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import Use
from nbrefactor.python.returns import describe, returned, same_result
from nbrefactor.python.scopes import DefinitionNode, bound_names, function_locals
from nbrefactor.python.signature import (
    BindingError,
    Keyword,
    Signature,
    change_call,
    different_parameter,
    interchangeable,
    names_differ,
    signature,
)
from nbrefactor.verdict.match import CallEdit
from nbrefactor.verdict.observed_origins import told_by_call
from nbrefactor.verdict.observed_sight import Sight
from nbrefactor.verdict.observed_values import NOTHING, origins


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
    own_name : str
        The inline definition's name in the notebook.
    sight : Sight
        What the notebook does with its definitions.
    given : sequence of Keyword
        What every call has to pass besides: notebook values that the body reads.
    same_defaults : bool
        Whether calls that rely on a default get the same one.
    """

    inline: DefinitionNode
    target: DefinitionNode
    same_program: bool
    names: Mapping[str, str]
    own_name: str
    sight: Sight
    given: Sequence[Keyword] = ()
    same_defaults: bool = True

    @property
    def same_calls(self) -> bool:
        """Whether no call can tell the two apart."""
        alike = self.same_program and self.same_defaults
        return alike and not self.given and not names_differ(self.names)

    @property
    def same_name(self) -> bool:
        """Whether the object says the same of its name."""
        return self.own_name == self.target.name


def judge_use(use: Use, pair: Pairing) -> tuple[CallEdit | None, tuple[Reason, ...]]:
    """Decide about one use.

    Parameters
    ----------
    use : Use
        A place that reads the definition's name.
    pair : Pairing
        What is called today, and what would be called.

    Returns
    -------
    tuple of (CallEdit or None, tuple of Reason)
        The change that the use needs, and the reasons for which it refuses the replacement.
    """
    inline, target = pair.inline, pair.target
    if isinstance(inline, ast.ClassDef) or isinstance(target, ast.ClassDef):
        return None, ()
    if use.call is None:
        return None, tuple(_passed_on(use, inline, target, pair))
    if pair.same_calls:
        return None, ()
    edit, why = _judge_call(use, use.call, inline, target, pair)
    return edit, (() if why is None else (why,))


def _at(use: Use) -> tuple[int, ...]:
    """Give the number of a use's cell."""
    return (use.home.cell.index + 1,)


def _judge_call(
    use: Use,
    call: ast.Call,
    inline: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
    pair: Pairing,
) -> tuple[CallEdit | None, Reason | None]:
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
        return None, Reason("call-binds-not", use.name, _at(use), str(error))
    for keyword in pair.given:
        if keyword.is_name and not _is_global_at(use, keyword.value):
            return None, Reason("call-other-name", keyword.value, _at(use))
    change = replace(change, added=(*change.added, *pair.given))
    if change.needed and not _is_plain_text(use, call):
        return None, Reason("call-unusual", use.name, _at(use))
    hides, why = (False, None) if pair.same_program else _judge_result(use, call, inline, target)
    if why is not None:
        return None, why
    return (CallEdit(use, change, hides) if change.needed or hides else None), None


def _is_global_at(use: Use, name: str) -> bool:
    """Tell whether a name at a call site is the notebook's, not a local one."""
    for around in use.home.ancestors(use.node):
        if isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            if name in function_locals(around):
                return False
        elif isinstance(around, ast.ClassDef):
            if name in bound_names(around.body):
                return False
        elif isinstance(around, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            targets = [generator.target for generator in around.generators]
            if name in bound_names(targets):
                return False
    return True


def _is_plain_text(use: Use, call: ast.Call) -> bool:
    """Tell whether the cell's own text of a call is that call, so that it can be rewritten."""
    if any(isinstance(around, ast.JoinedStr) for around in use.home.ancestors(call)):
        return False
    text = use.home.cell.source[use.home.start(call) : use.home.end(call)]
    if not text.startswith(use.name):
        return False
    try:
        written = ast.parse(f"({text}\n)", mode="eval")
    except SyntaxError:
        return False
    return ast.dump(written.body) == ast.dump(call)


def _is_last_expression(use: Use, node: ast.AST) -> bool:
    """Tell whether the cell shows the value of an expression."""
    body = use.home.tree.body
    around = use.home.parents[node]
    return isinstance(around, ast.Expr) and around is body[-1]


def _passed_on(
    use: Use,
    inline: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
    pair: Pairing,
) -> Iterator[Reason]:
    """Judge a use that is no call: whoever receives the function calls it unseen."""
    only_called = _is_only_called(use, pair)
    if use.role == "value" and not pair.same_name and not only_called:
        yield Reason("passed-on-name", use.name, _at(use), there=pair.target.name)
    if pair.same_calls:
        return
    inline_signature, target_signature = signature(inline.args), signature(target.args)
    compare = interchangeable if only_called else different_parameter
    if use.role == "attribute":
        yield Reason("passed-on-attribute", use.name, _at(use))
    elif pair.given:
        yield Reason("passed-on-values", use.name, _at(use))
    elif names_differ(pair.names):
        why = "its parameters have other names in the target"
        yield Reason("passed-on-parameters", use.name, _at(use), why)
    elif why := compare(inline_signature, target_signature):
        yield Reason("passed-on-parameters", use.name, _at(use), why)
    elif not pair.same_program and not same_result(inline, target):
        yield Reason("passed-on-result", use.name, _at(use), _results(inline, target))


def _is_only_called(use: Use, pair: Pairing) -> bool:
    """Tell whether the tables know that whoever is handed a function calls it, and no more."""
    around = use.home.parents[use.node]
    place: int | str
    if isinstance(around, ast.keyword):
        place, around = str(around.arg), use.home.parents[around]
    elif isinstance(around, ast.Call) and use.node in around.args:
        place = around.args.index(use.node)
    else:
        return False
    if not isinstance(around, ast.Call):
        return False
    name = around.func.attr if isinstance(around.func, ast.Attribute) else ""
    called = origins(pair.sight.flow.callees.get(around, NOTHING)) or {""}
    told = [told_by_call(origin, name) for origin in called]
    return all(
        one is not None and bool({place, "**" if isinstance(place, str) else "*"} & {*one.calls})
        for one in told
    )


def _judge_result(
    use: Use,
    call: ast.Call,
    inline: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
) -> tuple[bool, Reason | None]:
    """Judge what becomes of a call's result.

    Returns
    -------
    tuple of (bool, Reason or None)
        Whether the cell must be kept from showing the result, and why the use is refused.
    """
    if same_result(inline, target):
        return False, None
    around = use.home.parents[call]
    if isinstance(around, ast.Expr):
        if not _is_last_expression(use, call) or use.home.is_silenced(call):
            return False, None
        if returned(inline) == {"nothing"}:
            return True, None
        how = "shows it"
    else:
        how = _how_used(around, call)
    return False, Reason("result-used", use.name, _at(use), _results(inline, target), how)


def _results(
    inline: ast.FunctionDef | ast.AsyncFunctionDef, target: ast.FunctionDef | ast.AsyncFunctionDef
) -> str:
    here, there = returned(inline), returned(target)
    if here == there:
        return f"returns {describe(here)}, which the target may compute otherwise"
    return f"returns {describe(here)}, the target returns {describe(there)}"


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

"""Whether every use of an inline definition would mean the same with the target in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbrefactor.analysis.drawing import drawn_over
from nbrefactor.analysis.returns import describe, returned, same_result
from nbrefactor.analysis.scopes import (
    DefinitionNode,
    bound_names,
    function_locals,
    own_parameters,
)
from nbrefactor.analysis.signature import (
    BindingError,
    Keyword,
    Signature,
    change_call,
    different_parameter,
    interchangeable,
    names_differ,
    signature,
)
from nbrefactor.analysis.timeline import Timeline, Use
from nbrefactor.analysis.verdict import CallEdit

_READS_SOURCE = frozenset(
    {"getsource", "getsourcelines", "getsourcefile", "findsource", "getfile", "getmodule"}
)
_STORES_BY_NAME = frozenset({"dump", "dumps", "save", "to_pickle"})
_CHANGES_IT = frozenset({"setattr", "delattr", "vars", "update_wrapper"})
_SHOWS_IT = frozenset({"print", "repr", "str", "display", "pprint", "format"})
_SHOWS_HELP = frozenset({"help", "getdoc", "pinfo"})
_NAMES = frozenset({"__name__", "__qualname__"})

# They call what they are given and look at nothing else of it.
_ONLY_CALL = frozenset(
    {
        *("map", "filter", "sorted", "sort", "min", "max", "reduce", "accumulate", "groupby"),
        *("starmap", "takewhile", "dropwhile", "filterfalse", "apply", "applymap", "vectorize"),
        *("submit", "imap", "imap_unordered", "map_async", "starmap_async", "apply_async"),
        *("Thread", "Timer", "iter", "defaultdict", "callable"),
    }
)


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
    notebook : Timeline
        The whole notebook.
    given : sequence of Keyword
        What every call has to pass besides: notebook values that the body reads.
    """

    inline: DefinitionNode
    target: DefinitionNode
    same_program: bool
    names: Mapping[str, str]
    own_name: str
    notebook: Timeline
    given: Sequence[Keyword] = ()

    @property
    def same_calls(self) -> bool:
        """Whether no call can tell the two apart."""
        return self.same_program and not names_differ(self.names)

    @property
    def same_name(self) -> bool:
        """Whether the object says the same of its name."""
        return self.own_name == self.target.name


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
    refusals = list(_cares_about_the_object(use, pair))
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
    if change.needed and not _is_plain_text(use, call):
        return None, f"the call in {place(use)} would have to change, and is written unusually"
    if not pair.same_program and drawn_over(use, inline, target, pair.notebook.environment):
        return None, f"{place(use)} goes on drawing, into the figure that the target leaves open"
    if not pair.same_program and _is_guarded(use):
        return None, f"{place(use)} handles its errors, and the target raises its own"
    hides, why = (False, "") if pair.same_program else _judge_result(use, call, inline, target)
    if why:
        return None, why
    return (CallEdit(use, change, hides) if change.needed or hides else None), ""


def _is_guarded(use: Use) -> bool:
    """Tell whether a call stands where the cell handles what it raises."""
    inner: ast.AST = use.node
    for around in use.home.ancestors(use.node):
        handlers = getattr(around, "handlers", [])
        if handlers and inner in getattr(around, "body", []):
            return True
        inner = around
    return False


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


def _cares_about_the_object(use: Use, pair: Pairing) -> Iterator[str]:
    """Find uses to which the object itself matters, not only what it does."""
    around = use.home.parents[use.node]
    if isinstance(around, ast.Attribute):
        if isinstance(around.ctx, (ast.Store, ast.Del)):
            yield f"{place(use)} changes its attribute {around.attr}"
        elif around.attr in _NAMES:
            if not pair.same_name:
                yield f'{place(use)} looks at its {around.attr}, "{pair.target.name}" in the target'
        elif around.attr.startswith("__"):
            yield f"{place(use)} looks at its {around.attr}"
    elif use.role == "value":
        yield from _handed_over(use, pair)


def _handed_over(use: Use, pair: Pairing) -> Iterator[str]:
    receiver = _receiver(use)
    if receiver in _READS_SOURCE:
        yield f"{place(use)} inspects its source"
    elif receiver in _STORES_BY_NAME:
        yield f"{place(use)} stores it under the name of its module"
    elif receiver in _CHANGES_IT:
        yield f"{place(use)} changes its attributes"
    elif receiver in _SHOWS_HELP:
        yield f"{place(use)} shows its help"
    elif receiver in _SHOWS_IT or _is_last_expression(use, use.node):
        yield f"{place(use)} shows it, with the module that it is from"
    elif receiver not in _ONLY_CALL:
        if not pair.same_name:
            yield f'{place(use)} passes it on, and its __name__ would be "{pair.target.name}"'
        elif cell := _inspecting_cell(pair.notebook):
            yield f"{place(use)} passes it on, and cell {cell} inspects the source of functions"


def _receiver(use: Use) -> str:
    """Name what a function is handed to; empty where that is no call."""
    around: ast.AST = use.home.parents[use.node]
    if isinstance(around, ast.keyword):
        around = use.home.parents[around]
    if not isinstance(around, ast.Call):
        return ""
    called = around.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _is_last_expression(use: Use, node: ast.AST) -> bool:
    """Tell whether the cell shows the value of an expression."""
    body = use.home.tree.body
    around = use.home.parents[node]
    return isinstance(around, ast.Expr) and around is body[-1]


def _inspecting_cell(notebook: Timeline) -> int:
    """Give the first cell that inspects the source of something that it does not name."""
    for home in notebook.cells:
        for node in ast.walk(home.tree):
            if isinstance(node, (ast.Name, ast.Attribute)):
                name = node.id if isinstance(node, ast.Name) else node.attr
                if name in _READS_SOURCE:
                    return home.cell.index + 1
    return 0


def _annotations_matter(
    use: Use,
    inline: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[str]:
    """Whoever is handed a function may read its annotations, as widgets and commands do."""
    if use.role not in ("value", "decorator") or _receiver(use) in _ONLY_CALL:
        return
    if _annotations(inline) != _annotations(target):
        yield f"{place(use)} passes it on, and its annotations differ"


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [
        ast.unparse(parameter.annotation) if parameter.annotation else ""
        for parameter in own_parameters(node.args)
    ] + [ast.unparse(node.returns) if node.returns else ""]


def _passed_on(
    use: Use,
    inline: ast.FunctionDef | ast.AsyncFunctionDef,
    target: ast.FunctionDef | ast.AsyncFunctionDef,
    pair: Pairing,
) -> Iterator[str]:
    """Judge a use that is no call: whoever receives the function calls it unseen."""
    inline_signature, target_signature = signature(inline.args), signature(target.args)
    compare = interchangeable if _receiver(use) in _ONLY_CALL else different_parameter
    if use.role == "attribute":
        yield f"{place(use)} uses an attribute of it"
    elif pair.given:
        yield f"{place(use)} passes it on, and calls need the notebook's values"
    elif names_differ(pair.names):
        yield f"{place(use)} passes it on, and its parameters have other names in the target"
    elif why := compare(inline_signature, target_signature):
        yield f"{place(use)} passes it on, and {why}"
    elif not pair.same_program and not same_result(inline, target):
        yield f"{place(use)} passes it on; it {_results(inline, target)}"


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
    if same_result(inline, target):
        return False, ""
    around = use.home.parents[call]
    if isinstance(around, ast.Expr):
        if not _is_last_expression(use, call) or _ends_in_semicolon(use, call):
            return False, ""
        if returned(inline) == {"nothing"}:
            return True, ""
        how = "shows it"
    else:
        how = _how_used(around, call)
    return False, f"{_results(inline, target)}, and {place(use)} {how}"


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


def _ends_in_semicolon(use: Use, call: ast.Call) -> bool:
    behind = use.home.cell.source[use.home.end(call) :].partition("#")[0]
    return behind.strip().startswith(";")

"""One definition for all variants: what they differ in becomes keyword-only parameters."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbrefactor.extract.align import Difference, Function, Path, at
from nbrefactor.extract.values import Added
from nbrefactor.model.errors import NbrefactorError
from nbrefactor.python.canonical import bare_definition
from nbrefactor.python.generalised import is_literal
from nbrefactor.python.scopes import parameter_names

if TYPE_CHECKING:
    import libcst as cst

# What a call sets by its first argument, and is called by.
_SETS = re.compile(r"(?:set_)?(title|suptitle|xlabel|ylabel|zlabel|xlim|ylim|xscale|yscale)")
_LOWER = re.compile(r"[a-z_][a-z0-9_]*")


class NoNameError(NbrefactorError):
    """A difference that nothing names, so that no parameter can be called after it."""


@dataclass(frozen=True, slots=True)
class General:
    """A definition with the parameters that its variants need.

    Parameters
    ----------
    source : str
        Its text.
    added : tuple of Added
        The new parameters, in their order.
    """

    source: str
    added: tuple[Added, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """Another definition that the general one is to stand for.

    Parameters
    ----------
    differences : tuple of Difference
        Where it differs from the first one; `Difference.one` is the first one's value.
    copies : int
        How often it stands in notebooks.
    """

    differences: tuple[Difference, ...]
    copies: int


def generalise(
    source: str, captured: Iterable[str], copies: int, variants: Sequence[Variant]
) -> General:
    """Give a definition a parameter for each value in which its variants differ.

    Parameters
    ----------
    source : str
        The first definition, whose words and comments are kept.
    captured : iterable of str
        Names of the notebook that it reads: a parameter each, which every call passes.
    copies : int
        How often it stands in notebooks.
    variants : sequence of Variant
        The others.

    Returns
    -------
    General
        Without captured names and variants the definition as it is.

    Raises
    ------
    NoNameError
        If a parameter would have no name, or one that means something else in the definition.
    """
    node = ast.parse(source).body[0]
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    bare = bare_definition(node)
    taken = _names_in(node)
    names: dict[str, str] = {}
    added: list[Added] = []
    for name in captured:
        names[name] = _free(_lowered(name), taken - {name})
        taken.add(names[name])
        added.append(Added(names[name], "", (name,)))
    edits = _literals(_places(bare, copies, variants), bare, taken, added)
    text = _rewritten(source, edits)
    return General(_with_parameters(text, names, added) if added else text, tuple(added))


_Span = tuple[int, int, int, int]


def _literals(
    places: Sequence[_Place], bare: Function, taken: set[str], added: list[Added]
) -> dict[_Span, str]:
    """Add a parameter for each literal that differs; give what stands in its place, by name."""
    edits: dict[_Span, str] = {}
    for place in places:
        if isinstance(place.value, ast.Name):
            # It is a parameter already; literals of others are passed to it.
            continue
        if _in_text(bare, place.path):
            raise NoNameError("stands in an f-string")
        alike = (one for one in added if (one.instead, one.name) == (place.values, place.wanted))
        name = next((one.name for one in alike), "")
        if not name:
            # A variable that the value is given to keeps its name.
            wanted = f"{place.wanted}_value" if place.wanted in taken else place.wanted
            name = _free(wanted, taken)
            taken.add(name)
            added.append(Added(name, place.default, place.values))
        edits[_span(place.value)] = name
    return edits


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in which variants differ, with all values that stand there."""

    path: Path
    value: ast.expr
    values: tuple[str, ...]
    default: str
    wanted: str


def _places(bare: Function, copies: int, variants: Sequence[Variant]) -> list[_Place]:
    paths = dict.fromkeys(one.path for variant in variants for one in variant.differences)
    found = []
    for path in paths:
        value = at(bare, path)
        counts: Counter[str] = Counter()
        literal: dict[str, bool] = {}
        for number, expression in _values_at(path, value, copies, variants):
            written = ast.unparse(expression)
            counts[written] += number
            literal[written] = is_literal(expression)
        # Of equals the first one's value stands, since its copies need no change.
        most = max(counts, key=lambda one: (counts[one], one == ast.unparse(value)))
        default = most if literal[most] else ""
        wanted = "" if isinstance(value, ast.Name) else _wanted(bare, path)
        found.append(_Place(path, value, tuple(counts), default, wanted))
    return found


def _values_at(
    path: Path, value: ast.expr, copies: int, variants: Sequence[Variant]
) -> Iterable[tuple[int, ast.expr]]:
    yield copies, value
    for variant in variants:
        other = next((one.other for one in variant.differences if one.path == path), value)
        yield variant.copies, other


def _wanted(bare: Function, path: Path) -> str:
    """Name a value by its keyword, its variable, its key, or what a call sets by it."""
    for end in range(len(path) - 1, -1, -1):
        around = _node(bare, path[:end])
        step = path[end:]
        match around:
            case ast.keyword(arg=str(name)):
                return _lowered(name)
            case ast.Assign(targets=[ast.Name(id=name)]) if len(step) == 1:
                return _lowered(name)
            case ast.Call(func=ast.Attribute(attr=name)) if step == ("args", 0):
                if found := _SETS.fullmatch(name):
                    return found[1]
                break
            case ast.Dict(keys=keys) if step[0] == "values" and len(step) == 2:
                key = keys[int(step[1])]
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    return _lowered(key.value)
                break
            case ast.expr():
                if not isinstance(around, (ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List)):
                    break
    raise NoNameError("nothing names the value")


def _node(bare: Function, path: Path) -> object:
    found: object = bare.body
    for step in path:
        found = found[step] if isinstance(step, int) else getattr(found, step)  # type: ignore[index]
    return found


def _in_text(bare: Function, path: Path) -> bool:
    return any(isinstance(_node(bare, path[:end]), ast.JoinedStr) for end in range(len(path)))


def _lowered(name: str) -> str:
    lowered = name.lower().lstrip("_") or name
    if not _LOWER.fullmatch(lowered) or keyword.iskeyword(lowered):
        raise NoNameError(f"{name} is no name for a parameter")
    return lowered


def _free(name: str, taken: set[str]) -> str:
    if name in taken or hasattr(builtins, name):
        raise NoNameError(f"the name {name} is taken in it")
    return name


def _names_in(node: Function) -> set[str]:
    found = {node.name, *parameter_names(node.args)}
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name):
                found.add(name)
            case ast.alias():
                found.add(inner.asname or inner.name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                found.add(name)
    return found


def _span(node: ast.expr) -> _Span:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


def _rewritten(source: str, edits: Mapping[_Span, str]) -> str:
    """Put names in the place of literals."""
    lines = source.encode().split(b"\n")
    for row, column, end_row, end_column in sorted(edits, reverse=True):
        name = edits[row, column, end_row, end_column].encode()
        head, tail = lines[row - 1][:column], lines[end_row - 1][end_column:]
        lines[row - 1 : end_row] = [head + name + tail]
    return b"\n".join(lines).decode()


def renamed(source: str, names: Mapping[str, str]) -> str:
    """Give names that a definition reads, or its own, other ones; its words stay as they are.

    Parameters
    ----------
    source : str
        The definition.
    names : mapping of str to str
        Old names and new ones; keywords and attributes of the same name are others.

    Returns
    -------
    str
        The definition with the new names.
    """
    import libcst as cst

    return _renamed(cst.parse_module(source), names).code


def _renamed(module: cst.Module, names: Mapping[str, str]) -> cst.Module:
    import libcst as cst

    class Rewriter(cst.CSTTransformer):
        def __init__(self) -> None:
            self.depth = 0

        def visit_Attribute_attr(self, node: cst.Attribute) -> None:  # noqa: N802 (of libcst)
            self.depth += 1

        def leave_Attribute_attr(self, node: cst.Attribute) -> None:  # noqa: N802 (of libcst)
            self.depth -= 1

        def visit_Arg_keyword(self, node: cst.Arg) -> None:  # noqa: N802 (of libcst)
            self.depth += 1

        def leave_Arg_keyword(self, node: cst.Arg) -> None:  # noqa: N802 (of libcst)
            self.depth -= 1

        def leave_Name(  # noqa: N802 (of libcst)
            self, original_node: cst.Name, updated_node: cst.Name
        ) -> cst.Name:
            name = None if self.depth else names.get(original_node.value)
            return updated_node if name is None else updated_node.with_changes(value=name)

    return module.visit(Rewriter())


def _with_parameters(source: str, names: Mapping[str, str], added: Sequence[Added]) -> str:
    """Rename captured names, and add the parameters behind those that are there."""
    import libcst as cst

    module = _renamed(cst.parse_module(source), names)
    function = module.body[0]
    assert isinstance(function, cst.FunctionDef)
    changed = function.with_changes(params=_parameters(function.params, added))
    return module.with_changes(body=[changed]).code


def _parameters(parameters: cst.Parameters, added: Sequence[Added]) -> cst.Parameters:
    import libcst as cst

    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    new = [
        cst.Param(
            cst.Name(one.name),
            default=cst.parse_expression(one.default) if one.default else None,
            equal=tight if one.default else cst.MaybeSentinel.DEFAULT,
            star="",
        )
        for one in added
    ]
    star = parameters.star_arg
    if isinstance(star, cst.MaybeSentinel):
        star = cst.ParamStar(comma=comma)
    old = [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in parameters.kwonly_params]
    last = [
        one.with_changes(comma=cst.MaybeSentinel.DEFAULT)
        if at == len(parameters.params) - 1
        else one
        for at, one in enumerate(parameters.params)
    ]
    return parameters.with_changes(params=last, star_arg=star, kwonly_params=[*old, *new])

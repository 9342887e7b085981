"""How a call binds to a signature, and what would have to change for another signature."""

from __future__ import annotations

import ast
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import Literal

from nbrefactor.model.errors import NbrefactorError

Kind = Literal["positional-only", "positional", "star", "keyword-only", "double star"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function.

    Parameters
    ----------
    name : str
        Its name.
    kind : Kind
        How arguments reach it.
    default : ast.expr or None
        The default's expression; None where an argument is required (or for stars).
    """

    name: str
    kind: Kind
    default: ast.expr | None = None

    @property
    def required(self) -> bool:
        """Whether every call has to give it."""
        return self.default is None and self.kind not in ("star", "double star")


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a function in their order."""

    parameters: tuple[Parameter, ...]

    def __getitem__(self, name: str) -> Parameter:
        return next(found for found in self.parameters if found.name == name)

    def __contains__(self, name: object) -> bool:
        return any(found.name == name for found in self.parameters)

    @property
    def positional(self) -> tuple[Parameter, ...]:
        """Those that an argument can reach by its position."""
        return tuple(p for p in self.parameters if p.kind in ("positional-only", "positional"))

    def has(self, kind: Kind) -> bool:
        """Tell whether a parameter of this kind exists."""
        return any(found.kind == kind for found in self.parameters)


class BindingError(NbrefactorError):
    """A call does not bind; the message says why, as the end of a sentence about the call."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword that a call needs besides those it has.

    Parameters
    ----------
    name : str
        The keyword.
    value : str
        Python source of its value.
    """

    name: str
    value: str

    @property
    def is_name(self) -> bool:
        """Whether the value is a name."""
        return self.value.isidentifier() and not iskeyword(self.value)


@dataclass(frozen=True, slots=True)
class CallChange:
    """What has to change in one call for it to mean the same.

    Parameters
    ----------
    positional : int
        How many of the leading positional arguments stay as they are.
    keyworded : tuple of str
        Keywords for the positional arguments after those, in their order.
    renamed : tuple of (str, str)
        Keywords with another name in the target: (old, new).
    added : tuple of Keyword
        Defaults that differ, now passed explicitly.
    """

    positional: int
    keyworded: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    added: tuple[Keyword, ...] = ()

    @property
    def needed(self) -> bool:
        """Whether the call has to be rewritten at all."""
        return bool(self.keyworded or self.renamed or self.added)


def signature(arguments: ast.arguments) -> Signature:
    """Read the parameters of a function definition.

    Parameters
    ----------
    arguments : ast.arguments
        The definition's ``args``.

    Returns
    -------
    Signature
        Its parameters with their defaults.
    """
    parameters: list[Parameter] = []
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        default = arguments.defaults[index - without] if index >= without else None
        kind: Kind = "positional-only" if index < len(arguments.posonlyargs) else "positional"
        parameters.append(Parameter(argument.arg, kind, default))
    if arguments.vararg:
        parameters.append(Parameter(arguments.vararg.arg, "star"))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parameters.append(Parameter(argument.arg, "keyword-only", default))
    if arguments.kwarg:
        parameters.append(Parameter(arguments.kwarg.arg, "double star"))
    return Signature(tuple(parameters))


def same_default(one: ast.expr | None, other: ast.expr | None) -> bool:
    """Tell whether two defaults are the same expression."""
    if one is None or other is None:
        return one is other
    return ast.dump(one) == ast.dump(other)


def interchangeable(inline: Signature, target: Signature) -> str:
    """Tell whether the target can be passed on wherever the inline function is.

    Parameters
    ----------
    inline, target : Signature
        The two signatures.

    Returns
    -------
    str
        Empty if every call of the one binds to the other likewise; otherwise what differs.
        The target may have further parameters with defaults, by keyword or at the end.
    """
    for index, mine in enumerate(inline.parameters):
        if mine.name not in target:
            return f'parameter "{mine.name}" does not exist in the target'
        theirs = target[mine.name]
        if mine.kind != theirs.kind:
            return f'parameter "{mine.name}" is {mine.kind} here and {theirs.kind} in the target'
        if mine.kind in ("positional-only", "positional") and (
            index >= len(target.positional) or target.positional[index].name != mine.name
        ):
            return f'parameter "{mine.name}" has another position in the target'
        if not same_default(mine.default, theirs.default):
            return describe_default(mine, theirs)
    for theirs in target.parameters:
        if theirs.name in inline:
            continue
        if theirs.required:
            return f'the target requires "{theirs.name}"'
        if inline.has("star") and theirs.kind in ("positional-only", "positional"):
            return f'the target has "{theirs.name}" where this function takes any argument'
        if inline.has("double star"):
            return f'the target has "{theirs.name}" where this function takes any keyword'
    return ""


def different_parameter(inline: Signature, target: Signature) -> str:
    """Tell whether two functions show the same parameters to whoever looks at them.

    Parameters
    ----------
    inline, target : Signature
        The two signatures.

    Returns
    -------
    str
        Empty if names, order, kinds and defaults are the same; otherwise what differs.
    """
    if why := interchangeable(inline, target):
        return why
    more = [found.name for found in target.parameters if found.name not in inline]
    return f'the target has a further parameter "{more[0]}"' if more else ""


def describe_default(inline: Parameter, target: Parameter) -> str:
    """Say how the defaults of a parameter differ."""
    mine, theirs = (
        "none" if parameter.default is None else written(parameter.default)
        for parameter in (inline, target)
    )
    return f'default of "{inline.name}" differs: {mine} / {theirs}'


def written(default: ast.expr) -> str:
    """Write a value as people do, a string in double quotes."""
    match default:
        case ast.Constant(value=str(text)) if text.isprintable():
            return json.dumps(text, ensure_ascii=False)
    return ast.unparse(default)


def bind(called: Signature, call: ast.Call) -> dict[str, ast.expr]:
    """Bind the arguments of a call to parameters, as Python would.

    Parameters
    ----------
    called : Signature
        The signature.
    call : ast.Call
        A call without ``*`` and ``**`` arguments.

    Returns
    -------
    dict of str to ast.expr
        Parameter names and the arguments that they receive. What goes into ``*args`` or
        ``**kwargs`` is left out.

    Raises
    ------
    BindingError
        If the call would raise a TypeError.
    """
    bound: dict[str, ast.expr] = {}
    positional = called.positional
    for index, value in enumerate(call.args):
        if index < len(positional):
            bound[positional[index].name] = value
        elif not called.has("star"):
            count = len(positional)
            raise BindingError(
                f"gives {len(call.args)} positional arguments where {count} are taken"
            )
    for keyword in call.keywords:
        name = str(keyword.arg)
        if name in called and called[name].kind in ("positional", "keyword-only"):
            if name in bound:
                raise BindingError(f'gives "{name}" twice')
            bound[name] = keyword.value
        elif not called.has("double star"):
            raise BindingError(f'passes "{name}", which is no parameter')
    for parameter in called.parameters:
        if parameter.required and parameter.name not in bound:
            raise BindingError(f'does not give "{parameter.name}"')
    return bound


def change_call(
    inline: Signature, target: Signature, names: Mapping[str, str], call: ast.Call
) -> CallChange:
    """Find what a call needs so that each argument lands on the parameter that it had.

    Parameters
    ----------
    inline, target : Signature
        The signature that the call binds to today, and the one that it will bind to.
    names : mapping of str to str
        The target's name of each parameter that both have.
    call : ast.Call
        The call.

    Returns
    -------
    CallChange
        The changes; without any, the call can stay as it is.

    Raises
    ------
    BindingError
        If no change makes the call mean the same.
    """
    if any(isinstance(value, ast.Starred) for value in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    ):
        if names_differ(names) or (why := interchangeable(inline, target)):
            reason = why if not names_differ(names) else "parameter names differ"
            raise BindingError(f"passes * or ** arguments, and {reason}")
        return CallChange(len(call.args))
    bound = bind(inline, call)
    _check_extras(inline, target, bound, call)

    for parameter in inline.parameters:
        if parameter.name in bound and parameter.name not in names:
            raise BindingError(
                f'passes "{parameter.name}", and parameter "{parameter.name}" does not exist in '
                "the target"
            )

    stays = 0
    landing = target.positional
    listed = [p.name for p in inline.positional[: len(call.args)]]
    for index, name in enumerate(listed):
        if index < len(landing) and landing[index].name == names[name]:
            stays = index + 1
        else:
            break
    keyworded = tuple(names[name] for name in listed[stays:])
    for name in keyworded:
        if target[name].kind == "positional-only":
            raise BindingError(f'passes "{name}", which the target takes at another position only')

    renamed = tuple(
        (str(keyword.arg), names[str(keyword.arg)])
        for keyword in call.keywords
        if names.get(str(keyword.arg), keyword.arg) != keyword.arg
    )
    for keyword in call.keywords:
        name = str(keyword.arg)
        if name in names and target[names[name]].kind == "positional-only":
            raise BindingError(f'passes "{name}" by keyword, which the target takes by position')

    added = _defaults_said(inline, target, names, bound)
    given = {names[name] for name in bound} | {keyword.name for keyword in added}
    for wanted in target.parameters:
        if wanted.required and wanted.name not in given:
            raise BindingError(f'does not give "{wanted.name}", which the target requires')
    return CallChange(stays, keyworded, renamed, added)


def _defaults_said(
    inline: Signature, target: Signature, names: Mapping[str, str], bound: Container[str]
) -> tuple[Keyword, ...]:
    """Say the defaults that a call relies on, where the target has others."""
    added = []
    for parameter in inline.parameters:
        if parameter.name in bound or parameter.kind in ("star", "double star"):
            continue
        theirs = names.get(parameter.name)
        if theirs is None or same_default(parameter.default, target[theirs].default):
            continue
        assert parameter.default is not None  # bind() saw that required ones are given
        if not _is_literal(parameter.default):
            differs = describe_default(parameter, target[theirs])
            raise BindingError(f"relies on a default that is computed ({differs})")
        if target[theirs].kind == "positional-only":
            raise BindingError(f'relies on the default of "{parameter.name}", which differs')
        added.append(Keyword(theirs, written(parameter.default)))
    return tuple(added)


def names_differ(names: Mapping[str, str]) -> bool:
    """Tell whether a parameter is called otherwise in the target."""
    return any(mine != theirs for mine, theirs in names.items())


def _check_extras(
    inline: Signature, target: Signature, bound: Mapping[str, ast.expr], call: ast.Call
) -> None:
    """Refuse calls whose arguments go into ``*args`` or ``**kwargs``."""
    values = {id(value) for value in bound.values()}
    extra = [value for value in call.args if id(value) not in values]
    extra += [keyword.value for keyword in call.keywords if id(keyword.value) not in values]
    if extra and (why := interchangeable(inline, target)):
        raise BindingError(f"passes arguments on through * or **, and {why}")


def _is_literal(expression: ast.expr) -> bool:
    try:
        ast.literal_eval(expression)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True

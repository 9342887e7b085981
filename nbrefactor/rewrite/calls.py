"""Rewrite the calls whose meaning a replacement would change."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nbrefactor.model.outcome import Edit
from nbrefactor.python.signature import CallChange
from nbrefactor.verdict.match import CallEdit

if TYPE_CHECKING:
    import libcst as cst


def rewrite_calls(calls: Sequence[CallEdit]) -> tuple[Edit, ...]:
    """Plan the edits that make calls mean the same against their new signatures.

    Parameters
    ----------
    calls : sequence of CallEdit
        Calls of the whole notebook.

    Returns
    -------
    tuple of Edit
        One for each outermost call that changes, and one for each result that is hidden.
    """
    edits: list[Edit] = []
    nodes = {call.use.call: call for call in calls}
    for call in calls:
        home, node = call.use.home, call.use.call
        assert node is not None
        if call.hide_result:
            end = home.end(home.parents[node])
            edits.append(Edit(home.cell.index, end, end, ";"))
        if not call.change.needed or any(
            around in nodes and nodes[around].change.needed
            for around in home.ancestors(node)
            if isinstance(around, ast.Call)
        ):
            continue
        start, end = home.start(node), home.end(node)
        inside = {
            home.start(inner) - start: nodes[inner].change
            for inner in ast.walk(node)
            if isinstance(inner, ast.Call) and inner in nodes and nodes[inner].change.needed
        }
        text = _rewritten(home.cell.source[start:end], inside)
        edits.append(Edit(home.cell.index, start, end, text))
    return tuple(edits)


def _rewritten(text: str, changes: Mapping[int, CallChange]) -> str:
    """Change the calls of an expression that begin at the given offsets."""
    import libcst as cst
    from libcst.metadata import MetadataWrapper, PositionProvider

    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    # Brackets keep an expression of several lines together; they add one character in front.
    wrapper = MetadataWrapper(cst.parse_module(f"({text})"), unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)

    class Rewriter(cst.CSTTransformer):
        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.Call:
            if not isinstance(original_node.func, cst.Name):
                return updated_node
            at = positions[original_node.func].start
            offset = starts[at.line - 1] + at.column - (1 if at.line == 1 else 0)
            change = changes.get(offset)
            return updated_node if change is None else _changed(updated_node, change)

    return wrapper.module.visit(Rewriter()).code[1:-1]


def _changed(call: cst.Call, change: CallChange) -> cst.Call:
    import libcst as cst

    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    renamed = dict(change.renamed)
    args: list[cst.Arg] = []
    for index, argument in enumerate(call.args):
        if argument.keyword is not None:
            name = renamed.get(argument.keyword.value, argument.keyword.value)
            argument = argument.with_changes(keyword=argument.keyword.with_changes(value=name))
        elif index >= change.positional and argument.star == "":
            name = change.keyworded[index - change.positional]
            argument = argument.with_changes(keyword=cst.Name(name), equal=tight)
        args.append(argument)
    if change.added and len(args) == 1 and isinstance(args[0].value, cst.GeneratorExp):
        # Alone it needs no brackets of its own, beside others it does.
        generator = args[0].value
        if not generator.lpar:
            brackets = {"lpar": [cst.LeftParen()], "rpar": [cst.RightParen()]}
            args[0] = args[0].with_changes(value=generator.with_changes(**brackets))
    for added in change.added:
        value = cst.parse_expression(added.value)
        argument = cst.Arg(value, keyword=cst.Name(added.name), equal=tight)
        if args:
            args[-1], argument = _with_another(args, argument)
        args.append(argument)
    return call.with_changes(args=args)


def _with_another(args: Sequence[cst.Arg], argument: cst.Arg) -> tuple[cst.Arg, cst.Arg]:
    """Put an argument behind the last one: laid out as it is, each comment with its own."""
    import libcst as cst

    last = args[-1]
    end = last.comma if isinstance(last.comma, cst.Comma) else None
    behind = last.whitespace_after_arg if end is None else end.whitespace_after
    between: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    if len(args) > 1 and isinstance(args[-2].comma, cst.Comma):
        between = args[-2].comma.whitespace_after
    comment = isinstance(behind, cst.ParenthesizedWhitespace) and behind.first_line.comment
    if isinstance(behind, cst.ParenthesizedWhitespace):
        if comment and not isinstance(between, cst.ParenthesizedWhitespace):
            # Nothing can follow a comment on its line.
            between = behind.with_changes(last_line=cst.SimpleWhitespace("    "))
        if isinstance(between, cst.ParenthesizedWhitespace):
            between = between.with_changes(first_line=behind.first_line, empty_lines=())
        bare = cst.TrailingWhitespace(newline=behind.first_line.newline)
        behind = behind.with_changes(first_line=bare)
    elif isinstance(between, cst.ParenthesizedWhitespace):
        bare = cst.TrailingWhitespace(newline=between.first_line.newline)
        between = between.with_changes(first_line=bare, empty_lines=())
    comma = cst.Comma(whitespace_after=between)
    if end is not None:
        new = argument.with_changes(comma=end.with_changes(whitespace_after=behind))
        return last.with_changes(comma=comma), new
    new = argument.with_changes(whitespace_after_arg=behind)
    return last.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace("")), new

"""Blocks in which one constant, name or statement is another: none becomes a call that shows other
data. What is folded all the same is run on both sides and compared."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nbrefactor.fold.table import own_words
from nbrefactor.model.outcome import Outcome
from nbrefactor.notebook.document import read
from nbrefactor.verify.figures.compare import compare_figures
from nbrefactor.verify.known_words import words_of

Fold = Callable[..., Outcome]

PLOTS = Path(__file__).parents[2] / "fixtures" / "InlinePlots.ipynb"
CODE = [cell.source for cell in read(PLOTS.read_bytes()).cells if cell.cell_type == "code"]
HEAD, BLOCKS = CODE[0], CODE[1:]
OTHER_NAMES = ("grad_norms", "entropy", "layers")
# One of so many mutations is looked at, another one in each block.
EVERY = 12
WORDS = own_words(["nbrefactor.viz"])


def mutations(source: str) -> Iterator[ast.Module]:
    """Give a source with one thing in it changed, for each thing that can be."""
    tree = ast.parse(source)
    for at, node in enumerate(ast.walk(tree)):
        for change in changes(node):
            changed = copy.deepcopy(tree)
            change(list(ast.walk(changed))[at])
            yield ast.fix_missing_locations(changed)


def changes(node: ast.AST) -> Iterator[Callable[[Any], None]]:
    match node:
        case ast.Constant(value=bool()):
            return
        case ast.Constant(value=int() | float() as number):
            yield lambda one: setattr(one, "value", number + 1)
            yield lambda one: setattr(one, "value", 0)
        case ast.Constant(value=str() as text):
            yield lambda one: setattr(one, "value", f"{text}x")
        case ast.Name(id=name):
            for other in OTHER_NAMES:
                if other != name:
                    yield lambda one, other=other: setattr(one, "id", other)
        case ast.Call(keywords=keywords) if keywords:
            yield lambda one: one.keywords.pop()
        case ast.If():
            yield lambda one: setattr(one, "test", ast.UnaryOp(ast.Not(), one.test))
    body = getattr(node, "body", None)
    for at in range(len(body) if isinstance(body, list) and len(body) > 1 else 0):
        yield lambda one, at=at: one.body.pop(at)
        yield lambda one, at=at: one.body.insert(0, one.body.pop(at))


def shown(source: str) -> list[dict[str, Any]] | None:
    """Run a block and describe its figures; None where it fails."""
    import matplotlib.pyplot as plt

    from nbrefactor.run.recorder.figures import describe_figure
    from nbrefactor.run.recorder.log import to_json

    space: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plt, "show", lambda: None)
        try:
            exec(HEAD, space)
            exec(source, space)
            figures = [plt.figure(number) for number in plt.get_fignums()]
            for figure in figures:
                figure.canvas.draw()
            return [json.loads(to_json(describe_figure(figure))) for figure in figures]
        except Exception:
            return None
        finally:
            plt.close("all")


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS, ids=[f"block {at}" for at in range(1, len(BLOCKS) + 1)])
def test_no_mutation_is_folded_to_a_call_that_shows_other_data(block: str, fold: Fold) -> None:
    import nbrefactor.viz

    words = WORDS | words_of([Path(nbrefactor.viz.__file__)])
    looked_at = 0
    for at, tree in enumerate(mutations(block)):
        if at % EVERY != BLOCKS.index(block) % EVERY:
            continue
        looked_at += 1
        source = ast.unparse(tree)
        outcome = fold(source, head=HEAD)
        assert outcome.status in ("changed", "unchanged"), (outcome.reason, source)
        before = shown(source)
        if outcome.status == "unchanged" or before is None:
            continue
        after = shown(read(outcome.after).cells[1].source)
        if after is None:
            # The function says no to what Matplotlib draws without a word: marks off the grid.
            continue
        assert len(before) == len(after), source
        for one, other in zip(before, after, strict=True):
            found = compare_figures(one, other).with_known_words(words)
            assert found.verdict in ("identical", "restyled"), (source, found.differences)
    assert looked_at

"""Each reason keeps a block, and who follows its remedy sees the block folded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from nbrefactor.fold.find import Folding
from nbrefactor.model import reasons

Find = Callable[..., tuple[Folding, ...]]

PLOTS = """\
import matplotlib.pyplot as plt


def draw(values, title="Values", marks=(), unit="m"):
    plt.figure()
    plt.imshow(values, aspect="auto")
    plt.colorbar(label="m")
    for row, column in marks:
        plt.text(column, row, "x")
    plt.title(title)
    plt.xlabel("column")


def line(values):
    plt.figure()
    plt.plot(values)


def lines(values):
    plt.figure()
    plt.plot(values)
    plt.legend()
"""

GRID = """\
plt.figure()
plt.imshow(grads, aspect="auto")
plt.colorbar(label="m")
plt.title("Grid")
plt.xlabel("column")
"""
MARKED = """\
plt.figure()
plt.imshow(grads, aspect="auto")
plt.colorbar(label="m")
for row in range(2):
    plt.text(row, row, "x")
plt.title("Grid")
plt.xlabel("column")
"""


@dataclass(frozen=True)
class Case:
    """A block that a reason keeps, and the same with the remedy followed."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def one(before: str, after: str) -> Case:
    return Case((before,), (after,))


CASES = {
    "fold-unknown-call": one(
        GRID + "plt.subplots_adjust(left=0.1)\nplt.show()\n",
        "plt.subplots_adjust(left=0.1)\n" + GRID + "plt.show()\n",
    ),
    "fold-unknown-argument": one(
        GRID.replace('aspect="auto"', 'aspect="auto", filternorm=False'), GRID
    ),
    "fold-inside": one(
        MARKED.replace("    plt.text", "    print(row)\n    plt.text"),
        "for row in range(2):\n    print(row)\n" + MARKED,
    ),
    "fold-between": one(
        GRID.replace("plt.title", "send(grads)\nplt.title"), "send(grads)\n" + GRID
    ),
    "fold-order": one(
        GRID.replace("plt.imshow", "plt.clim(None, None)\nplt.imshow"),
        GRID.replace("plt.colorbar", "plt.clim(None, None)\nplt.colorbar"),
    ),
    "fold-several-axes": one(
        "fig, (a, b) = plt.subplots(1, 2)\nfor at in range(2):\n    a.plot(grads[at])\n"
        "    b.plot(grads[at])\n",
        "plt.figure()\nplt.plot(grads[0])\n",
    ),
    "fold-one-line": one(GRID.replace('plt.title("Grid")\n', 'plt.title("Grid"); '), GRID),
    "fold-loops-differ": one(
        MARKED.replace(
            "for row in range(2):\n    plt.text(row, row", "if True:\n    plt.text(1, 1"
        ),
        MARKED,
    ),
    "fold-data-differs": one(GRID.replace('"auto"', '"auto", vmin=0'), GRID),
    "fold-words-differ": one(GRID.replace('label="m"', 'label="km"'), GRID),
    "fold-draws-more": one(
        "plt.figure()\nplt.plot(grads[0])\nplt.xlim(0, 1)\n", "plt.figure()\nplt.plot(grads[0])\n"
    ),
    "fold-draws-less": one(GRID.replace('plt.title("Grid")\n', ""), GRID),
    "fold-name-read": Case(
        (GRID.replace("plt.imshow", "image = plt.imshow"), "image.get_array()"),
        (GRID, "grads.max()"),
    ),
    "fold-argument": one(
        GRID.replace("imshow(grads", "imshow(made(grads)"),
        "values = made(grads)\n" + GRID.replace("imshow(grads", "imshow(values"),
    ),
    "fold-argument-changes": one(
        GRID.replace("plt.title", "grads = np.ones((2, 2))\nplt.title"),
        GRID.replace("plt.title", "other = np.ones((2, 2))\nplt.title"),
    ),
    "fold-shown": Case(
        ("get_ipython().ast_node_interactivity = 'all'", GRID), ("grads.max()", GRID)
    ),
    "fold-name-taken": Case(("draw = plots = 3\n", GRID), ("draw = other = 3\n", GRID)),
    "fold-name-unclear": Case(
        ("globals()[str(grads)] = 1\n", GRID), ("names = {str(grads): 1}\n", GRID)
    ),
}
POINTS = """\
plt.figure()
plt.scatter(grads, 2 * grads.ravel())
plt.xlabel("Entropy")
plt.ylabel("Gradient norm")
plt.title("Both")
"""
# Said of what was found, by the engine; told apart in test_calls.
BY_THE_ENGINE = {"fold-not-accepted"}
HEAD = """\
import matplotlib.pyplot as plt
import numpy as np

grads = np.eye(4)
"""
TWICE = "\n\ndef other(values):\n    plt.figure()\n    plt.plot(values)\n"


def codes(found: tuple[Folding, ...]) -> list[str]:
    return [reason.code for folding in found for reason in folding.reasons]


@pytest.mark.parametrize("code", CASES)
def test_the_reason_keeps_the_block(code: str, find: Find) -> None:
    found = find(*CASES[code].before, module=PLOTS, head=HEAD)
    assert code in codes(found)
    assert not [one for one in found if one.fold is not None and not one.reasons]


@pytest.mark.parametrize("code", CASES)
def test_its_remedy_lets_the_block_be_folded(code: str, find: Find) -> None:
    assert CASES[code].after != CASES[code].before
    found = find(*CASES[code].after, module=PLOTS, head=HEAD)
    assert [one for one in found if one.fold is not None and not one.reasons], codes(found)


def test_two_functions_that_draw_it_are_told_apart_by_their_words(find: Find) -> None:
    block = "plt.figure()\nplt.plot(grads[0])\n"
    assert "fold-ambiguous" in codes(find(block, module=PLOTS + TWICE, head=HEAD))
    worded = TWICE + '    plt.title("Other")\n'
    assert codes(find(block, module=PLOTS + worded, head=HEAD)) == []


def test_a_colour_bar_of_another_plot_is_not_its_own(find: Find) -> None:
    own = GRID.replace("plt.imshow", "im = plt.imshow").replace("colorbar(", "colorbar(im, ")
    other = "plt.figure()\nother = plt.imshow(2 * grads)\nplt.show()\n"
    assert codes(find(other + own, module=PLOTS, head=HEAD)) == []
    swapped = own.replace("colorbar(im", "colorbar(other")
    assert "fold-unknown-argument" in codes(find(other + swapped, module=PLOTS, head=HEAD))


def test_a_grid_of_points_is_drawn_otherwise_than_a_flat_list(find: Find) -> None:
    assert codes(find(POINTS, head=HEAD)) == ["fold-not-flat"]
    flat = POINTS.replace("2 * grads.ravel()", "grads.ravel()").replace(
        "(grads,", "(grads.ravel(),"
    )
    assert codes(find(flat, head=HEAD)) == []


@pytest.mark.parametrize(
    "look", ["alpha=0", "alpha=faint", 'color="none"', "linewidth=0", "zorder=-1 * 3"]
)
def test_a_look_that_hides_is_other_data(look: str, find: Find) -> None:
    block = "plt.figure()\nplt.plot(grads[0])\n"
    assert codes(find(block.replace("[0])", f"[0], {look})"), module=PLOTS, head=HEAD)) == [
        "fold-data-differs"
    ]
    assert codes(find(block.replace("[0])", "[0], alpha=0.5)"), module=PLOTS, head=HEAD)) == []


def test_every_reason_about_plots_has_a_case() -> None:
    told = {
        code for code, entry in reasons.TABLE.items() if code.startswith("fold-") and entry.remedy
    }
    assert told == {*CASES, *BY_THE_ENGINE, "fold-ambiguous", "fold-not-flat"}

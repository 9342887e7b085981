"""Blocks and the calls that take their place, as a reader of the notebook sees both."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nbrefactor.config import Settings
from nbrefactor.explain import explain_plots
from nbrefactor.fold.table import calls, stand_ins
from nbrefactor.library.target import read_target_module
from nbrefactor.model.outcome import Outcome
from nbrefactor.notebook.document import read
from nbrefactor.report.explain import render_plot
from nbrefactor.targets import read_modules

Fold = Callable[..., Outcome]
Notebook = Callable[..., bytes]

HEAT_MAP = """\
plt.figure(figsize=(10, 5))
plt.imshow(grads, cmap="plasma", aspect="auto")
plt.colorbar(label="Gradient Norm")
plt.title("Norms")
plt.xlabel("Head")
plt.ylabel("Layer")
plt.show()
"""

CASES = [
    pytest.param(
        HEAT_MAP,
        """\
from nbrefactor.viz import visualize_gradient_norms

visualize_gradient_norms(grads, title="Norms", figsize=(10, 5))
plt.show()
""",
        id="a heat map with pyplot; what the target does anyway is not said",
    ),
    pytest.param(
        """\
fig, ax = plt.subplots(figsize=(10, 5))
ax.set_ylabel("Layer")
ax.set_xlabel("Head")
image = ax.imshow(grads, cmap="plasma", aspect="auto")
ax.set_title("Norms")
fig.colorbar(image, ax=ax, label="Gradient Norm")
plt.show()
""",
        """\
from nbrefactor.viz import visualize_gradient_norms

visualize_gradient_norms(grads, title="Norms", figsize=(10, 5))
plt.show()
""",
        id="the same with methods of the axes, in another order",
    ),
    pytest.param(
        """\
# Candidates
plt.figure()
plt.imshow(grads, cmap="plasma", aspect="auto")
plt.colorbar(label="Gradient Norm")
# a letter on each
for layer in range(4):
    for head in range(6):
        if pruned[layer, head]:
            plt.text(head, layer, "P", color="white")
plt.title("Candidates")
plt.xlabel("Head")
plt.ylabel("Layer")
plt.tight_layout()
plt.show()
print("done")
""",
        """\
from nbrefactor.viz import visualize_gradient_norms

# Candidates
visualize_gradient_norms(
    grads,
    pruned_heads=[(layer, head) for layer in range(4) for head in range(6) if pruned[layer, head]],
    title="Candidates",
)
plt.show()
print("done")
""",
        id="marks in loops become the list that the function takes",
    ),
    pytest.param(
        """\
heads = [(0, 1), (2, 3)]
plt.figure()
plt.imshow(grads, cmap="plasma", aspect="auto")
plt.colorbar(label="Gradient Norm")
for layer, head in heads:
    plt.text(head, layer, "R")
plt.title("Norms")
plt.xlabel("Head")
plt.ylabel("Layer")
plt.show()
""",
        """\
from nbrefactor.viz import visualize_gradient_norms

heads = [(0, 1), (2, 3)]
visualize_gradient_norms(grads, revived_heads=heads, title="Norms")
plt.show()
""",
        id="a list that is looped over is passed as it is",
    ),
    pytest.param(
        """\
plt.figure(figsize=(9, 4))
low = 0
values = entropy.copy()
plt.imshow(values, aspect="auto")
plt.clim(low, max(0.1, values.max()))
plt.colorbar(label="Entropy")
plt.title(f"Entropy of {len(values)} layers")
plt.xlabel("Head Index")
plt.ylabel("Layer Index")
for i in range(values.shape[0]):
    for j in range(values.shape[1]):
        text = plt.text(j, i, f"{values[i, j]:.2f}", ha="center", color="w")
plt.savefig("entropy.png", dpi=150)
plt.close()
""",
        """\
from nbrefactor.viz import visualize_entropy_heatmap

low = 0
values = entropy.copy()
visualize_entropy_heatmap(
    values,
    title=f"Entropy of {len(values)} layers",
    figsize=(9, 4),
)
plt.savefig("entropy.png", dpi=150)
plt.close()
""",
        id="numbers in cells, limits set later, and a file that is written as before",
    ),
    pytest.param(
        """\
percent = 100 * entropy / 2
plt.figure()
plt.imshow(percent, aspect="auto", vmin=0, vmax=100)
plt.colorbar(label="% of Max Entropy")
plt.title("Normalized Entropy (% of Maximum)")
plt.xlabel("Head")
plt.ylabel("Layer")
plt.show()
""",
        """\
from nbrefactor.viz import visualize_normalized_entropy

percent = 100 * entropy / 2
visualize_normalized_entropy(percent, 100, annotate=False)
plt.show()
""",
        id="percent that are computed already",
    ),
    pytest.param(
        """\
for head in range(2):
    print(head)
    plt.figure(figsize=(8, 6))
    plt.imshow(attention[0, head])
    plt.clim(0, 1.0)
    plt.colorbar(label="Attention probability")
    plt.title(f"Head {head}")
    plt.xlabel("Sequence position (to)")
    plt.ylabel("Sequence position (from)")
    plt.show()
""",
        """\
from nbrefactor.viz import visualize_attention_matrix

for head in range(2):
    print(head)
    visualize_attention_matrix(attention[0, head], title=f"Head {head}", figsize=(8, 6))
    plt.show()
""",
        id="in a loop",
    ),
    pytest.param(
        """\
plt.figure(figsize=(12, 4))
plt.subplot(1, 2, 1)
plt.imshow(entropy, aspect="auto")
plt.colorbar(label="Entropy")
plt.title("Entropy")
plt.xlabel("Head")
plt.ylabel("Layer")
plt.subplot(1, 2, 2)
plt.imshow(grads, cmap="plasma", aspect="auto")
plt.colorbar(label="Gradient Norm")
plt.title("Norms")
plt.xlabel("Head")
plt.ylabel("Layer")
plt.tight_layout()
plt.show()
""",
        """\
from nbrefactor.viz import visualize_entropy_heatmap, visualize_gradient_norms

plt.figure(figsize=(12, 4))
visualize_entropy_heatmap(
    entropy,
    title="Entropy",
    annotate=False,
    ax=plt.subplot(1, 2, 1),
    norm='linear',
)
visualize_gradient_norms(grads, title="Norms", ax=plt.subplot(1, 2, 2))
plt.tight_layout()
plt.show()
""",
        id="two panels of one figure",
    ),
    pytest.param(
        """\
fig, axes = plt.subplots(1, 2)
axes[0].hist(grads.ravel())
axes[1].scatter(entropy.ravel(), grads.ravel())
axes[1].set_xlabel("Entropy")
axes[1].set_ylabel("Gradient norm")
axes[1].set_title("Both")
fig.savefig("both.png")
""",
        """\
from nbrefactor.viz import visualize_entropy_vs_gradient

fig, axes = plt.subplots(1, 2)
axes[0].hist(grads.ravel())
visualize_entropy_vs_gradient(entropy.ravel(), grads.ravel(), title="Both", ax=axes[1])
fig.savefig("both.png")
""",
        id="one panel of two, the other is left alone",
    ),
    pytest.param(
        """\
fig, ax = plt.subplots()
ax.scatter(entropy.ravel(), grads.ravel())
ax.set_xlabel("Entropy")
ax.set_ylabel("Gradient norm")
ax.set_title("Both")
fig.savefig("both.png")
""",
        """\
from nbrefactor.viz import visualize_entropy_vs_gradient

fig, ax = plt.subplots()
visualize_entropy_vs_gradient(entropy.ravel(), grads.ravel(), title="Both", ax=ax)
fig.savefig("both.png")
""",
        id="a figure that is used later stays, and is drawn into",
    ),
    pytest.param(
        """\
plt.figure()
plt.scatter(entropy.ravel(), grads.ravel())
plt.xlabel("Entropy")
plt.ylabel("Gradient norm")
plt.title("Both")
""",
        """\
from nbrefactor.viz import visualize_entropy_vs_gradient

visualize_entropy_vs_gradient(entropy.ravel(), grads.ravel(), title="Both");
""",
        id="at the end of a cell the figure is not shown twice",
    ),
]


def source_of(outcome: Outcome, cell: int = 1) -> str:
    return read(outcome.after).cells[cell].source


@pytest.mark.parametrize(("before", "after"), CASES)
def test_a_block_becomes_a_call(before: str, after: str, fold: Fold) -> None:
    head = (
        "import matplotlib.pyplot as plt\nimport numpy as np\n"
        "grads = entropy = np.eye(4)\npruned = grads > 0\nattention = np.ones((1, 2, 4, 4))\n"
    )
    outcome = fold(before, head=head)
    assert outcome.status == "changed", outcome.reason
    assert source_of(outcome) == after
    again = fold(source_of(outcome), head=head)
    assert again.status == "unchanged"


def test_a_name_that_an_earlier_cell_imports_is_not_imported_again(fold: Fold) -> None:
    outcome = fold(HEAT_MAP, HEAT_MAP)
    assert "import" in source_of(outcome, 1)
    assert source_of(outcome, 2) == (
        'visualize_gradient_norms(grads, title="Norms", figsize=(10, 5))\nplt.show()\n'
    )


def test_without_being_asked_nothing_is_folded_and_the_bytes_stay(fold: Fold) -> None:
    outcome = fold(HEAT_MAP, accept="exact")
    assert outcome.status == "unchanged"
    assert outcome.after == outcome.before
    (found,) = [one for one in outcome.findings if one.fold]
    assert (found.code, found.fold, found.edits) == ("NB105", "restyled", ())
    assert "fold-not-accepted" in [reason.code for reason in found.reasons]
    assert any("'Gradient Norm' becomes 'Gradient norm'" in str(one) for one in found.reasons)


def test_an_opt_out_keeps_a_block(fold: Fold) -> None:
    marked = HEAT_MAP.replace("plt.figure(figsize=(10, 5))", "plt.figure()  # noqa: NB105")
    outcome = fold(marked)
    assert outcome.status == "unchanged"


PLOTS = '''\
import matplotlib.pyplot as plt
import numpy as np

LIMIT = 3


def _label(ax, x="step", y=None):
    ax.set_xlabel(x)
    if y is not None:
        ax.set_ylabel(y)


def plot_losses(losses, title="Losses", ax=None, smooth=False):
    """Draw losses."""
    ax = ax or plt.gca()
    ax.plot(losses, "o-", label="loss")
    ax.set_title(title)
    _label(ax, y="Loss")


def plot_two(steps, first, second, save_path=None):
    fig, ax = plt.subplots(figsize=(6, 3))
    ax.plot(steps, first, color="C0", label="first")
    ax.plot(steps, second, color="C1", label="second")
    ax.legend()
    if save_path:
        fig.savefig(save_path)
    plt.show()


def plot_limit(values):
    plt.figure()
    plt.plot(values)
    plt.axhline(LIMIT)


def plot_and_tell(values):
    plt.figure()
    plt.bar(range(len(values)), values)
    print(len(values))
'''

OWN = [
    pytest.param(
        """\
plt.figure()
plt.plot(grads[0], "o-", label="loss")
plt.xlabel("step")
plt.ylabel("Loss")
plt.title("First")
plt.show()
""",
        """\
from plots import plot_losses

plt.figure()
plot_losses(grads[0], title="First")
plt.show()
""",
        id="a function that draws into the current axes, with a helper",
    ),
    pytest.param(
        """\
figure, (left, right) = plt.subplots(1, 2)
left.plot(grads[0], "o-", label="loss")
left.set(xlabel="step")
right.plot(grads[1], "o-", label="loss")
right.set_xlabel("step")
right.set_ylabel("Loss")
right.set_title("Losses")
plt.show()
""",
        """\
from plots import plot_losses

figure, (left, right) = plt.subplots(1, 2)
left.plot(grads[0], "o-", label="loss")
left.set(xlabel="step")
plot_losses(grads[1], ax=right)
plt.show()
""",
        id="a function that takes the axes; a call that is not known keeps the other panel",
    ),
    pytest.param(
        """\
steps = range(6)
fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(steps, grads[0], c="C0", label="first")
ax.plot(steps, grads[1], c="C1", label="second")
ax.legend()
plt.savefig("two.png")
plt.show()
""",
        """\
from plots import plot_two

steps = range(6)
plot_two(steps, grads[0], grads[1], save_path="two.png")
""",
        id="a function that saves and shows",
    ),
]


@pytest.mark.parametrize(("before", "after"), OWN)
def test_functions_of_the_user_are_patterns_by_their_source(
    before: str, after: str, fold: Fold
) -> None:
    outcome = fold(before, module=PLOTS, accept="exact")
    assert source_of(outcome) == after
    assert [one.fold for one in outcome.replaced] == ["exact"]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param("plt.figure()\nplt.plot(grads[0])\nplt.axhline(3)\n", id="a global of theirs"),
        pytest.param(
            "LIMIT = 3\nplt.figure()\nplt.plot(grads[0])\nplt.axhline(LIMIT)\n",
            id="a global of the same name here",
        ),
        pytest.param(
            "plt.figure()\nplt.bar(range(len(grads)), grads)\n", id="a function that prints too"
        ),
        pytest.param(
            "fig, ax = plt.subplots(figsize=(6, 3))\nax.plot(grads[0], grads[1], color='C0', "
            "label='first')\nax.plot(grads[0], grads[2], color='C1', label='second')\nax.legend()\n",
            id="a function that shows what the block leaves open",
        ),
    ],
)
def test_what_else_they_do_or_read_is_no_drawing(block: str, fold: Fold) -> None:
    assert fold(block, module=PLOTS).status == "unchanged"


def test_the_stand_ins_are_of_functions_that_there_are() -> None:
    viz = read_target_module("nbrefactor.viz", notebook=None, roots=())
    known = stand_ins("nbrefactor.viz")
    assert known.keys() <= viz.targets.keys()
    assert known.keys() >= viz.targets.keys() - {"visualize_training_progress"}


def test_an_argument_of_the_table_has_one_meaning() -> None:
    for (owner, name), call in calls().by_name.items():
        sorted_out = [*call.data, *call.words, *call.style, *call.panels, *call.handles]
        assert len(sorted_out) == len(set(sorted_out)), (owner, name)
        assert set(call.arguments) <= {*sorted_out, "num", "cax"}, (owner, name)


def test_where_the_name_is_taken_the_call_goes_through_the_module(fold: Fold) -> None:
    own = "def visualize_gradient_norms(values):\n    return values\n"
    outcome = fold(HEAT_MAP, own)
    assert source_of(outcome) == (
        "from nbrefactor import viz\n\n"
        'viz.visualize_gradient_norms(grads, title="Norms", figsize=(10, 5))\nplt.show()\n'
    )
    assert fold(source_of(outcome), own).status == "unchanged"


def test_explain_shows_the_call_and_what_would_help(place: Path, as_notebook: Notebook) -> None:
    data = as_notebook(
        "import matplotlib.pyplot as plt\ngrads = [[1.0]]\n",
        HEAT_MAP,
        HEAT_MAP.replace("plt.title", "plt.subplots_adjust()\nplt.title"),
    )
    modules = read_modules(Settings(), place / "n.ipynb")
    folded, kept = explain_plots(data, Settings(), modules)
    shown = render_plot(folded).plain
    assert '  + visualize_gradient_norms(grads, title="Norms", figsize=(10, 5))\n' in shown
    assert "becomes 'Gradient norm'" in shown
    shown = render_plot(kept).plain
    assert "no target draws it" in shown
    assert "helps: " in shown
    assert "plt.subplots_adjust(...) out of the plot" in shown
    assert explain_plots(data, Settings(), modules, name="visualize_entropy_heatmap") == ()

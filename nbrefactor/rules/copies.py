"""What users read about the rules on definitions that a module holds too."""

from __future__ import annotations

from nbrefactor.rules.rule import Example, Rule

_MEAN = '''\
def mean(values):
    """Average of the values."""
    return sum(values) / len(values)
'''

EXACT = Rule(
    code="NB101",
    name="exact-copy",
    summary="A definition is the same program as one that a target module holds",
    why=(
        "A copy gets no repair that the module gets, and hides what the notebook is about. Apart "
        "from comments, layout, docstring and annotations both are the same, so an import changes "
        "nothing."
    ),
    example=Example(
        before="""\
# %%
def mean(values):
    # The usual one.
    return sum(values) / len(values)

# %%
mean([1, 2, 3])
""",
        after="""\
# %%
from plots import mean

# %%
mean([1, 2, 3])
""",
        module=_MEAN,
    ),
    fixed=True,
)

RENAMED = Rule(
    code="NB102",
    name="renamed-copy",
    summary="A definition is the same as one of a target module apart from the names in it",
    why=(
        "Other names for the function or its locals make no other program. The import keeps the "
        "notebook's own name."
    ),
    example=Example(
        before="""\
# %%
def average(numbers):
    return sum(numbers) / len(numbers)

# %%
average([1, 2, 3])
""",
        after="""\
# %%
from plots import mean as average

# %%
average([1, 2, 3])
""",
        module=_MEAN,
    ),
    fixed=True,
)

COMPATIBLE = Rule(
    code="NB103",
    name="compatible-definition",
    summary="A definition has another body than its namesake in a target module, and every use of "
    "it here means the same there",
    why=(
        "Each call binds to the module's signature with the same arguments on the same parameters; "
        "defaults that differ are written out. What the function shows is the module's, so this "
        "is replaced only where the module is accepted for it (`--accept compatible`)."
    ),
    example=Example(
        before="""\
# %%
import matplotlib.pyplot as plt

# %%
def plot_losses(losses):
    plt.figure()
    plt.plot(losses)
    plt.title("Losses")
    plt.show()

# %%
plot_losses([0.7, 0.4])
""",
        after="""\
# %%
import matplotlib.pyplot as plt

# %%
from plots import plot_losses

# %%
plot_losses([0.7, 0.4])
""",
        module="""\
import matplotlib.pyplot as plt


def plot_losses(losses, title="Losses"):
    figure, axes = plt.subplots()
    axes.plot(losses, marker="o")
    axes.set_title(title)
    plt.show()
""",
        options="--accept compatible",
    ),
    fixed=True,
)

DIVERGENT = Rule(
    code="NB104",
    name="divergent-definition",
    summary="A definition has the name of one in a target module and cannot be replaced by it",
    why=(
        "The two drifted apart, or were never the same: the finding says what keeps them apart. "
        "Rename one of them, or bring them together by hand. Off by default, because a notebook "
        "may well mean something else by a name."
    ),
    example=Example(
        before="""\
# %%
def mean(values, weights):
    weighted = [value * weight for value, weight in zip(values, weights)]
    return sum(weighted) / sum(weights)

# %%
mean([1, 2, 3], [1, 1, 2])
""",
        after="""\
# %%
def weighted_mean(values, weights):
    weighted = [value * weight for value, weight in zip(values, weights)]
    return sum(weighted) / sum(weights)

# %%
weighted_mean([1, 2, 3], [1, 1, 2])
""",
        module=_MEAN,
        options="--select NB104",
    ),
    default=False,
)

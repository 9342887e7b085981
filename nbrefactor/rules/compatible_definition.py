"""Definitions that a namesake in a module can stand in for."""

from __future__ import annotations

from nbrefactor.rules.copies import judged, may_be_namesake
from nbrefactor.rules.rule import Example, Rule

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
    examples=(
        Example(
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
    ),
    fixed=True,
    may_find=may_be_namesake,
    find=judged,
)

"""Statements that draw what a function of a target module draws."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nbrefactor.fold.table import may_be_drawn, stand_ins
from nbrefactor.rules.rule import Example, Rule

if TYPE_CHECKING:
    from nbrefactor.model.facts import Facts
    from nbrefactor.model.outcome import Finding
    from nbrefactor.rules.look import Look, Sought


def _may_find(facts: Facts, sought: Sought) -> bool:
    if not facts.draws:
        return False
    modules = [module.name for module in sought.settings.modules]
    if not all(stand_ins(module) for module in modules):
        return True
    text = "\n".join(sought.sources()).lower()
    return any(may_be_drawn(module, text) for module in modules)


def _find(look: Look) -> Iterable[Finding]:
    return look.folds()


INLINE_PLOT = Rule(
    code="NB105",
    name="inline-plot",
    summary="Statements of a cell draw what a function of a target module draws",
    why=(
        "The plot is written out once more, and every change of the function passes it by. "
        "`nbrefactor migrate --fold` puts a call there, where the plot stays exactly the same; one "
        "that only looks otherwise is written with `--accept restyled`, or with `--prove` where "
        "two runs show the same data, marks and words."
    ),
    examples=(
        Example(
            before="""\
# %%
import matplotlib.pyplot as plt

losses = [0.9, 0.5, 0.4]

# %%
plt.figure(figsize=(6, 3))
plt.plot(losses, marker="o")
plt.title("Training")
plt.xlabel("Epoch")
plt.show()
""",
            after="""\
# %%
import matplotlib.pyplot as plt

losses = [0.9, 0.5, 0.4]

# %%
from plots import plot_losses

plot_losses(losses, title="Training")
plt.show()
""",
            module="""\
import matplotlib.pyplot as plt


def plot_losses(losses, title="Losses"):
    figure, axes = plt.subplots(figsize=(6, 3))
    axes.plot(losses, marker="o")
    axes.set_title(title)
    axes.set_xlabel("Epoch")
    return figure
""",
        ),
    ),
    may_find=_may_find,
    find=_find,
)

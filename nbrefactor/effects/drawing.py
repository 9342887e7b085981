"""What a function does to the figures and the output around it, beyond what it draws."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping

from nbrefactor.effects.side_effects import MAKES_FIGURE, called_names
from nbrefactor.program.timeline import Use
from nbrefactor.python.environment import Imported, Meaning
from nbrefactor.python.returns import returned
from nbrefactor.python.scopes import DefinitionNode

_ENDS_FIGURE = frozenset({"show", "close"})
_DRAWS_INTO_CURRENT = frozenset({"matplotlib.pyplot", "pylab", "matplotlib.pylab", "seaborn"})
_OF_LAST_IMAGE = frozenset({"clim", "colorbar", "gci", "sci", "set_cmap"})
_LEAVES_FIGURES_ALONE = frozenset(
    {
        "cm",
        "colormaps",
        "cycler",
        "get_cmap",
        "rc",
        "rcParams",
        "set_theme",
        "style",
        "color_palette",
    }
)


def drawing_differences(inline: DefinitionNode, target: DefinitionNode) -> Iterator[str]:
    """Say why a target cannot stand in for an inline definition, by what it does besides.

    Parameters
    ----------
    inline, target : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definitions.

    Yields
    ------
    str
        A clause for each effect on the notebook's figures or output that would differ.
    """
    here, there = called_names(inline), called_names(target)
    if "print" in here and "print" not in there:
        yield "prints, and the target does not"
    if "print" in there and "print" not in here:
        yield "does not print, and the target does"
    if returned(target) != {"a Figure"}:
        return
    if not here & MAKES_FIGURE:
        yield "draws into the figure that is open where it is called, the target makes its own"
    if "close" in here and "close" not in there:
        yield "closes its figure, the target leaves it open to be shown"


def drawn_over(
    use: Use, inline: DefinitionNode, target: DefinitionNode, names: Mapping[str, Meaning]
) -> bool:
    """Tell whether a call's cell would go on drawing into the figure that the target leaves open.

    Parameters
    ----------
    use : Use
        The call.
    inline, target : ast.FunctionDef, ast.AsyncFunctionDef or ast.ClassDef
        The definitions.
    names : mapping of str to Meaning
        What the notebook's names mean.

    Returns
    -------
    bool
        True where the inline definition is done with its figure, the target is not, and what
        comes next draws without making a figure first.
    """
    if returned(target) != {"a Figure"} or _ENDS_FIGURE & called_names(target):
        return False
    here = (use.node.lineno, use.node.col_offset)
    drawing = sorted(_pyplot_calls(use.home.tree, names))
    following = [name for at, name in drawing if at > here]
    loops = [
        around
        for around in use.home.ancestors(use.node)
        if isinstance(around, (ast.For, ast.AsyncFor, ast.While))
    ]
    if loops:
        # What stands above the call in a loop comes next in its next round.
        again = (loops[-1].lineno, loops[-1].col_offset)
        following += [name for at, name in drawing if again < at < here]
    if not _ENDS_FIGURE & called_names(inline):
        # The inline figure is open too, and pyplot knows its last image; that of the target not.
        own = itertools.takewhile(lambda name: name not in MAKES_FIGURE | {"show"}, following)
        return any(name in _OF_LAST_IMAGE for name in own)
    return bool(following) and following[0] not in MAKES_FIGURE | {"show"}


def _pyplot_calls(
    tree: ast.Module, names: Mapping[str, Meaning]
) -> Iterator[tuple[tuple[int, int], str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            meaning = names.get(node.value.id)
            if (
                isinstance(meaning, Imported)
                and meaning.dotted in _DRAWS_INTO_CURRENT
                and node.attr not in _LEAVES_FIGURES_ALONE
            ):
                yield (node.lineno, node.col_offset), node.attr

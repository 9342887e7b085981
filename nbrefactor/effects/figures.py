"""What a function does to pyplot's figures, as the few ways that leave the notebook unsurprised."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nbrefactor.effects.values import Event

Ending = Literal["open", "shown", "closed"]
_ENDINGS: dict[str, Ending] = {"shows": "shown", "closes": "closed"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a function treats figures.

    Parameters
    ----------
    ending : {"open", "shown", "closed"} or None
        What becomes of the one figure that it makes; None where it touches no figure.
    problem : str
        Why it is none of these ways, as the end of a clause about the body; empty otherwise.
    panels : bool
        Whether it makes its figure with several panels.
    """

    ending: Ending | None
    problem: str = ""
    panels: bool = False


def drawing(events: Sequence[Event]) -> Drawing:
    """Tell how a body treats figures: makes one, draws into it, and leaves, shows or closes it.

    Parameters
    ----------
    events : sequence of Event
        What the body does to figures, in order.

    Returns
    -------
    Drawing
        With a problem where it makes none or several, under a condition, or goes on afterwards.
    """
    figures = [event for event in events if event.kind != "calls"]
    if not figures:
        return Drawing(None)
    made = [event for event in figures if event.kind == "makes-figure"]
    if not made or figures[0].kind != "makes-figure":
        return Drawing(None, "draws into the figure that is open where it is called")
    if len(made) > 1 or made[0].repeated:
        return Drawing(None, "makes several figures")
    if made[0].conditional:
        return Drawing(None, "makes its figure only under a condition")
    if _names_figure(made[0].call):
        return Drawing(None, "chooses its figure by a number or name")
    ending: Ending = "open"
    for event in figures[1:]:
        if event.kind == "selects-figure":
            return Drawing(None, "chooses which figure is the current one")
        if ending != "open":
            return Drawing(None, f"goes on with figures after its own is {ending}")
        if event.kind in _ENDINGS:
            if event.conditional or event.repeated:
                return Drawing(None, f"only sometimes {event.kind} its figure")
            ending = _ENDINGS[event.kind]
    return Drawing(ending, panels=_has_panels(made[0].call))


def _has_panels(call: ast.Call) -> bool:
    """Tell whether a call may make more than one panel: `subplots(1, 3)`, `subplots(ncols=2)`."""
    given = [*call.args, *(k.value for k in call.keywords if k.arg in ("nrows", "ncols", None))]
    is_subplots = isinstance(call.func, ast.Attribute) and call.func.attr != "figure"
    return is_subplots and not all(isinstance(v, ast.Constant) and v.value == 1 for v in given)


def _names_figure(call: ast.Call) -> bool:
    """Tell whether a call says which figure: a number, a name, or keywords that cannot be seen."""
    is_figure = isinstance(call.func, ast.Attribute) and call.func.attr == "figure"
    keywords = {keyword.arg for keyword in call.keywords}
    return (is_figure and bool(call.args)) or bool(keywords & {None, "num", "clear", "FigureClass"})

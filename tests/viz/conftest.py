from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import matplotlib as mpl
import pytest
from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

# No test of these needs a display, and an interactive backend would open windows.
mpl.use("Agg")


@pytest.fixture(autouse=True)
def _own_figures() -> Iterator[None]:
    import matplotlib.pyplot as plt

    with mpl.rc_context():
        mpl.rcdefaults()
        yield
    plt.close("all")


@pytest.fixture
def unreadable() -> Callable[[Figure], list[str]]:
    """Find texts of a figure that overlap or are cut at its edge."""
    return _unreadable


def _unreadable(figure: Figure) -> list[str]:
    figure.canvas.draw()
    texts = [(text, text.get_window_extent()) for text in _texts(figure)]
    assert len(texts) > 5
    width, height = figure.bbox.width, figure.bbox.height
    cut = [
        f"{text.get_text()!r} is cut"
        for text, box in texts
        if min(box.x0, box.y0) < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    overlapping = [
        f"{one.get_text()!r} and {other.get_text()!r} overlap"
        for (one, box), (other, second) in combinations(texts, 2)
        if min(box.x1, second.x1) - max(box.x0, second.x0) > 1
        and min(box.y1, second.y1) - max(box.y0, second.y0) > 1
    ]
    return cut + overlapping


def _texts(artist: Artist) -> Iterator[Text]:
    """Texts that are seen; ticks beyond the view are not."""
    if not artist.get_visible():
        return
    if isinstance(artist, Text):
        if artist.get_text():
            yield artist
        return
    children = artist.get_children()
    if isinstance(artist, Axis):
        if not artist.axes.axison:
            return
        low, high = sorted(artist.get_view_interval())
        ticks = [*artist.get_major_ticks(), *artist.get_minor_ticks()]
        inside = [tick for tick in ticks if low - 1e-9 <= tick.get_loc() <= high + 1e-9]
        children = [artist.label, artist.get_offset_text()]
        children += [label for tick in inside for label in (tick.label1, tick.label2)]
    for child in children:
        yield from _texts(child)

from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
import pytest

# No test of these needs a display, and an interactive backend would open windows.
mpl.use("Agg")


@pytest.fixture(autouse=True)
def _own_figures() -> Iterator[None]:
    import matplotlib.pyplot as plt

    with mpl.rc_context():
        mpl.rcdefaults()
        yield
    plt.close("all")

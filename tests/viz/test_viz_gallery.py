"""The gallery: its code runs in order and draws what its pictures show."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / ".github" / "docs" / "gallery.md"
TEXT = PAGE.read_text(encoding="utf-8")
PICTURES = re.findall(r"^!\[.+\]\((\S+)\)$", TEXT, re.M)


def test_its_code_draws_one_figure_for_each_picture(unreadable):
    names = {}
    for block in re.findall(r"^```python\n(.*?)^```$", TEXT, re.M | re.S):
        exec(compile(block, str(PAGE), "exec"), names)
    assert len(plt.get_fignums()) == len(PICTURES) == 8
    for number in plt.get_fignums():
        assert unreadable(plt.figure(number)) == []


@pytest.mark.parametrize("picture", PICTURES)
def test_its_pictures_are_there_and_small(picture):
    size = (PAGE.parent / picture).stat().st_size
    assert 1_000 < size < 60_000

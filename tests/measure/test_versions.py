"""Versions and changelogs, raised rightly and wrongly."""

from __future__ import annotations

import json

import pytest

from .versions import wrongly_raised


def notebook(text: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "markdown", "source": text}]}).encode()


LOG = "# Demo (v0.1.9)\n\n### New in v0.1.9:\n- One\n- v0.1.8: Two"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("# Demo", "# Demo", id="no version"),
        pytest.param("# Demo (v1.2)", "# Demo (v1.3)", id="no changelog"),
        pytest.param("# Demo (v1.2)", "# Demo (v1.3)\n\n## New in v1.3:\n- x", id="one is begun"),
        pytest.param(
            LOG,
            LOG.replace("(v0.1.9)", "(v0.1.10)").replace(
                "### New", "### New in v0.1.10:\n- x\n\n### New", 1
            ),
            id="continued",
        ),
    ],
)
def test_right(before: str, after: str) -> None:
    assert wrongly_raised(notebook(before), notebook(after)) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param("# Demo (v1.2)", "# Demo (v1.2)", "1.2 becomes 1.2", id="not raised"),
        pytest.param("# Demo (v1.2)", "# Demo (v1.4)", "1.2 becomes 1.4", id="raised by two"),
        pytest.param("# Demo", "# Demo (v0.1)", "from nowhere", id="out of nothing"),
        pytest.param(LOG, LOG.replace("(v0.1.9)", "(v0.1.10)"), "for nothing", id="no entry"),
        pytest.param(
            LOG,
            "# Demo (v0.1.10)\n### New in v0.1.10:\n- v0.1.8: Two",
            "entry of 0.1.9 is gone",
            id="an entry is overwritten",
        ),
    ],
)
def test_wrong(before: str, after: str, told: str) -> None:
    assert any(told in each for each in wrongly_raised(notebook(before), notebook(after)))

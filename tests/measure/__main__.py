"""Measure what is wrongly replaced and what is needlessly refused.

``python -m tests.measure --help`` lists what there is; .github/CONTRIBUTING.md says how to use it.
"""

from __future__ import annotations

from . import path

path.prefer_named()

from .commands import main  # noqa: E402 (what is imported depends on the path)

main(prog_name="python -m tests.measure")

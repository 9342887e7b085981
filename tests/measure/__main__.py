"""Measure what is wrongly replaced and what is needlessly refused.

python -m tests.measure wrong CASES.jsonl
"""

from __future__ import annotations

from tests.measure import path

path.prefer_named()

from tests.measure.commands import main  # noqa: E402 (what is imported depends on the path)

main(prog_name="python -m tests.measure")

"""What was measured, kept and compared."""

from __future__ import annotations

from pathlib import Path

from . import record
from .record import Part


def test_what_changed_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "before.json"
    record.write(path, [Part("exact", {"share": 0.5}, {"a": "refused", "b": "replaced"})], tmp_path)
    now = [Part("exact", {"share": 1.0}, {"a": "replaced", "b": "replaced"}), Part("demo", {})]
    assert list(record.changed(path, now)) == [
        "exact: share: 0.5 -> 1.0",
        "exact: a: refused -> replaced",
        "demo: not measured before",
    ]


def test_reasons_stand_with_a_few_examples() -> None:
    part = Part("exact", {"share": 0.25})
    for number in range(5):
        part.refuse("the body differs", f"cell {number}", ["the body\x1b differs"])
    assert list(part.lines()) == [
        "exact",
        "  share  25.0%",
        "      5  the body differs",
        *(f"           cell {number}: the body? differs" for number in range(3)),
    ]

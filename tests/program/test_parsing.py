"""How often a migration parses: the demo's cells once each, however many rounds it takes."""

from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

import pytest

from nbrefactor.config import Settings
from nbrefactor.engine import migrate_bytes, read_modules
from nbrefactor.notebook import _syntax

DEMO = Path(__file__).parents[2] / "fixtures" / "NeuralPlasticityDemo.ipynb"


def test_each_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Beside a checkout it would not be sure which nbrefactor a kernel imports.
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    modules = read_modules(settings, None)
    parsed: Counter[str] = Counter()
    parse_in_quiet = _syntax.parse_in_quiet

    def counting(python: str) -> object:
        parsed[python] += 1
        return parse_in_quiet(python)

    monkeypatch.setattr(_syntax, "parse_in_quiet", counting)
    now = datetime(2025, 4, 8, tzinfo=timezone.utc)
    outcome = migrate_bytes(DEMO.read_bytes(), settings, modules, path="x", now=now)
    # The check of the result reads what it holds against the laws for itself.
    edited = {text for change in outcome.cells for text in (change.before, change.after)}
    counts = {parsed[text] for text in parsed if text not in edited}
    assert counts == {1}
    assert len(outcome.cells) > 3
    assert max(parsed.values()) == 2

"""What was measured, as values: figures, reasons and verdicts of each part, kept as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

_VERSION = 1


@dataclass(frozen=True)
class Part:
    """One part of the measurement.

    Parameters
    ----------
    name : str
        ``wrong``, ``exact``, ``history`` or ``demo``.
    figures : dict
        What is counted, for the table.
    verdicts : dict
        What became of each case, by a key that the same case has in every run.
    reasons : dict
        How often each reason was given, numbers and names left out.
    examples : dict
        Where each reason was given: a few places.
    faults : list
        What must not be: laws that do not hold, crashes, cases that differ.
    """

    name: str
    figures: dict[str, int | float | str]
    verdicts: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def refuse(self, kind: str, place: str, reasons: Sequence[str], examples: int = 3) -> None:
        """Count a refusal, and keep where it was and what was said for the first few."""
        self.reasons[kind] = self.reasons.get(kind, 0) + 1
        kept = self.examples.setdefault(kind, [])
        if len(kept) < examples:
            kept.append(shown(f"{place}: {'; '.join(reasons)}"))

    def lines(self) -> Iterator[str]:
        """The part for people: its figures, then its reasons with examples, then what is wrong."""
        width = max(map(len, self.figures), default=0)
        yield f"{self.name}"
        for what, figure in self.figures.items():
            shown = f"{figure:.1%}" if isinstance(figure, float) else str(figure)
            yield f"  {what:<{width}}  {shown}"
        for reason, count in sorted(self.reasons.items(), key=lambda item: -item[1]):
            yield f"  {count:5d}  {reason}"
            for example in self.examples.get(reason, ()):
                yield f"           {example}"
        for fault in self.faults:
            yield f"  FAULT  {fault}"


def shown(text: str, length: int = 240) -> str:
    """Text of a notebook on one line of a terminal."""
    return re.sub(r"[^ -~\u00a1-\u2027\u2030-\ud7ff]", "?", text)[:length]


def write(path: Path, parts: Sequence[Part], measured: Path) -> None:
    """Keep what was measured."""
    document = {
        "version": _VERSION,
        "measured": str(measured),
        "parts": {part.name: asdict(part) for part in parts},
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def changed(path: Path, parts: Sequence[Part]) -> Iterator[str]:
    """Compare with an earlier record: figures, then the verdicts that are others now."""
    earlier = json.loads(path.read_text())["parts"]
    for part in parts:
        if part.name not in earlier:
            yield f"{part.name}: not measured before"
            continue
        before = earlier[part.name]
        for what, figure in part.figures.items():
            if before["figures"].get(what) != figure:
                yield f"{part.name}: {what}: {before['figures'].get(what)} -> {figure}"
        for key in sorted(before["verdicts"].keys() | part.verdicts.keys()):
            here, there = before["verdicts"].get(key, "-"), part.verdicts.get(key, "-")
            if here != there:
                yield f"{part.name}: {key}: {here} -> {there}"

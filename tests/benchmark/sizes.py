"""Notebooks and modules of growing size, one thing growing at a time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.benchmark.corpus import Maker
from tests.benchmark.measuring import Command

_OWN = (sys.executable, "-m", "nbrefactor")
_CHECK = (*_OWN, "check", "--no-cache")
_MIGRATE = (*_OWN, "migrate", "--dry-run", "--quiet")
_HEAD = '{"cell_type":"code","execution_count":null,"metadata":{},"outputs":'


def sizes(folder: Path) -> Iterator[Command]:
    """Write notebooks of growing size, and give the commands that look at each."""
    yield from _read_only(folder)
    yield from _against_targets(folder)
    yield from _changed(folder)


def _read_only(folder: Path) -> Iterator[Command]:
    for cells in (10_000, 100_000, 1_000_000):
        path = _write(folder / f"cells{cells}.ipynb", (f"x = {at}" for at in range(cells)))
        yield Command(f"`check`: {cells:,} cells", (*_CHECK, path.name))
    for number in (10, 500, 5_000):
        path = _write(folder / f"definitions{number}.ipynb", map(_function, range(number)))
        yield Command(f"`check`: {number:,} definitions", (*_CHECK, path.name))
    for megabytes in (50, 500):
        path = folder / f"outputs{megabytes}.ipynb"
        _write(path, map(_function, range(10)), megabytes)
        yield Command(f"`check`: {megabytes} MB of outputs", (*_CHECK, path.name))


def _against_targets(folder: Path) -> Iterator[Command]:
    for number in (10, 200, 2_000):
        maker = Maker(number)
        while len(dict.fromkeys(maker.definitions)) < number:
            maker.definition()
        module = folder / f"targets{number}.py"
        module.write_text("\n\n".join(dict.fromkeys(maker.definitions)))
        words = (*_CHECK, "definitions500.ipynb", "--module", module.name)
        yield Command(f"`check`: 500 definitions, {number:,} targets", words)


def _changed(folder: Path) -> Iterator[Command]:
    for number in (50, 500, 5_000):
        (folder / f"same{number}.py").write_text("\n\n".join(map(_function, range(number))))
        module = ("--module", f"same{number}.py")
        path = f"definitions{number}.ipynb"
        _write(folder / path, map(_function, range(number)))
        words = (*_MIGRATE, path, *module)
        yield Command(f"`migrate --dry-run`: {number:,} definitions replaced", words)
    (folder / "called.py").write_text("def f(a, width=1):\n    b = a + width\n    return b\n")
    for number in (40, 400, 4_000):
        calls = "\n".join(f"f({at}, size=n)" for at in range(number))
        definition = "def f(a, size=1):\n    b = a + size\n    return b"
        path = _write(folder / f"calls{number}.ipynb", ["n = 3", definition, calls]).name
        words = (*_MIGRATE, path, "--module", "called.py")
        yield Command(f"`migrate --dry-run`: {number:,} calls rewritten", words)
    for number in (32, 320, 3_200):
        entries = "\n".join(f"- **v1.{at}** (2024-01-01): text {at}" for at in range(number, 0, -1))
        path = folder / f"entries{number}.ipynb"
        _write(
            path,
            map(_function, range(1)),
            markdown=f"# Demo v1.{number}\n\n## Changelog\n\n{entries}\n",
        )
        words = (*_MIGRATE, path.name, "--module", "same50.py")
        yield Command(f"`migrate --dry-run`: {number:,} changelog entries", words)


def _function(at: int) -> str:
    return f"def f{at}(a, b={at}):\n    c = a + b\n    return [c, {at}]\n"


def _write(path: Path, texts: Iterable[str], megabytes: int = 0, markdown: str = "") -> Path:
    cells = [f'{_HEAD}[],"source":{json.dumps(text)}}}' for text in texts]
    if markdown:
        text = json.dumps(markdown)
        cells.insert(0, f'{{"cell_type":"markdown","metadata":{{}},"source":{text}}}')
    with path.open("w") as file:
        file.write('{"metadata":{},"nbformat":4,"nbformat_minor":4,"cells":[\n')
        file.write(",\n".join(cells))
        if megabytes:
            file.write(f',\n{_HEAD}[{{"output_type":"stream","name":"stdout","text":"')
            for _ in range(megabytes):
                file.write("x" * 1_000_000)
            file.write('"}],"source":""}')
        file.write("\n]}\n")
    return path

"""Notebooks made from a seed that look like public ones: as large, as varied, as repetitive."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SEED = 20240607
NOTEBOOKS = 2000
MEGABYTES = 140
FUNCTIONS = 200

_WORDS = [
    "alpha",
    "batch",
    "column",
    "data",
    "epoch",
    "frame",
    "grid",
    "head",
    "index",
    "joint",
    "kernel",
    "loss",
    "mask",
    "norm",
    "output",
    "path",
    "query",
    "rate",
    "score",
    "token",
    "unit",
    "value",
    "weight",
    "x",
    "y",
    "z",
    "axis",
    "bins",
    "color",
    "depth",
    "edges",
    "field",
]
_VERBS = [
    "load",
    "plot",
    "clean",
    "merge",
    "split",
    "scale",
    "train",
    "fit",
    "show",
    "count",
    "draw",
    "read",
    "make",
    "build",
    "find",
]
_IMPORTS = "import matplotlib.pyplot as plt\nimport numpy as np\n\nprint(np, plt)"
_LIBRARIES = ["math", "json", "random", "time", "torch", "pandas", "seaborn", "sklearn"]
_MAGICS = ("%matplotlib inline\n", "!pip install -q {}\n", "%load_ext {}\n", "%%time\n")
_PROSE = (
    "In this part the {} is compared with the {}. Most of the {} comes from the {}, as the table "
    "below shows; see *{}* for a longer account of the {}.\n"
)
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(slots=True)
class Maker:
    """Makes notebooks, one after the other, from one source of chance.

    Parameters
    ----------
    seed : int
        Where chance begins.
    bytes_each : int
        How large a notebook is on average.
    """

    seed: int = SEED
    bytes_each: int = MEGABYTES * 1_000_000 // NOTEBOOKS
    definitions: list[str] = field(default_factory=list)
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def notebook(self) -> bytes:
        """Make one notebook in one of the styles in which they are written."""
        defines = self.chance.random() < 0.64
        names = f"{' = '.join(sorted(set(_WORDS)))} = None"
        cells = [self._markdown(1), self._executed(f"{_IMPORTS}\n{names}")]
        for _ in range(self.chance.randint(8, 40)):
            if self.chance.random() < 0.4:
                cells.append(self._markdown(self.chance.randint(2, 4)))
            else:
                cells.append(self._code(defines and self.chance.random() < 0.12))
        if defines:
            cells.append(self._code(True))
        self._add_outputs(cells)
        return self._written(cells)

    def definition(self) -> str:
        """Make a function, half of the time one that was made before."""
        if self.definitions and self.chance.random() < 0.5:
            return self.chance.choice(self.definitions)
        made = "".join(self._function())
        self.definitions.append(made)
        return made

    def _function(self) -> Iterator[str]:
        chance = self.chance
        names = chance.sample(_WORDS, chance.randint(1, 4))
        last = f", {chance.choice(_WORDS)}_size={chance.randint(1, 99)}"
        name = f"{chance.choice(_VERBS)}_{chance.choice(_WORDS)}_{chance.choice(_WORDS)}"
        yield f"def {name}({', '.join(names)}{last if chance.random() < 0.5 else ''}):\n"
        if chance.random() < 0.3:
            yield f'    """Give the {chance.choice(_WORDS)} of the {names[0]}."""\n'
        for _ in range(chance.randint(2, 10)):
            yield f"    {self._statement(names)}\n"
        yield f"    return {names[0]}\n"

    def _statement(self, names: list[str]) -> str:
        chance = self.chance
        one, other = chance.choice(names), chance.choice(names)
        return chance.choice(
            (
                f"{one} = np.{chance.choice(_WORDS)}({other}, axis={chance.randint(0, 2)})",
                f"{one} = [{other}.{chance.choice(_WORDS)} for {other} in {one}]",
                f"plt.plot({one}, label='{chance.choice(_WORDS)}', alpha=0.{chance.randint(1, 9)})",
                f"print(f'{{{one}}} of {{{other}}}', {chance.randint(0, 1000)})",
                f"{one}['{chance.choice(_WORDS)}'] = {other}.mean() / {chance.randint(2, 50)}",
            )
        )

    def _code(self, defines: bool) -> dict[str, Any]:
        chance = self.chance
        text = ""
        if chance.random() < 0.04:
            text += chance.choice(_MAGICS).format(chance.choice(_WORDS))
        if defines:
            text = self.definition()
        elif chance.random() < 0.15:
            name = chance.choice(_LIBRARIES)
            text += f"import {name}\n\nprint({name})\n"
        if not defines or chance.random() < 0.3:
            for _ in range(chance.randint(1, 8)):
                text += self._statement(chance.sample(_WORDS, 2)) + "\n"
        return self._executed(text.rstrip("\n"))

    def _executed(self, text: str) -> dict[str, Any]:
        count = self.chance.randint(1, 99)
        return {**self._cell("code", text), "execution_count": count, "outputs": []}

    def _markdown(self, level: int) -> dict[str, Any]:
        chance = self.chance
        title = f"{'#' * level} {' '.join(chance.sample(_WORDS, 3)).title()}\n\n"
        prose = (_PROSE.format(*chance.sample(_WORDS, 6)) for _ in range(chance.randint(1, 4)))
        return self._cell("markdown", title + "\n".join(prose) + "Straße – 東京\n")

    def _cell(self, kind: str, source: str) -> dict[str, Any]:
        return {"cell_type": kind, "metadata": {}, "source": source}

    def _add_outputs(self, cells: list[dict[str, Any]]) -> None:
        """Spread pictures and text over the code cells, until the notebook is as large as most."""
        chance = self.chance
        left = int(self.bytes_each * chance.lognormvariate(-0.5, 1))
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        while left > 0 and code:
            size = min(left, chance.randint(500, 60_000))
            left -= size
            picture = base64.encodebytes(_PNG + chance.randbytes(size * 3 // 4)).decode()
            shown = {"data": {"image/png": picture, "text/plain": ["<Figure size 640x480>"]}}
            made = {"output_type": "display_data", "metadata": {}, **shown}
            chance.choice(code)["outputs"].append(made)

    def _written(self, cells: list[dict[str, Any]]) -> bytes:
        chance = self.chance
        if chance.random() < 0.9:
            for cell in cells:
                cell["source"] = cell["source"].splitlines(keepends=True)
        if chance.random() < 0.3:
            for at, cell in enumerate(cells):
                cell["id"] = f"{at:08x}"
        notebook = {
            "cells": cells,
            "metadata": {
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                "language_info": {"name": "python", "version": "3.11.4"},
            },
            "nbformat": 4,
            "nbformat_minor": 5 if "id" in cells[0] else 4,
        }
        text = json.dumps(
            notebook,
            indent=chance.choice((1, 1, 1, 1, 2, 4, None)),
            ensure_ascii=chance.random() < 0.3,
            sort_keys=chance.random() < 0.2,
        )
        if chance.random() < 0.05:
            text = text.replace("\n", "\r\n")
        return (text + ("\n" if chance.random() < 0.7 else "")).encode()


def write_corpus(
    folder: Path, *, notebooks: int = NOTEBOOKS, megabytes: int = MEGABYTES, seed: int = SEED
) -> None:
    """Write notebooks into folders of some fifty, and a module with some of their functions."""
    maker = Maker(seed, megabytes * 1_000_000 // notebooks)
    (folder / ".git").mkdir(parents=True)
    for at in range(notebooks):
        home = folder / f"part{at // 50:02}"
        home.mkdir(exist_ok=True)
        (home / f"notebook{at:04}.ipynb").write_bytes(maker.notebook())
    functions = dict.fromkeys(maker.definitions)
    while len(functions) < FUNCTIONS:
        functions[maker.definition()] = None
    chosen = maker.chance.sample(list(functions), FUNCTIONS)
    head = "import matplotlib.pyplot as plt\nimport numpy as np\n"
    (folder / "library.py").write_text("\n\n".join([head, *chosen]))

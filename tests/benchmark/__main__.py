"""Measure the commands beside others on a corpus made for it, as ratios.

``python -m tests.benchmark`` makes 2,000 notebooks of 140 MB and prints tables in Markdown, row by
row. What a row is compared with is run again just before it, so that what slows the machine down
slows down both; figures are medians. Packages should be installed, not only on the path, and may be
compiled once: what is compiled anew in each run is measured, too.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from nbrefactor.batch.loop import usable_cores
from tests.benchmark import floor
from tests.benchmark.corpus import MEGABYTES, NOTEBOOKS, Maker, write_corpus
from tests.benchmark.measuring import Command, Table
from tests.benchmark.sizes import sizes

DEMO = Path(__file__).parents[2] / "fixtures" / "NeuralPlasticityDemo.ipynb"
OWN = (sys.executable, "-m", "nbrefactor")
BARE = Command("a bare interpreter", (sys.executable, "-c", "pass"))
FLOOR = Command("the floor", (sys.executable, floor.__file__, "."))


def tool(name: str, *words: str) -> list[Command]:
    """Give a command of another tool; none where it is not installed."""
    beside = Path(sys.executable).parent / name
    program = str(beside) if beside.exists() else shutil.which(name)
    shown = " ".join([name, *(word for word in words if word.startswith("-") or word == "check")])
    return [Command(f"`{shown}`", (program, *words))] if program else []


def many(cores: int) -> list[Command]:
    """Give the commands that are run over all notebooks."""
    check = (*OWN, "check", ".")
    alone = ("--no-cache", "--jobs", "1")
    migrate = (*OWN, "migrate", ".", "--dry-run", "--quiet", "--jobs", "1")
    module = ("--module", "library.py")
    return [
        Command("`check --no-cache --jobs 1`", (*check, *alone)),
        Command(f"`check --no-cache`, {cores} cores", (*check, "--no-cache")),
        Command(
            "`check --no-cache --jobs 1 --ignore NB105`", (*check, *alone, "--ignore", "NB105")
        ),
        Command(
            "`check --no-cache --jobs 1 --ignore NB105,NB201`",
            (*check, *alone, "--ignore", "NB105,NB201"),
        ),
        Command("`check --no-cache --jobs 1`, 200 functions", (*check, *alone, *module)),
        Command("`migrate --dry-run --jobs 1`", migrate),
        Command("`migrate --dry-run --jobs 1`, 200 functions", (*migrate, *module)),
        Command("`scan --no-cache --jobs 1`", (*OWN, "scan", ".", *alone)),
        Command(f"`scan --no-cache`, {cores} cores", (*OWN, "scan", ".", "--no-cache")),
    ]


def unchanged() -> list[Command]:
    """Give the commands that are run over notebooks that nobody has changed since."""
    kept = ("--cache-dir", "kept")
    return [Command(f"`{name}`", (*OWN, name, ".", *kept)) for name in ("check", "scan")]


def others(place: Path) -> list[Command]:
    """Give the commands of other tools."""
    names = [str(path.relative_to(place)) for path in sorted(place.rglob("*.ipynb"))]
    return [
        *tool("black", "--check", "--quiet", "."),
        *tool("nbstripout", "--dry-run", *names),
    ]


def one() -> list[Command]:
    """Give the commands that are run over one notebook."""
    check = (*OWN, "check", "--no-cache")
    return [
        Command("`import click`, nothing of ours", (sys.executable, "-c", "import click")),
        Command("`check`: nothing to find", (*check, "nothing.ipynb")),
        Command("`check`: definitions that no target has", (*check, "other.ipynb")),
        Command("`check`: the migrated demo", (*check, "migrated.ipynb")),
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")


PARTS = ("many", "unchanged", "others", "one", "sizes")


@click.command()
@click.option("--rounds", default=5, show_default=True, help="How often each command runs.")
@click.option("--limit", default=120.0, show_default=True, help="Seconds that one run may take.")
@click.option("--notebooks", default=NOTEBOOKS, show_default=True, help="How many are made.")
@click.option("--megabytes", default=MEGABYTES, show_default=True, help="How large they are.")
@click.option("--corpus", type=click.Path(path_type=Path), help="Measure on this folder instead.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="These tables; repeatable.")
def main(
    rounds: int,
    limit: float,
    notebooks: int,
    megabytes: int,
    corpus: Path | None,
    only: tuple[str, ...],
) -> None:
    """Measure the commands, and print tables in Markdown."""
    cores = usable_cores()
    machine = f"{_processor()}, {cores} cores, {platform.system()}"
    print(f"{machine}, Python {platform.python_version()}", flush=True)
    wanted = only or tuple(part for part in PARTS if part != "sizes")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = corpus or folder / "corpus"
        if corpus is None and not {"many", "unchanged", "others"}.isdisjoint(wanted):
            write_corpus(place, notebooks=notebooks, megabytes=megabytes)
        table = Table(place, rounds, limit)
        cold = tool("ruff", "check", "--no-cache", ".")
        if "many" in wanted:
            table.show("Many notebooks", [*cold, *many(cores)], [FLOOR, *cold])
        if "unchanged" in wanted:
            warm = tool("ruff", "check", ".")
            table.show("Nothing changed since", [*warm, *unchanged()], [BARE, *warm])
        if "others" in wanted:
            table.show("Others", others(place), [FLOOR, *cold])
        if "one" in wanted:
            _write_single(folder)
            Table(folder, 3 * rounds, limit).show("One notebook", one(), [BARE])
        if "sizes" in wanted:
            _show_sizes(folder / "sizes", limit)


def _show_sizes(folder: Path, limit: float) -> None:
    (folder / ".git").mkdir(parents=True)
    table = Table(folder, 1, limit)
    table.show("Growing notebooks", list(sizes(folder)), [BARE])
    large: Sequence[str] = ("cells100000.ipynb", "outputs500.ipynb")
    for path in large:
        rivals = [
            *tool("ruff", "check", "--no-cache", path),
            *tool("black", "--check", "--quiet", path),
            *tool("nbstripout", "--dry-run", path),
        ]
        table.show(f"Others on `{path}`", rivals, [BARE])


def _write_single(folder: Path) -> None:
    (folder / ".git").mkdir()
    maker = Maker(1, 60_000)
    found = [maker.notebook() for _ in range(20)]
    nothing = next(data for data in found if b"def " not in data)
    (folder / "nothing.ipynb").write_bytes(nothing)
    (folder / "other.ipynb").write_bytes(next(data for data in found if b"def " in data))
    shutil.copy(DEMO, folder / "migrated.ipynb")
    subprocess.run(
        [*OWN, "migrate", "migrated.ipynb", "--quiet"], cwd=folder, check=True, capture_output=True
    )


if __name__ == "__main__":
    main(prog_name="python -m tests.benchmark")

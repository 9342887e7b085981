"""Measure the commands beside others on a corpus made for it, in one run, as ratios.

``python -m tests.benchmark`` makes 2,000 notebooks of 140 MB and prints tables in Markdown. Each
command runs once in each round; the medians over the rounds are compared, so that what slows the
machine down slows down all of them. Packages should be installed, not only on the path: what is
compiled anew in each run is measured, too.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from nbrefactor.batch.loop import usable_cores
from tests.benchmark import floor
from tests.benchmark.corpus import MEGABYTES, NOTEBOOKS, Maker, write_corpus

DEMO = Path(__file__).parents[2] / "fixtures" / "NeuralPlasticityDemo.ipynb"
OWN = (sys.executable, "-m", "nbrefactor")


@dataclass(frozen=True, slots=True)
class Command:
    """What is measured.

    Parameters
    ----------
    name : str
        What the table calls it.
    words : sequence of str
        The command line.
    """

    name: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run cost: seconds on the clock and of the processors, and memory in MB."""

    clock: float
    work: float
    memory: float


def run(command: Command, folder: Path) -> Cost:
    """Run a command once, its output thrown away."""
    started = time.perf_counter()
    with subprocess.Popen(
        command.words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise click.ClickException(f"{command.name} ended with {process.returncode}")
    clock = time.perf_counter() - started
    return Cost(clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def measure(commands: Sequence[Command], folder: Path, rounds: int) -> dict[str, Cost]:
    """Run each command once a round, and take the medians."""
    costs: dict[str, list[Cost]] = {command.name: [] for command in commands}
    for _ in range(rounds):
        for command in commands:
            costs[command.name].append(run(command, folder))
    return {
        name: Cost(
            statistics.median(one.clock for one in found),
            statistics.median(one.work for one in found),
            max(one.memory for one in found),
        )
        for name, found in costs.items()
    }


def many(cores: int, place: Path) -> list[Command]:
    """Give the commands that are run over all notebooks."""
    check = (*OWN, "check", ".")
    migrate = (*OWN, "migrate", ".", "--dry-run", "--quiet")
    kept = ("--cache-dir", "kept")
    commands = [
        Command("bare interpreter", (sys.executable, "-c", "pass")),
        Command("floor, standard library, one process", (sys.executable, floor.__file__, ".")),
        Command("`check --no-cache --jobs 1`", (*check, "--no-cache", "--jobs", "1")),
        Command(f"`check --no-cache`, {cores} cores", (*check, "--no-cache")),
        Command(
            "`check --no-cache --jobs 1 --select NB1,NB3,NB4`",
            (*check, "--no-cache", "--jobs", "1", "--select", "NB1,NB3,NB4"),
        ),
        Command("`check`, nothing changed since", (*check, *kept)),
        Command(
            "`check`, 200 functions, one process",
            (*check, "--no-cache", "--jobs", "1", "--module", "library.py"),
        ),
        Command("`migrate --dry-run`, one process", (*migrate, "--jobs", "1")),
        Command(
            "`migrate --dry-run`, 200 functions, one process",
            (*migrate, "--jobs", "1", "--module", "library.py"),
        ),
    ]
    names = [str(path.relative_to(place)) for path in sorted(place.rglob("*.ipynb"))]
    others: dict[str, list[tuple[str, tuple[str, ...]]]] = {
        "ruff": [
            ("`ruff check --no-cache`", ("check", "--no-cache", ".")),
            ("`ruff check`, nothing changed since", ("check", ".")),
        ],
        "black": [("`black --check`", ("--check", "--quiet", "."))],
        "nbstripout": [("`nbstripout --dry-run`", ("--dry-run", *names))],
    }
    for tool, lines in others.items():
        beside = Path(sys.executable).parent / tool
        program = str(beside) if beside.exists() else shutil.which(tool)
        for name, words in lines if program else ():
            commands.append(Command(name, (str(program), *words)))
    return commands


def one() -> list[Command]:
    """Give the commands that are run over one notebook."""
    check = (*OWN, "check", "--no-cache")
    return [
        Command("bare interpreter", (sys.executable, "-c", "pass")),
        Command("`import click`", (sys.executable, "-c", "import click")),
        Command("nothing to find", (*check, "nothing.ipynb")),
        Command("definitions that no target has", (*check, "other.ipynb")),
        Command("the migrated demo", (*check, "migrated.ipynb")),
    ]


def sizes(folder: Path) -> list[Command]:
    """Write notebooks of growing size, and give the commands that check each."""
    made = []
    for cells in (10_000, 100_000, 1_000_000):
        made.append(_sized(folder, f"{cells:,} cells", cells, 0))
    for definitions in (10, 500, 5_000):
        made.append(_sized(folder, f"{definitions:,} definitions", 10, definitions))
    for megabytes in (50, 500):
        made.append(_sized(folder, f"{megabytes} MB of outputs", 10, 10, megabytes))
    for targets in (10, 200, 2_000):
        maker = Maker(targets)
        while len(dict.fromkeys(maker.definitions)) < targets:
            maker.definition()
        functions = list(dict.fromkeys(maker.definitions))
        (folder / f"t{targets}.py").write_text("\n\n".join(functions))
        words = (*OWN, "check", "--no-cache", "d500.ipynb", "--module", f"t{targets}.py")
        made.append(Command(f"{targets:,} targets, 500 definitions", words))
    return made


def _sized(folder: Path, name: str, cells: int, definitions: int, megabytes: int = 0) -> Command:
    path = folder / (f"d{definitions}.ipynb" if definitions and not megabytes else f"{name}.ipynb")
    head = '{"cell_type":"code","execution_count":null,"metadata":{},"outputs":'
    texts = [f"x = {at}" for at in range(cells)]
    texts += [f"def f{at}(a, b={at}):\\n    return a + b + {at}" for at in range(definitions)]
    with path.open("w") as file:
        file.write('{"metadata":{},"nbformat":4,"nbformat_minor":4,"cells":[\n')
        file.write(",\n".join(f'{head}[],"source":"{text}"}}' for text in texts))
        if megabytes:
            file.write(f',\n{head}[{{"output_type":"stream","name":"stdout","text":"')
            for _ in range(megabytes):
                file.write("x" * 1_000_000)
            file.write('"}],"source":""}')
        file.write("\n]}\n")
    return Command(name, (*OWN, "check", "--no-cache", path.name))


def show(title: str, costs: dict[str, Cost], beside: Sequence[str]) -> None:
    """Print a table: medians, and how often another line fits into each."""
    print(f"\n### {title}\n")
    heads = [f"of {name}" for name in beside]
    print("| " + " | ".join(["", "clock, s", "processor, s", "memory, MB", *heads]) + " |")
    print("|---" * (4 + len(heads)) + "|")
    for name, cost in costs.items():
        ratios = [f"{cost.clock / costs[other].clock:.2f}" for other in beside]
        figures = [f"{cost.clock:.2f}", f"{cost.work:.2f}", f"{cost.memory:.0f}", *ratios]
        print("| " + " | ".join([name, *figures]) + " |")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")


@click.command()
@click.option("--rounds", default=5, show_default=True, help="How often each command runs.")
@click.option("--notebooks", default=NOTEBOOKS, show_default=True, help="How many are made.")
@click.option("--megabytes", default=MEGABYTES, show_default=True, help="How large they are.")
@click.option("--corpus", type=click.Path(path_type=Path), help="Measure on this folder instead.")
@click.option("--without", multiple=True, metavar="WORD", help="Leave out what is called so.")
@click.option("--sizes", "growing", is_flag=True, help="Measure notebooks of growing size too.")
def main(
    rounds: int,
    notebooks: int,
    megabytes: int,
    corpus: Path | None,
    without: tuple[str, ...],
    growing: bool,
) -> None:
    """Measure the commands, and print tables in Markdown."""
    cores = usable_cores()
    machine = f"{_processor()}, {cores} cores, {platform.system()}"
    print(f"{machine}, Python {platform.python_version()}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = corpus or folder / "corpus"
        if corpus is None:
            write_corpus(place, notebooks=notebooks, megabytes=megabytes)
        commands = [
            found for found in many(cores, place) if not any(word in found.name for word in without)
        ]
        measure(commands, place, 1)  # Fills caches: those of the tools and of the system.
        costs = measure(commands, place, rounds)
        against = [found for found in costs if found.startswith(("floor", "`ruff"))]
        show("Many notebooks", costs, against)
        _write_single(folder)
        show("One notebook", measure(one(), folder, 2 * rounds), ["bare interpreter"])
        if growing:
            show("Growing notebooks", measure(sizes(folder), folder, 1), [])


def _write_single(folder: Path) -> None:
    (folder / ".git").mkdir()
    maker = Maker(1, 60_000)
    write: Callable[[str, bytes], int] = lambda name, data: (folder / name).write_bytes(data)  # noqa: E731
    found = [maker.notebook() for _ in range(20)]
    write("nothing.ipynb", next(data for data in found if b"def " not in data))
    write("other.ipynb", next(data for data in found if b"def " in data))
    shutil.copy(DEMO, folder / "migrated.ipynb")
    subprocess.run(
        [*OWN, "migrate", "migrated.ipynb", "--quiet"], cwd=folder, check=True, capture_output=True
    )


if __name__ == "__main__":
    main(prog_name="python -m tests.benchmark")

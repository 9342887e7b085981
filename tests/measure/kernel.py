"""Run a notebook in a fresh kernel and say what could be seen, so that two runs can be compared."""

from __future__ import annotations

import ast
import hashlib
import logging
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from traitlets.config import Config

_MASKS = (
    (re.compile(r"\b0x[0-9a-fA-F]+"), "0x"),
    (re.compile(r"(?:/[^\s'\":,/]+)+/(?=[^\s'\":,/])"), ""),
    (re.compile(r"\bipykernel_\d+|\b\d{5,}\.py\b"), "<cell>"),
    # Where a warning or a traceback says that it comes from.
    (re.compile(r"^\S+:\d+: (?=\w+: )", re.M), "<place>: "),
    (re.compile(r'File "?[^"\s]+"?(?:, line \d+|:\d+)'), "File <place>"),
    # What id() gives on a machine of 64 bits; no other number is so long and has no point.
    (re.compile(r"(?<![\w.])\d{14,16}(?![\w.])"), "<id>"),
    (re.compile(r"\btmp[a-z0-9_]{8}\b"), "<tmp>"),
    (re.compile(r"^(CPU times|Wall time): .*$", re.M), r"\1"),
)
# So that two runs draw the same; a name bound before the first cell would be seen by the notebook.
# The state of `random` is no part of what is compared: the kernel itself draws now and then.
_SEED = "__import__('random').seed(0)"
# What else a run leaves behind that later cells of a notebook could see.
_STATE = """
def _state():
    import os, sys
    def plain(value, depth=4):
        if isinstance(value, (bool, int, float, complex, str, bytes, type(None))):
            return True
        if depth and type(value) in (list, tuple, set, frozenset):
            return all(plain(each, depth - 1) for each in value)
        return bool(depth) and type(value) is dict and all(
            plain(key) and plain(each, depth - 1) for key, each in value.items())
    names = get_ipython().user_ns
    seen = {name: repr(value) for name, value in list(names.items())
            if name[:1] != "_" and name not in ("In", "Out") and plain(value)}
    seen["(folder)"] = os.getcwd()
    for name, ask in (
        ("decimal", lambda module: repr(module.getcontext())),
        ("locale", lambda module: repr(module.setlocale(module.LC_ALL))),
        ("numpy", lambda module: repr((module.geterr(), module.get_printoptions()))),
        ("matplotlib", lambda module: repr(sorted(
            (key, str(value)) for key, value in module.rcParams.items()))),
        ("matplotlib.pyplot", lambda module: repr(module.get_fignums())),
    ):
        if name in sys.modules:
            seen["(" + name + ")"] = ask(sys.modules[name])
    return seen
_state()
"""


class NoRunError(Exception):
    """The kernel does not come up or does not answer."""


@dataclass(frozen=True)
class Seen:
    """What one cell showed."""

    stdout: str = ""
    stderr: str = ""
    results: tuple[str, ...] = ()
    pictures: int = 0
    error: str = ""


@dataclass(frozen=True)
class Observed:
    """What a run showed, by the id of the cell, and what it left behind."""

    cells: dict[str, Seen]
    numbers: dict[str, int]
    files: dict[str, str] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)


def observe(path: Path, *, packages: Path, seconds: int = 60) -> Observed:
    """Execute a notebook in its folder, all cells, also after errors.

    Parameters
    ----------
    path : Path
        The notebook; cells without an id are known by their position.
    packages : Path
        A folder that the kernel finds nbrefactor in.
    seconds : int
        How long one cell may take.

    Returns
    -------
    Observed
        What it showed, with addresses and folders masked.

    Raises
    ------
    NoRunError
        If the kernel dies or a cell takes too long.
    """
    notebook = nbformat.read(path, as_version=4)
    before = set(_files(path.parent))
    ask = nbformat.v4.new_code_cell(_STATE, id="state")
    notebook.cells.append(ask)
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **{key: value for key, value in os.environ.items() if key != "MPLBACKEND"},
            "PYTHONPATH": str(packages),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "IPYTHONDIR": home,
        }
        client = NotebookClient(
            notebook,
            timeout=seconds,
            allow_errors=True,
            resources={"metadata": {"path": str(path.parent)}},
            # Ports that are free when they are asked for may be taken when the kernel binds them.
            config=Config(
                KernelManager={
                    "transport": "ipc",
                    "ip": str(Path(home, "socket")),
                    "connection_file": str(Path(home, "kernel.json")),
                }
            ),
            extra_arguments=["--log-level=ERROR", f"--IPKernelApp.exec_lines={[_SEED]!r}"],
        )
        try:
            client.execute(env=environment, stderr=subprocess.DEVNULL)
        except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
            raise NoRunError(f"{type(error).__name__}: {str(error).splitlines()[0]}") from error
    code = [(n, cell) for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"][:-1]
    return Observed(
        cells={cell.get("id", str(n)): _seen(cell.outputs) for n, cell in code},
        numbers={cell.get("id", str(n)): n + 1 for n, cell in code},
        files={
            name: hashlib.sha256((path.parent / name).read_bytes()).hexdigest()
            for name in _files(path.parent)
            if name not in before
        },
        state=_state(ask.outputs),
    )


def differences(before: Observed, after: Observed) -> list[str]:
    """Say what differs between two runs, one line for each thing."""
    told: list[str] = []
    for key in {**before.cells, **after.cells}:
        here, there = before.cells.get(key, Seen()), after.cells.get(key, Seen())
        number = before.numbers.get(key) or after.numbers.get(key)
        told.extend(
            f"cell {number} {what}: {getattr(here, what)!r} -> {getattr(there, what)!r}"
            for what in Seen.__dataclass_fields__
            if getattr(here, what) != getattr(there, what)
        )
    for name in sorted(before.files.keys() | after.files.keys()):
        if before.files.get(name) != after.files.get(name):
            told.append(f"file {name}: {_presence(name, before, after)}")
    # A name or library that only one of the two has is no difference in what can be seen.
    told.extend(
        f"state {name}: {before.state[name][:80]} -> {after.state[name][:80]}"
        for name in sorted(before.state.keys() & after.state.keys())
        if before.state[name] != after.state[name]
    )
    return told


def masked(text: str) -> str:
    """Leave out what differs from one run to the next: addresses, folders, times."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


def _presence(name: str, before: Observed, after: Observed) -> str:
    if name not in after.files:
        return "no longer written"
    return "written with other content" if name in before.files else "newly written"


def _files(folder: Path) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]


def _seen(outputs: list[Any]) -> Seen:
    streams = {"stdout": "", "stderr": ""}
    results, error, pictures = [], "", 0
    for output in outputs:
        if output.output_type == "stream":
            streams[output.name] += output.text
        elif output.output_type == "error":
            error = masked(f"{output.ename}: {output.evalue}")
        elif any(kind.startswith("image/") for kind in output.data):
            pictures += 1
        else:
            results.append(masked(str(output.data.get("text/plain", sorted(output.data)))))
    return Seen(
        masked(streams["stdout"]), masked(streams["stderr"]), tuple(results), pictures, error
    )


def _state(outputs: list[Any]) -> dict[str, str]:
    for output in outputs:
        if output.output_type == "execute_result":
            try:
                state: dict[str, str] = ast.literal_eval(output.data["text/plain"])
            except (SyntaxError, ValueError):
                return {}
            return {name: masked(value) for name, value in state.items()}
    return {}

"""What a run of a notebook is asked for, and what it gave, as frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nbrefactor.model.errors import NbrefactorError

CellStatus = Literal["ran", "failed", "skipped", "not reached"]
FailureKind = Literal["error", "died", "timeout", "flooded"]
Progress = Callable[[int, int], None]


class ExecutionError(NbrefactorError):
    """A notebook could not be run at all; the text says why, and what to do."""


class Stopped(NbrefactorError):  # noqa: N818
    """The calling thread wants the run to end."""


class ParameterError(NbrefactorError):
    """A parameter that cannot be; the text says which, and what is expected."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A module that the notebook's kernel has to find.

    Parameters
    ----------
    name : str
        Dotted name.
    folder : Path or None
        The folder that has to be on the kernel's path; None where an environment provides it.
    package : str
        What installs it; empty where nothing is known to.
    """

    name: str
    folder: Path | None = None
    package: str = ""


@dataclass(frozen=True, slots=True)
class ExecutionSettings:
    """How notebooks are run.

    Parameters
    ----------
    parameters : tuple of (str, object)
        Names and values that papermill sets behind the cell tagged ``parameters``.
    kernel : str or None
        Kernel to use instead of the notebook's own.
    timeout : float or None
        Seconds that one cell may take; None for any time.
    save_outputs : bool
        Whether fresh outputs and execution counts go into the user's notebook.
    executed : Path or None
        Where papermill's own result is kept.
    seed : int or None
        Where random generators begin that the notebook does not seed; None for anywhere.
    allow_installs : bool
        Whether lines run that install packages or fetch files, such as ``!pip install``.
    sandbox : bool
        Whether the kernel works in a copy of the notebook's folder.
    """

    parameters: tuple[tuple[str, Any], ...] = ()
    kernel: str | None = None
    timeout: float | None = None
    save_outputs: bool = False
    executed: Path | None = None
    seed: int | None = None
    allow_installs: bool = False
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class CellRun:
    """What became of one cell.

    Parameters
    ----------
    cell : int
        Position in the notebook, counted from 0.
    status : CellStatus
        ``skipped`` for cells without code or with the tag ``skip-execution``; ``failed`` for the
        cell that raised, whether or not the run went on.
    execution_count : int or None
        The kernel's count.
    outputs : tuple of mapping
        Outputs as nbformat 4 holds them, streams joined.
    figures : tuple of mapping
        What the recorder saw while the cell ran, in order; empty unless it was asked for.
    """

    cell: int
    status: CellStatus
    execution_count: int | None = None
    outputs: tuple[Mapping[str, Any], ...] = ()
    figures: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run ended before its last cell.

    Parameters
    ----------
    kind : FailureKind
        The cell raised, the kernel died, the cell took too long, or it wrote without end.
    cell : int or None
        Position of the cell, counted from 0; None for the cell that sets the parameters.
    source : str
        The cell's source.
    name : str
        The exception's class; empty unless the cell raised.
    message : str
        One sentence that says what happened and, where something is known, what to do.
    traceback : str
        The kernel's traceback without colours, or the last words of a dead kernel.
    """

    kind: FailureKind
    cell: int | None
    source: str
    name: str
    message: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Run:
    """A notebook that was run.

    Parameters
    ----------
    cells : tuple of CellRun
        One for each cell of the notebook, in its order.
    failure : Failure or None
        Why the run ended early; None where it came to its end.
    seconds : float
        How long it took, the kernel's start included.
    kernel : str
        The kernel's name.
    executed : bytes
        Papermill's own result; empty unless it was asked for.
    notes : tuple of str
        What the user should know besides.
    widgets : mapping
        The last state of each widget, by its id.
    files : mapping of str to str
        Files that it made or changed in its copy of the folder, with their digests; one that it
        removed has none. Empty where it ran in place.
    """

    cells: tuple[CellRun, ...]
    failure: Failure | None
    seconds: float
    kernel: str
    executed: bytes = b""
    notes: tuple[str, ...] = ()
    widgets: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A notebook to run.

    Parameters
    ----------
    data : bytes
        The notebook's file.
    name : str
        The notebook's name in messages.
    folder : Path
        The kernel's working directory.
    needs : tuple of Needed
        Modules that the kernel has to find, checked before the first cell runs.
    environment : mapping of str to str
        Added to the kernel's environment.
    go_on : bool
        Whether the cells behind a cell that raises run as well.
    last_cell : int or None
        Position of the last cell to run; None for all.
    left_out : frozenset of int
        Positions of cells that are not run.
    own_temporary_folder : bool
        Whether the kernel's temporary files go to a folder that is removed with the run.
    record : bool
        Whether figures are taken apart as they are shown or saved.
    planned : mapping of Path to bytes
        Files that are going to be written, put into the copy of the folder.
    progress : callable or None
        Told the position of each cell before it runs, and the number of cells; from a thread.
    """

    data: bytes
    name: str
    folder: Path
    needs: tuple[Needed, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    go_on: bool = False
    last_cell: int | None = None
    left_out: frozenset[int] = frozenset()
    own_temporary_folder: bool = False
    record: bool = False
    planned: Mapping[Path, bytes] = field(default_factory=dict)
    progress: Progress | None = None

"""The frozen values of a verification."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from nbrefactor.model.outcome import Outcome
from nbrefactor.verify.figures.values import FigureComparison

Status = Literal[
    "identical",
    "within tolerance",
    "restyled",
    "different words",
    "changed",
    "different data",
    "additional",
    "missing",
    "new error",
    "failed before too",
    "not deterministic",
    "not run",
]
Family = Literal[
    "text", "stream", "picture", "svg", "table", "html", "json", "error", "file", "other"
]

STATUSES: tuple[Status, ...] = get_args(Status)
# Compared and in order, from harmless to what fails the verification.
SEVERITY: tuple[Status, ...] = (
    "not run",
    "identical",
    "within tolerance",
    "not deterministic",
    "failed before too",
    "restyled",
    "different words",
    "changed",
    "different data",
    "additional",
    "missing",
    "new error",
)
# What changes with everything else.
_MINOR = frozenset({"layout", "drawing order", "label"})
# What speaks against a migration.
FAILING: frozenset[Status] = frozenset(
    {"different words", "changed", "different data", "additional", "missing", "new error"}
)
COMPARED: frozenset[Status] = FAILING | {"identical", "within tolerance", "restyled"}


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """How outputs are compared.

    Parameters
    ----------
    patterns : tuple of str
        Regular expressions of text that may differ from run to run.
    tolerance : float
        Root mean square difference of two pictures, in levels of 0 to 255, up to which they are
        taken for the same.
    strict : bool
        Whether a restyled picture counts as a failure.
    parallel : bool
        Whether the two notebooks may run at the same time.
    known_words : frozenset of str
        Words that the target modules write out: titles and labels that differ on purpose.
    only_affected : bool
        Whether the runs end with the last cell that calls what was replaced.
    """

    patterns: tuple[str, ...] = ()
    tolerance: float = 0.25
    strict: bool = False
    parallel: bool = True
    known_words: frozenset[str] = frozenset()
    only_affected: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One output as it is compared: streams joined and as a terminal leaves them.

    Parameters
    ----------
    family : Family
        What it is to a reader.
    name : str
        ``stdout`` or ``stderr`` for a stream, the exception for an error, else how it was shown:
        ``display_data`` or ``execute_result``.
    data : mapping of str to object
        Content by MIME type; ``text/plain`` for streams and errors.
    key : str
        Equal for outputs that are the same after normalising.
    figure : mapping or None
        The figure in it as the recorder took it apart; None where there is none.
    made : int or None
        Position of the cell that began the figure.
    """

    family: Family
    name: str
    data: Mapping[str, Any]
    key: str
    figure: Mapping[str, Any] | None = None
    made: int | None = None


@dataclass(frozen=True, slots=True)
class PictureDifference:
    """What differs between two pictures.

    Parameters
    ----------
    rms : float
        Root mean square difference, 0 to 255, on the canvas that holds both.
    share : float
        Share of the pixels that differ, 0 to 1.
    size_before, size_after : tuple of (int, int)
        Width and height in pixels.
    picture : bytes
        PNG that shows the differing pixels; empty where none does.
    """

    rms: float
    share: float
    size_before: tuple[int, int]
    size_after: tuple[int, int]
    picture: bytes


@dataclass(frozen=True, slots=True)
class OutputComparison:
    """One output before and after.

    Parameters
    ----------
    status : Status
        The verdict on it.
    family : Family
        What it is.
    detail : str
        What differs, in a sentence; empty where nothing does.
    before, after : Shown or None
        The output in either run; None where there is none.
    picture : PictureDifference or None
        How pictures differ.
    figure : FigureComparison or None
        How the figures in them differ, as data; None where they were not recorded.
    """

    status: Status
    family: Family
    detail: str
    before: Shown | None
    after: Shown | None
    picture: PictureDifference | None = None
    figure: FigureComparison | None = None

    @property
    def name(self) -> str:
        """The name of a saved figure; empty for what is shown."""
        shown = self.before or self.after
        return "" if shown is None else shown.name


@dataclass(frozen=True, slots=True)
class CellComparison:
    """One code cell before and after.

    Parameters
    ----------
    cell : int
        Position in the original notebook, counted from 0.
    cell_id : str or None
        The cell's own id, where the notebook gives one.
    status : Status
        The worst of its outputs and files; ``identical`` where it ran without output.
    outputs : tuple of OutputComparison
        Its outputs in order.
    files : tuple of OutputComparison
        Figures that it saved, or left open without showing them.
    edited : bool
        Whether the migration changed its source.
    calls : tuple of str
        Replaced names that it calls, directly or through a function that does.
    detail : str
        Why it was not run, or which error it raised.
    """

    cell: int
    cell_id: str | None
    status: Status
    outputs: tuple[OutputComparison, ...]
    edited: bool
    calls: tuple[str, ...]
    detail: str = ""
    files: tuple[OutputComparison, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """The proof, or what speaks against it.

    Parameters
    ----------
    path : str
        The original notebook as the user named it.
    migrated : str
        The migrated one; ``planned`` where nothing was written.
    outcome : Outcome
        The planned migration, with its findings and diffs.
    cells : tuple of CellComparison
        The original's code cells in order.
    strict : bool
        Whether a restyled picture fails.
    seconds : float
        How long all runs took together.
    notes : tuple of str
        What the user should know besides.
    left_behind : tuple of str
        In which files the two runs left their copies of the folder differently; pictures aside,
        which are compared as what they show.
    """

    path: str
    migrated: str
    outcome: Outcome
    cells: tuple[CellComparison, ...]
    strict: bool
    seconds: float
    notes: tuple[str, ...] = ()
    left_behind: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[CellComparison, ...]:
        """The cells that speak against the migration."""
        bad = FAILING | ({"restyled"} if self.strict else set())
        return tuple(cell for cell in self.cells if cell.status in bad)

    @property
    def compared(self) -> tuple[CellComparison, ...]:
        """The cells that ran in both notebooks with something to compare."""
        return tuple(cell for cell in self.cells if cell.status in COMPARED)

    @property
    def callers(self) -> tuple[CellComparison, ...]:
        """The cells that call what was replaced."""
        return tuple(cell for cell in self.cells if cell.calls)

    @property
    def replacements_unseen(self) -> bool:
        """Whether there are cells that call what was replaced and none of them was compared."""
        return bool(self.callers) and not any(cell.status in COMPARED for cell in self.callers)

    @property
    def passed(self) -> bool:
        """Whether what was replaced was compared and nothing speaks against the migration."""
        return bool(self.compared) and not self.replacements_unseen and not self.failures

    @property
    def counts(self) -> dict[Status, int]:
        """How many outputs there are of each status."""
        return _counted(output for cell in self.cells for output in cell.outputs)

    @property
    def file_counts(self) -> dict[Status, int]:
        """How many saved and left over figures there are of each status."""
        return _counted(output for cell in self.cells for output in cell.files)

    @property
    def restyled(self) -> dict[str, int]:
        """In how many restyled outputs each name differs, what is told last at the end."""
        names = Counter(
            name
            for cell in self.cells
            for output in cell.outputs
            if output.status == "restyled" and output.figure is not None
            for name in output.figure.names
        )
        return dict(sorted(names.items(), key=lambda item: (item[0] in _MINOR, -item[1])))


def _counted(outputs: Iterable[OutputComparison]) -> dict[Status, int]:
    found = [output.status for output in outputs]
    return {status: found.count(status) for status in STATUSES if status in found}


def worst(statuses: tuple[Status, ...]) -> Status:
    """Give the worst status; ``identical`` for none at all."""
    return max(statuses, key=SEVERITY.index, default="identical")

"""One run: its thread, its kernel, and what becomes of each cell."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbrefactor.notebook.document import read
from nbrefactor.notebook.outputs import merge_streams
from nbrefactor.run.copies import PLACE, literal, runs, temporary_folder, write_copy
from nbrefactor.run.engine import ENGINE, OUTPUT_SECONDS, register_engine
from nbrefactor.run.failures import last_words, one_line
from nbrefactor.run.kernels import START_SECONDS, check_modules, load_recorder
from nbrefactor.run.outputs import MOST_OUTPUT, size_of
from nbrefactor.run.parameters import unknown_parameters
from nbrefactor.run.records import Recorded, read_records
from nbrefactor.run.sandbox import COPY, changed_files, copy_folder, put_planned, stand_of
from nbrefactor.run.signals import RUN, end_strays, signal_group
from nbrefactor.run.values import (
    CellRun,
    CellStatus,
    ExecutionError,
    ExecutionSettings,
    Failure,
    FailureKind,
    Job,
    Run,
    Stopped,
)
from nbrefactor.visible import without_colours

if TYPE_CHECKING:
    from nbformat import NotebookNode


class Session:
    """One run: the only place that changes while a notebook runs."""

    def __init__(self, job: Job, settings: ExecutionSettings, kernel: str) -> None:
        self.job = job
        self.settings = settings
        self.kernel = kernel
        self.document = read(job.data)
        self.thread = threading.Thread(target=self._work, name=f"run {job.name}", daemon=True)
        # Not the thread's own state, which an interrupt of join() makes wrong before Python 3.13.
        self.ended = threading.Event()
        self.run: Run | None = None
        self.error: BaseException | None = None
        self.client: Any = None
        self.process: Any = None
        self.process_group: int | None = None
        self.stopping = False
        self.cells: list[NotebookNode] = []
        self.current: NotebookNode | None = None
        self.executed: set[int] = set()
        self.checked = False
        self.records: Path | None = None
        self.recorded: list[Recorded] = []
        self.problems: tuple[str, ...] = ()
        self.folder = job.folder
        self.modules: tuple[str, ...] = ()
        self.skipped: dict[int, tuple[str, ...]] = {}
        self.stand: Mapping[str, str] = {}
        self.written = 0
        self.scratch: Path | None = None

    def _work(self) -> None:
        began = time.monotonic()
        try:
            with temporary_folder() as folder:
                self.run = self._run(folder, began)
        except BaseException as error:
            self.error = error
        finally:
            self.ended.set()

    def _run(self, folder: Path, began: float) -> Run:
        failure: Failure | None = None
        self.scratch = folder
        result = folder / "executed.ipynb"
        self.records = folder / "figures.jsonl" if self.job.record else None
        try:
            self._execute(folder, result)
        except ExecutionError:
            raise
        except Exception as error:
            failure = self._failure(error, folder)
        finally:
            self._close()
        if failure is None:
            failure = self._raised()
        executed = b""
        if self.settings.executed is not None and result.exists():
            executed = self._result(result, failure is None)
        return Run(
            tuple(self._cell_runs(failure, read_records(self.records, self.recorded))),
            failure,
            time.monotonic() - began,
            self.kernel,
            executed,
            tuple(self._notes()),
            self._widgets(),
            changed_files(folder / COPY, self.stand) if self.settings.sandbox else {},
        )

    def _execute(self, folder: Path, result: Path) -> None:
        from papermill.exceptions import PapermillExecutionError
        from papermill.execute import execute_notebook

        register_engine()
        copy = folder / "notebook.ipynb"
        allowed = self.settings.allow_installs
        self.skipped = write_copy(
            self.document, self.job.last_cell, self.job.left_out, copy, allow_installs=allowed
        )
        if self.settings.sandbox:
            self.folder = copy_folder(self.job.folder, folder)
            self.modules = put_planned(self.job.folder, self.folder, self.job.planned)
            self.stand = stand_of(folder / COPY)
        keep = self.settings.executed is not None
        # Papermill reports every error that is left in an output, also where a tag allows it;
        # whether a cell really stopped the run stands in its metadata.
        with contextlib.suppress(PapermillExecutionError):
            execute_notebook(
                literal(copy),
                literal(result) if keep else None,
                parameters=dict(self.settings.parameters) or None,
                engine_name=ENGINE,
                request_save_on_cell_execute=keep,
                kernel_name=self.kernel,
                language="python",
                progress_bar=False,
                start_timeout=START_SECONDS,
                execution_timeout=self.settings.timeout,
                session=self,
                scratch=folder,
            )

    def environment(self, scratch: Path) -> dict[str, str]:
        """Make the kernel's environment."""
        environment = {**os.environ, **self.job.environment, RUN: str(scratch)}
        if self.modules:
            path = (*self.modules, environment.get("PYTHONPATH", ""))
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, path))
        if self.job.own_temporary_folder:
            own = scratch / "tmp"
            own.mkdir(exist_ok=True)
            environment.update({name: str(own) for name in ("TMPDIR", "TEMP", "TMP")})
        return environment

    async def before_cell(self, cell: NotebookNode, cell_index: int) -> None:
        """Check the kernel before the first cell, then watch for a stop and report progress."""
        if self.stopping:
            raise Stopped
        if not self.checked:
            self.checked = True
            self.cells = list(self.client.nb.cells)
            provisioner = self.client.km.provisioner
            self.process = getattr(provisioner, "process", None)
            sources = [cell.source for cell in self.cells if cell.cell_type == "code"]
            await check_modules(self.client, self.job, self.kernel, sources)
            if self.records is not None or self.settings.seed is not None:
                problem = await load_recorder(self.client, self.records, self.settings.seed)
                self.problems += (problem,) if problem else ()
        self.current = cell
        place = cell.metadata.get(PLACE)
        if self.records is not None and place is not None:
            # All that the cell before has drawn is written by now.
            written = self.records.stat().st_size if self.records.exists() else 0
            self.recorded.append(Recorded(place, written))
        if self.job.progress is not None and place is not None:
            self.job.progress(place, len(self.document.cells))

    def during_cell(self, cell: NotebookNode, cell_index: int) -> None:
        """Remember that a cell was really handed to the kernel."""
        place = cell.metadata.get(PLACE)
        if place is not None:
            self.executed.add(place)

    def takes(self, message: Mapping[str, Any]) -> bool:
        """Tell whether a message of the kernel is still kept; one too many ends the kernel."""
        self.written += size_of(message)
        if self.written <= MOST_OUTPUT:
            return True
        self._signal(signal.SIGKILL)
        return bool(message["msg_type"] == "status")

    def stop(self, *, hard: bool) -> None:
        """Ask the kernel to stop what it does, or end it."""
        self.stopping = True
        self._signal(signal.SIGKILL if hard else signal.SIGINT)
        if hard and self.scratch is not None:
            end_strays(self.scratch)

    def _signal(self, number: int) -> None:
        provisioner = getattr(getattr(self.client, "km", None), "provisioner", None)
        self.process_group = getattr(provisioner, "pgid", None) or self.process_group
        signal_group(self.process_group, number)

    def _close(self) -> None:
        """End what the kernel has left running, and the thread's own event loop."""
        from jupyter_core.utils import ensure_event_loop

        signal_group(self.process_group, signal.SIGKILL)
        if self.scratch is not None:
            end_strays(self.scratch)
        loop = ensure_event_loop()
        if not loop.is_running():
            import asyncio

            pending = asyncio.all_tasks(loop)
            for task in pending:
                task.cancel()
            if pending:
                loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
            loop.close()

    def _cell_runs(
        self, failure: Failure | None, records: Mapping[int, Sequence[Mapping[str, Any]]]
    ) -> Iterator[CellRun]:
        by_place = {cell.metadata.get(PLACE): cell for cell in self.cells}
        for cell in self.document.cells:
            node = by_place.get(cell.index)
            if cell.index in self.executed and node is not None:
                outputs = merge_streams(node.outputs)
                raised = any(output["output_type"] == "error" for output in outputs)
                stopped = failure is not None and failure.cell == cell.index
                status: CellStatus = "failed" if raised or stopped else "ran"
                count = node.execution_count
                figures = tuple(records.get(cell.index, ()))
                yield CellRun(cell.index, status, count, tuple(outputs), figures)
            elif cell.index in self.job.left_out or not runs(
                cell.cell_type, cell.source, cell.tags
            ):
                yield CellRun(cell.index, "skipped")
            else:
                yield CellRun(cell.index, "not reached")

    def _widgets(self) -> Mapping[str, Any]:
        """Give the states of all widgets, which nbclient collects."""
        states = getattr(self.client, "widget_state", None) or {}
        return {
            str(model): {"model_name": state.get("_model_name"), "state": dict(state)}
            for model, state in states.items()
            if isinstance(state, Mapping)
        }

    def _raised(self) -> Failure | None:
        """Find the cell whose error ended the run."""
        for cell in self.cells:
            if cell.cell_type != "code" or not cell.metadata.papermill.get("exception"):
                continue
            error = next((out for out in cell.outputs if out.output_type == "error"), None)
            name = error.ename if error else "CellExecutionError"
            value = error.evalue if error else ""
            # What papermill holds for a wish to end here, and no failure.
            if name == "SystemExit" and value in ("", "0", "None"):
                return None
            return self._failed(
                "error",
                cell,
                f"it raised {name}: {value}" if value else f"it raised {name}",
                without_colours("\n".join(error.traceback)) if error else "",
                name,
            )
        return None

    def _failure(self, error: Exception, folder: Path) -> Failure:
        """Say why the run broke off.

        Raises
        ------
        ExecutionError
            If it is nothing that the notebook did.
        """
        from nbclient.exceptions import CellTimeoutError, DeadKernelError

        cell = self.current
        if self.stopping:
            raise ExecutionError("the run was stopped") from error
        if self.client is not None and cell is None:
            last = last_words(folder)
            raise ExecutionError(
                f'the kernel "{self.kernel}" does not start ({one_line(error)})'
                + (f"; it said: {last}" if last else "; try it with `jupyter console`")
            ) from error
        if cell is not None and self.written > MOST_OUTPUT:
            most = f"more than {MOST_OUTPUT // 1_000_000} MB of output"
            why = f"it and the cells before it wrote {most}, and its kernel was stopped"
            return self._failed("flooded", cell, why, "")
        if cell is not None and isinstance(error, CellTimeoutError):
            limit = f"{self.settings.timeout:g} s" if self.settings.timeout else "the time limit"
            why = f"it did not end within {limit} (--timeout), and its kernel was stopped"
            if "IOPub" in str(error):
                why = f"its outputs did not arrive within {OUTPUT_SECONDS} s after it ended"
            return self._failed("timeout", cell, why, "")
        if cell is not None and isinstance(error, DeadKernelError):
            return self._failed("died", cell, self._death(), last_words(folder))
        raise ExecutionError(f"the notebook cannot be run ({one_line(error)})") from error

    def _death(self) -> str:
        code = getattr(self.process, "returncode", None)
        if isinstance(code, int) and code < 0:
            number = -code
            name = next((sig.name for sig in signal.Signals if sig == number), f"signal {number}")
            hint = ", perhaps for want of memory" if name == "SIGKILL" else ""
            return f"its kernel was ended by {name}{hint}"
        if isinstance(code, int):
            return f"its kernel ended with exit code {code}, as by os._exit({code})"
        return "its kernel died"

    def _failed(
        self, kind: FailureKind, cell: NotebookNode, what: str, traceback: str, name: str = ""
    ) -> Failure:
        place = cell.metadata.get(PLACE)
        if name == "StdinNotImplementedError":
            what = (
                "it asks for input, and nobody is there to answer; "
                "set the value as a parameter (-p NAME VALUE) instead"
            )
        which = "the cell with the parameters" if place is None else f"cell {place + 1}"
        source = cell.source if place is None else self.document.cells[place].source
        what = what if len(what) < 600 else f"{what[:600]}…"
        return Failure(kind, place, source, name, f"{which} failed: {what}", traceback)

    def _notes(self) -> Iterator[str]:
        yield from self.problems
        for cell, lines in self.skipped.items():
            told = ", ".join(line.replace("\n", " ")[:120] for line in lines)
            yield f"cell {cell + 1} was run without {told} (--allow-installs runs it)"
        if self.settings.parameters and not any(
            {"parameters", "injected-parameters"} & set(cell.tags) for cell in self.document.cells
        ):
            yield (
                'no cell is tagged "parameters", so the parameters were set before the first '
                "cell; what the notebook assigns itself overrides them"
            )
        yield from unknown_parameters(self.document, [name for name, _ in self.settings.parameters])

    def _result(self, path: Path, succeeded: bool) -> bytes:
        """Read papermill's own notebook, without the marks by which this module finds cells."""
        import nbformat
        from papermill.execute import remove_error_markers

        notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        for cell in notebook.cells:
            cell.metadata.pop(PLACE, None)
        if succeeded:
            # Papermill marks errors that a tag allows as well.
            notebook = remove_error_markers(notebook)
        notebook.metadata.papermill.input_path = self.job.name
        notebook.metadata.papermill.output_path = str(self.settings.executed)
        text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
        return f"{text}\n".encode(errors="surrogatepass")

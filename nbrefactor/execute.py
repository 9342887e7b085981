"""Running notebooks with papermill: as a copy, in the notebook's folder, leaving nothing behind.

Each run has a thread, a kernel and a temporary folder of its own. The calling thread only waits, so
that an interrupt reaches it at once; it then stops every kernel before it lets the interrupt pass.
"""

from __future__ import annotations

import contextlib
import json
import keyword
import logging
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbrefactor.notebook.document import Document, read
from nbrefactor.notebook.outputs import merge_streams
from nbrefactor.parameters import unknown_parameters
from nbrefactor.runs import (
    CellRun,
    CellStatus,
    ExecutionError,
    ExecutionSettings,
    Failure,
    FailureKind,
    Job,
    Needed,
    ParameterError,
    Run,
)

if TYPE_CHECKING:
    from nbformat import NotebookNode

# A key of the copy's cells, by which they are found again among what papermill adds.
_PLACE = "nbrefactor_cell"
_ENGINE = "nbrefactor"
_START_SECONDS = 60
_START_ATTEMPTS = 3
# All text of a cell has to arrive in this time after the cell is done: much for 100 MB.
_OUTPUT_SECONDS = 120
_STOP_SECONDS = 6.0
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
_MAKES_IMPORTABLE = re.compile(r"sys\.path|addsitedir|PYTHONPATH|os\.chdir|%cd\b|git clone")
_INSTALLER = re.compile(r"(?:pip|conda|mamba|uv)3?\s")
# Tells what the kernel could import without importing it, nor any package around it.
_PROBE = """
import importlib.util, sys
def find(name):
    if name in sys.modules:
        return True
    top, *rest = name.split(".")
    spec = importlib.util.find_spec(top)
    for part in rest:
        if spec is None or spec.submodule_search_locations is None:
            return False
        top, path = f"{top}.{part}", spec.submodule_search_locations
        found = (finder.find_spec(top, path) for finder in sys.meta_path)
        spec = next((one for one in found if one is not None), None)
    return spec is not None
missing = [name for name in names if not find(name)]
"""


def run_notebook(job: Job, settings: ExecutionSettings) -> Run:
    """Run one notebook; see `run_notebooks`."""
    return run_notebooks([job], settings, parallel=False)[0]


def run_notebooks(
    jobs: Sequence[Job], settings: ExecutionSettings, *, parallel: bool
) -> tuple[Run, ...]:
    """Run notebooks, each in a kernel of its own.

    Parameters
    ----------
    jobs : sequence of Job
        What to run.
    settings : ExecutionSettings
        How to run it.
    parallel : bool
        Whether all run at the same time.

    Returns
    -------
    tuple of Run
        In the order of the jobs. A notebook that fails is a result, not an exception.

    Raises
    ------
    ExecutionError
        If a kernel does not exist, does not start or does not find a module that is needed.
    KeyboardInterrupt
        If the caller is interrupted; all kernels have been stopped by then.
    """
    sessions = [_Session(job, settings, _kernel_name(read(job.data), settings)) for job in jobs]
    groups = [sessions] if parallel else [[session] for session in sessions]
    try:
        for group in groups:
            for session in group:
                session.thread.start()
            # A wait in pieces, because on some systems a whole one cannot be interrupted.
            while not all(session.ended.is_set() for session in group):
                next(session for session in group if not session.ended.is_set()).ended.wait(0.2)
                if any(session.error is not None for session in group):
                    break
            for session in group:
                if session.error is not None:
                    raise session.error
    finally:
        _stop(sessions)
    runs = []
    for session in sessions:
        assert session.run is not None  # neither an error nor a result would be a thread that died
        runs.append(session.run)
    return tuple(runs)


def parse_parameter(name: str, value: str) -> tuple[str, Any]:
    """Give a parameter of the command line the type that papermill gives it.

    Raises
    ------
    ParameterError
        If the name cannot be a variable's.
    """
    _check_name(name)
    if value in ("True", "False", "None"):
        return name, {"True": True, "False": False, "None": None}[value]
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return name, number(value)
    return name, value


def read_parameters(path: Path) -> tuple[tuple[str, Any], ...]:
    """Read a file of parameters in YAML or JSON, as papermill does.

    Raises
    ------
    ParameterError
        If the file cannot be read or holds anything but names and values.
    """
    import yaml
    from papermill.iorw import NoDatesSafeLoader

    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=NoDatesSafeLoader)
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())
        raise ParameterError(f"{path}: expected YAML or JSON ({said})") from error
    if values is None:
        return ()
    if not isinstance(values, dict):
        raise ParameterError(
            f"{path}: expected names with values, such as 'steps: 100', "
            f"and it holds a {type(values).__name__}"
        )
    for name in values:
        _check_name(name)
    return tuple(values.items())


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise ParameterError(
            f"parameter {name!r}: expected a name that a variable can have, such as LEARNING_RATE"
        )


def without_colours(text: str) -> str:
    """Drop the escapes with which a kernel colours its text."""
    return _ANSI.sub("", text)


def _kernel_name(document: Document, settings: ExecutionSettings) -> str:
    """Choose the kernel.

    Raises
    ------
    ExecutionError
        If it does not exist.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    kernelspec = document.metadata.get("kernelspec")
    stated = kernelspec.get("name") if isinstance(kernelspec, dict) else None
    name = settings.kernel or (stated if isinstance(stated, str) and stated else "python3")
    known = sorted(KernelSpecManager().find_kernel_specs())
    if name not in known:
        whose = "" if settings.kernel else "the notebook's "
        there = f"there are {', '.join(known)}" if known else "no kernel is installed"
        raise ExecutionError(
            f'{whose}kernel "{name}" is not installed here; {there}: '
            + (
                "choose one with --kernel"
                if known
                else "install one with `python -m pip install ipykernel`"
            )
        )
    return name


class _Stopped(Exception):  # noqa: N818
    """The calling thread wants the run to end."""


class _Session:
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

    def _work(self) -> None:
        began = time.monotonic()
        try:
            with _temporary_folder() as folder:
                self.run = self._run(folder, began)
        except BaseException as error:
            self.error = error
        finally:
            self.ended.set()

    def _run(self, folder: Path, began: float) -> Run:
        failure: Failure | None = None
        result = folder / "executed.ipynb"
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
            tuple(self._cell_runs(failure)),
            failure,
            time.monotonic() - began,
            self.kernel,
            executed,
            tuple(self._notes()),
        )

    def _execute(self, folder: Path, result: Path) -> None:
        from papermill.exceptions import PapermillExecutionError
        from papermill.execute import execute_notebook

        _register_engine()
        copy = folder / "notebook.ipynb"
        _write_copy(self.document, self.job.last_cell, copy)
        keep = self.settings.executed is not None
        # Papermill reports every error that is left in an output, also where a tag allows it;
        # whether a cell really stopped the run stands in its metadata.
        with contextlib.suppress(PapermillExecutionError):
            execute_notebook(
                _literal(copy),
                _literal(result) if keep else None,
                parameters=dict(self.settings.parameters) or None,
                engine_name=_ENGINE,
                request_save_on_cell_execute=keep,
                kernel_name=self.kernel,
                language="python",
                progress_bar=False,
                start_timeout=_START_SECONDS,
                execution_timeout=self.settings.timeout,
                session=self,
                scratch=folder,
            )

    def environment(self, scratch: Path) -> dict[str, str]:
        """Make the kernel's environment."""
        environment = {**os.environ, **self.job.environment}
        if self.job.own_temporary_folder:
            own = scratch / "tmp"
            own.mkdir(exist_ok=True)
            environment.update({name: str(own) for name in ("TMPDIR", "TEMP", "TMP")})
        return environment

    async def before_cell(self, cell: NotebookNode, cell_index: int) -> None:
        """Check the kernel before the first cell, then watch for a stop and report progress."""
        if self.stopping:
            raise _Stopped
        if not self.checked:
            self.checked = True
            self.cells = list(self.client.nb.cells)
            provisioner = self.client.km.provisioner
            self.process = getattr(provisioner, "process", None)
            await _check_modules(self.client, self.job, self.kernel, self.document)
        self.current = cell
        place = cell.metadata.get(_PLACE)
        if self.job.progress is not None and place is not None:
            self.job.progress(place, len(self.document.cells))

    def during_cell(self, cell: NotebookNode, cell_index: int) -> None:
        """Remember that a cell was really handed to the kernel."""
        place = cell.metadata.get(_PLACE)
        if place is not None:
            self.executed.add(place)

    def stop(self, *, hard: bool) -> None:
        """Ask the kernel to stop what it does, or end it."""
        self.stopping = True
        provisioner = getattr(getattr(self.client, "km", None), "provisioner", None)
        self.process_group = getattr(provisioner, "pgid", None) or self.process_group
        _signal_group(self.process_group, signal.SIGKILL if hard else signal.SIGINT)

    def _close(self) -> None:
        """End what the kernel has left running, and the thread's own event loop."""
        from jupyter_core.utils import ensure_event_loop

        _signal_group(self.process_group, signal.SIGKILL)
        loop = ensure_event_loop()
        if not loop.is_running():
            import asyncio

            pending = asyncio.all_tasks(loop)
            for task in pending:
                task.cancel()
            if pending:
                loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
            loop.close()

    def _cell_runs(self, failure: Failure | None) -> Iterator[CellRun]:
        by_place = {cell.metadata.get(_PLACE): cell for cell in self.cells}
        for cell in self.document.cells:
            node = by_place.get(cell.index)
            if cell.index in self.executed and node is not None:
                outputs = merge_streams(node.outputs)
                raised = any(output["output_type"] == "error" for output in outputs)
                stopped = failure is not None and failure.cell == cell.index
                status: CellStatus = "failed" if raised or stopped else "ran"
                yield CellRun(cell.index, status, node.execution_count, tuple(outputs))
            elif not _runs(cell.cell_type, cell.source, cell.tags):
                yield CellRun(cell.index, "skipped")
            else:
                yield CellRun(cell.index, "not reached")

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
            last = _last_words(folder)
            raise ExecutionError(
                f'the kernel "{self.kernel}" does not start ({_one_line(error)})'
                + (f"; it said: {last}" if last else "; try it with `jupyter console`")
            ) from error
        if cell is not None and isinstance(error, CellTimeoutError):
            limit = f"{self.settings.timeout:g} s" if self.settings.timeout else "the time limit"
            why = f"it did not end within {limit} (--timeout), and its kernel was stopped"
            if "IOPub" in str(error):
                why = f"its outputs did not arrive within {_OUTPUT_SECONDS} s after it ended"
            return self._failed("timeout", cell, why, "")
        if cell is not None and isinstance(error, DeadKernelError):
            return self._failed("died", cell, self._death(), _last_words(folder))
        raise ExecutionError(f"the notebook cannot be run ({_one_line(error)})") from error

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
        place = cell.metadata.get(_PLACE)
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
            cell.metadata.pop(_PLACE, None)
        if succeeded:
            # Papermill marks errors that a tag allows as well.
            notebook = remove_error_markers(notebook)
        notebook.metadata.papermill.input_path = self.job.name
        notebook.metadata.papermill.output_path = str(self.settings.executed)
        text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
        return f"{text}\n".encode(errors="surrogatepass")


def _register_engine() -> None:
    """Offer papermill an engine that tells a session what happens; it is papermill's own else."""
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines

    silent = logging.getLogger(f"{__name__}.silent")
    silent.addHandler(logging.NullHandler())
    silent.propagate = False
    # What papermill has to say about parameters is said in this module's own words.
    logging.getLogger("papermill").setLevel(logging.ERROR)

    class Engine(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,
            *,
            session: _Session,
            scratch: Path,
            start_timeout: int,
            execution_timeout: float | None,
            **_: Any,
        ) -> None:
            from jupyter_client.manager import AsyncKernelManager

            # Papermill saves in the middle of a cell only for readers of a file that grows.
            nb_man.autosave_cell_every = 0
            for attempts_left in reversed(range(_START_ATTEMPTS)):
                manager = AsyncKernelManager(
                    kernel_name=kernel_name, connection_file=str(scratch / "kernel.json")
                )
                client = PapermillNotebookClient(
                    nb_man,
                    km=manager,
                    timeout=execution_timeout,
                    startup_timeout=start_timeout,
                    iopub_timeout=_OUTPUT_SECONDS,
                    kernel_name=kernel_name,
                    allow_errors=session.job.go_on,
                    log=silent,
                    on_cell_start=session.before_cell,
                    on_cell_execute=session.during_cell,
                )
                session.client = client
                if session.stopping:
                    raise _Stopped
                try:
                    with (scratch / "said.txt").open("wb") as said:
                        client.execute(
                            cleanup_kc=True,
                            cwd=str(session.job.folder),
                            env=session.environment(scratch),
                            stdout=said,
                            stderr=said,
                        )
                    return
                except RuntimeError:
                    # Kernels choose their ports before they bind them: another may be faster.
                    taken = b"Address already in use" in (scratch / "said.txt").read_bytes()
                    if session.current is not None or not taken or not attempts_left:
                        raise
                    (scratch / "kernel.json").unlink(missing_ok=True)
                finally:
                    session.process_group = getattr(manager.provisioner, "pgid", None)

    papermill_engines.register(_ENGINE, Engine)


async def _check_modules(client: Any, job: Job, kernel: str, document: Document) -> None:
    """Ask the kernel whether it finds what the notebook is going to import.

    Raises
    ------
    ExecutionError
        If it does not, and nothing in the notebook would change that.
    """
    if not job.needs:
        return
    if any(cell.cell_type == "code" and _makes_importable(cell.source) for cell in document.cells):
        return
    names = [needed.name for needed in job.needs]
    namespace = f"{{'names': {names!r}}}"
    question = (
        f"(lambda space: (exec({_PROBE!r}, space), __import__('json').dumps("
        f"[space['missing'], space['sys'].executable]))[1])({namespace})"
    )
    message = client.kc.execute(
        "", silent=True, store_history=False, user_expressions={"answer": question}
    )
    while True:
        reply = await client.kc.get_shell_msg(timeout=_START_SECONDS)
        if reply["parent_header"].get("msg_id") == message:
            break
    answer = reply["content"].get("user_expressions", {}).get("answer", {})
    if answer.get("status") != "ok":
        return
    import ast

    missing, executable = json.loads(ast.literal_eval(answer["data"]["text/plain"]))
    for needed in job.needs:
        if needed.name in missing:
            raise ExecutionError(_not_importable(needed, kernel, executable, job.folder))


def _makes_importable(source: str) -> bool:
    """Tell whether a cell may put a module within reach."""
    return _MAKES_IMPORTABLE.search(source) is not None or any(
        "install" in line[installer.end() :]
        for line in source.split("\n")
        if (installer := _INSTALLER.search(line))
    )


def _not_importable(needed: Needed, kernel: str, executable: str, folder: Path) -> str:
    said = (
        f'the kernel "{kernel}" ({executable}) cannot import {needed.name} in the folder {folder}'
    )
    if needed.folder is not None:
        return (
            f"{said}: put {needed.folder} on its path, for instance with PYTHONPATH={needed.folder}"
        )
    if needed.package:
        return f"{said}: install it with `{executable} -m pip install {needed.package}`"
    return f"{said}: install the package that holds it there, or choose another with --kernel"


def _write_copy(document: Document, last_cell: int | None, path: Path) -> None:
    """Write what is run: sources and tags, without outputs, in a form that papermill accepts."""
    cells = []
    for cell in document.cells:
        if last_cell is not None and cell.index > last_cell:
            break
        metadata = {**cell.metadata, "tags": list(cell.tags), _PLACE: cell.index}
        metadata.pop("papermill", None)
        copied: dict[str, Any] = {
            "cell_type": cell.cell_type if cell.cell_type in ("code", "markdown") else "raw",
            "id": f"cell-{cell.index}" if cell.id is None else cell.id,
            "metadata": metadata,
            "source": cell.source,
        }
        if cell.cell_type == "code":
            copied |= {"execution_count": None, "outputs": []}
        cells.append(copied)
    metadata = {key: value for key, value in document.metadata.items() if key != "papermill"}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")


def _runs(cell_type: str, source: str, tags: Sequence[str]) -> bool:
    return cell_type == "code" and bool(source.strip()) and "skip-execution" not in tags


def _literal(path: Path) -> str:
    # Papermill fills names in braces into paths.
    return str(path).replace("{", "{{").replace("}", "}}")


@contextlib.contextmanager
def _temporary_folder() -> Iterator[Path]:
    folder = tempfile.TemporaryDirectory(prefix="nbrefactor-", ignore_cleanup_errors=True)
    try:
        yield Path(folder.name)
    finally:
        folder.cleanup()
        # A child of the kernel may have written while it was ended.
        if Path(folder.name).exists():
            time.sleep(0.2)
            folder.cleanup()


def _last_words(folder: Path) -> str:
    """Give the end of what the kernel's process wrote besides the notebook's outputs."""
    try:
        with (folder / "said.txt").open("rb") as said:
            said.seek(0, os.SEEK_END)
            said.seek(max(0, said.tell() - 4000))
            text = said.read().decode(errors="replace")
    except OSError:
        return ""
    # Kernels warn of their own settings, which are none of the notebook's.
    lines = [line for line in text.strip().splitlines() if not line.startswith("[IPKernelApp]")]
    return without_colours("\n".join(lines[-12:]))


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__


def _stop(sessions: Sequence[_Session]) -> None:
    """End all runs that are still under way, gently first."""
    alive = [session for session in sessions if session.thread.ident and not session.ended.is_set()]
    for hard, seconds in ((False, _STOP_SECONDS), (True, 2 * _STOP_SECONDS)):
        deadline = time.monotonic() + seconds
        # Who interrupts again does not want to wait: the kernels are ended, not asked.
        with contextlib.suppress(KeyboardInterrupt):
            while alive and time.monotonic() < deadline:
                for session in alive:
                    session.stop(hard=hard)
                for session in alive:
                    session.ended.wait(0.5)
                alive = [session for session in alive if not session.ended.is_set()]


def _signal_group(group: int | None, number: int) -> None:
    # Never our own group: a kernel that was started without one shares it.
    if group and hasattr(os, "killpg") and group != os.getpgrp():
        with contextlib.suppress(OSError):
            os.killpg(group, number)

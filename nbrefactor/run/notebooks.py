"""Running notebooks with papermill: as a copy, in the notebook's folder, leaving nothing behind.

Each run has a thread, a kernel and a temporary folder of its own. The calling thread only waits, so
that an interrupt reaches it at once; it then stops every kernel before it lets the interrupt pass.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence

from nbrefactor.notebook.document import read
from nbrefactor.run.kernels import kernel_name
from nbrefactor.run.session import Session
from nbrefactor.run.values import ExecutionSettings, Job, Run

_STOP_SECONDS = 6.0


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
    sessions = [Session(job, settings, kernel_name(read(job.data), settings)) for job in jobs]
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


def _stop(sessions: Sequence[Session]) -> None:
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

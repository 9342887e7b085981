"""The only place that knows papermill's inside: an engine that tells a session what happens."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbrefactor.run.values import Stopped

if TYPE_CHECKING:
    from nbrefactor.run.session import Session

ENGINE = "nbrefactor"
_START_ATTEMPTS = 3
# All text of a cell has to arrive in this time after the cell is done: much for 100 MB.
OUTPUT_SECONDS = 120


def register_engine() -> None:
    """Offer papermill an engine that tells a session what happens; it is papermill's own else."""
    from papermill.engines import NBClientEngine, papermill_engines

    # What papermill has to say about parameters is said in this module's own words.
    logging.getLogger("papermill").setLevel(logging.ERROR)

    class Engine(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,
            *,
            session: Session,
            scratch: Path,
            start_timeout: int,
            execution_timeout: float | None,
            **_: Any,
        ) -> None:
            # Papermill saves in the middle of a cell only for readers of a file that grows.
            nb_man.autosave_cell_every = 0
            options = {
                "kernel_name": kernel_name,
                "timeout": execution_timeout,
                "startup_timeout": start_timeout,
            }
            for attempts_left in reversed(range(_START_ATTEMPTS)):
                if _executed(nb_man, session, scratch, options, last=not attempts_left):
                    return

    papermill_engines.register(ENGINE, Engine)


def _executed(
    nb_man: Any, session: Session, scratch: Path, options: dict[str, Any], *, last: bool
) -> bool:
    """Execute a notebook in a new kernel; False where that did not start and may another time."""
    from jupyter_client.manager import AsyncKernelManager
    from papermill.clientwrap import PapermillNotebookClient

    class Client(PapermillNotebookClient):  # type: ignore[misc]
        def process_message(self, message: Any, *place: Any) -> Any:
            return super().process_message(message, *place) if session.takes(message) else None

    silent = logging.getLogger(f"{__name__}.silent")
    silent.addHandler(logging.NullHandler())
    silent.propagate = False
    manager = AsyncKernelManager(
        kernel_name=options["kernel_name"], connection_file=str(scratch / "kernel.json")
    )
    client = Client(
        nb_man,
        km=manager,
        iopub_timeout=OUTPUT_SECONDS,
        allow_errors=session.job.go_on,
        log=silent,
        on_cell_start=session.before_cell,
        on_cell_execute=session.during_cell,
        **options,
    )
    session.client = client
    if session.stopping:
        raise Stopped
    try:
        with (scratch / "said.txt").open("wb") as said:
            client.execute(
                cleanup_kc=True,
                cwd=str(session.folder),
                env=session.environment(scratch),
                stdout=said,
                stderr=said,
            )
        return True
    except RuntimeError:
        # Kernels choose their ports before they bind them: another may be faster.
        taken = b"Address already in use" in (scratch / "said.txt").read_bytes()
        if session.current is not None or not taken or last:
            raise
        (scratch / "kernel.json").unlink(missing_ok=True)
        return False
    finally:
        session.process_group = getattr(manager.provisioner, "pgid", None)

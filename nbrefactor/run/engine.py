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
            session: Session,
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
                    iopub_timeout=OUTPUT_SECONDS,
                    kernel_name=kernel_name,
                    allow_errors=session.job.go_on,
                    log=silent,
                    on_cell_start=session.before_cell,
                    on_cell_execute=session.during_cell,
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
                    return
                except RuntimeError:
                    # Kernels choose their ports before they bind them: another may be faster.
                    taken = b"Address already in use" in (scratch / "said.txt").read_bytes()
                    if session.current is not None or not taken or not attempts_left:
                        raise
                    (scratch / "kernel.json").unlink(missing_ok=True)
                finally:
                    session.process_group = getattr(manager.provisioner, "pgid", None)

    papermill_engines.register(ENGINE, Engine)

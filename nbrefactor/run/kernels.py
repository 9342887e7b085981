"""Kernels: which one a notebook gets, what it is asked, and what it carries besides."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbrefactor.notebook.document import Document
from nbrefactor.run.values import ExecutionError, ExecutionSettings, Job, Needed

START_SECONDS = 60
_RECORDER = Path(__file__).parent / "recorder"
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
# Loads the recorder beside what the notebook can see: its modules are gone from sys.modules again.
_LOAD = """
import importlib.util, sys
name = "_nbrefactor_recorder"
spec = importlib.util.spec_from_file_location(
    name, folder + "/__init__.py", submodule_search_locations=[folder]
)
recorder = importlib.util.module_from_spec(spec)
written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
sys.modules[name] = recorder
try:
    spec.loader.exec_module(recorder)
finally:
    sys.dont_write_bytecode = written
    for loaded in [one for one in sys.modules if one.partition(".")[0] == name]:
        del sys.modules[loaded]
if path is not None:
    recorder.start(path)
if number is not None:
    recorder.seed(number)
"""


def kernel_name(document: Document, settings: ExecutionSettings) -> str:
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


async def check_modules(client: Any, job: Job, kernel: str, sources: Sequence[str]) -> None:
    """Ask the kernel whether it finds what the notebook is going to import.

    Raises
    ------
    ExecutionError
        If it does not, and nothing in the notebook would change that.
    """
    if not job.needs:
        return
    if any(_makes_importable(source) for source in sources):
        return
    names = [needed.name for needed in job.needs]
    answer = await _ask(client, _PROBE, "[missing, sys.executable]", names=names)
    if answer is None:
        return
    missing, executable = answer
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


async def load_recorder(client: Any, path: Path | None, seed: int | None) -> str:
    """Let the kernel carry a recorder, or seeded generators, that the notebook cannot tell of.

    Parameters
    ----------
    client : nbclient.NotebookClient
        It has a kernel that has executed nothing yet.
    path : Path or None
        The file that figures are recorded in; None for no recording.
    seed : int or None
        Where random generators begin; None for anywhere.

    Returns
    -------
    str
        Why it could not be done; empty where it was.
    """
    where = None if path is None else str(path)
    answer = await _ask(client, _LOAD, "True", folder=str(_RECORDER), path=where, number=seed)
    return "" if answer else "figures could not be recorded: the kernel did not take the recorder"


async def _ask(client: Any, code: str, result: str, **names: Any) -> Any:
    """Execute code beside the notebook's namespace and history, and return what it gives.

    None where the kernel refuses.
    """
    question = (
        f"(lambda space: (exec({code!r}, space), __import__('json').dumps("
        f"eval({result!r}, space)))[1])({names!r})"
    )
    message = client.kc.execute(
        "", silent=True, store_history=False, user_expressions={"answer": question}
    )
    while True:
        reply = await client.kc.get_shell_msg(timeout=START_SECONDS)
        if reply["parent_header"].get("msg_id") == message:
            break
    answer = reply["content"].get("user_expressions", {}).get("answer", {})
    if answer.get("status") != "ok":
        return None
    return json.loads(ast.literal_eval(answer["data"]["text/plain"]))

"""Running a notebook before and after an extraction, with modules that are not written yet."""

from __future__ import annotations

from pathlib import Path

from nbrefactor.extract.values import Extraction
from nbrefactor.model.outcome import Outcome
from nbrefactor.run.values import ExecutionSettings, Needed
from nbrefactor.verify.run import Progress, verify
from nbrefactor.verify.values import Verification, VerifySettings


def prove_notebook(
    outcome: Outcome, extraction: Extraction, execution: ExecutionSettings, progress: Progress
) -> Verification:
    """Run both versions of a notebook in copies of its folder, and compare what they show.

    Parameters
    ----------
    outcome : Outcome
        The notebook's planned migration.
    extraction : Extraction
        The whole plan.
    execution : ExecutionSettings
        How notebooks are run; in copies, since the modules stand nowhere else.
    progress : callable
        Told about each cell before it runs.

    Returns
    -------
    Verification
        The verdict on each output.

    Raises
    ------
    nbrefactor.run.values.ExecutionError
        If the notebook cannot be run at all.
    """
    folder = Path(outcome.path).resolve().parent
    targets = [found.target or "" for found in outcome.replaced]
    needs = tuple(
        Needed(module.path.stem, module.path.parent)
        for module in extraction.modules
        if any(target.startswith(f"{module.path.stem}.") for target in targets)
    )
    return verify(
        outcome,
        None,
        folder=folder,
        needs=needs,
        execution=execution,
        settings=VerifySettings(()),
        progress=progress,
        planned={module.path: module.after for module in extraction.modules},
    )

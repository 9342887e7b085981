"""The option ``--prove`` of ``migrate``: what is written was run and compared before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbrefactor.cli.execution import Executed, needed_modules, progress_of
from nbrefactor.cli.process import now
from nbrefactor.config import Settings
from nbrefactor.model.outcome import Outcome

if TYPE_CHECKING:
    from rich.text import Text

    from nbrefactor.prove import Proof
    from nbrefactor.run.values import ExecutionSettings
    from nbrefactor.verdict.match import Accepted
    from nbrefactor.verify.values import Verification


def prove_outcome(
    outcome: Outcome,
    path: Path | None,
    chosen: Settings,
    modules: Sequence[Accepted],
    execution: ExecutionSettings,
    *,
    report: Path | None,
    only_affected: bool,
    quiet: bool,
) -> Executed:
    """Keep of a planned migration what two runs prove.

    Parameters
    ----------
    outcome : Outcome
        The plan with all candidates.
    path : Path or None
        The notebook's file; None for standard input.
    chosen : Settings
        The settings of the plan.
    modules : sequence of Accepted
        The target modules.
    execution : ExecutionSettings
        How both versions are run.
    report : Path or None
        Where the page of the last runs goes.
    only_affected : bool
        Whether cells behind the last one that calls a replacement stay out.
    quiet : bool
        Whether to show no progress.

    Returns
    -------
    Executed
        With the outcome that is left.
    """
    from rich.text import Text

    from nbrefactor.engine import migrate_bytes
    from nbrefactor.fold.table import own_words
    from nbrefactor.prove import prove
    from nbrefactor.run.values import ExecutionError
    from nbrefactor.verify.known_words import words_of
    from nbrefactor.verify.run import verify
    from nbrefactor.verify.values import VerifySettings

    # The plan that is proven was made for a run, and so is each one after it.
    chosen = replace(chosen, measured=execution.sandbox)
    words = words_of(accepted.module.path for accepted in modules)
    words |= own_words(accepted.module.name for accepted in modules)
    settings = VerifySettings(
        chosen.verify_patterns, known_words=words, only_affected=only_affected
    )

    def plan(left_out: frozenset[str]) -> Outcome:
        if not left_out:
            return outcome
        rest = _without(modules, left_out, dict(chosen.aliases))
        return migrate_bytes(outcome.before, chosen, rest, path=outcome.path, now=now())

    with progress_of(outcome.path, quiet=quiet) as progress:

        def judge(planned: Outcome) -> Verification:
            return verify(
                planned,
                None,
                folder=Path.cwd() if path is None else path.resolve().parent,
                needs=needed_modules(planned, modules),
                execution=execution,
                settings=settings,
                progress=progress,
            )

        try:
            proof = prove(plan, judge)
        except ExecutionError as error:
            return Executed(outcome, False, Text(), (f"{outcome.path}: {error}",))
    problems = _written(report, proof)
    return Executed(_quiet(proof.outcome), not problems, render_proof(proof), problems)


def render_proof(proof: Proof) -> Text:
    """Say what was dropped and on what the rest stands."""
    from rich.text import Text

    from nbrefactor.report.verification import verdict
    from nbrefactor.visible import visible_line

    text = Text()
    for dropped in proof.dropped:
        text.append(f"  not proven, stays: {visible_line(dropped.name)}; ", "yellow")
        text.append(f"{visible_line(dropped.reason)}\n")
    for name, rest in proof.rests.items():
        text.append(f"  {rest}: {visible_line(name)}\n", "green")
    if proof.verification is not None:
        text.append(f"  {visible_line(verdict(proof.verification))}\n", "green")
    elif proof.dropped:
        text.append("  nothing is left that could be proven\n", "yellow")
    return text


def _quiet(outcome: Outcome) -> Outcome:
    """Leave out what was changed besides, where nothing is left to be replaced."""
    if outcome.replaced or outcome.status != "changed":
        return outcome
    return replace(outcome, status="unchanged", after=outcome.before, cells=(), metadata=())


def _without(
    modules: Sequence[Accepted], names: frozenset[str], aliases: Mapping[str, str]
) -> tuple[Accepted, ...]:
    """Give the modules without the targets that some names would become."""
    gone = {aliases.get(name, name).rpartition(".")[2] for name in names}
    return tuple(
        replace(
            accepted,
            module=replace(
                accepted.module,
                targets={
                    name: target
                    for name, target in accepted.module.targets.items()
                    if name not in gone
                },
            ),
        )
        for accepted in modules
    )


def _written(report: Path | None, proof: Proof) -> tuple[str, ...]:
    from nbrefactor.notebook.store import StoreError, create
    from nbrefactor.report.html import render_html

    if report is None or proof.verification is None:
        return ()
    try:
        create(report, render_html(proof.verification).encode(errors="surrogateescape"))
    except StoreError as error:
        return (f"{report}: {error}",)
    return ()

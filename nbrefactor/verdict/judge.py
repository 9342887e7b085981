"""Give every definition of a notebook its verdict: propose, solve, tell."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from pathlib import Path

from nbrefactor.effects import known
from nbrefactor.effects.lasting import lasting_values
from nbrefactor.effects.summary import Summaries
from nbrefactor.library.source_module import SourceModule
from nbrefactor.library.stars import World, world
from nbrefactor.library.target import Target, TargetModule
from nbrefactor.model.outcome import LEVELS, Level, Obligation
from nbrefactor.model.reason import Reason
from nbrefactor.program.hidden import reaches_the_notebook
from nbrefactor.program.timeline import InlineDefinition, Timeline
from nbrefactor.python.difference import NEAR_FROM, as_large, may_be_near
from nbrefactor.python.environment import environment
from nbrefactor.python.forms import Forms
from nbrefactor.python.meanings import Imported, Meaning
from nbrefactor.python.outline import outline, size
from nbrefactor.python.scopes import DefinitionNode
from nbrefactor.verdict.context import Candidate, Context, Will
from nbrefactor.verdict.importing import Arrival
from nbrefactor.verdict.match import Accepted, CallEdit, Match
from nbrefactor.verdict.names import Worlds
from nbrefactor.verdict.obligation import Answer, fails
from nbrefactor.verdict.observed_definition import keeps_state
from nbrefactor.verdict.observed_sight import project_modules, sight
from nbrefactor.verdict.offer import Home
from nbrefactor.verdict.proposal import WILL, Proposal
from nbrefactor.verdict.propose import propose
from nbrefactor.verdict.solver import Solution, solve

# What else is unknown, such as who binds a name, might as well be otherwise in the next run.
_EFFECTS_UNKNOWN = frozenset({"effect-unknown", "target-unknown", "import-unknown"})


def judge(
    notebook: Timeline,
    modules: Sequence[Accepted],
    aliases: Mapping[str, str],
    will: Will,
    *,
    forced: Iterable[str] = (),
    measured: bool = False,
    suggest: bool = True,
) -> tuple[Match, ...]:
    """Give every definition that has a counterpart its verdict.

    Parameters
    ----------
    notebook : Timeline
        The notebook's code.
    modules : sequence of Accepted
        The target modules; where several hold a counterpart the best level counts, then the
        order given.
    aliases : mapping of str to str
        Notebook names and the targets that the user says they stand for.
    will : callable
        What the user wants of a definition besides.
    forced : iterable of str
        Names that the user wants replaced whatever is known of them, as long as their calls bind.
    measured : bool
        Whether a run is going to tell of effects that reading does not know.
    suggest : bool
        Whether all is told that keeps a definition where it is, and near misses under another name
        are looked for, which takes most of the time. What is replaced does not depend on it.

    Returns
    -------
    tuple of Match
        One for each definition with a counterpart, in the notebook's order.
    """
    targets = _Targets(notebook, modules)
    if not any(targets.may_match(one, aliases, near=suggest) for one in notebook.definitions):
        return ()
    forms = Forms(tuple(accepted.offer.forms for accepted in modules))
    here = targets.here
    context = Context(
        notebook,
        forms,
        Summaries({**_drawn_by_star(notebook, here), **here.names}),
        cache(lambda: sight(notebook, targets.project)),
        _accepting(will, modules),
        frozenset(forced),
        brief=not (suggest or measured),
    )
    proposals = {
        definition: _proposals(definition, targets, aliases, context)
        for definition in notebook.definitions
    }
    if measured:
        proposals = {
            definition: [_left_to_a_run(one) for one in listed]
            for definition, listed in proposals.items()
        }
    proposals = _apart(proposals, context)
    solution = solve(proposals)
    matches = []
    for definition, listed in proposals.items():
        if definition in solution.chosen:
            matches.append(_replaced(solution.chosen[definition], solution))
        elif listed:
            kept = _kept(listed, solution)
            if context.brief and kept.level != "divergent":
                # It counts, and so does why it is no better.
                whole = replace(context, brief=False)
                kept = _kept(_proposals(definition, targets, aliases, whole), solution)
            matches.append(kept)
        elif suggest and (near := _near_miss(definition, targets, aliases, forms)):
            matches.append(near)
    return tuple(matches)


class _Targets:
    """The targets by name and by outline, so that most definitions cost one look."""

    def __init__(self, notebook: Timeline, modules: Sequence[Accepted]) -> None:
        self._notebook = notebook
        self._modules = modules
        self._made: dict[tuple[int, str], Candidate] = {}
        self._arrivals: dict[int, Arrival] = {}
        self._worlds: dict[tuple[int, str], Worlds] = {}

    def may_match(
        self, definition: InlineDefinition, aliases: Mapping[str, str], *, near: bool
    ) -> bool:
        """Tell at a glance whether anything can be said of a definition."""
        wanted, glance = aliases.get(definition.name, definition.name), outline(definition.node)
        return any(
            wanted in accepted.module.targets
            or glance in accepted.offer.by_outline
            or (near and accepted.module.targets)
            for accepted in self._modules
        )

    def named(self, name: str) -> Iterator[Candidate]:
        """Give the targets of a name."""
        for at, accepted in enumerate(self._modules):
            if name in accepted.module.targets:
                yield self._candidate(at, accepted.module.targets[name])

    def alike(self, node: DefinitionNode, forms: Forms) -> Iterator[Candidate]:
        """Give the targets that have the shape of a definition."""
        glance = outline(node)
        for at, accepted in enumerate(self._modules):
            form = forms.form(node) if glance in accepted.offer.by_outline else None
            for target in accepted.offer.by_shape.get(form.shape, ()) if form is not None else ():
                yield self._candidate(at, target)

    def as_large(self, node: DefinitionNode) -> Iterator[tuple[TargetModule, Target]]:
        """Give the targets, with their modules, that may share most code with a definition."""
        mine = size(node)
        for accepted in self._modules:
            for target in accepted.module.targets.values():
                theirs = accepted.offer.sizes[target.node]
                if as_large(mine, theirs):
                    yield accepted.module, target

    def _candidate(self, at: int, target: Target) -> Candidate:
        key = (at, target.name)
        if key not in self._made:
            offer = self._modules[at].offer
            home = offer.home(target.module, self._roots)
            if at not in self._arrivals:
                self._arrivals[at] = Arrival(self._notebook, offer)
            self._made[key] = Candidate(
                offer.module,
                target,
                partial(self._worlds_of, at, target, home),
                home.summaries,
                self._arrivals[at],
                self._modules[at].made_of_copies,
            )
        return self._made[key]

    def _worlds_of(self, at: int, target: Target, home: Home) -> Worlds:
        key = (at, target.module.name)
        if key not in self._worlds:
            self._worlds[key] = Worlds(
                self._lasting,
                home.world,
                target.module.name,
                self._modules[at].module,
                self._notebook,
                self._stateful,
                self._changed,
                self._reached_by,
            )
        return self._worlds[key]

    # -- the notebook's side -------------------------------------------------------------------

    @cached_property
    def _roots(self) -> tuple[Path, ...]:
        """The folders in which the notebook's project may be."""
        roots = (accepted.module.importable_from for accepted in self._modules)
        return tuple(root for root in roots if root is not None)

    @cached_property
    def here(self) -> World:
        """The notebook's names."""
        return world(self._notebook.environment, self._roots)

    @cached_property
    def _lasting(self) -> World:
        cells = [home.tree for home in self._notebook.cells]
        values = lasting_values(self._notebook.joined, "", self.here.names, cells)
        return replace(self.here, values=values)

    @cached_property
    def _stateful(self) -> frozenset[str]:
        return frozenset(
            name
            for name, uses in self._notebook.uses.items()
            if any(use.role == "attribute" for use in uses)
        )

    @cached_property
    def _changed(self) -> frozenset[str]:
        return frozenset(_stored_into(self._notebook, self.here))

    @cached_property
    def _reached_by(self) -> str:
        return _reached_by(self.project)

    @cached_property
    def project(self) -> tuple[SourceModule, ...]:
        """The modules of the project that the notebook imports, and those that these import."""
        return tuple(project_modules(self._notebook, self._roots))


def _proposals(
    definition: InlineDefinition,
    targets: _Targets,
    aliases: Mapping[str, str],
    context: Context,
) -> list[Proposal]:
    wanted = aliases.get(definition.name, definition.name)
    named = list(targets.named(wanted))
    found = [one for target in named for one in propose(definition, target, context, named=True)]
    for target in targets.alike(definition.node, context.forms):
        if target not in named:
            found.extend(propose(definition, target, context, named=False))
    # The first of equals wins, which is the order in which the modules were given.
    found.sort(key=lambda one: (LEVELS.index(one.level), -one.similarity))
    if definition.name in context.forced:
        found = [_forced(one) for one in found if one.target.name == wanted]
    return found


def _forced(proposal: Proposal) -> Proposal:
    """Keep of what speaks against a replacement only that calls would not bind."""
    using = proposal.answers.get("uses", Answer())
    binding = tuple(clause for clause in using.clauses if clause.reason.is_binding)
    level: Level = "compatible" if proposal.level == "divergent" else proposal.level
    return replace(
        proposal,
        level=level,
        answers={"uses": replace(using, clauses=binding)},
        notes=(Reason("forced"), *proposal.notes),
    )


def _left_to_a_run(proposal: Proposal) -> Proposal:
    """Take from what speaks against a replacement what a run can tell; nothing without any."""
    told = [clause.reason for clause in proposal.clauses if clause.reason.code in _EFFECTS_UNKNOWN]
    if not told:
        return proposal
    answers = {}
    for name, answer in proposal.answers.items():
        left = tuple(clause for clause in answer.clauses if clause.reason not in told)
        answers[name] = replace(answer, clauses=left)
    what = "; ".join(dict.fromkeys(reason.sentence for reason in told))
    return replace(
        proposal, answers=answers, notes=(*proposal.notes, Reason("left-to-a-run", what))
    )


def _accepting(will: Will, modules: Sequence[Accepted]) -> Will:
    """Add to what the user wants the worst level that is accepted from each module."""
    worst = {accepted.module.name: accepted.level for accepted in modules}

    def accepting(definition: InlineDefinition, level: Level, module: str) -> tuple[Reason, ...]:
        wanted = will(definition, level, module)
        if LEVELS.index(level) > LEVELS.index(worst[module]):
            return (*wanted, Reason("not-accepted", here=level, there=module))
        return wanted

    return accepting


def _drawn_by_star(notebook: Timeline, here: World) -> Mapping[str, Meaning]:
    """Say what names mean that only a star import of pyplot, whose source is vague, can bind."""
    stars = {"pylab", "matplotlib.pylab", "matplotlib.pyplot"} & set(here.unknown)
    names = (name for name in notebook.uses if name not in here.names) if stars else ()
    places = {name: f"matplotlib.pyplot.{name}" for name in names}
    return {n: Imported(place) for n, place in places.items() if known.function(place)}


def _stored_into(notebook: Timeline, here: World) -> Iterator[str]:
    """Name the places in modules that a notebook stores something else into."""
    summaries = Summaries(here.names)
    for home in notebook.cells:
        for node in ast.walk(home.tree):
            match node:
                case ast.Attribute(ctx=ast.Store() | ast.Del()):
                    if origin := summaries.origin(node):
                        yield origin
                case ast.Call(
                    func=ast.Name(id="setattr" | "delattr"),
                    args=[base, ast.Constant(value=str(name)), *_],
                ):
                    if origin := summaries.origin(base):
                        yield f"{origin}.{name}"


def _reached_by(modules: Iterable[SourceModule]) -> str:
    """Say how a module of the project may get at the notebook's names; empty if none does."""
    for source in modules:
        names = environment(source.tree, source.package, main=False)
        if what := reaches_the_notebook(source.tree, names):
            return f"{what} in {source.name}"
    return ""


def _apart(
    proposals: Mapping[InlineDefinition, Sequence[Proposal]], context: Context
) -> dict[InlineDefinition, list[Proposal]]:
    """Keep definitions of two names apart that would become one object, where that is noticed."""
    names: dict[ast.AST, dict[str, None]] = {}
    for definition, listed in proposals.items():
        for one in listed:
            if all(clause.unless for clause in one.clauses):
                names.setdefault(one.target.node, {})[definition.name] = None
    apart: dict[InlineDefinition, list[Proposal]] = {}
    for definition, listed in proposals.items():
        apart[definition] = []
        for one in listed:
            company = [n for n in names.get(one.target.node, ()) if n != definition.name]
            if company and _minds_company(definition, context):
                answers = {**one.answers, "company": fails(Reason("one-object", company[0]))}
                one = replace(one, answers=answers)
            apart[definition].append(one)
    return apart


def _minds_company(definition: InlineDefinition, context: Context) -> bool:
    """Tell whether it would be noticed that two definitions have become one object."""
    if keeps_state(definition.node):
        return True
    return any(use.role != "call" for use in context.uses(definition))


def _replaced(proposal: Proposal, solution: Solution) -> Match:
    calls = tuple(
        call
        for call in proposal.calls
        # A call inside of what goes goes with it.
        if not any(around in solution.leaving for around in call.use.home.ancestors(call.use.node))
    )
    notes = (note for answer in proposal.answers.values() for note in answer.notes)
    reasons = tuple(dict.fromkeys((*proposal.notes, *notes)))
    return _match(proposal, solution, True, proposal.level, reasons, calls)


def _kept(listed: Sequence[Proposal], solution: Solution) -> Match:
    """Tell of the first proposal that only the user's word keeps, or of the first one at all."""
    against = {
        one: [c.reason for c in solution.unmet(one) if c.reason not in _willed(one)]
        for one in listed
    }
    proposal = next((one for one in listed if not against[one]), listed[0])
    if against[proposal]:
        ordered = sorted(
            (*against[proposal], *proposal.notes), key=lambda one: not one.is_difference
        )
        return _match(proposal, solution, False, "divergent", tuple(dict.fromkeys(ordered)), ())
    # Why it is no better level comes from the proposals before it.
    better = [reason for one in listed[: listed.index(proposal)] for reason in against[one]]
    told = tuple(dict.fromkeys((*better, *proposal.notes, *_willed(proposal))))
    return _match(proposal, solution, False, proposal.level, told, ())


def _willed(proposal: Proposal) -> tuple[Reason, ...]:
    return tuple(clause.reason for clause in proposal.answers.get(WILL, Answer()).clauses)


def _match(
    proposal: Proposal,
    solution: Solution,
    accepted: bool,
    level: Level,
    reasons: tuple[Reason, ...],
    calls: tuple[CallEdit, ...],
) -> Match:
    return Match(
        proposal.definition,
        proposal.module,
        proposal.target,
        level,
        accepted,
        proposal.similarity,
        reasons,
        proposal.difference,
        calls,
        tuple(_obligations(proposal, solution)),
    )


def _obligations(proposal: Proposal, solution: Solution) -> Iterator[Obligation]:
    unmet = set(map(id, solution.unmet(proposal)))
    wanted = {id(clause) for clause in proposal.answers.get(WILL, Answer()).clauses}
    for name, answer in proposal.answers.items():
        if name == WILL and unmet - wanted:
            continue  # what nobody could replace needs no leave
        failed = (clause.reason for clause in answer.clauses if id(clause) in unmet)
        yield Obligation(name, tuple(dict.fromkeys(failed)))


def _near_miss(
    definition: InlineDefinition, targets: _Targets, aliases: Mapping[str, str], forms: Forms
) -> Match | None:
    """Name the nearest miss under another name: never replaced, only pointed out."""
    return max(
        _near_misses(definition, targets, aliases, forms),
        key=lambda found: found.similarity,
        default=None,
    )


def _near_misses(
    definition: InlineDefinition, targets: _Targets, aliases: Mapping[str, str], forms: Forms
) -> Iterator[Match]:
    node = definition.node
    near = [] if definition.name in aliases else list(targets.as_large(node))
    if not near or forms.form(node) is None:
        return
    mine = forms.tokens(node)
    for module, target in near:
        if target.name.startswith("_"):
            continue  # somebody's own, that nobody is pointed to
        if type(target.node) is not type(node) or forms.form(target.node) is None:
            continue
        theirs = forms.tokens(target.node)
        if not may_be_near(mine, theirs):
            continue
        alike = forms.similarity(node, target.node)
        if alike >= NEAR_FROM:
            yield Match(
                definition,
                module,
                target,
                "divergent",
                False,
                alike,
                (Reason("looks-like", definition.name, there=target.name),),
                forms.difference(node, target.node),
                alias=f"{definition.name}={target.name}",
            )

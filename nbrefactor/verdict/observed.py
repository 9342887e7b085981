"""The obligation *observations*: nothing in the notebook tells a definition from its target."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbrefactor.effects import known
from nbrefactor.library.source_module import SourceModule
from nbrefactor.library.target import Target
from nbrefactor.model.reason import Reason
from nbrefactor.program.timeline import InlineDefinition, Timeline, Use
from nbrefactor.python.excerpt import excerpt
from nbrefactor.python.meanings import Defined
from nbrefactor.python.scopes import DefinitionNode, free_references
from nbrefactor.python.signature import BindingError, bind, signature
from nbrefactor.verdict import observed_origins as table
from nbrefactor.verdict.names import Worlds
from nbrefactor.verdict.obligation import Clause, Replacement
from nbrefactor.verdict.observed_body import Body, may_be_unbound
from nbrefactor.verdict.observed_definition import computed_when_defined, renewed_state
from nbrefactor.verdict.observed_flow import is_property
from nbrefactor.verdict.observed_sight import Sight
from nbrefactor.verdict.observed_text import Places, annotated_names, docstrings
from nbrefactor.verdict.observed_values import NOTHING, Event, Sees, Thing, origins, themselves

_SOURCE_READERS = frozenset(
    {"getsource", "getsourcelines", "getsourcefile", "findsource", "getfile"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """An inline definition with the target that would stand in for it.

    Parameters
    ----------
    definition : InlineDefinition
        The inline definition.
    target : Target
        The target.
    notebook : Timeline
        The whole notebook.
    uses : sequence of Use
        The uses of the definition's name that remain after the replacement.
    worlds : Worlds
        What names mean here and in the target's module.
    sight : Sight
        What the notebook does with its definitions.
    same_program : bool
        Whether the two do the same.
    same_calls : bool
        Whether no call has to change.
    namesakes : int
        How many definitions of its name the notebook has.
    """

    definition: InlineDefinition
    target: Target
    notebook: Timeline
    uses: Sequence[Use]
    worlds: Worlds
    sight: Sight
    same_program: bool
    same_calls: bool
    namesakes: int

    @property
    def node(self) -> DefinitionNode:
        """The inline definition's node."""
        return self.definition.node

    @property
    def renamed(self) -> bool:
        """Whether the target is called otherwise."""
        return self.definition.name != self.target.node.name

    def events(self, kind: str) -> Iterator[Event]:
        """Give what is done of one kind with the definition."""
        return self.sight.events(self.node, kind)

    def mine(self, event: Event) -> list[Thing]:
        """Give the things of an event that come from the definition itself."""
        return self.sight.mine(self.node, event.things)


def observed(question: Question) -> tuple[Reason, ...]:
    """Name every way in which the notebook can tell a definition from its target.

    Parameters
    ----------
    question : Question
        The two, and everything around them.

    Returns
    -------
    tuple of Reason
        Empty where the obligation holds.
    """
    body = Body(
        question.node, question.sight, question.worlds, question.renamed, question.target.node
    )
    return tuple(
        dict.fromkeys(
            (
                *_evaluated(question),
                *_looked_at(question),
                *_asked_for(question),
                *_handed_on(question),
                *_shown(question),
                *_stored(question),
                *_changed(question),
                *_compared(question),
                *_decorated(question),
                *_called_unseen(question),
                *(_reason("too-deep-here", event) for event in question.events("unread")),
                *_renamed(question),
                *body.reasons(),
            )
        )
    )


def _reason(code: str, event: Event, subject: str = "", here: str = "", there: str = "") -> Reason:
    """Make a reason that points to where something is done."""
    cells = (event.cell,) if event.cell else ()
    place = "" if event.cell else f", through {event.unit},"
    return Reason(code, subject, cells, here or place, there)


def _evaluated(question: Question) -> Iterator[Reason]:
    for text in computed_when_defined(question.node, question.sight):
        yield Reason("computed-early", here=text)
    for name in renewed_state(question.node):
        yield Reason("renewed", name)


# -- looked at -------------------------------------------------------------------------------------


def _looked_at(question: Question) -> Iterator[Reason]:
    for event in question.events("looks"):
        if not any(thing.how == "itself" for thing in question.mine(event)):
            continue
        for sees in event.sees:
            if _tells_apart(question, sees, event):
                yield _looks(question, event)
                break
    for event in question.sight.flow.events:
        # The dictionary of an instance, which most are, tells nothing of its class.
        tells = event.kind == "looks" and "module" in event.sees and event.detail != "__dict__"
        if tells and event.of_anything:
            if isinstance(question.node, ast.ClassDef):
                yield _reason("class-looked-up", event, event.detail)
            elif any(use.role == "value" for use in question.uses):
                code = "source-inspected" if event.detail in _SOURCE_READERS else "module-looked-up"
                yield _reason(code, event, event.detail)


def _asked_for(question: Question) -> Iterator[Reason]:
    """Find the lines that show the source of a definition, comments and all."""
    for cell in question.sight.asked_for.get(question.definition.name, ()):
        yield Reason("inspects-source", cells=(cell,))


def _looks(question: Question, event: Event) -> Reason:
    if event.detail in _SOURCE_READERS:
        return _reason("inspects-source", event)
    if event.detail in ("help", "getdoc", "render_doc", "doc"):
        return _reason("shows-help", event)
    if event.detail in ("__name__", "__qualname__"):
        return _reason("looks-at-name", event, event.detail, there=question.target.node.name)
    return _reason("looks-at", event, event.detail)


def _tells_apart(question: Question, sees: Sees, event: Event) -> bool:
    """Tell whether who sees this of the two sees a difference."""
    things = [thing for thing in question.mine(event) if thing.how == "itself"]
    match sees:
        case "doc":
            if event.detail.startswith(table.DOCTESTS):
                # Its docstring is tried only where it is of this module.
                return any(">>>" in (text or "") for text in docstrings(question.node))
            return docstrings(question.node) != docstrings(question.target.node)
        case "annotations":
            return not _annotations_alike(question) or _shows_annotated_class(question)
        case "name":
            return question.renamed
        case "module":
            if event.detail.startswith(table.DOCTESTS):
                return False
            # The dictionary of an instance holds what it was given.
            return event.detail != "__dict__" or any(t.kind == "definition" for t in things)
        case "defaults":
            return not question.same_program
    return True


def _annotations_alike(question: Question) -> bool:
    places = Places(question.notebook, question.target.module.tree, question.worlds)
    return places.annotations_alike(question.definition, question.target.node)


def _shows_annotated_class(question: Question) -> bool:
    """Tell whether a class that an annotation names is shown, with the module that it is from."""
    for name in annotated_names(question.node):
        here = question.worlds.notebook.names.get(name)
        if isinstance(here, Defined) and any(
            thing.kind == "definition" and thing.how != "held"
            for event in question.sight.events(here.node, "shows")
            for thing in question.sight.mine(here.node, event.things)
        ):
            return True
    return False


def _handed_on(question: Question) -> Iterator[Reason]:
    """Whoever is handed a function, and is not known to call it only, may look at it."""
    events = [
        event
        for event in question.events("hands")
        if any(t.how != "held" and t.kind == "definition" for t in question.mine(event))
    ]
    if not events:
        return
    if docstrings(question.node) != docstrings(question.target.node):
        yield from (_reason("passed-on-doc", event, event.detail) for event in events)
    if not _annotations_alike(question):
        yield from (_reason("passed-on-annotations", event, event.detail) for event in events)


# -- shown and stored ------------------------------------------------------------------------------


def _shown(question: Question) -> Iterator[Reason]:
    for event in question.sight.flow.events:
        if event.kind != "shows":
            continue
        things = [t for t in event.things if t.how != "held"]
        reached = question.sight.reachable(frozenset(t for t in things if _is_record(t)))
        mine = question.sight.mine(question.node, {*things, *reached})
        if any(_tells_module(question, thing, event.detail) for thing in mine):
            yield _reason("shows-it", event)
    if _is_error(question) and _prints_tracebacks(question):
        yield Reason("shows-error", question.definition.name)


def _is_record(thing: Thing) -> bool:
    """Tell whether the text of an object has the texts of its fields in it."""
    return (
        thing.kind == "instance"
        and isinstance(thing.of, ast.ClassDef)
        and any("dataclass" in ast.unparse(decorator) for decorator in thing.of.decorator_list)
    )


def _tells_module(question: Question, thing: Thing, how: str) -> bool:
    """Tell whether the text of a thing names the module that it is from, or another name."""
    if thing.how == "held":
        return False
    if thing.kind == "instance":
        as_text = how == "text" and thing.how == "itself"
        return not question.sight.has_own_text(thing, as_text=as_text)
    if thing.kind == "bound":
        return not _bound_to_own_text(question, thing)
    if thing.kind == "generator":
        return question.renamed
    if isinstance(thing.of, (ast.ClassDef, ast.Call)) or thing.of is question.node:
        return True
    return how == "display" or question.renamed


def _bound_to_own_text(question: Question, thing: Thing) -> bool:
    for node in ast.walk(question.node):
        if isinstance(node, ast.ClassDef) and thing.of in node.body:
            return question.sight.has_own_text(Thing("instance", node))
    return False


def _is_error(question: Question) -> bool:
    """Tell whether a class is one of errors, whose module Python's own text of them names."""
    return isinstance(question.node, ast.ClassDef) and any(
        origin.startswith("builtins.") and origin.endswith(("Error", "Exception", "Warning"))
        for origin in origins(question.sight.flow.bases.get(question.node, NOTHING))
    )


def _prints_tracebacks(question: Question) -> bool:
    return any(
        origin.startswith("traceback.") or (table.logs(origin) and origin.endswith(".exception"))
        for things in question.sight.flow.callees.values()
        for origin in origins(things)
    )


def _stored(question: Question) -> Iterator[Reason]:
    for event in question.sight.flow.events:
        if event.kind != "stores":
            continue
        mine = question.sight.mine(question.node, question.sight.reachable(event.things))
        if any(thing.kind == "definition" for thing in mine):
            yield _reason("stores-it", event)
        elif mine:
            yield _reason("stores-instances", event)


# -- identity --------------------------------------------------------------------------------------


def _changed(question: Question) -> Iterator[Reason]:
    for event in question.events("changes"):
        outside = question.node not in event.within
        if outside and any(
            t.kind == "definition" and t.how == "itself" for t in question.mine(event)
        ):
            code = "changes-attribute" if event.detail else "changes-attributes"
            if isinstance(event.node, ast.Call):
                code = "changes-attributes"
            yield _reason(code, event, event.detail)


def _compared(question: Question) -> Iterator[Reason]:
    """Two objects become one: where both can be met, the notebook may notice."""
    meets = _meets_the_modules_own(question)
    if meets and isinstance(question.node, ast.ClassDef):
        yield Reason("meets-own", question.definition.name, (meets,))
        return
    if not meets and question.namesakes < 2:
        return
    for event in question.events("compares"):
        if any(
            t.kind in ("definition", "instance") and t.how == "itself" for t in question.mine(event)
        ):
            yield _reason("compared", event)
    if meets and any(
        known.decorator(origin) is not None and known.decorator(origin).keeps_state  # type: ignore[union-attr]
        for decorator in question.node.decorator_list
        for origin in origins(question.sight.flow.decorators.get(decorator, NOTHING))
    ):
        yield Reason("meets-own", question.definition.name, (meets,))


def _meets_the_modules_own(question: Question) -> int:
    """Give the first cell that uses the module's own object, or what deals with it; else 0."""
    module, target = question.target.module, question.target
    names = _names_that_reach(module, target.node.name) | {target.name}
    modules = {module.name, question.worlds.target_module.name}
    sight = question.sight
    met = [
        sight.imported[key]
        for one in modules
        for name in (*names, "*")
        if (key := (one, name)) in sight.imported
    ]
    for name in names:
        for cell, value in sight.attributes.get(name, ()):
            if origins(sight.flow.expression(value, sight.scope())) & modules:
                met.append(cell)
                break
    return min(met, default=0)


def _names_that_reach(module: SourceModule, name: str) -> set[str]:
    """Name the definitions of a module that use a name of it, themselves or through others."""
    found, pending = {name}, [name]
    while pending:
        fresh = [one for one in module.users.get(pending.pop(), ()) if one not in found]
        found.update(fresh)
        pending.extend(fresh)
    return found


def helpers(question: Question) -> Iterator[Clause]:
    """Find helpers that, where they stay, are another object for the target than for the notebook.

    Parameters
    ----------
    question : Question
        The two, and everything around them.

    Yields
    ------
    Clause
        One for each helper whose identity may be noticed; met where it becomes the module's.
    """
    for reference in free_references(question.node):
        here = question.worlds.notebook.names.get(reference.name)
        there = question.worlds.module.names.get(reference.name)
        if not (isinstance(here, Defined) and isinstance(there, Defined)):
            continue
        if reference.name == question.definition.name or reference.annotation:
            continue
        if isinstance(here.node, ast.ClassDef):
            continue
        if _is_called(reference.node, question.node) and not any(
            t.how == "itself" and t.kind == "definition"
            for event in question.sight.events(here.node, "changes")
            for t in question.sight.mine(here.node, event.things)
        ):
            continue
        reason = Reason("captures-state", reference.name, (_cell_of(question, here.node),))
        yield Clause(reason, (frozenset({Replacement(here.node, there.node)}),))


def _is_called(name: ast.AST, node: DefinitionNode) -> bool:
    return any(isinstance(inner, ast.Call) and inner.func is name for inner in ast.walk(node))


def _cell_of(question: Question, node: DefinitionNode) -> int:
    homes = (one.home for one in question.notebook.definitions if one.node is node)
    return next(homes, question.definition.home).cell.index + 1


# -- decorators ------------------------------------------------------------------------------------


def _decorated(question: Question) -> Iterator[Reason]:
    for node in ast.walk(question.node):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for decorator in node.decorator_list:
                if not _sees_calls_only(question, node, decorator):
                    yield Reason("decorator-unknown", f"@{excerpt(decorator)}")


def _sees_calls_only(question: Question, node: DefinitionNode, decorator: ast.expr) -> bool:
    if isinstance(decorator, ast.Attribute) and _is_own_property(question, decorator):
        return True
    made = list(themselves(question.sight.flow.decorators.get(decorator, NOTHING)))
    # What can be read says more than where it was imported from.
    made = [thing for thing in made if not isinstance(thing.of, str)] or made
    if not made:
        return False
    for thing in made:
        if isinstance(thing.of, str):
            origin = thing.of.removesuffix("()")
            if origin not in table.DECORATORS and known.decorator(origin) is None:
                return False
        elif _is_kept_by(question, thing, node):
            return False
    return True


def _is_own_property(question: Question, decorator: ast.Attribute) -> bool:
    """Tell whether a decorator is the setter of a property that the class itself defines."""
    return decorator.attr in ("setter", "getter", "deleter") and any(
        isinstance(inner, ast.FunctionDef)
        and inner.name == ast.unparse(decorator.value)
        and is_property(inner)
        for inner in ast.walk(question.node)
    )


def _is_kept_by(question: Question, decorator: Thing, node: DefinitionNode) -> bool:
    """Tell whether a decorator keeps what it decorates for others, as a registry does."""
    return any(
        event.kind == "keeps"
        and any(thing.of is node for thing in event.things)
        and any(around in ast.walk(_code(decorator)) for around in event.within)
        for event in question.sight.flow.events
    )


def _code(thing: Thing) -> ast.AST:
    assert not isinstance(thing.of, str)
    return thing.of


# -- calls and names -------------------------------------------------------------------------------


def _called_unseen(question: Question) -> Iterator[Reason]:
    if question.same_calls:
        return
    for event in question.events("calls"):
        if any(thing.of is question.node for thing in event.things):
            yield _reason("called-unseen", event)
    for mention in question.notebook.mentions:
        if "%run" in mention.text and " -i" in mention.text:
            yield Reason("run-inside", question.definition.name, (mention.cell + 1,))


def _renamed(question: Question) -> Iterator[Reason]:
    """Errors name functions, parameters and local variables."""
    node, target = question.node, question.target.node
    if isinstance(node, ast.ClassDef) or isinstance(target, ast.ClassDef):
        return
    if not question.same_program:
        return
    here, there = may_be_unbound(node), may_be_unbound(target)
    if here != there:
        differing = ", ".join(sorted(here - there))
        yield Reason("unbound-local", differing, there=", ".join(sorted(there - here)))
    if not question.renamed and question.same_calls:
        return
    for use in question.uses:
        if use.call is not None and not _binds(node, use.call):
            yield Reason("error-names-it", question.definition.name, (use.home.cell.index + 1,))


def _binds(node: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call) -> bool:
    if any(isinstance(value, ast.Starred) for value in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    ):
        return True
    try:
        bind(signature(node.args), call)
    except BindingError:
        return False
    return True

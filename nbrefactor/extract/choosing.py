"""Which definitions go into a module, in which form, and which copies stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from nbrefactor.extract.align import Difference, NotAlikeError, differences
from nbrefactor.extract.general import General, NoNameError, Variant, generalise
from nbrefactor.extract.needed import NotThereError, helpers, needed_imports
from nbrefactor.extract.reading import Bucket, Library, gone
from nbrefactor.extract.values import Asked, Left, Piece
from nbrefactor.scan.moves import move
from nbrefactor.scan.values import Copy, Move, Text
from nbrefactor.scan.variants import compare


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to become of the definitions that the user asked for.

    Parameters
    ----------
    pieces : tuple of Piece
        Those that go, the ones with the most lines first; helpers behind their users.
    left : tuple of Left
        Copies that stay.
    """

    pieces: tuple[Piece, ...]
    left: tuple[Left, ...]


@dataclass(slots=True)
class _Choice:
    """One choice: the fields are what each step of it adds to."""

    library: Library
    asked: Asked
    pieces: dict[str, Piece] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def choose(library: Library, asked: Asked) -> Chosen:
    """Decide about every definition that the user asked for.

    Parameters
    ----------
    library : Library
        The notebooks.
    asked : Asked
        What is asked for.

    Returns
    -------
    Chosen
        Each copy is a member of one piece, or left with a reason.
    """
    choice = _Choice(library, asked)
    names = asked.names or tuple(_copied(library, asked))
    for name in names:
        if not library.by_name.get(name):
            choice.left.append(Left(name, (), "no notebook defines it"))
    families = [library.family(name) for name in names if library.by_name.get(name)]
    families.sort(key=lambda buckets: -gone(buckets[0].copies))
    used = {name for buckets in families for name in _helpers_of(buckets[0], library)}
    for buckets in families:
        # What others call keeps its parameters, so that they can call it.
        _family(choice, buckets, as_it_is=buckets[0].name in used)
    return Chosen(tuple(choice.pieces.values()), tuple(dict.fromkeys(choice.left)))


def _copied(library: Library, asked: Asked) -> Iterator[str]:
    """Name what is copied as often and is as long as the user wants."""
    for name, placed in library.by_name.items():
        if len(placed) < asked.min_copies:
            continue
        if max(one.copy.text.lines for one in placed) >= asked.min_lines:
            yield name


def _helpers_of(bucket: Bucket, library: Library) -> set[str]:
    """Name all helpers of a bucket, and theirs."""
    found: set[str] = set()
    pending = list(helpers(bucket.program.outside, bucket.around))
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            helper = _bucket_of(name, bucket, library)
            pending.extend(helpers(helper.program.outside, helper.around) if helper else ())
    return found


def _bucket_of(name: str, user: Bucket, library: Library) -> Bucket | None:
    """Find the copies of the very helper that a definition uses in its notebook."""
    user.around.symbol(name)
    found = user.around.helpers.get(name)
    if found is None:
        return None
    return next(
        (
            bucket
            for bucket in library.family(name)
            if any(
                one.source.path == user.members[0].source.path and one.copy.text is found.text
                for one in bucket.members
            )
        ),
        None,
    )


def _family(choice: _Choice, buckets: Sequence[Bucket], *, as_it_is: bool) -> None:
    """Make a piece of the first bucket, and of others that differ from it in values."""
    first, name = buckets[0], buckets[0].name
    asked = choice.asked
    if name in choice.pieces:
        # It came in as a helper of another one; this family is about the same name.
        _others(choice, choice.buckets[name], buckets)
        return
    why = _why_not(first, asked)
    if why:
        _leave(choice, first.copies, why)
        _others(choice, first, buckets)
        return
    joined: list[tuple[Bucket, tuple[Difference, ...]]] = []
    apart: list[tuple[Bucket, str]] = []
    for bucket in buckets[1:]:
        found = "what others call stays as it is" if as_it_is else _joined(first, bucket, asked)
        if isinstance(found, str):
            apart.append((bucket, found))
        else:
            joined.append((bucket, found))
    general, dropped = _general(first, joined, asked)
    apart.extend(dropped)
    members = [first, *(bucket for bucket, _ in joined if bucket not in dict(dropped))]
    if isinstance(general, str):
        _leave(choice, first.copies, general)
    else:
        _add(choice, first, members, general)
    for bucket, why in apart:
        _leave(choice, bucket.copies, why)


def _others(choice: _Choice, first: Bucket, buckets: Sequence[Bucket]) -> None:
    for bucket in buckets:
        if bucket is not first:
            _leave(choice, bucket.copies, f"is another function: {_how(first, bucket)}")


def _leave(choice: _Choice, copies: Sequence[Copy], why: str) -> None:
    if len(copies) or why:
        choice.left.append(Left(copies[0].text.name, tuple(copies), why))


def _why_not(bucket: Bucket, asked: Asked) -> str:
    """Say what keeps a definition from moving at all; empty where nothing does."""
    first = bucket.members[0]
    found: Move = move(
        first.copy.text, bucket.program.outside, bucket.around, magic=first.found.magic
    )
    if found.way == "parameter" and len(found.names) > asked.most_parameters:
        return f"reads {len(found.names)} values of its notebook: {', '.join(found.names)}"
    if found.way == "no":
        return found.why
    if found.way == "parameter" and _calls_itself(first.copy.text):
        return f"calls itself, and reads {found.names[0]} of its notebook"
    return ""


def _calls_itself(text: Text) -> bool:
    return any(isinstance(one, ast.Name) and one.id == text.name for one in ast.walk(text.node))


def _joined(first: Bucket, other: Bucket, asked: Asked) -> tuple[Difference, ...] | str:
    """Give the values in which a bucket differs from the first one, or why it is another one."""
    if why := _why_not(other, asked):
        return why
    here, there = first.best.copy.text.node, other.best.copy.text.node
    if isinstance(here, (ast.ClassDef, ast.Module)) or isinstance(
        there, (ast.ClassDef, ast.Module)
    ):
        return f"is another class: {_how(first, other)}"
    try:
        found = differences(here, there, first.data, other.data)
    except (NotAlikeError, RecursionError):
        return f"is another function: {_how(first, other)}"
    if first.code != other.code:
        names = dict.fromkeys(sorted(name for name, _ in first.code ^ other.code))
        verb = "means" if len(names) == 1 else "mean"
        return f"{', '.join(names)} {verb} something else in it"
    return found


def _how(first: Bucket, other: Bucket) -> str:
    found = compare(first.best.copy.text, other.best.copy.text)
    return "; ".join(found.differences) or "most of it differs"


def _general(
    first: Bucket, joined: Sequence[tuple[Bucket, tuple[Difference, ...]]], asked: Asked
) -> tuple[General | str, list[tuple[Bucket, str]]]:
    """Unify as many variants as the bound on parameters allows, those with most copies first."""
    text = first.best.copy.text
    if isinstance(text.node, (ast.ClassDef, ast.Module)):
        return General(text.source, ()), []
    dropped: list[tuple[Bucket, str]] = []
    kept: list[Variant] = []
    try:
        general = generalise(text.source, first.data, len(first.members), ())
    except (NoNameError, SyntaxError) as error:
        return f"a parameter for what it reads cannot be named: {error}", []
    for bucket, found in joined:
        variant = Variant(found, len(bucket.members))
        try:
            tried = generalise(text.source, first.data, len(first.members), [*kept, variant])
        except NoNameError as error:
            dropped.append((bucket, f"differs in a value that cannot be a parameter: {error}"))
            continue
        if len(tried.added) > asked.most_parameters:
            what = f"differs in more than {asked.most_parameters} values"
            dropped.append((bucket, f"{what} (--max-parameters allows more)"))
            continue
        kept.append(variant)
        general = tried
    return general, dropped


def _add(choice: _Choice, first: Bucket, members: Sequence[Bucket], general: General) -> None:
    best = first.best
    name = first.name
    try:
        around = choice.library.around(best.source)
        outside = around.program(best.copy.text).outside
        imports = needed_imports(best.copy.text, _all_names(best.copy.text.source, outside), around)
        uses = _with_helpers(choice, first)
    except NotThereError as error:
        for bucket in members:
            _leave(choice, bucket.copies, str(error))
        return
    copies = tuple(copy for bucket in members for copy in bucket.copies)
    choice.buckets[name] = first
    choice.pieces[name] = Piece(
        choice.asked.renames.get(name, name),
        general.source,
        imports,
        uses,
        general.added,
        copies,
        best.copy.text,
    )


def _all_names(source: str, outside: Sequence[str]) -> tuple[str, ...]:
    """Name what a text reads, annotations that its other copies lack included."""
    tree = ast.parse(source)
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return tuple(sorted({*outside, *read} - {tree.body[0].name}))  # type: ignore[attr-defined]


def _with_helpers(choice: _Choice, user: Bucket) -> tuple[str, ...]:
    """Add what a definition calls, as it is in its notebook.

    Raises
    ------
    NotThereError
        If the module has another one of that name, or one cannot move.
    """
    names = helpers(user.program.outside, user.around)
    for name in names:
        bucket = _bucket_of(name, user, choice.library)
        if bucket is None:
            raise NotThereError(f"it uses {name}, which could not be found")
        if name in choice.pieces:
            held = choice.buckets[name]
            if held is not bucket or choice.pieces[name].added:
                raise NotThereError(
                    f"it uses another {name} than the one that goes into the module"
                )
            continue
        if why := _why_not(bucket, choice.asked):
            raise NotThereError(f"it uses {name}, which {why}")
        if bucket.data:
            raise NotThereError(f"it uses {name}, which reads {bucket.data[0]} of its notebook")
        asked = not choice.asked.names or name in choice.asked.names
        _add(choice, bucket, [bucket], General(bucket.best.copy.text.source, ()))
        if name not in choice.pieces:
            raise NotThereError(f"it uses {name}, which stays")
        choice.pieces[name] = replace(choice.pieces[name], asked=asked)
    return tuple(names)

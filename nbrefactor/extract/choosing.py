"""Which definitions go into a module, in which form, and which copies stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from nbrefactor.extract.align import Difference, NotAlikeError, differences
from nbrefactor.extract.general import General, NoNameError, Variant, generalise, renamed
from nbrefactor.extract.needed import NotThereError, helpers, needed_imports
from nbrefactor.extract.reading import Bucket, Library, annotated, gone
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
    pieces: dict[Bucket, Piece] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Joined:
    """A bucket that differs from the first one of its name in values alone."""

    bucket: Bucket
    differences: tuple[Difference, ...]


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
    pending = list(helpers(bucket.outside, bucket.around))
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            helper = _bucket_of(name, bucket, library)
            pending.extend(helpers(helper.outside, helper.around) if helper else ())
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
    held = [one for one in buckets if one in choice.pieces]
    rest = [one for one in buckets if one not in held]
    # One that came in as a helper of another definition is the one of its name.
    base = held[0] if held else None
    if base is not None and not choice.asked.variants:
        _others(choice, base, rest)
        return
    while rest:
        first, base = rest[0], base or rest[0]
        joined, apart = _alike(choice, first, rest[1:], as_it_is=as_it_is)
        if why := _why_not(first, choice.asked):
            _leave(choice, first.copies, why)
            joined, apart = [], rest[1:]
        else:
            apart = [*apart, *_made(choice, first, joined)]
        rest = []
        for bucket in apart:
            often = len(bucket.members) >= choice.asked.min_copies
            if choice.asked.variants and often:
                rest.append(bucket)
            else:
                _others(choice, first, [bucket])


def _alike(
    choice: _Choice, first: Bucket, others: Sequence[Bucket], *, as_it_is: bool
) -> tuple[list[_Joined], list[Bucket]]:
    """Part the others by whether they differ from the first in values alone."""
    joined: list[_Joined] = []
    apart: list[Bucket] = []
    for bucket in others:
        found = None if as_it_is else _joined(first, bucket, choice.asked)
        if found is None:
            apart.append(bucket)
        else:
            joined.append(_Joined(bucket, found))
    return joined, apart


def _made(choice: _Choice, first: Bucket, joined: Sequence[_Joined]) -> list[Bucket]:
    """Make a piece of the first bucket and of those that can join it; give the others."""
    general, dropped = _general(first, joined, choice.asked)
    if isinstance(general, str):
        _leave(choice, first.copies, general)
        return [one.bucket for one in joined]
    members = [first, *(one.bucket for one in joined if one.bucket not in dropped)]
    number = sum(len(bucket.members) for bucket in members)
    if number < choice.asked.min_copies and not choice.asked.names:
        _leave(choice, first.copies, "no copy of it is the same")
        return [one.bucket for one in joined]
    _add(choice, first, members, general)
    return list(dropped)


def _others(choice: _Choice, first: Bucket, buckets: Sequence[Bucket]) -> None:
    for bucket in buckets:
        if bucket is not first and bucket not in choice.pieces:
            _leave(choice, bucket.copies, _apart(first, bucket, choice.asked))


def _leave(choice: _Choice, copies: Sequence[Copy], why: str) -> None:
    if len(copies) or why:
        choice.left.append(Left(copies[0].text.name, tuple(copies), why))


def _why_not(bucket: Bucket, asked: Asked) -> str:
    """Say what keeps a definition from moving at all; empty where nothing does."""
    first = bucket.members[0]
    found: Move = move(
        first.copy.text,
        bucket.outside,
        bucket.around,
        magic=first.found.magic,
        most=asked.most_parameters,
    )
    if found.way == "no":
        return found.why
    if found.way == "parameter" and _calls_itself(first.copy.text):
        return f"calls itself, and reads {found.names[0]} of its notebook"
    return ""


def _calls_itself(text: Text) -> bool:
    return any(isinstance(one, ast.Name) and one.id == text.name for one in ast.walk(text.node))


def _joined(first: Bucket, other: Bucket, asked: Asked) -> tuple[Difference, ...] | None:
    """Give the values in which a bucket differs from the first one; None for another program."""
    here, there = first.best.copy.text.node, other.best.copy.text.node
    if isinstance(here, (ast.ClassDef, ast.Module)) or isinstance(
        there, (ast.ClassDef, ast.Module)
    ):
        return None
    if first.code != other.code or _why_not(other, asked):
        return None
    try:
        return differences(here, there, first.data, other.data)
    except (NotAlikeError, RecursionError):
        return None


def _apart(first: Bucket, other: Bucket, asked: Asked) -> str:
    """Say why a bucket does not join the first one of its name."""
    if first.program is other.program:
        return _named_otherwise(first, other)
    found = compare(first.best.copy.text, other.best.copy.text)
    if found.kind in ("line", "function", "parameter", "name"):
        what = "class" if first.best.copy.text.kind == "class" else "function"
        return f"is another {what}: {'; '.join(found.differences) or 'most of it differs'}"
    if why := _why_not(other, asked):
        return why
    if first.code != other.code:
        return _named_otherwise(first, other)
    told = f"differs in values: {'; '.join(found.differences)}"
    return f"{told}, which could not all be parameters (--max-parameters allows more)"


def _named_otherwise(first: Bucket, other: Bucket) -> str:
    names = dict.fromkeys(sorted(name for name, _ in first.code ^ other.code))
    verb = "means" if len(names) == 1 else "mean"
    return f"{', '.join(names)} {verb} something else in its notebook"


def _general(
    first: Bucket, joined: Sequence[_Joined], asked: Asked
) -> tuple[General | str, frozenset[Bucket]]:
    """Unify as many variants as the bound on parameters allows, those with most copies first."""
    text = first.best.copy.text
    if isinstance(text.node, (ast.ClassDef, ast.Module)):
        return General(text.source, ()), frozenset()
    dropped: set[Bucket] = set()
    kept: list[Variant] = []
    copies = len(first.members)
    try:
        general = generalise(text.source, first.data, copies, ())
    except (NoNameError, SyntaxError) as error:
        return f"a parameter for what it reads cannot be named: {error}", frozenset()
    for one in joined:
        variant = Variant(one.differences, len(one.bucket.members))
        try:
            tried = generalise(text.source, first.data, copies, [*kept, variant])
        except NoNameError:
            dropped.add(one.bucket)
            continue
        if len(tried.added) > asked.most_parameters:
            dropped.add(one.bucket)
            continue
        kept.append(variant)
        general = tried
    return general, frozenset(dropped)


def _add(choice: _Choice, first: Bucket, members: Sequence[Bucket], general: General) -> None:
    name, best = first.name, first.best
    try:
        around = choice.library.around(best.source)
        if why := first.why_not_written(best):
            raise NotThereError(why)
        names = (*first.outside, *annotated(best.copy.text))
        imports = needed_imports(best.copy.text, names, around)
        uses = _with_helpers(choice, first)
    except NotThereError as error:
        for bucket in members:
            _leave(choice, bucket.copies, str(error))
        return
    copies = tuple(copy for bucket in members for copy in bucket.copies)
    new = choice.asked.renames.get(name, name)
    number = sum(bucket.name == name for bucket in choice.pieces)
    choice.pieces[first] = Piece(
        name if not number else f"{name}#{number + 1}",
        new,
        general.source if new == name else renamed(general.source, {name: new}),
        imports,
        uses,
        general.added,
        copies,
        best.copy.text,
    )


def _with_helpers(choice: _Choice, user: Bucket) -> tuple[str, ...]:
    """Add what a definition calls, as it is in its notebook.

    Raises
    ------
    NotThereError
        If the module has another one of that name, or one cannot move.
    """
    keys = []
    for name in helpers(user.outside, user.around):
        bucket = _bucket_of(name, user, choice.library)
        if bucket is None:
            raise NotThereError(f"it uses {name}, which could not be found")
        if bucket not in choice.pieces:
            _add_helper(choice, name, bucket)
        if choice.pieces[bucket].added:
            raise NotThereError(f"it uses {name}, whose copies differ in values")
        keys.append(choice.pieces[bucket].key)
    return tuple(keys)


def _add_helper(choice: _Choice, name: str, bucket: Bucket) -> None:
    taken = any(one.name == name for one in choice.pieces)
    if taken and not choice.asked.variants:
        raise NotThereError(f"it uses another {name} than the one that goes into the module")
    if name in choice.asked.renames:
        raise NotThereError(f"it uses {name}, which --rename gives another name")
    if why := _why_not(bucket, choice.asked):
        raise NotThereError(f"it uses {name}, which {why}")
    if bucket.data:
        raise NotThereError(f"it uses {name}, which reads {bucket.data[0]} of its notebook")
    _add(choice, bucket, [bucket], General(bucket.best.copy.text.source, ()))
    if bucket not in choice.pieces:
        raise NotThereError(f"it uses {name}, which stays")
    asked = not choice.asked.names or name in choice.asked.names
    choice.pieces[bucket] = replace(choice.pieces[bucket], asked=asked)

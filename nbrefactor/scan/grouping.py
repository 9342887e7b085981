"""Copies to groups of one program, groups to families of one name or shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbrefactor.python.meanings import Meaning
from nbrefactor.scan.definitions import Found, Texts
from nbrefactor.scan.moves import draws, move, packages
from nbrefactor.scan.names import Key, Surroundings
from nbrefactor.scan.programs import Program, Programs
from nbrefactor.scan.sources import Source
from nbrefactor.scan.values import Copy, Family, Group, Kind, Variant
from nbrefactor.scan.variants import compare

# Smaller functions have the same shape by chance.
_SHAPE_FROM = 4
_MOST_VARIANTS = 200


@dataclass(frozen=True, slots=True)
class Placed:
    """A definition with the file that holds it."""

    source: Source
    found: Found
    copy: Copy


@dataclass(frozen=True, slots=True, eq=False)
class Bucket:
    """All copies of one program, whatever their names stand for."""

    program: Program
    members: tuple[Placed, ...]

    @property
    def kind(self) -> Kind:
        """What they are."""
        return self.program.first.kind


class Grouping:
    """Groups the definitions of a scan; each notebook's names are looked up once.

    Parameters
    ----------
    placed : sequence of Placed
        All definitions.
    texts : Texts
        Parses cells.
    """

    def __init__(self, placed: Sequence[Placed], texts: Texts) -> None:
        self._placed = placed
        self._texts = texts
        self._programs = Programs(one.copy.text for one in placed)
        self._meanings: dict[str, Mapping[str, Meaning]] = {}
        self._keys: dict[Key, int] = {}
        self._around: dict[str, Surroundings] = {}

    def surroundings(self, source: Source) -> Surroundings:
        """Give the names of a file."""
        if source.path not in self._around:
            self._around[source.path] = Surroundings(
                source, self._texts, self._programs, self._meanings, self._keys
            )
        return self._around[source.path]

    def families(self, min_copies: int) -> Iterator[Family]:
        """Group the copies of each program, and join groups of one name or shape.

        Parameters
        ----------
        min_copies : int
            Families in which no program has as many are left out.

        Yields
        ------
        Family
            Not yet said what differs in it.
        """
        for buckets in _joined(self._buckets(), self._programs):
            if all(len(bucket.members) < min_copies for bucket in buckets):
                continue
            groups = [group for bucket in buckets for group in self._by_meaning(bucket)]
            groups.sort(key=lambda one: (-one.gone, -len(one.copies)))
            variants = tuple(Variant(one, "function", (), 0.0) for one in groups[1:])
            yield Family(groups[0], variants)

    def _buckets(self) -> tuple[Bucket, ...]:
        found: dict[tuple[Program, str], list[Placed]] = {}
        for one in self._placed:
            # What magics do is not in the tree, so that their text has to be the same.
            as_written = one.copy.text.source if one.found.magic else ""
            key = (self._programs.of(one.copy.text), as_written)
            found.setdefault(key, []).append(one)
        return tuple(Bucket(program, tuple(members)) for (program, _), members in found.items())

    def _by_meaning(self, bucket: Bucket) -> Iterator[Group]:
        """Part the copies of one program by what the names in it mean."""
        if len(bucket.members) == 1:
            yield Group((bucket.members[0].copy,))
            return
        by_key: dict[Key, list[Placed]] = {}
        for one in bucket.members:
            by_key.setdefault(self.surroundings(one.source).key(bucket.program), []).append(one)
        for members in by_key.values():
            yield self._group(bucket.program, members)

    def _group(self, program: Program, members: Sequence[Placed]) -> Group:
        members = sorted(members, key=lambda one: one.copy.in_module)
        first, outside = members[0], program.outside
        around = self.surroundings(first.source)
        return Group(
            copies=tuple(one.copy for one in members),
            move=move(first.copy.text, outside, around, magic=first.found.magic),
            packages=packages(outside, around),
            draws=draws(first.copy.text, outside, around),
        )


def _joined(buckets: Sequence[Bucket], programs: Programs) -> list[list[Bucket]]:
    """Join programs that share a name, or have the same shape."""
    heads = list(range(len(buckets)))

    def head(at: int) -> int:
        while heads[at] != at:
            heads[at] = heads[heads[at]]
            at = heads[at]
        return at

    seen: dict[tuple[str, str], int] = {}
    for at, bucket in enumerate(buckets):
        first = bucket.program.first
        keys: dict[tuple[str, str], None] = {}
        if bucket.kind != "cell":
            names = dict.fromkeys(one.copy.text.name for one in bucket.members)
            keys.update(dict.fromkeys(("name", f"{bucket.kind} {name}") for name in names))
        if first.lines >= _SHAPE_FROM and programs.has_company(first):
            keys["shape", programs.shape(first)] = None
        for key in keys:
            heads[head(at)] = head(seen.setdefault(key, at))
    joined: dict[int, list[Bucket]] = {}
    for at, bucket in enumerate(buckets):
        joined.setdefault(head(at), []).append(bucket)
    return list(joined.values())


def compared(family: Family) -> Family:
    """Say of each variant what differs; only where it will be shown, because it takes time."""
    variants = []
    for one in family.variants[:_MOST_VARIANTS]:
        found = compare(family.group.best, one.group.best)
        variants.append(Variant(one.group, found.kind, found.differences, found.similarity))
    return replace(family, variants=tuple(variants))

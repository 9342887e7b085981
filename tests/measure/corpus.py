"""The fixed list of public notebooks: fetched once, each repository at its commit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LIST = Path(__file__).with_name("corpus.toml")


@dataclass(frozen=True)
class Repository:
    """A public repository at one commit."""

    name: str
    url: str
    commit: str


def repositories(path: Path = LIST) -> tuple[Repository, ...]:
    """Read the list."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["repository"]
    return tuple(Repository(**entry) for entry in listed)


def fetch(folder: Path, listed: tuple[Repository, ...]) -> Iterator[str]:
    """Bring each repository into a folder, and nothing but its one commit.

    Yields
    ------
    str
        What was done, a line each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for one in listed:
        place = folder / one.name
        if place.is_dir() and _git(place, "rev-parse", "HEAD") == one.commit:
            yield f"{one.name}: there already"
            continue
        place.mkdir(exist_ok=True)
        _git(place, "init", "--quiet")
        _git(place, "fetch", "--quiet", "--depth", "1", one.url, one.commit)
        _git(place, "checkout", "--quiet", "--force", "FETCH_HEAD")
        yield f"{one.name}: {one.commit[:10]}"


def _git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if run.returncode and arguments[0] != "rev-parse":
        raise SystemExit(f"git {' '.join(arguments)}: {run.stderr.strip()}")
    return run.stdout.strip()

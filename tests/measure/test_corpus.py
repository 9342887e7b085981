import re
import subprocess
from pathlib import Path

import pytest

from .corpus import Repository, fetch, repositories


def test_every_repository_of_the_list_is_fixed() -> None:
    listed = repositories()
    assert len({one.name for one in listed}) == len(listed) > 0
    for one in listed:
        assert re.fullmatch(r"[0-9a-f]{40}", one.commit), one
        assert one.url.startswith("https://")


@pytest.mark.slow
def test_a_repository_is_fetched_at_its_commit_and_only_once(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=T", "-c", "user.email=t@example.org")
        command = ["git", *who, *arguments]
        return subprocess.run(
            command, cwd=source, capture_output=True, text=True, check=True
        ).stdout.strip()

    git("init", "--quiet")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    for text in ("one", "two"):
        (source / "n.ipynb").write_text(text)
        git("add", ".")
        git("commit", "--quiet", "-m", text)
    listed = (Repository("here", source.as_uri(), git("rev-parse", "HEAD~1")),)
    assert list(fetch(tmp_path / "corpus", listed)) == [f"here: {listed[0].commit[:10]}"]
    assert (tmp_path / "corpus" / "here" / "n.ipynb").read_text() == "one"
    assert list(fetch(tmp_path / "corpus", listed)) == ["here: there already"]
    with pytest.raises(SystemExit, match="git fetch"):
        list(fetch(tmp_path / "corpus", (Repository("no", source.as_uri(), "0" * 40),)))

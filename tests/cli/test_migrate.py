"""The command ``nbrefactor migrate``: what it says, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nbrefactor.cli import main

from ..notebooks import markdown, notebook

MODULE = "def f(x):\n    return x + 1\n\ndef g(x):\n    return x * 2\n"
F = "def f(x):\n    return x + 1\n"

Run = Callable[..., Result]


WORK = notebook(markdown("# Title (v1.0.0)\n\n### New in v1.0.0:\n- First"), F, "f(1);", minor=4)
DONE = notebook("from plots import f\n", "f(1);", minor=4)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plots.py").write_text(MODULE)
    (tmp_path / "work.ipynb").write_bytes(WORK)
    (tmp_path / "done.ipynb").write_bytes(DONE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


@pytest.fixture
def run() -> Run:
    def invoke(*arguments: str | Path, input: bytes = b"") -> Result:  # noqa: A002
        result = CliRunner().invoke(
            main, ["migrate", "--module", "plots", *map(str, arguments)], input=input
        )
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        return result

    return invoke


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def migrated(data: bytes) -> list[str]:
    return [cell["source"] for cell in json.loads(data)["cells"]]


# What is shown and written.


@pytest.mark.parametrize("option", ["--dry-run", "--patch"])
def test_a_preview_writes_nothing(option: str, folder: Path, run: Run) -> None:
    before = files(folder)
    result = run("work.ipynb", "done.ipynb", option)
    assert result.exit_code == 0
    assert files(folder) == before
    assert "dry run: nothing was written" in result.output


def test_the_dry_run_shows_the_verdict_and_the_diff(folder: Path, run: Run) -> None:
    shown = run("work.ipynb", "--dry-run").stdout
    assert "cell   2  f  exact       100%  becomes an import of plots.f" in shown
    assert "--- work.ipynb:cell 2\n+++ work.ipynb:cell 2\n" in shown
    assert "-def f(x):\n-    return x + 1\n+from plots import f\n" in shown
    assert "-# Title (v1.0.0)\n+# Title (v1.0.1)\n" in shown
    assert shown.endswith(
        "1 notebook would change, 1 definition replaced (dry run: nothing was written)\n"
    )


def test_the_notebook_is_written(folder: Path, run: Run) -> None:
    result = run("work.ipynb")
    assert result.exit_code == 0
    assert result.stdout.endswith("1 notebook changed, 1 definition replaced\n")
    title, *code = migrated((folder / "work.ipynb").read_bytes())
    assert code == ["from plots import f\n", "f(1);"]
    assert title.startswith("# Title (v1.0.1)\n\n### New in v1.0.1:\n- ")
    assert sorted(files(folder)) == ["done.ipynb", "plots.py", "work.ipynb"]


def test_a_second_run_has_nothing_to_do(folder: Path, run: Run) -> None:
    run("work.ipynb")
    before = (folder / "work.ipynb").stat(), files(folder)
    result = run("work.ipynb")
    assert (result.exit_code, result.stdout) == (
        0,
        "work.ipynb\n  nothing to do\nnothing to do in 1 notebook\n",
    )
    assert ((folder / "work.ipynb").stat(), files(folder)) == before


def test_the_preview_is_the_change(folder: Path, run: Run) -> None:
    patch = run("work.ipynb", "--patch").stdout_bytes
    to_output = run("work.ipynb", "--output", "-").stdout_bytes
    through = run("-", input=WORK).stdout_bytes
    run("work.ipynb", "--output", "other.ipynb")
    assert (folder / "work.ipynb").read_bytes() == WORK
    subprocess.run(["git", "apply", "-"], input=patch, check=True)
    patched = (folder / "work.ipynb").read_bytes()
    (folder / "work.ipynb").write_bytes(WORK)
    run("work.ipynb")
    written = (folder / "work.ipynb").read_bytes()
    assert written == patched == to_output == through == (folder / "other.ipynb").read_bytes()


def test_what_goes_to_standard_output_is_not_mixed_with_the_report(folder: Path, run: Run) -> None:
    for arguments in (["work.ipynb", "--patch"], ["work.ipynb", "--output", "-"], ["-"]):
        result = run(*arguments, input=WORK)
        assert "becomes an import" not in result.stdout
        assert "becomes an import of plots.f" in result.stderr
        assert "1 definition replaced" in result.stderr


def test_standard_input_that_has_nothing_to_do_comes_back(folder: Path, run: Run) -> None:
    assert run("-", input=DONE).stdout_bytes == DONE
    julia = notebook("f(x) = 1", kernel="julia", language="julia")
    result = run("-", input=julia)
    assert (result.exit_code, result.stdout_bytes) == (0, julia)
    assert "the kernel's language is julia, not Python" in result.stderr


def test_standard_input_that_is_no_notebook_gives_nothing(folder: Path, run: Run) -> None:
    result = run("-", input=b"nonsense")
    assert (result.exit_code, result.stdout_bytes) == (2, b"")
    assert "<stdin>" in result.stderr
    assert "not JSON" in result.stderr


def test_standard_input_goes_to_an_output(folder: Path, run: Run) -> None:
    result = run("-", "--output", "new.ipynb", input=WORK)
    assert (result.exit_code, result.stdout_bytes) == (0, b"")
    assert migrated((folder / "new.ipynb").read_bytes())[1] == "from plots import f\n"


def test_an_output_leaves_the_original(folder: Path, run: Run) -> None:
    run("work.ipynb", "--output", "new.ipynb")
    assert (folder / "work.ipynb").read_bytes() == WORK
    run("done.ipynb", "--output", "same.ipynb")
    assert (folder / "same.ipynb").read_bytes() == DONE
    julia = notebook("f(x) = 1", kernel="julia", language="julia")
    (folder / "julia.ipynb").write_bytes(julia)
    run("julia.ipynb", "--output", "copy.ipynb")
    assert (folder / "copy.ipynb").read_bytes() == julia


@pytest.mark.parametrize("name", ["work.ipynb", "./work.ipynb", "link.ipynb"])
def test_an_output_onto_itself(name: str, folder: Path, run: Run) -> None:
    (folder / "link.ipynb").symlink_to("work.ipynb")
    result = run("work.ipynb", "--output", name, "--backup")
    assert result.exit_code == 0
    assert migrated((folder / "work.ipynb").read_bytes())[1] == "from plots import f\n"
    assert (folder / "work.ipynb.bak").read_bytes() == WORK
    assert (folder / "link.ipynb").is_symlink()


def test_an_output_takes_one_notebook(folder: Path, run: Run) -> None:
    before = files(folder)
    result = run("work.ipynb", "done.ipynb", "--output", "new.ipynb")
    assert result.exit_code == 2
    assert "--output new.ipynb takes one notebook, and 2 were given" in result.stderr
    assert files(folder) == before


def test_an_output_without_a_folder(folder: Path, run: Run) -> None:
    result = run("work.ipynb", "--output", "missing/new.ipynb")
    assert result.exit_code == 2
    assert "does not exist; make it first" in result.stderr
    assert (folder / "work.ipynb").read_bytes() == WORK


def test_a_backup(folder: Path, run: Run) -> None:
    run("work.ipynb", "done.ipynb", "--backup")
    assert (folder / "work.ipynb.bak").read_bytes() == WORK
    assert not (folder / "done.ipynb.bak").exists()


def test_quiet(folder: Path, run: Run) -> None:
    assert run("done.ipynb", "-q").stdout == "nothing to do in 1 notebook\n"
    assert run("work.ipynb", "-q").stdout == "1 notebook changed, 1 definition replaced\n"
    (folder / "bad.ipynb").write_bytes(b"{")
    assert "not JSON" in run("bad.ipynb", "-q").output


def test_folders_are_searched(folder: Path, run: Run) -> None:
    for name in (
        "a/one.ipynb",
        "a/b/two.ipynb",
        ".hidden/three.ipynb",
        "a/.ipynb_checkpoints/x.ipynb",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(WORK)
    result = run("a", ".", "a/one.ipynb", "--source-root", ".")
    assert result.exit_code == 0
    assert "3 notebooks changed" in result.stdout
    assert (folder / ".hidden/three.ipynb").read_bytes() == WORK
    assert (folder / "a/.ipynb_checkpoints/x.ipynb").read_bytes() == WORK


def test_a_folder_without_notebooks(folder: Path, run: Run) -> None:
    (folder / "empty").mkdir()
    result = run("empty")
    assert result.exit_code == 2
    assert "empty: no notebook in this folder" in result.stderr


def test_mode_and_link_are_kept(folder: Path, run: Run) -> None:
    work, link = folder / "work.ipynb", folder / "link.ipynb"
    work.chmod(0o640)
    link.symlink_to("work.ipynb")
    assert run("link.ipynb").exit_code == 0
    assert link.is_symlink()
    assert work.stat().st_mode & 0o777 == 0o640
    assert migrated(work.read_bytes())[1] == "from plots import f\n"


def test_version_and_changelog_options(folder: Path, run: Run) -> None:
    run("work.ipynb", "--bump", "major", "--changelog", "One", "--changelog", "Two")
    assert migrated((folder / "work.ipynb").read_bytes())[0] == (
        "# Title (v2.0.0)\n\n### New in v2.0.0:\n- One\n- Two\n\n### New in v1.0.0:\n- First"
    )


def test_no_bump(folder: Path, run: Run) -> None:
    run("work.ipynb", "--bump", "none")
    assert migrated((folder / "work.ipynb").read_bytes())[0].startswith("# Title (v1.0.0)\n")


def test_no_version_is_said_and_the_migration_goes_on(folder: Path, run: Run) -> None:
    (folder / "plain.ipynb").write_bytes(notebook(F))
    result = run("plain.ipynb")
    assert "No version found" in result.stdout
    assert migrated((folder / "plain.ipynb").read_bytes()) == ["from plots import f\n"]


# Modules, levels, aliases.

MODULES = [
    pytest.param("plots.py", id="a path"),
    pytest.param("./plots.py", id="a path with a dot"),
    pytest.param("package.plots", id="in a package"),
    pytest.param("package", id="exported by a package"),
]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_found(module: str, folder: Path) -> None:
    (folder / "package").mkdir()
    (folder / "package" / "plots.py").write_text(MODULE)
    (folder / "package" / "__init__.py").write_text("from .plots import f\n__all__ = ['f']\n")
    result = CliRunner().invoke(main, ["migrate", "work.ipynb", "--module", module])
    assert result.exit_code == 0
    name = module.removeprefix("./").removesuffix(".py")
    assert migrated((folder / "work.ipynb").read_bytes())[1] == f"from {name} import f\n"


def test_a_module_beside_the_notebook_wins_over_the_current_folder(folder: Path, run: Run) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "plots.py").write_text("def other(): pass\n")
    (folder / "sub" / "work.ipynb").write_bytes(WORK)
    assert "nothing to do in 1 notebook" in run("sub/work.ipynb").stdout
    assert "1 notebook changed" in run("work.ipynb").stdout


WRONG = [
    pytest.param(
        ["--module", "nope"], 'target module nope: module "nope" was not found', id="module"
    ),
    pytest.param(["--module", "no.pe"], "target module no.pe:", id="a module in no package"),
    pytest.param(["--module", "nope.py"], "was not found", id="module file"),
    pytest.param(["--module", "a b"], "target module a b:", id="a module with a blank"),
    pytest.param(["--accept", "nearly"], "expected one of exact, renamed, compatible", id="level"),
    pytest.param(["--accept", "divergent"], "expected one of exact, renamed", id="worst level"),
    pytest.param(
        ["--accept", "other=exact"], "other is none of the target modules", id="level's module"
    ),
    pytest.param(["--alias", "x"], "expected NOTEBOOK_NAME=TARGET", id="alias without a target"),
    pytest.param(["--alias", "x="], "expected NOTEBOOK_NAME=TARGET", id="alias with half"),
    pytest.param(["--alias", "a b=c"], "expected NOTEBOOK_NAME=TARGET", id="alias of no name"),
    pytest.param(["--bump", "micro"], "'micro' is not one of", id="part"),
    pytest.param(["--version-pattern", "("], "is not a regular expression", id="pattern"),
    pytest.param(["--version-pattern", "x"], "names no group 'version'", id="pattern's group"),
    pytest.param(["--source-root", "nowhere"], "does not exist", id="source root"),
    pytest.param(["--output", "."], "is a directory", id="output into a folder"),
    pytest.param(["--colour"], "No such option", id="option"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_wrong_usage_is_named_and_changes_nothing(
    arguments: list[str], message: str, folder: Path, run: Run
) -> None:
    before = files(folder)
    result = run("work.ipynb", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert files(folder) == before


def test_a_module_that_does_not_parse(folder: Path, run: Run) -> None:
    (folder / "plots.py").write_text("def f(:\n")
    result = run("work.ipynb", "done.ipynb")
    assert result.exit_code == 2
    assert result.stderr.count("target module plots:") == 1
    assert (folder / "work.ipynb").read_bytes() == WORK


def test_an_alias_that_leads_nowhere_is_said(folder: Path, run: Run) -> None:
    result = run("work.ipynb", "--alias", "f=nope")
    assert result.exit_code == 2
    assert 'alias f=nope: there is no "nope" in plots' in result.stderr
    assert (folder / "work.ipynb").read_bytes() == WORK
    result = run("work.ipynb", "--alias", "nobody=f")
    assert 'alias nobody=f: no cell defines "nobody"' in result.stdout


def test_no_notebook_is_wrong_usage(folder: Path, run: Run) -> None:
    result = run()
    assert result.exit_code == 2
    assert "Missing argument" in result.stderr


# Files that cannot be migrated: one sentence each, the others go on.

UNUSABLE = [
    pytest.param(b"", "the file is empty", id="empty"),
    pytest.param(b"{", "not JSON", id="not JSON"),
    pytest.param(b"# plain text", "not JSON", id="text"),
    pytest.param(b"[]", "not a notebook", id="a list"),
    pytest.param(b"{}", "not a notebook", id="an object"),
    pytest.param(WORK.replace(b"Title", b"\xe9"), "not UTF-8: byte 0xe9", id="not UTF-8"),
    pytest.param(
        WORK.replace(b'"nbformat": 4', b'"nbformat": 3'), "nbformat 3 is too old", id="nbformat 3"
    ),
    pytest.param(
        WORK.replace(b'"nbformat": 4', b'"nbformat": 5'), "nbformat 5 is newer", id="nbformat 5"
    ),
    pytest.param(b"<<<<<<< HEAD\n" + WORK, "merge conflict", id="a merge conflict"),
]


@pytest.mark.parametrize(("data", "message"), UNUSABLE)
def test_an_unusable_file_is_named_and_the_others_are_processed(
    data: bytes, message: str, folder: Path, run: Run
) -> None:
    (folder / "bad.ipynb").write_bytes(data)
    result = run("bad.ipynb", "work.ipynb")
    assert result.exit_code == 2
    assert message in result.output
    assert result.output.count("failed: ") == 1
    assert (folder / "bad.ipynb").read_bytes() == data
    assert (folder / "work.ipynb").read_bytes() != WORK


def test_missing_files_are_named_and_the_others_are_processed(folder: Path, run: Run) -> None:
    (folder / "dangling.ipynb").symlink_to("gone")
    result = run("missing.ipynb", "work.ipynb", "dangling.ipynb")
    assert result.exit_code == 2
    assert "nbrefactor: missing.ipynb: no such file or folder\n" in result.stderr
    assert "nbrefactor: dangling.ipynb: a link that leads nowhere\n" in result.stderr
    assert (folder / "work.ipynb").read_bytes() != WORK


def test_an_unreadable_file(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # The superuser reads everything, so the system's answer is put in its mouth.
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "secret.ipynb":
            raise PermissionError(13, "Permission denied")
        return read(path)

    (folder / "secret.ipynb").write_bytes(WORK)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    result = run("secret.ipynb", "work.ipynb")
    assert result.exit_code == 2
    assert "nbrefactor: secret.ipynb: cannot be read (Permission denied)\n" in result.stderr
    assert read(folder / "work.ipynb") != WORK


def test_a_write_protected_file(folder: Path, run: Run) -> None:
    (folder / "work.ipynb").chmod(0o444)
    result = run("work.ipynb")
    assert result.exit_code == 2
    assert "work.ipynb: it is write-protected" in result.stderr
    assert (folder / "work.ipynb").read_bytes() == WORK


def test_a_folder_that_cannot_be_written_to(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def refuse(path: object, flags: int, *rest: int, **named: object) -> int:
        if flags & os.O_CREAT and str(path).endswith(".tmp"):
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    result = run("work.ipynb")
    assert result.exit_code == 2
    assert "work.ipynb: its folder cannot be written to (Permission denied)" in result.stderr
    assert (folder / "work.ipynb").read_bytes() == WORK


def test_a_full_disk(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    written = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) > 100:
            written(descriptor, data[:100])
            raise OSError(28, "No space left on device")
        return written(descriptor, data)

    monkeypatch.setattr(os, "write", full)
    result = run("work.ipynb", "--backup")
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
    assert sorted(files(folder)) == ["done.ipynb", "plots.py", "work.ipynb"]
    assert (folder / "work.ipynb").read_bytes() == WORK


def test_a_file_that_changed_since_it_was_read(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import nbrefactor.batch.planning

    plan = nbrefactor.batch.planning.migrate_bytes

    def slow(data: bytes, *arguments: object, **named: object) -> object:
        outcome = plan(data, *arguments, **named)
        (folder / "work.ipynb").write_bytes(DONE)
        return outcome

    monkeypatch.setattr(nbrefactor.batch.planning, "migrate_bytes", slow)
    result = run("work.ipynb")
    assert result.exit_code == 2
    assert "work.ipynb: it has changed since it was read; run the command again" in result.stderr
    assert (folder / "work.ipynb").read_bytes() == DONE


def test_a_notebook_of_another_language_is_skipped(folder: Path, run: Run) -> None:
    data = notebook("f(x) = 1", kernel="julia", language="julia")
    (folder / "julia.ipynb").write_bytes(data)
    result = run("julia.ipynb", "work.ipynb")
    assert result.exit_code == 0
    assert "skipped: the kernel's language is julia, not Python" in result.stdout
    assert "1 skipped" in result.stdout
    assert (folder / "julia.ipynb").read_bytes() == data


ODD_NAMES = [
    "two words.ipynb",
    "é 日本.ipynb",
    "[bold]x[bold].ipynb",
    "no\udcffutf8.ipynb",
    "a\x1b[31m.ipynb",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_file_names(name: str, folder: Path, run: Run) -> None:
    (folder / name).write_bytes(WORK)
    shown = run(name, "--dry-run")
    assert shown.exit_code == 0
    assert "\x1b" not in shown.output
    assert run(name).exit_code == 0
    assert migrated((folder / name).read_bytes())[1] == "from plots import f\n"
    assert run(f"missing {name}").exit_code == 2


# The program as people call it.

PROGRAMS = [
    pytest.param([str(Path(sys.executable).with_name("nbrefactor"))], id="nbrefactor"),
    pytest.param([sys.executable, "-m", "nbrefactor"], id="python -m nbrefactor"),
    pytest.param(
        [str(Path(sys.executable).with_name("jupyter")), "nbrefactor"], id="jupyter nbrefactor"
    ),
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_one_program_by_three_names(program: list[str], folder: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        [*program, "migrate", "work.ipynb", "--module", "plots", "--dry-run"],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "becomes an import of plots.f" in done.stdout
    assert "\x1b" not in done.stdout
    failing = subprocess.run(
        [*program, "migrate", "missing.ipynb"], capture_output=True, text=True, env=environment
    )
    assert (failing.returncode, failing.stdout) == (2, "")
    assert failing.stderr == "nbrefactor: missing.ipynb: no such file or folder\n"


def in_a_terminal(environment: dict[str, str]) -> str:
    controller, terminal = pty.openpty()
    try:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "nbrefactor",
                "migrate",
                "work.ipynb",
                "--module",
                "plots",
                "--dry-run",
            ],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env={**os.environ, "TERM": "xterm-256color", **environment},
        )
        os.close(terminal)
        shown = b""
        while True:
            try:
                part = os.read(controller, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        assert process.wait() == 0
    finally:
        os.close(controller)
    return shown.decode()


def test_colour_on_a_terminal(folder: Path) -> None:
    shown = in_a_terminal({})
    assert "\x1b[32m+from plots import f\x1b[0m" in shown
    assert "\x1b[31m-def f(x):\x1b[0m" in shown


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_no_colour_where_none_is_wanted(environment: dict[str, str], folder: Path) -> None:
    shown = in_a_terminal(environment)
    assert "+from plots import f" in shown
    assert "\x1b" not in shown


def test_a_pipe_keeps_tabs_and_long_lines(folder: Path, run: Run) -> None:
    long = f"x = '{'long ' * 60}'"
    (folder / "tabs.ipynb").write_bytes(
        notebook(f"{long}\nif True:\n\tdef f(x):\n\t\treturn x + 1\n")
    )
    shown = run("tabs.ipynb", "--dry-run").stdout
    assert f" {long}\n" in shown
    assert "-\t\treturn x + 1\n+\tfrom plots import f\n" in shown


def test_letters_that_the_terminal_does_not_know(folder: Path) -> None:
    (folder / "letters.ipynb").write_bytes(notebook(F + "y = 'é😀'\n"))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "nbrefactor",
            "migrate",
            "letters.ipynb",
            "--module",
            "plots",
            "--dry-run",
        ],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb" y = '\xe9\U0001f600'" in done.stdout


@pytest.mark.parametrize("command", [[], *([name] for name in main.list_commands(None))], ids=str)  # type: ignore[arg-type]
def test_help_shows_an_example(command: list[str]) -> None:
    result = CliRunner().invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"  nbrefactor {' '.join(command)}".rstrip() in result.output.partition("Example")[2]


PRUNED = notebook(
    "import math\nimport numpy as np\n\ndef area(r):\n    return math.pi * r\nnp.ones(3)"
)


def test_imports_that_nothing_reads_are_named_and_taken_out_if_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shapes.py").write_text("import math\n\ndef area(r):\n    return math.pi * r\n")
    Path("x.ipynb").write_bytes(PRUNED)
    arguments = ["migrate", "x.ipynb", "--module", "shapes"]
    named = CliRunner().invoke(main, [*arguments, "--dry-run"])
    assert "read by nothing any more: math (cell 1); --prune-imports" in named.output
    pruned = CliRunner().invoke(main, [*arguments, "--prune-imports"])
    assert "nothing reads them any more: math (cell 1)" in pruned.output
    source = "".join(json.loads(Path("x.ipynb").read_text())["cells"][0]["source"])
    assert source == "import numpy as np\n\nfrom shapes import area\nnp.ones(3)"

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from nbrefactor.run import session
from nbrefactor.run.notebooks import run_notebook, run_notebooks
from nbrefactor.run.parameters import parse_parameter, read_parameters
from nbrefactor.run.values import (
    ExecutionError,
    ExecutionSettings,
    Job,
    Needed,
    ParameterError,
    Run,
)

from .. import notebooks
from ..notebooks import code


def notebook(
    *sources: str, tags: dict[int, list[str]] | None = None, kernel: str = "python3"
) -> bytes:
    cells = (
        code(textwrap.dedent(text), (tags or {}).get(at, ())) for at, text in enumerate(sources)
    )
    return notebooks.notebook(*cells, kernel=kernel)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A notebook's folder; afterwards no kernel and no temporary file may be left."""
    work, temporary, runtime = tmp_path / "work", tmp_path / "tmp", tmp_path / "runtime"
    for made in (work, temporary, runtime):
        made.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield work
    me = psutil.Process()
    left = [child for child in me.children(recursive=True) if child.status() != "zombie"]
    assert left == []
    assert list(temporary.iterdir()) == []
    assert list(runtime.iterdir()) == []


def run(data: bytes, folder: Path, settings: ExecutionSettings | None = None, **more: Any) -> Run:
    return run_notebook(Job(data, "x.ipynb", folder, **more), settings or ExecutionSettings())


def text_of(result: Run, cell: int) -> str:
    return "".join(output.get("text", "") for output in result.cells[cell].outputs)


@pytest.mark.slow
class TestWithKernels:
    def test_a_notebook_runs_in_its_folder(self, folder: Path) -> None:
        (folder / "data.txt").write_text("here")
        result = run(notebook("x = open('data.txt').read()", "", "print(x)\nx"), folder)
        assert result.failure is None
        assert [cell.status for cell in result.cells] == ["ran", "skipped", "ran"]
        assert [cell.execution_count for cell in result.cells] == [1, None, 2]
        assert [output["output_type"] for output in result.cells[2].outputs] == [
            "stream",
            "execute_result",
        ]

    def test_the_failing_cell_is_named_with_source_and_traceback(self, folder: Path) -> None:
        result = run(notebook("x = 0", "1 / x", "print('never')"), folder)
        assert result.failure is not None
        assert (result.failure.kind, result.failure.cell) == ("error", 1)
        assert result.failure.source == "1 / x"
        assert "ZeroDivisionError: division by zero" in result.failure.message
        assert "----> 1 1 / x" in result.failure.traceback
        assert "\x1b" not in result.failure.traceback
        assert result.cells[2].status == "not reached"

    def test_a_run_may_go_on_behind_an_error(self, folder: Path) -> None:
        result = run(notebook("1 / 0", "print('on')"), folder, go_on=True)
        assert result.failure is None
        assert [cell.status for cell in result.cells] == ["failed", "ran"]

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("import os; os._exit(3)", "cell 2 failed: its kernel ended with exit code 3"),
            (
                "import os; os.kill(os.getpid(), 9)",
                "cell 2 failed: its kernel was ended by SIGKILL",
            ),
        ],
        ids=["os._exit", "killed"],
    )
    def test_a_kernel_that_dies(self, folder: Path, source: str, expected: str) -> None:
        result = run(notebook("1", source, "2"), folder)
        assert result.failure is not None
        assert result.failure.kind == "died"
        assert expected in result.failure.message
        assert result.cells[2].status == "not reached"

    def test_what_a_kernel_says_of_its_own_settings_is_not_shown(self, folder: Path) -> None:
        source = "import os; os._exit(1)"
        result = run(notebook(source), folder)
        assert result.failure is not None
        assert "[IPKernelApp]" not in result.failure.traceback

    @pytest.mark.parametrize(
        "source",
        ["import time; time.sleep(100)", "while True: pass", "!sleep 100"],
        ids=["sleeping", "busy", "in a child"],
    )
    def test_a_cell_that_hangs_is_stopped(self, folder: Path, source: str) -> None:
        result = run(notebook(source, "1"), folder, ExecutionSettings(timeout=1))
        assert result.failure is not None
        assert result.failure.kind == "timeout"
        assert "cell 1 failed: it did not end within 1 s (--timeout)" in result.failure.message

    def test_children_of_the_kernel_end_with_it(self, folder: Path) -> None:
        source = "import subprocess; print(subprocess.Popen(['sleep', '1000']).pid)"
        result = run(notebook(source), folder)
        pid = int(text_of(result, 0))
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"

    def test_children_in_a_session_of_their_own_end_with_it(self, folder: Path) -> None:
        source = """
        import subprocess
        print(subprocess.Popen(['sleep', '1000'], start_new_session=True).pid)
        subprocess.run("(setsid sleep 1000 >/dev/null 2>&1 & echo $!)", shell=True)
        """
        result = run(notebook(source), folder)
        pids = [int(line) for line in text_of(result, 0).split()]
        assert pids
        for pid in pids:
            assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"

    def test_a_cell_that_writes_without_end_is_stopped(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(session, "MOST_OUTPUT", 5_000_000)
        result = run(notebook("print('begun')", "while True: print('x' * 10_000)", "1"), folder)
        assert result.failure is not None
        assert (result.failure.kind, result.failure.cell) == ("flooded", 1)
        assert "cell 2 failed: it and the cells before it wrote more than 5 MB" in (
            result.failure.message
        )
        assert [cell.status for cell in result.cells] == ["ran", "failed", "not reached"]

    def test_cells_that_are_left_out_do_not_run(self, folder: Path) -> None:
        data = notebook("x = 1", "x = 2", "print(x)")
        result = run_notebook(Job(data, "x", folder, left_out=frozenset({1})), ExecutionSettings())
        assert [cell.status for cell in result.cells] == ["ran", "skipped", "ran"]
        assert text_of(result, 2) == "1\n"

    def test_files_that_a_run_leaves_in_its_copy_are_named(self, folder: Path) -> None:
        (folder / "old.txt").write_text("old")
        (folder / "same.txt").write_text("same")
        source = "import os; open('new.txt', 'w').write('1'); os.remove('old.txt')"
        result = run(notebook(source), folder, ExecutionSettings(sandbox=True))
        names = {name.rpartition("/")[2]: bool(digest) for name, digest in result.files.items()}
        assert names == {"new.txt": True, "old.txt": False}
        assert sorted(path.name for path in folder.iterdir()) == ["old.txt", "same.txt"]

    def test_nobody_answers_a_question(self, folder: Path) -> None:
        result = run(notebook("name = input()"), folder)
        assert result.failure is not None
        assert "asks for input" in result.failure.message
        assert "-p NAME VALUE" in result.failure.message

    def test_100_megabytes_arrive(self, folder: Path) -> None:
        result = run(notebook("for _ in range(100): print('x' * 999_999)", "1"), folder)
        assert result.failure is None
        assert len(result.cells[0].outputs) == 1
        assert len(text_of(result, 0)) == 100_000_000

    def test_a_module_that_raises_when_imported(self, folder: Path) -> None:
        (folder / "broken.py").write_text("raise RuntimeError('no luck')")
        result = run(notebook("import broken"), folder)
        assert result.failure is not None
        assert "RuntimeError: no luck" in result.failure.message
        assert "broken.py" in result.failure.traceback

    def test_a_missing_kernel_is_told_with_those_that_exist(self, folder: Path) -> None:
        with pytest.raises(
            ExecutionError, match=r'kernel "nope" is not installed here; there are .*python3'
        ):
            run(notebook("1", kernel="nope"), folder)
        assert (
            run(notebook("1", kernel="nope"), folder, ExecutionSettings(kernel="python3")).failure
            is None
        )

    def test_a_kernel_that_does_not_start(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spec = folder / "jupyter" / "kernels" / "broken"
        spec.mkdir(parents=True)
        argv = [
            sys.executable,
            "-c",
            "import sys; sys.exit('no such environment')",
            "{connection_file}",
        ]
        (spec / "kernel.json").write_text(
            json.dumps({"argv": argv, "display_name": "b", "language": "python"})
        )
        monkeypatch.setenv("JUPYTER_PATH", str(folder / "jupyter"))
        with pytest.raises(ExecutionError, match=r"(?s)does not start.*no such environment"):
            run(notebook("1", kernel="broken"), folder)

    def test_tags_that_allow_errors_and_skip_cells(self, folder: Path) -> None:
        tags = {0: ["raises-exception"], 1: ["skip-execution"]}
        settings = ExecutionSettings(executed=Path("kept.ipynb"))
        result = run(notebook("1 / 0", "1 / 0", "print('on')", tags=tags), folder, settings)
        assert result.failure is None
        assert [cell.status for cell in result.cells] == ["failed", "skipped", "ran"]
        kept = json.loads(result.executed)
        assert len(kept["cells"]) == 3
        assert "nbrefactor_cell" not in result.executed.decode()

    def test_an_exit_that_is_wanted_is_no_failure(self, folder: Path) -> None:
        result = run(notebook("import sys; sys.exit(0)", "1"), folder)
        assert result.failure is None
        assert result.cells[1].status == "not reached"

    def test_parameters_follow_their_cell(self, folder: Path) -> None:
        settings = ExecutionSettings(parameters=(("x", 5), ("y", "a'b")), executed=Path("k.ipynb"))
        data = notebook("x = 1\ny = ''", "print(x, y)", tags={0: ["parameters"]})
        result = run(data, folder, settings)
        assert text_of(result, 1) == "5 a'b\n"
        assert result.notes == ()
        assert len(result.cells) == 2
        assert "injected-parameters" in result.executed.decode()

    def test_parameters_without_a_cell_for_them(self, folder: Path) -> None:
        result = run(notebook("print(x)"), folder, ExecutionSettings(parameters=(("x", 5),)))
        assert text_of(result, 0) == "5\n"
        assert any('no cell is tagged "parameters"' in note for note in result.notes)

    def test_a_module_that_the_kernel_lacks_is_told_before_the_first_cell(
        self, folder: Path
    ) -> None:
        data = notebook("open('ran.txt', 'w')", "import helpers")
        with pytest.raises(
            ExecutionError, match=r"cannot import helpers\.plots .*PYTHONPATH=/elsewhere"
        ):
            run(data, folder, needs=(Needed("helpers.plots", Path("/elsewhere")),))
        with pytest.raises(ExecutionError, match=r"-m pip install the-package"):
            run(data, folder, needs=(Needed("helpers", None, "the-package"),))
        assert not (folder / "ran.txt").exists()

    def test_modules_in_the_folder_are_found_without_importing_them(self, folder: Path) -> None:
        (folder / "helpers").mkdir()
        (folder / "helpers" / "__init__.py").write_text("raise SystemExit('imported')")
        (folder / "helpers" / "plots.py").write_text("")
        needs = (Needed("helpers.plots"), Needed("os.path"), Needed("nbrefactor.viz"))
        assert run(notebook("1"), folder, needs=needs).failure is None

    def test_a_notebook_that_extends_its_path_is_not_held_up(self, folder: Path) -> None:
        data = notebook("import sys; sys.path.insert(0, '..')", "1")
        assert run(data, folder, needs=(Needed("helpers"),)).failure is None

    def test_cells_behind_the_last_one_wanted_are_left_out(self, folder: Path) -> None:
        result = run(notebook("1", "2", "3"), folder, last_cell=1)
        assert [cell.status for cell in result.cells] == ["ran", "ran", "not reached"]

    def test_an_own_temporary_folder_goes_with_the_run(self, folder: Path) -> None:
        source = "import tempfile; print(tempfile.mkstemp()[1])"
        result = run(notebook(source), folder, own_temporary_folder=True)
        assert "nbrefactor-" in text_of(result, 0)
        assert not Path(text_of(result, 0).strip()).exists()

    def test_two_run_at_once_without_sharing_anything(self, folder: Path) -> None:
        source = """
            import pathlib, time, os
            mine, other = {0!r}, {1!r}
            pathlib.Path(mine).touch()
            for _ in range(300):
                if pathlib.Path(other).exists(): break
                time.sleep(0.1)
            print(pathlib.Path(other).exists(), os.environ.get("WHO"))
        """
        jobs = [
            Job(notebook(source.format("a", "b")), "a", folder, environment={"WHO": "one"}),
            Job(notebook(source.format("b", "a")), "b", folder),
        ]
        one, two = run_notebooks(jobs, ExecutionSettings(), parallel=True)
        assert text_of(one, 0) == "True one\n"
        assert text_of(two, 0) == "True None\n"
        assert Path.cwd() != folder

    def test_progress_is_told_for_each_cell(self, folder: Path) -> None:
        seen: list[tuple[int, int]] = []
        run(notebook("1", "2"), folder, progress=lambda cell, cells: seen.append((cell, cells)))
        assert seen == [(0, 2), (1, 2)]

    @pytest.mark.parametrize("stage", ["starting", "running"])
    def test_an_interrupt_stops_the_kernel(self, folder: Path, stage: str) -> None:
        script = folder / "interrupted.py"
        script.write_text(
            textwrap.dedent(
                f"""
                import os, signal, sys, threading
                sys.path[:0] = {sys.path!r}
                from pathlib import Path
                from nbrefactor.run.notebooks import run_notebook
                from nbrefactor.run.values import ExecutionSettings, Job
                def interrupt(*_):
                    os.kill(os.getpid(), signal.SIGINT)
                if {stage == "starting"!r}:
                    threading.Timer(0.4, interrupt).start()
                data = Path("x.ipynb").read_bytes()
                try:
                    run_notebook(Job(data, "x", Path.cwd(), progress=interrupt), ExecutionSettings())
                except KeyboardInterrupt:
                    import psutil
                    print("left:", psutil.Process().children(recursive=True))
                """
            )
        )
        (folder / "x.ipynb").write_bytes(notebook("import time\ntime.sleep(1000)"))
        done = subprocess.run(
            [sys.executable, str(script)], cwd=folder, capture_output=True, text=True, timeout=60
        )
        assert done.stdout == "left: []\n", done.stderr


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("True", True),
        ("None", None),
        ("7", 7),
        ("-1.5", -1.5),
        ("1e-3", 0.001),
        ("true", "true"),
        ("a b", "a b"),
        ("", ""),
        ("[1]", "[1]"),
    ],
)
def test_values_have_the_types_that_papermill_gives_them(text: str, value: object) -> None:
    from papermill.cli import _resolve_type

    name, parsed = parse_parameter("X", text)
    assert name == "X"
    assert parsed == value
    assert type(parsed) is type(value)
    assert parsed == _resolve_type(text)


@pytest.mark.parametrize("name", ["", "1x", "a b", "x=1;y", "class", "a.b"])
def test_names_that_are_no_variables_are_refused(name: str) -> None:
    with pytest.raises(ParameterError, match="expected a name that a variable can have"):
        parse_parameter(name, "1")


def test_files_of_parameters_are_read_as_papermill_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "parameters.yaml"
    path.write_text("steps: 10\nwhen: 2024-01-02\nrates: [0.1, 1]\n")
    assert dict(read_parameters(path)) == {"steps": 10, "when": "2024-01-02", "rates": [0.1, 1]}
    path.write_text('{"steps": 10}')
    assert read_parameters(path) == (("steps", 10),)
    path.write_text("")
    assert read_parameters(path) == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- 1\n", "expected names with values"),
        ("a: [", "expected YAML or JSON"),
        ("1: 2", "expected a name that a variable can have"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "parameters.yaml"
    path.write_text(content)
    with pytest.raises(ParameterError, match=message):
        read_parameters(path)


def test_a_missing_file_of_parameters_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"none\.yaml: cannot be read"):
        read_parameters(tmp_path / "none.yaml")


@pytest.mark.slow
def test_a_port_that_another_program_took_is_no_failure(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    chosen: list[socket.socket] = []
    pre_launch = LocalProvisioner.pre_launch

    async def taken_before_launch(self: Any, **kwargs: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await pre_launch(self, **kwargs)
        if not chosen:
            taken = socket.socket()
            taken.bind(("127.0.0.1", self.parent.control_port))
            chosen.append(taken)
            taken.listen()
        return answer

    monkeypatch.setattr(LocalProvisioner, "pre_launch", taken_before_launch)
    try:
        assert run(notebook("print(1)"), folder).failure is None
    finally:
        chosen[0].close()

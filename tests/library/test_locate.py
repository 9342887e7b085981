import importlib.util
import os
import py_compile
import sys
from pathlib import Path

import pytest

from nbrefactor.library.editable import editable_packages
from nbrefactor.library.locate import TargetError, locate, locate_file, looks_like_path


def write(root, *files):
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A repository with a notebook in a folder of its own, seen from somewhere else."""
    away = tmp_path / "away"
    away.mkdir()
    monkeypatch.chdir(away)
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "env").mkdir()
    write(tmp_path / "repo", "notebooks/Demo.ipynb")
    return tmp_path


def found(home, name, *, roots=(), notebook=True):
    return locate(
        name,
        notebook=home / "repo/notebooks/Demo.ipynb" if notebook else None,
        roots=[home / root for root in roots],
        environment=[str(home / "env")],
    )


FOUND = [
    pytest.param(["repo/notebooks/m.py"], "m", "repo/notebooks", id="beside the notebook"),
    pytest.param(["repo/m.py"], "m", "repo", id="in the repository"),
    pytest.param(["repo/src/m.py"], "m", "repo/src", id="in its src folder"),
    pytest.param(["away/m.py"], "m", "away", id="in the current directory"),
    pytest.param(["extra/m.py"], "m", "extra", id="in a folder that was given"),
    pytest.param(["env/m.py"], "m", None, id="in the environment"),
    pytest.param(["repo/p/__init__.py"], "p", "repo", id="a package"),
    pytest.param(["repo/p/__init__.py", "repo/p/m.py"], "p.m", "repo", id="in a package"),
    pytest.param(["repo/n/m.py"], "n.m", "repo", id="in a folder without __init__"),
    pytest.param(["repo/n/o/m.py"], "n.o.m", "repo", id="two folders without __init__ down"),
    pytest.param(["repo/n/p/__init__.py"], "n.p", "repo", id="a package in a namespace"),
    pytest.param(
        ["repo/n/m.py", "repo/notebooks/n/other.txt"], "n.m", "repo", id="a split namespace"
    ),
    pytest.param(["repo/m.py", "repo/m/data.csv"], "m", "repo", id="a data folder beside it"),
    pytest.param(
        ["repo/p/m.py", "env/p/__init__.py", "env/p/m.py"],
        "p.m",
        None,
        id="a package wins over a folder without __init__",
    ),
]


@pytest.mark.parametrize(("files", "name", "root"), FOUND)
def test_module_is_found_with_the_folder_that_it_needs(home, files, name, root):
    write(home, *files)
    location = found(home, name, roots=["extra"])
    assert location.name == name
    assert location.importable_from == (home / root if root else None)
    expected = (name.replace(".", "/") + ".py", name.replace(".", "/") + "/__init__.py")
    assert location.path.as_posix().endswith(expected)
    assert location.is_package == (location.path.name == "__init__.py")


ORDER = ["repo/notebooks/m.py", "repo/m.py", "repo/src/m.py", "extra/m.py", "away/m.py", "env/m.py"]


@pytest.mark.parametrize("nearest", range(len(ORDER)))
def test_the_nearest_of_several_is_taken(home, nearest):
    write(home, *ORDER[nearest:])
    assert found(home, "m", roots=["extra"]).path == home / ORDER[nearest]


def test_package_comes_before_a_module_of_the_same_name(home):
    write(home, "repo/m.py", "repo/m/__init__.py")
    assert found(home, "m").path == home / "repo/m/__init__.py"


def test_nearest_repository_counts(home):
    write(home, "repo/notebooks/pyproject.toml", "repo/m.py")
    with pytest.raises(TargetError, match="not found"):
        found(home, "m")


def test_without_a_notebook_the_current_directory_counts(home, monkeypatch):
    write(home, "repo/notebooks/m.py", "repo/other.py")
    monkeypatch.chdir(home / "repo/notebooks")
    assert found(home, "m", notebook=False).path == home / "repo/notebooks/m.py"
    assert found(home, "other", notebook=False).path == home / "repo/other.py"


NOTES = [
    pytest.param(["repo/notebooks/m.py"], "m", "", id="beside the notebook nothing is missing"),
    pytest.param(["env/m.py"], "m", "", id="installed nothing is missing"),
    pytest.param(
        ["repo/m.py"], "m", "found only in the repository: the kernel must have", id="repository"
    ),
    pytest.param(["away/m.py"], "m", "only in the current directory", id="current directory"),
    pytest.param(["repo/m.py", "env/m.py"], "m", "and, in the environment, at", id="two of them"),
    pytest.param(
        ["repo/notebooks/m.py", "env/m.py"], "m", "and, in the environment, at", id="two, beside"
    ),
    pytest.param(
        ["repo/notebooks/types.py"], "types", "also a module of the standard library", id="stdlib"
    ),
]


@pytest.mark.parametrize(("files", "name", "note"), NOTES)
def test_note_says_what_the_kernel_needs(home, files, name, note):
    write(home, *files)
    location = found(home, name)
    assert (note in location.note) if note else location.note == ""


def test_linked_checkout_counts_as_installed(home):
    write(home, "repo/p/__init__.py")
    (home / "env/p").symlink_to(home / "repo/p", target_is_directory=True)
    location = found(home, "p")
    assert (location.importable_from, location.note) == (None, "")


def test_own_start_folder_is_no_environment(home, monkeypatch):
    write(home, "away/m.py")
    monkeypatch.setattr(sys, "path", [str(home / "away"), *sys.path[1:]])
    assert locate("m", notebook=None).importable_from == home / "away"


def test_own_environment_is_the_default():
    location = locate("json.decoder", notebook=None)
    assert location.importable_from is None
    assert location.path == Path(importlib.util.find_spec("json.decoder").origin)


REFUSED = [
    pytest.param([], "m", 'module "m" was not found: looked beside the notebook', id="nowhere"),
    pytest.param([], "p.m", 'module "p" was not found', id="the package is nowhere"),
    pytest.param(
        ["repo/p/__init__.py"], "p.m", r'package "p" \(.*\) has no module "m"', id="not in it"
    ),
    pytest.param(
        ["repo/p/__init__.py", "repo/p/m.py"],
        "p.m.plot",
        'is a module .* not a package: name the module, without "plot"',
        id="the name of a function",
    ),
    pytest.param(
        ["repo/p/m.py", "env/p/__init__.py"],
        "p.m",
        'has no module "m"; it hides .*p, which has no __init__.py',
        id="hidden by an installed package",
    ),
    pytest.param(["repo/n/m.py"], "n", "a folder without __init__.py", id="a bare folder"),
    pytest.param(["repo/m.cpython-3.so"], "m", "not found", id="an extension of another Python"),
    pytest.param([], "sys", "built into the interpreter", id="a built-in module"),
    pytest.param(["repo/sys.py"], "sys", "built-in module", id="a file that a built-in hides"),
    pytest.param([], ".m", "is relative", id="a relative name"),
    pytest.param([], "", "is no module name", id="an empty name"),
    pytest.param([], "a..b", "is no module name", id="an empty part"),
    pytest.param([], "my-plots", "is no module name", id="a hyphen"),
    pytest.param([], "p.class", "is no module name", id="a keyword"),
    pytest.param(["repo/notebooks/Demo.py"], "Demo", "notebook's own name", id="a paired script"),
    pytest.param(["repo/p/__main__.py"], "p.__main__", "the notebook itself", id="a main file"),
]


@pytest.mark.parametrize(("files", "name", "reason"), REFUSED)
def test_what_cannot_be_a_target_is_refused_with_the_reason(home, files, name, reason):
    write(home, *files)
    with pytest.raises(TargetError, match=reason) as caught:
        found(home, name)
    assert str(caught.value).endswith(".")


def test_extension_has_no_source(home):
    suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
    write(home, f"env/m{suffix}", "env/m.py")
    with pytest.raises(TargetError, match="compiled extension"):
        found(home, "m")


def test_bytecode_has_no_source(home):
    write(home, "away/m.py")
    py_compile.compile(str(home / "away/m.py"), cfile=str(home / "env/only.pyc"))
    with pytest.raises(TargetError, match="only there as bytecode"):
        found(home, "only")


FILES = [
    pytest.param(["lib/plots.py"], "lib/plots.py", "plots", "lib", id="a lone file"),
    pytest.param(
        ["lib/utils/__init__.py", "lib/utils/plots.py"],
        "lib/utils/plots.py",
        "utils.plots",
        "lib",
        id="in a package",
    ),
    pytest.param(
        ["p/__init__.py", "p/q/__init__.py", "p/q/m.py"], "p/q/m.py", "p.q.m", ".", id="deep down"
    ),
    pytest.param(["p/__init__.py"], "p/__init__.py", "p", ".", id="a package by its file"),
    pytest.param(["p/__init__.py"], "p", "p", ".", id="a package by its folder"),
    pytest.param(["plots.py"], "./plots.py", "plots", ".", id="with a dot"),
]


@pytest.mark.parametrize(("files", "path", "name", "root"), FILES)
@pytest.mark.parametrize("base", ["away", "repo/notebooks"])
def test_name_of_a_file_goes_up_through_packages(home, files, path, name, root, base):
    write(home / base, *files)
    location = locate_file(
        path, notebook=home / "repo/notebooks/Demo.ipynb", environment=[str(home / "env")]
    )
    assert location.name == name
    assert location.importable_from == home / base / root
    assert (location.note == "") == (location.importable_from == home / "repo/notebooks")


def test_absolute_path_into_the_environment_needs_nothing(home):
    write(home, "env/p/__init__.py", "env/p/m.py")
    location = locate_file(str(home / "env/p/m.py"), notebook=None, environment=[str(home / "env")])
    assert (location.name, location.importable_from, location.note) == ("p.m", None, "")


BAD_FILES = [
    pytest.param([], "plots.py", "was not found: looked in", id="no such file"),
    pytest.param([], "bad\0name.py", "was not found", id="no file can have that name"),
    pytest.param(["lib/m.py"], "lib/", "a folder without __init__.py", id="a folder"),
    pytest.param(["Other.ipynb"], "Other.ipynb", "no Python source file", id="a notebook"),
    pytest.param(["lib/m.pyi"], "lib/m.pyi", "no Python source file", id="a stub"),
    pytest.param(["my-plots.py"], "my-plots.py", '"my-plots" is no name', id="a hyphen"),
    pytest.param(["2d.py"], "2d.py", '"2d" is no name', id="a digit in front"),
    pytest.param(["class.py"], "class.py", '"class" is no name', id="a keyword"),
    pytest.param(
        ["a-b/__init__.py", "a-b/m.py"], "a-b/m.py", '"a-b" is no name', id="a package's hyphen"
    ),
    pytest.param(["p/__main__.py"], "p/__main__.py", "the notebook itself", id="a main file"),
    pytest.param(["Demo.py"], "Demo.py", "notebook's own name", id="a paired script"),
    pytest.param(
        ["m.py", "m/__init__.py"], "./m.py", "Python finds .* under", id="hidden by a package"
    ),
]


@pytest.mark.parametrize(("files", "path", "reason"), BAD_FILES)
def test_file_that_cannot_be_imported_is_refused_with_the_reason(home, files, path, reason):
    write(home / "repo/notebooks", *files)
    with pytest.raises(TargetError, match=reason) as caught:
        locate_file(
            path, notebook=home / "repo/notebooks/Demo.ipynb", environment=[str(home / "env")]
        )
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "is_path"),
    [
        pytest.param("plots.py", True, id="a file"),
        pytest.param("lib/plots", True, id="a folder"),
        pytest.param("./plots", True, id="a dot and a slash"),
        pytest.param("~", True, id="home"),
        pytest.param("Demo.ipynb", True, id="a notebook"),
        pytest.param("plots", False, id="a name"),
        pytest.param("utils.plots", False, id="a dotted name"),
        pytest.param("utils.pyplot", False, id="a dotted name that begins with py"),
    ],
)
def test_paths_are_told_from_names(text, is_path):
    assert looks_like_path(text) is is_path


SETUPTOOLS = """
import sys
MAPPING: dict[str, str] = {{'p': {package!r}, 'm': {module!r}}}
NAMESPACES: dict[str, list[str]] = {{}}
raise RuntimeError("executed")
"""
EDITABLES = """
from editables.redirector import RedirectingFinder as F
F.install()
F.map_module('p', {init!r})
F.map_module('m', {file!r})
raise RuntimeError("executed")
"""


@pytest.mark.parametrize(
    ("finder", "source"),
    [
        pytest.param("__editable___x_1_0_finder.py", SETUPTOOLS, id="setuptools"),
        pytest.param("_editable_impl_x.py", EDITABLES, id="hatchling"),
    ],
)
@pytest.mark.parametrize(
    ("name", "file"), [("p", "p/__init__.py"), ("p.sub", "p/sub.py"), ("m", "m.py")]
)
def test_editable_install_is_read_and_not_run(home, finder, source, name, file):
    write(home, "code/p/__init__.py", "code/p/sub.py", "code/m.py")
    code = home / "code"
    text = source.format(
        package=str(code / "p"),
        module=str(code / "m"),
        init=str(code / "p/__init__.py"),
        file=str(code / "m.py"),
    )
    (home / "env" / finder).write_text(text, encoding="utf-8")
    location = found(home, name)
    assert location.path == code / file
    assert (location.importable_from, location.note) == (None, "")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"MAPPING = {", id="broken"),
        pytest.param(b"MAPPING = load()", id="no table"),
        pytest.param(b"MAPPING = {1: 2, **x}", id="odd table"),
        pytest.param(b"\xff\x00", id="not text"),
    ],
)
def test_odd_finder_of_an_editable_install_is_passed_over(tmp_path, content):
    (tmp_path / "__editable___x_finder.py").write_bytes(content)
    assert editable_packages([tmp_path, tmp_path / "absent"]) == {}


def test_search_leaves_no_trace_in_the_interpreter(home):
    write(home, "repo/p/__init__.py", "repo/p/m.py")
    caches = dict(sys.path_importer_cache)
    modules = set(sys.modules)
    path = list(sys.path)
    found(home, "p.m")
    assert sys.path_importer_cache == caches
    assert set(sys.modules) == modules
    assert sys.path == path
    assert not list(home.rglob("__pycache__"))


def test_module_written_after_a_search_is_found(home):
    with pytest.raises(TargetError):
        found(home, "m")
    write(home, "repo/m.py")
    assert found(home, "m").path == home / "repo/m.py"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs folders one cannot read")
def test_unreadable_folder_is_passed_over(home):
    (home / "repo/src").mkdir()
    (home / "repo/src").chmod(0)
    write(home, "env/m.py")
    assert found(home, "m").path == home / "env/m.py"

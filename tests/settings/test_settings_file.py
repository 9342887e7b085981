from dataclasses import fields
from pathlib import Path

import pytest

from nbrefactor.config import (
    BUNDLED_MODULE,
    Given,
    ModuleChoice,
    Settings,
    SettingsError,
    settle,
)
from nbrefactor.declared import DECLARATIONS
from nbrefactor.selection import ignores_for, left_out
from nbrefactor.settings_file import SettingsReader, find_settings_file, read_settings_file

EVERYTHING = """
[tool.nbrefactor]
modules = ["utils.plots", "nbrefactor.viz"]
source-roots = ["lib"]
accept = { "utils.plots" = "exact" }
aliases = { plot_grads = "visualize_gradient_norms" }
imports = "top"
prune-imports = true
bump = "minor"
changelog = "Plots come from the library"
version-patterns = ['build (?P<version>\\d+)']
select = ["NB1", "NB301"]
ignore = ["NB103"]
include = ["notebooks/**"]
exclude = ["archive/"]

[tool.nbrefactor.per-file-ignores]
"drafts/*.ipynb" = ["NB1"]

[tool.nbrefactor.verify]
patterns = ['\\d+ ms']
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "lib").mkdir()
    return tmp_path


def write(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def test_every_key_reaches_the_settings(project: Path) -> None:
    file = write(project, EVERYTHING)
    assert settle([Given(), read_settings_file(file)]) == Settings(
        modules=(ModuleChoice("utils.plots", "exact"), ModuleChoice(BUNDLED_MODULE, "compatible")),
        source_roots=(project / "lib",),
        aliases=(("plot_grads", "visualize_gradient_norms"),),
        imports="top",
        prune_imports=True,
        bump="minor",
        changelog=("Plots come from the library",),
        version_patterns=(r"build (?P<version>\d+)",),
        select=("NB1", "NB301"),
        ignore=("NB103",),
        per_file_ignores=(("drafts/*.ipynb", ("NB1",)),),
        include=("notebooks/**",),
        exclude=("archive/",),
        folder=project,
        verify_patterns=(r"\d+ ms",),
    )


def test_the_own_file_holds_the_same_keys_at_its_top(project: Path) -> None:
    file = write(project, 'bump = "major"\n[verify]\npatterns = ["x"]', "nbrefactor.toml")
    settings = settle([read_settings_file(file)])
    assert (settings.bump, settings.verify_patterns) == ("major", ("x",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            'module = ["a"]', 'has no key "module"; did you mean "modules"?', id="a near key"
        ),
        pytest.param("zzz = 1", "the keys are modules, accept, source-roots", id="a far key"),
        pytest.param("bump = 3", "bump is 3, an integer; expected one of patch", id="a number"),
        pytest.param(
            'bump = "path"', 'bump cannot be "path"; did you mean "patch"?', id="a near value"
        ),
        pytest.param(
            "prune-imports = 1",
            "prune-imports is 1, an integer; expected true or false",
            id="a switch",
        ),
        pytest.param('imports = "up"', "imports cannot be", id="a place that is none"),
        pytest.param('modules = "a"', "modules is 'a', text; expected a list of texts", id="text"),
        pytest.param("modules = [1]", "modules[0] is 1, an integer; expected text", id="inner"),
        pytest.param("changelog = true", "changelog is True, a boolean", id="a boolean"),
        pytest.param('accept = "exactly"', 'did you mean "exact"?', id="a near level"),
        pytest.param('accept = { a = "all" }', 'accept.a cannot be "all"', id="a far level"),
        pytest.param('accept = { a = "exact" }', "a is none of the target modules", id="unnamed"),
        pytest.param("accept = 1", "accept is 1, an integer", id="a level that is a number"),
        pytest.param('aliases = { a = "b-c" }', 'pairs "a" with "b-c"', id="no names"),
        pytest.param('aliases = ["a=b"]', "aliases is a list; expected a table", id="a list"),
        pytest.param('select = ["NB9999"]', '"NB9999", which is the code of no rule', id="code"),
        pytest.param('ignore = ["NB10l"]', "did you mean NB10", id="a near code"),
        pytest.param('per-file-ignores = { a = "NB1" }', "expected a list of rule codes", id="pfi"),
        pytest.param('version-patterns = ["("]', "is no regular expression", id="no expression"),
        pytest.param('version-patterns = ["1"]', "names no group version", id="no group"),
        pytest.param('source-roots = ["none"]', "which is no folder", id="no folder"),
        pytest.param('verify = { pattern = ["a"] }', 'did you mean "patterns"?', id="inner key"),
        pytest.param('verify = { patterns = ["("] }', "is no regular expression", id="verify"),
        pytest.param("bump =", "is not TOML", id="no TOML"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(project: Path, text: str, said: str) -> None:
    file = write(project, f"[tool.nbrefactor]\n{text}")
    with pytest.raises(SettingsError) as caught:
        settle([Given(), read_settings_file(file)])
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_file_that_is_not_utf_8_is_named(project: Path) -> None:
    file = project / "nbrefactor.toml"
    file.write_bytes(b'changelog = "\xff"')
    with pytest.raises(SettingsError, match="is not UTF-8"):
        read_settings_file(file)


def test_the_nearest_file_with_settings_counts(project: Path) -> None:
    outer = write(project, '[tool.nbrefactor]\nbump = "minor"')
    write(project / "a", '[project]\nname = "x"')
    inner = write(project / "a" / "b", 'bump = "major"', "nbrefactor.toml")
    (project / "a" / "c").mkdir()
    assert find_settings_file(project / "a" / "c") == outer
    assert find_settings_file(project / "a" / "b") == inner
    reader = SettingsReader(Given())
    assert reader.settings_for(project / "a" / "c" / "n.ipynb").bump == "minor"
    assert reader.settings_for(project / "a" / "b" / "n.ipynb").bump == "major"


def test_the_own_file_goes_before_the_project_file_beside_it(project: Path) -> None:
    write(project, '[tool.nbrefactor]\nbump = "minor"')
    own = write(project, "", "nbrefactor.toml")
    assert find_settings_file(project) == own


def test_settings_above_the_repository_do_not_count(project: Path) -> None:
    write(project, '[tool.nbrefactor]\nbump = "minor"')
    repository = project / "vendored"
    (repository / ".git").mkdir(parents=True)
    assert find_settings_file(repository) is None


def test_a_project_file_of_others_is_not_even_parsed(project: Path) -> None:
    write(project, "this is = = no TOML")
    assert find_settings_file(project) is None


def test_the_command_line_wins(project: Path) -> None:
    file = read_settings_file(write(project, EVERYTHING))
    line = Given(modules=("other",), accept=("compatible",), bump="none", ignore=("NB302",))
    settings = settle([line, file])
    assert settings.modules == (ModuleChoice("other", "compatible"),)
    assert (settings.bump, settings.ignore, settings.imports) == ("none", ("NB302",), "top")


def test_levels_of_a_file_are_about_the_modules_that_are_left(project: Path) -> None:
    file = read_settings_file(write(project, EVERYTHING))
    modules = settle([Given(modules=("other", "utils.plots")), file]).modules
    assert modules == (ModuleChoice("other", "renamed"), ModuleChoice("utils.plots", "exact"))
    assert settle([Given(modules=("other",)), file]).modules == (ModuleChoice("other", "renamed"),)


def test_levels_of_the_command_line_hold_for_modules_of_the_file(project: Path) -> None:
    file = read_settings_file(write(project, EVERYTHING))
    modules = settle([Given(accept=("utils.plots=compatible",)), file]).modules
    assert modules[0] == ModuleChoice("utils.plots", "compatible")
    with pytest.raises(SettingsError, match="none of the target modules"):
        settle([Given(accept=("other=exact",)), file])


@pytest.mark.parametrize(
    ("settings", "name", "out"),
    [
        pytest.param({}, "a.ipynb", False, id="all without patterns"),
        pytest.param({"exclude": ("archive/",)}, "archive/old/a.ipynb", True, id="a folder"),
        pytest.param({"exclude": ("archive/",)}, "x/archive/a.ipynb", True, id="at any depth"),
        pytest.param({"exclude": ("/archive/",)}, "x/archive/a.ipynb", False, id="anchored"),
        pytest.param({"exclude": ("*_old.ipynb",)}, "x/a_old.ipynb", True, id="a name"),
        pytest.param({"exclude": ("x/*", "!x/b.ipynb")}, "x/b.ipynb", False, id="taken back"),
        pytest.param({"include": ("docs/",)}, "docs/a.ipynb", False, id="included"),
        pytest.param({"include": ("docs/",)}, "a.ipynb", True, id="not included"),
        pytest.param(
            {"include": ("docs/",), "exclude": ("a.ipynb",)},
            "docs/a.ipynb",
            True,
            id="excluded among the included",
        ),
    ],
)
def test_patterns_leave_notebooks_out(
    tmp_path: Path, settings: dict[str, tuple[str, ...]], name: str, out: bool
) -> None:
    why = left_out(tmp_path / name, Settings(folder=tmp_path, **settings))  # type: ignore[arg-type]
    assert bool(why) is out


def test_ignores_are_about_the_files_that_match(tmp_path: Path) -> None:
    settings = Settings(
        folder=tmp_path, per_file_ignores=(("drafts/*", ("NB1",)), ("a.ipynb", ("NB3",)))
    )
    assert ignores_for(tmp_path / "drafts" / "a.ipynb", settings) == settings.per_file_ignores
    assert ignores_for(tmp_path / "b.ipynb", settings) == ()
    assert ignores_for(None, settings) == ()


def test_every_declaration_fills_a_field_and_every_field_has_one() -> None:
    filled = {found.field for found in DECLARATIONS}
    # The folder is that of the file; near misses and runs are a matter of the command.
    of_commands = {"folder", "suggest", "measured", "declined"}
    assert filled - {"accept"} == {found.name for found in fields(Settings)} - of_commands


def test_every_key_says_what_it_does() -> None:
    assert all(found.meaning for found in DECLARATIONS)


def test_the_settings_of_the_guide_are_read(tmp_path: Path) -> None:
    guide = Path(__file__).parents[2] / ".github" / "docs" / "settings.md"
    _, _, rest = guide.read_text(encoding="utf-8").partition("```toml\n")
    (tmp_path / "pyproject.toml").write_text(rest.partition("```")[0])
    (tmp_path / "lib").mkdir()
    given = read_settings_file(tmp_path / "pyproject.toml")
    shown = {found.field for found in DECLARATIONS if found.key}
    assert {field for field in shown if given.get(field) is None} == set()


def test_what_no_setting_is_called_cannot_be_given() -> None:
    with pytest.raises(TypeError, match="modul"):
        Given(modul=("x",))

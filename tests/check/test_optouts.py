import json
from pathlib import Path

import pytest

PLOTS = "def mean(values):\n    return sum(values) / len(values)\n"
COPY = "# %%\ndef mean(values):{mark}\n    return sum(values) / len(values)\n"


@pytest.fixture
def project(place: Path) -> Path:
    (place / "plots.py").write_text(PLOTS)
    (place / "nbrefactor.toml").write_text('modules = ["plots"]\n')
    return place


def codes(nbrefactor, *arguments: str) -> list[str]:
    result = nbrefactor("check", "n.ipynb", "--output-format", "json", *arguments)
    return [found["code"] for found in json.loads(result.stdout)["findings"]]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(COPY.format(mark="  # noqa: NB101"), id="its code"),
        pytest.param(COPY.format(mark="  # noqa"), id="bare"),
        pytest.param(COPY.format(mark="  # NOQA:NB101"), id="other spelling"),
        pytest.param(COPY.format(mark="  # noqa: E501, NB101"), id="among others"),
        pytest.param(COPY.format(mark="  # noqa: NB1"), id="the beginning of its code"),
        pytest.param(COPY.format(mark="  # nbrefactor: ignore[NB101]"), id="in our own form"),
        pytest.param(COPY.format(mark="  # nbrefactor: ignore"), id="in our own form, bare"),
        pytest.param(COPY.format(mark="  #nbrefactor:ignore[nb101,NB1]"), id="crammed"),
        pytest.param(
            COPY.format(mark="  # noqa: E501  # nbrefactor: ignore[NB101]"), id="behind another"
        ),
        pytest.param(
            "# %%\ndef mean(\n    values,  # noqa: NB101\n):\n    return sum(values) / len(values)\n",
            id="within the head",
        ),
        pytest.param(
            "# %% nbrefactor-keep\ndef mean(values):\n    return sum(values) / len(values)\n",
            id="a tag of the cell",
        ),
    ],
)
def test_what_opts_out_keeps_the_definition_from_check_and_migrate(
    project: Path, notebook, nbrefactor, text: str
) -> None:
    (project / "n.ipynb").write_bytes(notebook(text))
    assert codes(nbrefactor) == []
    result = nbrefactor("migrate", "n.ipynb")
    assert (project / "n.ipynb").read_bytes() == notebook(text)
    assert "stays" in result.stdout
    assert "says so" in result.stdout or "is tagged nbrefactor-keep" in result.stdout


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(COPY.format(mark="  # noqa: E501"), ["NB101"], id="a code of others"),
        pytest.param(COPY.format(mark="  # noqa: NB102"), ["NB101", "NB901"], id="another code"),
        pytest.param(COPY.format(mark="\n    # noqa: NB101"), ["NB101", "NB901"], id="its body"),
        pytest.param(COPY.format(mark='\n    "# noqa: NB101"'), ["NB101"], id="within a string"),
        pytest.param(COPY.format(mark="  # ruff: noqa"), ["NB101"], id="a line for another tool"),
        pytest.param("# %%\nx = 1  # noqa: NB101\n", ["NB901"], id="nothing there"),
        pytest.param("# %%\nx = 1  # noqa: NB999\n", ["NB901"], id="a code that is none"),
        pytest.param("# %%\nx = 1  # noqa\n", [], id="bare, with nothing there"),
        pytest.param("# %%\nx = 1  # nbrefactor: ignore\n", ["NB901"], id="bare in our own form"),
        pytest.param(
            COPY.format(mark="  # nbrefactor: ignore[NB102]"),
            ["NB101", "NB901"],
            id="another code in our own form",
        ),
        pytest.param(
            COPY.format(mark="  # nbrefactor: ignore[mean]"),
            ["NB101", "NB901"],
            id="no code in our own form",
        ),
        pytest.param(
            COPY.format(mark="  # nbrefactor: ignore[]"), ["NB101"], id="an empty list of codes"
        ),
        pytest.param(
            COPY.format(mark="  # nbrefactor: ignored[NB101]"), ["NB101"], id="another word"
        ),
        pytest.param("# %% nbrefactor-keep\nx = 1\n", ["NB901"], id="a tag, with nothing there"),
        pytest.param(
            "# %%\ndef f(:  # noqa: NB201\n", [], id="the first line of a cell that is no Python"
        ),
    ],
)
def test_what_does_not_answer_to_an_opt_out_is_reported(
    project: Path, notebook, nbrefactor, text: str, expected: list[str]
) -> None:
    (project / "n.ipynb").write_bytes(notebook(text))
    assert codes(nbrefactor) == expected


@pytest.mark.parametrize(
    ("ignore", "expected"),
    [
        pytest.param(["NB101"], [], id="its code"),
        pytest.param(["NB1"], [], id="the beginning of its code"),
        pytest.param("NB101", [], id="text for a list"),
        pytest.param([], ["NB101"], id="nothing"),
        pytest.param(["NB301"], ["NB901", "NB101"], id="another code"),
        pytest.param(["mean"], ["NB901", "NB101"], id="what is no code"),
        pytest.param([3], ["NB901", "NB101"], id="what is no text"),
        pytest.param(["NB301", "NB901"], ["NB101"], id="opt-outs themselves"),
        pytest.param(["NB901"], ["NB901", "NB101"], id="opt-outs, where all answer"),
    ],
)
def test_the_metadata_of_a_notebook_opt_out(
    project: Path, notebook, nbrefactor, ignore: object, expected: list[str]
) -> None:
    made = json.loads(notebook(COPY.format(mark="")))
    # Before the cells, as some tools write it, and so the first line of a finding there.
    made = {"metadata": made["metadata"] | {"nbrefactor": {"ignore": ignore}}} | {
        key: value for key, value in made.items() if key != "metadata"
    }
    (project / "n.ipynb").write_text(json.dumps(made, indent=1))
    assert codes(nbrefactor) == expected
    before = (project / "n.ipynb").read_bytes()
    nbrefactor("migrate", "n.ipynb")
    assert ((project / "n.ipynb").read_bytes() == before) is ("NB101" not in expected)


@pytest.mark.parametrize(
    ("setting", "expected", "reason"),
    [
        pytest.param('ignore = ["NB101"]', [], "ignored in the settings", id="ignored"),
        pytest.param('select = ["NB3"]', [], "not among the selected rules", id="not selected"),
        pytest.param(
            '[per-file-ignores]\n"n.ipynb" = ["NB101"]', [], 'ignored for "n.ipynb"', id="the file"
        ),
        pytest.param(
            '[per-file-ignores]\n"*.ipynb" = ["NB1", "NB3"]', [], 'for "*.ipynb"', id="files"
        ),
        pytest.param(
            '[per-file-ignores]\n"n.ipynb" = ["NB101", "NB301"]',
            ["NB901"],
            'ignored for "n.ipynb"',
            id="the file, with nothing for one code",
        ),
    ],
)
def test_the_settings_opt_out(
    project: Path, notebook, nbrefactor, setting: str, expected: list[str], reason: str
) -> None:
    (project / "nbrefactor.toml").write_text(f'modules = ["plots"]\n{setting}\n')
    (project / "n.ipynb").write_bytes(notebook(COPY.format(mark="")))
    assert codes(nbrefactor) == expected
    assert reason in nbrefactor("migrate", "n.ipynb").stdout
    assert (project / "n.ipynb").read_bytes() == notebook(COPY.format(mark=""))


def test_per_file_ignores_are_about_their_files_only(project: Path, notebook, nbrefactor) -> None:
    (project / "nbrefactor.toml").write_text(
        'modules = ["plots"]\n[per-file-ignores]\n"other.ipynb" = ["NB1"]\n'
    )
    (project / "n.ipynb").write_bytes(notebook(COPY.format(mark="")))
    assert codes(nbrefactor) == ["NB101"]


def test_what_stays_counts_for_what_goes(project: Path, notebook, nbrefactor) -> None:
    # `spread` hands on what the inline `show` returns; kept, its use of `show` counts.
    (project / "plots.py").write_text(
        "def show(values, title='Values'):\n    print(title, values)\n    return values\n\n"
        "def spread(values):\n    return max(show(values)) - 1\n"
    )
    text = (
        "# %%\ndef show(values):\n    print(values)\n    return sorted(values)\n\n"
        "# %%\ndef spread(values):{mark}\n    return max(show(values)) - 1\n\n# %%\nspread([1])\n"
    )
    (project / "n.ipynb").write_bytes(notebook(text.format(mark="  # noqa")))
    nbrefactor("migrate", "n.ipynb", "--accept", "compatible")
    assert (project / "n.ipynb").read_bytes() == notebook(text.format(mark="  # noqa"))


def test_other_definitions_go_where_one_stays(project: Path, notebook, nbrefactor) -> None:
    (project / "plots.py").write_text(PLOTS + "\n\ndef top(values):\n    return max(values)\n")
    text = (
        COPY.format(mark="  # noqa: NB101") + "\n# %%\ndef top(values):\n    return max(values)\n"
    )
    (project / "n.ipynb").write_bytes(notebook(text))
    nbrefactor("migrate", "n.ipynb")
    expected = COPY.format(mark="  # noqa: NB101") + "\n# %%\nfrom plots import top\n"
    assert (project / "n.ipynb").read_bytes() == notebook(expected)

"""``python -m nbrefactor.viz OUTDIR``."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

import nbrefactor.viz.__main__ as viz_main
from nbrefactor.viz.__main__ import example_plots, main

pytestmark = pytest.mark.slow

NAMES = [
    "gradient-norms",
    "attention-matrix",
    "entropy-heatmap",
    "normalized-entropy",
    "entropy-vs-gradient",
    "training-progress",
]


def test_the_six_plots_are_drawn_and_their_paths_printed(tmp_path):
    folder = tmp_path / "new" / "folder"
    done = subprocess.run(
        [sys.executable, "-m", "nbrefactor.viz", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MPLBACKEND": "Agg"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    paths = [folder / f"{name}.png" for name in NAMES]
    assert done.stdout.splitlines() == list(map(str, paths))
    assert sorted(folder.iterdir()) == sorted(paths)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_the_contact_sheet_is_one_more(tmp_path, capsys, monkeypatch):
    def draw_nothing(save_path=None, ax=None):
        figure = Figure() if ax is None else ax.figure
        if save_path is not None:
            figure.savefig(save_path)
        return figure

    monkeypatch.setattr(viz_main, "example_plots", lambda: dict.fromkeys(NAMES, draw_nothing))
    assert main([str(tmp_path), "--contact-sheet"]) == 0
    names = [*NAMES, "contact-sheet"]
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / f"{name}.png") for name in names]
    assert sorted(tmp_path.iterdir()) == sorted(tmp_path / f"{name}.png" for name in names)


def test_the_example_data_are_the_same_every_time():
    for one, two in zip(example_plots().values(), example_plots().values(), strict=True):
        assert one.func is two.func
        for first, second in zip(one.args, two.args, strict=True):
            np.testing.assert_equal(first, second)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param([], "the following arguments are required: outdir", id="none"),
        pytest.param(["a", "b"], "unrecognized arguments: b", id="two"),
        pytest.param(["a", "--size"], "unrecognized arguments: --size", id="option"),
    ],
)
def test_bad_arguments_get_one_sentence(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: {message}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_gets_one_sentence(capsys, tmp_path):
    (tmp_path / "file").touch()
    assert main([str(tmp_path / "file")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("nbrefactor.viz: cannot make the folder ")
    assert said.count("\n") == 1

"""The interface that all six functions share: signature, figure, axes, saving, titles."""

from __future__ import annotations

import inspect
import typing
import warnings
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from nbrefactor import viz

pytestmark = pytest.mark.slow

GRID = np.arange(6.0).reshape(2, 3) / 6
HISTORY = {"step": [0, 1], "train_loss": [2.0, 1.0], "perplexity": [9, 8], "sparsity": [0, 0.1]}
CALLS = {
    viz.visualize_gradient_norms: (GRID, [(0, 1)]),
    viz.visualize_attention_matrix: (GRID,),
    viz.visualize_entropy_heatmap: (GRID,),
    viz.visualize_normalized_entropy: (GRID, 1.0),
    viz.visualize_entropy_vs_gradient: (GRID, GRID),
    viz.visualize_training_progress: (HISTORY,),
}
SIGNATURES = {
    "visualize_gradient_norms": "grad_norm_values, pruned_heads=None, revived_heads=None, "
    "title='Gradient Norms', save_path=None",
    "visualize_attention_matrix": "attn_matrix, layer_idx=0, head_idx=0, title=None, save_path=None",
    "visualize_entropy_heatmap": "entropy_values, title='Attention Entropy Heatmap', "
    "save_path=None, min_value=0.0, annotate=True",
    "visualize_normalized_entropy": "entropy_values, max_entropy, "
    "title='Normalized Entropy (% of Maximum)', save_path=None",
    "visualize_entropy_vs_gradient": "entropy_values, grad_norm_values, "
    "title='Entropy vs Gradient Relationship', save_path=None",
    "visualize_training_progress": "metrics_history, max_display_points=100, figsize=(10, 8), "
    "save_path=None",
}

every_function = pytest.mark.parametrize("draw", CALLS, ids=lambda draw: draw.__name__)
titled_function = pytest.mark.parametrize(
    "draw", [draw for draw in CALLS if "title" in inspect.signature(draw).parameters]
)


def call(draw, **options):
    return draw(*CALLS[draw], **options)


def test_there_are_these_six_functions():
    assert set(viz.__all__) == set(SIGNATURES)
    assert {draw.__name__ for draw in CALLS} == set(SIGNATURES)


@every_function
def test_names_order_and_defaults_are_what_notebooks_call(draw):
    parameters = inspect.signature(draw).parameters.values()
    positional = [
        parameter.replace(annotation=parameter.empty)
        for parameter in parameters
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    assert ", ".join(map(str, positional)) == SIGNATURES[draw.__name__]
    others = [parameter for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    assert "ax" in [parameter.name for parameter in others]
    assert all(parameter.default is not parameter.empty for parameter in others)


@every_function
def test_the_return_annotation_is_the_figure(draw):
    assert draw.__annotations__["return"] == "Figure"
    assert typing.get_type_hints(draw, localns=vars(mpl.figure) | {
        "ArrayLike": object, "os": __import__("os"), "Axes": object, "Colormap": object,
        "Iterable": typing.Iterable, "Mapping": typing.Mapping,
    })["return"] is Figure  # fmt: skip


@every_function
def test_the_docstring_describes_every_parameter(draw):
    documented = inspect.getdoc(draw)
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"\n{section}\n{'-' * len(section)}\n" in documented
    for name in inspect.signature(draw).parameters:
        assert any(
            name in line.split(":")[0].replace(",", " ").split()
            for line in documented.splitlines()
            if " : " in line
        ), name


@every_function
def test_a_new_figure_is_pyplots_so_that_show_shows_it(draw):
    figure = call(draw)
    assert isinstance(figure, Figure)
    assert plt.get_fignums() == [figure.number]
    assert plt.gcf() is figure


@every_function
def test_given_axes_are_drawn_into_without_a_new_figure(draw):
    figure = Figure(figsize=(5, 4))
    ax = figure.subplots()
    assert call(draw, ax=ax) is figure
    assert plt.get_fignums() == []
    assert list(figure.get_size_inches()) == [5, 4]
    figure.canvas.draw()


@every_function
def test_axes_of_a_subfigure_return_the_whole_figure(draw):
    figure = plt.figure(figsize=(9, 4))
    left, _ = figure.subfigures(1, 2)
    assert call(draw, ax=left.subplots()) is figure


@every_function
@pytest.mark.parametrize("layout", ["tight", "constrained", None])
def test_the_layout_of_given_axes_is_kept(draw, layout):
    figure, panels = plt.subplots(2, 2, layout=layout)
    engine = figure.get_layout_engine()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call(draw, ax=panels[0, 1])
        figure.canvas.draw()
    assert figure.get_layout_engine() is engine


@every_function
def test_pyplot_calls_of_the_next_line_still_work(draw):
    call(draw)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plt.tight_layout()
        plt.subplots_adjust(hspace=0.4)
        plt.gcf().canvas.draw()


@every_function
@pytest.mark.parametrize("kind", [str, Path])
def test_saving_makes_folders_and_leaves_the_figure_open(draw, kind, tmp_path):
    path = tmp_path / "not" / "there" / "plot.png"
    figure = call(draw, save_path=kind(path))
    assert path.read_bytes().startswith(b"\x89PNG")
    assert plt.fignum_exists(figure.number)


@every_function
@pytest.mark.parametrize("path", [None, ""])
def test_without_a_path_nothing_is_saved(draw, path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call(draw, save_path=path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".pdf", ".svg", ".PNG"])
def test_the_format_follows_the_suffix(suffix, tmp_path):
    path = tmp_path / f"plot{suffix}"
    call(viz.visualize_gradient_norms, save_path=path)
    assert path.stat().st_size > 1000


def test_a_path_without_a_suffix_gets_matplotlibs_own(tmp_path):
    call(viz.visualize_gradient_norms, save_path=tmp_path / "plot")
    assert [path.name for path in tmp_path.iterdir()] == ["plot.png"]


def test_saving_into_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call(viz.visualize_gradient_norms, save_path="plot.png")
    assert Path("plot.png").exists()


@every_function
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        pytest.param({"ax": object()}, TypeError, "ax must be Matplotlib axes", id="no axes"),
        pytest.param({"save_path": 3}, TypeError, "save_path must be a str, a PathLike or None, got int", id="path as number"),
        pytest.param({"save_path": b"a.png"}, TypeError, "got bytes", id="path as bytes"),
        pytest.param({"save_path": "a.docx"}, ValueError, "save_path must end in one of ", id="unknown format"),
        pytest.param({"figsize": (3, 0)}, ValueError, "figsize must be two numbers above 0 (width and height in inches), got (3, 0)", id="no height"),
        pytest.param({"figsize": 3}, ValueError, "figsize must be two numbers", id="one side"),
        pytest.param({"figsize": (3, float("inf"))}, ValueError, "figsize must be two numbers", id="endless"),
        pytest.param({"figsize": (3, float("nan"))}, ValueError, "figsize must be two numbers", id="unknown"),
        pytest.param({"figsize": "3x4"}, TypeError, "figsize must be", id="text"),
    ],
)  # fmt: skip
def test_bad_options_are_refused_before_a_figure_is_made(draw, options, error, message):
    with pytest.raises(error) as caught:
        call(draw, **options)
    assert message in str(caught.value)
    assert plt.get_fignums() == []


@every_function
def test_the_size_of_a_new_figure_can_be_chosen(draw):
    assert list(call(draw, figsize=(4, 3)).get_size_inches()) == [4, 3]


@every_function
def test_settings_of_matplotlib_stay_as_they_were(draw):
    before = dict(mpl.rcParams)
    call(draw)
    assert dict(mpl.rcParams) == before


@every_function
def test_settings_of_the_user_are_followed(draw):
    with plt.style.context("dark_background"):
        figure = call(draw)
    assert figure.get_facecolor() == (0, 0, 0, 1)
    assert mpl.colors.to_rgb(figure.axes[0].xaxis.label.get_color()) == (1, 1, 1)


@titled_function
def test_no_title(draw):
    assert call(draw, title="").axes[0].get_title() == ""


@titled_function
@pytest.mark.parametrize("title", ["Layer norms", r"$\alpha$ and $\beta$", "two\nlines", "€ ε 5 %"])
def test_a_title_that_fits_stays_as_it_is(draw, title):
    assert call(draw, title=title).axes[0].get_title() == title


@titled_function
@pytest.mark.parametrize("shape", [(1, 1), (6, 12)])
def test_a_long_title_stays_inside_the_figure_and_above_the_axes(draw, shape):
    title = "What the gradient norms of all heads look like after the third round of pruning " * 2
    data = np.full(shape, 0.5)
    figure = draw(data, *([data] if len(CALLS[draw]) > 1 and draw is not viz.visualize_gradient_norms else []), title=title)  # fmt: skip
    figure.canvas.draw()
    ax = figure.axes[0]
    box = ax.title.get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1
    assert box.y0 >= ax.bbox.y1
    assert box.y1 <= figure.bbox.y1
    assert "\n" in ax.get_title()
    assert ax.get_title().split() == title.split()


@titled_function
def test_long_titles_of_neighbours_do_not_overlap(draw):
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="tight")
    for ax in (left, right):
        call(draw, ax=ax, title="A title that is much too long for one half of a figure " * 2)
    figure.canvas.draw()
    assert left.title.get_window_extent().x1 < right.title.get_window_extent().x0


@every_function
def test_nothing_is_cut_off_at_the_edge_of_a_new_figure(draw):
    figure = call(draw)
    figure.canvas.draw()
    box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    assert box.x0 >= -1
    assert box.y0 >= -1
    assert box.x1 <= figure.bbox.x1 + 1
    assert box.y1 <= figure.bbox.y1 + 1

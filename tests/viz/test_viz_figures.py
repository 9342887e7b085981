"""The interface that all six functions share: signature, figure, axes, saving, titles."""

from __future__ import annotations

import copy
import inspect
import io
import pickle
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
    "draw", [draw for draw in CALLS if draw is not viz.visualize_training_progress]
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
        "Iterable": typing.Iterable, "Mapping": typing.Mapping, "Sequence": typing.Sequence,
        "IO": typing.IO, "Any": typing.Any, "Normalize": object, "Literal": typing.Literal,
        "Heads": object, "SavePath": object, "Figure": Figure,
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
        pytest.param({"save_path": 3}, TypeError, "save_path must be a str, a PathLike, a binary file or None, got int", id="path as number"),
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


@every_function
@pytest.mark.parametrize("cleared", [True, False], ids=["cleared before", "as it is"])
def test_drawing_again_into_the_same_axes_piles_nothing_up(draw, cleared):
    figure, ax = plt.subplots()
    counts = []
    for _ in range(3):
        call(draw, ax=ax)
        figure.canvas.draw()
        counts.append((len(figure.axes), len(ax.child_axes), len(ax.texts), len(ax.images)))
        place = ax.get_position()
        if cleared:
            ax.clear()
    assert len(set(counts)) == 1
    assert place.width > 0.5


@every_function
@pytest.mark.parametrize("projection", ["3d", "polar"])
def test_axes_of_another_projection_are_refused(draw, projection):
    ax = plt.figure().add_subplot(projection=projection)
    with pytest.raises(TypeError, match=f"ax must be flat rectangular axes, got {projection} axes"):
        call(draw, ax=ax)


@every_function
def test_the_home_folder_is_found(draw, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    call(draw, save_path="~/plots/plot.png")
    assert [path.name for path in tmp_path.iterdir()] == ["plots"]


@every_function
def test_a_binary_file_is_written_to(draw):
    file = io.BytesIO()
    call(draw, save_path=file)
    assert file.getvalue().startswith(b"\x89PNG")


@every_function
def test_a_failed_save_leaves_no_figure_open(draw, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        call(draw, save_path=tmp_path / "file" / "plot.png")
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("draw", "arguments", "error", "message"),
    [
        pytest.param(viz.visualize_gradient_norms, (GRID, None, None, "T", (10, 5)), TypeError, "got tuple; figsize, ", id="figsize of gradient norms"),
        pytest.param(viz.visualize_attention_matrix, (GRID, 0, 0, "T", "viridis"), ValueError, "save_path is 'viridis', the name of a colour map: give it as cmap='viridis'", id="cmap of attention"),
        pytest.param(viz.visualize_entropy_heatmap, (GRID, "T", 0.5), TypeError, "got float; figsize, min_value, ", id="min_value of entropy"),
        pytest.param(viz.visualize_normalized_entropy, (GRID, 1, "T", (10, 6)), TypeError, "got tuple; figsize, ", id="figsize of normalized entropy"),
        pytest.param(viz.visualize_entropy_vs_gradient, (GRID, GRID, "T", (8, 6)), TypeError, "got tuple; figsize, ", id="figsize of the scatter plot"),
        pytest.param(viz.visualize_training_progress, (HISTORY, 100, (10, 8), True), TypeError, "got bool; figsize, ", id="show_perplexity of progress"),
    ],
)  # fmt: skip
def test_positions_of_other_signatures_are_no_path(draw, arguments, error, message, tmp_path, monkeypatch):  # fmt: skip
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error) as caught:
        draw(*arguments)
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@every_function
def test_a_style_holds_for_one_plot(draw):
    before = dict(mpl.rcParams)
    figure = call(draw, style=["dark_background", {"font.size": 7, "axes.titlesize": 7}])
    assert figure.get_facecolor() == (0, 0, 0, 1)
    assert figure.axes[0].xaxis.label.get_size() == 7
    assert dict(mpl.rcParams) == before


def test_a_style_says_which_color_map():
    style = {"image.cmap": "cividis"}
    for draw in (viz.visualize_gradient_norms, viz.visualize_entropy_heatmap):
        assert draw(GRID, style=style).axes[0].images[0].cmap.name == "cividis"
        assert draw(GRID, style=style, cmap="magma").axes[0].images[0].cmap.name == "magma"
    with plt.style.context("seaborn-v0_8-whitegrid"):
        assert viz.visualize_gradient_norms(GRID).axes[0].images[0].cmap.name == "plasma"


@every_function
@pytest.mark.parametrize("style", ["no such style", {"no.such": 1}, 3])
def test_a_style_that_is_none_is_refused(draw, style):
    with pytest.raises(ValueError, match="style must be a Matplotlib style"):
        call(draw, style=style)
    assert plt.get_fignums() == []


@every_function
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda figure: pickle.loads(pickle.dumps(figure))]
)
def test_a_figure_can_be_copied(draw, copied):
    figure = call(draw)
    assert len(copied(figure).axes) == len(figure.axes)


STYLES = {
    "default": {},
    "font size 6": {"font.size": 6},
    "font size 24": {"font.size": 24},
    "a grid": {"axes.grid": True},
    "ggplot": "ggplot",
    "dark": "dark_background",
    "seaborn": "seaborn-v0_8-poster",
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("shape", [(1, 1), (6, 12), (12, 1), (96, 96)], ids=str)
def test_no_text_overlaps_or_is_cut(shape, style, unreadable):
    layers, heads = shape
    grid = np.random.default_rng(0).uniform(0, 3, shape)
    grid[0, 0] = np.nan if grid.size > 1 else 1.0
    last = {layers - 1: [heads - 1]}
    title = "What the heads look like after the third round of pruning and of training " * 2
    with plt.style.context(STYLES[style]):
        for figure in (
            viz.visualize_gradient_norms(grid * 1e-5, last, last, title),
            viz.visualize_entropy_heatmap(grid),
            viz.visualize_normalized_entropy(grid, 3, title),
            viz.visualize_entropy_vs_gradient(grid, grid * 1e-5, title),
        ):
            assert unreadable(figure) == []
            plt.close(figure)


@pytest.mark.parametrize("style", STYLES)
def test_no_text_of_attention_and_training_overlaps_or_is_cut(style, unreadable):
    names = [f"token{number}" for number in range(24)]
    heads = np.full((1, 5, 24, 24), 0.1)
    steps = np.arange(0, 60_000, 100)
    loss = np.where(steps % 7000 > 600, 3 - steps / 30_000, np.nan)
    epochs = steps // 9000
    history = {"step": steps, "train_loss": loss, "eval_loss": loss, "sparsity": steps / 1e5,
               "perplexity": loss * 9, "pruned_heads": steps % 9000 == 0, "epoch": epochs, "lr": loss / 1e5}  # fmt: skip
    with plt.style.context(STYLES[style]):
        for figure in (
            viz.visualize_attention_matrix(heads, 3, 1, tokens=names),
            viz.visualize_attention_matrix(heads, 3, None),
            *(viz.visualize_attention_matrix(np.ones(s)) for s in [(100, 5), (1, 512), (512, 1)]),
            viz.visualize_training_progress(history, title="A long run " * 20),
            viz.visualize_training_progress(history, metrics=["lr"], log_loss=True),
            viz.visualize_training_progress({"step": []}),
        ):
            assert unreadable(figure) == []
            plt.close(figure)

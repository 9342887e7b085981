from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from nbrefactor.run.recorder.figures import describe_figure
from nbrefactor.run.recorder.log import to_json
from nbrefactor.verify import pictures
from nbrefactor.verify.compare import Rules, as_expected, compare_outputs, held_against_second_run
from nbrefactor.verify.markup import normal_svg, read_table, table_difference
from nbrefactor.verify.outputs import shown
from nbrefactor.verify.recorded import attach, recorded
from nbrefactor.verify.text import normaliser
from nbrefactor.verify.values import OutputComparison

NORMALISE = normaliser()


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(kind: str = "display_data", **data: Any) -> dict[str, Any]:
    mimes = {
        "plain": "text/plain",
        "html": "text/html",
        "png": "image/png",
        "jpeg": "image/jpeg",
        "svg": "image/svg+xml",
        "json": "application/json",
        "widget": "application/vnd.jupyter.widget-view+json",
        "markdown": "text/markdown",
    }
    return {"output_type": kind, "data": {mimes[k]: v for k, v in data.items()}, "metadata": {}}


def error(name: str, value: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": ["x", "y"]}


def picture(
    level: int = 0,
    size: tuple[int, int] = (20, 10),
    spot: int | None = None,
    form: str = "PNG",
    **save: Any,
) -> str:
    pixels = np.full((size[1], size[0], 3), level, np.uint8)
    if spot is not None:
        pixels[0, 0] = spot
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, **save)
    return base64.b64encode(buffer.getvalue()).decode()


def compare(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], tolerance: float = 0.25
) -> list[OutputComparison]:
    rules = Rules(NORMALISE, tolerance)
    return list(compare_outputs(shown(before, NORMALISE), shown(after, NORMALISE), rules))


SAME = {
    "nothing": ([], []),
    "streams cut differently": ([stream("a"), stream("b\n")], [stream("ab\n")]),
    "streams at another moment": (
        [stream("warn", "stderr"), stream("a"), stream("ing", "stderr"), stream("b")],
        [stream("a"), stream("warning", "stderr"), stream("b")],
    ),
    "a progress bar": ([stream("1%\r99%\r100%\n", "stderr")], [stream("50%\r100%\n", "stderr")]),
    "lists of lines": ([display(plain=["a\n", "b"])], [display(plain="a\nb")]),
    "memory addresses": (
        [display(plain="<A at 0x7f0011223344>")],
        [display(plain="<A at 0x7fffffffffff>")],
    ),
    "the order of keys": ([display(json={"a": 1, "b": 2})], [display(json={"b": 2, "a": 1})]),
    "base64 in lines": (
        [display(png=picture())],
        [display(png=picture()[:20] + "\n" + picture()[20:] + "\n")],
    ),
    "the same pixels, packed otherwise": (
        [display(png=picture(compress_level=0))],
        [display(png=picture(compress_level=9))],
    ),
    "ids of an SVG": (
        [display(svg='<svg><dc:date>2024</dc:date><g id="m1"/><use xlink:href="#m1"/></svg>')],
        [display(svg='<svg><dc:date>2025</dc:date><g id="q9"/><use xlink:href="#q9"/></svg>')],
    ),
    "names that pandas draws by lot": (
        [display(html='<style>#T_1a2b3 {}</style><table id="T_1a2b3">')],
        [display(html='<style>#T_ffff0 {}</style><table id="T_ffff0">')],
    ),
    "widgets": ([display(widget={"model_id": "a"})], [display(widget={"model_id": "b"})]),
    "tracebacks that quote edited source": (
        [error("ValueError", "no")],
        [{**error("ValueError", "no"), "traceback": ["other"]}],
    ),
}


@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME)
def test_the_same(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    assert {found.status for found in compare(before, after)} <= {"identical"}


OTHER = {
    "text": ([stream("a\nb\n")], [stream("a\nc\n")], "line 2: 'b' became 'c'"),
    "stderr": ([stream("a", "stderr")], [stream("b", "stderr")], "'a' became 'b'"),
    "another stream": ([stream("a")], [stream("a", "stderr")], "text on stdout is missing"),
    "an added text": ([], [stream("a")], "text on stdout was added"),
    "a result that was displayed": (
        [display("display_data", plain="1")],
        [display("execute_result", plain="1")],
        "it was displayed and is now the cell's result",
    ),
    "one dark pixel": (
        [display(png=picture(255, (640, 480)))],
        [display(png=picture(255, (640, 480), spot=0))],
        "0.0% of the pixels differ (RMS 0.46)",
    ),
    "the size of a picture": (
        [display(png=picture(size=(20, 10)))],
        [display(png=picture(size=(21, 10)))],
        "the picture of 20 x 10 pixels became one of 21 x 10",
    ),
    "a picture that is none": ([display(png="aGk=")], [display(png="aGkh")], "cannot be decoded"),
    "a drawing": ([display(svg="<svg><g/></svg>")], [display(svg="<svg/>")], "image/svg+xml differs"),
    "a representation": ([display(plain="a", html="b")], [display(plain="a")], "text/html is missing"),
    "a value in a table": (
        [display(html="<table><tr><th>loss</th></tr><tr><td>1</td></tr></table>")],
        [display(html="<table><tr><th>loss</th></tr><tr><td>2</td></tr></table>")],
        "row 1, loss: '1' became '2'",
    ),
    "rows of a table": (
        [display(html="<table><tr><td>1</td></tr></table>")],
        [display(html="<table><tr><td>1</td></tr><tr><td>2</td></tr></table>")],
        "a table of 1 x 1 became one of 2 x 1",
    ),
    "JSON": ([display(json={"a": 1})], [display(json={"a": 2})], "application/json differs"),
    "an error's value": ([error("E", "a")], [error("E", "b")], "'E: a' became 'E: b'"),
    "text beside the same picture": (
        [display(png=picture(), plain="score 1")],
        [display(png=picture(), plain="score 2")],
        "score 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "detail"), OTHER.values(), ids=OTHER)
def test_changed(before: list[dict[str, Any]], after: list[dict[str, Any]], detail: str) -> None:
    found = [output for output in compare(before, after) if output.status != "identical"]
    assert found
    assert {output.status for output in found} == {"changed"}
    assert detail in "; ".join(output.detail for output in found)


def test_pictures_are_the_same_within_the_tolerance() -> None:
    before, after = [display(png=picture(100))], [display(png=picture(101))]
    (found,) = compare(before, after, tolerance=1.5)
    assert found.status == "within tolerance"
    assert found.picture is not None
    assert found.picture.rms == pytest.approx(1.0)
    assert compare(before, after)[0].status == "changed"


def test_a_jpeg_is_compared_by_its_pixels() -> None:
    (found,) = compare(
        [display(jpeg=picture(9, form="JPEG"))], [display(jpeg=picture(99, form="JPEG"))]
    )
    assert found.status == "changed"
    assert found.picture is not None
    assert found.picture.share == 1.0


def test_equal_outputs_around_a_new_one_stay_paired() -> None:
    before = [stream("a"), display(png=picture(1)), stream("b"), display(png=picture(2))]
    after = [
        stream("a"),
        display(plain="new"),
        display(png=picture(1)),
        stream("b"),
        display(png=picture(3)),
    ]
    statuses = [(found.family, found.status) for found in compare(before, after)]
    assert statuses == [
        ("stream", "identical"),
        ("text", "changed"),
        ("picture", "identical"),
        ("stream", "identical"),
        ("picture", "changed"),
    ]


def test_thousands_of_outputs_are_compared_in_time() -> None:
    before = [display(plain=str(number)) for number in range(3000)]
    found = compare(before, [*before[:-1], display(plain="x")])
    assert sum(output.status == "changed" for output in found) == 1


FIGURE = "<Figure size 640x480 with 1 Axes>"


def plot(values: Sequence[float] = (1, 3, 2), title: str = "loss", **look: Any) -> dict[str, Any]:
    """Draw a figure as a notebook does, and take it apart as the recorder does."""
    figure = Figure(figsize=look.pop("size", (2, 1.5)))
    axes = figure.subplots()
    axes.plot(values, **look)
    axes.set_title(title)
    buffer = io.BytesIO()
    figure.savefig(buffer)
    return {
        "output": display(png=base64.b64encode(buffer.getvalue()).decode(), plain=repr(figure)),
        "record": {
            "moment": "drawn",
            "digest": hashlib.sha256(buffer.getvalue()).hexdigest(),
            "figure": json.loads(to_json(describe_figure(figure))),
            "made": 3,
        },
    }


def compare_plots(
    before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]], known: Sequence[str] = ()
) -> list[OutputComparison]:
    sides = []
    for side in (before, after):
        outputs = [plot["output"] for plot in side]
        attached, rest = attach(outputs, [plot["record"] for plot in side])
        assert not rest
        sides.append(shown(outputs, NORMALISE, attached))
    return list(compare_outputs(*sides, Rules(NORMALISE, 0.25, known)))


def later(*values: Sequence[float], **look: Any) -> Callable[[], dict[str, Any]]:
    """Draw when the test runs, not when it is read."""
    return partial(plot, *values, **look)


PLOTS = {
    "the same": ([later()], [later()], ["identical"]),
    "another color": ([later()], [later(color="red")], ["restyled"]),
    "another size": ([later()], [later(size=(3, 2))], ["restyled"]),
    "another title": ([later()], [later(title="gain")], ["different words"]),
    "a longer title": ([later()], [later(title="loss (nats)")], ["restyled"]),
    "another number": ([later()], [later((1, 3, 4))], ["different data"]),
    "one less": ([later(), later((4, 5))], [later((4, 5), color="red")], ["missing", "restyled"]),
    "one more": ([later()], [later(color="red"), later((7, 8))], ["restyled", "additional"]),
    "three times": (
        [later()],
        [later(), later(), later()],
        ["identical", "additional", "additional"],
    ),
    "none at all": ([later()], [], ["missing"]),
    "another order": (
        [later((1, 2)), later((3, 4))],
        [later((3, 4), lw=3), later((1, 2), lw=3)],
        ["restyled", "restyled"],
    ),
}


@pytest.mark.parametrize(("before", "after", "statuses"), PLOTS.values(), ids=PLOTS)
def test_figures_are_judged_by_their_data(
    before: list[Callable[[], dict[str, Any]]],
    after: list[Callable[[], dict[str, Any]]],
    statuses: list[str],
) -> None:
    found = compare_plots([draw() for draw in before], [draw() for draw in after])
    assert [output.status for output in found] == statuses
    for output in found:
        assert output.status == "identical" or output.detail


def test_words_that_the_target_writes_out_are_named_and_pass() -> None:
    (found,) = compare_plots([plot()], [plot(title="gain")], known=["gain"])
    assert found.status == "restyled"
    assert found.figure is not None
    assert "title" in found.figure.names


@pytest.mark.parametrize(
    ("redraws", "cell", "status"),
    [({7}, 7, "restyled"), ({3}, 9, "restyled"), ({1}, 7, "changed"), (set(), 7, "changed")],
    ids=["in a cell that calls", "begun in a cell that calls", "elsewhere", "nothing calls"],
)
def test_only_what_was_replaced_may_restyle(redraws: set[int], cell: int, status: str) -> None:
    (found,) = compare_plots([plot()], [plot(color="red")])
    assert as_expected(found, redraws, cell).status == status


def test_a_figure_drawn_in_two_formats_is_one_output() -> None:
    once = plot()
    svg = {**once["record"], "digest": hashlib.sha256(b"<svg/>").hexdigest()}
    once["output"]["data"]["image/svg+xml"] = "<svg/>"
    attached, rest = attach([once["output"]], [once["record"], svg])
    assert attached == [once["record"]]
    assert rest == []


def test_saved_figures_are_compared_with_their_twins() -> None:
    def saved(name: str, **look: Any) -> dict[str, Any]:
        record = plot(**look)["record"]
        return {**record, "moment": "saved", "file": f"/home/me/{name}", "folder": "/home/me"}

    sides = [
        recorded([saved("a.png"), saved("b.png", values=(4, 5))], NORMALISE),
        recorded([saved("b.png", values=(4, 6)), saved("a.png", color="red")], NORMALISE),
    ]
    found = compare_outputs(*sides, Rules(NORMALISE, 0.25))
    assert {(one.before.name, one.status) for one in found if one.before} == {
        ("a.png", "restyled"),
        ("b.png", "different data"),
    }
    (missing,) = compare_outputs(sides[0][:1], (), Rules(NORMALISE, 0.25))
    assert (missing.status, missing.detail) == ("missing", "the figure a.png is missing")


@pytest.mark.parametrize(
    ("before", "after", "statuses"),
    [
        pytest.param([display(png=picture(1))], [display(png=picture(2))], ["changed"], id="no figure"),
        pytest.param([display(png=picture())], [], ["missing"], id="a missing picture"),
        pytest.param([], [display(png=picture(), plain=FIGURE)], ["additional"], id="an added picture"),
        pytest.param(
            [display(png=picture(), plain=FIGURE)], [display(plain="3")], ["changed"],
            id="a picture that became a number",
        ),
    ],
)  # fmt: skip
def test_pictures_that_nothing_is_known_of(
    before: list[dict[str, Any]], after: list[dict[str, Any]], statuses: list[str]
) -> None:
    assert [found.status for found in compare(before, after)] == statuses


@pytest.mark.parametrize(
    ("before", "again", "after", "status"),
    [
        pytest.param([stream("t 1")], [stream("t 2")], [stream("t 3")], "not deterministic", id="unstable"),
        pytest.param([stream("a")], [stream("a")], [stream("b")], "changed", id="stable"),
        pytest.param(
            [stream("t 1\nloss 1")], [stream("t 2\nloss 1")], [stream("t 3\nloss 2")], "changed",
            id="a stable line within an unstable text",
        ),
        pytest.param([], [stream("x")], [stream("y")], "not deterministic", id="text now and then"),
        pytest.param([], [], [stream("y")], "changed", id="text that never was"),
        pytest.param([stream("x")], [], [], "not deterministic", id="text now and then that is missing"),
    ],
)  # fmt: skip
def test_a_second_run_of_the_original_decides(
    before: list[dict[str, Any]],
    again: list[dict[str, Any]],
    after: list[dict[str, Any]],
    status: str,
) -> None:
    first = shown(before, NORMALISE)
    (found,) = compare_outputs(first, shown(after, NORMALISE), Rules(NORMALISE, 0.25))
    unstable = [
        other
        for other in compare_outputs(first, shown(again, NORMALISE), Rules(NORMALISE, 0.25))
        if other.status == "changed"
    ]
    assert held_against_second_run(found, unstable, NORMALISE).status == status


def test_the_difference_shows_where_pictures_differ() -> None:
    before = np.full((4, 6, 4), 255, np.uint8)
    after = before.copy()
    after[1, 2, :3] = 0
    found = pictures.compare(before, after)
    shown_pixels = pictures.decode(found.picture)
    red = (shown_pixels[..., 0].astype(int) - shown_pixels[..., 1]) > 50
    assert np.argwhere(red).tolist() == [[1, 2]]
    assert found.share == pytest.approx(1 / 24)


def test_nothing_is_drawn_of_equal_pictures() -> None:
    pixels = np.zeros((2, 2, 4), np.uint8)
    found = pictures.compare(pixels, pixels.copy())
    assert (found.rms, found.share, found.picture) == (0, 0, b"")


def test_every_frame_of_an_animation_counts() -> None:
    def animation(last: int) -> bytes:
        frames = [Image.fromarray(np.full((4, 4), level, np.uint8)) for level in (0, 90, last)]
        buffer = io.BytesIO()
        frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
        return buffer.getvalue()

    one, other = pictures.decode(animation(200)), pictures.decode(animation(250))
    assert one.shape == (12, 4, 4)
    assert pictures.compare(one, other).share == pytest.approx(1 / 3)


def test_a_bomb_is_not_decoded() -> None:
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    with pytest.raises(pictures.PictureError):
        pictures.decode(buffer.getvalue())


def test_tables_are_read_cell_by_cell() -> None:
    html = "<table><thead><tr><th></th><th>a &amp; b</th></tr></thead><tr><th>0</th><td><b>1</b></td></tr></table>"
    assert read_table(html) == (("", "a & b"), ("0", "1"))
    assert read_table("<p>none</p>") is None
    assert read_table("<table></table><table></table>") is None
    assert table_difference((("a",),), (("a",),)) == "the table's markup differs, its text does not"


def test_references_of_an_svg_follow_their_ids() -> None:
    one = '<svg><clipPath id="p12"/><g clip-path="url(#p12)"/></svg>'
    assert normal_svg(one) == normal_svg(one.replace("p12", "p99"))
    assert normal_svg(one) != normal_svg(one.replace("url(#p12)", "url(#other)"))

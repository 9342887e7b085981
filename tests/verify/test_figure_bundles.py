"""Plots that outputs hold as data: found in pages, freed of random ids, widgets in their last state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nbrefactor.verify.compare import Rules, compare_outputs
from nbrefactor.verify.figures.bundles import WIDGET, read_bundle, with_widget_states
from nbrefactor.verify.outputs import shown
from nbrefactor.verify.text import normaliser

NORMALISE = normaliser()


def state(value: int, color: str = "red") -> dict[str, Any]:
    return {
        "abc": {
            "model_name": "IntSliderModel",
            "state": {"value": value, "style": "IPY_MODEL_def", "_view_count": 3},
        },
        "def": {"model_name": "SliderStyleModel", "state": {"handle_color": color}},
    }


def statuses(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    sides = []
    for number, states in enumerate((before, after)):
        # The ids are drawn by lot in each run.
        text = json.dumps(states).replace("abc", f"abc{number}").replace("def", f"def{number}")
        output = {
            "output_type": "display_data",
            "data": {WIDGET: {"model_id": f"abc{number}"}, "text/plain": "IntSlider()"},
        }
        sides.append(shown(list(with_widget_states((output,), json.loads(text))), NORMALISE))
    return [found.status for found in compare_outputs(*sides, Rules(NORMALISE, 0.25))]


def test_widgets_are_compared_by_their_last_state() -> None:
    assert statuses(state(3), state(3)) == ["identical"]
    assert statuses(state(3), state(4)) == ["different data"]
    assert statuses(state(3), state(3, "blue")) == ["restyled"]


def test_a_widget_within_itself_ends() -> None:
    states = {"a": {"model_name": "Box", "state": {"children": ["IPY_MODEL_a"]}}}
    output = {"output_type": "display_data", "data": {WIDGET: {"model_id": "a"}}}
    (found,) = with_widget_states((output,), states)
    assert found["data"][WIDGET]["model"]["children"] == ["another widget"]


def test_a_widget_of_which_no_state_is_known_is_left_alone() -> None:
    output = {"output_type": "display_data", "data": {WIDGET: {"model_id": "a"}}}
    assert list(with_widget_states((output,), {})) == [output]


PAGES = {
    "plotly": '<div id="x1"></div><script>Plotly.newPlot("x1", [{"y": [1]}], {"title": {"text": "t"}}, {})</script>',
    "vega": '<script>(function(spec, o){...})({"$schema": "v5", "mark": "bar"}, {});</script>',
    "bokeh": '<script>const docs_json = {"9f": {"roots": [{"id": "p1", "name": "Line"}]}};</script>',
    "none": "<p>Plotly.newPlot is a function</p>",
    "broken": '<script>const docs_json = {"a": </script>',
}  # fmt: skip


@pytest.mark.parametrize(("library", "page"), PAGES.items(), ids=PAGES)
def test_plots_are_found_in_pages(library: str, page: str) -> None:
    found = read_bundle({"text/html": page})
    assert (None if found is None else found[0]) == {"none": None, "broken": None}.get(
        library, library
    )


def test_random_ids_of_a_page_are_no_difference() -> None:
    sides = [
        shown(
            [
                {
                    "output_type": "display_data",
                    "data": {"text/html": PAGES["bokeh"].replace("9f", key).replace("p1", key)},
                }
            ],
            NORMALISE,
        )
        for key in ("aa1", "bb2")
    ]
    (found,) = compare_outputs(*sides, Rules(NORMALISE, 0.25))
    assert found.status == "identical"

"""The document's laws: nothing else changes, to the byte."""

from __future__ import annotations

import base64
import itertools
import json
import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from nbrefactor.model.outcome import Edit, MetadataEdit
from nbrefactor.notebook.document import (
    Document,
    NotebookError,
    foreign_kernel,
    line_of,
    read,
    write,
)

ODD = sorted((Path(__file__).parents[2] / "fixtures" / "odd").glob("*.ipynb"))
REFUSED = {
    "empty": "the file is empty",
    "merge-conflict": r"not JSON: line \d+, column 1: .*merge conflict",
    "nbformat-3": "nbformat 3 is too old, expected 4; convert .* `jupyter nbconvert --to notebook`",
    "not-a-notebook": "not a notebook: expected a JSON object with 'nbformat' and 'cells'",
    "not-json": r"not JSON: line \d+, column \d+: expected ',' or '}'",
    "not-utf8": r"not UTF-8: byte 0xe9 in line \d+",
}
READABLE = [path for path in ODD if path.stem not in REFUSED]

# Lone surrogates, line separators that are none in a notebook, quotes and escapes.
CHARACTERS = 'ab #"\\/\t\r\x0c\x1c\x7f\x85é\u2028😀\ud83d\ude00'
TEXTS = st.text(alphabet=CHARACTERS + "\n" * 6, max_size=24)


def notebook(*sources: Any, **members: Any) -> dict[str, Any]:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": s} for s in sources]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4, **members}


def dumped(*sources: Any, **style: Any) -> bytes:
    return json.dumps(notebook(*sources), **{"indent": 1, "ensure_ascii": False, **style}).encode()


def applied(source: str, edits: list[Edit]) -> str:
    text, position = "", 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        text += source[position : edit.start] + edit.text
        position = edit.end
    return text + source[position:]


def rows(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def inner(source_json: str) -> str:
    r"""Return the spelling of a source without its quotes, commas and brackets."""
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', source_json))


def inner_rows(source_json: str) -> list[str]:
    return re.findall(
        r"(?:[^\\]|\\(?!n|u000[aA]).)*?(?:\\n|\\u000[aA])|(?:[^\\]|\\.)+", inner(source_json)
    )


class Spelling:
    """Writes JSON in a style of its own: spaces, escapes and pieces at random."""

    def __init__(self, choice: random.Random) -> None:
        self.choice = choice
        self.newline = choice.choice(["\n", "\r\n"])
        self.indent = choice.choice([None, "", " ", "  ", "\t"])
        self.odd_escapes = choice.random() < 0.3
        self.ascii_only = choice.random() < 0.5
        self.spaces = choice.random() < 0.2

    def gap(self, level: int) -> str:
        if self.spaces:
            return self.choice.choice(["", " ", "\t", "\n", "\r\n  "])
        return "" if self.indent is None else self.newline + self.indent * level

    def string(self, text: str) -> str:
        spelt = []
        for character in text:
            lone = "\ud800" <= character <= "\udfff"
            if self.odd_escapes and self.choice.random() < 0.3 and character <= "\uffff":
                spelt.append(f"\\u{ord(character):04X}")
            elif self.odd_escapes and character == "/":
                spelt.append("\\/")
            else:
                spelt.append(json.dumps(character, ensure_ascii=self.ascii_only or lone)[1:-1])
        return f'"{"".join(spelt)}"'

    def value(self, value: Any, level: int) -> str:
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, Raw):
            return value.text
        if isinstance(value, list | dict) and value:
            colon = ":" + self.choice.choice(["", " "])
            items = (
                [self.string(key) + colon + self.value(v, level + 1) for key, v in value.items()]
                if isinstance(value, dict)
                else [self.value(v, level + 1) for v in value]
            )
            body = ",".join(self.gap(level + 1) + item for item in items) + self.gap(level)
            return f"{{{body}}}" if isinstance(value, dict) else f"[{body}]"
        return json.dumps(value)

    def source(self, text: str) -> Any:
        form = self.choice.choice(["string", "lines", "lines", "pieces"])
        if form == "string":
            return text
        if form == "lines":
            return rows(text)
        cuts = sorted(self.choice.choices(range(len(text) + 1), k=self.choice.randint(0, 5)))
        bounds = [0, *cuts, len(text)]
        return [text[start:stop] for start, stop in itertools.pairwise(bounds)]


class Raw:
    """JSON text that is written as it is."""

    def __init__(self, text: str) -> None:
        self.text = text


@st.composite
def spelt_notebooks(draw: st.DrawFn) -> bytes:
    sources = draw(st.lists(TEXTS, min_size=1, max_size=4))
    spelling = Spelling(draw(st.randoms(use_true_random=False)))
    cells = []
    for number, source in enumerate(sources):
        cell = {
            "id": f"c{number}",
            "cell_type": spelling.choice.choice(["code", "markdown"]),
            "metadata": {"tags": ["é", "x"], "odd": Raw("1.00000")},
            "source": spelling.source(source),
            "outputs": [{"text": ["\n", "é"], "n": Raw("NaN"), "big": Raw("1" * 40)}, []],
        }
        keys = list(cell)
        spelling.choice.shuffle(keys)
        cells.append({key: cell[key] for key in keys})
    members = {
        "nbformat": 4,
        "cells": cells,
        "nbformat_minor": Raw("4.0"),
        "metadata": {"version": "1.0", "widgets": {"a": 1}, "n": Raw("-Infinity")},
    }
    keys = list(members)
    spelling.choice.shuffle(keys)
    text = spelling.value({key: members[key] for key in keys}, 0)
    return (
        spelling.choice.choice(["", "\ufeff"]) + text + spelling.choice.choice(["", "\n"])
    ).encode()


@st.composite
def edits_of(draw: st.DrawFn, document: Document) -> list[Edit]:
    edits = []
    for cell in document.cells:
        size = len(cell.source)
        places = sorted(draw(st.lists(st.integers(0, size), max_size=6)))
        edits += [
            Edit(cell.index, start, end, draw(TEXTS))
            for start, end in zip(places[::2], places[1::2], strict=False)
        ]
    return draw(st.permutations(edits)) if len({e.start for e in edits}) == len(edits) else edits


def plain_keys(data: bytes) -> bytes:
    """Spell the key that is searched without escapes, at the same length."""
    return re.sub(
        rb'"(?:[^"\\]|\\u[0-9A-F]{4}){7}"(?=\s*:)',
        lambda key: b'"version"'.rjust(len(key[0])) if json.loads(key[0]) == "version" else key[0],
        data,
    )


def source_json(document: Document, cell: int) -> str:
    start, stop = document.cells[cell].source_span
    return document.data[start:stop].decode()


@given(spelt_notebooks())
def test_reading_gives_what_json_gives(data: bytes) -> None:
    document = read(data)
    expected = json.loads(data.decode("utf-8-sig"), parse_int=float)
    assert [cell.source for cell in document.cells] == [
        "".join(cell["source"]) for cell in expected["cells"]
    ]
    for cell, plain in zip(document.cells, expected["cells"], strict=True):
        assert (cell.id, cell.cell_type) == (plain["id"], plain["cell_type"])
        assert (cell.tags, cell.metadata) == (("é", "x"), plain["metadata"])
    assert document.metadata == {"version": "1.0", "n": float("-inf")}
    assert (document.nbformat, document.nbformat_minor) == (4, 4)


@given(spelt_notebooks(), st.data())
def test_without_a_change_the_bytes_stay(data: bytes, choices: st.DataObject) -> None:
    document = read(data)
    assert write(document, ()) == data
    changes = choices.draw(edits_of(document))
    same = [
        Edit(e.cell, e.start, e.end, document.cells[e.cell].source[e.start : e.end])
        for e in changes
    ]
    assert write(document, same, [MetadataEdit(("version",), "1.0")]) == data


@given(spelt_notebooks(), st.data())
def test_edits_give_the_edited_text_and_touch_nothing_else(
    data: bytes, choices: st.DataObject
) -> None:
    document = read(data)
    edits = choices.draw(edits_of(document))
    after = read(write(document, edits))
    position_before = position_after = 0
    for cell, edited in zip(document.cells, after.cells, strict=True):
        own = [edit for edit in edits if edit.cell == cell.index]
        assert edited.source == applied(cell.source, own)
        outside_before = data[position_before : cell.source_span[0]]
        outside_after = after.data[position_after : edited.source_span[0]]
        assert outside_before == outside_after
        position_before, position_after = cell.source_span[1], edited.source_span[1]
        if edited.source == cell.source:
            assert source_json(document, cell.index) == source_json(after, cell.index)
    assert data[position_before:] == after.data[position_after:]


@given(spelt_notebooks(), st.data())
def test_lines_that_no_edit_touches_keep_their_spelling(
    data: bytes, choices: st.DataObject
) -> None:
    document = read(data)
    edits = choices.draw(edits_of(document))
    after = read(write(document, edits))
    for cell in document.cells:
        touched = set()
        for edit in (edit for edit in edits if edit.cell == cell.index):
            first = cell.source.count("\n", 0, edit.start)
            touched |= set(range(first, cell.source.count("\n", 0, edit.end) + 1))
        before = inner_rows(source_json(document, cell.index))
        assert len(before) == len(rows(cell.source))
        rewritten = inner(source_json(after, cell.index))
        if touched:
            kept_head = "".join(before[: min(touched)])
            kept_tail = "".join(before[max(touched) + 1 :])
            assert rewritten.startswith(kept_head)
            assert rewritten.endswith(kept_tail)
        position = 0
        for number, row in enumerate(before):
            if number not in touched:
                position = rewritten.index(row, position) + len(row)


@given(
    st.lists(TEXTS, min_size=1, max_size=4),
    st.sampled_from([None, 0, 1, 2, 4, "\t"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.data(),
)
@example([""], 1, True, False, False, None)
def test_writes_as_json_itself_would(
    sources: list[str],
    indent: int | str | None,
    ascii_only: bool,
    narrow: bool,
    sort_keys: bool,
    choices: st.DataObject | None,
) -> None:
    separators = (",", ":") if narrow and indent is None else None
    style = {"indent": indent, "ensure_ascii": ascii_only, "separators": separators}

    def serialised(texts: list[str]) -> bytes:
        content = notebook(*map(rows, texts), metadata={"shows": "é"})
        return json.dumps(content, sort_keys=sort_keys, **style).encode(errors="surrogatepass")

    # UTF-8 has no lone surrogates, and one JSON string has no adjacent halves of a pair.
    assume(ascii_only or not re.search("[\ud800-\udfff]", "".join(sources)))
    assume(not re.search("[\ud800-\udbff][\udc00-\udfff]", "".join(sources)))
    document = read(serialised(sources))
    edits = [Edit(0, 0, 0, "one\ntwo")] if choices is None else choices.draw(edits_of(document))
    expected = [
        applied(source, [edit for edit in edits if edit.cell == index])
        for index, source in enumerate(sources)
    ]
    assume(ascii_only or not re.search("[\ud800-\udfff]", "".join(expected)))
    assume(not any(re.search("[\ud800-\udbff][\udc00-\udfff]", text) for text in expected))
    assert write(document, edits) == serialised(expected)


@given(spelt_notebooks(), TEXTS)
def test_a_metadata_edit_changes_one_value(data: bytes, value: str) -> None:
    assume(not re.search("[\ud800-\udbff][\udc00-\udfff]", value))
    document = read(data)
    written = write(document, (), [MetadataEdit(("version",), value)])
    assert read(written).metadata["version"] == value
    # The value is the only text in the notebook that looks like it.
    old = re.search(rb'"version"\s*:\s*"((?:[^"\\]|\\.)*)"', plain_keys(data))
    new = re.search(rb'"version"\s*:\s*"((?:[^"\\]|\\.)*)"', plain_keys(written))
    assert old is not None
    assert new is not None
    assert data[: old.start(1)] == written[: new.start(1)]
    assert data[old.end(1) :] == written[new.end(1) :]


@given(st.lists(st.lists(st.integers(0, 99), max_size=6), min_size=1, max_size=3), st.data())
def test_rows_are_found_in_the_file(cells: list[list[int]], choices: st.DataObject) -> None:
    texts = [
        "\n".join(f"row{cell}.{row}é\\n{n}" for row, n in enumerate(content))
        for cell, content in enumerate(cells)
    ]
    spelling = Spelling(choices.draw(st.randoms(use_true_random=False)))
    spelling.odd_escapes = spelling.spaces = False
    content = notebook(*map(spelling.source, texts))
    data = spelling.value(content, 0).encode()
    document = read(data)
    pieces = [cell["source"] for cell in content["cells"]]
    for index, (text, source) in enumerate(zip(texts, pieces, strict=True)):
        # Where a piece ends within the searched mark, no line of the file shows the mark whole.
        shown = source if isinstance(source, list) else [source]
        for number, row in enumerate(rows(text)):
            mark = row.partition("é")[0]
            if any(mark in piece for piece in shown):
                line = data.split(b"\n")[line_of(document, index, number + 1) - 1]
                assert mark.encode() in line


@pytest.mark.parametrize(
    ("source", "edit", "expected"),
    [
        pytest.param(
            ["a\n", "b\n", "c"], (2, 3, "B"), ["a\n", "B\n", "c"], id="a line in the middle"
        ),
        pytest.param(
            ["a\n", "b"], (3, 3, "\nc"), ["a\n", "b\n", "c"], id="appended to an open end"
        ),
        pytest.param(["a\n"], (2, 2, "b"), ["a\n", "b"], id="appended behind a final newline"),
        pytest.param(
            ["a\n", "b"], (2, 3, ""), ["a\n"], id="last line gone, newline before it stays"
        ),
        pytest.param(
            ["a\n", "b"], (1, 3, ""), ["a"], id="last line gone with the newline before it"
        ),
        pytest.param(["a\n", "b\n", "c"], (0, 4, ""), ["c"], id="first lines gone"),
        pytest.param(["a\n", "b\n", "c"], (1, 2, ""), ["ab\n", "c"], id="two lines joined"),
        pytest.param(["a\n", "b"], (0, 3, ""), [], id="a list becomes empty"),
        pytest.param(["a"], (0, 1, ""), [], id="a single line becomes empty"),
        pytest.param([], (0, 0, "a\nb\n"), ["a\n", "b\n"], id="text in an empty list"),
        pytest.param(["a\n", "b"], (0, 0, "x\n"), ["x\n", "a\n", "b"], id="a line in front"),
        pytest.param("a\nb", (2, 3, "B\nC"), "a\nB\nC", id="one string stays one string"),
        pytest.param("", (0, 0, "a\nb"), "a\nb", id="text in an empty string"),
        pytest.param("a\nb", (0, 3, ""), "", id="a string becomes empty"),
        pytest.param("a\n", (2, 2, "b"), "a\nb", id="appended to a string"),
        pytest.param("a", (0, 0, "x\n"), "x\na", id="a line in front of a string"),
        pytest.param(["a\nb\n", "c"], (2, 3, "B"), ["a\nB\n", "c"], id="a line within a piece"),
        pytest.param(
            ["a\nb\n", "c"], (0, 1, "x\ny"), ["x\ny\nb\n", "c"], id="first line of a piece"
        ),
        pytest.param(["a\nb\n", "c"], (2, 4, ""), ["a\n", "c"], id="the end of a piece gone"),
        pytest.param(["a\nb\n", "c\nd"], (2, 6, ""), ["a\n", "d"], id="across two pieces"),
        pytest.param(["a", "b\n", "c"], (1, 2, "x"), ["ax\n", "c"], id="a line over two pieces"),
        pytest.param(
            ["", "a\n", "", "b", ""], (0, 1, "x"), ["", "x\n", "", "b", ""], id="empty pieces"
        ),
        pytest.param(["", ""], (0, 0, "x"), ["", "", "x"], id="only empty pieces"),
        pytest.param(
            ["a\x0cb\x85c\u2028d\re\n", "f"],
            (8, 9, "E"),
            ["a\x0cb\x85c\u2028d\rE\n", "f"],
            id="other separators split no line",
        ),
    ],
)
@pytest.mark.parametrize("indent", [1, 4, None])
def test_source_forms(
    source: Any, edit: tuple[int, int, str], expected: Any, indent: int | None
) -> None:
    before = dumped("first", ["x\n", "y"], source, indent=indent)
    after = dumped("first", ["x\n", "y"], expected, indent=indent)
    assert write(read(before), [Edit(2, *edit)]) == after


def test_new_lines_look_like_their_neighbours_at_any_indentation() -> None:
    data = b"""{
\t"nbformat":4, "cells":[
   {"source" :[ "a\\n" ,
                "b\\n" ,
                "c" ] , "cell_type":"code"}]}"""
    assert write(read(data), [Edit(0, 2, 4, "x\ny\n")]) == data.replace(
        b'"b\\n"', b'"x\\n" ,\n                "y\\n"'
    )


def test_an_empty_source_is_filled_in_the_style_of_the_nearest_other_one() -> None:
    data = (
        b'{"nbformat":4,"cells":[{"cell_type":"code","source":[]},'
        b'{"cell_type":"code","source":[ "a\\n" , "b" ]}]}'
    )
    assert write(read(data), [Edit(0, 0, 0, "x\ny")]) == data.replace(b"[]", b'[ "x\\n" , "y" ]')


def test_an_empty_source_alone_in_the_notebook_follows_the_indentation_and_line_ends() -> None:
    data = dumped([], indent="\t").replace(b"\n", b"\r\n")
    expected = dumped(["x\n", "y"], indent="\t").replace(b"\n", b"\r\n")
    assert write(read(data), [Edit(0, 0, 0, "x\ny")]) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param(b"x", "é😀".encode(), id="raw where the file shows neither"),
        pytest.param("ü".encode(), "é😀".encode(), id="raw where the file has raw characters"),
        pytest.param(rb"\u00fc", rb"\u00e9\ud83d\ude00", id="escaped as the file does"),
        pytest.param(rb"\ud83d\ude00", rb"\u00e9\ud83d\ude00", id="an escaped pair is evidence"),
        pytest.param(rb"\ud83d", "é😀".encode(), id="a lone surrogate is no evidence"),
        pytest.param(rb"\u2028", "é😀".encode(), id="an escaped line separator is no evidence"),
        pytest.param(rb"\u001b\u003c", "é😀".encode(), id="escaped ASCII is no evidence"),
        pytest.param(rb"\\u00fc", "é😀".encode(), id="a backslash and a u in code are no escape"),
        pytest.param(rb"\\\u00fc", rb"\u00e9\ud83d\ude00", id="an escape behind a backslash"),
        pytest.param(b"\\u00fc\xc3\xbc", "é😀".encode(), id="raw where the file does both"),
    ],
)
def test_escapes_follow_the_file(shown: bytes, expected: bytes) -> None:
    data = dumped(["a"], ["SHOWN"]).replace(b"SHOWN", shown)
    assert write(read(data), [Edit(0, 0, 1, "é😀")]) == data.replace(b'"a"', b'"' + expected + b'"')


def test_halves_of_a_pair_in_two_pieces_stay_two_when_their_line_is_edited() -> None:
    data = dumped(["SPLIT"]).replace(b'"SPLIT"', rb'"\ud83d", "\ude00 a\n", "b"')
    document = read(data)
    assert document.cells[0].source == "\ud83d\ude00 a\nb"
    written = write(document, [Edit(0, 3, 4, "x")])
    assert written == data.replace(rb"\ude00 a", rb"\ude00 x")
    assert read(written).cells[0].source == "\ud83d\ude00 x\nb"


def test_one_string_becomes_a_list_only_where_one_string_cannot_hold_the_text() -> None:
    data = dumped("a\nb\n")
    written = write(read(data), [Edit(0, 0, 1, "\ud83d\ude00")])
    assert read(written).cells[0].source == "\ud83d\ude00\nb\n"
    assert written == data.replace(rb'"a\nb\n"', b'[\n    "\\ud83d",\n    "\\ude00\\nb\\n"\n   ]')


def test_of_duplicate_keys_the_last_one_is_read_and_edited() -> None:
    data = (
        b'{"nbformat":3,"nbformat":4,"metadata":{"v":"1"},"cells":[],"metadata":{"v":"2","v":"3"},'
        b'"cells":[{"cell_type":"raw","cell_type":"code","source":"a","metadata":{},"source":["b"],'
        b'"metadata":{"tags":["t"]}}]}'
    )
    document = read(data)
    (cell,) = document.cells
    assert (cell.cell_type, cell.source, cell.tags) == ("code", "b", ("t",))
    written = write(document, [Edit(0, 0, 1, "c")], [MetadataEdit(("v",), "4")])
    assert written == data.replace(b'["b"]', b'["c"]').replace(b'"3"', b'"4"')


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([Edit(0, 0, 2, "x"), Edit(0, 1, 3, "y")], id="overlapping"),
        pytest.param([Edit(0, 1, 2, "x"), Edit(0, 0, 3, "y")], id="one within the other"),
        pytest.param([Edit(1, 0, 0, "x")], id="no such cell"),
        pytest.param([Edit(-1, 0, 0, "x")], id="a negative cell"),
        pytest.param([Edit(0, 0, 5, "x")], id="beyond the end"),
        pytest.param([Edit(0, 2, 1, "x")], id="backwards"),
    ],
)
def test_impossible_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="edit"):
        write(read(dumped(["abcd"])), edits)


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([MetadataEdit(("n",), "x")], id="a number"),
        pytest.param([MetadataEdit(("missing",), "x")], id="a missing key"),
        pytest.param([MetadataEdit(("v", "deeper"), "x")], id="a key below a string"),
        pytest.param([MetadataEdit((), "x")], id="the whole metadata"),
        pytest.param([MetadataEdit(("v",), "x"), MetadataEdit(("v",), "y")], id="twice the same"),
    ],
)
def test_impossible_metadata_edits_are_refused(edits: list[MetadataEdit]) -> None:
    with pytest.raises(ValueError, match="metadata"):
        write(read(json.dumps(notebook("a", metadata={"v": "1", "n": 1})).encode()), (), edits)


def test_touching_edits_and_insertions_keep_their_order() -> None:
    edits = [Edit(0, 1, 2, "B"), Edit(0, 1, 1, "1"), Edit(0, 1, 1, "2"), Edit(0, 2, 4, "")]
    assert read(write(read(dumped(["abcd"])), edits)).cells[0].source == "a12B"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "the file is empty", id="no bytes"),
        pytest.param(b"\xef\xbb\xbf \n", "the file is empty", id="only a byte order mark"),
        pytest.param("{}".encode("utf-16"), "not UTF-8: byte 0xff in line 1", id="UTF-16"),
        pytest.param(
            b'{"a":\n"\xed\xa0\xbd"}', "not UTF-8: byte 0xed in line 2", id="raw surrogate"
        ),
        pytest.param('{\n"é": x}'.encode(), "line 2, column 6: expected a value", id="column"),
        pytest.param(b'{"nbformat": 4, "cells": []', "expected ',' or '}'", id="cut off"),
        pytest.param(b'{"nbformat": 4, "cells": []} x', "expected the end of the file", id="more"),
        pytest.param(b'{"cells": [{"source": ["\t"]}]}', "not JSON", id="a raw tab in a source"),
        pytest.param(b"[]", "not a notebook", id="a list"),
        pytest.param(b'{"cells": []}', "not a notebook", id="no nbformat"),
        pytest.param(b'{"nbformat": 4}', "no list of cells", id="no cells"),
        pytest.param(b'{"nbformat": 4, "cells": {}}', "no list of cells", id="cells are no list"),
        pytest.param(
            b'{"nbformat": 4, "cells": [], "cells": 1}', "no list", id="last cells no list"
        ),
        pytest.param(
            b'{"nbformat": 4, "cells": [1]}', "cell 1 is not a JSON object", id="no object"
        ),
        pytest.param(b'{"nbformat": 4, "cells": [{}]}', "cell 1 has no 'cell_type'", id="no type"),
        pytest.param(dumped(None), "the 'source' of cell 1", id="no text in a source"),
        pytest.param(dumped("a", ["a", 1]), "the 'source' of cell 2", id="a number in a source"),
        pytest.param(b'{"nbformat": true, "cells": []}', "not a whole number", id="nbformat true"),
        pytest.param(b'{"nbformat": NaN, "cells": []}', "not a whole number", id="nbformat NaN"),
        pytest.param(b'{"nbformat": 4.5, "cells": []}', "not a whole number", id="nbformat 4.5"),
        pytest.param(
            b'{"nbformat": 2, "worksheets": []}', "nbformat 2 is too old", id="nbformat 2"
        ),
        pytest.param(b'{"nbformat": 5, "cells": []}', "nbformat 5 is newer", id="nbformat 5"),
        pytest.param(
            b'{"nbformat": 4, "cells": [], "metadata": {"a": '
            + b"[" * 200_000
            + b"]" * 200_000
            + b"}}",
            "nested too deep",
            id="metadata of endless depth",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(NotebookError, match=re.escape(reason)):
        read(data)


def test_nbformat_as_a_float_is_read_as_the_number_it_is() -> None:
    document = read(b'{"nbformat": 4.0, "nbformat_minor": 5.00, "cells": []}')
    assert (document.nbformat, document.nbformat_minor) == (4, 5)


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_odd_notebooks_keep_every_line_that_is_not_edited(path: Path) -> None:
    data = path.read_bytes()
    document = read(data)
    assert write(document, ()) == data
    for cell in document.cells:
        before = inner_rows(source_json(document, cell.index))
        position = 0
        for number, row in enumerate(rows(cell.source)):
            end = position + len(row.removesuffix("\n"))
            after = read(write(document, [Edit(cell.index, end, end, " # é")]))
            assert after.cells[cell.index].source == (
                cell.source[:end] + " # é" + cell.source[end:]
            )
            rewritten = inner_rows(source_json(after, cell.index))
            assert rewritten[:number] == before[:number]
            assert rewritten[number + 1 :] == before[number + 1 :]
            assert data[: cell.source_span[0]] == after.data[: cell.source_span[0]]
            assert (
                data[cell.source_span[1] :] == after.data[after.cells[cell.index].source_span[1] :]
            )
            position += len(row)


@pytest.mark.parametrize("path", [p for p in ODD if p.stem in REFUSED], ids=lambda path: path.stem)
def test_odd_files_are_refused_with_a_reason(path: Path) -> None:
    with pytest.raises(NotebookError, match=REFUSED[path.stem]):
        read(path.read_bytes())


def test_all_refused_fixtures_are_there() -> None:
    assert {path.stem for path in ODD} >= set(REFUSED)


@pytest.mark.parametrize(
    ("metadata", "foreign"),
    [
        pytest.param({}, None, id="no metadata counts as Python"),
        pytest.param({"kernelspec": {"name": "python3"}}, None, id="an old Python kernel"),
        pytest.param(
            {"kernelspec": {"name": "conda-env-ml-py", "language": "python"}}, None, id="conda"
        ),
        pytest.param({"kernelspec": {"name": "my-project"}}, None, id="an unknown name alone"),
        pytest.param({"kernelspec": {"language": "Python"}}, None, id="upper case"),
        pytest.param({"language_info": {"name": "ipython"}}, None, id="ipython"),
        pytest.param({"language_info": {"name": "python", "version": "2.7"}}, None, id="Python 2"),
        pytest.param(
            {"kernelspec": {"language": "python", "name": "ir"}}, None, id="language counts"
        ),
        pytest.param({"kernelspec": {"name": "pysparkkernel"}}, None, id="PySpark"),
        pytest.param({"kernelspec": "python3", "language_info": []}, None, id="odd types"),
        pytest.param({"kernelspec": {"language": "julia"}}, "julia", id="Julia"),
        pytest.param({"language_info": {"name": "R"}}, "R", id="R"),
        pytest.param({"kernelspec": {"name": "ir"}}, "ir", id="an old R kernel"),
        pytest.param({"kernelspec": {"name": "julia-1.6"}}, "julia-1.6", id="an old Julia kernel"),
        pytest.param(
            {"kernelspec": {"language": "python"}, "language_info": {"name": "julia"}},
            "julia",
            id="when in doubt it is not Python",
        ),
        pytest.param({"kernelspec": {"language": "sage"}}, "sage", id="Sage"),
        pytest.param(
            {"kernelspec": {"name": "sagemath", "language": "python"}},
            "sagemath",
            id="Sage that calls itself Python",
        ),
    ],
)
def test_foreign_kernels(metadata: dict[str, Any], foreign: str | None) -> None:
    reason = foreign_kernel(read(json.dumps(notebook(metadata=metadata)).encode()))
    if foreign is None:
        assert reason is None
    else:
        assert reason is not None
        assert foreign in reason
        assert reason.endswith("not Python")


@pytest.mark.slow
def test_a_large_notebook_is_read_without_its_outputs_being_decoded() -> None:
    picture = base64.b64encode(random.Random(0).randbytes(1_500_000)).decode()
    output = {"data": {"image/png": picture + "\n", "text/plain": ["<Figure>"]}, "metadata": {}}
    content = notebook(*[["x = 1\n", "x"]] * 15)
    for cell in content["cells"]:
        cell["outputs"] = [output]
    data = json.dumps(content, indent=1).encode()
    assert len(data) > 30_000_000
    began = time.perf_counter()
    document = read(data)
    # Decoding or a pattern that goes back and forth would take many times longer.
    assert time.perf_counter() - began < 3
    written = write(document, [Edit(14, 0, 1, "y")])
    assert written == data[:-2000] + data[-2000:].replace(b"x = 1", b"y = 1")


def test_integers_of_thousands_of_digits_are_no_obstacle() -> None:
    data = dumped(["a"]).replace(b'"metadata": {}', b'"metadata": {"n": ' + b"1" * 5000 + b"}")
    assert write(read(data), [Edit(0, 0, 1, "b")]) == data.replace(b'"a"', b'"b"')


def test_outputs_of_any_depth_are_skipped() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    data = dumped(["a"]).replace(b'"outputs": []', b'"outputs": ' + deep)
    assert write(read(data), [Edit(0, 0, 1, "b")]) == data.replace(b'"a"', b'"b"')


@pytest.mark.parametrize(
    ("raw", "after"),
    [
        pytest.param(r'"a\u000a\u0062"', r'"a\u000a\u0062\nnew"', id="one string"),
        pytest.param(r'["a\u000a","\u0062"]', r'["a\u000a","\u0062\n","new"]', id="a list"),
        pytest.param(r'"a\/b"', r'"a\/b\nnew"', id="a slash"),
        pytest.param(r'["a\n","\u0062\u000a"]', r'["a\n","\u0062\u000a","\n","new"]', id="an end"),
        pytest.param(r'["\u0061","b"]', r'["\u0061","b\n","new"]', id="a line of two pieces"),
    ],
)
def test_the_last_line_keeps_its_spelling_where_a_line_is_appended(raw: str, after: str) -> None:
    def text(source: str) -> bytes:
        cell = f'{{"cell_type": "markdown", "metadata": {{}}, "source": {source}}}'
        return (
            f'{{"cells": [{cell}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 4}}'.encode()
        )

    document = read(text(raw))
    end = len(document.cells[0].source)
    assert write(document, [Edit(0, end, end, "\nnew")]) == text(after)

"""Walking over JSON text without decoding it.

Most of a notebook's bytes are outputs, which nobody here reads. They are skipped, and checked on
the way to be what the standard library's ``json`` accepts, in linear time and without recursion.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable

from nbrefactor.model.errors import NbrefactorError

# A run that is never given back keeps a failed match linear; Python 3.10 has no sign for that.
_KEEP = b"+" if sys.version_info >= (3, 11) else b""
_SPACE = rb"[ \t\n\r]*" + _KEEP
# Ranges instead of a negated set: Python's regular expressions test them in half the time.
_PLAIN = rb"[ !#-\[\]-\xff]{0,200}" + _KEEP
_ESCAPE = rb'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})'
# All repetitions of groups are bounded, because each turn holds memory until the match is done.
_STRING = rb'"' + _PLAIN + rb"(?:" + _ESCAPE + _PLAIN + rb'){0,50}"'
_NUMBER = rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_SCALAR = rb"(?:" + _STRING + rb"|" + _NUMBER + rb"|true|false|null|NaN|-?Infinity)"
_COMMA = _SPACE + rb"," + _SPACE
_KEY = _STRING + _SPACE + rb":" + _SPACE
_ITEMS = _SCALAR + rb"(?:" + _COMMA + _SCALAR + rb"){0,100}"
_MEMBERS = _KEY + _SCALAR + rb"(?:" + _COMMA + _KEY + _SCALAR + rb"){0,100}"

_SPACES = re.compile(_SPACE)
_COLON = re.compile(_SPACE + rb":" + _SPACE)
_PLAIN_KEY = re.compile(rb'"(' + _PLAIN + rb')"' + _SPACE + rb":" + _SPACE)
_SHORT_STRING = re.compile(_STRING)
_ESCAPES = re.compile(rb"(?:" + _ESCAPE + _PLAIN + rb"){1,200}")
_DELIMITER = re.compile(_SPACE + rb"(?:," + _SPACE + rb"|([\]}]))")
_PRINTABLE = bytes(range(0x20, 0x100))
_CONTROL = re.compile(rb"[\x00-\x1f]")

# Each step through a value is one match, and the empty group in it says what it has come to.
_VALUE = re.compile(
    rb"(?:" + _SCALAR + rb"|\[" + _SPACE + rb"\]|\{" + _SPACE + rb"\})()"
    rb"|\[" + _SPACE + rb"(?:" + _ITEMS + rb"()|())"
    rb"|\{" + _SPACE + rb"(?:" + _MEMBERS + rb"()|" + _KEY + rb"())"
)
_WHOLE, _ITEMS_BEGUN, _ITEM_AHEAD, _MEMBERS_BEGUN, _MEMBER_AHEAD = range(1, 6)
_AFTER_ITEM = re.compile(_SPACE + rb"(?:\]()|," + _SPACE + rb"(?:" + _ITEMS + rb"()|()))")
_AFTER_MEMBER = re.compile(
    _SPACE + rb"(?:\}()|," + _SPACE + rb"(?:" + _MEMBERS + rb"()|" + _KEY + rb"()))"
)
_CLOSED, _MORE, _VALUE_AHEAD = range(1, 4)


class MalformedError(NbrefactorError):
    """The text is not JSON.

    Parameters
    ----------
    position : int
        Offset in bytes of what does not belong there.
    expected : str
        What would have been right.
    """

    def __init__(self, position: int, expected: str) -> None:
        super().__init__(f"expected {expected} at byte {position}")
        self.position = position
        self.expected = expected


def skip_space(data: bytes, position: int) -> int:
    """Return the offset of the first byte from `position` on that is not JSON whitespace."""
    space = _SPACES.match(data, position)
    assert space is not None  # an empty match is a match
    return space.end()


def skip_value(data: bytes, position: int) -> int:
    """Skip the JSON value that begins at `position`.

    Parameters
    ----------
    data : bytes
        UTF-8 text.
    position : int
        Offset of the value's first byte.

    Returns
    -------
    int
        Offset behind the value.

    Raises
    ------
    MalformedError
        Where ``json.loads`` would refuse the text as well.
    """
    nested: list[re.Pattern[bytes]] = []
    while True:
        value = _VALUE.match(data, position)
        if value is None:
            first = data[position : position + 1]
            if first == b"{":
                nested.append(_AFTER_MEMBER)
                position = _skip_key(data, skip_space(data, position + 1))
                continue
            if first != b'"':
                raise MalformedError(position, "a value")
            position = _skip_long_string(data, position)
        else:
            position = value.end()
            come_to = value.lastindex
            if come_to != _WHOLE:
                in_array = come_to in (_ITEMS_BEGUN, _ITEM_AHEAD)
                nested.append(_AFTER_ITEM if in_array else _AFTER_MEMBER)
                if come_to in (_ITEM_AHEAD, _MEMBER_AHEAD):
                    continue
        while nested:
            step = nested[-1].match(data, position)
            if step is None:
                position = _skip_to_long_member(data, position, nested[-1])
                break
            position = step.end()
            if step.lastindex == _VALUE_AHEAD:
                break
            if step.lastindex == _CLOSED:
                nested.pop()
        else:
            return position


def walk_object(data: bytes, position: int, member: Callable[[str, int], int]) -> int:
    """Hand each member of the object at `position` to a reader.

    Parameters
    ----------
    data : bytes
        UTF-8 text.
    position : int
        Offset of the opening brace.
    member : callable
        Takes a decoded key and the offset of its value, returns the offset behind the value.

    Returns
    -------
    int
        Offset behind the object.
    """
    position = skip_space(data, position + 1)
    if data[position : position + 1] == b"}":
        return position + 1
    while True:
        plain = _PLAIN_KEY.match(data, position)
        if plain is not None:
            position = member(plain[1].decode(), plain.end())
        else:
            value = _skip_key(data, position)
            key: str = json.loads(data[position : _skip_string(data, position)])
            position = member(key, value)
        delimiter = _DELIMITER.match(data, position)
        if delimiter is None or delimiter[1] == b"]":
            raise MalformedError(skip_space(data, position), "',' or '}'")
        position = delimiter.end()
        if delimiter[1] is not None:
            return position


def walk_array(data: bytes, position: int, item: Callable[[int], int]) -> int:
    """Hand each item of the array at `position` to a reader.

    Parameters
    ----------
    data : bytes
        UTF-8 text.
    position : int
        Offset of the opening bracket.
    item : callable
        Takes the offset of an item, returns the offset behind it.

    Returns
    -------
    int
        Offset behind the array.
    """
    position = skip_space(data, position + 1)
    if data[position : position + 1] == b"]":
        return position + 1
    while True:
        position = item(position)
        delimiter = _DELIMITER.match(data, position)
        if delimiter is None or delimiter[1] == b"}":
            raise MalformedError(skip_space(data, position), "',' or ']'")
        position = delimiter.end()
        if delimiter[1] is not None:
            return position


def _skip_to_long_member(data: bytes, position: int, inside: re.Pattern[bytes]) -> int:
    """Return where the next member's value begins, its key being too long for the patterns."""
    delimiter = _DELIMITER.match(data, position)
    if inside is _AFTER_MEMBER and delimiter is not None and delimiter[1] is None:
        return _skip_key(data, delimiter.end())
    closer = "}" if inside is _AFTER_MEMBER else "]"
    raise MalformedError(skip_space(data, position), f"',' or '{closer}'")


def _skip_key(data: bytes, position: int) -> int:
    """Skip a key and its colon; return where the value begins."""
    if data[position : position + 1] != b'"':
        raise MalformedError(position, "a key in double quotes")
    end = _skip_string(data, position)
    colon = _COLON.match(data, end)
    if colon is None:
        raise MalformedError(skip_space(data, end), "':'")
    return colon.end()


def _skip_string(data: bytes, position: int) -> int:
    short = _SHORT_STRING.match(data, position)
    return _skip_long_string(data, position) if short is None else short.end()


def _skip_long_string(data: bytes, position: int) -> int:
    """Skip a string by searching for single bytes, many times faster than any pattern."""
    opening, quote = position, position
    position += 1
    while True:
        if quote < position:
            quote = data.find(b'"', position)
            if quote < 0:
                raise MalformedError(opening, "a string with an end")
        escape = data.find(b"\\", position, quote)
        stop = quote if escape < 0 else escape
        if data[position:stop].translate(None, _PRINTABLE):
            control = _CONTROL.search(data, position)
            assert control is not None  # translate has just left one over
            raise MalformedError(control.start(), "no control character in a string")
        if escape < 0:
            return quote + 1
        escapes = _ESCAPES.match(data, escape)
        if escapes is None:
            raise MalformedError(escape, "a valid escape")
        position = escapes.end()

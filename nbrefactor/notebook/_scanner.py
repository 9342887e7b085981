"""Walking over JSON text without decoding it.

Most of a notebook's bytes are outputs, which nobody here reads. They are skipped, and checked on
the way to be what the standard library's ``json`` accepts, in linear time and without recursion.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

_SPACE = rb"[ \t\n\r]*"
# Ranges instead of a negated set: Python's regular expressions test them in half the time.
_PLAIN = rb"[ !#-\[\]-\xff]"
_ESCAPE = rb'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})'
# All repetitions are bounded, because each turn of a group holds memory until the match is done.
_STRING = rb'"' + _PLAIN + rb"{0,200}(?:" + _ESCAPE + _PLAIN + rb'{0,200}){0,20}"'
_ATOM = rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null|NaN|-?Infinity"
_SCALAR = rb"(?:" + _STRING + rb"|" + _ATOM + rb")"
_COMMA = _SPACE + rb"," + _SPACE
_COLON = _SPACE + rb":" + _SPACE
_MEMBER = _STRING + _COLON + _SCALAR

_SPACES = re.compile(_SPACE)
_COLONS = re.compile(_COLON)
_PLAIN_KEY = re.compile(rb'"(' + _PLAIN + rb'{0,200})"' + _COLON)
_SHORT_STRING = re.compile(_STRING)
_ESCAPES = re.compile(rb"(?:" + _ESCAPE + _PLAIN + rb"{0,200}){1,200}")
_SCALARS = re.compile(_SCALAR)
_ATOMS = re.compile(_ATOM)
_ITEMS = re.compile(_SCALAR + rb"(?:" + _COMMA + _SCALAR + rb"){0,100}")
_MEMBERS = re.compile(_MEMBER + rb"(?:" + _COMMA + _MEMBER + rb"){0,100}")
_DELIMITER = re.compile(_SPACE + rb"(?:," + _SPACE + rb"|([\]}]))")
_PRINTABLE = bytes(range(0x20, 0x100))
_CONTROL = re.compile(rb"[\x00-\x1f]")


class MalformedError(Exception):
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
    scalar = _SCALARS.match(data, position)
    if scalar is not None:
        return scalar.end()
    closers: list[bytes] = []
    while True:
        first = data[position : position + 1]
        if first == b"[" or first == b"{":
            closer = b"]" if first == b"[" else b"}"
            position = skip_space(data, position + 1)
            if data[position : position + 1] == closer:
                position += 1
            else:
                closers.append(closer)
                run = (_ITEMS if closer == b"]" else _MEMBERS).match(data, position)
                if run is None:
                    if closer == b"}":
                        position = _skip_key(data, position)
                    continue
                position = run.end()
        elif first == b'"':
            position = _skip_string(data, position)
        else:
            atom = _ATOMS.match(data, position)
            if atom is None:
                raise MalformedError(position, "a value")
            position = atom.end()
        while closers:
            delimiter = _DELIMITER.match(data, position)
            if delimiter is None or (delimiter[1] is not None and delimiter[1] != closers[-1]):
                raise MalformedError(skip_space(data, position), f"',' or '{closers[-1].decode()}'")
            position = delimiter.end()
            if delimiter[1] is not None:
                closers.pop()
                continue
            run = (_ITEMS if closers[-1] == b"]" else _MEMBERS).match(data, position)
            if run is None:
                if closers[-1] == b"}":
                    position = _skip_key(data, position)
                break
            position = run.end()
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


def _skip_key(data: bytes, position: int) -> int:
    """Skip a key and its colon; return where the value begins."""
    if data[position : position + 1] != b'"':
        raise MalformedError(position, "a key in double quotes")
    end = _skip_string(data, position)
    colon = _COLONS.match(data, end)
    if colon is None:
        raise MalformedError(skip_space(data, end), "':'")
    return colon.end()


def _skip_string(data: bytes, position: int) -> int:
    short = _SHORT_STRING.match(data, position)
    if short is not None:
        return short.end()
    # A long string: searching for single bytes is many times faster than any pattern.
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

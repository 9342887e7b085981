"""Holding what is written to nbformat's schema, without holding old errors against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from nbrefactor.notebook.document import Document, NotebookError, decode

Errors = Counter[tuple[str, str]]


def validate(after: Document, before: Document) -> None:
    """Refuse a notebook with an error of the schema which its original did not have.

    Parameters
    ----------
    after : Document
        The edited notebook.
    before : Document
        The notebook that it was made from.

    Raises
    ------
    NotebookError
        If nbformat finds an error at a place where it found none before. Outputs are not looked
        at: no edit can reach them.
    """
    known = _errors(before)
    messages: dict[tuple[str, str], str] = {}
    new = _errors(after, messages) - known
    if new:
        message = messages[min(new)]
        raise NotebookError(
            f"the result would break the notebook format where the original did not: {message}; "
            "nothing was written"
        )


def _errors(document: Document, messages: dict[tuple[str, str], str] | None = None) -> Errors:
    from nbformat import validator

    # Not `validator.validate`, which gives missing and duplicate cell ids new values on the way.
    iter_validate: Callable[..., Iterator[Any]] = validator.iter_validate
    errors: Errors = Counter()
    for error in iter_validate(
        _without_outputs(document),
        version=document.nbformat,
        version_minor=document.nbformat_minor,
    ):
        # The message quotes the cell, so an old error reads differently after an edit elsewhere
        # in it: the place and the violated rule are the same.
        place = "/".join(map(str, error.relative_path)), str(error.validator)
        errors[place] += 1
        if messages is not None:
            short = error.message if len(error.message) < 200 else error.message[:200] + "…"
            messages[place] = f"{place[0] or 'notebook'}: {short}"
    return errors


def _without_outputs(document: Document) -> Any:
    parts: list[bytes] = []
    position = 3 if document.data.startswith(b"\xef\xbb\xbf") else 0
    for cell in document.cells:
        if cell.outputs_span is not None:
            start, stop = cell.outputs_span
            parts += [document.data[position:start], b"[]"]
            position = stop
    return decode(b"".join([*parts, document.data[position:]]))

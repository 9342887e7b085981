"""Which language a notebook's metadata names, and whether that is Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any


@cache
def _python() -> re.Pattern[str]:
    return re.compile(r"(?:i?python|pyspark)[0-9.]*", re.IGNORECASE)


@cache
def _foreign_kernel() -> re.Pattern[str]:
    """Give the kernels that older notebooks name without stating a language."""
    return re.compile(
        r"ir|\.net-.*|almond|apache_toree.*|bash|calysto.*|clojure|deno|elixir|evcxr|gnuplot"
        r"|go(?:phernotes)?|i?haskell|i?java|java-.*|javascript|jslab|julia.*|kotlin|lua|matlab"
        r"|(?:imatlab.*)|octave|perl|php|postgres|powershell|prolog|r|ruby|rust|sagemath.*|sas"
        r"|scala.*|spark.*kernel|sparkrkernel|spylon.*|sql|stata|tslab|typescript|wolfram.*"
        r"|xc(?:pp|ling).*|xsqlite|zsh",
        re.IGNORECASE,
    )


def stated_language(metadata: Mapping[str, Any]) -> str | None:
    """Give the language that a notebook's metadata states; None where it states none."""
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        stated = mapping(metadata.get(part)).get(key)
        if isinstance(stated, str) and stated.strip():
            return stated.strip()
    return None


def foreign_language(metadata: Mapping[str, Any]) -> str | None:
    """Say why the kernel that a notebook's metadata names is not Python.

    Parameters
    ----------
    metadata : mapping
        The notebook's own metadata.

    Returns
    -------
    str or None
        The reason; None for a Python kernel and for a notebook that does not say.

    Notes
    -----
    Sage counts as foreign although its ``language_info`` says Python: its kernel rewrites every
    cell (``2^3``, ``R.<x> = QQ[]``), so a function means something else there than in a module.
    """
    kernelspec = mapping(metadata.get("kernelspec"))
    for stated in (
        kernelspec.get("language"),
        mapping(metadata.get("language_info")).get("name"),
    ):
        language = stated.strip() if isinstance(stated, str) else ""
        if language and not _python().fullmatch(language):
            return f"the kernel's language is {language}, not Python"
    name = kernelspec.get("name")
    if isinstance(name, str) and (
        name.lower().startswith("sagemath")
        or (stated_language(metadata) is None and _foreign_kernel().fullmatch(name))
    ):
        return f"the kernel is {name}, not Python"
    return None


def mapping(value: Any) -> Mapping[str, Any]:
    """Give a JSON object as it is, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}

"""What is known of single magics: their options, the Python they run, the names they bind."""

from __future__ import annotations

import re
from typing import NamedTuple

# Short options of the magics that run Python, as getopt spells them.
OPTIONS = {
    "debug": "b:",
    "lprun": "rsf:m:D:T:u:z",
    "memit": "r:t:i:coq",
    "mprun": "rf:T:c",
    "prun": "D:l:rs:T:q",
    "pyinstrument": "",
    "snakeviz": "t",
    "timeit": "n:r:tcp:qov:",
}

PYTHON_BODY = frozenset(
    ("capture", "debug", "memit", "mprun", "prun", "pyinstrument", "snakeviz", "time", "timeit")
)
FIRST_LINE_IS_SETUP = frozenset(("memit", "timeit"))
FIRST_LINE_IS_BODY = frozenset(("debug", "mprun", "prun", "snakeviz"))

_SCRIPTS = frozenset(
    ("bash", "cmd", "perl", "pypy", "python", "python2", "python3", "ruby", "script", "sh")
)
# Their text goes to a file, a page or another process, and never sees the notebook's names.
APART = _SCRIPTS | frozenset(
    ("HTML", "SVG", "file", "html", "javascript", "js", "latex", "markdown", "svg", "writefile")
)


class Options(NamedTuple):
    end: int
    values: dict[str, str]


def read_options(name: str, args: str) -> Options | None:
    """Return where the options of a magic end; None if it has others than known."""
    values: dict[str, str] = {}
    known = OPTIONS.get(name, "")
    words = iter(re.finditer(r"\S+", args))
    for word in words:
        text = word[0]
        if name == "time":
            if text != "--no-raise-error":
                return Options(word.start(), values)
        elif text == "--":
            following = next(words, None)
            return Options(following.start() if following else len(args), values)
        elif not text.startswith("-") or text == "-":
            return Options(word.start(), values)
        else:
            for position, letter in enumerate(text[1:], 2):
                if letter not in known or letter == ":":
                    return None
                if f"{letter}:" in known:
                    following = None if text[position:] else next(words, None)
                    values[letter] = text[position:] or (following[0] if following else "")
                    break
    return Options(len(args), values)


def bound_by(name: str, args: str) -> tuple[str, ...]:
    """Return the names that a magic binds by itself, as far as its line tells."""
    words = args.split()
    plain = [word for word in words if not word.startswith("-")]
    bound: list[str] = []
    if name in ("capture", "macro"):
        bound = plain[:1]
    elif name in _SCRIPTS or name in ("!", "sx", "system"):
        bound = re.findall(r"--(?:out|err|proc)[=\s]+(\S+)", args)
    elif name == "store" and "-r" in words:
        bound = plain
    elif name == "sc":
        bound = re.findall(r"\b(\w+)\s*=", args)[:1]
    elif name == "timeit":
        options = read_options(name, args)
        bound = [options.values.get("v", "")] if options else []
    return tuple(word for word in bound if word.isidentifier())


_BINDS_ANYTHING = frozenset(
    ("cpaste", "ed", "edit", "paste", "pylab", "rerun", "reset", "reset_selective", "run")
)


def binds_anything(name: str, args: str) -> bool:
    """Tell whether a magic may bind names that stand nowhere in its line."""
    if name == "store":
        return "-r" in args.split() and not bound_by(name, args)
    return name in _BINDS_ANYTHING

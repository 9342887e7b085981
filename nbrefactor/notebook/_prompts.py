"""What IPython drops from the start of lines: empty lines, indentation and pasted prompts."""

from __future__ import annotations

import re
from textwrap import dedent

from nbrefactor.notebook._lines import Line, Lines, join_lines, split_lines


def without_empty_start(lines: Lines) -> Lines:
    for index, line in enumerate(lines):
        if line.text and not line.text.isspace():
            return lines[index:]
    return lines


def without_first_indent(lines: Lines) -> Lines:
    match = re.match(r"[ \t]+", lines[0].text) if lines else None
    if not match:
        return lines
    space = match[0]
    return [line.cut(len(space)) if line.text.startswith(space) else line for line in lines]


def without_common_indent(lines: Lines) -> Lines:
    whole = join_lines(lines)
    dedented = dedent(whole.text)
    if re.sub(r"(?m)^[ \t]+$", "", whole.text) == dedented:
        # It would only empty blank lines, which older IPythons keep in strings.
        return lines
    shorter: Lines = []
    start = 0
    for text, kept in zip(whole.text.split("\n"), dedented.split("\n"), strict=True):
        end = start + len(text) + 1
        # What is left of a line is always its end, the newline included.
        shorter.append(whole.cut(end - 1 - len(kept), end))
        start = end
    return split_lines(join_lines(shorter))


_PROMPT = re.compile(
    r"((\[nav\]|\[ins\])?[ ])?In[ ]\[\d+\]:[ ]|\s*\.{3,}:[ ]?",
)


def without_prompts(lines: Lines) -> Lines:
    if any(_PROMPT.match(line.text) for line in lines[:2]):
        return [_without_match(_PROMPT, line) for line in lines]
    return lines


def _without_match(pattern: re.Pattern[str], line: Line) -> Line:
    match = pattern.match(line.text)
    return line.cut(match.end()) if match else line


_CLASSIC = re.compile(r"(>>>|\.\.\.)( |$)")
_CLASSIC_FIRST = re.compile(r">>>( |$)")


def without_classic_prompts(lines: Lines) -> Lines:
    """Strip ``>>>`` and ``...`` as IPython 8 does: at the start of lines, in strings too."""
    if (lines and _CLASSIC_FIRST.match(lines[0].text)) or (
        len(lines) > 1 and _CLASSIC.match(lines[1].text)
    ):
        return [_without_match(_CLASSIC, line) for line in lines]
    return lines


_DOCTEST = re.compile(r"^\s*>>>[ \t]?")
_DOCTEST_MORE = re.compile(r"^\s*\.\.\.[ \t]?")
_STRING_PREFIX = re.compile(r"\s*[rubf]*\s*", re.IGNORECASE)
_TRIPLE_QUOTE = re.compile(r"(?<!\\)(\"\"\"|''')")


def without_doctest_prompts(lines: Lines) -> Lines:
    """Strip ``>>>`` and ``...`` as IPython 9 does: indented ones too, but not in docstrings."""
    quoted = _in_docstring(lines)
    if not any(
        _DOCTEST.match(line.text) for line, inside in zip(lines, quoted, strict=True) if not inside
    ):
        return lines
    result: Lines = []
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and quoted[end] == quoted[start]:
            end += 1
        segment = lines[start:end]
        if not quoted[start]:
            stripped = [_without_doctest_prompt(line) for line in segment]
            if stripped != segment:
                segment = without_common_indent(stripped)
        result.extend(segment)
        start = end
    return result


def _without_doctest_prompt(line: Line) -> Line:
    return _without_match(_DOCTEST if _DOCTEST.match(line.text) else _DOCTEST_MORE, line)


def _prompt_end(text: str) -> int:
    """Return where a line goes on behind its prompts, of each kind at most one."""
    end = 0
    for pattern in (_DOCTEST, _DOCTEST_MORE):
        if match := pattern.match(text[end:]):
            end += match.end()
    return end


def _in_docstring(lines: Lines) -> list[bool]:
    """Tell which lines IPython 9 takes for the inside of a string that stands by itself."""
    inside: list[bool] = []
    quote = ""
    protects = seen_prompt = False
    for line in lines:
        inside.append(bool(quote) and protects)
        prompt = _prompt_end(line.text)
        prefix = _STRING_PREFIX.match(line.text, prompt)
        for match in _TRIPLE_QUOTE.finditer(line.text):
            if not quote:
                quote = match[1]
                prompted = prompt > 0 and seen_prompt
                bare = prefix is not None and match.start() <= prefix.end()
                protects = bare and not prompted
                inside[-1] = protects
            elif quote == match[1]:
                quote, protects = "", False
        seen_prompt = seen_prompt or _DOCTEST.match(line.text) is not None
    return inside

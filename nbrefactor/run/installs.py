"""Lines that would change the user's environment or fetch files: skipped unless allowed."""

from __future__ import annotations

import re
import shlex

from nbrefactor.notebook.magics import read_cell

# What a program is asked to do when it changes something; empty for whatever it is asked.
_CHANGING = {
    **dict.fromkeys(("pip", "pip2", "pip3", "pipx"), ("install", "uninstall", "download", "wheel")),
    **dict.fromkeys(
        ("conda", "mamba", "micromamba"),
        ("install", "create", "update", "upgrade", "remove", "uninstall", "env"),
    ),
    **dict.fromkeys(
        ("apt", "apt-get", "aptitude", "dnf", "yum", "apk", "brew", "snap", "choco", "winget"),
        ("install", "remove", "update", "upgrade", "add", "purge", "dist-upgrade", "build-dep"),
    ),
    **dict.fromkeys(("npm", "yarn", "pnpm"), ("install", "i", "add", "ci", "update", "remove")),
    **dict.fromkeys(("gem", "cargo", "go"), ("install", "get")),
    "uv": ("pip", "add", "sync", "remove", "tool", "venv"),
    "poetry": ("add", "install", "update", "remove"),
    "git": ("clone", "pull", "fetch", "submodule", "checkout", "reset"),
    "jupyter": ("nbextension", "labextension", "serverextension"),
    **dict.fromkeys(
        ("wget", "curl", "gdown", "aria2c", "kaggle", "huggingface-cli", "gsutil", "dpkg"), ()
    ),
}
_BEFORE_PROGRAM = re.compile(r"^(?:sudo|env|time|nohup|yes|[A-Za-z_]\w*=.*|-[A-Za-z])$")
_SEPARATORS = re.compile(r"&&|\|\||[;|&\n]")
_SHELL_CELL = re.compile(r"\s*%%(?:!|bash|sh|zsh|script|system|sx|cmd|powershell)\b|\s*%%!")
_ESCAPED = re.compile(r"(?m)^([ \t]*)(?:[!%].*)$")


def without_installs(source: str) -> tuple[str, tuple[str, ...]]:
    r"""Replace what installs or fetches by nothing, and keep all else.

    Parameters
    ----------
    source : str
        A code cell.

    Returns
    -------
    source : str
        The cell to run instead; the same text where there is nothing to skip.
    skipped : tuple of str
        What was taken out.

    Examples
    --------
    >>> without_installs("!pip install torch\nimport torch")
    ('None\nimport torch', ('!pip install torch',))
    """
    if _SHELL_CELL.match(source):
        commands = source.partition("\n")[2]
        head = source.strip().partition("\n")[0]
        if installs(commands) or installs(head.removeprefix("%%!")):
            return "None", (head if not commands else f"{head} … {_first(commands)}",)
        return source, ()
    if "!" not in source and "%" not in source:
        return source, ()
    code = read_cell(source)
    skipped: list[str] = []
    if code.kind == "python":
        changed = source
        for magic in reversed(code.magics):
            if installs(magic.text):
                changed = f"{changed[: magic.start]}None{changed[magic.end :]}"
                skipped.append(magic.text.strip())
        return changed, tuple(reversed(skipped))

    def skip(found: re.Match[str]) -> str:
        if not installs(found[0]):
            return found[0]
        skipped.append(found[0].strip())
        return f"{found[1]}None"

    return _ESCAPED.sub(skip, source), tuple(skipped)


def installs(command: str) -> bool:
    """Tell whether a shell line or magic installs, removes or fetches something."""
    return any(_changes(part) for part in _SEPARATORS.split(command.replace("\\\n", " ")))


def _changes(command: str) -> bool:
    text = command.strip().lstrip("!%").strip()
    for magic in ("system", "sx", "%sx"):
        text = text.removeprefix(f"{magic} ").strip()
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        words = text.split()
    while words and _BEFORE_PROGRAM.match(words[0]):
        words = words[1:]
    if words[1:2] == ["-m"] or (words[:1] == ["{sys.executable}"] and "-m" in words[:2]):
        words = words[2:]
    if not words:
        return False
    program = words[0].rsplit("/", 1)[-1]
    if program not in _CHANGING:
        return False
    asked = _CHANGING[program]
    return not asked or any(word in asked for word in words[1:])


def _first(commands: str) -> str:
    return next((line.strip() for line in commands.split("\n") if installs(line)), "")

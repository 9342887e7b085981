"""Every setting, declared once: its key in a file, its options, their help, how it is read.

Type, default and meaning stand with the field of `nbrefactor.config.Settings` that it fills. What
the command line offers, a settings file may hold and ``nbrefactor config`` prints follows from
this table.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from nbrefactor.config import IMPORT_PLACES, PARTS

# How a value is written in a file, and what is asked of it there.
Kind = Literal[
    "modules",
    "levels",
    "aliases",
    "folders",
    "choice",
    "switch",
    "texts",
    "text-or-texts",
    "patterns",
    "version-patterns",
    "codes",
    "codes-by-pattern",
]


class Option(Struct, frozen=True):
    """An option of the command line.

    Parameters
    ----------
    flag : str
        How it is written: ``--module``.
    help : str
        What it does, for the user.
    metavar : str
        What is written behind it; empty for a choice.
    choices : tuple of str
        What may be.
    """

    flag: str
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()


class Declaration(Struct, frozen=True):
    """One setting.

    Parameters
    ----------
    field : str
        The field of `Settings`; ``accept`` goes into its ``modules``.
    key : str
        Its key in a settings file, with a dot for one of a table; empty where a file cannot hold
        it.
    kind : Kind
        What kind of value it is.
    option : Option or None
        Its option; None where the command line cannot give it.
    choices : tuple of str
        What may be, for a choice.
    help : str
        What it does, where no option says so.
    """

    field: str
    key: str
    kind: Kind
    option: Option | None = None
    choices: tuple[str, ...] = ()
    help: str = ""

    @property
    def meaning(self) -> str:
        """What it does, for the user."""
        return self.help or (self.option.help if self.option else "")

    @property
    def is_multiple(self) -> bool:
        """Whether its option can be given several times."""
        return self.kind not in ("choice", "switch")


DECLARATIONS: tuple[Declaration, ...] = (
    Declaration(
        "modules",
        "modules",
        "modules",
        Option(
            "--module",
            "Target module that holds the functions; repeatable. Default: nbrefactor.viz.",
            "DOTTED|FILE.py",
        ),
    ),
    Declaration(
        "accept",
        "accept",
        "levels",
        Option(
            "--accept",
            "Worst level that is replaced: exact, renamed or compatible. "
            "Default: compatible for nbrefactor.viz, renamed for other modules. "
            "With --fold, restyled besides: calls whose plots look otherwise.",
            "[MODULE=]LEVEL",
        ),
    ),
    Declaration(
        "source_roots",
        "source-roots",
        "folders",
        Option(
            "--source-root",
            "Further folder in which target modules are looked for; repeatable.",
            "DIRECTORY",
        ),
    ),
    Declaration(
        "aliases",
        "aliases",
        "aliases",
        Option(
            "--alias",
            "The notebook's NAME stands for the module's TARGET; repeatable.",
            "NAME=TARGET",
        ),
    ),
    Declaration(
        "force",
        "",
        "texts",
        Option(
            "--force",
            "Replace the definition NAME, which you have looked at, as long as its calls bind; "
            "repeatable. The report says that it was forced.",
            "NAME",
        ),
    ),
    Declaration(
        "fold",
        "fold",
        "switch",
        Option(
            "--fold",
            "Replace statements that draw what a target draws by calls of it.",
        ),
    ),
    Declaration(
        "imports",
        "imports",
        "choice",
        Option(
            "--imports",
            "Where imports go: in place of the definition, or to the top, into the notebook's "
            "import cell, as far as that is safe. Default: in-place.",
            choices=IMPORT_PLACES,
        ),
        IMPORT_PLACES,
    ),
    Declaration(
        "prune_imports",
        "prune-imports",
        "switch",
        Option(
            "--prune-imports",
            "Take imports out that nothing reads any more and that only bind a name.",
        ),
    ),
    Declaration(
        "bump",
        "bump",
        "choice",
        Option(
            "--bump",
            "Which part of the notebook's version to raise. Default: patch.",
            choices=PARTS,
        ),
        PARTS,
    ),
    Declaration(
        "changelog",
        "changelog",
        "text-or-texts",
        Option("--changelog", "Text of the changelog entry; repeatable.", "TEXT"),
    ),
    Declaration(
        "version_patterns",
        "version-patterns",
        "version-patterns",
        Option(
            "--version-pattern",
            "Unusual place of the version, as (?P<version>...); repeatable.",
            "REGEX",
        ),
    ),
    Declaration(
        "select",
        "select",
        "codes",
        Option(
            "--select",
            "Rules that count: codes, or how they begin, with commas. "
            "Default: those that are on by default.",
            "CODES",
        ),
    ),
    Declaration(
        "ignore", "ignore", "codes", Option("--ignore", "Rules that do not count.", "CODES")
    ),
    Declaration(
        "per_file_ignores",
        "per-file-ignores",
        "codes-by-pattern",
        help="Rules that do not count in the notebooks that a pattern matches.",
    ),
    Declaration(
        "include", "include", "texts", help="The notebooks that are looked at. Default: all."
    ),
    Declaration("exclude", "exclude", "texts", help="The notebooks that are not looked at."),
    Declaration(
        "verify_patterns",
        "verify.patterns",
        "patterns",
        help="Text of outputs that may differ from run to run.",
    ),
)

# The command that raises a version is asked for the part, and not whether to raise one.
PART = Option(
    "--part",
    "Which part of the version to raise. Default: patch.",
    choices=tuple(part for part in PARTS if part != "none"),
)


def declaration(field: str) -> Declaration:
    """Give the declaration of a field."""
    return next(found for found in DECLARATIONS if found.field == field)

"""The command line: argv to settings, outcomes to the terminal, exit codes; one command a file.

Exit codes, of every command:

0
    Done, or nothing to do.
1
    The answer is no: a check found something, a run failed.
2
    The job could not be done: wrong usage, an unreadable file, a result that was refused.
130
    The user stopped it.

With several notebooks all are processed and the worst code wins.
"""

from __future__ import annotations

import importlib
import os
import sys

import click

from nbrefactor import __version__

# Each command lives in the module of its name, imported when it is called: a commit hook does
# not pay for the commands that it does not use.
_COMMANDS = (
    *("bump", "cache", "check", "config", "explain", "extract", "migrate", "rule", "scan"),
    *("undo", "verify"),
)


class _Commands(click.Group):
    """A group that imports a command's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(cmd_name, _COMMANDS, 1)
            hint = f' Did you mean "{near[0]}"?' if near else f" There are {', '.join(_COMMANDS)}."
            ctx.fail(f"No such command {cmd_name!r}.{hint}")
        command = getattr(importlib.import_module(f"nbrefactor.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example:\n\n\b\n  nbrefactor migrate Notebook.ipynb --dry-run\n",
)
@click.version_option(__version__, prog_name="nbrefactor")
def main() -> None:
    """Move helper code out of Jupyter notebooks and prove that nothing else changed."""


def program() -> None:
    """Run the command line; whatever escapes is a sentence, and no traceback."""
    from nbrefactor.cli.streams import complete_streams
    from nbrefactor.model.errors import NbrefactorError

    complete_streams()
    try:
        code = _run()
        # What a full disk refuses shows only here.
        sys.stdout.flush()
    except OSError as error:
        from nbrefactor.cli.terminal import silence

        silence(sys.stdout)
        reason = error.strerror or error
        print(f"nbrefactor: the output cannot be written ({reason})", file=sys.stderr)
        code = 2
    except NbrefactorError as error:
        from nbrefactor.cli.problems import show_problem

        show_problem(str(error))
        code = 2
    except Exception as error:
        from nbrefactor.cli.problems import end_with_bug

        code = end_with_bug(error)
    sys.exit(code)


def _run() -> int:
    """Run a command; give its exit code.

    Raises
    ------
    NbrefactorError
        If there is no current folder, to which paths could be relative.
    """
    from nbrefactor.model.errors import NbrefactorError

    try:
        os.getcwd()  # noqa: PTH109 (pathlib asks the same, and takes longer to load)
    except FileNotFoundError:
        raise NbrefactorError("the current folder is gone; go to another one") from None
    try:
        code = main(prog_name="nbrefactor", standalone_mode=False)
    except SystemExit as error:
        code = error.code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("nbrefactor: stopped", file=sys.stderr)
        code = 130
    return code if isinstance(code, int) else 0

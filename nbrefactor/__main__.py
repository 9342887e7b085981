"""``python -m nbrefactor``, and what the command ``nbrefactor`` calls."""

from __future__ import annotations

import sys


def program() -> None:
    """Run the command line; stopped while it is being loaded, it ends as at any other time."""
    try:
        from nbrefactor.cli import program as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("nbrefactor: stopped; nothing was written\n")
        sys.exit(130)


if __name__ == "__main__":
    program()

"""``python -m nbrefactor`` is the program ``nbrefactor``."""

from nbrefactor.cli import program

program()

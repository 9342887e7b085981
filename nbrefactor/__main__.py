"""``python -m nbrefactor`` is the program ``nbrefactor``."""

from nbrefactor.cli import main

main(prog_name="nbrefactor")

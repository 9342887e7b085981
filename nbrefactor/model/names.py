"""Names that several rooms have in common."""

BUNDLED_MODULE = "nbrefactor.viz"
"""The module of plots that comes with this program."""

"""How fast the commands are on many notebooks, beside others; ``python -m tests.benchmark``."""

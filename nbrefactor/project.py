"""Where this project is found."""

from __future__ import annotations

HOMEPAGE = "https://pypi.org/project/nbrefactor-migrate/"
"""The page of the distribution, which shows the README and links the guides."""

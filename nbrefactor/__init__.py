"""nbrefactor moves helper code out of Jupyter notebooks and proves that nothing else changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbrefactor.api import migrate
    from nbrefactor.model.outcome import Finding, Outcome

__version__ = "0.1.0"
__all__ = ["Finding", "Outcome", "__version__", "migrate"]


def __getattr__(name: str) -> object:
    """Import what is asked for: whoever imports a plot of ``nbrefactor.viz`` needs none of it."""
    if name == "migrate":
        from nbrefactor.api import migrate

        return migrate
    if name in ("Finding", "Outcome"):
        from nbrefactor.model import outcome

        return getattr(outcome, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

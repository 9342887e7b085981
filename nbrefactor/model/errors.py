"""The root of everything that nbrefactor raises on purpose."""

from __future__ import annotations


class NbrefactorError(Exception):
    """What the user can do something about; the text says what is wrong and what to do.

    Only this is shown as the user's problem. Anything else that escapes is a bug of nbrefactor and
    reported as one.
    """

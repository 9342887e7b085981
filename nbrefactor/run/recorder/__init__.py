"""What runs inside the notebook's kernel and takes its figures apart.

This package is loaded by a kernel of another environment, so it imports nothing of the rest, needs
neither NumPy nor Matplotlib before the notebook imports them, and is written for Python 3.8 and
Matplotlib 3.5 onwards. The notebook cannot tell that it is there: no name is bound in its
namespace, no module stays in ``sys.modules``, and no figure is changed, drawn or kept alive.
"""

from __future__ import annotations

__all__ = ["seed", "start"]

from .hooks import start
from .seeds import seed

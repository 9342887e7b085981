"""Change the semantic core in small ways and ask whether the tests notice.

``python -m tests.mutation --help`` lists what there is; .github/CONTRIBUTING.md says how to use it.
"""

from __future__ import annotations

from .commands import main

main(prog_name="python -m tests.mutation")

"""A notebook's own version: where it is stated, its changelog, and what raising it changes."""

from __future__ import annotations

from nbrefactor.versioning.bump import Bump as Bump
from nbrefactor.versioning.bump import check_versions as check_versions
from nbrefactor.versioning.bump import plan_bump as plan_bump

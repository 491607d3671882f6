"""What an id of the service may look like."""

from __future__ import annotations

import re

LONGEST = 128  # characters

# One path segment that no server takes for another path; the ids that have been seen are
# `task_` with hexadecimal digits, and whole numbers for batches.
_ID = re.compile(r"\.*[A-Za-z0-9_:=+~-][A-Za-z0-9_:=+~.-]*")


def is_id(value: object) -> bool:
    """Whether the service could be asked for it."""
    return isinstance(value, str) and len(value) <= LONGEST and bool(_ID.fullmatch(value))

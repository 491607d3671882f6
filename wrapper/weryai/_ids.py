"""Ids of the service: each is one step of a path, which no server takes for another path."""

from __future__ import annotations

import re

from weryai_api.limits import PATH_ID

_PATTERN = re.compile(PATH_ID.pattern or "")
_LONGEST = PATH_ID.longest or 0


def is_id(value: object) -> bool:
    """Whether the service could be asked for it."""
    return isinstance(value, str) and len(value) <= _LONGEST and bool(_PATTERN.fullmatch(value))

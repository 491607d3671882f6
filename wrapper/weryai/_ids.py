"""Ids of the service: each is one step of a path, which no server takes for another path."""

from __future__ import annotations

import re
from functools import cache


def is_id(value: object) -> bool:
    """Whether the service could be asked for it."""
    if not isinstance(value, str):
        return False
    pattern, longest = _form()
    return len(value) <= longest and bool(pattern.fullmatch(value))


@cache
def _form() -> tuple[re.Pattern[str], int]:
    """What one looks like, and how long it may be."""
    from weryai_api.limits import PATH_ID  # with all limits, which who looks at a result needs not

    return re.compile(PATH_ID.pattern or ""), PATH_ID.longest or 0

"""What sending a call twice would cost: a property of each operation."""

from __future__ import annotations

from enum import Enum


class Cost(Enum):
    """What sending a call twice would cost."""

    FREE = "free"
    PAID = "paid"

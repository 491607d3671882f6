"""How a submission is to be made; see `WeryAI.submit`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from .._limits import Delay

OnWait = Callable[["Delay"], None]


@frozen
class Terms:
    """What was asked for beside the request."""

    key: str | None = None
    refuse_repeats: bool = False
    budget: float | None = None
    on_wait: OnWait | None = None

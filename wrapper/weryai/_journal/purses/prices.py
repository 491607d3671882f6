"""What a kind of submission costs, as it was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..connection import Connection
from ..rows import text_of

# What a price depends on.
PRICED = ("model", "duration", "resolution", "video_number", "generate_audio")
KNOWN_FOR = timedelta(hours=24)  # a price; then it is learned anew
SMALL = 1e-6  # credits that are none: sums of floats

LEARN = """
INSERT INTO prices (purse, base_url, kind, credits, rate, at, payments, least, most)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (purse, base_url, kind) DO UPDATE SET
    credits = excluded.credits, rate = excluded.rate, at = excluded.at,
    payments = prices.payments + excluded.payments,
    least = CASE WHEN excluded.least < prices.least THEN excluded.least ELSE prices.least END,
    most = CASE WHEN excluded.most > prices.most THEN excluded.most ELSE prices.most END
"""


def learn(
    db: Connection,
    where: tuple[str, str, str],
    payload: Mapping[str, Any],
    credits: float,
    at: datetime,
    *,
    payments: int = 1,
) -> None:
    """Write down what payments of one kind have cost, each.

    Parameters:
        where: the purse, the base_url and the kind.
        payload: of one of them.
    """
    told = (credits, credits / seconds(payload), text_of(at), payments, credits, credits)
    db.execute(LEARN, (*where, *told))


def kind_of(operation: str, payload: Mapping[str, Any]) -> str:
    """The same for submissions that cost the same."""
    told = {name: payload[name] for name in PRICED if payload.get(name) is not None}
    if told.get("video_number") == 1:
        del told["video_number"]
    return json.dumps([operation, told], sort_keys=True)


def seconds(payload: Mapping[str, Any]) -> float:
    """How many seconds of video one asks for."""
    duration, number = payload.get("duration"), payload.get("video_number")
    whole = [each if type(each) is int and each > 0 else 1 for each in (duration, number)]
    return float(whole[0] * whole[1])

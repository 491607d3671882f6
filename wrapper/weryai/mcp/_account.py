"""The tools that are about the account: free."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ._asked import KINDS, USUAL, kind_of
from ._desk import At, desk, worded


@worded
def balance(at: At) -> dict[str, Any]:
    """The credits that are left: free."""
    return {"credits": desk(at).client.balance()}


@worded
def models(
    at: At,
    endpoint: Annotated[
        str, Field(description="What the models are for.", json_schema_extra={"enum": [*KINDS]})
    ] = USUAL,
) -> dict[str, Any]:
    """The models for an endpoint, and what each accepts, as far as the registry says: free."""
    rows = desk(at).client.models(kind_of(endpoint))
    return {"models": [_said(row.to_dict()) for row in rows]}


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, [])}

"""The tools that are about the account: free."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ._asked import KINDS, USUAL, Request, build, kind_of
from ._desk import At, desk, worded


@worded
def balance(at: At) -> dict[str, Any]:
    """The credits that are left: free."""
    return {"credits": desk(at).client.balance()}


@worded
def estimate(request: Request, at: At) -> dict[str, Any]:
    """What is known of the cost of a request: what those of its kind have cost, by how many
    payments and when, else that it is not known. Nothing is sent, no image is looked at: free."""
    found = desk(at).client.estimate(build(request))
    return {"cost": str(found)} | _said(found.to_dict())


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

"""The tool that pays: asked about where the client can ask, paid once for each idempotency key."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from mcp.server.mcpserver import AcceptedElicitation, Elicit, ElicitationResult, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

from weryai import AlreadySubmittedError, Delay, InvalidRequestError
from weryai.requests import VideoRequest

from ._asked import Request, build
from ._desk import NOTHING_PAID, At, desk, worded
from ._told import told

# Seconds for which a submission waits for its turn, or is repeated after a refusal that made no
# task: less than clients give a call. Its agent asks again under the same key.
PATIENCE = 8.0
LONGEST_PROMPT = 200  # characters of it that are shown

Key = Annotated[
    str,
    Field(
        description="A new name of your own for this one payment, 1 to 255 characters. Whenever you"
        " are not sure whether a call went through, repeat it with the same key and request: it is"
        " paid once."
    ),
]
Confirm = Annotated[
    bool,
    Field(description="True only after the user has agreed to pay for exactly this request."),
]


class Consent(BaseModel):
    """What a person says to a payment."""

    pay: bool = Field(description="Pay for this")


@worded
def ask(
    request: Request, idempotency_key: Key, confirm: Confirm, at: At
) -> Consent | Elicit[Consent]:
    """Check what can be checked for free, and ask whether to pay for it."""
    made, doubts = checked(request, at)
    agreed = (idempotency_key, _canonical(request)) in desk(at).agreed
    if agreed or _was_sent(idempotency_key, at):
        return Consent(pay=True)
    if _can_ask(at):
        return Elicit(_question(made, doubts, at), Consent)
    if not confirm:
        raise ToolError(
            f"not confirmed: {NOTHING_PAID}. Ask the user, then call again with confirm=true:"
            f" {_question(made, doubts, at)}"
        )
    return Consent(pay=True)


@worded
def submit(
    request: Request,
    idempotency_key: Key,
    consent: Annotated[ElicitationResult[Consent], Resolve(ask)],
    at: At,
    confirm: Confirm = False,
) -> dict[str, Any]:
    """Start making videos: PAID, for each video. The user is asked first, where your client can.

    The ids are on disk before you read them. A job takes minutes: go on with `wait`, then
    `download`. A request that fails its checks costs nothing, and neither does one that has to wait
    for its turn: call again with the same key when you are told so. `estimate` tells what is known
    of the cost.
    """
    if not (isinstance(consent, AcceptedElicitation) and consent.data.pay):
        raise ToolError(f"the user does not want to pay for it: {NOTHING_PAID}")
    here = desk(at)
    here.agreed.add((idempotency_key, _canonical(request)))
    made = build(request)
    try:
        job = here.client.submit(
            made,
            idempotency_key=idempotency_key,
            retry_budget=PATIENCE,
            on_wait=_patient(PATIENCE),
        )
    except AlreadySubmittedError as error:  # another process is sending it
        return told(error.entry)
    entry = here.journal.find(here.client.base_url, job)
    assert entry is not None  # noqa: S101 # it was written down before submit returned
    return told(entry)


def _patient(seconds: float) -> Callable[[Delay], None]:
    """Ends a wait for a turn that would take longer."""
    until = time.monotonic() + seconds

    def on_wait(delay: Delay) -> None:
        if time.monotonic() + delay.seconds > until:
            raise ToolError(
                f"not yet, as {delay}: {NOTHING_PAID}. Call again in {max(1, round(delay.seconds))}"
                " s or later with the same idempotency_key and request"
            )

    return on_wait


def checked(request: Request, at: At) -> tuple[VideoRequest, tuple[str, ...]]:
    """The request, and what may be wrong with it. Raises InvalidRequestError for whatever would be
    refused before it is paid."""
    client = desk(at).client
    made = build(request)
    made.check(base_url=client.base_url)
    found = client.check(made)
    if found.faults:
        raise InvalidRequestError(found.faults)
    return made, found.warnings


def _was_sent(idempotency_key: str, at: At) -> bool:
    """Whether nothing can be paid under this key any more. One that is being sent may be refused,
    which frees the key."""
    entry = desk(at).known(idempotency_key)
    return entry is not None and entry.state != "sending"


def _can_ask(at: At) -> bool:
    """Whether the client shows questions to somebody. One that says no more than that takes
    forms."""
    able = at.client_capabilities.elicitation if at.client_capabilities else None
    return able is not None and (able.form is not None or able.url is None)


def _question(request: VideoRequest, doubts: Sequence[str], at: At) -> str:
    """What is to be paid for, in words that do not change from one call to the next unless more is
    known."""
    cost = desk(at).client.estimate(request).credits
    known = "not known" if cost is None else f"{cost:.12g} credits, as the last one of its kind"
    number = request.video_number or 1
    videos = f"{number} video{'s' * (number != 1)} of {request.duration} s"
    parts = [request.aspect_ratio, request.resolution, request.generate_audio and "with sound"]
    how = ", ".join(str(part) for part in [videos, *parts] if part)
    prompt = request.prompt[:LONGEST_PROMPT] + "…" * (len(request.prompt) > LONGEST_PROMPT)
    doubtful = "".join(f"Perhaps wrong: {words}\n" for words in doubts)
    return (
        f"Pay for {how} with {request.model}?\nCost: {known}\n"
        f"{doubtful}Prompt: {prompt}\n"
        f"Images: {', '.join(map(str, request.sources))}"
        " (files are stored at a public address)"
    )


def _canonical(request: Request) -> str:
    return json.dumps(request, sort_keys=True)

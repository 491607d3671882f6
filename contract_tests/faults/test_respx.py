"""The same faults without a socket, and those that only httpx itself can tell, through respx."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
import respx
from attrs import define

from contract_tests.faults.behaviours import (
    BUSINESS,
    REDIRECTS,
    SERVER_ERRORS,
    TOLD,
    close,
)
from contract_tests.faults.cases import SetUp
from contract_tests.faults.outcomes import Fault, Row
from contract_tests.faults.steps import (
    ALWAYS,
    DOWNLOAD,
    STEPS,
    SUBMIT,
    UPLOAD,
    WAIT,
    Stage,
    Step,
    cases,
    judge_after,
    judge_always,
    judge_once,
)
from contract_tests.support.clients import KEY, MakeClient
from weryai import SubmissionUnknownError
from weryai.testing._transport import BlockingTransport

HERE, THERE = "http://localhost", "https://elsewhere.example.com"


class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks in the middle."""

    def __init__(self, right: bytes) -> None:
        self._half = right[: len(right) // 2]

    def __iter__(self) -> Iterator[bytes]:
        yield self._half
        raise httpx.ReadError("broken")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._half
        raise httpx.ReadError("broken")


def raising(error: Exception, row: Row, name: str = "") -> Fault:
    """An error of httpx in the place of an answer."""

    def respond(*_: str) -> httpx.Response:
        raise error

    accepted = row is Row.LOST
    return Fault(name or type(error).__name__, row, close, respond, accepted=accepted)


NEVER_SENT = [
    raising(kind("down"), Row.NEVER_SENT)
    for kind in (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
]
LOST = [
    raising(kind("broken"), Row.LOST)
    for kind in (
        httpx.ReadError,
        httpx.ReadTimeout,
        httpx.WriteError,
        httpx.WriteTimeout,
        httpx.RemoteProtocolError,
        httpx.LocalProtocolError,
        httpx.CloseError,
        httpx.DecodingError,
        httpx.TooManyRedirects,
        ssl.SSLError,
    )
]
LOST.append(Fault("a body that breaks", Row.LOST, close, None, accepted=True))


@define
class Mocked:
    """What respx answers at a step: the fault so many times, and then what is right."""

    stage: Stage
    fault: Fault
    times: float
    right: BlockingTransport
    router: respx.Router
    route: respx.Route
    played: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.times < 1:
            return self.right.handle_request(request)
        self.times -= 1
        self.played += 1
        right = self.right.handle_request(request) if self.fault.accepted else None
        if self.fault.respond is not None:
            return self.fault.respond(str(request.url), THERE + request.url.path)
        assert right is not None
        return httpx.Response(200, headers=right.headers, stream=Broken(right.content))

    def play(self, step: Step) -> None:
        self.stage.run(step)
        assert self.played, "the fault never took place"
        for call in self.router.calls:
            api = call.request.url.host == "localhost" and "/results/" not in call.request.url.path
            assert ("Authorization" in call.request.headers) == api, "the key goes to the API alone"


Mock = Callable[..., Mocked]


@pytest.fixture
def mock(make_client: MakeClient, set_up: SetUp) -> Iterator[Mock]:
    """Put a fault in the way of a step."""
    with ExitStack() as stack:

        def mock(step: Step, fault: Fault, times: float = 1, **options: Any) -> Mocked:
            stage = set_up(step)
            app = stage.simulator.app
            right = BlockingTransport(app.in_process, app.at_once)
            stack.callback(right.close)
            router = respx.Router()
            route = router.route(url__regex=step.path)
            mocked = Mocked(stage, fault, times, right, router, route)
            mocked.route.side_effect = mocked.answer
            router.route().side_effect = right.handle_request
            stage.open(
                make_client(
                    handler=router.handler,
                    base_url=HERE,
                    api_key=KEY,
                    clock=stage.clock,
                    **options,
                ),
                HERE,
            )
            return mocked

        yield mock


# Whole answers are told by one rule: test_sockets.py meets one of each row in every mode.
ONCE = cases([*NEVER_SENT, *LOST], STEPS) + cases(TOLD, STEPS, in_turn=True)
ONCE += cases(BUSINESS, [UPLOAD, SUBMIT, WAIT], in_turn=True)
ONCE += cases([REDIRECTS[0], REDIRECTS[-1]], [SUBMIT, WAIT, DOWNLOAD])
STAYING = cases([NEVER_SENT[0], LOST[1], LOST[-1]], STEPS, staying=True)


@pytest.mark.parametrize(("step", "fault"), ONCE)
def test_a_fault_that_comes_once_is_paid_once_and_nothing_is_lost(
    mock: Mock, step: Step, fault: Fault
) -> None:
    mocked = mock(step, fault)
    mocked.play(step)
    judge_once(mocked.stage, step, fault, mocked.route.call_count)
    judge_after(mocked.stage, step)


@pytest.mark.parametrize(("step", "fault"), STAYING)
def test_a_fault_that_stays_ends_in_its_error_and_nothing_is_lost(
    mock: Mock, step: Step, fault: Fault
) -> None:
    mocked = mock(step, fault, ALWAYS, retry_budget=6)
    mocked.stage.wait = 10
    mocked.play(step)
    assert mocked.played > 1
    judge_always(mocked.stage, step, fault)
    mocked.times = 0
    judge_after(mocked.stage, step)


FEW = ("500", "501", "502", "503", "504", "520", "599")
# Steps are repeated by one rule: all of them are met at wait, and below.
TELLING = [fault for fault in SERVER_ERRORS if fault.name[-3:] in FEW]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_5xx_is_repeated_where_it_is_free_and_never_where_it_is_paid(
    mock: Mock, step: Step
) -> None:
    mocked = mock(step, SERVER_ERRORS[0])
    faults = SERVER_ERRORS if step is WAIT else TELLING
    for number, fault in enumerate(faults, 1):
        mocked.fault, mocked.times = fault, 1
        mocked.stage.take_another_picture()
        mocked.stage.run(step)
        unknown = step is SUBMIT
        assert isinstance(mocked.stage.error, SubmissionUnknownError) == unknown, fault.name
        assert (mocked.stage.error is None) != unknown
        assert mocked.played == number
        assert mocked.route.call_count == (number if unknown else 2 * number)
        assert mocked.stage.paid == step.pays * number
        mocked.stage.clock.advance(60)


def test_no_submission_is_sent_again_after_any_5xx(mock: Mock) -> None:
    mocked = mock(SUBMIT, SERVER_ERRORS[0])
    for number, fault in enumerate(SERVER_ERRORS, 1):
        mocked.fault, mocked.times = fault, 1
        mocked.stage.run(SUBMIT)
        assert type(mocked.stage.error) is SubmissionUnknownError, fault.name
        assert mocked.route.call_count == mocked.played == mocked.stage.paid == number
        mocked.stage.clock.advance(60)

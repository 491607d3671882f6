"""Ctrl-C at every line of a payment: what the service accepted is in the journal. And a cancelled
task: no image stays open."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import pytest

import weryai
from contract_tests.support.clients import KEY, Network
from weryai import AsyncWeryAI, MultiImageToVideo
from weryai._calls import paying
from weryai._network.io import finish
from weryai._service.cost import Cost
from weryai._service.operations import Operation
from weryai.journal import SQLiteJournal
from weryai.testing import ManualClock, Simulator, refusal

CALLS = str(Path(paying.__file__).parent)
MOST = 400  # lines; a payment has some hundred


class Interruption:
    """Raises KeyboardInterrupt at one line of `_calls`, as Ctrl-C does."""

    def __init__(self, line: int) -> None:
        self.left = line

    def __call__(self, frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.startswith(CALLS):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


def submit(client: Any, request: MultiImageToVideo, line: int) -> bool:
    """Whether it was stopped."""
    interruption = Interruption(line)
    traced = sys.gettrace()
    sys.settrace(interruption)
    try:
        client.submit(request)
    except (KeyboardInterrupt, weryai.WeryAIError):
        pass
    finally:
        sys.settrace(traced)
    return interruption.left <= 0


def test_whatever_line_ctrl_c_stops_a_payment_at_it_is_in_the_journal(
    tmp_path: Path, empty_journal: bytes, ask: Callable[..., MultiImageToVideo]
) -> None:
    images = ["https://example.com/a.jpg"]
    accepted, stopped = list[int](), 0
    for line in range(1, MOST):
        path = tmp_path / f"{line}.journal"
        path.write_bytes(empty_journal)
        with Simulator() as simulator, simulator.client(journal=path) as client:
            if not submit(client, ask(images=images), line):
                break
            stopped += 1
            paid = len(simulator.ledger)
        journal = SQLiteJournal(path)
        entries = [*journal.entries()]
        journal.close()
        assert paid <= len(entries), f"line {line}"
        accepted += [line] * paid
    assert stopped > 50
    assert len(accepted) > 10


def test_a_stop_in_the_pause_after_a_refusal_leaves_no_intent(
    tmp_path: Path, ask: Callable[..., MultiImageToVideo], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with Simulator(clock=ManualClock()) as simulator:
        journal = SQLiteJournal(tmp_path / "journal")
        monkeypatch.setattr(ManualClock, "sleep", stopped)
        with simulator.client(journal=journal) as client:
            simulator.next("submit_multi_image_to_video", refusal(1001))
            with pytest.raises(KeyboardInterrupt):
                client.submit(ask(images=["https://example.com/a.jpg"]))
        assert not [*journal.entries()]
        journal.close()


def test_a_paid_call_goes_no_other_way() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("it was sent")

    paid: Operation[Any] = Operation("", {"json": {}}, lambda reply: reply, Cost.PAID)
    with (
        weryai.WeryAI("sk-of-a-test", transport=httpx.MockTransport(handler)) as client,
        pytest.raises(AssertionError, match="a paid call goes through"),
    ):
        finish(lambda: client._flows.calls.call(paid))


def test_a_submission_that_is_cancelled_while_it_opens_its_images_leaves_none_open(
    ask: Callable[..., MultiImageToVideo], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, go, done = threading.Event(), threading.Event(), threading.Event()
    usual_open, files = MultiImageToVideo.open, list[Any]()

    def slow(request: MultiImageToVideo, **given: Any) -> list[Any]:
        here.set()
        go.wait(30)
        files.extend(usual_open(request, **given))
        done.set()
        return files

    async def work() -> None:
        async with AsyncWeryAI(
            KEY, transport=httpx.MockTransport(Network(httpx.Response(500)))
        ) as client:
            task = asyncio.ensure_future(client.submit(ask()))
            await asyncio.to_thread(here.wait)
            task.cancel()
            await asyncio.sleep(0)
            go.set()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(done.wait)

    monkeypatch.setattr(MultiImageToVideo, "open", slow)
    asyncio.run(work())
    assert [file.closed for file in files] == [True, True]

"""Ctrl-C at every call within a wait stops it, and nothing that was begun for it is left over."""

from __future__ import annotations

import gc
import inspect
import sys
import warnings
from types import FrameType

import pytest

from contract_tests.support.clients import MakeClient
from contract_tests.support.counting import OURS
from contract_tests.support.servers.scripted_service import DONE, RUNS, Service, task
from weryai import Job

MOST = 2000  # calls; a wait of two polls has some hundred


class Interruption:
    """Raises KeyboardInterrupt as one function of the wrapper is called: there Python looks
    whether a signal has come, and not between all that stands in a line."""

    def __init__(self, call: int) -> None:
        self.left = call

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if code.co_flags & inspect.CO_GENERATOR:  # it may be entered to end it: nobody hears of it
            return
        if event == "call" and code.co_filename.startswith(OURS):
            self.left -= 1
            if self.left == 0:
                sys.setprofile(None)
                raise KeyboardInterrupt


@pytest.mark.parametrize("make_client", ["sync"], indirect=True)  # Ctrl-C comes to this thread
def test_a_wait_that_is_stopped_at_any_call_leaves_no_coroutine_that_nobody_awaits(
    make_client: MakeClient,
) -> None:
    stopped = 0
    gc.collect()  # what other tests left is told of before what is told is taken down
    for call in range(1, MOST):
        client = make_client(handler=Service(t=[task("t", RUNS), task("t", DONE, "x")]))
        interruption = Interruption(call)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            profiled = sys.getprofile()
            sys.setprofile(interruption)
            try:
                client.wait(Job(["t"]))
            except KeyboardInterrupt:
                stopped += 1
            finally:
                sys.setprofile(profiled)
        assert [str(each.message) for each in told] == [], f"call {call}"
        if interruption.left > 0:
            break
    gc.collect()
    assert 50 < stopped < MOST - 1

"""Whatever is wrong with an argument is said before anything is paid."""

from __future__ import annotations

import functools
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient, Network
from contract_tests.support.requests import usual
from weryai import ConfigError, InvalidRequestError, Job


async def later(_: object) -> None:
    """Would be called and never run."""


class Later:
    async def __call__(self, _: object) -> None: ...


FORGOTTEN = [5, "print", later, functools.partial(later), Later(), lambda: None, [print]]
NO_SECONDS = [-1, float("nan"), "30", None, True, 10**400, 10**6000, 1j, [5]]


@pytest.mark.parametrize("on_update", FORGOTTEN, ids=lambda value: repr(value)[:20])
def test_what_cannot_be_told_of_a_wait_is_refused_before_it_is_paid(
    make_client: MakeClient, on_update: Any
) -> None:
    network = Network(httpx.Response(500))
    client = make_client(handler=network)
    with pytest.raises(InvalidRequestError, match="on_update must"):
        client.generate(usual(), on_update=on_update)
    with pytest.raises(InvalidRequestError, match="on_update must"):
        client.wait(Job(["a"]), on_update=on_update)
    assert network.seen == []


@pytest.mark.parametrize("name", ["timeout", "retry_budget"])
@pytest.mark.parametrize("seconds", NO_SECONDS, ids=lambda value: f"{type(value).__name__}"[:20])
def test_what_is_no_number_of_seconds_is_refused_before_it_is_paid(
    make_client: MakeClient, name: str, seconds: Any
) -> None:
    if (name, seconds) == ("retry_budget", None):
        return  # the client's own
    network = Network(httpx.Response(500))
    with pytest.raises(InvalidRequestError, match=f"{name} must be a number of seconds"):
        make_client(handler=network).generate(usual(), **{name: seconds})
    assert network.seen == []


@pytest.mark.parametrize(
    "on_update", [print, [].append, lambda *_: None, functools.partial(print, "x")]
)
def test_what_takes_a_result_may_be_told_of_a_wait(client: Any, on_update: Any) -> None:
    result = client.generate(usual(), on_update=on_update, timeout=float("inf"), retry_budget=9)
    assert result.videos


@pytest.mark.parametrize("journal", [5, b"jobs.journal", [], True])
def test_what_is_no_journal_is_refused_before_anything_is_paid(
    make_client: MakeClient, journal: Any
) -> None:
    network = Network(httpx.Response(500))
    with pytest.raises(ConfigError, match="journal must be a path, an address or a Journal, not"):
        make_client(handler=network, journal=journal)

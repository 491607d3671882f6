"""A client of httpx that the user gives: it sends, and weakens no promise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import BOTH_CLASSES, KEY, MakeClient, Network
from contract_tests.support.requests import usual
from weryai import (
    AsyncWeryAI,
    ConfigError,
    DownloadError,
    SubmissionUnknownError,
    Video,
    WeryAI,
    WeryAIError,
)

BALANCE = httpx.Response(200, json={"status": 0, "data": 7}, headers={"Set-Cookie": "a=b"})
ELSEWHERE = httpx.Response(307, headers={"Location": "https://evil.example.com/"})
FILE = "https://cdn.example.com/a.mp4"


def given(client_class: Any, handler: Callable[[httpx.Request], httpx.Response]) -> Any:
    """A client of httpx that would do all that it can."""
    kind = httpx.Client if client_class is WeryAI else httpx.AsyncClient
    settings: dict[str, Any] = {
        "auth": ("me", "word"),
        "headers": {"X-Mine": "1", "Authorization": "mine"},
        "cookies": {"mine": "1"},
        "params": {"mine": "1"},
        "base_url": "https://other.example.com",
        "follow_redirects": True,
    }
    return kind(transport=httpx.MockTransport(handler), **settings)


@pytest.fixture
def own(request: pytest.FixtureRequest, make_client: MakeClient) -> Callable[..., WeryAI]:
    """Makes a client, in every mode, that sends with a client of httpx."""
    sync = request.node.callspec.params["make_client"] == "sync"

    def make(handler: Callable[[httpx.Request], httpx.Response], **options: Any) -> WeryAI:
        http = given(WeryAI if sync else AsyncWeryAI, handler)
        return make_client(http_client=http, **options)

    return make


def test_a_call_goes_out_once_as_any_other_does(own: Callable[..., WeryAI]) -> None:
    network = Network(BALANCE)
    client = own(network)
    assert [client.balance(), client.balance()] == [7, 7]
    for request in network.seen:
        assert request.url == "https://api.weryai.com/v1/generation/balance"
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        assert not {"x-mine", "cookie"} & {*request.headers}


def test_a_paid_request_follows_no_redirect(own: Callable[..., WeryAI]) -> None:
    network = Network(ELSEWHERE)
    with pytest.raises(SubmissionUnknownError):
        own(network).submit(usual())
    assert len(network.seen) == 1


def test_a_download_sends_no_auth_and_goes_to_no_plain_http(
    own: Callable[..., WeryAI], tmp_path: Any
) -> None:
    network = Network(httpx.Response(302, headers={"Location": "http://cdn.example.com/b.mp4"}))
    with pytest.raises(DownloadError, match="plain http"):
        own(network).download(Video(FILE, "a"), tmp_path)
    assert [str(request.url) for request in network.seen] == [FILE]
    assert "Authorization" not in network.seen[0].headers


def test_what_it_raises_tells_whether_anything_was_sent(own: Callable[..., WeryAI]) -> None:
    with pytest.raises(WeryAIError, match=r"no connection to https://api.weryai.com \("):
        own(Network(httpx.ConnectError("refused")), retry_budget=0).balance()
    with pytest.raises(SubmissionUnknownError):
        own(Network(httpx.ReadTimeout("late")), retry_budget=0).submit(usual())


def test_it_stays_open_and_the_client_that_was_given_it_is_closed() -> None:
    network = Network(BALANCE)
    http = given(WeryAI, network)
    with WeryAI(KEY, http_client=http) as client:
        assert client.balance() == 7
    with pytest.raises(ConfigError, match="closed"):
        client.balance()
    assert not http.is_closed
    with WeryAI(KEY, http_client=http) as another:
        assert another.balance() == 7
        http.close()
        with pytest.raises(ConfigError, match="closed"):
            another.balance()


def test_an_async_one_stays_open_and_belongs_to_one_loop_whoever_shares_it() -> None:
    network = Network(BALANCE)
    http = given(AsyncWeryAI, network)

    async def balance() -> float:
        async with AsyncWeryAI(KEY, http_client=http) as client:
            return await client.balance()

    assert asyncio.run(balance()) == 7
    assert not http.is_closed
    with pytest.raises(ConfigError, match="make a client for each event loop"):
        asyncio.run(balance())
    assert len(network.seen) == 1


@BOTH_CLASSES
def test_one_that_cannot_be_used_is_refused(client_class: Any) -> None:
    other = given(AsyncWeryAI if client_class is WeryAI else WeryAI, Network(BALANCE))
    wanted = "httpx.Client" if client_class is WeryAI else "httpx.AsyncClient"
    with pytest.raises(ConfigError, match=f"http_client must be an {wanted}"):
        client_class(KEY, http_client=other)
    with pytest.raises(ConfigError, match="give one of the two"):
        client_class(
            KEY,
            http_client=given(client_class, Network(BALANCE)),
            transport=httpx.MockTransport(Network(BALANCE)),
        )


def test_no_cookie_of_an_answer_is_sent_with_the_next_call(make_client: MakeClient) -> None:
    network = Network(BALANCE)
    client = make_client(handler=network)
    assert [client.balance(), client.balance()] == [7, 7]
    assert not any("Cookie" in request.headers for request in network.seen)

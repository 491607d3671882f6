"""What the environment says: proxies, trust, addresses; a fault in it is told by its name."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import BOTH_CLASSES, KEY, MakeClient, Network
from weryai import ConfigError, TransportError, WeryAI, WeryAIError
from weryai_api.api.account import get_balance

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_DIR", "SSLKEYLOGFILE")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@contextmanager
def serving(host: str, name: str, heard: list[tuple[str, str]]) -> Iterator[int]:
    """A service, or a proxy, which notes what it is asked for and tells a balance."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append((name, self.path))
            body = b'{"status": 0, "data": 7}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_CONNECT(self) -> None:
            heard.append((name, self.path))
            self.send_error(502)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((host, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.skipif(sys.platform == "darwin", reason="only 127.0.0.1 is set up there")
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "127.1", "2130706433", "localhost"])
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_nothing_for_this_machine_goes_through_a_proxy(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, host: str, variable: str
) -> None:
    heard: list[tuple[str, str]] = []
    listening = host if host == "127.0.0.2" else "127.0.0.1"
    with serving("127.0.0.1", "proxy", heard) as proxy, serving(listening, "here", heard) as port:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy}")
        client = make_client(base_url=f"http://{host}:{port}")
        assert client.balance() == 7
        if isinstance(client, WeryAI):
            assert get_balance.sync(client=client.api) is not None
    assert {name for name, _ in heard} == {"here"}


@BOTH_CLASSES
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.3",
        "127.255.255.254",
        "0x7f.1",
        "localhost.",
        "LOCALHOST",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
    ],
)
def test_every_spelling_of_this_machine_goes_direct(
    client_class: Any, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    client = client_class(KEY, base_url=f"http://{host}:8765")
    api = client.api
    for http in (client._http, api.get_httpx_client(), api.get_async_httpx_client()):
        assert http._transport_for_url(httpx.URL(f"http://{host}:8765/x")) is http._transport
    assert (
        client._http._transport_for_url(httpx.URL("https://a.com")) is not client._http._transport
    )


def test_a_service_elsewhere_is_reached_through_the_proxy_which_is_told_when_it_fails(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str]] = []
    with serving("127.0.0.1", "proxy", heard) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:word@127.0.0.1:{proxy}")
        client = make_client(base_url="https://gateway.example.com", retry_budget=0)
        with pytest.raises(TransportError, match=r"https://gateway.example.com, through the proxy"):
            client.balance()
    assert heard == [("proxy", "gateway.example.com:443")]


def test_no_connection_names_the_address_and_nothing_that_is_signed(
    make_client: MakeClient, tmp_path: Path
) -> None:
    with serving("127.0.0.1", "gone", []) as port:
        pass
    client = make_client(base_url=f"http://127.0.0.1:{port}", retry_budget=0)
    with pytest.raises(TransportError, match=rf"no connection to http://127.0.0.1:{port} \("):
        client.balance()


WRONG = [
    ("HTTP_PROXY", "socks9://127.0.0.1:1"),
    ("https_proxy", "http://127.0.0.1:port"),
    ("ALL_PROXY", "http://[::1"),
    ("ALL_PROXY", "http://"),
    ("HTTP_PROXY", "http://:8080"),
    ("NO_PROXY", "[::1"),
    ("SSL_CERT_FILE", "/no/such/file.pem"),
    ("SSL_CERT_FILE", __file__),
    ("SSL_CERT_DIR", "/no/such/folder"),
    ("SSLKEYLOGFILE", "/no/such/folder/keys"),
]


@BOTH_CLASSES
@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda value: value[-30:])
def test_a_fault_of_the_environment_is_told_by_its_name(
    client_class: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    if name == "NO_PROXY":
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(ConfigError, match=name):
        client_class(KEY)
    network = Network(httpx.Response(200))
    kind = httpx.MockTransport(network)
    assert client_class(KEY, transport=kind), (
        "with a transport of the user's own nothing of it is read"
    )


@BOTH_CLASSES
def test_the_certificates_are_read_once_a_process(
    client_class: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client_class(KEY)
    monkeypatch.setattr(httpx, "create_ssl_context", None)
    assert client_class(KEY)


@BOTH_CLASSES
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_socks_proxy_works_with_its_extra_and_says_so_without(
    client_class: Any, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://me:word@127.0.0.1:1080")
    assert importlib.util.find_spec("socksio")
    assert client_class(KEY)
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(ConfigError, match=r"ALL_PROXY.*socksio.*'\.\[socks\]'") as caught:
        client_class(KEY)
    assert "word" not in str(caught.value)


@BOTH_CLASSES
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("127.0.0.1:8765", "has no scheme: make it http://127.0.0.1:8765"),
        ("localhost:8765", "has no scheme: make it http://localhost:8765"),
        ("api.weryai.com", "has no scheme: make it https://api.weryai.com"),
        ("https://api.weryai.com/v1", "ends in /v1, which each call brings"),
        ("https://api.weryai.com/v1/", "ends in /v1, which each call brings"),
        ("https://gw.example.com/ai/v1/generation", "ends in /v1/generation, which each call"),
        ("https://gw.example.com/growthai/v1", "ends in /growthai/v1, which each call brings"),
    ],
)
def test_an_address_that_cannot_work_is_refused_with_words_that_help(
    client_class: Any, monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    for name in ("base_url", "registry_url"):
        with pytest.raises(ConfigError) as caught:
            client_class(KEY, **{name: url})
        assert str(caught.value).startswith(f"{name} {words}")
        variable = f"WERYAI_{name.upper()}"
        with monkeypatch.context() as patch:
            patch.setenv(variable, url)
            with pytest.raises(ConfigError) as caught:
                client_class(KEY)
        assert f"({variable}) {words}" in str(caught.value)


@BOTH_CLASSES
@pytest.mark.parametrize("path", ["", "/weryai", "/v1x", "/my/v1-gateway"])
def test_an_address_may_have_a_path_of_its_own(client_class: Any, path: str) -> None:
    assert client_class(KEY, base_url=f"https://gw.example.com{path}/").base_url.endswith(
        path or "com"
    )


@BOTH_CLASSES
@pytest.mark.parametrize("seconds", [1e7, 10**400])
def test_a_timeout_that_no_socket_takes_is_refused(client_class: Any, seconds: Any) -> None:
    with pytest.raises(ConfigError, match="timeout must be a number of seconds"):
        client_class(KEY, timeout=seconds)


def test_an_upload_that_is_too_large_on_its_way_says_which_and_what_to_do(
    make_client: MakeClient, pictures: tuple[Path, Path]
) -> None:
    page = httpx.Response(413, text="<html>Request Entity Too Large</html>")
    with pytest.raises(WeryAIError) as caught:
        make_client(handler=Network(page)).upload(pictures[0])
    told = str(caught.value)
    assert "sunrise.png" in told
    assert f"{pictures[0].stat().st_size:,} bytes" in told
    assert "make the image smaller" in told

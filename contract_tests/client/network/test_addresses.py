"""Where a client lets itself be sent: nothing private by a reply of the public service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from contract_tests.support.clients import MakeClient, Network
from contract_tests.support.servers.scripted_file_server import URL, VIDEO, Origin
from weryai import DownloadError, MultiImageToVideo, UnexpectedResponseError, Video
from weryai._network import addresses

Ask = Callable[..., MultiImageToVideo]

PRIVATE = [
    *("127.0.0.1", "127.0.0.1.", "127.1", "127.00.0.1", "2130706433", "0x7f000001", "017700000001"),
    *("0x7f.0.0.1", "0177.0.0.1", "0", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1"),
    *("169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *(
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
    ),
    *("[64:ff9b::7f00:1]", "[fe80::1]", "[fd12::1]", "[fec0::1]", "[ff02::1]", "[2002:7f00:1::]"),
    *(
        "[2001:0:7f00:1::1]",
        "[2002:808:808::]",
        "[2001:1::1]",
        "[3fff::1]",
        "192.0.0.8",
        "192.0.0.9",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "PRINTER.LOCAL.",
    ),
    *("metadata.google.internal", "router.lan", "nas.home.arpa", "db", "foo.0x7f", "1.2.3"),
    *("user:word@127.0.0.1", "files.example.com@127.0.0.1", "files.example.com\\@127.0.0.1"),
    *("127.0.0.1\\.example.com", "%31%32%37.0.0.1", "127\u30020\u30020\u30021"),
]
PUBLIC = [
    *(
        "files.example.com",
        "files.example.com.",
        "8.8.8.8",
        "[2606:4700:4700::1111]",
        "files_1.a-b.co",
    ),
    *(
        "xn--mller-kva.de",
        "m\u00fcller.de",
        "[::ffff:8.8.8.8]",
        "lan.example.com",
    ),
    *("user:word@files.example.com", "127.0.0.1.example.com", "0.example.com"),
]


@pytest.mark.parametrize("host", PRIVATE)
def test_the_public_service_sends_nobody_to_a_private_address(
    make_client: MakeClient, tmp_path: Path, host: str
) -> None:
    url = f"https://{host}/v.mp4"
    origin = Origin()
    with pytest.raises(DownloadError, match="its address"):
        make_client(handler=origin).download([Video(url, "t")], tmp_path)
    assert origin.seen == []
    network = Network(httpx.Response(302, headers={b"Location": url.encode()}))
    with pytest.raises(DownloadError):
        make_client(handler=network).download([Video(URL, "t")], tmp_path)
    assert {str(request.url) for request in network.seen} == {URL}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", PUBLIC)
def test_what_may_be_public_is_fetched(make_client: MakeClient, tmp_path: Path, host: str) -> None:
    url = f"https://{host}/v.mp4"
    moved = httpx.Response(302, headers={b"Location": url.encode()})
    for name, origin, first in (("t", Origin(), url), ("u", Origin(breaks=[moved]), URL)):
        (path,) = make_client(handler=origin).download([Video(first, name)], tmp_path)
        assert path.read_bytes() == VIDEO


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8765", "https://10.0.0.7", "https://weryai.lan"]
)
def test_a_service_of_this_network_may_name_what_is_there(
    make_client: MakeClient, tmp_path: Path, base: str
) -> None:
    video = Video("http://127.0.0.1:8765/v.mp4", "t")
    (path,) = make_client(handler=Origin(), base_url=base).download([video], tmp_path)
    assert path.read_bytes() == VIDEO


def test_an_upload_of_the_public_service_has_no_private_address(
    make_client: MakeClient, ask: Ask, pictures: tuple[Path, Path]
) -> None:
    told = {"status": 0, "data": {"object_url_list": ["http://127.0.0.1/a.png"]}}
    network = Network(httpx.Response(200, json=told))
    client = make_client(handler=network)
    with pytest.raises(UnexpectedResponseError, match="points to this machine or to a private"):
        client.submit(ask(images=pictures[:1]))
    assert len(network.seen) == 1, "nothing was paid"
    local = make_client(handler=network, base_url="http://127.0.0.1:1")
    assert local.upload(pictures[0]) == "http://127.0.0.1/a.png"


def test_a_registry_that_the_user_set_may_be_private(
    make_client: MakeClient, tmp_path: Path
) -> None:
    network = Network(httpx.Response(200, json={"status": 0, "data": {}}))
    client = make_client(handler=network, registry_url="http://127.0.0.1:80")
    assert client.models() == []
    for beside in ("http://127.0.0.1:8080/v", "http://127.0.0.2:80/v", "https://127.0.0.1:80/v"):
        with pytest.raises(DownloadError, match="its address points to this machine"):
            client.download([Video(beside, "t")], tmp_path)
    assert len(network.seen) == 1


LOOPBACK = [
    *("127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "2130706433", "0x7f.1", "localhost"),
    *(
        "LocalHost",
        "localhost.",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[0000::0001]",
        "[::ffff:127.0.0.9]",
    ),
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_all_of_loopback_may_be_spoken_to_without_https(host: str) -> None:
    assert addresses.fault(f"http://{host}:8765/v1") is None


@pytest.mark.parametrize(
    "host", ["128.0.0.1", "10.0.0.1", "0.0.0.0", "[::2]", "a.localhost", "127.0.0.1.example.com"]
)
def test_nothing_but_loopback_may_be_spoken_to_without_https(host: str) -> None:
    assert "plain http" in str(addresses.fault(f"http://{host}:8765/v1"))

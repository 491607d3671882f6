"""What the service is to fetch or to call is on the internet: a paid job must not fail for that."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.support.clients import MakeClient, Network
from weryai import InvalidRequestError, MediaError, MultiImageToVideo, ParameterError, WeryAI
from weryai.testing import ManualClock, Simulator, refusal

Ask = Callable[..., MultiImageToVideo]
# Plain http is for this machine alone, in whatever spelling; the others are refused as https, too.
HERE = [
    *("http://localhost:8000", "http://LOCALHOST", "http://localhost.", "http://127.0.0.1"),
    *("http://127.8.9.10:1", "http://[::1]", "http://[0:0:0:0:0:0:0:1]", "http://127.1"),
    *("http://2130706433", "http://0x7f.1", "http://[::ffff:127.0.0.1]"),
    *("https://localhost", "https://fox.localhost", "https://127.0.0.1", "https://[::127.0.0.1]"),
    *("https://example.com@127.0.0.1", "https://127。0。0。1", "https://0"),
]
NEAR = [
    *("https://10.0.0.5", "https://172.16.3.4", "https://192.168.1.2:8443", "https://169.254.1.1"),
    *("https://100.64.0.1", "https://0.0.0.0", "https://198.18.0.1", "https://192.0.2.1"),
    *("https://240.0.0.1", "https://255.255.255.255", "https://224.0.0.1", "https://3232235777"),
    *("https://[fe80::1]", "https://[fd00::1]", "https://[::]", "https://[2001:db8::1]"),
    *("https://[::ffff:10.0.0.5]", "https://[64:ff9b::a00:5]", "https://[2002:a00:5::1]"),
    *("https://nas", "https://fox.local", "https://fox.LOCAL.", "https://db.internal"),
    *("https://fox.lan", "https://printer.home.arpa", "https://a.test", "https://a.example"),
    *("https://a.invalid", "https://a.onion", "https://user:word@fox.local"),
]
PUBLIC = [
    *("https://example.com", "https://1.1.1.1", "https://[2606:4700:4700::1111]"),
    *(
        "https://bücher.example.com",
        "https://xn--bcher-kva.example.com",
        "https://a-b.c_d.example.org",
    ),
    *(
        "https://local.example.com",
        "https://127.0.0.1.example.com",
        "https://user:word@example.com",
    ),
    *("https://example.com:8443", "https://example.com.", "https://localhost@example.com"),
]


def faults(send: Callable[[], Any]) -> tuple[str, ...]:
    with pytest.raises(InvalidRequestError) as caught:
        send()
    return caught.value.faults


@pytest.mark.parametrize("origin", [*HERE, *NEAR])
def test_an_address_that_the_service_cannot_reach_is_refused_before_anything_is_sent(
    make_client: MakeClient, ask: Ask, pictures: tuple[Path, Path], origin: str
) -> None:
    network = Network(httpx.Response(500))
    client = make_client(handler=network)
    request = ask(images=[pictures[0], f"{origin}/a.jpg"], webhook_url=f"{origin}/hook")
    for send in (client.submit, client.generate, MultiImageToVideo.check):
        image, hook = faults(lambda send=send: send(request))  # type: ignore[misc]
        assert image.startswith("images[2] points to this machine or to a private network")
        assert image.endswith("so give the file")
        assert hook.startswith("webhook_url points to this machine or to a private network")
    assert network.seen == []


@pytest.mark.parametrize("origin", [*HERE, *NEAR, *PUBLIC])
def test_a_service_on_this_machine_reaches_all(
    client: WeryAI, simulator: Simulator, ask: Ask, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ask(images=["https://example.com/a.jpg"], webhook_url=f"{origin}/hook")
    if origin.isascii():  # the simulator's contract knows no other addresses
        client.submit(request)
        assert len(simulator.ledger) == 1
    request.check(base_url="http://127.0.0.1:8765")
    monkeypatch.setenv("WERYAI_BASE_URL", "http://localhost:8765")
    request.check()


@pytest.mark.parametrize("origin", PUBLIC)
def test_an_address_on_the_internet_is_sent(make_client: MakeClient, ask: Ask, origin: str) -> None:
    network = Network(httpx.Response(200, json={"status": 0, "data": {"task_ids": ["task_1"]}}))
    request = ask(images=[f"{origin}/a.jpg"], webhook_url=f"{origin}/hook")
    assert make_client(handler=network).submit(request).task_ids == ("task_1",)
    assert request.check(base_url="https://api.weryai.com") == []


def test_a_service_in_a_private_network_is_not_this_machine(
    make_client: MakeClient, ask: Ask
) -> None:
    """It may as well be a gateway to the public one."""
    client = make_client(handler=Network(httpx.Response(500)), base_url="https://10.0.0.5")
    request = ask(images=["http://localhost:8000/a.jpg"])
    assert len(faults(lambda: client.submit(request))) == 1


def test_what_is_unreachable_and_what_is_broken_are_told_at_once(ask: Ask) -> None:
    request = ask(images=["gone.png", "https://fox.local/a.jpg"], webhook_url="https://nas/hook")
    told = faults(request.check)
    assert [fault.split()[0] for fault in told] == ["images[2]", "webhook_url", "gone.png:"]
    with pytest.raises(MediaError):
        request.check(base_url="http://localhost")


@pytest.mark.parametrize("code", [1014, 2004])
def test_a_refusal_of_an_image_tells_which_ones_were_sent(
    make_client: MakeClient, ask: Ask, pictures: tuple[Path, Path], clock: ManualClock, code: int
) -> None:
    for operation in ("upload_file", "submit_multi_image_to_video"):
        with Simulator(clock=clock) as simulator:
            client = make_client(simulator)
            simulator.next(operation, refusal(code))
            with pytest.raises(ParameterError) as caught:
                client.submit(ask(images=pictures))
            paths = pictures[:1] if operation == "upload_file" else pictures
            sizes = [f"{path.stat().st_size:,}" for path in paths]
            assert caught.value.__notes__ == [
                f"sent was {path}: PNG, 320 x 180 pixels, {size} bytes"
                for path, size in zip(paths, sizes, strict=True)
            ]


def test_the_size_of_what_is_uploaded_is_logged_without_its_name(
    client: WeryAI, pictures: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "weryai")
    client.upload(pictures[0])
    size = pictures[0].stat().st_size
    assert f"uploading: PNG, 320 x 180 pixels, {size:,} bytes" in caplog.messages
    assert pictures[0].name not in caplog.text


def test_the_pixels_of_an_image_over_the_simulators_limit_are_told_as_its_own(
    client: WeryAI, tmp_path: Path
) -> None:
    from PIL import Image

    path = tmp_path / "a.png"
    Image.new("1", (8000, 5001)).save(path)
    with pytest.raises(
        ParameterError, match="over 40 megapixels; that is the simulator's own"
    ) as e:
        client.upload(path)
    assert "8000 x 5001 pixels" in e.value.__notes__[0]

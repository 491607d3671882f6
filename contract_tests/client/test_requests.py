"""A request that the contract refuses is refused here, with every fault, and nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from contract_tests.support.clients import Network
from contract_tests.support.contract import SCHEMAS, request, resolved
from contract_tests.support.recorded_pages import PAGES, words
from contract_tests.support.requests import CLASSES
from weryai import InvalidRequestError, MediaError, MultiImageToVideo, WeryAI
from weryai.requests import _base
from weryai.testing import Simulator

Ask = Callable[..., MultiImageToVideo]
HTTPS = "https://example.com/a.jpg"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"images": []}, "0 given, 1 to 3"),
        ({"images": [HTTPS] * 4}, "4 given, 1 to 3"),
        ({"images": "fox.jpg"}, "must be a list"),
        ({"images": [b"\x89PNG"]}, "must be a path or an https address"),
        ({"images": ["ftp://example.com/a.jpg"]}, "starts with ftp, not https"),
        ({"images": ["http://example.com/a.jpg"]}, "is plain http"),
        ({"images": ["data:image/png;base64,AAAA"]}, "starts with data, not https"),
        ({"images": ["DATA:image/png;base64,AAAA"]}, "starts with data, not https"),
        ({"images": ["https://"]}, "names no host"),
        ({"images": ["https://example.com/a b.jpg"]}, "white space"),
        ({"prompt": ""}, "prompt is empty"),
        ({"prompt": "x" * 2001}, "2001 characters, at most 2000"),
        ({"prompt": None}, "prompt must be a text"),
        ({"prompt": b"x" * 10_000}, "prompt must be a text"),
        ({"prompt": "\ud800"}, "surrogate"),
        ({"model": None}, "model must be a text"),
        ({"aspect_ratio": 1.77}, "aspect_ratio must be a text"),
        ({"duration": 5.5}, "duration must be a whole number of seconds, not 5.5"),
        ({"duration": 0}, "at least 1, not 0"),
        ({"duration": True}, "not True"),
        ({"duration": "5"}, "not '5'"),
        ({"duration": 10**5000}, "a number that long"),
        ({"negative_prompt": "x" * 1001}, "1001 characters, at most 1000"),
        ({"negative_prompt": 7}, "negative_prompt must be a text, not 7"),
        ({"video_number": "2"}, "video_number must be a whole number, not '2'"),
        ({"video_number": 0}, "1 to 4, not 0"),
        ({"video_number": 5}, "1 to 4, not 5"),
        ({"resolution": 720}, "resolution must be a text"),
        ({"generate_audio": "true"}, "must be True or False"),
        ({"generate_audio": "maybe"}, "must be True or False, not 'maybe'"),
        ({"generate_audio": 1}, "must be True or False, not 1"),
        ({"webhook_url": "ftp://example.com/hook"}, "webhook_url starts with ftp, not https"),
        ({"webhook_url": "https://"}, "webhook_url names no host"),
        ({"webhook_url": "https://[::1/"}, "webhook_url is not a valid address"),
        ({"webhook_url": "http://example.com/hook"}, "webhook_url is plain http"),
        ({"webhook_url": 7}, "webhook_url must be an https address"),
        ({"caller_id": -(2**63) - 1}, "caller_id must be a whole number"),
        ({"caller_id": 2**63}, "caller_id must be a whole number"),
        ({"caller_id": "me"}, "caller_id must be a whole number"),
    ],
)
def test_what_the_contract_refuses_is_refused(ask: Ask, given: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        ask(**given)
    assert len(caught.value.faults) == 1
    assert fault in caught.value.faults[0]
    assert len(caught.value.faults[0]) < 150, "a value that is long is not told in full"


@pytest.mark.parametrize("resolution", ["1080p", "1080P", " 1080p "])
def test_what_the_page_forbids_a_model_is_refused_in_its_words(ask: Ask, resolution: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        ask(model="WERYDANCE_2_0_FAST", resolution=resolution)
    assert caught.value.faults == ("resolution: Werydance 2.0 Fast does not support 1080p",)
    models = {key for page in PAGES.values() for key in page.models.values()}
    for model in {*models, "NEW_1"} - {"WERYDANCE_2_0_FAST"}:
        assert ask(model=model, resolution=resolution)
    assert ask(model="WERYDANCE_2_0_FAST", resolution="720p")


@pytest.mark.parametrize("operation", PAGES)
def test_all_that_the_page_forbids_a_model_is_known_and_in_the_contract(operation: str) -> None:
    page, fields = PAGES[operation], SCHEMAS[request(operation)]["properties"]
    titles = {key: title for title, key in page.models.items()}
    for name, field in page.request["properties"].items():
        told = " ".join(resolved(fields[name])["description"].split())
        sentences = re.split(r"[.;](?:\s|$)", words(field))
        for forbidden in (sentence for sentence in sentences if re.search(r"\bnot\b", sentence)):
            known = [each for each in _base.NOT_FOR.items() if each[1] in forbidden]
            assert len(known) == 1, f"the page forbids something new: {forbidden}"
            ((model, of, value), said) = known[0]
            assert of == name
            assert said.startswith(f"{titles[model]} does")
            assert value in said
            assert said in told


def test_nothing_is_forbidden_that_no_page_forbids() -> None:
    fields = [each for page in PAGES.values() for each in page.request["properties"].values()]
    for said in _base.NOT_FOR.values():
        assert any(said in words(field) for field in fields)


@pytest.mark.parametrize("operation", PAGES)
def test_the_models_of_the_page_are_in_the_docstring(operation: str) -> None:
    told, models = " ".join((CLASSES[operation].__doc__ or "").split()), PAGES[operation].models
    for title, key in models.items():
        assert f"`{key}` ({title})" in told
    assert {*re.findall(r"`([A-Z]+_\w+)`", told)} == {*models.values()} != set()


@pytest.mark.parametrize("name", ["a.gif", "b.HEIC", "c.tiff", "clip.mp4", "d.bmp#e"])
def test_an_address_of_another_kind_of_file_is_refused(ask: Ask, name: str) -> None:
    with pytest.raises(
        InvalidRequestError, match=r"images\[1\] is a \w+; the service takes jpg, jp"
    ):
        ask(images=[f"https://example.com/{name}"])


@pytest.mark.parametrize(
    "name",
    ["a.jpg", "a.JPEG", "a.png", "a.webp", "a", "gif", "a.gif?format=jpg", "a.php", ".gif/a"],
)
def test_an_address_that_does_not_say_what_it_is_is_sent(ask: Ask, name: str) -> None:
    address = f"https://example.com/{name}"
    assert ask(images=[address]).payload()["images"] == [address]


LARGE = 10**5000  # Python does not write it out


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    "given", [{}, None, [], "a fox", 5, MultiImageToVideo, {"images": [HTTPS]}, Broken()]
)
def test_what_is_no_request_is_refused_before_anything_is_sent(
    client: WeryAI, simulator: Simulator, given: Any
) -> None:
    for send in (client.submit, client.generate):
        with pytest.raises(InvalidRequestError, match=r"MultiImageToVideo\(images=\[\.\.\.\]"):
            send(given)
    assert simulator.received == []


@pytest.mark.parametrize(
    "given", [None, 5, LARGE, b"task_1", ["task_1"], "", "..", Broken()], ids=type
)
def test_what_is_no_id_is_refused_before_anything_is_sent(
    client: WeryAI, simulator: Simulator, given: Any
) -> None:
    for ask in (client.status, client.batch_status):
        with pytest.raises(InvalidRequestError, match="is not an id that the service could have"):
            ask(given)
    assert simulator.received == []


def test_a_value_that_cannot_even_be_shown_is_refused(ask: Ask) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        ask(duration=Broken(), images=[Broken()])
    assert [fault.rpartition(" ")[2] for fault in caught.value.faults] == ["Broken"] * 2


@pytest.mark.parametrize(
    "given",
    [
        {"images": [HTTPS]},
        {"images": [HTTPS] * 3},
        {"images": ["http://127.0.0.1:1/a.jpg", "http://localhost/b.jpg", "http://[::1]/c.jpg"]},
        {"prompt": "x"},
        {"prompt": "x" * 2000},
        {"prompt": "🦊" * 2000},
        {"negative_prompt": "x" * 1000},
        {"video_number": 1},
        {"video_number": 4},
        {"duration": 1},
        {"caller_id": -(2**63)},
        {"caller_id": 2**63 - 1},
        {"webhook_url": "https://example.com/hook"},
    ],
)
def test_what_the_contract_allows_is_allowed(ask: Ask, given: dict[str, Any]) -> None:
    payload = ask(**given).payload()
    assert {name: payload[name] for name in given} == given


def test_all_faults_come_in_one_message(ask: Ask, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        ask(images=[tmp_path / "gone.png"], prompt="", duration=5.5, video_number=5)
    assert len(caught.value.faults) == 4
    assert all(word in str(caught.value) for word in ("prompt", "duration", "video_n", "gone.png"))


def test_the_payload_leaves_out_what_was_not_given(ask: Ask) -> None:
    given = ask(images=[HTTPS], generate_audio=False)
    assert given.payload() == {
        "images": [HTTPS],
        "prompt": "The sun sets",
        "model": "KLING_O1",
        "aspect_ratio": "16:9",
        "duration": 5,
        "generate_audio": False,
    }


def broken_files(folder: Path) -> list[tuple[Path, str]]:
    text, empty, huge = folder / "text.jpg", folder / "empty.png", folder / "huge.png"
    sound = folder / "sound.webp"
    sound.write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt ")
    text.write_text("not an image")
    empty.touch()
    with huge.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.truncate(10 * 1024 * 1024 + 1)
    return [
        (text, "is not a jpg, png or webp image"),
        (sound, "is not a jpg, png or webp image"),
        (empty, "is empty"),
        (huge, "10,485,761 bytes, the limit is 10,485,760"),
        (folder / "gone.png", "there is no such file"),
        (folder, "is a directory"),
        (Path("/dev/null"), "is not a regular file"),
    ]


def test_local_files_are_told_by_their_content_before_anything_is_sent(
    client: WeryAI, simulator: Simulator, ask: Ask, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    for path, fault in broken_files(tmp_path):
        with pytest.raises(MediaError, match=fault) as caught:
            client.submit(ask(images=[pictures[0], path]))
        assert str(path) in str(caught.value)
        with pytest.raises(MediaError, match=fault):
            client.upload(path)
    assert simulator.received == []


def test_local_files_can_be_looked_at_before_anything_is_sent(
    ask: Ask, pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    ask(images=[*pictures, HTTPS]).check()
    with pytest.raises(MediaError, match="there is no such file"):
        ask(images=[pictures[0], tmp_path / "gone.png"]).check()


def test_an_image_that_is_refused_is_a_request_that_is_refused(client: WeryAI) -> None:
    """So that one `except` sees all that was refused before anything was sent."""
    with pytest.raises(InvalidRequestError, match="there is no such file") as caught:
        client.upload("gone.png")
    assert isinstance(caught.value, MediaError)


def test_all_broken_files_come_in_one_message(client: WeryAI, ask: Ask, tmp_path: Path) -> None:
    paths = [path for path, _ in broken_files(tmp_path)[:3]]
    with pytest.raises(MediaError) as caught:
        client.submit(ask(images=paths))
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_each_kind_of_image_is_sent_as_what_it_is(
    make_client: Callable[..., WeryAI], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", (8, 8)).save(path, format=kind)
    stored = httpx.Response(200, json={"status": 0, "data": {"object_url_list": [HTTPS]}})
    network = Network(stored)
    assert make_client(handler=network).upload(path) == HTTPS
    assert f"Content-Type: image/{kind}".encode() in network.seen[0].content


def test_a_file_of_exactly_10_mb_with_the_wrong_name_is_sent(
    client: WeryAI, simulator: Simulator, tmp_path: Path, pictures: tuple[Path, Path]
) -> None:
    full = tmp_path / "picture.txt"
    content = pictures[0].read_bytes()
    full.write_bytes(content + bytes(10 * 1024 * 1024 - len(content)))
    assert client.upload(full).startswith("http://localhost/files/")
    assert len(simulator.received) == 1

"""What the simulated service makes of bodies: JSON that is none, and files that are no images."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from contract_tests.support.servers.simulator_http import (
    IMAGE,
    REQUEST,
    SUBMIT,
    UPLOAD,
    assert_fits,
    fits,
    raw,
)
from weryai.testing import Simulator

LIMIT = 10 * 1024 * 1024
CREDITS = 1000
VALID = json.dumps(REQUEST)
# Not JSON by RFC 8259, or nothing that could be kept.
UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \n",
    "half": VALID[:-1].encode(),
    "two": (VALID + VALID).encode(),
    "a comment": VALID.encode() + b"// paid",
    "single quotes": VALID.replace('"', "'").encode(),
    "NaN": VALID.replace("5}", "NaN}").encode(),
    "Infinity": VALID.replace("5}", "Infinity}").encode(),
    "a number without end": VALID.replace("5}", "1e999}").encode(),
    "a number of 5000 digits": VALID.replace("5}", "5" * 5000 + "}").encode(),
    "half a character": VALID.replace("sun", "\\ud83e").encode(),
    "half a character as a name": VALID.replace("5}", '5, "\\ud83e": 1}').encode(),
    "Latin-1": VALID.replace("sun", "é").encode("latin-1"),
    "UTF-16": VALID.encode("utf-16"),
    "UTF-32": VALID.encode("utf-32-le"),
    "a byte order mark": VALID.encode("utf-8-sig"),
    "a surrogate in UTF-8": VALID.replace("sun", "\ud83e").encode(errors="surrogatepass"),
    "arrays in arrays": VALID.replace(
        "5}", '5, "x": ' + "[" * 100_000 + "]" * 100_000 + "}"
    ).encode(),
    "objects in objects": ('{"x":' * 100_000 + "1" + "}" * 100_000).encode(),
    "arrays without end": b"[" * 1_000_000,
}


@pytest.fixture
def http(simulator: Simulator) -> Iterator[httpx.Client]:
    with raw(simulator) as http:
        yield http


def picture(kind: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (32, 18), "red").save(file, kind)
    return file.getvalue()


def send(http: httpx.Client, body: bytes | str, kind: str = "application/json") -> httpx.Response:
    headers = {"Content-Type": kind} if kind else {}
    return http.post(SUBMIT, content=body, headers=headers)


def assert_malformed(answer: httpx.Response) -> None:
    assert answer.status_code == 400
    assert_fits("HttpError", answer.json())
    assert answer.json()["message"]


# JSON


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_is_not_json_is_malformed(
    simulator: Simulator, http: httpx.Client, name: str
) -> None:
    assert_malformed(send(http, UNREADABLE[name]))
    assert (simulator.ledger, simulator.credits) == ([], CREDITS)


@pytest.mark.parametrize("body", ["null", "true", "5", '"text"', "[]", f"[{VALID}]", "{}"])
def test_json_that_is_no_submission_is_a_wrong_parameter(
    simulator: Simulator, http: httpx.Client, body: str
) -> None:
    assert not fits("MultiImageToVideoRequest", json.loads(body))
    told = send(http, body).json()
    assert_fits("BusinessError", told)
    assert told["status"] == 1002
    assert (simulator.ledger, simulator.credits) == ([], CREDITS)


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/jsonp", "application/x-www-form-urlencoded", "text/json", ";"],
)
def test_a_submission_is_called_json_or_is_malformed(
    simulator: Simulator, http: httpx.Client, kind: str
) -> None:
    assert_malformed(send(http, VALID, kind))
    assert (simulator.ledger, simulator.credits) == ([], CREDITS)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON ;a=b"]
)
def test_json_may_be_called_by_any_of_its_names(http: httpx.Client, kind: str) -> None:
    assert send(http, VALID, kind).json()["status"] == 0


@pytest.mark.parametrize(
    "body",
    [
        f"\r\n\t {VALID} ",
        VALID.replace("sun", "\\ud83e\\udd8a"),
        VALID.replace("sun", "\\u0000\\u001f"),
        VALID.replace("5}", "5.000}"),
        VALID.replace("5}", "50e-1}"),
        VALID.replace("5}", "5, " + '"x": ' + "[" * 300 + "]" * 300 + "}"),
        VALID.replace("5}", "999, " + '"duration": 5}'),
    ],
)
def test_any_way_to_write_it_is_accepted_and_of_a_repeated_name_the_last_holds(
    simulator: Simulator, http: httpx.Client, body: str
) -> None:
    assert send(http, body).json()["status"] == 0
    (line,) = simulator.ledger
    assert line.payload["duration"] == 5
    assert line.payload["prompt"] == json.loads(body)["prompt"]


# Files


def upload(http: httpx.Client, content: bytes = IMAGE, **more: Any) -> httpx.Response:
    return http.post(UPLOAD, files={"file": ("image", content)}, **more)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_image_is_kept_and_public(simulator: Simulator, http: httpx.Client, kind: str) -> None:
    told = upload(http, picture(kind)).json()
    assert_fits("UploadOk", told)
    (url,) = told["data"]["object_url_list"]
    assert_fits("ImageAddress", url)
    del http.headers["Authorization"]
    assert http.get(url).content == picture(kind)
    assert (simulator.ledger, simulator.credits) == ([], CREDITS)


def test_each_upload_has_an_address_of_its_own(http: httpx.Client) -> None:
    first, second = (upload(http).json()["data"]["object_url_list"] for _ in range(2))
    assert first != second
    assert http.get(f"{first[0]}0").status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        picture("GIF"),
        picture("BMP"),
        picture("TIFF"),
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WAVEfmt ",
        picture("PNG")[:8],
        picture("PNG")[:-30],
        picture("JPEG")[:200],
        picture("WEBP")[:20],
        b"\xff\xd8\xff",
    ],
)
def test_what_is_no_image_or_a_broken_one_is_refused_with_2004(
    http: httpx.Client, content: bytes
) -> None:
    told = upload(http, content).json()
    assert_fits("BusinessError", told)
    assert told["status"] == 2004


def test_ten_megabytes_are_kept_and_a_byte_more_is_refused_with_1014(http: httpx.Client) -> None:
    content = IMAGE.ljust(LIMIT, b"\0")
    (url,) = upload(http, content).json()["data"]["object_url_list"]
    assert http.get(url).content == content
    for too_large in (content + b"\0", b"x" * (LIMIT + 1)):
        told = upload(http, too_large).json()
        assert_fits("BusinessError", told)
        assert told["status"] == 1014


@pytest.mark.parametrize(
    "fields",
    [{"fixed": "true"}, {"fixed": "false"}, {"batch_no": ""}, {"batch_no": "é 1"}, {"other": "1"}],
)
def test_the_other_fields_of_the_form_are_accepted(
    http: httpx.Client, fields: dict[str, str]
) -> None:
    assert_fits("UploadOk", upload(http, data=fields).json())


@pytest.mark.parametrize("fixed", ["True", "False", "1", "", "yes", "null"])
def test_fixed_is_true_or_false(http: httpx.Client, fixed: str) -> None:
    told = upload(http, data={"fixed": fixed}).json()
    assert_fits("BusinessError", told)
    assert told["status"] == 1002


@pytest.mark.parametrize(
    "files",
    [
        {"file": (None, IMAGE)},
        {"image": ("image.png", IMAGE)},
        {"batch_no": (None, b"1")},
        {"File": ("image.png", IMAGE)},
    ],
)
def test_a_form_without_a_file_is_refused(http: httpx.Client, files: dict[str, Any]) -> None:
    told = http.post(UPLOAD, files=files).json()
    assert_fits("BusinessError", told)
    assert told["status"] == 1002


def test_an_empty_form_is_refused(http: httpx.Client) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert http.post(UPLOAD, content=b"", headers=kind).json()["status"] == 1002


@pytest.mark.parametrize("name", ["file", "batch_no", "fixed"])
def test_each_field_of_a_form_may_come_once(http: httpx.Client, name: str) -> None:
    once = [("file", ("a.png", IMAGE)), ("batch_no", (None, b"1")), ("fixed", (None, b"true"))]
    assert_fits("UploadOk", http.post(UPLOAD, files=once).json())
    told = http.post(UPLOAD, files=[*once, (name, dict(once)[name])]).json()
    assert_fits("BusinessError", told)
    assert told["status"] == 1002


def test_a_field_is_no_file(http: httpx.Client) -> None:
    batch_no = ("batch_no", ("1.png", IMAGE))
    for file in ((None, b"text"), ("a.png", IMAGE)):
        assert http.post(UPLOAD, files=[("file", file), batch_no]).json()["status"] == 1002


FORM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + IMAGE


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", FORM + b"\r\n--x--\r\n"),
        ("application/json", b"{}"),
        ("multipart/form-data", FORM + b"\r\n--x--\r\n"),
        ("multipart/form-datax; boundary=x", FORM + b"\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"garbage"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno name\r\n--x--\r\n"),
    ],
)
def test_a_form_that_cannot_be_read_is_malformed(
    simulator: Simulator, http: httpx.Client, kind: str, body: bytes
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    assert_malformed(http.post(UPLOAD, content=body, headers=headers))


def test_a_file_that_looks_like_a_part_of_the_form_arrives_whole(http: httpx.Client) -> None:
    content = IMAGE + b'\r\n--+++\r\nContent-Disposition: form-data; name="fixed"\r\n\r\nmaybe'
    (url,) = upload(http, content).json()["data"]["object_url_list"]
    assert http.get(url).content == content


@pytest.mark.parametrize("fields", [{}, {"fixed": "maybe"}])
def test_no_upload_leaves_a_file_open(http: httpx.Client, fields: dict[str, str]) -> None:
    upload(http, IMAGE.ljust(3_000_000, b"\0"), data=fields)
    http.post(UPLOAD, files={"other": ("a", IMAGE.ljust(3_000_000, b"\0"))})
    gc.collect()  # warns of each file that was left, and a warning is a failure here

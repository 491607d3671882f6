"""The pages that are written are what the classes, the commands and the contract say today."""

from __future__ import annotations

from contract_tests.house.docs.written import http_api, python, requests
from contract_tests.house.docs.written.__main__ import DOCS, pages
from contract_tests.support.contract import OPERATIONS, WEBHOOKS
from weryai import REQUESTS


def test_each_page_of_the_reference_is_up_to_date() -> None:
    written = pages()
    stale = [name for name, text in written.items() if (DOCS / name).read_text() != text]
    assert stale == [], "run `make reference`"
    there = {path.relative_to(DOCS).as_posix() for path in (DOCS / "reference").rglob("*.md")}
    assert there <= set(written), "what is about nothing any more has to go"


def test_each_public_name_has_its_place_in_one_page() -> None:
    named = [name for names in python.public_names().values() for name in names]
    assert len(named) == len(set(named))
    for module, names in python.public_names().items():
        assert set(names)
        assert all(f"\n::: {module}.{name}\n" in python.pages()[module] for name in names)


def test_the_http_api_has_each_operation() -> None:
    page = http_api.page()
    assert all(f"in the contract `{name}`" in page for name in [*OPERATIONS, *WEBHOOKS])
    assert "- **`duration`** (integer, `minimum: 1`, required): " in page


def test_the_requests_have_every_field_of_every_class_and_what_it_may_be() -> None:
    sections = requests.page().split("\n## ")[1:]
    assert [each.partition("\n")[0] for each in sections] == [
        kind.__name__ for kind in REQUESTS.values()
    ]
    for section, kind in zip(sections, REQUESTS.values(), strict=True):
        rows = [line for line in section.splitlines() if line.startswith("- **`")]
        names = {row.removeprefix("- **`").partition("`")[0] for row in rows}
        assert names == {each.name for each in kind.parameters()}
    lines = sections[0].splitlines()
    for told in (
        "- **`images`** (`IMAGES`): 1 to 3 images. **Required.** ",
        "- **`prompt`** (`--prompt`): text, 1 to 2000 characters. **Required.** ",
        "- **`duration`** (`--duration`): whole number, at least 1. **Required.** ",
        "- **`negative_prompt`** (`--negative-prompt`): text, at most 1000 characters. ",
        "- **`video_number`** (`--video-number`): 1, 2, 3, 4. ",
        "- **`generate_audio`** (`--audio`): true or false. ",
        "- **`webhook_url`** (`--webhook-url`): https address. ",
        "- **`caller_id`** (`--caller-id`): whole number, 64 bits. ",
    ):
        assert any(line.startswith(told) for line in lines), told

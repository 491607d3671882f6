"""The page of a simulator: what is seen, and forms that do what they say."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from attrs import define, field

from contract_tests.support.servers.simulator_http import raw, submit
from weryai.testing import Simulator

HOME = "/simulator"


@define
class Form:
    """A form, with what it sends unless somebody chooses otherwise, and all that can be chosen."""

    action: str
    fields: dict[str, str] = field(factory=dict)
    choices: list[tuple[str, str]] = field(factory=list)


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self._select = ""
        self._labels = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.tags.append(tag)
        self.links += [given[name] for name in ("href", "src", "action") if name in given]
        self._labels += tag == "label"
        match tag:
            case "form":
                self.forms.append(Form(given["action"]))
            case "input":
                assert self._labels, "every field has a label"
                self.forms[-1].fields[given["name"]] = given["value"]
            case "select":
                assert self._labels, "every field has a label"
                self._select = given["name"]
            case "option":
                self.forms[-1].fields.setdefault(self._select, given["value"])
                self.forms[-1].choices.append((self._select, given["value"]))

    def handle_endtag(self, tag: str) -> None:
        self._labels -= tag == "label"

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_form_does_what_it_says_whatever_is_chosen(simulator: Simulator) -> None:
    with raw(simulator) as http:
        forms = Page(http.get(HOME).text).forms
        assert len(forms) == 5
        for form in forms:
            for name, value in form.choices:
                answer = http.post(form.action, data=form.fields | {name: value})
                assert answer.status_code == 303, (form, name, value, answer.text)
    planned = simulator._account.script
    assert len(planned["any submission"]) > 20
    assert len(simulator.outcomes) == 3


def test_what_happened_is_on_the_page(simulator: Simulator) -> None:
    with raw(simulator) as http:
        data = submit(http)["data"]
        http.post(f"{HOME}/faults", data={"refuse": 6010, "times": 3})
        submit(http)
        simulator.clock.sleep(30)
        page = Page(http.get(HOME).text)
    for words in (data["task_ids"][0], "succeed", "6010 More than 20", "any submission: 2", "995"):
        assert words in page.text, words
    assert f"http://localhost/results/{data['task_ids'][0]}-1.mp4" in page.links


@pytest.mark.parametrize("query", ["", "?live"])
def test_the_page_needs_no_script_and_nothing_from_elsewhere(
    simulator: Simulator, query: str
) -> None:
    with raw(simulator) as http:
        submit(http)
        answer = http.get(f"{HOME}{query}")
    page = Page(answer.text)
    assert not {"script", "img", "link", "iframe"} & {*page.tags}
    assert all(link.startswith("/simulator") for link in page.links), page.links
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert ('http-equiv="refresh"' in answer.text) == (query == "?live")


def test_what_others_sent_is_text_on_it(simulator: Simulator) -> None:
    odd: Any = "<script>alert(1)</script>"
    with raw(simulator) as http:
        http.get(f"/{odd}")
        http.post(f"{HOME}/faults", data={"fail": odd})
        (task_id,) = submit(http)["data"]["task_ids"]
        simulator.clock.sleep(30)
        page = Page(http.get(HOME).text)
    assert "script" not in page.tags
    assert odd in page.text
    assert task_id in page.text

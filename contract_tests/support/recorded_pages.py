"""The recorded pages of the paid operations: what the vendor promises, apart from the contract.

Read out of the OpenAPI block of their markdown, by nothing that openapi/drift.py reads it with.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from contract_tests.support.contract import PAID, PLACES, read_yaml

FOLDER = Path(__file__).parents[1] / "data" / "pages"
_BLOCK = re.compile(r"^`{3,}yaml \w+ \S+$\n(.*?)^`{3,}$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| ([^|]+) \| `(\w+)` \|$", re.MULTILINE)


class Page:
    """What one page says.

    Attributes:
        host, path, method, operation: of the call.
        security: how the key is sent.
        content_type, request, example: of the body, and the page's own.
        reply, reply_fields, example_reply: of the answer under 200.
        models: the keys by the names that readers see.
    """

    def __init__(self, text: str) -> None:
        (block,) = _BLOCK.findall(text)
        root = read_yaml(block)
        ((self.path, item),) = root["paths"].items()
        ((self.method, self.operation),) = item.items()
        self.host: str = root["servers"][0]["url"]
        self.security: Any = root["components"]["securitySchemes"]["bearerAuth"]
        ((self.content_type, body),) = self.operation["requestBody"]["content"].items()
        self.reply: Any = self.operation["responses"]["200"]
        answer = self.reply["content"]["application/json"]
        schemas = root["components"]["schemas"]
        self.request: Any = schemas[body["schema"]["$ref"].rpartition("/")[2]]
        self.reply_fields: Any = schemas[answer["schema"]["$ref"].rpartition("/")[2]]["properties"]
        self.example: Any = body["example"]
        self.example_reply: Any = answer["example"]
        told = self.request["properties"]["model"]["description"]
        self.models: dict[str, str] = dict(_ROW.findall(told))


def words(field: Any) -> str:
    """What a page says of a field, without the table of models."""
    return " ".join(_ROW.sub("", field["description"]).partition("\n|")[0].split())


def _pages() -> dict[str, Page]:
    """By operationId, in the order of the contract; one without a page is told by a test."""
    found = {page.path: page for page in (Page(file.read_text()) for file in FOLDER.glob("*.md"))}
    return {name: found[PLACES[name][0]] for name in PAID if PLACES[name][0] in found}


PAGES = _pages()

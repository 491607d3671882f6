"""The recorded page of the submission: what the vendor promises, told apart from the contract.

Read out of the OpenAPI block of its markdown form, by nothing that openapi/drift.py reads it with.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[1] / "data" / "pages" / "multi-image-to-video.md"
_BLOCK = re.compile(r"^`{3,}yaml \w+ \S+$\n(.*?)^`{3,}$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| ([^|]+) \| `(\w+)` \|$", re.MULTILINE)

(_BLOCK_TEXT,) = _BLOCK.findall(FILE.read_text())
ROOT: Any = yaml.safe_load(_BLOCK_TEXT)
((PATH, _ITEM),) = ROOT["paths"].items()
((METHOD, OPERATION),) = _ITEM.items()
HOST: str = ROOT["servers"][0]["url"]
SECURITY: Any = ROOT["components"]["securitySchemes"]["bearerAuth"]
((CONTENT_TYPE, BODY),) = OPERATION["requestBody"]["content"].items()
REPLY: Any = OPERATION["responses"]["200"]
_ANSWER: Any = REPLY["content"]["application/json"]


def _schema(media: Any) -> Any:
    return ROOT["components"]["schemas"][media["schema"]["$ref"].rpartition("/")[2]]


REQUEST: Any = _schema(BODY)
REPLY_FIELDS: dict[str, Any] = _schema(_ANSWER)["properties"]
EXAMPLE: Any = BODY["example"]
EXAMPLE_REPLY: Any = _ANSWER["example"]
# By the name that readers see.
MODELS: dict[str, str] = dict(_ROW.findall(REQUEST["properties"]["model"]["description"]))


def words(field: Any) -> str:
    """What the page says of a field, without the table of models."""
    return " ".join(_ROW.sub("", field["description"]).partition("\n|")[0].split())

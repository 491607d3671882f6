"""What of an answer may be written down: what the contract describes, without what is personal.

A field that the contract does not have is kept as its name and its type alone: nobody knows what
it holds.
"""

from __future__ import annotations

import re
from typing import Any

from contract_tests.support.contract import SCHEMAS

KNOWN = {name for schema in SCHEMAS.values() for name in schema.get("properties", {})}
# Of these the value is kept: the registry is the same for everybody.
PUBLIC = {*SCHEMAS["ModelRow"]["properties"], "status", "success", "video_number", "duration"}
PUBLIC |= {"model", "aspect_ratio", "resolution", "generate_audio"}
WORDS = {"desc", "message", "msg", "task_status", "taskStatus"}
IDS = {"task_id", "taskId", "task_ids", "batch_id"}
PROMPTS = {"prompt", "negative_prompt"}
LONGEST, PROMPT = 120, 12
TYPES = {str: "text", int: "integer", float: "number", list: "array", dict: "object"}

_KEY = re.compile(r"\bsk-\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"(https?://[\w.:-]+)\S*")
_EMAIL = re.compile(r"\S+@\S+")
_TOKEN = re.compile(r"(?=[\w-]*\d)[\w-]{6,}")


def redacted(value: Any, name: str = "") -> Any:
    """A JSON value, of a field of this name, as it may be written down."""
    if isinstance(value, dict):
        return {
            words(key): redacted(child, key) if key in KNOWN else shape(child)
            for key, child in value.items()
        }
    if isinstance(value, list):
        return [redacted(item, name) for item in value]
    if value is None or isinstance(value, bool) or name in PUBLIC:
        return value
    if name in WORDS:
        return words(value) if isinstance(value, str) else shape(value)
    if name in IDS:
        return masked(value)
    if name in PROMPTS:
        return cut(value, PROMPT) if isinstance(value, str) else shape(value)
    if isinstance(value, str) and _ADDRESS.match(value):
        return _ADDRESS.sub(r"\1/…", value)
    return shape(value)


def words(text: str) -> str:
    """A message: without keys, addresses below the host, mail addresses and what may be an id."""
    text = _ADDRESS.sub(r"\1/…", _KEY.sub("<key>", text))
    text = _EMAIL.sub("<mail>", text)
    return cut(_TOKEN.sub(lambda found: masked(found[0]), text), LONGEST)


def masked(value: Any) -> Any:
    """An id with its length and its punctuation."""
    if isinstance(value, int):
        return int(re.sub(r"\d", "9", str(value)))
    if isinstance(value, str):
        return cut(re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", value)), LONGEST)
    return shape(value)


def shape(value: Any) -> Any:
    """The type of a value in the place of it."""
    if value is None or isinstance(value, bool):
        return value
    size = f" of {len(value)}" if isinstance(value, (str, list, dict)) else ""
    return f"<{TYPES[type(value)]}{size}>"


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def swept(value: Any, key: str) -> Any:
    """The value without the key, wherever in it the key may be."""
    if isinstance(value, dict):
        return {swept(name, key): swept(child, key) for name, child in value.items()}
    if isinstance(value, list):
        return [swept(item, key) for item in value]
    if isinstance(value, str):
        return re.sub(re.escape(key), "<key>", value, flags=re.IGNORECASE)
    return value

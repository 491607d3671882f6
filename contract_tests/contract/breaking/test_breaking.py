"""What `make breaking` promises: a change of the contract that breaks users is found and named."""

from __future__ import annotations

import copy
import json

import pytest

from contract_tests.contract.breaking.changes_in_process import (
    BALANCE,
    BREAKING,
    JSON,
    STATUS,
    SUBMIT,
    UNKNOWN,
    Change,
    Doc,
    asked,
    compared,
    fields,
    operation,
    operations,
    request,
    schema,
)
from contract_tests.support.contract import CONTRACT


def renamed(doc: Doc, old: str, new: str) -> None:
    """The component under another name, everywhere."""
    text = json.dumps(doc).replace(f'/schemas/{old}"', f'/schemas/{new}"')
    text = text.replace(f'"{old}": {{', f'"{new}": {{')
    doc.clear()
    doc.update(json.loads(text))


def require_one_more(doc: Doc) -> None:
    asked(doc)["zest"] = {"type": "integer"}
    request(doc)["required"].append("zest")


def rename_a_reply_field(doc: Doc) -> None:
    found = fields(doc, "SubmitData")
    found["state"] = found.pop("task_status")


BREAKS: dict[str, tuple[Change, str, str]] = {
    "required request field added": (
        require_one_more,
        "submit_multi_image_to_video",
        "request zest: new and required",
    ),
    "optional request field now required": (
        lambda doc: request(doc)["required"].append("resolution"),
        "submit_multi_image_to_video",
        "request resolution: now required",
    ),
    "limit narrowed": (
        lambda doc: asked(doc)["prompt"].update(maxLength=100),
        "submit_multi_image_to_video",
        "request prompt: at most 100 characters, was 2000",
    ),
    "minimum raised": (
        lambda doc: asked(doc)["duration"].update(minimum=2),
        "submit_multi_image_to_video",
        "request duration: at least 2, was 1",
    ),
    "enum value removed from request": (
        lambda doc: schema(doc, "VideoNumber").update(enum=[1, 2, 3]),
        "submit_multi_image_to_video",
        "request video_number: enum: no longer 4",
    ),
    "request field gone": (
        lambda doc: asked(doc).pop("caller_id"),
        "submit_multi_image_to_video",
        "request caller_id: gone",
    ),
    "one form of a request field gone": (
        lambda doc: asked(doc)["generate_audio"]["oneOf"].pop(),
        "submit_multi_image_to_video",
        "request generate_audio: oneOf: no longer",
    ),
    "default changed": (
        lambda doc: schema(doc, "VideoNumber").update(default=4),
        "submit_multi_image_to_video",
        "request video_number: default 4, was 1",
    ),
    "reply enum widened where it is closed": (
        lambda doc: schema(doc, "OkStatus")["enum"].append(201),
        "get_balance",
        "reply 200 status: enum: now also 201",
    ),
    "constant of a reply became a choice": (
        lambda doc: fields(doc, "BusinessError").update(
            success={"type": "boolean", "enum": [True, False]}
        ),
        "get_balance",
        "reply 200 success: no longer const false",
    ),
    "reply field made nullable": (
        lambda doc: fields(doc, "ModelRow")["model_key"].update(type=["string", "null"]),
        "list_video_models",
        "reply 200 ModelRow.model_key: type string or null, was string",
    ),
    "reply field no longer required": (
        lambda doc: schema(doc, "ModelRow").pop("required"),
        "list_video_models",
        "reply 200 ModelRow.model_key: no longer required",
    ),
    "type of a reply field changed": (
        lambda doc: fields(doc, "ModelRow").update(title={"type": "integer"}),
        "list_video_models",
        "reply 200 ModelRow.title: type integer, was string or null",
    ),
    "integers become numbers in a reply": (
        lambda doc: fields(doc, "BusinessError")["status"].update(type="number"),
        "upload_file",
        "reply 200 status: type number, was integer",
    ),
    "reply field renamed": (
        rename_a_reply_field,
        "submit_multi_image_to_video",
        "reply 200 SubmitData.task_status: gone",
    ),
    "one more form of a reply": (
        lambda doc: fields(doc, "BalanceOk")["data"]["oneOf"].append({"type": "string"}),
        "get_balance",
        'reply 200 data: anyOf: now also {"type": "string"}',
    ),
    "reply field gone where anything was allowed": (
        lambda doc: fields(doc, "BusinessError").pop("data"),
        "get_balance",
        "reply 200 data: gone",
    ),
    "field of a webhook's notice gone": (
        lambda doc: fields(doc, "TaskNotice").pop("desc"),
        "task_completed",
        "request desc: gone",
    ),
    "path changed": (
        lambda doc: doc["paths"].update({"/v2/balance": doc["paths"].pop(BALANCE)}),
        "get_balance",
        "path /v2/balance, was /v1/generation/balance",
    ),
    "method changed": (
        lambda doc: doc["paths"][BALANCE].update(post=doc["paths"][BALANCE].pop("get")),
        "get_balance",
        "method POST, was GET",
    ),
    "operationId renamed": (
        lambda doc: operation(doc, BALANCE).update(operationId="credits"),
        "get_balance",
        "operationId credits, was get_balance: the function's name",
    ),
    "tag changed": (
        lambda doc: operation(doc, BALANCE).update(tags=["money", "account"]),
        "get_balance",
        "first tag money, was account: the module's folder",
    ),
    "operation removed": (
        lambda doc: doc["paths"].pop(BALANCE),
        "get_balance",
        "gone: GET /v1/generation/balance",
    ),
    "status code removed": (
        lambda doc: operation(doc, SUBMIT)["responses"].pop("504"),
        "submit_multi_image_to_video",
        "reply 504: status code gone",
    ),
    "a second success": (
        lambda doc: operation(doc, SUBMIT)["responses"].update({"202": {"description": "Soon."}}),
        "submit_multi_image_to_video",
        "reply 202: new status code",
    ),
    "media type of a request changed": (
        lambda doc: operation(doc, SUBMIT)["requestBody"].update(
            content={"application/cbor": {"schema": {}}}
        ),
        "submit_multi_image_to_video",
        "request: media type application/json gone",
    ),
    "media type of a reply changed": (
        lambda doc: doc["components"]["responses"]["GatewayTimeout"].update(
            content={"text/plain": {"schema": {"type": "string"}}}
        ),
        "submit_multi_image_to_video",
        "reply 504: media type text/plain new",
    ),
    "no body any more": (
        lambda doc: doc["components"]["responses"]["GatewayTimeout"].pop("content"),
        "submit_multi_image_to_video",
        "reply 504: media type text/html gone",
    ),
    "parameter made required": (
        lambda doc: doc["components"]["parameters"]["CacheControl"].update(required=True),
        "get_batch_status",
        "header parameter cache-control: now required",
    ),
    "parameter removed": (
        lambda doc: operation(doc, STATUS)["parameters"].pop(),
        "get_task_status",
        "header parameter cache-control: gone",
    ),
    "parameter narrowed": (
        lambda doc: schema(doc, "PathId").update(maxLength=10),
        "get_task_status",
        "path parameter task_id: at most 10 characters, was 128",
    ),
    "header of a reply gone": (
        lambda doc: doc["components"]["responses"]["RateLimited"].pop("headers"),
        "get_balance",
        "reply 429 header retry-after: gone",
    ),
    "security added": (
        lambda doc: operation(doc, BALANCE)["security"][0].update(second=[]),
        "get_balance",
        "security changed",
    ),
    "another kind of key": (
        lambda doc: doc["components"]["securitySchemes"]["bearerAuth"].update(scheme="basic"),
        "get_balance",
        "security changed",
    ),
    "server gone": (
        lambda doc: doc["servers"][0].update(url="https://example.com"),
        "get_balance",
        "server https://api.weryai.com gone",
    ),
    "component renamed": (
        lambda doc: renamed(doc, "BalanceObject", "Purse"),
        "components",
        "BalanceObject: renamed to Purse; a class that get_balance has",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_users_is_found_and_named(name: str) -> None:
    change, where, what = BREAKS[name]
    told = [
        str(each) for each in compared(change) if (each.level, each.subject) == (BREAKING, where)
    ]
    assert any(text.startswith(what) for text in told), told


def test_a_shared_part_that_forbids_a_field_breaks_those_who_sent_it() -> None:
    old = json.loads(JSON)
    request(old)["allOf"] = [{"properties": {"model": {}}}]
    new = copy.deepcopy(old)
    request(new)["allOf"][0]["properties"]["caller_id"] = {"type": "string"}
    assert BREAKING in {each.level for each in operations.compare(old, new)[0]}


def test_a_form_that_takes_what_another_took_is_not_harmless() -> None:
    """Of oneOf, exactly one must fit: `"true"` was taken, and now it fits two."""
    found = compared(lambda doc: asked(doc)["generate_audio"]["oneOf"][0].pop("type"))
    assert {each.level for each in found} & {BREAKING, UNKNOWN}


def test_a_server_is_nothing_to_a_webhook() -> None:
    found = compared(lambda doc: doc["servers"][0].update(url="https://example.com"))
    every = operations.operations(CONTRACT)
    served = {each.name for each in every if not each.webhook and "servers" not in each.item}
    assert {each.subject for each in found} == served

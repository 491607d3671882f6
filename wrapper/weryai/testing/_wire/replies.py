"""Replies in the spelling that a Variant asks for."""

from __future__ import annotations

from math import isinf
from typing import Any

from .._tasks import Accepted, SimulatedTask
from .models import TABLES
from .refusals import Refusal
from .variant import Variant

# What is told of credits that never run out.
ENDLESS = 1_000_000_000
STATES = {
    "live": {},
    "documented": {
        "waiting": "PENDING",
        "processing": "PROCESSING",
        "succeed": "SUCCESS",
        "failed": "FAILED",
    },
    "noted": {
        "waiting": "WAITING",
        "processing": "RUNNING",
        "succeed": "SUCCEED",
        "failed": "FAILED",
    },
    "mapped": {
        "waiting": "pending",
        "processing": "running",
        "succeed": "success",
        "failed": "fail",
    },
    "canceled": {"failed": "canceled"},
    "error": {"failed": "error"},
}


def envelope(data: Any, variant: Variant) -> dict[str, Any]:
    """A success around `data`."""
    if variant.success == "true":
        return {"success": True, "message": "success", "data": data}
    if variant.success == "200":
        return {"status": 200, "msg": "Success", "data": data}
    return {"status": 0, "desc": "success", "message": "success", "data": data}


def refused(error: Refusal, variant: Variant) -> dict[str, Any]:
    """A business error, as the service that spells its successes so would put it."""
    if variant.success == "true":
        return {"success": False, "status": error.code, "message": error.message}
    if variant.success == "200":
        return {"status": error.code, "msg": error.message}
    return error.envelope()


def submission(accepted: Accepted, variant: Variant) -> dict[str, Any]:
    """The ids of what was started."""
    data: dict[str, Any] = {"batch_id": accepted.batch_id}
    single = len(accepted.task_ids) == 1
    named = accepted.task_ids[:1] if variant.named == "first" else accepted.task_ids
    if variant.ids != "task_id" or not single:
        data["task_ids"] = list(named)
    if variant.ids != "task_ids" and single:
        data |= {"task_id": accepted.task_ids[0], "task_status": "waiting"}
    return data


def report(task: SimulatedTask, now: float, late: bool, variant: Variant) -> dict[str, Any]:
    """One task; `late` is whether what the variant tells late is not told yet."""
    phase, urls = task.phase(now), task.urls(now)
    if urls and late and variant.late == "state":
        phase, urls = "failed", []
    elif late and variant.late == "videos":
        urls = urls[:-1]
    camel = variant.shape == "camel"
    told: dict[str, Any] = {
        "taskId" if camel else "task_id": task.id,
        "taskStatus" if camel else "task_status": STATES[variant.states].get(phase, phase),
    }
    if variant.nulls:
        told |= {"videos": None, "task_result": None, "msg": None}
    if urls:
        told |= videos(urls, variant)
    if task.ended(now) and task.outcome.failed and task.outcome.message:
        message = task.outcome.message
        by_result = variant.reason == "task_result"
        told |= {"task_result": {"message": message}} if by_result else {"msg": message}
    return {"output": told} if variant.shape == "wrapped" else told


def videos(urls: list[str], variant: Variant) -> dict[str, Any]:
    """The videos, in the place that the variant asks for."""
    match variant.videos:
        case "objects":
            covered = [{"url": url, "cover_image_url": f"{url}.png"} for url in urls]
            return {"videos": covered}
        case "src":
            return {"videos": [{"src": url} for url in urls]}
        case "video_urls":
            return {"video_urls": urls}
        case "video_url" | "video" as name if len(urls) == 1:
            return {name: urls[0]}
        case "task_result" | "output" as name:
            return {name: {"videos": urls}}
    return {"videos": urls}


def status(told: dict[str, Any], variant: Variant) -> Any:
    """The data of a status reply."""
    return [told] if variant.shape == "list" else told


def batch(told: list[dict[str, Any]], variant: Variant) -> Any:
    """The data of a batch reply."""
    return told[0] if variant.batch == "object" and len(told) == 1 else told


def balance(credits: float, variant: Variant) -> Any:
    """The data of a balance reply; whole credits are whole numbers, infinity is what JSON has."""
    told = ENDLESS if isinf(credits) else credits
    number = int(told) if told == int(told) else told
    return {"balance": number} if variant.balance == "object" else number


def registry(variant: Variant) -> dict[str, Any]:
    """The data of the registry."""
    modes = ["image_to_video"] if variant.registry == "image_to_video" else TABLES
    return {"text_to_video": [], **{mode: list(TABLES[mode].values()) for mode in modes}}

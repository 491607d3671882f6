"""The one submission that a budget allows."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from contract_tests.live.report import Report
from weryai import Job, Model, MultiImageToVideo, SubmissionUnknownError, WeryAI
from weryai.testing import sample

SUBMIT = "submit_multi_image_to_video"
PROMPT = "The moon rises slowly over quiet hills"


class RefusedError(Exception):
    """Nothing may be submitted; the message says why."""


def pay(
    client: WeryAI,
    report: Report,
    budget: float,
    credits: float | None,
    models: list[Model],
    out: Path,
) -> None:
    """Say what will be done, submit once, wait, download, and say what it cost.

    No price is published, so what it will cost cannot be known before: the budget cannot be
    enforced, only the balance limits it, and both are said. A balance below the budget is refused,
    as such a submission might only be refused by the service.

    Raises RefusedError before anything is paid.
    """
    if credits is None:
        raise RefusedError("the balance could not be read")
    if credits < budget:
        raise RefusedError(f"the balance is {credits:g}, less than the budget of {budget:g}")
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder, "night.png")
        image.write_bytes(sample("night", (1280, 720)))
        request = smallest(models, image)
        announce(request, budget, credits)
        job = report.call(SUBMIT, lambda: submitted(client, request))
    if job is not None:
        fetch(client, report, job, out)
    left = report.call("get_balance", client.balance)
    if left is None:
        print("What it cost is not known: see the history page.")
        return
    cost = credits - left
    print(f"The balance went down by {cost:g}, whatever else the account paid meanwhile included.")
    if cost > budget:
        report.say(SUBMIT, "cost", [f"{cost:g} credits, more than the budget of {budget:g}"])


def smallest(models: list[Model], image: Path) -> MultiImageToVideo:
    """The shortest video at the lowest resolution: the best guess at the cheapest one."""
    usable = [
        each for each in models if each.durations and each.support_multiple_images is not False
    ]
    if not usable:
        raise RefusedError("the registry names no model to submit to")
    model = min(usable, key=lambda each: (min(each.durations), lines(each), each.key))
    ratios = model.aspect_ratios
    return MultiImageToVideo(
        images=[image],
        prompt=PROMPT,
        model=model.key,
        aspect_ratio="16:9" if not ratios or "16:9" in ratios else ratios[0],
        duration=min(model.durations),
        resolution=min(model.resolutions, key=size, default=None),
        generate_audio=False if model.has_generate_audio else None,
    )


def lines(model: Model) -> int:
    return min(map(size, model.resolutions), default=0)


def size(resolution: str) -> int:
    """Lines of a resolution such as 720p or 4k."""
    number = re.search(r"\d+", resolution)
    found = int(number[0]) if number else 0
    return found * 540 if resolution.lower().endswith("k") else found


def announce(request: MultiImageToVideo, budget: float, credits: float) -> None:
    small = f"{request.duration} s, {request.resolution or 'no resolution given'}, 1 video"
    print("One paid submission, the shortest and smallest that the registry allows:")
    print(f"  {request.model}, {small}, from one sample image that is uploaded first.")
    print(f"  The budget is {budget:g} credits and the balance {credits:g}. No price is published,")
    print("  so what it costs is known afterwards; only the balance limits it.", flush=True)


def submitted(client: WeryAI, request: MultiImageToVideo) -> Job:
    """Submit, and show at once what was paid for: with it nothing is lost, whatever comes next."""
    try:
        job = client.submit(request)
    except SubmissionUnknownError as error:
        print(f"  {error}")
        raise
    print(f"  Tasks {', '.join(job.task_ids) or '-'}, batch {job.batch_id or '-'}", flush=True)
    return job


def fetch(client: WeryAI, report: Report, job: Job, out: Path) -> None:
    result = report.call("wait", lambda: client.wait(job))
    if result is not None:
        for path in report.call("download", lambda: client.download(result, out)) or []:
            print(f"  {path}")

"""Run on the client of a changed contract: what its simulator answers, as JSON on stdout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest import mock

from contract_tests.support.servers.simulator_http import REQUEST, SUBMIT, UPLOAD, raw
from weryai.testing import OPERATIONS, Simulator, Variant, refusal, sample

ZEST = "/v1/generation/zest-to-video"
SHORT: dict[str, Any] = REQUEST | {"prompt": "123"}
IMAGES = [sample("night", (32, height)) for height in (16, 17, 18)]


def written(_: list[bytes], *, path: Path, **__: Any) -> None:
    path.write_bytes(b"video")


def main() -> None:
    quick = mock.patch("weryai.testing._films.results.render", side_effect=written)
    with quick as render, Simulator() as simulator, raw(simulator) as http:

        def submit(path: str, body: dict[str, Any]) -> Any:
            return http.post(path, json=body).json()

        def ended(told: Any) -> str:
            """The address of the videos of a submission, when they are there."""
            (task_id,) = told["data"]["task_ids"]
            simulator.clock.sleep(30)
            return f"/results/{task_id}"

        told: dict[str, Any] = {"operations": OPERATIONS}
        for field, value in {"prompt": "1234", "zest": -1}.items():
            told[field] = submit(SUBMIT, SHORT | {field: value})
        known = submit(SUBMIT, SHORT | {"zest": 0})
        task_id = known["data"]["task_ids"][0]
        told["read"] = http.get(f"/v1/generation/{task_id}/zest").json()
        simulator.next("submit_zest_to_video", refusal(1001))
        told["planned"] = submit(ZEST, {})
        told["nothing"] = submit(ZEST, {})
        uploads = [http.post(UPLOAD, files={"file": image}).json()["data"] for image in IMAGES]
        first, *more = (data["object_url_list"][0] for data in uploads)
        asked = {name: value for name, value in SHORT.items() if name != "images"}
        address = ended(submit(ZEST, asked | {"more": more, "first": first}))
        http.get(f"{address}-1.mp4")
        (images,), _ = render.call_args
        told["shown"] = [IMAGES.index(image) for image in images]
        simulator.variant = Variant(one_task=True)
        address = ended(submit(SUBMIT, SHORT | {"video_number": 99}))
        ends = "-99.mp4", "-100.mp4"
        told["videos"] = {end: http.get(f"{address}{end}").status_code for end in ends}
        told["ledger"] = [(line.operation, line.credits) for line in simulator.ledger]
    print(json.dumps(told))


if __name__ == "__main__":
    main()

"""Run on the client of a changed contract: what its simulator answers, as JSON on stdout."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

from contract_tests.support.servers.simulator_http import REQUEST, SUBMIT, UPLOAD, raw
from weryai.testing import OPERATIONS, Simulator, refusal, sample

ZEST = "/v1/generation/zest-to-video"
SHORT: dict[str, Any] = REQUEST | {"prompt": "123"}
IMAGES = [sample("night", (32, height)) for height in (16, 17, 18)]


def main() -> None:
    with Simulator() as simulator, raw(simulator) as http:

        def submit(path: str, body: dict[str, Any]) -> Any:
            return http.post(path, json=body).json()

        def video(told: Any) -> list[bytes]:
            """The images that the video of a submission would be made of."""
            (task_id,) = told["data"]["task_ids"]
            simulator.clock.sleep(30)
            with mock.patch("weryai.testing._account.render") as render:
                render.side_effect = lambda *_, path, **__: path.write_bytes(b"video")
                http.get(f"/results/{task_id}-1.mp4")
            (images,), _ = render.call_args
            return list(images)

        told: dict[str, Any] = {"operations": OPERATIONS}
        for field, value in {"prompt": "1234", "video_number": 99, "zest": -1}.items():
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
        shown = video(submit(ZEST, asked | {"more": more, "first": first}))
        told["shown"] = [IMAGES.index(image) for image in shown]
        told["ledger"] = [(line.operation, line.credits) for line in simulator.ledger]
    print(json.dumps(told))


if __name__ == "__main__":
    main()

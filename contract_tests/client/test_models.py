"""What the registry tells of models, for each kind of requests."""

from __future__ import annotations

from typing import Any

import pytest

from weryai import (
    FirstLastFrameToVideo,
    ImageToVideo,
    InvalidRequestError,
    MultiImageToVideo,
    WeryAI,
)
from weryai.requests import VideoRequest
from weryai.testing import Answer, Simulator

ROWS: dict[str, Any] = {
    "image_to_video": [
        {"model_key": "ONE", "support_first_last_frame": False},
        {"model_key": "PERHAPS"},
        {"model_key": "PAIR", "support_first_last_frame": True},
    ],
    "multi_image_to_video": [{"model_key": "SEVERAL"}],
}


@pytest.mark.parametrize(
    ("kinds", "keys"),
    [
        ([], ["SEVERAL"]),
        ([MultiImageToVideo], ["SEVERAL"]),
        ([ImageToVideo], ["ONE", "PERHAPS", "PAIR"]),
        ([FirstLastFrameToVideo], ["PERHAPS", "PAIR"]),
    ],
)
def test_the_models_are_those_of_the_table_of_the_requests(
    client: WeryAI, simulator: Simulator, kinds: list[type[VideoRequest]], keys: list[str]
) -> None:
    simulator.next("list_video_models", Answer(body={"status": 200, "data": ROWS}))
    assert [model.key for model in client.models(*kinds)] == keys


@pytest.mark.parametrize("unsaid", [{}, {"multi_image_to_video": None}])
def test_without_a_table_of_their_own_the_rows_for_one_image_hold(
    client: WeryAI, simulator: Simulator, unsaid: dict[str, None]
) -> None:
    rows = {"image_to_video": ROWS["image_to_video"], **unsaid}
    simulator.next("list_video_models", Answer(body={"status": 200, "data": rows}))
    assert [model.key for model in client.models()] == ["ONE", "PERHAPS", "PAIR"]


@pytest.mark.parametrize("odd", ["image_to_video", int, VideoRequest])
def test_what_is_no_class_of_requests_is_refused_before_anything_is_asked(
    client: WeryAI, simulator: Simulator, odd: Any
) -> None:
    with pytest.raises(InvalidRequestError, match="is MultiImageToVideo or ImageToVideo or First"):
        client.models(odd)
    assert not simulator.received

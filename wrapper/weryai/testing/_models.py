"""The simulated registry.

Durations and ratios are those published for the same key on image-to-video; where nothing is
published for a model, the widest window that is (4 to 15 s) and the three common ratios stand in.
"""

from __future__ import annotations

from typing import Any

COMMON_RATIOS = ["9:16", "1:1", "16:9"]
WINDOW = list(range(4, 16))
# The page allows these two for every model.
PAGE_RESOLUTIONS = ["480p", "720p"]


def _row(
    key: str, title: str, durations: list[int], ratios: list[str], resolutions: list[str]
) -> dict[str, Any]:
    return {
        "model_key": key,
        "title": title,
        "durations": durations,
        "aspect_ratios": ratios,
        "resolutions": resolutions,
        "has_generate_audio": True,
        "has_negative_prompt": True,
        "prompt_length_limit": 2000,
        "support_multiple_images": True,
        "support_first_last_frame": True,
        "upload_image_limit": 3,
    }


ROWS: dict[str, dict[str, Any]] = {
    row["model_key"]: row
    for row in (
        _row("VEO_3_1", "Veo 3.1", [8], ["9:16", "16:9"], ["720p", "1080p", "4k"]),
        _row("WERYDANCE_2_0", "Werydance 2.0", WINDOW, COMMON_RATIOS, ["480p", "720p", "1080p"]),
        _row("WERYDANCE_2_0_FAST", "Werydance 2.0 Fast", WINDOW, COMMON_RATIOS, PAGE_RESOLUTIONS),
        _row("KLING_O1", "Kling O1", [5, 10], COMMON_RATIOS, PAGE_RESOLUTIONS),
        _row("PIKA_2_2", "Pika 2.2", [5, 10], [], PAGE_RESOLUTIONS),
        _row("DOUBAO_1_LITE", "Seedance 1.0 Lite", WINDOW, COMMON_RATIOS, PAGE_RESOLUTIONS),
        # Not in the page's list of models, and yet what its example sends.
        _row("WERYAI_VIDEO_1_0", "WeryAI Video 1.0", WINDOW, COMMON_RATIOS, PAGE_RESOLUTIONS),
    )
}

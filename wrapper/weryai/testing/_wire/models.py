"""The simulated registry.

Every value is one that was published for the same key, most of them for image-to-video; what is
not published is left out, as the registry itself leaves things out. Only durations and ratios are
filled in where they are unknown, with the widest window that is known (4 to 15 s) and the three
common ratios: a model without durations could not be asked for anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMMON_RATIOS = ["9:16", "1:1", "16:9"]
WINDOW = list(range(4, 16))
# What the page allows for a model whose row lists none.
PAGE_RESOLUTIONS = ["480p", "720p"]


def _row(
    key: str, title: str, durations: list[int], ratios: list[str], **known: Any
) -> dict[str, Any]:
    return {
        "model_key": key,
        "title": title,
        "durations": durations,
        "aspect_ratios": ratios,
        "resolutions": [],
        "prompt_length_limit": 2000,
        "support_multiple_images": True,
        "upload_image_limit": 3,
    } | known


VEO: dict[str, Any] = {
    "resolutions": ["720p", "1080p", "4k"],
    "has_generate_audio": True,
    "has_negative_prompt": False,
}
WERYDANCE: dict[str, Any] = {
    "resolutions": ["480p", "720p", "1080p"],
    "has_generate_audio": True,
    "support_first_last_frame": True,
}

MULTI_IMAGE = (
    _row("VEO_3_1", "Veo 3.1", [8], ["9:16", "16:9"], **VEO),
    _row("WERYDANCE_2_0", "Werydance 2.0", WINDOW, COMMON_RATIOS, **WERYDANCE),
    _row("WERYDANCE_2_0_FAST", "Werydance 2.0 Fast", WINDOW, COMMON_RATIOS),
    _row("KLING_O1", "Kling O1", [5, 10], COMMON_RATIOS),
    _row("PIKA_2_2", "Pika 2.2", [5, 10], []),
    _row("DOUBAO_1_LITE", "Seedance 1.0 Lite", WINDOW, COMMON_RATIOS),
    # Not in the page's list of models, and yet what its example sends.
    _row("WERYAI_VIDEO_1_0", "WeryAI Video 1.0", WINDOW, COMMON_RATIOS),
)
ONE: dict[str, Any] = {"support_multiple_images": False, "upload_image_limit": 1}
EITHER: dict[str, Any] = {**ONE, "support_first_last_frame": True}
PAIR: dict[str, Any] = {"support_first_last_frame": True, "upload_image_limit": 2}
WIDE_RATIOS = ["9:16", "16:9"]
ALL_RATIOS = ["9:16", "16:9", "4:3", "3:4", "1:1", "21:9"]
# The page of image-to-video, as far as it could be read.
IMAGE = (
    _row("WERYAI_VIDEO_1_0", "WeryAI Video 1.0", WINDOW, COMMON_RATIOS, **ONE),
    _row("VEO_3_1", "Veo 3.1", [8], WIDE_RATIOS, **EITHER | VEO),
    _row("CHATBOT_VEO_3_1_FAST", "Veo 3.1 Fast", [8], WIDE_RATIOS, **ONE),
    _row("SORA_2", "Sora 2", [4, 8, 12], WIDE_RATIOS, **ONE),
    _row("SORA_2_PRO", "Sora 2 Pro", [4, 8, 12], WIDE_RATIOS, **ONE),
    _row("WERYDANCE_2_0", "Werydance 2.0", WINDOW, COMMON_RATIOS, **ONE | WERYDANCE),
    _row("WERYDANCE_2_0_FAST", "Werydance 2.0 Fast", WINDOW, COMMON_RATIOS, **EITHER),
    _row("DOUBAO_1_5_PRO", "Seedance 1.5 Pro", [5, 10], ALL_RATIOS, **EITHER),
    _row("KLING_V3_0_STA", "Kling 3.0 Standard", [5, 10, 15], COMMON_RATIOS, **EITHER),
    _row("KLING_V3_0_PRO", "Kling 3.0 Pro", [5, 10, 15], COMMON_RATIOS, **EITHER),
    _row("KLING_V2_6_PRO", "Kling 2.6 Pro", [5, 10], [], **ONE),
    _row("KLING_O1", "Kling O1", [5, 10], COMMON_RATIOS, **ONE),
    _row("VIDU_Q3", "Vidu Q3", [5, 10, 15], ["9:16", "3:4", "1:1", "4:3", "16:9"], **ONE),
    _row("WAN_2_6", "Wan 2.6", [5, 10, 15], [], **ONE),
    _row("VEO_3", "Veo 3", [8], WIDE_RATIOS, **ONE),
    _row("VEO_3_FAST", "Veo 3 Fast", [8], WIDE_RATIOS, **ONE),
    _row("PIKA_2_2", "Pika 2.2", [5, 10], [], **ONE),
    _row("PIXVERSE_V6", "Pixverse V6", [*range(1, 16)], [], **ONE),
    _row("HAILUO_2_3_STA_FAST", "Hailuo 2.3 Standard Fast", [6, 10], [], **ONE),
    _row("HAILUO_2_3_PRO_FAST", "Hailuo 2.3 Pro Fast", [5], [], **ONE),
    _row("HAILUO_2_3_STA", "Hailuo 2.3 Standard", [6, 10], [], **ONE),
)
# The page of first and last frames tells keys alone: rows as for one image, and for those that the
# page of one image does not have the widest window. Its own example asks Veo 3.1 for 5 seconds.
FRAMES = (
    _row("VEO_3_1", "Veo 3.1", [5, 8], WIDE_RATIOS, **PAIR | VEO),
    _row("VEO_3_1_FAST", "Veo 3.1 Fast", [8], WIDE_RATIOS, **PAIR),
    _row("WERYDANCE_2_0", "Werydance 2.0", WINDOW, COMMON_RATIOS, **PAIR | WERYDANCE),
    _row("WERYDANCE_2_0_FAST", "Werydance 2.0 Fast", WINDOW, COMMON_RATIOS, **PAIR),
    _row("DOUBAO_1_5_PRO", "Seedance 1.5 Pro", [5, 10], ALL_RATIOS, **PAIR),
    _row("KLING_V3_0_STA", "Kling 3.0 Standard", [5, 10, 15], COMMON_RATIOS, **PAIR),
    _row("KLING_V3_0_PRO", "Kling 3.0 Pro", [5, 10, 15], COMMON_RATIOS, **PAIR),
    _row("KLING_V2_5_TURBO", "Kling 2.5 Turbo", WINDOW, COMMON_RATIOS, **PAIR),
    _row("KLING_V2_1_PRO", "Kling 2.1 Pro", WINDOW, COMMON_RATIOS, **PAIR),
)

# By mode, which is the name of the operation without `submit_`.
MODES: Mapping[str, Mapping[str, dict[str, Any]]] = {
    mode: {row["model_key"]: row for row in rows}
    for mode, rows in (
        ("image_to_video", IMAGE),
        ("multi_image_to_video", MULTI_IMAGE),
        ("first_last_image_to_video", FRAMES),
    )
}
# What the registry lists: none of its tables is of first and last frames.
TABLES = {mode: MODES[mode] for mode in ("image_to_video", "multi_image_to_video")}


def rows_of(operation: str) -> Mapping[str, dict[str, Any]]:
    """The models of a paid operation, by key: those of its mode, else those for one image, as the
    vendor's client falls back to them."""
    return MODES.get(operation.removeprefix("submit_"), MODES["image_to_video"])

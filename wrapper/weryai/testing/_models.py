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

ROWS: dict[str, dict[str, Any]] = {
    row["model_key"]: row
    for row in (
        _row("VEO_3_1", "Veo 3.1", [8], ["9:16", "16:9"], **VEO),
        _row("WERYDANCE_2_0", "Werydance 2.0", WINDOW, COMMON_RATIOS, **WERYDANCE),
        _row("WERYDANCE_2_0_FAST", "Werydance 2.0 Fast", WINDOW, COMMON_RATIOS),
        _row("KLING_O1", "Kling O1", [5, 10], COMMON_RATIOS),
        _row("PIKA_2_2", "Pika 2.2", [5, 10], []),
        _row("DOUBAO_1_LITE", "Seedance 1.0 Lite", WINDOW, COMMON_RATIOS),
        # Not in the page's list of models, and yet what its example sends.
        _row("WERYAI_VIDEO_1_0", "WeryAI Video 1.0", WINDOW, COMMON_RATIOS),
    )
}

# The tables of the registry, by mode.
TABLES: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "image_to_video": ROWS,
    "multi_image_to_video": ROWS,
}


def rows_of(operation: str) -> Mapping[str, dict[str, Any]]:
    """The models of a paid operation, by key: those of the table that has its name, else those for
    one image, as the vendor's client falls back to them."""
    return TABLES.get(operation.removeprefix("submit_"), TABLES["image_to_video"])

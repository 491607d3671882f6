"""What the service refuses with: the codes, their names here, and what it says with each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

# By code: a name, and words, of the service's own enum where they are published.
_KNOWN = {
    1001: ("rate_limit", "Request rate limit exceeded"),
    1002: ("bad_parameter", "Parameter error"),
    1003: ("not_found", "Resource does not exist or may have expired"),
    1006: ("no_such_model", "not model"),
    1007: ("queue_full", "Queue full"),
    1009: ("permission_denied", "Permission denied"),
    1010: ("no_such_data", "Data not found"),
    1011: ("insufficient_credits", "Insufficient credits"),
    1014: ("upload_too_large", "Upload image too large"),
    1015: ("daily_uploads", "Daily upload limit exceeded"),
    1017: ("vip_only", "VIP permission denied"),
    2001: ("image_flagged", "Input image flagged"),
    2003: ("content_flagged", "Text or image flagged"),
    2004: ("image_format", "Image format not supported"),
    6001: ("workflow_error", "工作流系统异常"),
    6002: ("workflow_rate_limit", "Workflow rate limit exceeded"),
    6003: ("deduction_failed", "Credit deduction failed"),
    6004: ("generation_failed", "Generation failed"),
    6010: ("too_many_running", "More than 20 concurrent tasks"),
    6101: ("daily_limit", "Daily limit exceeded"),
}
REFUSALS: Mapping[str, int] = MappingProxyType({name: code for code, (name, _) in _KNOWN.items()})
WORDS: Mapping[int, str] = {code: words for code, (_, words) in _KNOWN.items()}


class Refusal(Exception):
    """A business error inside HTTP 200."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message or WORDS.get(code, "refused")

    def envelope(self) -> dict[str, Any]:
        """The body of the reply."""
        return {"status": self.code, "desc": self.message, "message": self.message}

"""What one row of the page is told of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from attrs import field, frozen

FAILED = "failed"


def _utc(at: datetime | None) -> datetime | None:
    """A time without a zone is meant as UTC."""
    if at is None:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


@frozen(kw_only=True)
class ReportRow:
    """What was asked for once, and what became of it.

    Attributes:
        id: what it is called on the page.
        state: what is known of it, in one word; the page filters by it. `failed` counts as not
            done, whatever its times say.
        prompt: as it was sent.
        model: as it was sent.
        operation: the operationId, such as `submit_multi_image_to_video`.
        images: local images as paths; a text is one too, unless it is an http(s) address. Those are
            named, without what stands behind `?` or `#`, and never loaded.
        videos: where its videos are on disk.
        reason: why it failed, or why that is not known.
        submitted_at: when it was sent; UTC, where it has no zone.
        ended_at: when it ended; UTC, where it has no zone. None: it has not, or nobody knows.
        credits: what it came to; None where that is not known.
    """

    id: str
    state: str
    prompt: str
    model: str
    operation: str
    images: tuple[str | Path, ...] = ()
    videos: tuple[Path, ...] = ()
    reason: str | None = None
    submitted_at: datetime | None = field(converter=_utc, default=None)
    ended_at: datetime | None = field(converter=_utc, default=None)
    credits: float | None = None

    @property
    def done(self) -> bool:
        """Whether it has ended, and not in failure."""
        return self.ended_at is not None and self.state != FAILED

    @property
    def seconds(self) -> float | None:
        """From its submission to its end; None where one of them is not known."""
        if self.submitted_at is None or self.ended_at is None:
            return None
        return max(0.0, (self.ended_at - self.submitted_at).total_seconds())

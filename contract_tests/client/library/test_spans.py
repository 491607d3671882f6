"""Whoever traces a program sees each operation of a client, and who does not pays nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from contract_tests.support.run.turns import EVERY_MODE
from weryai import InsufficientCreditsError, MultiImageToVideo, WeryAI, __version__
from weryai.testing import Simulator, refusal

Ask = Callable[..., MultiImageToVideo]
HTTPS = ["https://example.com/a.jpg"]


class Tracing:
    """Stands for `opentelemetry.trace`, and keeps the spans that ended."""

    def __init__(self) -> None:
        self.ended: list[tuple[str, dict[str, Any], str]] = []
        self.tracers: set[tuple[str, str]] = set()

    def get_tracer(self, name: str, version: str) -> Tracing:
        self.tracers.add((name, version))
        return self

    @contextmanager
    def start_as_current_span(self, name: str) -> Iterator[Any]:
        facts: dict[str, Any] = {}
        span = type("Span", (), {"set_attribute": staticmethod(facts.__setitem__)})
        try:
            yield span
        except Exception as error:
            self.ended.append((name, facts, type(error).__name__))
            raise
        self.ended.append((name, facts, ""))


@pytest.fixture
def tracing(monkeypatch: pytest.MonkeyPatch) -> Tracing:
    found = Tracing()
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", found)
    return found


@EVERY_MODE
@pytest.mark.usefixtures("quick_videos")
def test_each_operation_is_a_span_that_tells_ids_and_no_prompt(
    client: WeryAI, simulator: Simulator, tracing: Tracing, ask: Ask, tmp_path: Path
) -> None:
    result = client.generate(ask(images=HTTPS))
    client.download(result, tmp_path)
    simulator.next("submit_multi_image_to_video", refusal(1011))
    with pytest.raises(InsufficientCreditsError):
        client.submit(ask(images=HTTPS))
    names = [name for name, _, _ in tracing.ended]
    assert names == [
        "weryai.submit", "weryai.wait", "weryai.generate", "weryai.download", "weryai.submit"
    ]  # fmt: skip
    for _, facts, error in tracing.ended[:3]:
        assert (facts["weryai.task_ids"], error) == (result.job.task_ids, "")
    refused = {"weryai.code": 1011, "weryai.http_status": 200}
    assert tracing.ended[4][1:] == (refused, "InsufficientCreditsError")
    assert tracing.tracers == {("weryai", __version__)}
    assert "The sun sets" not in str(tracing.ended)


def test_every_call_that_costs_a_request_is_one(
    client: WeryAI, simulator: Simulator, tracing: Tracing, pictures: tuple[Path, Path], ask: Ask
) -> None:
    job = client.submit(ask(images=HTTPS))
    client.balance()
    client.models()
    client.check(ask())
    client.upload(pictures[0])
    client.status(job.task_ids[0])
    client.batch_status(job.batch_id or "")
    client.confirm(simulator.notice(job.task_ids[0]))
    names = ["submit", "balance", "models", "check", "upload", "status", "batch_status", "status"]
    assert [name for name, *_ in tracing.ended] == [f"weryai.{each}" for each in names] + [
        "weryai.confirm"
    ]


def test_the_library_itself_is_served_where_it_is_loaded_and_never_loaded_otherwise() -> None:
    script = """
import sys
from weryai import MultiImageToVideo
from weryai.testing import Simulator
request = MultiImageToVideo(images=["https://example.com/a.jpg"], prompt="a", model="KLING_O1",
                            aspect_ratio="16:9", duration=5)
with Simulator() as simulator, simulator.client() as client:
    client.submit(request)
    print("opentelemetry.trace" in sys.modules)
    import opentelemetry.trace
    client.submit(request)
print(len(simulator.ledger))
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=100
    )
    assert ended.stdout.split() == ["False", "2"]

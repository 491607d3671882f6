"""One OpenTelemetry span for each operation, in a process that has loaded `opentelemetry.trace`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from .._version import VERSION
from ..errors import ResponseError
from ..results import Job, Result

P = ParamSpec("P")
T = TypeVar("T")
Flow = Callable[P, Coroutine[Any, Any, T]]


def spanned(flow: Flow[P, T]) -> Flow[P, T]:
    """Makes an operation of a flow. Nothing is imported for it: whoever makes spans has done that,
    and for all others it is one look at what is loaded."""
    name = f"weryai.{flow.__name__}"

    @wraps(flow)
    def begun(*args: P.args, **given: P.kwargs) -> Coroutine[Any, Any, T]:
        trace = sys.modules.get("opentelemetry.trace")
        if trace is None:
            return flow(*args, **given)
        return _within(trace, name, partial(flow, *args, **given))

    return begun


async def _within(trace: Any, name: str, flow: Callable[[], Coroutine[Any, Any, T]]) -> T:
    tracer = trace.get_tracer("weryai", VERSION)
    with tracer.start_as_current_span(name) as span:
        try:
            found = await flow()
        except ResponseError as error:
            _tell(span, code=error.code, http_status=error.http_status, request=error.request_id)
            raise
        job = found.job if isinstance(found, Result) else found
        if isinstance(job, Job):
            _tell(span, task_ids=job.task_ids, batch_id=job.batch_id, request=job.request_id)
        return found


def _tell(span: Any, **facts: Any) -> None:
    """What tells one operation from another, and nothing of what was asked for."""
    for name, value in facts.items():
        if value is not None:
            span.set_attribute(f"weryai.{name}", value)

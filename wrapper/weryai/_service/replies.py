"""What the bodies of answers say, as results: a receipt, tasks with their videos, models; and how
long they may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import frozen

from weryai_api import models as forms
from weryai_api.types import UNSET

from .._plain import Plain
from ..results import Model, Task, Video
from . import envelope
from .json_values import array, flag, id_text, string, whole

if TYPE_CHECKING:
    Place = forms.TaskReport | forms.TaskReportCamel | forms.TaskOutcome
    TaskForm = forms.TaskReport | forms.TaskReportCamel | forms.TaskReportWrapped

# Bytes of an answer. A real one has a few hundred, the registry a few kB.
LONGEST = 1024 * 1024
LONGEST_REGISTRY = 16 * 1024 * 1024

T = TypeVar("T")
Videos = tuple[Video, ...]


@frozen
class Receipt:
    """The ids of what a submission started, and the headers of the answer that told them."""

    task_ids: tuple[str, ...]
    batch_id: str | None
    headers: Mapping[str, str]


@frozen
class Rows(Plain):
    """The registry's rows for the requests of an endpoint.

    Attributes:
        own: whether they are of a table for such requests; else they are those for one image, which
            the vendor's client takes in their place.
    """

    models: tuple[Model, ...]
    own: bool


def is_place(task_id: str, batch_id: str | None) -> bool:
    """Whether this is no id of the service, but a place in a batch that told no ids."""
    batch, _, place = task_id.rpartition("-")
    return batch == batch_id and place.isdecimal()


def notice(body: bytes) -> Task:
    """The task of a webhook body. Raises one of MALFORMED."""
    data = forms.TaskNotice.from_dict(envelope.parse(body)).data
    found = task(data, name="")
    if not found.id:
        raise ValueError("it names no task")
    return found


def receipt(ok: forms.SubmitOk, headers: Mapping[str, str]) -> Receipt:
    ids = [string(task_id) for task_id in items(ok.data.task_ids)]
    if (one := maybe(string, ok.data.task_id)) and one not in ids:
        ids.append(one)
    batch_id = maybe(id_text, ok.data.batch_id) or None
    if not all(ids) or not (ids or batch_id):
        raise ValueError("a success without ids")
    return Receipt(tuple(ids), batch_id, headers)


def task(form: TaskForm, name: str, headers: Mapping[str, str] | None = None) -> Task:
    """One task from any of its shapes; `name` is its id where the report itself has none."""
    inner = form.output if isinstance(form, forms.TaskReportWrapped) else form
    places: list[Place] = [inner]
    told = [inner.msg]
    for part in (inner.task_result, inner.output):
        if outcome := maybe(_outcome, part):
            places.append(outcome)
            told.append(outcome.message)
    task_id = maybe(string, inner.task_id) or name
    messages = [maybe(string, message) for message in told]  # each is checked, one is given
    return Task(
        id=task_id,
        raw_state=string(inner.task_status),
        videos=_videos(places, task_id),
        message=next(filter(None, messages), None),
        headers={} if headers is None else headers,  # to ask how many there are reads them
    )


def _outcome(value: object) -> forms.TaskOutcome:
    if not isinstance(value, forms.TaskOutcome):
        raise TypeError(f"{value!r:.80} is no outcome of a task")
    return value


def _videos(places: Sequence[Place], stem: str) -> Videos:
    """Every video that any of these places names, each once."""
    found: dict[str, str | None] = {}
    for place in places:
        for form in [
            *items(place.videos),
            *items(place.video_urls),
            place.video_url,
            place.video,
        ]:
            url, cover = _addresses(form)
            if url:
                found.setdefault(url, cover)
    if not found:
        return ()
    return tuple(
        Video(url, stem if place == 1 else f"{stem}-{place}", cover)
        for place, (url, cover) in enumerate(found.items(), 1)
    )


def _addresses(form: object) -> tuple[str | None, str | None]:
    """The address of a video and of its cover."""
    if not isinstance(form, forms.VideoObject):
        return maybe(string, form), None
    urls = [maybe(string, value) for value in (form.url, form.video_url, form.src)]
    covers = [maybe(string, value) for value in (form.cover_image_url, form.cover_url)]
    return next(filter(None, urls), None), next(filter(None, covers), None)


def model(row: forms.ModelRow) -> Model:
    return Model(
        key=string(row.model_key),
        title=maybe(string, row.title),
        durations=tuple(whole(value) for value in items(row.durations)),
        aspect_ratios=tuple(string(value) for value in items(row.aspect_ratios)),
        resolutions=tuple(string(value) for value in items(row.resolutions)),
        has_generate_audio=maybe(flag, row.has_generate_audio),
        has_negative_prompt=maybe(flag, row.has_negative_prompt),
        prompt_length_limit=maybe(whole, row.prompt_length_limit),
        support_multiple_images=maybe(flag, row.support_multiple_images),
        support_first_last_frame=maybe(flag, row.support_first_last_frame),
        upload_image_limit=maybe(whole, row.upload_image_limit),
    )


def maybe(read: Callable[[object], T], value: object) -> T | None:
    return None if value is None or value is UNSET else read(value)


def items(value: object) -> list[Any]:
    return maybe(array, value) or []

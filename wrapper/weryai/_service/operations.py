"""The only door to the generated client: builds its requests and reads its replies.

Of each generated module the request builder and the reply parser are used, and not the functions
that do the I/O: retries, streaming and the two colours of I/O are this package's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, BinaryIO, Generic, TypeVar

import httpx
from attrs import field, frozen

from weryai_api import AuthenticatedClient, Client
from weryai_api.api.account import get_balance
from weryai_api.api.files import upload_file
from weryai_api.api.generation import (
    get_batch_status,
    get_task_status,
    submit_multi_image_to_video,
)
from weryai_api.api.models import list_video_models
from weryai_api.models import (
    BalanceObject,
    BalanceOk,
    BatchStatusOk,
    ModelRow,
    ModelsOk,
    MultiImageToVideoRequest,
    SubmitOk,
    TaskNotice,
    TaskOutcome,
    TaskReport,
    TaskReportCamel,
    TaskReportWrapped,
    TaskStatusOk,
    UploadForm,
    UploadOk,
    VideoObject,
)
from weryai_api.types import File, Unset

from .._calls.retry_rules import Cost
from .._files.images import LocalImage
from .._network import clients, deadlines
from .._network.settings import Config
from .._texts import is_id, shown
from ..errors import InvalidRequestError
from ..requests import MultiImageToVideo
from ..results import Model, Task, Video
from . import envelope, refusals
from .envelope import MALFORMED, Reply
from .json_values import array, flag, id_text, listed, number, string, whole

__all__ = ["MALFORMED", "AuthenticatedClient"]

T = TypeVar("T")
Read = Callable[[Reply], T]
TaskForm = TaskReport | TaskReportCamel | TaskReportWrapped
Videos = tuple[Video, ...]

# The parsers ask it one question only: whether to raise on an undocumented status. It says no.
_CLIENT = Client(base_url="")
# CDNs have been seen to answer a poll with an old state.
_FRESH = "no-cache"


@frozen
class Operation(Generic[T]):
    """One call: what to send, what sending it twice would cost, how to read the answer.

    `request` holds the keyword arguments of `httpx.Client.build_request`, the url without its host.
    `read` returns the value or raises a ResponseError.
    """

    request: dict[str, Any] = field(repr=False)
    read: Read[T]
    cost: Cost  # without a default: a wrong one is paid twice
    registry: bool = False

    @property
    def longest(self) -> int:
        """How long its answer may be, in bytes."""
        return deadlines.LONGEST_REGISTRY if self.registry else deadlines.LONGEST_ANSWER


@frozen
class Receipt:
    """The ids of what a submission started."""

    task_ids: tuple[str, ...]
    batch_id: str | None


def submit(request: MultiImageToVideo, images: Sequence[str]) -> Operation[Receipt]:
    """The paid call, with addresses in the place of local images."""
    body = MultiImageToVideoRequest.from_dict(request.payload() | {"images": list(images)})
    kwargs = submit_multi_image_to_video._get_kwargs(body=body)
    return _operation(submit_multi_image_to_video, kwargs, SubmitOk, _receipt, Cost.PAID)


def task_status(task_id: str) -> Operation[Task]:
    """The state of one task."""
    kwargs = get_task_status._get_kwargs(_path_id(task_id), cache_control=_FRESH)

    def convert(ok: TaskStatusOk) -> Task:
        task = _task(listed(ok.data)[0], name=task_id)
        if task.id != task_id:  # of another call of the same connection, or out of a cache
            raise ValueError("it speaks of another task than was asked for")
        return task

    return _operation(get_task_status, kwargs, TaskStatusOk, convert, Cost.FREE)


def batch_status(batch_id: str) -> Operation[tuple[Task, ...]]:
    """The state of every task of a batch."""
    kwargs = get_batch_status._get_kwargs(_path_id(batch_id), cache_control=_FRESH)

    def convert(ok: BatchStatusOk) -> tuple[Task, ...]:
        named = enumerate(listed(ok.data), 1)
        return tuple(_task(form, name=f"{batch_id}-{place}") for place, form in named)

    return _operation(get_batch_status, kwargs, BatchStatusOk, convert, Cost.FREE)


def is_place(task_id: str, batch_id: str | None) -> bool:
    """Whether this is no id of the service, but a place in a batch that told no ids."""
    batch, _, place = task_id.rpartition("-")
    return batch == batch_id and place.isdecimal()


def upload(image: LocalImage, content: BinaryIO) -> Operation[str]:
    """Store a local image; `content` is read while it is sent."""
    file = File(content, file_name=image.file_name, mime_type=image.media_type)
    kwargs = upload_file._get_kwargs(body=UploadForm(file=file))

    def convert(ok: UploadOk) -> str:
        address = string(listed(ok.data.object_url_list)[0])
        if not re.fullmatch(r"https?://\S+", address):
            raise ValueError(f"{address!r:.80} is no address")
        return address

    return _operation(upload_file, kwargs, UploadOk, convert, Cost.FREE)


def balance() -> Operation[float]:
    """The credits that are left."""

    def convert(ok: BalanceOk) -> float:
        return number(ok.data.balance if isinstance(ok.data, BalanceObject) else ok.data)

    return _operation(get_balance, get_balance._get_kwargs(), BalanceOk, convert, Cost.FREE)


def models() -> Operation[tuple[Model, ...]]:
    """The registry's rows for this endpoint."""

    def convert(ok: ModelsOk) -> tuple[Model, ...]:
        # As the vendor's client does: without rows of its own, those of image_to_video hold.
        rows = ok.data.multi_image_to_video
        given = _items(ok.data.image_to_video if rows is None or isinstance(rows, Unset) else rows)
        return tuple(_model(row) for row in given)

    kwargs = list_video_models._get_kwargs()
    return _operation(list_video_models, kwargs, ModelsOk, convert, Cost.FREE, registry=True)


def notice(body: bytes) -> Task:
    """The task of a webhook body. Raises one of MALFORMED."""
    data = TaskNotice.from_dict(envelope.parse(body)).data
    task = _task(data, name="")
    if not task.id:
        raise ValueError("it names no task")
    return task


def generated_client(
    config: Config, transport: object, hook: Callable[[Any], Any]
) -> AuthenticatedClient:
    """The generated client, set up with the wrapper's own settings; `hook` sees each request."""
    return AuthenticatedClient(
        base_url=config.base_url,
        token=config.api_key.reveal(),
        timeout=httpx.Timeout(config.timeout),
        httpx_args={
            "transport": transport,
            "event_hooks": {"request": [hook]},
            "mounts": clients.direct(config.base_url),
        },
    )


def _operation(
    module: ModuleType,
    kwargs: dict[str, Any],
    ok_type: type[Any],
    convert: Callable[[Any], T],
    cost: Cost,
    *,
    registry: bool = False,
) -> Operation[T]:
    """The call that a generated module describes."""
    return Operation(kwargs, _reader(module, ok_type, convert), cost, registry)


def _reader(module: ModuleType, ok_type: type[Any], convert: Callable[[Any], T]) -> Read[T]:
    """Read a reply with the generated parser, and turn every other answer into our errors."""

    def read(reply: Reply) -> T:
        refusals.raise_for_http(reply)
        try:
            parsed = module._parse_response(client=_CLIENT, response=reply)
            if isinstance(parsed, ok_type):
                _check_envelope(parsed)
                return convert(parsed)
            refusal = refusals.business(reply, parsed)
        except MALFORMED as error:
            # Not `from error`: its text may quote what the service sent.
            raise refusals.unexpected(reply, error) from None
        raise refusal

    return read


def _check_envelope(parsed: Any) -> None:
    """Refuse a success that does not say so, or that contradicts itself. Raises ValueError.

    The generated parser checks neither the constant nor that one of the two marks is there.
    """
    marks = [mark for mark in (parsed.success, parsed.status) if not isinstance(mark, Unset)]
    if not marks or not (isinstance(parsed.success, Unset) or parsed.success is True):
        raise ValueError("a success that does not say so")
    if isinstance(parsed.status, bool):  # False equals 0
        raise ValueError("a status that is no number")


def _path_id(value: str) -> str:
    """The generated client would turn an id such as `..` into another path."""
    if not is_id(value):
        raise InvalidRequestError(
            [f"{shown(value)} is not an id that the service could have given"]
        )
    return value


def _receipt(ok: SubmitOk) -> Receipt:
    ids = [string(task_id) for task_id in _items(ok.data.task_ids)]
    if (one := _maybe(string, ok.data.task_id)) and one not in ids:
        ids.append(one)
    batch_id = _maybe(id_text, ok.data.batch_id) or None
    if not all(ids) or not (ids or batch_id):
        raise ValueError("a success without ids")
    return Receipt(tuple(ids), batch_id)


def _task(form: TaskForm, name: str) -> Task:
    """One task from any of its shapes; `name` is its id where the report itself has none."""
    inner = form.output if isinstance(form, TaskReportWrapped) else form
    parts = (_maybe(_outcome, inner.task_result), _maybe(_outcome, inner.output))
    outcomes = [part for part in parts if part is not None]
    task_id = _maybe(string, inner.task_id) or name
    told = [inner.msg, *(outcome.message for outcome in outcomes)]
    messages = [_maybe(string, message) for message in told]  # each is checked, one is given
    return Task(
        id=task_id,
        raw_state=string(inner.task_status),
        videos=_videos([inner, *outcomes], task_id),
        message=next(filter(None, messages), None),
    )


def _outcome(value: object) -> TaskOutcome:
    if not isinstance(value, TaskOutcome):
        raise TypeError(f"{value!r:.80} is no outcome of a task")
    return value


def _videos(places: Sequence[TaskReport | TaskReportCamel | TaskOutcome], stem: str) -> Videos:
    """Every video that any of these places names, each once."""
    found: dict[str, str | None] = {}
    for place in places:
        for form in [
            *_items(place.videos),
            *_items(place.video_urls),
            place.video_url,
            place.video,
        ]:
            url, cover = _addresses(form)
            if url:
                found.setdefault(url, cover)
    return tuple(
        Video(url, stem if place == 1 else f"{stem}-{place}", cover)
        for place, (url, cover) in enumerate(found.items(), 1)
    )


def _addresses(form: object) -> tuple[str | None, str | None]:
    """The address of a video and of its cover."""
    if not isinstance(form, VideoObject):
        return _maybe(string, form), None
    urls = [_maybe(string, value) for value in (form.url, form.video_url, form.src)]
    covers = [_maybe(string, value) for value in (form.cover_image_url, form.cover_url)]
    return next(filter(None, urls), None), next(filter(None, covers), None)


def _model(row: ModelRow) -> Model:
    return Model(
        key=string(row.model_key),
        title=_maybe(string, row.title),
        durations=tuple(whole(value) for value in _items(row.durations)),
        aspect_ratios=tuple(string(value) for value in _items(row.aspect_ratios)),
        resolutions=tuple(string(value) for value in _items(row.resolutions)),
        has_generate_audio=_maybe(flag, row.has_generate_audio),
        has_negative_prompt=_maybe(flag, row.has_negative_prompt),
        prompt_length_limit=_maybe(whole, row.prompt_length_limit),
        support_multiple_images=_maybe(flag, row.support_multiple_images),
        support_first_last_frame=_maybe(flag, row.support_first_last_frame),
        upload_image_limit=_maybe(whole, row.upload_image_limit),
    )


def _maybe(read: Callable[[object], T], value: object) -> T | None:
    return None if value is None or isinstance(value, Unset) else read(value)


def _items(value: object) -> list[Any]:
    return _maybe(array, value) or []

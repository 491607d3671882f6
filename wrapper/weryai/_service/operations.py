"""The only door to the generated client: builds its requests and reads its replies.

Of each generated module the request builder and the reply parser are used, and not the functions
that do the I/O: retries, streaming, and I/O that blocks or is awaited are this package's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO, Generic, TypeVar

from attrs import field, frozen

import weryai_api
from weryai_api import models as forms
from weryai_api.api import account, files, generation
from weryai_api.api import models as registry
from weryai_api.types import File, Unset

from .._ids import is_id
from .._texts import shown
from ..errors import InvalidRequestError
from ..requests import VideoRequest
from ..results import Task
from . import refusals, replies
from .cost import Cost
from .endpoints import Endpoint
from .envelope import MALFORMED, Reply
from .json_values import listed, number, string
from .replies import Receipt, Rows

if TYPE_CHECKING:
    from weryai_api import AuthenticatedClient

    from .._network.key import Key

__all__ = ["AuthenticatedClient"]

T = TypeVar("T")
Read = Callable[[Reply], T]
Headers = Mapping[str, str]
Convert = Callable[[Any, Headers], T]

# CDNs have been seen to answer a poll with an old state.
_FRESH = "no-cache"


class _Quiet:
    """What the parsers take for their client: they ask it whether to raise on an undocumented
    status."""

    raise_on_unexpected_status = False


@frozen
class Operation(Generic[T]):
    """One call: what to send, what sending it twice would cost, how to read the answer.

    `name` is the operationId.
    `request` holds the keyword arguments of `httpx.Client.build_request`, the url without its host.
    `read` returns the value or raises a ResponseError.
    """

    name: str
    request: dict[str, Any] = field(repr=False)
    read: Read[T]
    cost: Cost  # without a default: a wrong one is paid twice
    registry: bool = False

    @property
    def longest(self) -> int:
        """How long its answer may be, in bytes."""
        return replies.LONGEST_REGISTRY if self.registry else replies.LONGEST


def submit(
    endpoint: Endpoint, request: VideoRequest, addresses: Sequence[str]
) -> Operation[Receipt]:
    """The paid call, with addresses in the place of local images."""
    body = endpoint.body.from_dict(request.payload(addresses))
    kwargs = endpoint.module._get_kwargs(body=body)
    return _operation(endpoint.module, kwargs, forms.SubmitOk, replies.receipt, Cost.PAID)


def task_status(task_id: str) -> Operation[Task]:
    """The state of one task."""
    module = generation.get_task_status
    kwargs = module._get_kwargs(_path_id(task_id), cache_control=_FRESH)

    def convert(ok: forms.TaskStatusOk, headers: Headers) -> Task:
        task = replies.task(listed(ok.data)[0], task_id, headers)
        if task.id != task_id:  # of another call of the same connection, or out of a cache
            raise ValueError("it speaks of another task than was asked for")
        return task

    return _operation(module, kwargs, forms.TaskStatusOk, convert, Cost.FREE)


def batch_status(batch_id: str) -> Operation[tuple[Task, ...]]:
    """The state of every task of a batch."""
    module = generation.get_batch_status
    kwargs = module._get_kwargs(_path_id(batch_id), cache_control=_FRESH)

    def convert(ok: forms.BatchStatusOk, headers: Headers) -> tuple[Task, ...]:
        named = enumerate(listed(ok.data), 1)
        return tuple(replies.task(form, f"{batch_id}-{place}", headers) for place, form in named)

    return _operation(module, kwargs, forms.BatchStatusOk, convert, Cost.FREE)


def upload(content: BinaryIO, *, file_name: str, media_type: str) -> Operation[str]:
    """Store an image; `content` is read while it is sent."""
    file = File(content, file_name=file_name, mime_type=media_type)
    module = files.upload_file
    kwargs = module._get_kwargs(body=forms.UploadForm(file=file))

    def convert(ok: forms.UploadOk, _: Headers) -> str:
        address = string(listed(ok.data.object_url_list)[0])
        if not re.fullmatch(r"https?://\S+", address):
            raise ValueError(f"{address!r:.80} is no address")
        return address

    return _operation(module, kwargs, forms.UploadOk, convert, Cost.FREE)


def balance() -> Operation[float]:
    """The credits that are left."""

    def convert(ok: forms.BalanceOk, _: Headers) -> float:
        return number(ok.data.balance if isinstance(ok.data, forms.BalanceObject) else ok.data)

    module = account.get_balance
    return _operation(module, module._get_kwargs(), forms.BalanceOk, convert, Cost.FREE)


def models(endpoint: Endpoint) -> Operation[Rows]:
    """The registry's rows for the requests of an endpoint."""

    def convert(ok: forms.ModelsOk, _: Headers) -> Rows:
        rows = getattr(ok.data, endpoint.table, None)
        own = rows is not None and not isinstance(rows, Unset)
        listed = replies.items(rows if own else ok.data.image_to_video)
        return Rows(tuple(replies.model(row) for row in listed), own)

    module = registry.list_video_models
    return _operation(
        module, module._get_kwargs(), forms.ModelsOk, convert, Cost.FREE, registry=True
    )


def generated_client(base_url: str, key: Key, settings: Mapping[str, Any]) -> AuthenticatedClient:
    """The generated client. The settings are those that it hands to httpx."""
    return weryai_api.AuthenticatedClient(base_url=base_url, token=key.reveal(), **settings)


def _operation(
    module: ModuleType,
    kwargs: dict[str, Any],
    ok_type: type[Any],
    convert: Convert[T],
    cost: Cost,
    *,
    registry: bool = False,
) -> Operation[T]:
    """The call that a generated module describes; the module is named after the operationId."""
    name = module.__name__.rpartition(".")[2]
    return Operation(name, kwargs, _reader(module, ok_type, convert), cost, registry)


def _reader(module: ModuleType, ok_type: type[Any], convert: Convert[T]) -> Read[T]:
    """Read a reply with the generated parser, and turn every other answer into our errors."""

    def read(reply: Reply) -> T:
        refusals.raise_for_http(reply)
        try:
            parsed = module._parse_response(client=_Quiet, response=reply)
            if isinstance(parsed, ok_type):
                _check_envelope(parsed)
                return convert(parsed, reply.headers)
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

# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.business_error import BusinessError
from ...models.http_error import HttpError
from ...models.task_status_ok import TaskStatusOk
from ...types import UNSET, Response, Unset


def _get_kwargs(
    task_id: str,
    *,
    cache_control: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(cache_control, Unset):
        headers["Cache-Control"] = cache_control

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/generation/{task_id}/status".format(
            task_id=quote(str(task_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BusinessError | TaskStatusOk | HttpError | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> BusinessError | TaskStatusOk:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_task_status_reply_type_0 = TaskStatusOk.from_dict(data)

                return componentsschemas_task_status_reply_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_task_status_reply_type_1 = BusinessError.from_dict(data)

            return componentsschemas_task_status_reply_type_1

        response_200 = _parse_response_200(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = HttpError.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = HttpError.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = HttpError.from_dict(response.json())

        return response_403

    if response.status_code == 429:
        response_429 = HttpError.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = HttpError.from_dict(response.json())

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[BusinessError | TaskStatusOk | HttpError]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    task_id: str,
    *,
    client: AuthenticatedClient,
    cache_control: str | Unset = UNSET,
) -> Response[BusinessError | TaskStatusOk | HttpError]:
    """Query Task Details

     The state of one task and, once it succeeded, its videos. The page exists but could not be read
    (D-task).
    Evidence: V-norm, V-task, U-py, U-js, U-ts.

    Args:
        task_id (str): An id that is one step of a path: nothing that would need quoting, and not
            only dots. Seen: `task_abc123`
            and a number. Evidence: D-mi; the set of characters is ours (I).
        cache_control (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BusinessError | TaskStatusOk | HttpError]
    """

    kwargs = _get_kwargs(
        task_id=task_id,
        cache_control=cache_control,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    task_id: str,
    *,
    client: AuthenticatedClient,
    cache_control: str | Unset = UNSET,
) -> BusinessError | TaskStatusOk | HttpError | None:
    """Query Task Details

     The state of one task and, once it succeeded, its videos. The page exists but could not be read
    (D-task).
    Evidence: V-norm, V-task, U-py, U-js, U-ts.

    Args:
        task_id (str): An id that is one step of a path: nothing that would need quoting, and not
            only dots. Seen: `task_abc123`
            and a number. Evidence: D-mi; the set of characters is ours (I).
        cache_control (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BusinessError | TaskStatusOk | HttpError
    """

    return sync_detailed(
        task_id=task_id,
        client=client,
        cache_control=cache_control,
    ).parsed


async def asyncio_detailed(
    task_id: str,
    *,
    client: AuthenticatedClient,
    cache_control: str | Unset = UNSET,
) -> Response[BusinessError | TaskStatusOk | HttpError]:
    """Query Task Details

     The state of one task and, once it succeeded, its videos. The page exists but could not be read
    (D-task).
    Evidence: V-norm, V-task, U-py, U-js, U-ts.

    Args:
        task_id (str): An id that is one step of a path: nothing that would need quoting, and not
            only dots. Seen: `task_abc123`
            and a number. Evidence: D-mi; the set of characters is ours (I).
        cache_control (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BusinessError | TaskStatusOk | HttpError]
    """

    kwargs = _get_kwargs(
        task_id=task_id,
        cache_control=cache_control,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    task_id: str,
    *,
    client: AuthenticatedClient,
    cache_control: str | Unset = UNSET,
) -> BusinessError | TaskStatusOk | HttpError | None:
    """Query Task Details

     The state of one task and, once it succeeded, its videos. The page exists but could not be read
    (D-task).
    Evidence: V-norm, V-task, U-py, U-js, U-ts.

    Args:
        task_id (str): An id that is one step of a path: nothing that would need quoting, and not
            only dots. Seen: `task_abc123`
            and a number. Evidence: D-mi; the set of characters is ours (I).
        cache_control (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BusinessError | TaskStatusOk | HttpError
    """

    return (
        await asyncio_detailed(
            task_id=task_id,
            client=client,
            cache_control=cache_control,
        )
    ).parsed

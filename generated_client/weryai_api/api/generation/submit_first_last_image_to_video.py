# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.business_error import BusinessError
from ...models.first_last_image_to_video_request import FirstLastImageToVideoRequest
from ...models.http_error import HttpError
from ...models.submit_ok import SubmitOk
from ...types import Response


def _get_kwargs(
    *,
    body: FirstLastImageToVideoRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/generation/first-last-image-to-video",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BusinessError | SubmitOk | HttpError | str | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> BusinessError | SubmitOk:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_submit_reply_type_0 = SubmitOk.from_dict(data)

                return componentsschemas_submit_reply_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_submit_reply_type_1 = BusinessError.from_dict(data)

            return componentsschemas_submit_reply_type_1

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

    if response.status_code == 504:
        response_504 = response.text
        return response_504

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[BusinessError | SubmitOk | HttpError | str]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: FirstLastImageToVideoRequest,
) -> Response[BusinessError | SubmitOk | HttpError | str]:
    """Submit First-and-Last-Frame-to-Video Task

     Charges credits and starts one task per video or one task for all of them. Not idempotent: each
    repeat may be
    a new paid task (V, U). Source: the endpoint's page (D-flf), of which the beginning could be read.

    Args:
        body (FirstLastImageToVideoRequest): What could be read of the page ends with
            `negative_prompt`, whose figure is missing; the rest is as on the twin page (D-mi, I).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BusinessError | SubmitOk | HttpError | str]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: FirstLastImageToVideoRequest,
) -> BusinessError | SubmitOk | HttpError | str | None:
    """Submit First-and-Last-Frame-to-Video Task

     Charges credits and starts one task per video or one task for all of them. Not idempotent: each
    repeat may be
    a new paid task (V, U). Source: the endpoint's page (D-flf), of which the beginning could be read.

    Args:
        body (FirstLastImageToVideoRequest): What could be read of the page ends with
            `negative_prompt`, whose figure is missing; the rest is as on the twin page (D-mi, I).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BusinessError | SubmitOk | HttpError | str
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: FirstLastImageToVideoRequest,
) -> Response[BusinessError | SubmitOk | HttpError | str]:
    """Submit First-and-Last-Frame-to-Video Task

     Charges credits and starts one task per video or one task for all of them. Not idempotent: each
    repeat may be
    a new paid task (V, U). Source: the endpoint's page (D-flf), of which the beginning could be read.

    Args:
        body (FirstLastImageToVideoRequest): What could be read of the page ends with
            `negative_prompt`, whose figure is missing; the rest is as on the twin page (D-mi, I).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BusinessError | SubmitOk | HttpError | str]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: FirstLastImageToVideoRequest,
) -> BusinessError | SubmitOk | HttpError | str | None:
    """Submit First-and-Last-Frame-to-Video Task

     Charges credits and starts one task per video or one task for all of them. Not idempotent: each
    repeat may be
    a new paid task (V, U). Source: the endpoint's page (D-flf), of which the beginning could be read.

    Args:
        body (FirstLastImageToVideoRequest): What could be read of the page ends with
            `negative_prompt`, whose figure is missing; the rest is as on the twin page (D-mi, I).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BusinessError | SubmitOk | HttpError | str
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

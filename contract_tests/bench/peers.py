"""The clients of other services that make videos, each against the same server: what it is told is
the least that it takes for an answer."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from typing import Any

# By operation: one call.
Calls = dict[str, Callable[[], Any]]
PROMPT = "The sun sets"
KEY = "sk-0123456789abcdef"


def fal(url: str) -> Calls:
    from fal_client import SyncClient, client

    client.QUEUE_URL_FORMAT = f"{url}/fal/"  # it takes a host, and asks it by https alone
    asked = SyncClient(key=KEY)
    return {
        "status": lambda: asked.status("fal-ai/video", "r1"),
        "submit": lambda: asked.submit("fal-ai/video", {"prompt": PROMPT}),
    }


def replicate(url: str) -> Calls:
    from replicate import Client

    asked = Client(api_token=KEY, base_url=f"{url}/replicate/")
    return {
        "status": lambda: asked.predictions.get("r1"),
        "submit": lambda: asked.predictions.create(version="v1", input={"prompt": PROMPT}),
    }


def openai(url: str) -> Calls:
    from openai import OpenAI

    asked = OpenAI(api_key=KEY, base_url=f"{url}/openai/", max_retries=0)
    return {
        "status": lambda: asked.videos.retrieve("r1"),
        "submit": lambda: asked.videos.create(prompt=PROMPT),
    }


def google(url: str) -> Calls:
    from google.genai import Client, types

    options = types.HttpOptions(base_url=f"{url}/google/")
    asked = Client(vertexai=True, api_key=KEY, http_options=options)
    source = types.GenerateVideosSource(prompt=PROMPT)
    running = types.GenerateVideosOperation(name="models/veo-3/operations/r1")
    return {
        "status": lambda: asked.operations.get(running),
        "submit": lambda: asked.models.generate_videos(model="veo-3", source=source),
    }


def luma(url: str) -> Calls:
    from lumaai import LumaAI

    asked = LumaAI(auth_token=KEY, base_url=f"{url}/luma/", max_retries=0)
    return {
        "status": lambda: asked.generations.get("r1"),
        "submit": lambda: asked.generations.create(model="ray-2", prompt=PROMPT),
    }


# By the name of the package: its calls, and how its client is imported.
PEERS: dict[str, Callable[[str], Calls]] = {
    "fal-client": fal,
    "replicate": replicate,
    "openai": openai,
    "google-genai": google,
    "lumaai": luma,
}
IMPORTS = {
    "fal-client": "from fal_client import SyncClient",
    "replicate": "from replicate import Client",
    "openai": "from openai import OpenAI",
    "google-genai": "from google.genai import Client",
    "lumaai": "from lumaai import LumaAI",
}


def versions() -> dict[str, str]:
    """By the name of the package."""
    return {name: metadata.version(name) for name in ("httpx", *PEERS)}

"""The server: which tools there are, and what each one is to a client that asks before it calls."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations

import weryai
from weryai import WeryAI
from weryai.journal import Journal

from ._account import balance, estimate, models
from ._desk import Desk
from ._following import download, jobs, resume, status, wait
from ._paying import submit

INSTRUCTIONS = """\
Makes videos of images with WeryAI. `submit` is the only tool that pays: give each payment an
idempotency_key of its own, and repeat a call that you are not sure of with the same key and the
same request: it is paid once, even after a restart. Then `wait` until the job is not `running`
any more, and `download`. `models` tells what each model accepts, `estimate` what is known of the
cost. Where the user has set a cap, `submit` says when it is reached: then nothing was sent.
"""

FREE = ToolAnnotations(read_only_hint=True, open_world_hint=True)
FETCHES = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True
)
# What it spends does not come back; the same call again spends nothing more.
PAYS = ToolAnnotations(
    title="Submit (paid)",
    read_only_hint=False,
    destructive_hint=True,
    idempotent_hint=True,
    open_world_hint=True,
)
TOOLS: tuple[tuple[Callable[..., Any], ToolAnnotations], ...] = (
    (submit, PAYS),
    (estimate, ToolAnnotations(read_only_hint=True, open_world_hint=False)),
    (status, FREE),
    (wait, FREE),
    (download, FETCHES),
    (jobs, ToolAnnotations(read_only_hint=True, open_world_hint=False)),
    (resume, FETCHES),
    (balance, FREE),
    (models, FREE),
)


def make_server(
    client: WeryAI, journal: Journal, folder: str | os.PathLike[str]
) -> MCPServer[Desk]:
    """A server of the Model Context Protocol whose tools make and fetch videos.

    `submit` is paid, all others are free; see `weryai mcp`. Every tool runs in a thread and, but
    for `wait`, to its end: a client that has stopped waiting for it finds what it did by the same
    call.

    Parameters:
        client: as the tools use it; from several threads. Its `limits` hold for what agents pay,
            `Limits(purse=Purse("mcp", 500))` too: over all processes that use the journal.
        journal: the client's own.
        folder: where every video goes; no agent chooses it.

    Returns:
        the server; `serve` runs it on stdin and stdout.
    """
    desk = Desk(client, journal, Path(folder).absolute())

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[Desk]:
        yield desk

    server = MCPServer(
        "weryai",
        title="WeryAI",
        version=weryai.__version__,
        instructions=INSTRUCTIONS,
        lifespan=lifespan,
        log_level="WARNING",
    )
    for tool, kind in TOOLS:
        server.add_tool(tool, annotations=kind, meta={"paid": kind is PAYS})
    return server

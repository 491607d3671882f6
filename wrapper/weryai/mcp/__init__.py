"""Tools for agents: a server of the Model Context Protocol. It needs the extra `mcp`.

`weryai mcp` serves it on stdin and stdout. In a program of your own:

    from weryai import WeryAI
    from weryai.journal import open_journal
    from weryai.mcp import make_server, serve

    journal = open_journal("videos.journal")
    with WeryAI(journal=journal) as client:
        serve(make_server(client, journal, "videos"))
"""

from __future__ import annotations

from ._server import make_server
from ._stdio import serve

__all__ = ["make_server", "serve"]

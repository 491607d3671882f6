"""`weryai` for the blocks of pages: each command is a fork of what has loaded it.

What is typed is a small script that hands its words, its folder, its environment and its streams to
the server of forks, and ends as the fork did.
"""

from __future__ import annotations

import sys
from pathlib import Path

from contract_tests.support.run import forked

SCRIPT = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    argv = ["-m", "contract_tests.house.docs.hurry", *sys.argv[1:]]
    told = {{"argv": argv, "folder": os.getcwd(), "settings": dict(os.environ)}}
    socket.send_fds(server, [b"{{"], [0, 1, 2])
    server.sendall(json.dumps(told).encode()[1:] + b"\\n")
    with server.makefile() as answers:
        sys.exit([int(line) for line in answers][-1])
"""


def make(folder: Path) -> None:
    """Put a `weryai` that starts so into a folder."""
    script = folder / "weryai"
    script.write_text(SCRIPT.format(python=sys.executable, address=forked.server()))
    script.chmod(0o755)

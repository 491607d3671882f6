"""Files on real sockets: constant memory, a known length, and a process killed at its download."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from contract_tests.client.download import big_files
from contract_tests.support.clients import MakeClient
from contract_tests.support.films import film
from contract_tests.support.run import forked, patience
from contract_tests.support.servers.socket_file_server import BLOCK, Files, serve
from weryai import Video

LIMIT = 20  # MB


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory is read from /proc")
def test_200_mb_either_way_add_under_20_mb_of_memory(tmp_path: Path) -> None:
    big_files.lay_out(tmp_path)
    found, files = big_files.measure([*big_files.OURS], tmp_path)
    assert {name: told["MB"] for name, told in found.items() if told["MB"] >= LIMIT} == {}
    for name in ("ours.mp4", "ours_async.mp4"):
        assert (tmp_path / name).stat().st_size == big_files.SIZE
    for announced, came in files.uploads:
        assert big_files.SIZE < came == int(announced or 0)
    assert len(files.uploads) == 2


FETCH = """
import sys
from weryai import Video, WeryAI
from weryai._files import partial
partial.SYNC_EVERY = partial.CHUNK
url, folder = sys.argv[1:]
WeryAI("sk-none-of-all", base_url=url).download([Video(url + "/v.mp4", "t")], folder)
"""


def synced(state: Path) -> int:
    """How many bytes of a part are said to be on the disk."""
    told = re.search(rb'"synced": ([0-9]+)', state.read_bytes())
    return int(told[1]) if told else 0


@pytest.mark.parametrize("make_client", ["sync"], indirect=True)  # of modes see test_resume.py
def test_a_process_that_was_killed_left_what_it_fetched(
    make_client: MakeClient, tmp_path: Path
) -> None:
    content = film(os.urandom(4 * BLOCK))
    (tmp_path / "served").write_bytes(content)
    part, state = (tmp_path / "out" / f".t.mp4.part{suffix}" for suffix in ("", ".json"))
    with serve(Files(tmp_path / "served")) as files:
        process = forked.Popen([sys.executable, "-c", FETCH, files.url, str(part.parent)])
        deadline = time.monotonic() + patience.SECONDS
        while not (state.exists() and synced(state) >= BLOCK):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        size = synced(state)
        files.rest.set()
        video = Video(files.url + "/v.mp4", "t")
        (path,) = make_client(base_url=files.url).download([video], part.parent)
        assert files.asked == [None, f"bytes={size}-"]
    assert path.read_bytes() == content
    assert list(part.parent.iterdir()) == [path]

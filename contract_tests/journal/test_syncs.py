"""How often each call waits for the disk: counted in a process of its own, and exact."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contract_tests.support.run import patience

COUNTER = Path(__file__).parents[1] / "support" / "syncs.c"
SCRIPT = """
import ctypes, json, sys
from datetime import UTC, datetime
from pathlib import Path
from weryai import Job, Limits, Task, Video
from weryai.journal import SQLiteJournal, Turn

URL, NOW = "https://api.weryai.com", datetime.now(UTC)
film = Video("https://cdn.example.com/a.mp4", "task_a")
ended = [Task("task_a", "succeed", (film,))]
journal = SQLiteJournal(sys.argv[1])
journal.begin("first", URL, {}, NOW)  # which makes the log
counted, syncs = {}, ctypes.CDLL(None).syncs

def count(name, call, *args):
    before = syncs()
    call(*args)
    counted[name] = syncs() - before

count("begin", journal.begin, "a", URL, {}, NOW)
count("accept", journal.accept, "a", Job(["task_a"]))
count("note", journal.note, "a", ended)
count("the same note", journal.note, "a", ended)
count("fetched", journal.fetched, URL, film, Path("/v/a"))
count("the same fetched", journal.fetched, URL, film, Path("/v/a"))
count("doubt", journal.doubt, "first", "lost")
count("settle", journal.settle, "first")
count("forget", journal.forget, ["first", "a"])
journal.begin("b", URL, {}, NOW)
count("refuse", journal.refuse, "b")
one = Turn(Limits(running=1, interval=0))
journal.begin("c", URL, {}, NOW, turn=one)
journal.begin("d", URL, {}, NOW, turn=one)
journal.hold_back(URL, NOW, 60)
journal.turn("c", NOW, one)
count("one more look of who waits", lambda: journal.begin("d", URL, {}, NOW, turn=one))
count("the same when it is begun", journal.turn, "c", NOW, one)
count("uploaded", journal.uploaded, URL, "0", "https://e.com/a", NOW)
count("address_of", journal.address_of, URL, "0", NOW)
count("earlier", journal.earlier, URL)
count("find", journal.find, URL, Job(["task_a"]))
count("entry", journal.entry, "a")
count("entries", lambda: [*journal.entries()])
count("open_entries", lambda: [*journal.open_entries()])
count("counts", journal.counts)
count("claim", journal.claim, "a")
count("release", journal.release, "a")
count("check", journal.check)
count("open", lambda: SQLiteJournal(journal.path).close())
count("close", journal.close)
print(json.dumps(counted))
"""
# A transaction: the log's head, what was written, the log before it goes into the file, the file.
WRITES = ("begin", "accept", "note", "fetched", "doubt", "settle", "forget", "refuse", "uploaded")
TRANSACTION = 4


@pytest.mark.skipif(
    not (sys.platform == "linux" and shutil.which("cc")), reason="preloads a counter, in C"
)
def test_what_writes_waits_for_one_transaction_and_nothing_else_waits_for_the_disk(
    tmp_path: Path,
) -> None:
    counter = tmp_path / "syncs.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", counter, COUNTER, "-ldl"], check=True)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, tmp_path / "a.journal"],
        env={**os.environ, "LD_PRELOAD": str(counter)},
        capture_output=True,
        text=True,
        check=False,
        timeout=patience.SECONDS,
    )
    assert done.returncode == 0, done.stderr
    counted = json.loads(done.stdout)
    expected = {name: TRANSACTION if name in WRITES else 0 for name in counted}
    assert counted == expected

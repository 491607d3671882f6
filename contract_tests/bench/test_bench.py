"""The bench itself: whose turn it is, what is counted, what is written of it. Nothing is timed."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.bench import (
    batches,
    calls,
    imports,
    journal_calls,
    measuring,
    page,
    server,
    table,
)
from contract_tests.support.run import children
from weryai import AsyncWeryAI, Video
from weryai.journal import Journal


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server.running() as address:
        yield address


def test_blocks_take_turns_and_each_call_counts() -> None:
    done: list[str] = []
    works = {name: lambda number, name=name: done.append(f"{name}{number}") for name in "ab"}
    told = measuring.cpu(works, calls=7, rounds=3)
    assert done == ["a7", "b7"] * 4, "the first ones are not counted"
    assert told.keys() == works.keys()


def test_everybody_is_asked_for_the_same_of_the_same_server(url: str) -> None:
    for mode in ("sync", "async"):
        with calls.MODES[mode](url) as works:
            assert works.keys() == set(calls.OPERATIONS)
            works["submit"]["weryai"](1)  # the first one asks the registry of models too
            server.seen(url)
            for each in works.values():
                assert list(each) == ["httpx", "weryai"]
                for work in each.values():
                    work(3)
        told = server.seen(url)
        assert told["requests"] == 3 * 2 * len(calls.OPERATIONS)


@pytest.mark.skipif(not measuring.has_valgrind(), reason="counts instructions with valgrind and cc")
@pytest.mark.timeout(600)
def test_instructions_are_those_of_the_work_alone(url: str) -> None:
    told = measuring.instructions("contract_tests.bench.measuring")
    assert told.keys() == {"nothing/x", "much/x"}
    assert told["much/x"] > 20 * told["nothing/x"] > 0
    assert told["nothing/x"] < 10_000


def test_a_lean_python_finds_the_core_and_nothing_else() -> None:
    with imports.lean() as argv:
        for script, code in (("import weryai, weryai_api", 0), ("import rich", 1)):
            done = subprocess.run(
                [*argv[:-1], argv[-1] + script], stderr=subprocess.DEVNULL, check=False
            )
            assert done.returncode == code, script


def test_every_call_of_a_journal_is_measured_at_each_size() -> None:
    told = journal_calls.figures((20, 30))
    methods = {name for name, _ in inspect.getmembers(Journal, inspect.isfunction)}
    measured = {name.partition(",")[0] for name in told} | {"close"}
    assert {name for name in methods if not name.startswith("_")} <= measured
    assert all(each.keys() == {"20", "30"} for each in told.values())
    assert set(page.DRAWN) <= told.keys()


def test_files_of_the_server_are_films(url: str, tmp_path: Path) -> None:
    async def fetch() -> None:
        async with AsyncWeryAI(calls.KEY, base_url=url) as client:
            await client.download(Video(f"{url}/file/2.mp4", "two"), tmp_path)

    asyncio.run(fetch())
    assert (tmp_path / "two.mp4").stat().st_size == 2 * server.MEGABYTE


def _told(cells: dict[str, float]) -> dict[str, Any]:
    one = {"httpx": {"cpu": 1.0, "cpu ratio": 1.0}, "weryai": cells}
    operations = dict.fromkeys(calls.OPERATIONS, one)
    return {
        "machine": {
            "python": "3.11",
            "system": "Linux",
            "processors": 2,
            "load": 0.5,
            "day": "2026-11-25",
        },
        "seconds": {"sync": 200.0, "journal": 100.0},
        "polls": {"instructions ratio": 1.0625},
        "sync": operations,
        "journal": {"begin": {"100": 0.1, "1000": 0.25}, "open and close": {"100": 1, "1000": 2}},
        "peers": {"status": one | {"openai": cells}, "submit": one},
        "starts of peers": {"import, where the peers are": one | {"openai": cells}},
        "versions of peers": {"openai": "3.0"},
    }


def test_a_table_tells_what_was_measured_beside_its_goal() -> None:
    counted = _told({"cpu ratio": 1.5, "instructions ratio": 1.25})
    rows = {row.what: (row.measured, row.goal) for row in table.rows(counted)}
    assert rows["sync status, of a raw httpx call"] == ("1.25 (1.50 of CPU)", "0.85")
    assert rows["journal of 1,000 jobs, CPU of begin, the slowest call"] == ("0.25 ms", "1 ms")
    assert not [what for what in rows if "async" in what], "what was not measured is not told"
    timed = table.rows(_told({"cpu ratio": 1.5}))
    assert timed[0].measured == "1.50 of CPU", "where no instructions can be counted"
    assert ("openai 3.0", "1.25 (1.50 of CPU)", "-", "1.25 (1.50 of CPU)") in table.peers(counted)


def test_the_page_has_all_that_was_measured_and_nothing_else() -> None:
    told = _told({"cpu ratio": 1.5, "instructions ratio": 1.25})
    text = page.page(told)
    for line in table.text(told).splitlines():
        assert line in text
    assert "| begin | 0.10 | 0.25 |" in text
    assert "2026-11-25: Python 3.11, Linux, 2 processors,\nat a load of 0.5 before" in text
    assert "took 5 minutes" in text
    assert json.loads(json.dumps(told)) == told


@pytest.mark.timeout(600)
def test_a_batch_is_measured_at_each_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", children.python_path())
    told = batches.figures((2, 3))
    assert told.keys() == {"2", "3"}
    assert [what for what, _, _ in batches.lines(told)] == [
        "batch of 3 rows, answered at once, CPU a row",
        "batch of 3 rows, answered at once, of that at 2",
        "batch of 3 rows, answered at once, memory",
        "batch of 3 rows, answered at once, to open it, or for its status",
    ]

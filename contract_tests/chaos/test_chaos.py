"""A crash at any instant pays nothing twice and loses nothing; `make chaos` tries it at length."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from contract_tests.chaos import __main__ as command
from contract_tests.chaos.__main__ import run
from contract_tests.chaos.clock import HastyClock
from contract_tests.chaos.figures import (
    Figures,
    Hit,
    dropped,
    fetched_twice,
    files,
    submissions,
    swapped,
)
from contract_tests.chaos.service import service
from contract_tests.chaos.victims import KINDS
from contract_tests.chaos.worker import CHILDREN, JOURNAL, NEW, VIDEOS
from weryai import WeryAI
from weryai.journal import SQLiteJournal

pytestmark = pytest.mark.long
HTTPS = ["https://example.com/a.jpg"]


def test_processes_that_are_killed_pay_nothing_twice_and_lose_nothing(tmp_path: Path) -> None:
    for seed in range(3):  # on a busy machine each kill of a run may come before it has paid
        folder = tmp_path / str(seed)
        folder.mkdir()
        figures = run(kills=6, seed=seed, folder=folder)
        assert not figures.broken, str(figures)
        assert {hit.kind for hit in figures.hits} == {kind.name for kind in KINDS}
        assert figures.hits.total() == 6
        assert figures.refused == CHILDREN
        if figures.paid:
            break
    assert figures.videos >= figures.paid > 0, "something was paid for"


def test_what_a_crash_could_spoil_is_counted(
    tmp_path: Path, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contract_tests.chaos.service.LONGEST", 0)
    journal = SQLiteJournal(tmp_path / JOURNAL)
    with service(1) as (found, address):
        given: dict[str, Any] = {"base_url": address, "clock": HastyClock()}
        key = found.simulator.api_key
        with WeryAI(key, **given, journal=journal) as client, WeryAI(key, **given) as careless:
            now, result = (
                datetime.now(UTC),
                client.generate(ask(images=HTTPS, video_number=4, caller_id=1)),
            )
            gone, spoiled, *_ = client.download(result, tmp_path / VIDEOS)
            careless.submit(ask(images=HTTPS, caller_id=1))
            careless.submit(ask(images=HTTPS, caller_id=2))
        for caller_id in (2, 3, 4):
            journal.begin(str(caller_id), address, {"caller_id": caller_id}, now)
            journal.release(str(caller_id))
        assert submissions([*journal.entries()], found.accepted()) == {
            "asked": 4,
            "most_posts": 2,
            "paid": 3,
            "unknown": 3,
            "unknown_paid": 1,
            "unreported": 0,
        }
        told = [entry for entry in journal.entries() if entry.id != "2"]
        assert submissions(told, found.accepted())["unreported"] == 1
        (whole,) = (entry for entry in journal.entries() if entry.state == "fetched")
        assert swapped(found, [whole]) == 0
        told_wrong = swapped(found, [evolve(whole, payload={"caller_id": 2})])
        assert dropped(found, [whole]) == [
            id for line in found.simulator.ledger[1:] for id in line.task_ids
        ]
        gone.unlink()
        lacking = dropped(found, [whole])
        spoiled.write_bytes(spoiled.read_bytes()[:-1])
        (tmp_path / VIDEOS / ".task_1.mp4.part").touch()
        (tmp_path / NEW).mkdir()
        (tmp_path / NEW / "1.journal").write_bytes(b"damaged" * 1000)
        SQLiteJournal(tmp_path / NEW / "2.journal").close()
        counted = files(found, [*journal.entries()], tmp_path)
    journal.close()
    # Those of the careless client are in no file either.
    # One file is gone, and nobody looks for it; those of the careless client are in no journal.
    assert len(lacking) == 3
    assert told_wrong == 1
    assert counted == {"videos": 6, "lost": 3, "corrupt": 1, "unopened": 1, "parts": 1}
    assert fetched_twice({"a": 1, "b": 1}, {"a": 3, "b": 2, "c": 1, "d": 2}) == 2


SOUND = Figures(
    hits=Counter([Hit("weryai resume", True), Hit("weryai resume", False)]),
    asked=3,
    most_posts=1,
    paid=2,
    unknown=2,
    unknown_paid=1,
    unreported=0,
    videos=4,
    dropped=0,
    lost=0,
    corrupt=0,
    twice=0,
    unopened=0,
    parts=1,
    seconds=1.0,
)
PROMISES = ["unreported", "lost", "corrupt", "twice", "unopened", "dropped", "swapped", "let_in"]


@pytest.mark.parametrize(("name", "bad"), [("most_posts", 2), *((name, 1) for name in PROMISES)])
def test_a_broken_promise_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, bad: int
) -> None:
    ended = []
    changed: dict[str, Any] = {name: bad}
    for figures in (SOUND, evolve(SOUND, **changed)):
        monkeypatch.setattr(command, "run", lambda *_, figures=figures: figures)
        monkeypatch.setattr(command, "keep", lambda *_: None)
        monkeypatch.setattr(sys, "argv", ["chaos", "--seed", "1"])
        ended.append(command.main())
    assert ended == [0, 1]


def test_the_figures_say_what_the_kills_have_hit_in_80_columns() -> None:
    lines = str(SOUND).splitlines()
    assert "killed                                         2" in lines
    assert "  weryai resume                                2 (1 while starting)" in lines
    assert max(map(len, lines)) <= 80

"""A batch whose workers are killed pays nothing twice and loses nothing; `make chaos-batch` tries
it at length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from contract_tests.chaos.batch import __main__ as command
from contract_tests.chaos.batch.figures import Figures, corrupt, lost, twice
from contract_tests.chaos.service import service
from weryai import MultiImageToVideo
from weryai._flows import pace
from weryai.batch import Batch, read_manifest
from weryai.testing import Simulator

pytestmark = pytest.mark.long
GOOD = Figures(
    database="sqlite",
    workers=2,
    kills=3,
    interval=0.5,
    rows=4,
    paid=4,
    twice=0,
    lost=0,
    corrupt=0,
    unknown=1,
    unknown_paid=1,
    most_running=20,
    smallest_gap=0.26,
    spent=20,
    reserved=25,
    doubtful=5,
    cap=25,
    bound=1,
    over=0,
    seconds=1,
)


def test_workers_that_are_killed_pay_no_row_twice_and_lose_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "LEAST_ROWS", 4)
    monkeypatch.setattr(command, "ROWS", 1)
    monkeypatch.setattr(command, "TASK_SECONDS", 0.5)
    monkeypatch.setattr("contract_tests.chaos.batch.night.LIVES", (1.0, 2.0))
    figures = command.run(kills=2, workers=1, name="sqlite", seed=1, folder=tmp_path)
    assert not figures.broken, str(figures)
    assert (figures.rows, figures.paid) == (4, 4)


def test_what_a_crash_could_spoil_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FIRST", 0.1)
    with service(1) as (found, address), Batch.open(tmp_path / "night.db") as batch:
        simulator: Simulator = found.simulator
        path = tmp_path / "night.csv"
        path.write_text(
            "id,prompt,images,model,aspect_ratio,duration\n"
            + "".join(
                f"{name},Row {name},https://example.com/a.jpg,KLING_O1,1:1,5\n" for name in "abc"
            )
        )
        batch.add(read_manifest(path, base_url=address))
        batch.run(tmp_path, client=simulator.async_client, limits=None)
        rows = [*batch.rows()]
        assert (twice(found), lost(found, rows), corrupt(found, rows)) == (0, 0, 0)
        rows[0].files[0][0].unlink()
        rows[1].files[0][0].write_bytes(b"cut")
        assert (lost(found, rows), corrupt(found, rows)) == (1, 1)
        swapped = evolve(rows[2], request={**rows[2].request, "prompt": "Row a"})
        assert corrupt(found, [swapped]) == 1
        assert lost(found, [evolve(rows[2], state="running")]) == 1
        with simulator.client() as client:
            client.submit(MultiImageToVideo(**rows[2].request))
        assert twice(found) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"twice": 1},
        {"lost": 1},
        {"corrupt": 1},
        {"most_running": 21},
        {"smallest_gap": 0.24},
        {"spent": 25.5, "reserved": 30.5},
        {"reserved": 20},
        {"reserved": 30},
        {"bound": 0},
        {"over": 0.5},
    ],
    ids=str,
)
def test_each_broken_promise_is_a_failure(bad: dict[str, Any]) -> None:
    assert not GOOD.broken
    assert evolve(GOOD, **bad).broken

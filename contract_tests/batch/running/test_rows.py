"""Every row of a batch ends, is paid once, and says what became of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from contract_tests.batch.running.night import Night, is_whole
from weryai import ConfigError, Limits, SystemClock
from weryai.batch import Batch, Row, read_manifest
from weryai.journal import SQLiteJournal
from weryai.testing import Answer, Outcome, Simulator, refusal


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_every_row_ends_as_a_file_that_its_row_names(night: Night, backend: str) -> None:
    added = night.add(ids="abc")
    assert (added.new, added.known, added.changed) == (("a", "b", "c"), (), ())
    status = night.run(backend)
    assert status.counts["done"] == status.total == 3
    with night.batch() as batch:
        for row in batch.rows():
            ((path, digest),) = row.files
            assert path == night.out / f"{row.id}.mp4"
            assert is_whole(path, digest)
            assert row.sent_at is not None
            assert row.ended_at is not None
            assert row.ended_at > row.sent_at
    assert sorted(night.paid()) == ["Row a", "Row b", "Row c"]
    assert night.run(backend).counts["done"] == len(night.paid()) == 3


def test_the_balance_is_told_while_rows_run(tmp_path: Path) -> None:
    seen: list[tuple[float | None, float | None]] = []

    def look(row: Row) -> None:
        if row.state == "done":
            with night.batch() as batch:
                status = batch.status()
            seen.append((status.credits_before, status.credits_now))

    with Night.begun(str(tmp_path / "renders.db"), tmp_path, task_seconds=100) as night:
        night.simulator.next(
            "get_balance", Answer(200, {"status": 0, "data": 1000}), Answer(401, {})
        )
        night.add(ids="ab")
        assert night.run(on_row=look).counts["done"] == 2
    assert seen == [(1000, 1000), (1000, 1000)], "a refusal meanwhile ends nothing"
    with Night.begun(str(tmp_path / "more.db"), tmp_path, task_seconds=100) as night:
        night.add(ids="cd")
        night.run(on_row=look)
    assert seen[2:] == [(1000, 990), (1000, 990)]


def test_videos_are_called_by_the_template_of_their_row(night: Night) -> None:
    usual = {"prompt": "The fox wakes up"}
    night.add(
        usual | {"id": "füchse", "output": "tiere/{id}-{n}", "video_number": 2},
        usual | {"id": "../odd"},
        usual | {"id": "two", "video_number": 2},
    )
    night.run()
    with night.batch() as batch:
        named = {
            row.id: [path.relative_to(night.out).as_posix() for path, _ in row.files]
            for row in batch.rows()
        }
    task = night.simulator.ledger[1].task_ids[0]
    assert named == {
        "füchse": ["tiere/füchse-1.mp4", "tiere/füchse-2.mp4"],
        "../odd": [f"{task}.mp4"],
        "two": ["two-1.mp4", "two-2.mp4"],
    }


def test_a_row_that_fails_says_why_and_keeps_what_was_made_of_it(night: Night) -> None:
    night.simulator.outcomes = [Outcome("failed", "The owl is flagged"), Outcome("succeed")]
    night.simulator.next("submit_multi_image_to_video", refusal(2003, "Text flagged"))
    night.add({"id": "refused"}, {"id": "half", "video_number": 2}, {"id": "whole"})
    told: list[tuple[str, str]] = []
    status = night.run(on_row=lambda row: told.append((row.id, row.state)))
    assert (status.counts["failed"], status.counts["done"]) == (2, 1)
    with night.batch() as batch:
        refused, half, _ = batch.rows()
    assert (refused.files, half.state) == ((), "failed")
    assert "Text flagged" in (refused.reason or "")
    assert "The owl is flagged" in (half.reason or "")
    ((path, digest),) = half.files
    assert is_whole(path, digest)
    assert ("half", "running") in told
    assert told.count(("half", "failed")) == 1
    assert night.run().counts["failed"] == 2, "nothing is tried again unless somebody says so"
    assert len(night.paid()) == 2


def test_local_images_are_uploaded_from_where_the_manifest_is(
    night: Night, pictures: tuple[Path, Path]
) -> None:
    shutil.copy(pictures[0], night.folder / "fox.png")
    night.add({"id": "fox", "images": ["fox.png"]}, {"id": "gone", "images": ["fox.png"]})
    assert night.run(max_rows=1).counts["done"] == 1
    (night.folder / "fox.png").unlink()
    assert night.run().counts["failed"] == 1
    with night.batch() as batch:
        assert "fox.png" in (batch.row("gone").reason or "")


def test_the_same_manifest_again_pays_for_what_is_new_or_changed_alone(night: Night) -> None:
    night.add({"id": "a"}, {"id": "b"})
    night.run()
    rows = [{"id": "b", "prompt": "The sun rises"}, {"id": "a", "output": "x"}, {"id": "c"}]
    with night.batch() as batch:
        manifest = night.manifest(*rows)
        foreseen = batch.add(manifest, dry_run=True)
        assert night.states() == {"a": "done", "b": "done"}
        assert batch.add(manifest) == foreseen
    assert (foreseen.new, foreseen.known, foreseen.changed) == (("c",), ("a",), ("b",))
    assert night.states() == {"b": "waiting", "a": "done", "c": "waiting"}
    night.run()
    assert night.paid() == ["The sun sets", "The sun sets", "The sun rises", "The sun sets"]
    with night.batch() as batch:
        assert [row.consent for row in batch.rows()] == [2, 1, 1]


def test_of_a_manifest_with_a_fault_nothing_is_added(night: Night) -> None:
    added = night.add({"id": "a"}, {"id": "b", "duration": "soon"})
    assert [str(fault) for fault in added.faults] == [
        "renders.jsonl:2 duration: must be a whole number of seconds, not 'soon'"
    ]
    assert (added.new, night.states()) == ((), {})


def test_one_batch_is_for_one_service(night: Night) -> None:
    night.add(ids="a")
    night.run()
    with pytest.raises(ConfigError, match="is for http://localhost, not for"):
        night.run(of_client={"base_url": "http://localhost:8000"})
    with (
        night.batch() as batch,
        pytest.raises(ConfigError, match="there is no batch 'nothing'"),
    ):
        night.run(batch=Batch(batch.journal, "nothing"))


def test_batches_of_one_journal_know_nothing_of_each_other(night: Night) -> None:
    night.add(ids="a")
    with night.batch() as batch:
        other = Batch(batch.journal, "other")
        other.add(night.manifest(ids="a"))
        night.run(batch=other)
        assert [row.state for row in batch.rows()] == ["waiting"]
        assert [row.state for row in other.rows()] == ["done"]


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 61])
def test_a_batch_has_a_name_that_can_be_told_from_all_else(
    journal: SQLiteJournal, name: str
) -> None:
    with pytest.raises(ConfigError, match="a batch is named by"):
        Batch(journal, name)


def test_a_program_that_blocks_runs_one_too(tmp_path: Path) -> None:
    """On the real clock and with threads, as users do."""
    with Simulator(clock=SystemClock(), render=False, task_seconds=0) as simulator:
        manifest = tmp_path / "renders.csv"
        header = "id,prompt,images,model,aspect_ratio,duration"
        cells = "The sun sets,https://example.com/a.jpg,KLING_O1,16:9,5"
        manifest.write_text(f"{header}\na,{cells}\nb,{cells}\n")
        with Batch.open(tmp_path / "renders.db") as batch:
            batch.add(read_manifest(manifest))
            status = batch.run(
                tmp_path / "videos", client=simulator.async_client, limits=Limits(interval=0)
            )
    assert status.counts["done"] == len(simulator.ledger) == 2
    assert (status.credits_before, status.credits_now, status.left) == (1000, 990, 0)

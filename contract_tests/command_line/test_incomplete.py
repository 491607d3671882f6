"""Nothing lost: what ended short of what was paid for stays open, and ids stand for their job."""

from __future__ import annotations

import pytest

from contract_tests.command_line.invoke import GENERATE, HTTPS, Cli, jobs, submit
from weryai.testing import Answer, Outcome, Simulator, Variant, refusal

SUBMIT = "submit_multi_image_to_video"


def paged(cli: Cli, simulator: Simulator, number: int = 2) -> tuple[str, ...]:
    """Submit, and be told the first id alone, as on the endpoint's own page. Returns all ids."""
    with simulator.client() as elsewhere:
        from weryai import MultiImageToVideo

        job = elsewhere.submit(
            MultiImageToVideo(
                images=[HTTPS],
                prompt="The sun sets",
                model="KLING_O1",
                aspect_ratio="1:1",
                duration=5,
                video_number=number,
            )
        )
    told = {"task_ids": job.task_ids[:1], "batch_id": int(job.batch_id or "")}
    simulator.next(SUBMIT, Answer(body={"status": 0, "data": told}))
    assert submit(cli, "--video-number", number) == [job.task_ids[0]]
    return job.task_ids


@pytest.mark.parametrize("command", ["wait", "status", "download", "resume"])
def test_an_id_stands_for_the_whole_job_that_the_journal_knows(
    cli: Cli, simulator: Simulator, command: str
) -> None:
    ids = paged(cli, simulator)
    simulator.clock.sleep(60)
    said = cli(command, *([] if command == "resume" else ids[:1]))
    assert said.code == 0
    assert all(task_id in said.out for task_id in ids)
    assert said.err == "" or command in ("wait", "status")
    assert len(simulator.ledger) == 1


def test_a_part_of_a_job_stands_for_itself_and_the_rest_stays_open(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.extend([Outcome(seconds=5), Outcome(seconds=500)])
    first, second = submit(cli, "--video-number", 2)
    said = cli("wait", first, "--timeout", 60)
    assert said.code == 0
    assert second not in said.out
    assert "this is a part of a job: `weryai resume` waits for and fetches all of it" in said.err
    assert [job["state"] for job in jobs(cli)] == ["running"]
    assert cli("resume").out.split() == [f"{first}.mp4", f"{second}.mp4"]


def test_a_job_that_was_just_submitted_need_not_be_there_yet(
    cli: Cli, simulator: Simulator
) -> None:
    (task_id,) = submit(cli)
    for operation in ("get_batch_status", "get_task_status"):
        simulator.next(operation, *[refusal(1003)] * 5)
    assert cli("wait", task_id).code == 0
    simulator.next("get_task_status", *[refusal(1003)] * 5)
    assert cli("wait", task_id, "--journal", "none").code == 0, "as old as this wait"


def test_a_batch_that_cannot_be_read_does_not_cost_its_tasks(
    cli: Cli, simulator: Simulator
) -> None:
    ids = submit(cli, "--video-number", 2)
    simulator.clock.sleep(60)
    for command in ("status", "download"):
        simulator.next("get_batch_status", refusal(1003))
        said = cli(command, *ids)
        assert said.code == 0
        assert all(task_id in said.out for task_id in ids)


def test_what_ended_short_is_looked_at_by_every_resume_until_it_is_settled(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.extend([Outcome(), Outcome("failed", message="busy")])
    made, _ = submit(cli, "--video-number", 2)
    said = cli("resume")
    assert (said.code, said.out) == (4, f"{made}.mp4\n")
    assert "1 of 2 videos" in said.err
    before = simulator.clock.time()
    for _ in range(2):
        polls = len(simulator.received)
        said = cli("resume")
        assert (said.code, said.out) == (4, "")
        assert "1 of 2 videos" in said.err
        assert len(simulator.received) > polls
    assert simulator.clock.time() == before, "the minute has passed once"
    (job,) = jobs(cli)
    assert job["state"] == "incomplete"
    listed = cli("jobs")
    assert f"1 of 2 videos: {made}.mp4" in listed.out
    assert "  weryai jobs settle ENTRY\n" in listed.err
    assert cli("jobs", "settle", job["entry"]).code == 0
    assert cli("resume").code == 0
    assert [job["state"] for job in jobs(cli)] == ["settled"]


def test_what_ended_short_is_fetched_where_it_turns_out_to_be_whole(
    cli: Cli, simulator: Simulator
) -> None:
    made, late = submit(cli, "--video-number", 2)
    simulator.clock.sleep(60)
    base = "http://localhost/results"
    done = {"task_id": made, "task_status": "succeed", "videos": [f"{base}/{made}-1.mp4"]}
    failed = {"task_id": late, "task_status": "failed", "msg": "busy"}
    simulator.next("get_batch_status", *[Answer(body={"status": 0, "data": [done, failed]})] * 40)
    assert cli("resume").code == 4
    simulator._account.script["get_batch_status"].clear()
    said = cli("resume")
    assert (said.code, said.out) == (0, f"{late}.mp4\n")
    assert [job["state"] for job in jobs(cli)] == ["fetched"]


def test_a_file_stays_with_its_video_where_videos_change_places(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.variant = Variant(one_task=True)
    (task_id,) = submit(cli, "--video-number", 2)
    simulator.clock.sleep(60)
    base = f"http://localhost/results/{task_id}"
    for order in ((1, 2), (2, 1)):
        videos = [f"{base}-{number}.mp4?signed={order[0]}" for number in order]
        data = [{"task_id": task_id, "task_status": "succeed", "videos": videos}]
        simulator.next("get_batch_status", Answer(body={"status": 0, "data": data}))
        said = cli("wait", task_id, "--json")
        told = {video["name"]: video["url"] for video in said.json["tasks"][0]["videos"]}
        assert told[task_id].startswith(f"{base}-1.mp4"), "by another process"
    assert cli("resume").out.split() == [f"{task_id}.mp4", f"{task_id}-2.mp4"]


def test_generate_that_ends_short_says_how_many_videos_were_made(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.extend([Outcome(), Outcome(videos=False)])
    said = cli(*GENERATE, "--video-number", 2)
    assert said.code == 4
    assert "1 of 2 videos were made" in said.err
    assert said.out.endswith(".mp4\n")

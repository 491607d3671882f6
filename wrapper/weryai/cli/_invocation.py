"""One invocation: how it was asked for, and what it has achieved that nobody may lose."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._process.paths import expanded, quoted, without_password

if TYPE_CHECKING:
    from weryai import Job, Result
    from weryai.requests import VideoRequest

    from ._files import Files


class Invocation:
    """What a command has done so far. Whatever ends it, a failure or Ctrl-C, is told from this.

    Attributes:
        json: one JSON document on stdout, instead of words.
        verbose: whether `-v` was given.
        command: the command's name.
        base_url: as given with `--base-url`.
        journal: as given with `--journal` or WERYAI_JOURNAL.
        files: where videos go, where some are to be fetched.
        request: what is submitted, from the moment it may be on its way.
        job: what was submitted or asked for.
        result: its state when last seen.
        paths: videos that are on disk.
        line: the command line that goes on with it, where no id does.
        uploads: the addresses of images that were uploaded, by path.
        failures: what failed, by the entry of the journal, where there may be several.
        started: when it began, on the monotonic clock.
    """

    verbose: bool = False
    command: str = ""
    base_url: str | None = None
    journal: str | None = None
    files: Files | None = None
    request: VideoRequest | None = None
    job: Job | None = None
    result: Result | None = None
    line: str | None = None

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self.paths: list[Path] = []
        self.uploads: dict[str, str] = {}
        self.failures: dict[str, Exception] = {}
        self.started = time.monotonic()

    @classmethod
    def before_parsing(cls, argv: Sequence[str]) -> Invocation:
        """Even a command line that cannot be parsed is answered in JSON where that was wanted."""
        options = argv[: argv.index("--")] if "--" in argv else argv
        return cls(json="--json" in options)

    @property
    def acts(self) -> bool:
        """Whether it does more than tell something: it pays, waits or fetches."""
        return self.request is not None or self.command in ("wait", "download", "resume", "batch")

    def again(self, command: str, job: Job | None = None) -> str:
        """A command line that goes on with a job, this one unless told otherwise, and brings its
        videos where they were meant to go, to be copied into a shell."""
        job = job or self.job
        words = ["weryai", *command.split()]
        if self.base_url:
            words += ["--base-url", self.base_url]
        if self.journal and self.journal != expanded(os.environ.get("WERYAI_JOURNAL", "")):
            words += ["--journal", without_password(self.journal)]
        if job is not None and command in ("wait", "download"):
            words += job.task_ids or ["--batch", str(job.batch_id)]
        files = self.files
        if files is None and self.request is not None:  # what was paid for is to come here
            from ._files import Files

            files = Files(Path())
        if files is not None and command in ("wait", "download", "resume"):
            words += files.words(of_one_job=command != "resume")
        return " ".join(map(quoted, words))

    def document(self) -> dict[str, Any]:
        """The JSON of a command about a job."""
        result, job = self.result, self.job
        found: dict[str, Any] = {}
        if self.request is not None:
            from ._operations import operation_of

            found["operation"] = operation_of(self.request)
        if job is not None:
            found |= job.to_dict()
        if result is not None:
            found["tasks"] = tasks(result)
        if self.paths or self.files is not None:
            found["paths"] = [str(path) for path in self.paths]
        return found


def tasks(result: Result) -> list[dict[str, Any]]:
    """Plain JSON data of each task."""
    return [
        {
            "id": task.id,
            "state": task.state,
            "message": task.reason if task.failed else task.message,
            "videos": [
                {"name": video.name, "url": video.url, "cover_url": video.cover_url}
                for video in task.videos
            ],
        }
        for task in result.tasks
    ]

"""Where videos go, and what their files are called."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from string import Formatter
from typing import TYPE_CHECKING

from attrs import frozen

from ._errors import UsageError

if TYPE_CHECKING:
    from weryai import Result, Video

SUFFIXES = (".mp4", ".mov", ".webm")
FIELDS = ("task", "n")
LONGEST = 200  # bytes of a name, as a download takes it
# What placeholders may come to, for a name that turns out too long does so when its video is paid
# for. No page says how long an id is: this has room for a UUID.
LONG_TASK, MANY = "task_" + "x" * 35, 9


@frozen
class Files:
    """What `--out` and `--name` ask for.

    Attributes:
        out: a folder, or a file where it ends as a video does and no folder is there.
        name: a template for the name of each video; None names it after its task.
    """

    out: Path
    name: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether `--out` names the file itself."""
        return self.out.suffix.lower() in SUFFIXES and not os.path.isdir(self.out)

    @property
    def folder(self) -> Path:
        """The folder, which may be made."""
        return self.out.parent if self.is_file else self.out

    def require(self, *, videos: int = 1, jobs: int = 1) -> None:
        """Raise UsageError for what cannot be, before anything is paid for or fetched.

        Parameters:
            videos: how many one job makes, as far as that is known.
            jobs: how many jobs are fetched; 2 stands for several.
        """
        if self.is_file and self.name is not None:
            raise UsageError(f"--out {self.out} names the file already: leave out --name")
        if self.is_file and jobs > 1:
            raise UsageError(f"--out {self.out}: several jobs are fetched, so give a folder")
        if self.is_file and _is_too_long(numbered := self._numbered(MANY)):
            raise UsageError(f"--out {self.out}: {numbered} has more than {LONGEST} bytes")
        if self.name is None:
            return
        if _is_too_long(self._made(self.name, LONG_TASK, MANY)):
            told = f"may make names of more than {LONGEST} bytes"
            raise UsageError(f"--name {self.name} {told}")
        first, other = (self._made(self.name, task, 1) for task in ("task_1", "task_2"))
        if fault := _fault(first):
            raise UsageError(f"--name {self.name} makes {first!r}, which {fault}")
        if jobs > 1 and first == other:
            raise UsageError(f"--name {self.name}: several jobs are fetched: put {{task}} into it")
        # Tasks of one job are several, but one may make several videos too.
        if videos > 1 and first == self._made(self.name, "task_2", 2):
            raise UsageError(f"--name {self.name}: there are {videos} videos: put {{n}} into it")

    def make_folder(self) -> Path:
        """Make the folder, before anything is paid for. Raises UsageError."""
        folder = self.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder.resolve(strict=True)  # the folder that we are in may be gone
        except FileExistsError as error:
            raise UsageError(f"--out: {folder} is no folder: give another") from error
        except OSError as error:
            raise UsageError(f"--out: {folder}: {error.strerror}: give another folder") from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UsageError(f"--out: {folder} may not be written")
        return folder

    def names(self, result: Result | None, video: Video) -> list[str] | None:
        """What a download is to call one video of a job; None leaves that to it."""
        if result is None or not (self.is_file or self.name is not None):
            return None
        number = [each.name for each in result.videos].index(video.name) + 1
        several = max(result.expected, len(result.videos)) > 1
        if self.name is None:
            return [self._numbered(number) if several else self.out.name]
        self.require(videos=len(result.videos))
        owners = (task.id for task in result.tasks if video in task.videos)
        made = self._made(self.name, next(owners, video.name), number)
        return None if _is_too_long(made) else [made]

    def words(self, *, of_one_job: bool) -> list[str]:
        """The options that ask for the same; of several jobs only what all of them can have."""
        if of_one_job:
            out, name = self.out, self.name
        else:
            out, name = self.folder, self.name if "{task" in (self.name or "") else None
        return ["--out", str(out), *(["--name", name] if name is not None else [])]

    def _numbered(self, number: int) -> str:
        """The file that `--out` names, where a job makes several."""
        return f"{self.out.stem}-{number}{self.out.suffix}"

    def _made(self, template: str, task: str, n: int) -> str:
        try:
            for _, field, _, conversion in Formatter().parse(template):
                if field is not None and (field not in FIELDS or conversion):
                    raise LookupError
            return template.format(task=task, n=n)
        except (LookupError, ValueError):
            possible = " and ".join(f"{{{field}}}" for field in FIELDS)
            raise UsageError(
                f"--name {template} may hold {possible}, as in '{{task}}-{{n:02}}', and nothing"
                " else in braces"
            ) from None


def _fault(name: str) -> str | None:
    """Why no file can be called by a name that a template made, None if one can be."""
    path = PurePath(name)
    if path.is_absolute() or ".." in path.parts or not name.isprintable():
        return "leads out of the folder, or cannot be typed"
    if not path.name or name.endswith("/"):
        return "names no file"
    return None


def _is_too_long(name: str) -> bool:
    return len(os.fsencode(PurePath(name).name)) > LONGEST

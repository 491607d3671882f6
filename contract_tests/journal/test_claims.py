"""Claims: one holder at a time, whoever looks."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import IO, Any

import pytest

from weryai._files.locks import lock
from weryai._journal import claims
from weryai._journal.claims import Claims


def test_a_look_at_a_claim_is_not_seen_as_a_claim(tmp_path: Path) -> None:
    seen, over = list[bool](), threading.Event()

    def look() -> None:  # as another process does: two `open` are two holders in one, too
        looking = Claims(tmp_path)
        while not over.is_set():
            seen.append(looking.taken("a"))

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(300):
        (tmp_path / "a").touch()  # left by a process that was killed
        time.sleep(0.0003)
    over.set()
    for thread in threads:
        thread.join()
    assert len(seen) > 300
    assert True not in seen


def test_a_claim_is_taken_although_somebody_looks_at_it(tmp_path: Path) -> None:
    one, other = Claims(tmp_path), Claims(tmp_path)
    look = (tmp_path / "a").open("a+b")
    assert lock(look, shared=True)
    threading.Timer(0.02, look.close).start()
    assert one.take("a")
    assert (look.closed, other.taken("a"), other.take("a")) == (True, True, False)
    one.free("a")
    assert not other.taken("a")


def test_a_claim_given_back_while_another_takes_it_has_one_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (Claims(tmp_path) for _ in range(3))
    assert first.take("a")

    def late(file: IO[Any], *, shared: bool = False) -> bool:
        first.free("a")  # the file that was opened has no name any more
        return lock(file, shared=shared)

    with monkeypatch.context() as patch:
        patch.setattr(claims, "lock", late)
        assert second.take("a")
    assert not third.take("a")
    second.close()


def test_of_many_who_want_a_claim_that_is_looked_at_one_gets_it_at_once(tmp_path: Path) -> None:
    many, got = [Claims(tmp_path) for _ in range(8)], list[bool]()
    look = (tmp_path / "a").open("a+b")
    assert lock(look, shared=True)
    threads = [
        threading.Thread(target=lambda each=each: got.append(each.take("a")), daemon=True)
        for each in many
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.02)
    look.close()
    for thread in threads:
        thread.join(2)
    assert sorted(got) == [False] * 7 + [True]
    for each in many:
        each.close()

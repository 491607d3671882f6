"""The suite that any journal must pass."""

from __future__ import annotations

from . import claims, listed, repeats, submissions, told, turns
from .case import Case, Make, Promise

PROMISES: dict[str, Promise] = {
    promise.__name__: promise
    for room in (submissions, repeats, told, listed, claims, turns)
    for promise in room.PROMISES
}
JOURNAL_PROMISES: tuple[str, ...] = tuple(PROMISES)


def check_journal(make: Make, promise: str | None = None) -> None:
    """Try whether a journal keeps what `weryai.journal.Journal` promises. Needs no test runner.

        def test_my_journal(tmp_path):
            check_journal(lambda name: MyJournal(tmp_path / name))

    or one test for each promise:

        @pytest.mark.parametrize("promise", JOURNAL_PROMISES)
        def test_my_journal(promise, tmp_path):
            check_journal(lambda name: MyJournal(tmp_path / name), promise)

    What a crash leaves is not tried: how a process ends, and when its claims do, is a matter of the
    storage. One that goes by a clock of its own has to be made so that it goes by the times that it
    is told: `PostgresJournal(dsn, clock="caller")`.

    Parameters:
        make: opens the journal of this name: empty where the name is new, and with what is in it
            where it is not, as another process would open it, with claims of its own. A name is new
            in each run, of at most 40 letters, digits and underscores, the first one a letter: fit
            for a file, a schema or a prefix. Each opening is closed; what is stored is left there.
        promise: one of `JOURNAL_PROMISES`; None is all of them.

    Raises:
        AssertionError: which promises are not kept, and what was seen; whatever else the journal
            raises counts as that. Its cause holds the errors themselves.
        ValueError: there is no such promise.
    """
    if promise is not None and promise not in PROMISES:
        raise ValueError(f"{promise!r} is none of JOURNAL_PROMISES")
    names = JOURNAL_PROMISES if promise is None else (promise,)
    broken: dict[str, Exception] = {}
    for name in names:
        try:
            with Case(make) as case:
                PROMISES[name](case)
        except Exception as error:
            broken[name] = error
    if broken:
        words = f"{len(broken)} of {len(names)} promises of a journal are not kept: "
        lines = [f"{name}: {_told(error)}" for name, error in broken.items()]
        cause = ExceptionGroup("what was seen", list(broken.values()))
        raise AssertionError(words + "\n".join(lines)) from cause


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"

"""What was paid, in words: for the assertion that fails because of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ._tasks import Accepted

SHOWN = 20  # submissions
LONGEST = 30  # characters of a prompt


def require_paid(ledger: Sequence[Accepted], times: int, arrived: int) -> None:
    """Raise AssertionError, which tells all that was paid, unless it was so many submissions.

    Parameters:
        arrived: how many submissions came, whatever was answered to them.
    """
    __tracebackhide__ = True  # pytest: what failed is the line of the test
    if len(ledger) != times:
        head = f"{_submissions(len(ledger))} paid, not {times}; {arrived} arrived"
        raise AssertionError("\n".join([head, *_lines(ledger)]))


def _lines(ledger: Sequence[Accepted]) -> Iterator[str]:
    for number, line in enumerate(ledger[:SHOWN], 1):
        same = next((n for n, each in enumerate(ledger[: number - 1], 1) if _same(each, line)), 0)
        what = f": the same request as {same}" if same else f", {_request(line)}"
        yield f"  {number}. after {line.at - ledger[0].at:g} s, {line.credits:g} credits{what}"
        yield f"     {line.operation}, batch {line.batch_id}: {', '.join(line.task_ids)}"
    if len(ledger) > SHOWN:
        yield f"  ... and {len(ledger) - SHOWN} more"


def _same(one: Accepted, other: Accepted) -> bool:
    return (one.operation, one.payload) == (other.operation, other.payload)


def _request(line: Accepted) -> str:
    prompt = line.payload["prompt"]
    cut = prompt if len(prompt) <= LONGEST else f"{prompt[:LONGEST]}..."
    return f"{line.payload['model']}, {line.payload['duration']} s: {cut!r}"


def _submissions(number: int) -> str:
    return f"{number} submission was" if number == 1 else f"{number} submissions were"

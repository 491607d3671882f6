"""What goes wrong next, a line for each: what a test says, and what the forms of a served simulator
fill in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from ._account import ANY, Account
from ._rules import REASONS
from ._scenario import Answer, Lost, Outcome, Outcomes, is_number, refusal, require

MOST = 1000  # of one fault


def plan(
    account: Account,
    operations: Sequence[str],
    fault: Answer | Lost | Outcome,
    times: int = 1,
    operation: str = ANY,
) -> None:
    """Have a fault happen so many times: to calls of an operation, or to the next tasks.

    Raises:
        ValueError: for a number that cannot be, and an operation that does not exist.
    """
    whole = isinstance(times, int) and is_number(times) and 1 <= times <= MOST
    require(whole, f"times is 1 to {MOST}, not {times!r}")
    known = ", ".join((ANY, *operations))
    require(operation in (ANY, *operations), f"operation is one of {known}, not {operation!r}")
    if isinstance(fault, Outcome):
        account.outcomes.extend([fault] * times)
    else:
        account.script[operation].extend([fault] * times)


class Faults:
    """What a test plans: it happens to what comes next, in order, and then all is as usual."""

    def __init__(self, account: Account, operations: Sequence[str]) -> None:
        self._account = account
        self._operations = operations

    def refuse(
        self, name: str | int, message: str = "", *, times: int = 1, operation: str = ANY
    ) -> None:
        """Refuse the next calls with a business code: nothing is started and nothing paid.

        Parameters:
            name: one of REFUSALS, such as `too_many_running`, or its code.
            message: what is said with it; the service's own words where it is empty.
            times: how many calls, at most 1000.
            operation: an operationId; by default the next submissions, of whichever kind.

        Raises:
            ValueError: for a name, a number or an operation that does not exist.
        """
        plan(self._account, self._operations, refusal(name, message), times, operation)

    def lose_answer(self, *, accepted: bool, times: int = 1, operation: str = ANY) -> None:
        """Give no answer to the next calls: the client cannot know what became of them.

        Parameters:
            accepted: carry them out all the same: of a submission, the job exists and is paid.
            times: as for `refuse`.
            operation: as for `refuse`.

        Raises:
            ValueError: for a number or an operation that does not exist.
        """
        plan(self._account, self._operations, Lost(accepted=accepted), times, operation)

    def fail_task(self, reason: str = REASONS[0], *, times: int = 1) -> None:
        """Let the next tasks that start fail; they are paid.

        Parameters:
            reason: why, as the service tells it.
            times: how many tasks, at most 1000.

        Raises:
            ValueError: for a number that cannot be.
        """
        plan(self._account, self._operations, Outcome("failed", reason), times)

    def slow(self, seconds: float, *, times: int = 1) -> None:
        """Let the next tasks that start take so long, and then succeed.

        Parameters:
            seconds: from submission to the end; infinity for a task that never ends.
            times: how many tasks, at most 1000.

        Raises:
            ValueError: for a number that cannot be.
        """
        plan(self._account, self._operations, Outcome(seconds=seconds), times)

    @property
    def outcomes(self) -> deque[Outcome]:
        """How the next tasks end, in the order they are started; then they succeed."""
        return self._account.outcomes

    @outcomes.setter
    def outcomes(self, outcomes: Iterable[Outcome]) -> None:
        self._account.outcomes = Outcomes(outcomes)

    def next(self, operation: str, *answers: Answer | Lost) -> None:
        """Answer the next calls of an operation like this, one each, then as usual again.

        Parameters:
            operation: the operationId in the contract, such as `submit_multi_image_to_video`.
            answers: what to answer; `refusal(1001)` makes the common ones.

        Raises:
            ValueError: for an operation that does not exist, or what is no answer.
        """
        known = ", ".join(self._operations)
        require(operation in self._operations, f"operation is one of {known}, not {operation!r}")
        for each in answers:
            words = f"answers are refusal(code), Answer(...) or Lost(...), not {each!r}"
            require(isinstance(each, Answer | Lost), words)
        self._account.script[operation].extend(answers)

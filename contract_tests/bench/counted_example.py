"""Two works whose instructions are known well enough: counted by a test of the bench."""

from __future__ import annotations

from contract_tests.bench import measuring


def _nothing(number: int) -> None:
    pass


def _much(number: int) -> None:
    for _ in range(number):
        sum(range(1000))


if __name__ == "__main__":
    measuring.counted({"nothing/x": _nothing, "much/x": _much})

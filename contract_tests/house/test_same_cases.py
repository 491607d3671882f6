"""Two runs in a row, in whatever order, on whatever machine, try the same cases."""

from __future__ import annotations

import os
import subprocess
import sys

from contract_tests.house import digest


def test_two_processes_generate_the_same_replies_and_the_same_calls() -> None:
    """A process that has imported little and orders its sets in a way of its own, and this one,
    which has imported every test."""
    command = [sys.executable, "-m", "contract_tests.house.digest"]
    other = subprocess.Popen(
        command, env=os.environ | {"PYTHONHASHSEED": "1"}, stdout=subprocess.PIPE, text=True
    )
    one = digest.digests()
    assert other.communicate()[0].splitlines() == one
    counts = [int(line.split()[0]) for line in one]
    assert [count >= 18 for count in counts] == [True, True], counts

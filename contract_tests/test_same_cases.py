"""Two runs in a row, in whatever order, on whatever machine, try the same cases."""

from __future__ import annotations

import os
import subprocess
import sys

# What is imported and how sets are ordered must change nothing.
START = "import {modules}; from contract_tests.digest import main; main()"


def test_two_processes_generate_the_same_replies_and_the_same_calls() -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", START.format(modules=modules)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed, modules in (("1", "weryai.cli"), ("2", "contract_tests.test_wait"))
    ]
    (one, _), (other, _) = [process.communicate() for process in running]
    assert one == other
    counts = [int(line.split()[0]) for line in one.splitlines()]
    assert [count >= 18 for count in counts] == [True, True], counts

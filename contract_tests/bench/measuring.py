"""How something is measured: CPU time in blocks that take turns, and instructions.

A machine that does other things as well moves times by two to four, and ratios of blocks that stand
side by side by little; instructions of user space repeat to 0.1 %.

python -m contract_tests.bench.measuring    counts next to nothing and much more, under callgrind
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# Does what is measured so many times.
Work = Callable[[int], None]

SWITCH = Path(__file__).with_name("switch.c")
HEADER = Path("/usr/include/valgrind/callgrind.h")
COUNTED = 20  # calls
SAME_HASHES = {"PYTHONHASHSEED": "0"}  # the order of sets moves instructions by some per cent


def cpu(works: Mapping[str, Work], calls: int = 40, rounds: int = 9) -> dict[str, float]:
    """Microseconds of CPU that a call takes: the median of blocks that take turns."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work(calls)  # warm-up: imports, connections
    _settle()
    for _ in range(rounds):
        for name, work in works.items():
            before = time.process_time_ns()
            work(calls)
            taken[name].append((time.process_time_ns() - before) / calls / 1000)
    return {name: statistics.median(each) for name, each in taken.items()}


def _settle() -> None:
    """What is loaded by now is no business of the collector's, which would walk through all of it
    again and again: else a call costs more where more is imported."""
    gc.collect()
    gc.freeze()


def has_valgrind() -> bool:
    """Whether instructions can be counted here."""
    return bool(shutil.which("valgrind") and shutil.which("cc") and HEADER.exists())


def instructions(module: str, *argv: str) -> dict[str, int]:
    """Instructions of each work that `module` counts with `counted`, a call."""
    with tempfile.TemporaryDirectory() as folder:
        switch = Path(folder) / "switch.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", switch, SWITCH], check=True)
        out = f"--callgrind-out-file={folder}/out"
        options = ["--tool=callgrind", "--instr-atstart=no", out]
        told = subprocess.run(
            ["valgrind", *options, sys.executable, "-m", module, *argv],
            env={**os.environ, **SAME_HASHES, "SWITCH": str(switch)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        return {name: total // COUNTED for name, total in _totals(Path(folder)).items()}


def instructions_of_a_process(argv: Sequence[str]) -> int:
    """Instructions from the start to the end of a process."""
    options = ["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    done = subprocess.run(
        ["valgrind", *options, *argv],
        env={**os.environ, **SAME_HASHES},
        capture_output=True,
        text=True,
        check=True,
    )
    (total,) = re.findall(r"I +refs: +([\d,]+)", done.stderr)
    return int(total.replace(",", ""))


def counted(works: Mapping[str, Work]) -> None:
    """Under callgrind: do each of these, counted by its name."""
    switch = ctypes.CDLL(os.environ["SWITCH"])
    for name, work in works.items():
        work(COUNTED)  # warm-up
        _settle()
        switch.on()
        work(COUNTED)
        switch.off(name.encode())


def memory() -> float:
    """MB that this process has now; what `most_memory` tells begins anew."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # Linux: VmHWM is VmRSS again
    return most_memory()


def most_memory() -> float:
    """MB that it has had at the most since."""
    (kilobytes,) = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) / 1024


def in_a_process(module: str, *argv: str) -> dict[str, float]:
    """What a module measures in a process of its own, and prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, *argv], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def _cpu_of_a_process(argv: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cpu_of_processes(argvs: Mapping[str, Sequence[str]], rounds: int = 7) -> dict[str, float]:
    """Milliseconds of CPU that each process takes: the median of processes that take turns."""
    taken: dict[str, list[float]] = {name: [] for name in argvs}
    for turn in range(rounds + 1):
        for name, argv in argvs.items():
            seconds = _cpu_of_a_process(argv)
            if turn:  # the first one compiles
                taken[name].append(1000 * seconds)
    return {name: statistics.median(each) for name, each in taken.items()}


def _totals(folder: Path) -> dict[str, int]:
    """What was counted, by the name that it was written down with."""
    found = {}
    for file in folder.glob("out.*"):
        text = file.read_text()
        name = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.MULTILINE)
        total = re.search(r"^totals: (\d+)", text, re.MULTILINE)
        assert name, text[:500]
        assert total, text[:500]
        found[name[1]] = int(total[1])
    return found


def _nothing(number: int) -> None:
    pass


def _much(number: int) -> None:
    for _ in range(number):
        sum(range(1000))


if __name__ == "__main__":
    counted({"nothing/x": _nothing, "much/x": _much})

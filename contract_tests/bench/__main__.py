"""Measure, print a table and keep reports/bench.json. Nothing fails on a time.

python -m contract_tests.bench            ours, beside raw httpx
python -m contract_tests.bench --peers    beside the peers that are installed, in the same file
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from contract_tests.bench import calls, imports, peers, server, table
from contract_tests.support.run.reports import REPORTS

REPORT = REPORTS / "bench.json"


def ours(url: str) -> dict[str, Callable[[], Any]]:
    """What is measured, by its name in the report."""
    from contract_tests.bench import batches, files, journal_calls, simulated, waiting

    return {
        "sync": lambda: calls.figures(url, "sync"),
        "async": lambda: calls.figures(url, "async"),
        "starts": imports.figures,
        "waiting": lambda: waiting.figures(url),
        "polls": lambda: waiting.polls(url),
        "files": lambda: files.figures(url),
        "journal": journal_calls.figures,
        "simulator": simulated.figures,
        "batches": batches.figures,
    }


def theirs(url: str) -> dict[str, Callable[[], Any]]:
    """The same, beside the peers."""
    return {
        "peers": lambda: calls.figures(url, "peers"),
        "starts of peers": lambda: imports.beside(peers.IMPORTS),
        "versions of peers": peers.versions,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", action="store_true", help="beside the peers")
    parser.add_argument("--only", nargs="*", help="these parts alone; the others stay as they are")
    options = parser.parse_args()
    # A whole run begins anew, so that no figure of another one is in it.
    adds = options.peers or options.only
    told = json.loads(REPORT.read_text()) if adds and REPORT.exists() else {}
    told.setdefault("machine", machine())
    told.setdefault("seconds", {})
    with server.running() as url:
        for name, measure in (theirs if options.peers else ours)(url).items():
            if not options.only or name in options.only:
                print(f"measuring: {name}", file=sys.stderr, end=" ", flush=True)
                began = time.monotonic()
                told[name] = measure()
                told["seconds"][name] = time.monotonic() - began
                print(f"{told['seconds'][name]:.0f} s", file=sys.stderr)
    REPORTS.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(told, indent=1) + "\n")
    print(table.text(told))
    print(f"\n{sum(told['seconds'].values()) / 60:.0f} minutes")


def machine() -> dict[str, Any]:
    """Where this is measured, and what else goes on there as it begins."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
    }


if __name__ == "__main__":
    main()

"""The service of the bench: prints its address, and serves until it is ended."""

from __future__ import annotations

import threading

from weryai.cli.simulate import make_simulator, serving

if __name__ == "__main__":
    simulator = make_simulator(task_seconds=0, render=False, credits=1e9)
    with simulator, serving(simulator) as (url, _):
        print(url, flush=True)
        threading.Event().wait()

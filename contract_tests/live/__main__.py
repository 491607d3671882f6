"""Ask the real service and say, call by call, where it differs from the contract.

Needs WERYAI_API_KEY. Without a budget only free reads are sent: the balance, the models, and the
states of two ids that do not exist. With one, a single submission follows, the shortest and
smallest that the registry allows; it is waited for and downloaded. Redacted replies are kept.

Exits with 1 where something differs, and with 2 where there is no key or no use for the budget.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from pathlib import Path

import httpx

from contract_tests.live.paid import RefusedError, pay
from contract_tests.live.recorder import Recorder
from contract_tests.live.report import Report
from weryai import Clock, ConfigError, NotFoundError, WeryAI

UNKNOWN_TASK, UNKNOWN_BATCH = "task_that_does_not_exist", "999999999999999"


def main(
    arguments: list[str] | None = None,
    clock: Clock | None = None,
    http: httpx.Client | None = None,
) -> int:
    options = parsed(arguments)
    paid = options.budget is not None
    recorder = Recorder(paid=paid, http=http)
    try:
        client = WeryAI(transport=recorder, retry_budget=0, clock=clock)
    except ConfigError as error:
        print(f"live: {error}; nothing was sent", file=sys.stderr)
        return 2
    report = Report(recorder, options.reports, os.environ["WERYAI_API_KEY"].strip())
    refused = None
    with client:
        print("Free calls:")
        credits = report.call("get_balance", client.balance)
        models = report.call("list_video_models", client.models) or []
        report.call("get_task_status", lambda: client.status(UNKNOWN_TASK), NotFoundError)
        report.call("get_batch_status", lambda: client.batch_status(UNKNOWN_BATCH), NotFoundError)
        if not paid:
            print("Nothing was submitted: that takes a budget, as in `make live BUDGET=20`.")
        else:
            try:
                pay(client, report, options.budget, credits, models, options.out)
            except RefusedError as error:
                refused = error
    print(f"{report.replies} replies in {options.reports}, {report.differing} differ.", flush=True)
    if refused:
        print(f"live: {refused}; nothing was submitted", file=sys.stderr)
        return 2
    return 1 if report.differing else 0


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m contract_tests.live",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--budget", type=credits_of, metavar="CREDITS", help="for one submission")
    parser.add_argument("--reports", type=Path, default=Path("reports", "live"), metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("out", "live"), metavar="DIR")
    return parser.parse_args(arguments)


def credits_of(text: str) -> float:
    budget = float(text)
    if not (budget > 0 and math.isfinite(budget)):
        raise argparse.ArgumentTypeError("a budget is a number of credits, more than 0")
    return budget


if __name__ == "__main__":
    sys.exit(main())

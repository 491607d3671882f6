"""A failure is one line, which names the operation and the promise."""

from __future__ import annotations

import pytest

from contract_tests.support.contract import OPERATIONS
from contract_tests.support.run.failure_lines import line

pytest_plugins = ["pytester"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_line_of_a_generated_case_names_its_operation(operation: str) -> None:
    nodeid = f"contract_tests/client/test_replies.py::test_a_reply_is_read[sync-{operation}]"
    said = f"FAILED {operation}: a reply is read [sync-{operation}] - assert 1 == 2"
    assert line(nodeid, "assert 1 == 2\n  and more") == said


@pytest.mark.parametrize(
    ("nodeid", "said"),
    [
        ("client/wait/test_wait.py::test_a_wait_survives", "get_task_status: a wait survives"),
        ("client/submit/test_images.py::test_x", "submit_multi_image_to_video: x"),
        ("client/test_it.py::test_a_webhook_is_read", "task_completed: a webhook is read"),
        ("test_v.py::test_x[sync-batch_status: y]", "get_batch_status: x [sync-batch_status: y]"),
        ("command_line/test_errors.py::test_x", "command line errors: x"),
        ("simulator/test_render.py", "simulator render: its tests load"),
    ],
)
def test_the_line_of_any_other_case_names_what_it_speaks_of(nodeid: str, said: str) -> None:
    assert line(f"contract_tests/{nodeid}", "") == f"FAILED {said}"


def test_a_long_error_is_cut_and_the_line_stays_one() -> None:
    told = line("test_wait.py::test_a_wait_survives", "x" * 400 + "\nassert {1} == set()\n more")
    assert told == ("FAILED get_task_status: a wait survives - " + "x" * 400)[:300]


def test_what_is_to_be_done_and_what_was_compared_are_both_told() -> None:
    told = line("test_wait.py::test_x", "AssertionError: name it\nassert {1} == set()\n  Extra")
    assert told == "FAILED get_task_status: x - name it - assert {1} == set()"


def test_an_operation_that_is_named_is_preferred_to_words() -> None:
    assert line("test_wait.py::test_x", "get_balance: 1 != 2").startswith("FAILED get_balance: x")


def test_a_report_for_ci_keeps_tracebacks_off_the_screen(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # to load them takes half of the time
    pytester.makepyfile(
        conftest="from contract_tests.support.run.failure_lines import pytest_terminal_summary"
    )
    pytester.makepyfile(test_balance="def test_it_is_a_number():\n    one = 1\n    assert one == 2")
    shown = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--junitxml=reports/j.xml")
    text = shown.stdout.str()
    assert "FAILED get_balance: it is a number - assert 1 == 2" in text
    assert "one = 1" not in text
    details = pytester.path / "reports" / "failures.txt"
    assert "one = 1" in details.read_text()
    assert "one = 1" in pytester.runpytest_inprocess("-p", "no:cacheprovider").stdout.str()
    pytester.makepyfile(test_balance="def test_it_is_a_number(): ...")
    pytester.runpytest_inprocess("-p", "no:cacheprovider", "--junitxml=reports/j.xml")
    assert not details.exists(), "a green run leaves no failures of an earlier one"

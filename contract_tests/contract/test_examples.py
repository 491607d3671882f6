"""The examples of the contract fit it, and show every status, state and code that it speaks of."""

from __future__ import annotations

import re

from contract_tests.support.contract import CONTRACT, OPERATIONS, SCHEMAS, WEBHOOKS, fits, reply
from contract_tests.support.examples import EXAMPLES
from contract_tests.support.run.in_one import in_one

COMPONENTS = CONTRACT["components"]["examples"]


@in_one(EXAMPLES)
def test_each_example_fits_what_the_contract_says_of_it(name: str) -> None:
    told = EXAMPLES[name]
    assert fits(told.schema, told.value)
    assert told.media == ("text/html" if isinstance(told.value, str) else "application/json")


@in_one(COMPONENTS)
def test_an_example_of_a_reply_has_the_name_of_its_schema_and_of_no_other(component: str) -> None:
    schema, _, label = component.partition(".")
    value = COMPONENTS[component]["value"]
    assert fits(SCHEMAS[schema], value)
    assert fits(SCHEMAS["BusinessError"], value) is (schema == "BusinessError")
    shown = {name for name, each in EXAMPLES.items() if each.component == component}
    assert {name.split(".", 2)[2] for name in shown} == {label}


def test_an_example_of_a_reply_under_200_is_a_component_so_that_other_replies_can_show_it() -> None:
    lone = [name for name, each in EXAMPLES.items() if each.kind == "200" and not each.component]
    assert lone == [], "put it into components/examples, called SCHEMA.NAME, and refer to it"


def test_replies_of_the_same_schema_show_the_same_examples() -> None:
    shown: dict[str, set[tuple[str, ...]]] = {}
    for operation in OPERATIONS:
        media = reply(operation)["content"]["application/json"]
        shown.setdefault(media["schema"]["$ref"], set()).add(tuple(media["examples"]))
    assert [schema for schema, lists in shown.items() if len(lists) > 1] == [], (
        "refer to the same component of components/responses"
    )


def test_every_documented_status_and_webhook_has_an_example() -> None:
    documented = {(name, code) for name in OPERATIONS for code in OPERATIONS[name]["responses"]}
    documented |= {(name, "notice") for name in WEBHOOKS}
    shown = {(example.operation, example.kind) for example in EXAMPLES.values()}
    assert documented - shown == set(), "each needs examples beside its schema"


def test_the_contracts_own_examples_fit_too() -> None:
    notice = EXAMPLES["task_completed.notice.success"].value
    assert SCHEMAS["TaskNotice"]["examples"] == [notice]
    for schema in SCHEMAS.values():
        for told in (schema, *schema.get("properties", {}).values()):
            assert all(fits(told, example) for example in told.get("examples", []))


def test_every_known_state_has_an_example() -> None:
    tasks = [each.value.get("data") for name, each in EXAMPLES.items() if ".200." in name]
    shown = {task.get("task_status") for task in tasks if isinstance(task, dict)}
    unshown = set(SCHEMAS["KnownTaskStatus"]["enum"]) - shown
    assert unshown == set(), "components/examples/TaskStatusOk.state-NAME, and a reference, show it"


def test_every_code_that_the_contract_explains_has_an_example_of_that_code() -> None:
    codes = re.compile(r"\b[126]\d{3}\b")
    refusals = {name: each.value for name, each in EXAMPLES.items() if ".code-" in name}
    shown = {str(value["status"]) for value in refusals.values()}
    assert set(codes.findall(SCHEMAS["BusinessError"]["description"])) <= shown
    for name, value in refusals.items():
        assert f"{name}.".partition(".200.")[2].startswith(f"code-{value['status']}.")

"""Each paid operation is judged by what was written apart from the contract.

A wrong limit that contract, client and simulator share is seen nowhere else.
"""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.mutants.table import load
from contract_tests.support.contract import FREE, OPERATIONS, PAID, SCHEMAS, request
from contract_tests.support.examples import EXAMPLES
from contract_tests.support.forbidden_values import BAD, REQUIRED
from contract_tests.support.recorded_pages import PAGES
from contract_tests.support.requests import CLASSES
from contract_tests.support.variants import WAYS

LIMITS = {"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "enum"}
# The request schemas in which a wrong limit is planted.
PLANTED = {
    each.at[2]
    for each in load()
    if each.at[:2] == ("components", "schemas") and LIMITS & {*each.at[3:]} and each.regenerate
}


def missing(operation: str, schema: str, fields: set[str]) -> list[str]:
    """What does not judge an operation yet, and where to write it."""
    judges: dict[str, bool] = {
        "its recorded page, data/pages/NAME.md": operation in PAGES,
        "its required fields, REQUIRED in support/forbidden_values.py": operation in REQUIRED,
        "values that each of its fields forbids, BAD in support/forbidden_values.py": (
            BAD.get(operation, {}).keys() == fields
        ),
        "its way through the variants, WAYS in support/variants.py": (
            operation in WAYS["envelope"] and operation in WAYS["submission"]
        ),
        "a wrong limit of its request, mutants/table/contract.toml": schema in PLANTED,
        "the least that it takes, an example required-only in the contract": (
            f"{operation}.request.required-only" in EXAMPLES
        ),
        "its class and its row, _service/endpoints.py": operation in CLASSES,
    }
    return [judge for judge, is_there in judges.items() if not is_there]


@pytest.mark.parametrize("operation", PAID)
def test_a_paid_operation_has_every_judge(operation: str) -> None:
    schema = request(operation)
    assert missing(operation, schema, {*SCHEMAS[schema]["properties"]}) == []


def test_an_operation_that_nobody_judges_is_told_what_it_lacks() -> None:
    assert len(missing("submit_hologram", "HologramRequest", {"prompt"})) == 7
    (lacking,) = missing(PAID[0], request(PAID[0]), {*BAD[PAID[0]], "zest"})
    assert "forbidden_values.py" in lacking


def test_the_contract_says_of_each_operation_whether_it_charges() -> None:
    for name, operation in OPERATIONS.items():
        told: Any = operation["description"]
        assert ("Charges credits" in told) == (name in PAID), name
        assert name not in FREE or "Free as far as is known" in told

"""The comparison itself: each kind of fault is found in an answer that is otherwise as described."""

import json
from typing import Any

import pytest

from tests.contracts.twilio.openapi import EXEMPTIONS, Answer, Description

ACCOUNT = "AC" + "0" * 32
CALL = "CA" + "1" * 32
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Queues/QU{'2' * 32}.json"
QUEUE: dict[str, Any] = {
    "account_sid": ACCOUNT,
    "average_wait_time": 0,
    "current_size": 0,
    "date_created": "Mon, 02 Mar 2026 09:00:00 +0000",
    "date_updated": "Mon, 02 Mar 2026 09:00:00 +0000",
    "friendly_name": "support",
    "max_size": 1000,
    "sid": "QU" + "2" * 32,
    "uri": PATH,
}


def _faults(description: Description, body: dict[str, Any], path: str = PATH, status: int = 200) -> list[str]:
    return description.faults(Answer("GET", path, status, json.dumps(body)))


def test_answer_as_described_has_no_fault(description: Description) -> None:
    assert _faults(description, QUEUE) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"extra": 1}, ".extra is too much"),
        ({"current_size": "0"}, ".current_size is '0', not integer"),
        ({"current_size": True}, ".current_size is True, not integer"),
        ({"current_size": None}, ".current_size is null"),
        ({"sid": CALL}, f".sid is '{CALL}', not ^QU[0-9a-fA-F]{{32}}$"),
        ({"date_created": "2026-03-02T09:00:00Z"}, ".date_created is '2026-03-02T09:00:00Z', not date-time-rfc-2822"),
        ({"date_created": "Mon, 2 Mar 2026 09:00:00 GMT"}, "not date-time-rfc-2822"),
    ],
)
def test_fault_is_found(description: Description, change: dict[str, Any], found: str) -> None:
    faults = _faults(description, QUEUE | change)
    assert len(faults) == 1
    assert faults[0].endswith(found)


def test_missing_key_is_found(description: Description) -> None:
    assert _faults(description, {key: value for key, value in QUEUE.items() if key != "uri"})[0].endswith(
        ".uri is missing"
    )


def test_word_that_is_not_in_the_enum_is_found(description: Description) -> None:
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json"
    assert any("none of ['queued'" in fault for fault in _faults(description, {"status": "initiated"}, path))


def test_rows_of_a_list_are_looked_at(description: Description) -> None:
    page = {"queues": [QUEUE | {"max_size": "1000"}]}
    faults = _faults(description, page, f"/2010-04-01/Accounts/{ACCOUNT}/Queues.json")
    assert any(".queues[0].max_size is '1000', not integer" in fault for fault in faults)
    assert any(".next_page_uri is missing" in fault for fault in faults)


def test_error_has_twilios_four_keys(description: Description) -> None:
    error = {
        "code": 20404,
        "message": "not found",
        "more_info": "https://www.twilio.com/docs/errors/20404",
        "status": 404,
    }
    assert _faults(description, error, status=404) == []
    assert _faults(description, error | {"status": 400}, status=404) != []
    assert _faults(description, {"detail": "not found"}, status=404) != []


def test_status_and_path_that_are_not_described_are_found(description: Description) -> None:
    assert "only ['200'] are described" in _faults(description, QUEUE, status=201)[0]
    assert "not in the description" in _faults(description, QUEUE, "/2010-04-01/Nothing.json")[0]


def test_each_exemption_says_why_and_is_of_a_schema_that_exists(description: Description) -> None:
    for exemption in EXEMPTIONS:
        assert exemption.why
        assert exemption.sends or exemption.may_be_null
        assert description.has_schema(exemption.schema), exemption

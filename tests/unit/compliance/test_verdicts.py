"""A verdict as it is kept with a call."""

import json
from datetime import UTC, datetime

import pytest

from compliance.verdicts import Allowed, Blocked, Deferred, Verdict, verdict_record


@pytest.mark.parametrize(
    ("verdict", "record"),
    [
        (Allowed(("a", "b")), {"verdict": "allowed", "rules": ["a", "b"]}),
        (
            Deferred(datetime(2026, 3, 2, 7, tzinfo=UTC), ("a",), "outside_hours"),
            {"verdict": "deferred", "reason": "outside_hours", "until": "2026-03-02T07:00:00+00:00", "rules": ["a"]},
        ),
        (Blocked("do_not_call", ()), {"verdict": "blocked", "reason": "do_not_call", "rules": []}),
    ],
)
def test_a_verdict_survives_being_kept_as_json(verdict: Verdict, record: dict[str, object]) -> None:
    assert json.loads(json.dumps(verdict_record(verdict))) == record

"""Why nothing is dialing: each reason by itself, in the order in which the dialer asks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dialer.pacing.policy import Decision
from dialer.standstill import TEXTS, Situation, explain

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
DIALS = Situation(
    status="running",
    paused_reason="",
    closed_until=None,
    is_spent=False,
    waiting=5,
    next_due_at=NOW,
    due={"de": 5},
    due_to_anyone={"de": 1},
    ready={"de": 2},
    room=10,
    decision=Decision({"de": 2}, "one line for each of 2 ready agents"),
    now=NOW,
)


@pytest.mark.parametrize(
    ("changes", "code", "next_at"),
    [
        ({}, "dialing", NOW),
        ({"status": "draft"}, "draft", NOW),
        ({"status": "paused", "paused_reason": "the carrier refuses calls"}, "paused", NOW),
        ({"status": "finished", "next_due_at": None}, "finished", None),
        ({"closed_until": LATER}, "closed", LATER),
        ({"closed_until": NOW + timedelta(hours=1), "next_due_at": LATER}, "closed", LATER),
        ({"is_spent": True}, "spend_cap", NOW),
        ({"waiting": 0, "next_due_at": None, "due": {}, "due_to_anyone": {}}, "nobody_waits", None),
        ({"due": {}, "due_to_anyone": {}, "next_due_at": LATER}, "none_due", LATER),
        ({"ready": {}, "decision": Decision()}, "no_agent", NOW),
        ({"due": {}}, "owners_away", NOW),
        ({"ready": {"fr": 1}}, "no_language", NOW),
        ({"room": 0}, "no_room", NOW),
        ({"decision": Decision(why="every ready agent has a line that is being dialed")}, "pacing", NOW),
    ],
)
def test_the_first_thing_that_keeps_a_campaign_from_dialing_is_named(
    changes: dict[str, Any], code: str, next_at: datetime | None
) -> None:
    answer = explain(replace(DIALS, **changes))
    assert (answer.code, answer.next_at) == (code, next_at)
    assert "%(" not in answer.plain


def test_the_languages_that_nobody_ready_speaks_are_named() -> None:
    answer = explain(replace(DIALS, due={"it": 1, "fr": 2}))
    assert answer.languages == ("fr", "it")


def test_every_answer_has_a_text_without_gaps() -> None:
    for text in TEXTS.values():
        assert "%(" not in text % {"detail": "x", "languages": "x", "moment": "x"}

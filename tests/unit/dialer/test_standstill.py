"""Why nothing is dialing: each reason by itself, in the order in which the dialer asks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dialer.caller_numbers import CallerNumber
from dialer.pacing.policy import Decision
from dialer.reasons import Reason, from_record
from dialer.standstill import TEXTS, Situation, explain

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
DIALS = Situation(
    status="running",
    paused_by_dialer=(),
    closed_until=None,
    is_spent=False,
    waiting=5,
    next_due_at=NOW,
    due={"de": 5},
    due_to_anyone={"de": 1},
    ready={"de": 2},
    pool=(CallerNumber("+41446681800"),),
    room=10,
    decision=Decision({"de": 2}, (Reason("one_each", {"lines": 2}),)),
    now=NOW,
)


@pytest.mark.parametrize(
    ("changes", "code", "next_at"),
    [
        ({}, "dialing", NOW),
        ({"status": "draft"}, "draft", NOW),
        ({"status": "paused", "paused_by_dialer": (Reason("spend_cap"),)}, "paused", NOW),
        ({"status": "finished", "next_due_at": None}, "finished", None),
        ({"closed_until": LATER}, "closed", LATER),
        ({"closed_until": NOW + timedelta(hours=1), "next_due_at": LATER}, "closed", LATER),
        ({"is_spent": True}, "spend_cap", NOW),
        ({"waiting": 0, "next_due_at": None, "due": {}, "due_to_anyone": {}}, "nobody_waits", None),
        ({"due": {}, "due_to_anyone": {}, "next_due_at": LATER}, "none_due", LATER),
        ({"ready": {}, "decision": Decision()}, "no_agent", NOW),
        ({"due": {}}, "owners_away", NOW),
        ({"ready": {"fr": 1}}, "no_language", NOW),
        ({"pool": (CallerNumber("+41446681800", "fr"),)}, "no_number", NOW),
        ({"room": 0}, "no_room", NOW),
        ({"decision": Decision(why=(Reason("all_dialing"),))}, "pacing", NOW),
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


def test_a_pause_says_who_paused_where_it_was_the_dialer() -> None:
    by_hand = explain(replace(DIALS, status="paused"))
    by_dialer = explain(replace(DIALS, status="paused", paused_by_dialer=(Reason("spend_cap"),)))
    before_codes = explain(replace(DIALS, status="paused", paused_by_dialer=from_record([], "the carrier is down")))
    assert by_hand.plain == "The campaign is paused."
    assert by_dialer.plain == "The campaign is paused: the spending limit of the day is reached."
    assert before_codes.plain == "The campaign is paused: the carrier is down."


def test_a_language_whose_number_has_left_the_directory_is_named_with_it() -> None:
    pool = (CallerNumber("+41446681800", "de"), CallerNumber("+41223456789", "fr", may_be_shown=False))
    answer = explain(replace(DIALS, due={"fr": 3}, ready={"fr": 1, "de": 1}, pool=pool))
    assert answer.why == (Reason("number_not_listed", {"languages": ["fr"], "numbers": ["+41223456789"]}),)
    assert "+41 22 345 67 89 in the directory lately, so nobody is called who speaks fr" in answer.plain
    assert explain(replace(DIALS, due={"fr": 3, "de": 1}, ready={"fr": 1, "de": 1}, pool=pool)).code == "dialing"


def test_every_answer_has_a_text_without_gaps() -> None:
    for text in TEXTS.values():
        assert "%(" not in text % {"detail": "x", "languages": "x", "moment": "x"}

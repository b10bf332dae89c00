"""A check that cannot fail is worth nothing: each one is shown the books that it must not accept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns.import_contacts import ImportReport
from cli.rehearsal.books import Books, CallEntry, LeadEntry
from cli.rehearsal.cast import Cast
from cli.rehearsal.checks import check_all, doubly_placed, number_mismatches
from cli.rehearsal.performance import Played
from cli.rehearsal.plan import Plan
from cli.rehearsal.report import make_report

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def call(number: int, status: str = "completed", **facts: Any) -> CallEntry:
    entry = CallEntry(
        id=f"call_{number}",
        contact_id=f"contact_{number}",
        to_number=f"+4144000000{number}",
        status=status,
        carrier_sid=f"CA{number}",
        agent_id="agent_1",
        placing_at=NOON + timedelta(minutes=10 * number),
        bridged_at=NOON + timedelta(minutes=10 * number + 1) if status == "completed" else None,
        ended_at=NOON + timedelta(minutes=10 * number + 5),
        disposition="not_interested" if status == "completed" else "",
        disposition_at=NOON + timedelta(minutes=10 * number + 6) if status == "completed" else None,
    )
    return replace(entry, **facts)


def prospect(entry: CallEntry) -> dict[str, Any]:
    answered = entry.status in {"completed", "abandoned", "hung_up_before_bridge"}
    bridged = entry.status == "completed"
    return {
        "sid": entry.carrier_sid,
        "to": entry.to_number,
        "agrees": entry.disposition == "qualified",
        "answered_at": "then" if answered else None,
        "bridged_at": "then" if bridged else None,
        "answer_to_bridge_ms": 200.0 if bridged else None,
        "bridged_seconds": 240.0 if bridged else 0.0,
    }


def carrier_books(calls: list[CallEntry]) -> dict[str, Any]:
    placed: dict[str, int] = {}
    for entry in calls:
        placed[entry.to_number] = placed.get(entry.to_number, 0) + 1
    return {
        "prospects": [prospect(entry) for entry in calls],
        "placed": len(calls),
        "placed_by_number": placed,
        "answered": sum(bool(prospect(entry)["answered_at"]) for entry in calls),
        "live_prospects": 0,
        "live_calls": 0,
        "live_conferences": 0,
        "faults_struck": {},
    }


CALLS = [
    call(1, disposition="qualified"),
    call(2),
    call(3, "busy"),
    call(4, "abandoned"),
    call(5, disposition="do_not_call"),
]
GOOD = Books(
    cast=Cast("campaign_1", ImportReport(7, 5, 0, 0, 1, {"too_short": 2}, "list_1"), (), ()),
    played=Played(NOON, NOON + timedelta(hours=1), True, carrier_books(CALLS)),
    contacts_live=0,
    contacts_final={"qualified": 1, "not_interested": 1, "busy": 1, "abandoned": 1, "do_not_call": 1},
    calls=CALLS,
    leads=[LeadEntry("lead_1", "call_1", "accepted", ("declined", "accepted"))],
    agent_events=[
        ("agent_1", NOON, "ready"),
        ("agent_1", NOON + timedelta(minutes=15), "on_call"),
        ("agent_1", NOON + timedelta(minutes=30), "ready"),
    ],
    reports_waiting=0,
    rounds_that_differ=(),
    audit_problem="",
)


def with_calls(*entries: CallEntry) -> Books:
    return replace(GOOD, calls=list(entries))


def with_carrier(**facts: Any) -> Books:
    return replace(GOOD, played=replace(GOOD.played, carrier=GOOD.played.carrier | facts))


def with_lead(**facts: Any) -> Books:
    return replace(GOOD, leads=[replace(GOOD.leads[0], **facts)])


def with_offer_seen_after(seconds: float, **played: Any) -> Books:
    """Seconds on the wall, in a rehearsal that runs ten times as fast."""
    seen = {"offer_1": NOON + timedelta(seconds=10 * seconds)}
    books = with_lead(opened_at=NOON, first_offer_id="offer_1")
    return replace(books, speed=10.0, played=replace(books.played, offers_seen=seen, **played))


def test_an_offer_within_five_seconds_comes_at_once_and_a_killed_program_is_an_excuse() -> None:
    for books in (with_offer_seen_after(4.9), with_offer_seen_after(40, struck=("kill=worker",))):
        assert {check.name: check.ok for check in check_all(books)}["offers come at once"]
    assert with_offer_seen_after(4.9).offer_waits() == [4.9]


def test_good_books_hold_in_every_check() -> None:
    assert [check for check in check_all(GOOD) if not check.ok] == []


def test_an_agent_whose_customer_talks_on_with_a_partner_may_take_the_next_call() -> None:
    talks_on = replace(CALLS[0], left_at=NOON + timedelta(minutes=19), ended_at=NOON + timedelta(minutes=40))
    found = {check.name: check.ok for check in check_all(with_calls(talks_on, *CALLS[1:]))}
    assert found["no agent was in two calls"]


WRONG: dict[str, Callable[[], Books]] = {
    "it ended by itself": lambda: replace(GOOD, played=replace(GOOD.played, ended_by_itself=False)),
    "rows are accepted or refused": lambda: replace(
        GOOD, cast=replace(GOOD.cast, imported=replace(GOOD.cast.imported, rows=8))
    ),
    "every contact has one final state": lambda: replace(GOOD, contacts_final={"busy": 4}),
    "every call is over": lambda: with_calls(*CALLS[:-1], replace(CALLS[-1], status="ringing")),
    "calls per number are the carrier's": lambda: with_carrier(placed_by_number={"+41440000001": 2}),
    "no attempt was placed twice": lambda: with_carrier(
        prospects=[*GOOD.prospects, {**GOOD.prospects[0], "sid": "CA99"}]
    ),
    "answered calls are the carrier's": lambda: with_calls(replace(CALLS[0], status="no_answer"), *CALLS[1:]),
    "bridged calls are the carrier's": lambda: with_calls(replace(CALLS[0], status="abandoned"), *CALLS[1:]),
    "every talk has its disposition": lambda: with_calls(CALLS[0], replace(CALLS[1], disposition=""), *CALLS[2:]),
    "no agent was in two calls": lambda: with_calls(
        replace(CALLS[0], ended_at=NOON + timedelta(minutes=22)), *CALLS[1:]
    ),
    "every live transfer is over": lambda: replace(GOOD, transfers={"done": 3, "introducing, unsettled": 1}),
    "nobody was called after do-not-call": lambda: with_calls(
        *CALLS, call(6, "busy", to_number=CALLS[4].to_number, placing_at=NOON + timedelta(hours=2))
    ),
    "grade and complexity follow from the answers": lambda: with_lead(is_judged_alike=False),
    "each qualified call has one lead": lambda: replace(GOOD, leads=[*GOOD.leads, *GOOD.leads]),
    "who is qualified has said yes": lambda: with_carrier(
        prospects=[{**one, "agrees": False} for one in GOOD.prospects]
    ),
    "offers come at once": lambda: with_offer_seen_after(5.1),
    "every lead is settled": lambda: with_lead(status="offered", offers=("live",)),
    "nothing is left on the line": lambda: with_carrier(live_prospects=1),
    "every decision replays": lambda: replace(GOOD, rounds_that_differ=(("lead_1", 1),)),
    "the audit trail verifies": lambda: replace(GOOD, audit_problem="entry 3: a row is missing"),
}


@pytest.mark.parametrize("name", [check.name for check in check_all(GOOD)])
def test_each_check_refuses_what_it_is_for(name: str) -> None:
    found = {check.name: check for check in check_all(WRONG[name]())}
    assert not found[name].ok
    assert found[name].detail


def test_an_accepted_lead_with_a_second_live_offer_is_not_settled() -> None:
    found = {check.name: check.ok for check in check_all(with_lead(offers=("accepted", "live")))}
    assert not found["every lead is settled"]


@pytest.mark.parametrize(("faults", "is_forgiven"), [({"callback_lost": 3}, True), ({"callback_doubled": 3}, False)])
def test_a_bridge_that_was_never_reported_is_forgiven_only_where_reports_were_lost(
    faults: dict[str, int], *, is_forgiven: bool
) -> None:
    books = with_calls(replace(CALLS[0], status="hung_up_before_bridge"), *CALLS[1:])
    carrier = books.played.carrier | {"faults_struck": faults}
    found = check_all(replace(books, played=replace(books.played, carrier=carrier)))
    assert {check.name: check.ok for check in found}["bridged calls are the carrier's"] is is_forgiven


def test_an_unplaced_attempt_is_no_call() -> None:
    books = with_calls(*CALLS, call(6, "not_placed", carrier_sid=""))
    assert number_mismatches(books) == []
    assert doubly_placed(books) == 0


def test_the_report_adds_up() -> None:
    report = make_report(Plan(Path("list.csv"), Path("partners.csv")), GOOD, 12.34)
    assert report["ok"]
    assert report["rows"] == report["accepted"] + sum(report["refused"].values())
    assert report["answered"] == report["bridged"] + report["abandoned"] + report["hung_up_before_bridge"] == 4
    assert report["calls_placed"] == report["carrier_calls"] == 5
    assert report["answer_to_bridge_ms"] == {"p50": 200.0, "p95": 200.0, "p99": 200.0}
    assert report["occupancy"] == 0.25
    assert report["talk_minutes_per_agent_hour"] == 12.0
    assert report["offers"] == {"accepted": 1, "declined": 1}

"""What becomes of a customer whose agent's leg was lost: every standing has one next step. Pure."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from dialer.call_states import FINAL, CallStatus, What
from dialer.lost_line_rules import (
    EndedLeg,
    Leg,
    Loss,
    Step,
    Way,
    is_lost,
    leaves_alone,
    leg_stands,
    next_step,
    way_ended,
    were_together,
)
from dialer.lost_line_words import LANGUAGES, goodbye, please_wait

BOTH = (False, True)
STANDINGS = [
    Loss(there, said, leg, rested, over, partner_is_in=is_in, partner_is_coming=coming, have_met=met)
    for there, said, leg, rested, over, is_in, coming, met in product(BOTH, BOTH, Leg, BOTH, BOTH, BOTH, BOTH, BOTH)
]


def ended(**changes: object) -> EndedLeg:
    facts: dict[str, object] = {
        "phone": "client:anna",
        "was_parked": True,
        "customer": CallStatus.BRIDGED,
        "is_said": False,
        "answered_by": "human",
        "have_met": True,
    }
    return EndedLeg(**(facts | changes))  # type: ignore[arg-type]


def lost(**changes: object) -> bool:
    return is_lost(ended(**changes))


def test_a_browser_that_goes_away_in_a_talk_is_lost_and_a_handset_is_hung_up() -> None:
    assert lost()
    assert not lost(phone="+41446681801")
    assert not lost(phone="sip:anna@example.ch")


def test_nobody_waits_for_an_agent_whom_they_have_not_heard_or_who_is_done_with_them() -> None:
    assert not lost(was_parked=False)
    assert not lost(is_said=True)
    assert not lost(answered_by="machine")
    assert [status for status in CallStatus if lost(customer=status)] == [CallStatus.BRIDGED]
    assert not lost(have_met=False)


def test_customer_who_comes_as_the_agents_line_is_lost_is_alone_whatever_the_phone_is() -> None:
    alone = [status for status in CallStatus if leaves_alone(ended(customer=status, have_met=False))]
    assert alone == [CallStatus.CONNECTING, CallStatus.BRIDGED]
    assert leaves_alone(ended(have_met=False, phone="+41446681801"))
    assert not leaves_alone(ended())
    assert not leaves_alone(ended(have_met=False, answered_by="machine"))


def test_whoever_has_heard_nobody_is_not_kept_waiting_unless_the_agent_is_back() -> None:
    for now in STANDINGS:
        assert next_step(now) is not Step.FIND_NOBODY or not (now.have_met or now.leg is Leg.PARKED)
        if not now.have_met:
            assert next_step(now) not in {Step.WAIT, Step.CALL_AGENT, Step.GIVE_UP}


def test_were_together_by_the_carriers_clock_which_counts_whole_seconds() -> None:
    moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
    later = moment + timedelta(seconds=1)
    assert were_together(moment, moment)
    assert were_together(moment, later)
    assert not were_together(later, moment)
    assert were_together(None, moment)
    assert were_together(moment, None)


@pytest.mark.parametrize(
    ("lasted", "agent_was_gone", "what"),
    [
        (None, True, What.SETTLED),
        (1, True, What.SETTLED),  # hung up before the law's time was over
        (2, True, What.FOUND_NOBODY),
        (60, True, What.FOUND_NOBODY),
        (34, False, What.SETTLED),
        (35, False, What.JOINED),
    ],
)
def test_what_is_taken_to_have_become_of_a_call_that_ended_on_its_way(
    lasted: int | None, agent_was_gone: bool, what: What
) -> None:
    span = None if lasted is None else timedelta(seconds=lasted)
    assert way_ended(Way(span, agent_was_gone, timedelta(seconds=2), timedelta(seconds=35))) is what


def test_customer_is_let_go_only_when_nobody_can_come_any_more() -> None:
    given_up = [now for now in STANDINGS if next_step(now) is Step.GIVE_UP]
    assert given_up
    for now in given_up:
        assert now.is_over_time
        assert now.leg not in {Leg.ANSWERED, Leg.PARKED}
        assert (now.partner_is_in, now.partner_is_coming) == (False, False)


def test_nobody_is_called_for_a_talk_that_is_over_nor_while_the_phone_rings() -> None:
    for now in STANDINGS:
        step = next_step(now)
        assert (step in {Step.CLOSE_SAID, Step.CLOSE_LEFT}) == (now.is_said or not now.customer_is_there)
        assert step is not Step.CALL_AGENT or (now.leg is Leg.NONE and now.has_rested)


def test_agent_who_is_back_goes_on_even_after_the_time_and_a_partner_in_the_room_comes_first() -> None:
    late = {"customer_is_there": True, "is_said": False, "leg": Leg.PARKED, "has_rested": True, "is_over_time": True}
    assert next_step(Loss(**late)) is Step.GO_ON  # type: ignore[arg-type]
    assert next_step(Loss(**late, partner_is_in=True)) is Step.HAND_OVER  # type: ignore[arg-type]


def test_each_status_of_a_leg_stands_somewhere() -> None:
    assert leg_stands("") is Leg.NONE
    assert leg_stands(CallStatus.BRIDGED) is Leg.PARKED
    assert {leg_stands(status) for status in set(CallStatus) - FINAL} == {Leg.CALLED, Leg.ANSWERED, Leg.PARKED}


def test_customer_hears_a_promise_only_where_one_was_made() -> None:
    for language in (*LANGUAGES, ""):
        assert please_wait(language)
        assert len(goodbye(language, is_promised=False)) < len(goodbye(language, is_promised=True))
    assert "rufen Sie zurück" in goodbye("de", is_promised=True)
    assert "rufen" not in goodbye("de", is_promised=False)

"""When an agent may say otherwise of a call: the whole table, and what holds of every row of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer import correction_rules as rules
from dialer.correction_rules import Allowed, ContactStands, LeadStands, Past, Refused, may_correct
from dialer.dispositions import DISPOSITIONS, Disposition, Then

NO, YES, LATER, BLOCK = (DISPOSITIONS[code] for code in ("not_interested", "qualified", "callback", "do_not_call"))
WINDOW = timedelta(minutes=10)
PAST = Past(NO, timedelta(minutes=2), WINDOW, True, ContactStands.AS_LEFT, LeadStands.NONE, False)

pasts = st.builds(
    Past,
    former=st.sampled_from(sorted(DISPOSITIONS.values(), key=lambda each: each.code)),
    age=st.timedeltas(timedelta(0), timedelta(minutes=20)),
    window=st.sampled_from((timedelta(0), WINDOW)),
    is_over=st.booleans(),
    contact=st.sampled_from(ContactStands),
    lead=st.sampled_from(LeadStands),
    campaign_is_finished=st.booleans(),
)
dispositions = st.sampled_from(sorted(DISPOSITIONS.values(), key=lambda each: each.code))


@pytest.mark.parametrize(
    ("changes", "wished", "verdict"),
    [
        ({}, YES, Allowed(moves_contact=True, closes_lead=False)),
        ({"age": WINDOW}, YES, Allowed(moves_contact=True, closes_lead=False)),
        ({"age": WINDOW + timedelta(seconds=1)}, YES, rules.TOO_LATE),
        ({"age": timedelta(0), "window": timedelta(0)}, BLOCK, rules.TOO_LATE),
        ({"former": BLOCK}, NO, rules.STAYS_BLOCKED),
        ({"former": BLOCK}, BLOCK, Allowed(moves_contact=True, closes_lead=False)),
        ({"is_over": False}, YES, rules.STILL_TALKING),
        ({"is_over": False}, BLOCK, Allowed(moves_contact=True, closes_lead=False)),
        ({"contact": ContactStands.DIALED}, NO, rules.DIALED_AGAIN),
        ({"contact": ContactStands.DIALED}, BLOCK, Allowed(moves_contact=False, closes_lead=False)),
        ({"contact": ContactStands.MOVED}, LATER, rules.MOVED_SINCE),
        ({"contact": ContactStands.MOVED}, BLOCK, Allowed(moves_contact=False, closes_lead=False)),
        ({"contact": ContactStands.FORGOTTEN}, BLOCK, rules.FORGOTTEN),
        ({"former": YES, "lead": LeadStands.UNSEEN}, NO, Allowed(moves_contact=True, closes_lead=True)),
        ({"former": YES, "lead": LeadStands.UNSEEN}, YES, Allowed(moves_contact=True, closes_lead=False)),
        ({"former": YES, "lead": LeadStands.UNSEEN}, BLOCK, Allowed(moves_contact=True, closes_lead=True)),
        ({"former": YES, "lead": LeadStands.SEEN}, NO, rules.LEAD_SEEN),
        ({"former": YES, "lead": LeadStands.SEEN}, BLOCK, Allowed(moves_contact=True, closes_lead=False)),
        ({"lead": LeadStands.CLOSED}, YES, rules.LEAD_CLOSED),
        ({"lead": LeadStands.CLOSED}, LATER, Allowed(moves_contact=True, closes_lead=False)),
        ({"campaign_is_finished": True}, LATER, rules.CAMPAIGN_FINISHED),
        ({"campaign_is_finished": True}, YES, Allowed(moves_contact=True, closes_lead=False)),
    ],
)
def test_the_table(changes: dict[str, object], wished: Disposition, verdict: Allowed | str) -> None:
    expected = Refused(verdict) if isinstance(verdict, str) else verdict
    assert may_correct(replace(PAST, **changes), wished) == expected  # type: ignore[arg-type]


@given(pasts)
def test_do_not_call_is_always_taken_in_time(past: Past) -> None:
    is_in_time = timedelta(0) < past.window and past.age <= past.window
    knows_whom = past.contact is not ContactStands.FORGOTTEN
    assert isinstance(may_correct(past, BLOCK), Allowed) == (is_in_time and knows_whom)


@given(pasts, dispositions)
def test_nothing_leads_away_from_do_not_call(past: Past, wished: Disposition) -> None:
    if not wished.blocks_number:
        assert isinstance(may_correct(replace(past, former=BLOCK), wished), Refused)


@given(pasts, dispositions)
def test_a_lead_that_a_partner_has_seen_is_never_closed(past: Past, wished: Disposition) -> None:
    verdict = may_correct(replace(past, lead=LeadStands.SEEN), wished)
    assert isinstance(verdict, Refused) or (wished.blocks_number and not verdict.closes_lead)


@given(pasts, dispositions)
def test_only_who_is_where_the_call_left_them_goes_elsewhere(past: Past, wished: Disposition) -> None:
    verdict = may_correct(past, wished)
    if isinstance(verdict, Allowed):
        assert verdict.moves_contact == (past.contact is ContactStands.AS_LEFT)
        assert verdict.moves_contact or wished.then is Then.DONE

"""The state tables of leads and offers."""

from hypothesis import given
from hypothesis import strategies as st

from leads.lead_states import (
    FINAL_LEADS,
    FINAL_OFFERS,
    LEAD_FOLLOWS,
    LEAD_MOVES,
    OFFER_MOVES,
    LeadMove,
    LeadStatus,
    OfferMove,
    OfferStatus,
    next_lead_status,
    next_offer_status,
)


@given(status=st.sampled_from(sorted(FINAL_LEADS)), move=st.sampled_from(LeadMove))
def test_closed_lead_stays_closed(status: LeadStatus, move: LeadMove) -> None:
    assert next_lead_status(status, move) is None


@given(status=st.sampled_from(sorted(FINAL_OFFERS)), move=st.sampled_from(OfferMove))
def test_offer_that_is_over_stays_over(status: OfferStatus, move: OfferMove) -> None:
    assert next_offer_status(status, move) is None


def test_every_status_can_be_reached_and_every_lead_can_be_closed() -> None:
    reached = {LeadStatus.OPEN}
    for _ in LeadStatus:
        reached |= {after for (before, _), after in LEAD_MOVES.items() if before in reached}
    assert reached == set(LeadStatus)
    leads_to_closed = {LeadStatus.CLOSED}
    for _ in LeadStatus:
        leads_to_closed |= {before for (before, _), after in LEAD_MOVES.items() if after in leads_to_closed}
    assert leads_to_closed == set(LeadStatus)
    assert set(OFFER_MOVES.values()) == set(OfferStatus) - {OfferStatus.LIVE}


def test_lead_follows_every_end_of_an_offer() -> None:
    assert set(LEAD_FOLLOWS) == set(OfferMove)
    for offer_move, lead_move in LEAD_FOLLOWS.items():
        before = LeadStatus.ACCEPTED if offer_move is OfferMove.RECALL else LeadStatus.OFFERED
        assert next_lead_status(before, lead_move) in {LeadStatus.ACCEPTED, LeadStatus.OPEN}


def test_only_an_accepted_offer_can_be_recalled() -> None:
    allowed = {status for status in OfferStatus if next_offer_status(status, OfferMove.RECALL)}
    assert allowed == {OfferStatus.ACCEPTED}


def test_lead_with_a_live_offer_cannot_be_offered_again() -> None:
    assert next_lead_status(LeadStatus.OFFERED, LeadMove.OFFER) is None

"""The states of a lead and of an offer and what moves them from one to the next. Pure: two tables, no storage."""

from enum import StrEnum


class LeadStatus(StrEnum):
    """Where a lead is."""

    OPEN = "open"  # waits for its next offer
    OFFERED = "offered"  # one partner has it before them
    ACCEPTED = "accepted"  # a partner works on it and sees the contact
    WITH_HUMAN = "with_human"  # the router gave up; a manager decides
    CLOSED = "closed"  # for good; `outcome` says how


class LeadMove(StrEnum):
    """What can happen to a lead."""

    OFFER = "offer"
    ACCEPT = "accept"
    LOSE_OFFER = "lose_offer"  # declined, timed out or withdrawn
    RECALL = "recall"  # taken back from the partner that accepted it
    GIVE_TO_HUMAN = "give_to_human"
    ROUTE_AGAIN = "route_again"  # a manager puts it back in line
    CLOSE = "close"


class OfferStatus(StrEnum):
    """Where an offer is."""

    LIVE = "live"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"


class OfferMove(StrEnum):
    """What can happen to an offer."""

    ACCEPT = "accept"
    DECLINE = "decline"
    TIME_OUT = "time_out"
    WITHDRAW = "withdraw"
    RECALL = "recall"  # accepted, and nothing came of it


class LeadOutcome(StrEnum):
    """How a closed lead ended."""

    WON = "won"
    LOST = "lost"
    DISQUALIFIED = "disqualified"  # was no lead after all
    NOT_PLACED = "not_placed"  # no partner took it


class DeclineReason(StrEnum):
    """Why a partner declines. `OTHER` needs words."""

    NO_CAPACITY = "NO_CAPACITY"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    CONFLICT = "CONFLICT"
    DUPLICATE_OWN = "DUPLICATE_OWN"  # the partner knew of this project already
    BAD_DATA = "BAD_DATA"
    NOT_INTERESTED = "NOT_INTERESTED"
    OTHER = "OTHER"


_L, _M = LeadStatus, LeadMove

LEAD_MOVES: dict[tuple[LeadStatus, LeadMove], LeadStatus] = {
    (_L.OPEN, _M.OFFER): _L.OFFERED,
    (_L.OPEN, _M.GIVE_TO_HUMAN): _L.WITH_HUMAN,
    (_L.OPEN, _M.CLOSE): _L.CLOSED,
    (_L.OFFERED, _M.ACCEPT): _L.ACCEPTED,
    (_L.OFFERED, _M.LOSE_OFFER): _L.OPEN,
    (_L.ACCEPTED, _M.RECALL): _L.OPEN,
    (_L.ACCEPTED, _M.CLOSE): _L.CLOSED,
    (_L.WITH_HUMAN, _M.OFFER): _L.OFFERED,  # assigned by hand
    (_L.WITH_HUMAN, _M.ROUTE_AGAIN): _L.OPEN,
    (_L.WITH_HUMAN, _M.CLOSE): _L.CLOSED,
}

OFFER_MOVES: dict[tuple[OfferStatus, OfferMove], OfferStatus] = {
    (OfferStatus.LIVE, OfferMove.ACCEPT): OfferStatus.ACCEPTED,
    (OfferStatus.LIVE, OfferMove.DECLINE): OfferStatus.DECLINED,
    (OfferStatus.LIVE, OfferMove.TIME_OUT): OfferStatus.TIMED_OUT,
    (OfferStatus.LIVE, OfferMove.WITHDRAW): OfferStatus.WITHDRAWN,
    (OfferStatus.ACCEPTED, OfferMove.RECALL): OfferStatus.RECALLED,
}

FINAL_LEADS: frozenset[LeadStatus] = frozenset({_L.CLOSED})
FINAL_OFFERS: frozenset[OfferStatus] = frozenset(OfferStatus) - {OfferStatus.LIVE, OfferStatus.ACCEPTED}

# What the lead does when its offer ends that way.
LEAD_FOLLOWS: dict[OfferMove, LeadMove] = {
    OfferMove.ACCEPT: _M.ACCEPT,
    OfferMove.DECLINE: _M.LOSE_OFFER,
    OfferMove.TIME_OUT: _M.LOSE_OFFER,
    OfferMove.WITHDRAW: _M.LOSE_OFFER,
    OfferMove.RECALL: _M.RECALL,
}


def next_lead_status(status: LeadStatus, move: LeadMove) -> LeadStatus | None:
    """The status after `move`, or None where that move is not possible now."""
    return LEAD_MOVES.get((status, move))


def next_offer_status(status: OfferStatus, move: OfferMove) -> OfferStatus | None:
    """The status after `move`, or None where that move is not possible now."""
    return OFFER_MOVES.get((status, move))

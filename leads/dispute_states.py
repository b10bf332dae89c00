"""The states of a dispute and what moves it from one to the next, what it is about, and how it can end. Pure."""

from enum import StrEnum


class DisputeStatus(StrEnum):
    """Where a dispute is."""

    FILED = "filed"  # waits for a reviewer
    IN_REVIEW = "in_review"  # a reviewer has taken it up
    WITHDRAWN = "withdrawn"  # by the partner that filed it
    DECIDED = "decided"  # for good; `outcome` says how


class DisputeMove(StrEnum):
    """What can happen to a dispute."""

    TAKE_UP = "take_up"
    WITHDRAW = "withdraw"
    DECIDE = "decide"


class DisputeKind(StrEnum):
    """What a partner says was wrong."""

    RELATION_IGNORED = "relation_ignored"
    PROTECTION_IGNORED = "protection_ignored"
    FACTS_WRONG = "facts_wrong"  # what was known of the partner or the lead
    RULE_UNFAIR = "rule_unfair"
    GAMING = "gaming"  # another partner plays the system
    OTHER = "other"


class DisputeOutcome(StrEnum):
    """How a dispute ends."""

    UPHELD = "upheld"  # the decision stands
    REASSIGNED = "reassigned"  # the partner is offered the lead by hand
    SPLIT = "split"  # both partners work on it
    COMPENSATED = "compensated"  # the partner gets credit
    RULE_MENDED = "rule_mended"  # the rule is to be changed


_S, _M = DisputeStatus, DisputeMove

DISPUTE_MOVES: dict[tuple[DisputeStatus, DisputeMove], DisputeStatus] = {
    (_S.FILED, _M.TAKE_UP): _S.IN_REVIEW,
    (_S.FILED, _M.WITHDRAW): _S.WITHDRAWN,
    (_S.FILED, _M.DECIDE): _S.DECIDED,
    (_S.IN_REVIEW, _M.WITHDRAW): _S.WITHDRAWN,
    (_S.IN_REVIEW, _M.DECIDE): _S.DECIDED,
}
# While a dispute is in one of these, its lead is offered to nobody new.
UNDECIDED = (_S.FILED, _S.IN_REVIEW)


def next_dispute_status(status: DisputeStatus, move: DisputeMove) -> DisputeStatus | None:
    """The status after `move`, or None where that move is not possible now."""
    return DISPUTE_MOVES.get((status, move))

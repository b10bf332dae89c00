"""The states of a live transfer and what moves it from one to the next. Pure: a table, no storage.

A customer who is on the line with an agent is put through to a partner. Reports of two calls drive it, in any order.
"""

from enum import StrEnum


class TransferStatus(StrEnum):
    """Where a live transfer is."""

    ASKING = "asking"  # a partner's phone is called, and who answers is asked
    JOINING = "joining"  # somebody pressed the key and has the lead; on the way into the room
    INTRODUCING = "introducing"  # customer, agent and partner talk
    HANDED_OVER = "handed_over"  # the agent has left; customer and partner talk on

    DONE = "done"  # was handed over, and that talk is over
    NOBODY = "nobody"  # no partner took it: it goes the usual way
    CANCELED = "canceled"  # the agent went back on it
    CUSTOMER_LEFT = "customer_left"  # before it was handed over
    PARTNER_LEFT = "partner_left"  # took the lead, and went before it was handed over


class TransferMove(StrEnum):
    """What can happen to a live transfer."""

    ASK_NEXT = "ask_next"
    NOBODY_LEFT = "nobody_left"
    ACCEPT = "accept"
    JOIN = "join"
    HAND_OVER = "hand_over"
    CANCEL = "cancel"
    CUSTOMER_LEAVES = "customer_leaves"
    PARTNER_LEAVES = "partner_leaves"


_S, _M = TransferStatus, TransferMove

FINAL_TRANSFERS: frozenset[TransferStatus] = frozenset(
    {_S.DONE, _S.NOBODY, _S.CANCELED, _S.CUSTOMER_LEFT, _S.PARTNER_LEFT}
)
# Somebody from outside has been let into the agent's room, or is about to be.
LET_IN: frozenset[TransferStatus] = frozenset({_S.JOINING, _S.INTRODUCING, _S.HANDED_OVER})

TRANSFER_MOVES: dict[tuple[TransferStatus, TransferMove], TransferStatus] = {
    (_S.ASKING, _M.ASK_NEXT): _S.ASKING,
    (_S.ASKING, _M.NOBODY_LEFT): _S.NOBODY,
    (_S.ASKING, _M.ACCEPT): _S.JOINING,
    (_S.ASKING, _M.CANCEL): _S.CANCELED,
    (_S.ASKING, _M.CUSTOMER_LEAVES): _S.CUSTOMER_LEFT,
    (_S.JOINING, _M.JOIN): _S.INTRODUCING,
    (_S.JOINING, _M.CUSTOMER_LEAVES): _S.CUSTOMER_LEFT,
    (_S.JOINING, _M.PARTNER_LEAVES): _S.PARTNER_LEFT,
    (_S.INTRODUCING, _M.HAND_OVER): _S.HANDED_OVER,
    (_S.INTRODUCING, _M.CUSTOMER_LEAVES): _S.CUSTOMER_LEFT,
    (_S.INTRODUCING, _M.PARTNER_LEAVES): _S.PARTNER_LEFT,
    (_S.HANDED_OVER, _M.CUSTOMER_LEAVES): _S.DONE,
    (_S.HANDED_OVER, _M.PARTNER_LEAVES): _S.DONE,
}


def next_transfer_status(status: TransferStatus, move: TransferMove) -> TransferStatus | None:
    """The status after `move`, or None where that move is not possible now."""
    return TRANSFER_MOVES.get((status, move))

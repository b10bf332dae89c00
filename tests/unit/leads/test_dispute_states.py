"""The table of disputes: everything ends, and what is settled stays settled."""

from itertools import product

from leads.dispute_states import DISPUTE_MOVES, UNDECIDED, DisputeMove, DisputeStatus, next_dispute_status

FINAL = set(DisputeStatus) - set(UNDECIDED)


def test_every_undecided_dispute_can_be_withdrawn_and_decided() -> None:
    for status, move in product(UNDECIDED, (DisputeMove.WITHDRAW, DisputeMove.DECIDE)):
        assert next_dispute_status(status, move) in FINAL


def test_nothing_moves_a_settled_dispute() -> None:
    assert all(next_dispute_status(status, move) is None for status, move in product(FINAL, DisputeMove))


def test_a_dispute_is_taken_up_once() -> None:
    assert [status for status, move in DISPUTE_MOVES if move is DisputeMove.TAKE_UP] == [DisputeStatus.FILED]

"""A live transfer's table, what is left to tell the carrier, and what a partner hears. Pure."""

from itertools import product

import pytest

from dialer.spoken_teaser import spoken_teaser, too_late
from dialer.transfer_rooms import RoomStep, Standing, left_to_do
from dialer.transfer_states import FINAL_TRANSFERS, TRANSFER_MOVES, TransferMove, TransferStatus, next_transfer_status

_S, _M = TransferStatus, TransferMove
TEASER = {"solution": "erp", "employees": "10-49", "canton": "ZH", "language": "fr"}


@pytest.mark.parametrize(("status", "move"), list(product(sorted(FINAL_TRANSFERS), TransferMove)))
def test_nothing_moves_a_transfer_that_is_over(status: TransferStatus, move: TransferMove) -> None:
    assert next_transfer_status(status, move) is None


def test_each_status_is_reached_and_each_live_one_ends_when_the_customer_leaves() -> None:
    assert set(TRANSFER_MOVES.values()) == set(TransferStatus)
    for status in set(TransferStatus) - FINAL_TRANSFERS:
        after = next_transfer_status(status, _M.CUSTOMER_LEAVES)
        assert after in FINAL_TRANSFERS


def test_only_an_introduced_partner_is_handed_a_customer() -> None:
    assert [status for status in TransferStatus if next_transfer_status(status, _M.HAND_OVER)] == [_S.INTRODUCING]


@pytest.mark.parametrize(
    ("status", "may_leave", "bound", "left", "steps"),
    [
        (_S.ASKING, False, False, False, ()),
        (_S.INTRODUCING, False, False, False, (RoomStep.LET_AGENT_LEAVE,)),
        (_S.INTRODUCING, True, False, False, ()),
        (
            _S.HANDED_OVER, False, False, True,
            (RoomStep.LET_AGENT_LEAVE, RoomStep.BIND_PAIR, RoomStep.HANG_UP_AGENT),
        ),
        (_S.HANDED_OVER, True, True, True, (RoomStep.HANG_UP_AGENT,)),
        (_S.PARTNER_LEFT, True, False, False, (RoomStep.BIND_AGENT, RoomStep.HANG_UP_PARTNER)),
        (_S.CUSTOMER_LEFT, False, False, True, (RoomStep.HANG_UP_PARTNER, RoomStep.HANG_UP_AGENT)),
        (_S.DONE, True, True, True, (RoomStep.HANG_UP_PARTNER, RoomStep.HANG_UP_CUSTOMER, RoomStep.HANG_UP_AGENT)),
    ],
)  # fmt: skip
def test_what_is_left_to_tell_the_carrier_follows_from_the_rows(
    status: TransferStatus, may_leave: bool, bound: bool, left: bool, steps: tuple[RoomStep, ...]
) -> None:
    standing = Standing(
        status, may_leave, bound, customer_is_live=True, partner_is_live=True, leg_is_live=True, leg_is_left=left
    )
    assert left_to_do(standing) == steps


def test_room_is_not_bound_to_a_browser_again() -> None:
    standing = Standing(
        _S.PARTNER_LEFT, True, False, customer_is_live=True, partner_is_live=False, leg_is_live=True,
        leg_is_left=False, room_ends_with_leg=False,
    )  # fmt: skip
    assert left_to_do(standing) == ()


def test_the_agents_leg_is_hung_up_last_so_that_nobody_is_cut_off() -> None:
    for status, may_leave, bound in product(TransferStatus, (False, True), (False, True)):
        standing = Standing(
            status, may_leave, bound, customer_is_live=True, partner_is_live=True, leg_is_live=True, leg_is_left=True
        )
        assert left_to_do(standing)[-1] is RoomStep.HANG_UP_AGENT


@pytest.mark.parametrize("language", ["de", "fr", "it", "en", ""])
def test_partner_hears_what_it_is_about_in_its_own_language(language: str) -> None:
    heard = spoken_teaser(language, "Muster Vertrieb", TEASER)
    assert "Muster Vertrieb" in heard
    assert "E R P" in heard
    assert "10" in heard
    assert "Z H" in heard
    assert "1" in heard
    assert too_late(language)
    assert spoken_teaser(language, "X", {}).count("{") == 0

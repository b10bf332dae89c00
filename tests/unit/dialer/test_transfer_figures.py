"""How questions to partners are counted: who took the customer, how fast, and why others did not. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.transfer_figures import REASONS, Asking, Step, askings, count
from dialer.transfer_states import TransferMove

_M = TransferMove
START = datetime(2026, 11, 24, 9, tzinfo=UTC)


def steps(*moves: tuple[TransferMove, str], transfer: str = "call_1") -> list[Step]:
    """Steps ten seconds apart, each of another partner, with how the call to it stands."""
    return [
        Step(transfer, START + timedelta(seconds=10 * number), what, f"partner_{number}", status)
        for number, (what, status) in enumerate(moves)
    ]


def test_each_partner_who_was_asked_took_it_or_has_a_reason() -> None:
    found = askings(
        [
            *steps((_M.ASK_NEXT, "no_answer"), (_M.ASK_NEXT, "declined"), (_M.ASK_NEXT, "bridged"), (_M.ACCEPT, "")),
            *steps((_M.ASK_NEXT, "failed"), (_M.NOBODY_LEFT, ""), transfer="call_2"),
            *steps((_M.ASK_NEXT, "ringing"), (_M.CUSTOMER_LEAVES, ""), transfer="call_3"),
            *steps((_M.ASK_NEXT, "ringing"), transfer="call_4"),
        ]
    )
    assert [(one.seconds, one.missed) for one in found] == [
        (None, "no_answer"), (None, "declined"), (10.0, ""), (None, "failed"), (None, "called_off"), (None, ""),
    ]  # fmt: skip
    counts = count(4, 1, found)
    assert (counts.asked, counts.taken, counts.seconds_p50) == (6, 1, 10)
    assert counts.missed == dict.fromkeys(REASONS, 1)


def test_half_of_none_is_not_known() -> None:
    assert count(1, 0, [Asking("call_1", "partner_1")]).seconds_p50 is None


@pytest.mark.parametrize("status", ["queued", "placed", "ringing", "busy", "canceled", ""])
def test_a_phone_that_rang_until_we_gave_up_was_not_picked_up(status: str) -> None:
    (found,) = askings(steps((_M.ASK_NEXT, status), (_M.NOBODY_LEFT, "")))
    assert found.missed == "no_answer"


@given(st.lists(st.tuples(st.sampled_from(list(TransferMove)), st.sampled_from(["declined", "failed", "busy"]))))
def test_counts_add_up_whatever_happened(moves: list[tuple[TransferMove, str]]) -> None:
    counts = count(1, 0, askings(steps(*moves)))
    still_asked = bool(moves) and moves[-1][0] == TransferMove.ASK_NEXT
    assert counts.asked == counts.taken + sum(counts.missed.values()) + still_asked
    assert counts.asked == sum(what == TransferMove.ASK_NEXT for what, _ in moves)

"""What a call that no agent has judged counts as."""

import pytest

from dialer.call_states import CallStatus
from dialer.retries import ending_of
from dialer.tables import Call


@pytest.mark.parametrize("status", [CallStatus.ABANDONED, CallStatus.HUNG_UP_BEFORE_BRIDGE])
@pytest.mark.parametrize(("answered_by", "ending"), [("machine", "machine"), ("fax", "machine"), ("human", None)])
def test_machine_that_nobody_spoke_to_is_a_machine_and_no_person_who_left(
    status: CallStatus, answered_by: str, ending: str | None
) -> None:
    assert ending_of(Call(status=status, answered_by=answered_by)) == (ending or status.value)


def test_line_that_rang_out_is_no_machine_whatever_was_heard() -> None:
    assert ending_of(Call(status=CallStatus.NO_ANSWER, answered_by="machine")) == "no_answer"

"""Faults as they are written on the command line."""

import pytest

from cli.rehearsal.faults import CarrierFault, Fault, Flush, Kill, read_fault
from foundation.errors import Invalid


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("callback_lost=0.1", CarrierFault("callback_lost", 0.1)),
        ("callback_late=1:20", CarrierFault("callback_late", 1.0, 20.0)),
        ("kill=dial-worker.2@12.5", Kill("dial-worker.2", 12.5)),
        ("flush@60", Flush(60.0)),
    ],
)
def test_a_fault_is_read_as_written(text: str, fault: Fault) -> None:
    assert read_fault(text) == fault


@pytest.mark.parametrize("text", ["", "callback_lost", "kill=web", "kill=web@soon", "flush@", "callback_late=1:x"])
def test_a_fault_that_cannot_be_read_says_how_to_write_it(text: str) -> None:
    with pytest.raises(Invalid, match="name=rate"):
        read_fault(text)


def test_the_carrier_is_told_of_seconds_only_where_they_were_given() -> None:
    assert CarrierFault("callback_lost", 0.5).as_rule() == {"fault": "callback_lost", "rate": 0.5}
    assert CarrierFault("callback_late", 1, 9).as_rule() == {"fault": "callback_late", "rate": 1, "seconds": 9}

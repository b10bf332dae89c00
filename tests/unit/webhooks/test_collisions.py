"""Somebody who has picked up hears an answer, also where two steps collide."""

import pytest
from sqlalchemy.exc import DBAPIError

from telephony.carrier import HangUp, Instruction
from webhooks.voice import told_in_any_case


class FromDatabase(Exception):
    """What the driver raises, with the code that the server gave it."""

    def __init__(self, code: str) -> None:
        self.sqlstate = code


class Step:
    """A step that fails with these codes of the database, one after the other, before it answers."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)

    def __call__(self) -> Instruction:
        if self.codes:
            raise DBAPIError("UPDATE", None, FromDatabase(self.codes.pop(0)))
        return HangUp()


def test_step_that_collides_is_taken_once_more() -> None:
    assert told_in_any_case(Step("40P01")) == HangUp()


@pytest.mark.parametrize("codes", [("40P01", "40P01"), ("53300",)])
def test_step_that_fails_otherwise_or_twice_is_an_error(codes: tuple[str, ...]) -> None:
    with pytest.raises(DBAPIError):
        told_in_any_case(Step(*codes))

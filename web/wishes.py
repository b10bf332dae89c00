"""Reads single words that came with a request: roles, outcomes, statuses, numbers. Says what would have been right."""

from datetime import date, datetime, time
from typing import Annotated

from fastapi import Query

from accounts.tables import Role
from foundation.errors import Invalid
from foundation.phone_number import parse_phone_number
from leads.lead_states import DeclineReason, LeadOutcome, LeadStatus
from web.language import OFFICE_TIME_ZONE

# A round of offers of one lead; 0: the latest. No database counts further.
RoundWanted = Annotated[int, Query(alias="round", ge=0, le=1_000_000)]


def read_role(text: str) -> Role:
    """The role. Raises Invalid for any other word."""
    try:
        return Role(text)
    except ValueError as error:
        raise Invalid("The role is one of: %(choices)s.", choices=", ".join(Role)) from error


def read_outcome(text: str) -> LeadOutcome:
    """The outcome of a lead. Raises Invalid for any other word."""
    try:
        return LeadOutcome(text)
    except ValueError as error:
        raise Invalid("The outcome is one of: %(choices)s.", choices=", ".join(LeadOutcome)) from error


def read_statuses(text: str) -> tuple[LeadStatus, ...]:
    """The lead statuses of a comma-separated wish; empty means any. Raises Invalid for any other word."""
    try:
        return tuple(LeadStatus(word) for word in text.split(",") if word)
    except ValueError as error:
        raise Invalid("The status is one of: %(choices)s.", choices=", ".join(LeadStatus)) from error


def read_decline_reason(text: str) -> DeclineReason:
    """Why a partner declines. Raises Invalid for any other word."""
    try:
        return DeclineReason(text)
    except ValueError as error:
        raise Invalid("The reason is one of: %(choices)s.", choices=", ".join(DeclineReason)) from error


def start_of_day(text: str) -> datetime:
    """The beginning of a day, Swiss time. Raises Invalid for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), OFFICE_TIME_ZONE)
    except ValueError as error:
        raise Invalid("Write the day as 2026-03-02.") from error


def read_number(text: str) -> str:
    """The phone number in E.164, read as in Switzerland where it has no country code. Raises Invalid."""
    number = parse_phone_number(text, "CH")
    if number is None:
        raise Invalid("This is not a phone number. Write it with its country code, such as +41 44 668 18 00.")
    return number.e164

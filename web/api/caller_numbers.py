"""A campaign's caller numbers in the API: how they do, one more, and one less."""

from datetime import MAXYEAR, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from accounts import audit
from dialer.caller_number_rows import NewNumber, add_number, retire_number
from dialer.caller_number_view import NumberSeen, look_at_numbers
from web.api.campaigns import find_campaign
from web.caller import Caller, StaffCaller

router = APIRouter(prefix="/campaigns/{campaign_id}/caller-numbers", tags=["campaigns"])


class RecordOut(BaseModel):
    """How often it was shown to somebody whose phone rang, and how many answered."""

    shown: int
    answered: int
    rate: float


class CallerNumberOut(BaseModel):
    """A number that the campaign may show. `daily_cap` 0: none. `doubt`: `answers_low`, `answers_dropped` or empty.

    `listed_until`: until when the look at the directory counts in all countries that the lists dial; null: it may not
    be shown in those of `not_shown_in`, unless `needs_no_listing`.
    """

    number: str
    language: str
    daily_cap: int
    used_today: int
    last_day: RecordOut
    week_before: RecordOut
    doubt: str
    may_be_shown: bool
    needs_no_listing: bool
    checked_at: datetime | None
    listed_until: datetime | None
    not_shown_in: list[str]


class NewNumberIn(BaseModel):
    """A number to add. `language` empty: for all languages; `daily_cap` 0: as often as wanted."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(max_length=40)
    language: str = Field("", max_length=2)
    daily_cap: int = Field(0, ge=0)


@router.get("")
def list_numbers(caller: StaffCaller, campaign_id: str) -> list[CallerNumberOut]:
    """All numbers that the campaign may show; its own one where it has no pool."""
    with caller.parts.database.reading() as session:
        seen = look_at_numbers(session, find_campaign(session, campaign_id), caller.now)
    return [_number_out(one) for one in seen]


@router.post("", status_code=201)
def add_one(caller: StaffCaller, campaign_id: str, body: NewNumberIn) -> list[CallerNumberOut]:
    """One more number, or one that was retired back again; the whole pool then."""
    with caller.parts.database.transaction() as session:
        campaign = find_campaign(session, campaign_id)
        row = add_number(session, campaign, NewNumber(body.number, body.language, body.daily_cap), caller.now)
        audit.record(session, caller.act("caller_number_added", campaign_id, number=row.number), caller.now)
        _tell(caller, session, campaign_id)
        seen = look_at_numbers(session, campaign, caller.now)
    return [_number_out(one) for one in seen]


@router.delete("/{number}")
def retire_one(caller: StaffCaller, campaign_id: str, number: str) -> list[CallerNumberOut]:
    """Show this number (E.164) on no further call; what is left of the pool then."""
    with caller.parts.database.transaction() as session:
        campaign = find_campaign(session, campaign_id)
        retire_number(session, campaign_id, number, caller.now)
        audit.record(session, caller.act("caller_number_retired", campaign_id, number=number), caller.now)
        _tell(caller, session, campaign_id)
        seen = look_at_numbers(session, campaign, caller.now)
    return [_number_out(one) for one in seen]


def _number_out(seen: NumberSeen) -> CallerNumberOut:
    number, until = seen.number, seen.listed_until
    for_ever = until is not None and until.year == MAXYEAR
    return CallerNumberOut(
        number=number.number,
        language=number.language,
        daily_cap=number.daily_cap,
        used_today=number.used_today,
        last_day=RecordOut(shown=number.lately.shown, answered=number.lately.answered, rate=number.lately.rate),
        week_before=RecordOut(shown=number.before.shown, answered=number.before.answered, rate=number.before.rate),
        doubt=seen.doubt,
        may_be_shown=number.may_be_shown,
        needs_no_listing=for_ever,
        checked_at=seen.checked_at,
        listed_until=None if for_ever else until,
        not_shown_in=list(seen.not_shown_in),
    )


def _tell(caller: Caller, session: Session, campaign_id: str) -> None:
    caller.parts.live.publish_after_commit(session, f"campaign:{campaign_id}")
    caller.parts.live.ring_after_commit(session, "tick")

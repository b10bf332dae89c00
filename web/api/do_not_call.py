"""Do-not-call in the API: block numbers, list the blocks. Nothing lifts one."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from accounts import audit
from compliance import do_not_call
from compliance.tables import DoNotCall
from foundation.errors import Invalid
from web.caller import Paged, PageWanted, StaffCaller, paged
from web.wishes import read_number

router = APIRouter(prefix="/do-not-call", tags=["do not call"])


class BlockIn(BaseModel):
    """A number to block; an empty `campaign_id` blocks it everywhere, no `expires_at` for good."""

    model_config = ConfigDict(extra="forbid")

    phone_number: str = Field(max_length=40)
    campaign_id: str = Field("", max_length=40)
    note: str = Field("", max_length=500)
    expires_at: datetime | None = None


class BlockOut(BaseModel):
    """A blocked number."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    phone_number: str
    campaign_id: str
    source: str
    note: str
    added_at: datetime
    added_by: str
    expires_at: datetime | None


@router.get("")
def list_blocked(caller: StaffCaller, paging: PageWanted, phone_number: str = "") -> Paged[BlockOut]:
    """Blocked numbers in the order of their blocking, or the blocks of one number."""
    query = select(DoNotCall).where(DoNotCall.id > paging.cursor).order_by(DoNotCall.id).limit(paging.limit + 1)
    if phone_number:
        query = query.where(DoNotCall.phone_number == read_number(phone_number))
    with caller.parts.database.reading() as session:
        rows = session.scalars(query).all()
    return paged(rows, paging, BlockOut.model_validate, lambda row: row.id)


@router.post("", status_code=201)
def block_number(caller: StaffCaller, body: BlockIn) -> BlockOut:
    """Never dial this number again; effective at the dialer's next look. Blocking twice changes nothing."""
    if body.expires_at is not None and (body.expires_at.tzinfo is None or body.expires_at <= caller.now):
        raise Invalid("expires_at is a moment to come, with its offset.")
    number = read_number(body.phone_number)
    with caller.parts.database.transaction() as session:
        row = do_not_call.block(
            session,
            number,
            source="api",
            now=caller.now,
            campaign_id=body.campaign_id,
            note=body.note,
            added_by=caller.person.user_id,
            expires_at=body.expires_at,
        )
        audit.record(session, caller.act("number_blocked", row.id), caller.now)
    return BlockOut.model_validate(row)

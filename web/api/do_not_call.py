"""Do-not-call in the API: block numbers, take files of them in, list the blocks. Nothing lifts one."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from campaigns.tables import Campaign
from compliance import do_not_call
from compliance.register_import import PLAIN_LIST, FileTerms, import_numbers
from compliance.tables import DoNotCall
from foundation.errors import Invalid, NotFound
from web.caller import Paged, PageWanted, StaffCaller, paged
from web.wishes import read_number

router = APIRouter(prefix="/do-not-call", tags=["do not call"])


class BlockIn(BaseModel):
    """Whom to block: a number, a prefix, a company by its CHE number (`uid`) or by its name (`company`).

    An empty `campaign_id` blocks it everywhere, no `expires_at` for good.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["number", "prefix", "uid", "company"] = "number"
    value: str = Field(max_length=300)
    campaign_id: str = Field("", max_length=40)
    note: str = Field("", max_length=500)
    expires_at: datetime | None = None


class BlockOut(BaseModel):
    """A block. The `value` of an erased number begins with `keyed:`."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: str
    value: str
    campaign_id: str
    source: str
    note: str
    added_at: datetime
    added_by: str
    expires_at: datetime | None


@router.get("")
def list_blocked(caller: StaffCaller, paging: PageWanted, phone_number: str = "", kind: str = "") -> Paged[BlockOut]:
    """Blocks in the order of their making, of one number or of one kind."""
    query = select(DoNotCall).where(DoNotCall.id > paging.cursor).order_by(DoNotCall.id).limit(paging.limit + 1)
    if phone_number:
        query = query.where(DoNotCall.kind == "number", DoNotCall.value == read_number(phone_number))
    if kind:
        query = query.where(DoNotCall.kind == kind)
    with caller.parts.database.reading() as session:
        rows = session.scalars(query).all()
    return paged(rows, paging, BlockOut.model_validate, lambda row: row.id)


@router.post("", status_code=201)
def add_block(caller: StaffCaller, body: BlockIn) -> BlockOut:
    """Never dial these again; effective at the dialer's next look. Blocking twice changes nothing."""
    if body.expires_at is not None and (body.expires_at.tzinfo is None or body.expires_at <= caller.now):
        raise Invalid("expires_at is a moment to come, with its offset.")
    value = read_number(body.value) if body.kind == "number" else body.value
    target = do_not_call.read_target(body.kind, value)
    terms = do_not_call.BlockTerms("api", body.campaign_id, body.note, caller.person.user_id, body.expires_at)
    with caller.parts.database.transaction() as session:
        _check_campaign(session, body.campaign_id)
        row = do_not_call.block_target(session, target, terms, caller.now)
        audit.record(session, caller.act("number_blocked", row.id), caller.now)
    return BlockOut.model_validate(row)


class FileTermsIn(BaseModel):
    """What a file is: of which register (`list`: a plain list of our own), of which date, and for whom.

    `is_complete`: what an earlier file of the register named and this one does not is let go. `country` says how the
    numbers of a plain list are written; it alone can be for one campaign.
    """

    model_config = ConfigDict(extra="forbid")

    file: UploadFile
    which: str = Field(max_length=20, description="list, tps, ctps, us_national or ca_dncl")
    as_of: datetime | None = None
    is_complete: bool = True
    country: str = Field("CH", pattern="^[A-Z]{2}$")
    campaign_id: str = Field("", max_length=40)
    note: str = Field("", max_length=500)


class FileReportOut(BaseModel):
    """What became of a file's lines. `refused_lines` are the first of those that hold no number."""

    model_config = ConfigDict(from_attributes=True)

    numbers: int
    removed: int
    refused: int
    refused_lines: list[str]
    edition_id: str


@router.post("/files", status_code=201)
def import_file(
    caller: StaffCaller, body: Annotated[FileTermsIn, Form(media_type="multipart/form-data")]
) -> FileReportOut:
    """Take a register's file or a plain list in; effective at the dialer's next look."""
    if body.as_of is not None and body.as_of.tzinfo is None:
        raise Invalid("as_of is a moment with its offset.")
    if body.campaign_id and body.which != PLAIN_LIST:
        raise Invalid("A register holds for every campaign; only a plain list can be for one.")
    with caller.parts.database.reading() as session:
        _check_campaign(session, body.campaign_id)
    terms = FileTerms(
        register=body.which,
        file_name=body.file.filename or "file",
        as_of=body.as_of or caller.now,
        by=caller.person.user_id,
        is_complete=body.is_complete,
        country=body.country,
        campaign_id=body.campaign_id,
        note=body.note,
    )
    report = import_numbers(caller.parts.database, body.file.file, terms, caller.now)
    with caller.parts.database.transaction() as session:
        act = caller.act("blocks_imported", terms.register, numbers=report.numbers, refused=report.refused)
        audit.record(session, act, caller.now)
    return FileReportOut.model_validate(report)


def _check_campaign(session: Session, campaign_id: str) -> None:
    if campaign_id and session.get(Campaign, campaign_id) is None:
        raise NotFound("There is no such campaign.")

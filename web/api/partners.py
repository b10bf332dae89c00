"""Partners in the API: import, list, take out of routing and in again."""

from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from accounts import audit
from leads.import_partners import import_partners
from leads.partners import set_active
from leads.tables import Partner
from web.caller import Paged, PageWanted, StaffCaller, paged

router = APIRouter(prefix="/partners", tags=["partners"])


class PartnerOut(BaseModel):
    """A partner and what it takes. Neither cantons nor postcodes: the whole country."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    email: str
    is_active: bool
    languages: list[str]
    cantons: list[str]
    postcodes: list[str]
    solutions: list[str]
    levels: list[int]
    min_employees: int | None
    max_employees: int | None
    min_complexity: int | None
    max_complexity: int | None
    home_postcode: str
    reach_km: int | None
    weekly_capacity: int
    agreed_capacity: int
    weight_percent: int
    grade: str
    staff: int | None
    owner: str
    excluded_customers: list[str]
    absent: list[tuple[str, str]]
    closed_days: list[str]
    takes_live_calls: bool
    live_number: str
    live_hours: str


class PartnersReportOut(BaseModel):
    """What an import did: `rows` = `added` + `changed` + `unchanged`."""

    model_config = ConfigDict(from_attributes=True)

    rows: int
    added: int
    changed: int
    unchanged: int
    relations_added: int
    partner_ids: list[str]


class ActiveIn(BaseModel):
    """Whether the partner takes part in routing."""

    model_config = ConfigDict(extra="forbid")

    is_active: bool


@router.get("")
def list_partners(caller: StaffCaller, paging: PageWanted) -> Paged[PartnerOut]:
    """Partners in the order of their making."""
    with caller.parts.database.reading() as session:
        query = select(Partner).where(Partner.id > paging.cursor).order_by(Partner.id).limit(paging.limit + 1)
        rows = session.scalars(query).all()
    return paged(rows, paging, PartnerOut.model_validate, lambda row: row.id)


@router.post("/import")
def import_file(caller: StaffCaller, file: Annotated[UploadFile, File()]) -> PartnersReportOut:
    """Add the partners of a CSV file, or change those that it names; all rows or none."""
    report = import_partners(caller.parts.database, file.file.read(), caller.now)
    with caller.parts.database.transaction() as session:
        act = caller.act("partners_imported", "partners", added=report.added, changed=report.changed)
        audit.record(session, act, caller.now)
    return PartnersReportOut.model_validate(report)


@router.put("/{partner_id}/active")
def set_partner_active(caller: StaffCaller, partner_id: str, body: ActiveIn) -> PartnerOut:
    """Take the partner out of routing, or in again."""
    with caller.parts.database.transaction() as session:
        partner = set_active(session, partner_id, caller.now, active=body.is_active)
        action = "partner_woken" if body.is_active else "partner_rested"
        audit.record(session, caller.act(action, partner_id), caller.now)
    return PartnerOut.model_validate(partner)

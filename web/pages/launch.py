"""What the law wants to be stated before a campaign starts, entered beside the launch check that asks for it."""

from datetime import UTC, date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from campaigns import contact_queue
from campaigns.tables import Campaign, ContactList
from compliance import directory, grounds
from compliance.directory import Look
from compliance.grounds import LIST, Attestation, Evidence, Subject
from dialer.launch_demands import numbers_to_look_up
from foundation.errors import Invalid
from web.pages.campaigns import find_campaign, show_state, tell
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
_OFFICE = ZoneInfo("Europe/Zurich")


@router.post("/campaigns/{campaign_id}/ground")
def attest_ground(  # noqa: PLR0913, PLR0917 - one argument for each field of the form
    visit: Staff,
    campaign_id: str,
    kind: Annotated[str, Form(max_length=40)],
    source: Annotated[str, Form(max_length=300)],
    as_of: Annotated[date, Form()],
    stated_by: Annotated[str, Form(max_length=200)] = "",
    words: Annotated[str, Form(max_length=4000)] = "",
    evidence: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """One ground for all lists of a campaign that have none. Contacts that lacked it come back into line."""
    proof = _read(evidence)
    said = Attestation(kind, _moment(as_of, visit.now), source, words, stated_by, evidence=proof)
    with visit.parts.database.transaction() as session:
        campaign = find_campaign(session, campaign_id)
        attested = []
        for list_id in _lists_that_lack_one(session, campaign, visit.now):
            attested.append(grounds.attest(session, Subject(LIST, list_id), said, visit.person.user_id, visit.now))
            contact_queue.bring_back(session, outcome="no_ground", list_id=list_id, now=visit.now)
        for ground in attested:
            facts = {"kind": kind, "evidence": ground.evidence_hash}
            audit.record(session, visit.act("ground_attested", ground.id, facts), visit.now)
        tell(visit, session, campaign_id)
    return show_state(visit, campaign_id)


@router.post("/campaigns/{campaign_id}/directory-check")
def note_directory_check(  # noqa: PLR0913, PLR0917 - one argument for each field of the form
    visit: Staff,
    campaign_id: str,
    where: Annotated[str, Form(max_length=200)],
    listed_as: Annotated[str, Form(max_length=200)],
    checked_on: Annotated[date, Form()],
    checked_by: Annotated[str, Form(max_length=200)],
) -> Response:
    """Somebody has found in the directory each number that the campaign shows and that lacked it."""
    look = Look(True, where, checked_by, _moment(checked_on, visit.now), listed_as=listed_as)
    with visit.parts.database.transaction() as session:
        campaign = find_campaign(session, campaign_id)
        for number in numbers_to_look_up(session, campaign, visit.now):
            check = directory.record_look(session, number, look, visit.person.user_id, visit.now)
            audit.record(session, visit.act("caller_number_checked", check.id, {"is_listed": True}), visit.now)
        tell(visit, session, campaign_id)
    return show_state(visit, campaign_id)


def _lists_that_lack_one(session: Session, campaign: Campaign, now: datetime) -> list[str]:
    lists = select(ContactList.id).where(ContactList.campaign_id == campaign.id, ContactList.archived_at.is_(None))
    found = grounds.lists_without_ground(session, session.scalars(lists).all(), now)
    if not found:
        raise Invalid("Every list of this campaign has a ground already.")
    return found


def _read(evidence: UploadFile | None) -> Evidence | None:
    if evidence is None or not evidence.filename:
        return None
    content = evidence.file.read(grounds.LARGEST_EVIDENCE + 1)
    return Evidence(evidence.filename, content)


def _moment(day: date, now: datetime) -> datetime:
    """The end of a day at the office, or the present moment on the present day."""
    return min(datetime.combine(day, time.max, _OFFICE).astimezone(UTC), now)

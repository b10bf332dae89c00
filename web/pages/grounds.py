"""Why the people of a campaign may be called: grounds by list with their proof, and looks at the caller number."""

from typing import Annotated, Any

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
from foundation.errors import Invalid, NotFound
from web.language import OFFICE_TIME_ZONE
from web.pages.campaigns import find_campaign
from web.visit import PageGate, Visit
from web.wishes import start_of_day
from web.words import N_

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
KINDS = ("listed_without_star", "business_relationship", "consent", "presumed_consent")
Text = Annotated[str, Form(max_length=4000)]


@router.get("/campaigns/{campaign_id}/grounds")
def show_grounds(visit: Staff, campaign_id: str) -> Response:
    """The campaign's lists with their grounds, and what is known of its caller number."""
    with visit.parts.database.reading() as session:
        return visit.page("grounds.html", **_shown(session, visit, find_campaign(session, campaign_id)))


@router.post("/campaigns/{campaign_id}/grounds")
def attest_ground(  # noqa: PLR0913, PLR0917 - one argument for each field of the form
    visit: Staff,
    campaign_id: str,
    kind: Text,
    source: Text,
    as_of: Text = "",
    list_id: Text = "",
    stated_by: Text = "",
    words: Text = "",
    party: Text = "",
    evidence: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """State why the people of one list, or of all, may be called."""
    proof = evidence.file.read(grounds.LARGEST_EVIDENCE + 1) if evidence is not None else b""
    said = Attestation(
        kind=kind,
        as_of=start_of_day(as_of) if as_of else visit.now,
        source=source,
        words=words,
        stated_by=stated_by,
        party=party,
        evidence=Evidence(evidence.filename or "proof", proof) if evidence is not None and proof else None,
    )
    with visit.parts.database.transaction() as session:
        campaign = find_campaign(session, campaign_id)
        attested = []
        for one in _lists_of(session, campaign.id, list_id):
            attested.append(grounds.attest(session, Subject(LIST, one.id), said, visit.person.user_id, visit.now))
            contact_queue.bring_back(session, outcome="no_ground", list_id=one.id, now=visit.now)
        for ground in attested:
            facts: dict[str, str | int | bool | None] = {"kind": kind, "evidence": ground.evidence_hash}
            audit.record(session, visit.act("ground_attested", ground.id, facts), visit.now)
        return _changed(session, visit, campaign, N_("The ground is kept."))


@router.post("/campaigns/{campaign_id}/grounds/{ground_id}/revoke")
def revoke_ground(visit: Staff, campaign_id: str, ground_id: str, reason: Text) -> Response:
    """Take a ground back, from the next look of the dialer on."""
    with visit.parts.database.transaction() as session:
        campaign = find_campaign(session, campaign_id)
        own = {
            ground.id
            for one in _lists_of(session, campaign.id, "")
            for ground in grounds.history_of(session, Subject(LIST, one.id))
        }
        if ground_id not in own:
            raise NotFound("There is no such ground.")
        grounds.revoke(session, ground_id, reason, visit.person.user_id, visit.now)
        audit.record(session, visit.act("ground_revoked", ground_id), visit.now)
        return _changed(session, visit, campaign, N_("The ground holds no longer."))


@router.post("/campaigns/{campaign_id}/caller-number")
def note_look(  # noqa: PLR0913, PLR0917 - one argument for each field of the form
    visit: Staff,
    campaign_id: str,
    directory_name: Text,
    checked_by: Text,
    checked_on: Text = "",
    listed_as: Text = "",
    is_listed: Text = "yes",
) -> Response:
    """Write down whether the campaign's caller number stands in the public directory."""
    checked_at = start_of_day(checked_on) if checked_on else visit.now
    look = Look(is_listed == "yes", directory_name, checked_by, checked_at, listed_as)
    with visit.parts.database.transaction() as session:
        campaign = find_campaign(session, campaign_id)
        check = directory.record_look(session, campaign.caller_number, look, visit.person.user_id, visit.now)
        audit.record(session, visit.act("caller_number_checked", check.id, {"is_listed": look.is_listed}), visit.now)
        return _changed(session, visit, campaign, N_("The look is kept."))


def _changed(session: Session, visit: Visit, campaign: Campaign, message: str) -> Response:
    visit.parts.live.publish_after_commit(session, f"campaign:{campaign.id}")
    visit.parts.live.ring_after_commit(session, "tick")
    session.flush()
    return visit.part("parts/grounds.html", message=visit.say(message), **_shown(session, visit, campaign))


def _shown(session: Session, visit: Visit, campaign: Campaign) -> dict[str, Any]:
    lists = _lists_of(session, campaign.id, "", may_be_none=True)
    attested = {one.id: grounds.history_of(session, Subject(LIST, one.id)) for one in lists}
    looks = directory.newest_looks(session, [campaign.caller_number], visit.now)
    return {
        "campaign": campaign,
        "lists": lists,
        "attested": attested,
        "look": looks.get(campaign.caller_number),
        "listed_until": directory.listed_until(session, campaign.caller_number, campaign.country, visit.now),
        "asks_for_directory": directory.days_that_a_look_counts(campaign.country, visit.now.date()) is not None,
        "kinds": KINDS,
        "today": visit.now.astimezone(OFFICE_TIME_ZONE).date().isoformat(),
    }


def _lists_of(session: Session, campaign_id: str, list_id: str, *, may_be_none: bool = False) -> list[ContactList]:
    query = select(ContactList).where(ContactList.campaign_id == campaign_id).order_by(ContactList.id)
    if list_id:
        query = query.where(ContactList.id == list_id)
    lists = list(session.scalars(query))
    if not lists and not may_be_none:
        raise Invalid("This campaign has no such contact list. Import one first.")
    return lists

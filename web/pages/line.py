"""How a campaign's line goes on: retries per outcome, order and mix of lists, and whoever is put back in line."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit
from accounts.tables import Role
from campaigns import campaigns, list_keeping
from campaigns.list_keeping import Recycling
from campaigns.tables import ContactList
from dialer import job_names, list_steps
from foundation.errors import NotFound
from foundation.queue import QueueName
from web.line_form import LineForm, line_choices
from web.pages.campaigns import find_campaign, lists_of, tell
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
SAVED = N_("Saved.")


@router.post("/campaigns/{campaign_id}/line")
def change_line(visit: Staff, campaign_id: str, form: Annotated[LineForm, Form()]) -> Response:
    """Other rules for the line, at once; those who wait are ordered anew behind the scenes."""
    rules = form.as_rules()
    with visit.parts.database.transaction() as session:
        campaign = campaigns.change_line(session, campaign_id, rules)
        audit.record(session, visit.act("line_changed", campaign_id), visit.now)
        visit.parts.queue.put_after_commit(session, QueueName.WORK, job_names.ORDER_LINE, campaign_id)
        tell(visit, session, campaign_id)
        lists = lists_of(session, campaign_id)
    return visit.part(
        "parts/line_rules.html",
        campaign=campaign,
        lists=lists,
        message=visit.say(SAVED),
        **line_choices(campaign, visit.now),
    )


@router.post("/campaigns/{campaign_id}/recycle")
def recycle(
    visit: Staff,
    campaign_id: str,
    outcome: Annotated[list[str] | None, Form()] = None,
    resets_attempts: Annotated[bool, Form()] = False,
) -> Response:
    """Put contacts that are done back in line, by outcome. Who said no stays where they are."""
    wanted = Recycling(frozenset(outcome or ()), resets_attempts=resets_attempts)
    count = list_steps.recycle(visit.parts.database, campaign_id, wanted, visit.now)
    with visit.parts.database.transaction() as session:
        audit.record(session, visit.act("contacts_recycled", campaign_id, {"contacts": count}), visit.now)
        tell(visit, session, campaign_id)
    return visit.part("parts/nothing.html", message=visit.say("Contacts back in line: %(count)s.", count=count))


@router.post("/lists/{list_id}/archive")
def archive_list(visit: Staff, list_id: str) -> Response:
    """Set a list aside. Its contacts leave the line and keep their history."""
    campaign_id = _campaign_of(visit, list_id)
    count = list_steps.archive(visit.parts.database, list_id, visit.now)
    return _done(visit, campaign_id, list_id, "list_archived", count)


@router.post("/lists/{list_id}/unarchive")
def unarchive_list(visit: Staff, list_id: str) -> Response:
    """Take an archived list up again."""
    campaign_id = _campaign_of(visit, list_id)
    count = list_steps.unarchive(visit.parts.database, list_id, visit.now)
    return _done(visit, campaign_id, list_id, "list_unarchived", count)


@router.post("/lists/{list_id}/split")
def split_list(
    visit: Staff, list_id: str, parts: Annotated[int, Form()], rows_seen: Annotated[int | None, Form()] = None
) -> Response:
    """Split a list into parts of about the same size, on the same grounds; once, also where it is asked twice."""
    campaign_id = _campaign_of(visit, list_id)
    with visit.parts.database.transaction() as session:
        list_steps.split_list(session, list_id, parts, visit.now, rows_seen)
    return _done(visit, campaign_id, list_id, "list_split", parts)


@router.post("/lists/{list_id}/priority")
def set_priority(visit: Staff, list_id: str, priority: Annotated[int, Form()]) -> Response:
    """Let a list's contacts come before or after others."""
    campaign_id = _campaign_of(visit, list_id)
    with visit.parts.database.transaction() as session:
        list_keeping.set_priority(session, list_id, priority)
        visit.parts.queue.put_after_commit(session, QueueName.WORK, job_names.ORDER_LINE, campaign_id)
    return _done(visit, campaign_id, list_id, "list_priority", priority)


def _campaign_of(visit: Visit, list_id: str) -> str:
    with visit.parts.database.reading() as session:
        contact_list = session.get(ContactList, list_id)
        if contact_list is None:
            raise NotFound
        find_campaign(session, contact_list.campaign_id)
        return contact_list.campaign_id


def _done(visit: Visit, campaign_id: str, list_id: str, action: str, count: int) -> Response:
    with visit.parts.database.transaction() as session:
        audit.record(session, visit.act(action, list_id, {"count": count}), visit.now)
        tell(visit, session, campaign_id)
    return visit.go_to(f"/campaigns/{campaign_id}/lists/{list_id}")

"""One partner for staff: all that it offers, its people, absences, claims and protections."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit
from accounts.tables import Role
from foundation.errors import InvalidFields, NotFound
from leads import presence
from leads.claim_view import list_own, list_relations
from leads.partner_file import cells_of
from leads.partners import agree_capacity, change_partner, recent_changes
from leads.presence import Sayer
from leads.profile_tables import PlannedCapacity
from leads.promise_view import list_protections
from leads.protection import local_day
from leads.tables import Partner
from web.pages.profile import read_days
from web.partner_form import FLAWED, PartnerForm, people_of, read_form, shown_fields
from web.relation_view import evidence_in
from web.visit import PageGate, Visit

router = APIRouter(prefix="/partners/{partner_id}")

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.get("")
def show_partner(visit: Staff, partner_id: str) -> Response:
    """The page."""
    return visit.page("partner.html", **_values(visit, partner_id))


@router.post("")
def save_partner(visit: Staff, partner_id: str, form: Annotated[PartnerForm, Form()]) -> Response:
    """Change what the partner offers, at once."""
    said = form.written()
    try:
        _save(visit, partner_id, said)
    except InvalidFields as error:
        shown = _values(visit, partner_id)
        shown |= shown_fields(visit.say, shown["cells"] | said, error.flaws)
        return visit.part("parts/partner.html", status_code=422, message=visit.say(FLAWED), **shown)
    return _answer(visit, partner_id)


def _save(visit: Visit, partner_id: str, said: dict[str, str]) -> None:
    with visit.parts.database.transaction() as session:
        changes, email = read_form(session, partner_id, said)
        before = session.get_one(Partner, partner_id).revision
        partner = change_partner(session, partner_id, visit.now, email, **changes)
        agree_capacity(session, partner_id)
        facts: dict[str, str | int | bool | None] = {"changed": partner.revision != before}
        audit.record(session, visit.act("partner_changed", partner_id, facts), visit.now)


@router.post("/away")
def send_away(visit: Staff, partner_id: str, first: Annotated[date, Form()], last: Annotated[date, Form()]) -> Response:
    """No new offers for the partner on these days."""
    with visit.parts.database.transaction() as session:
        presence.go_away(session, partner_id, first, last, _sayer(visit))
        facts: dict[str, str | int | bool | None] = {"first": first.isoformat(), "last": last.isoformat()}
        audit.record(session, visit.act("partner_away", partner_id, facts), visit.now)
    return _answer(visit, partner_id)


@router.post("/back")
def bring_back(visit: Staff, partner_id: str, first: Annotated[date, Form()]) -> Response:
    """End an absence, at once."""
    with visit.parts.database.transaction() as session:
        presence.come_back(session, partner_id, first, _sayer(visit))
        audit.record(session, visit.act("partner_back", partner_id, {"first": first.isoformat()}), visit.now)
    return _answer(visit, partner_id)


@router.post("/closed-days")
def close_on(visit: Staff, partner_id: str, days: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Set the days on which the partner's clocks stand still."""
    with visit.parts.database.transaction() as session:
        presence.close_on(session, partner_id, read_days(days), _sayer(visit))
        audit.record(session, visit.act("partner_closed_days", partner_id), visit.now)
    return _answer(visit, partner_id)


def _sayer(visit: Visit) -> Sayer:
    return Sayer(visit.person.user_id, True, visit.now)


def _answer(visit: Visit, partner_id: str) -> Response:
    return visit.part("parts/partner.html", message=visit.say("Saved."), **_values(visit, partner_id))


def _values(visit: Visit, partner_id: str) -> dict[str, Any]:
    today = local_day(visit.now)
    with visit.parts.database.reading() as session:
        partner = session.get(Partner, partner_id)
        if partner is None:
            raise NotFound("there is no such partner")
        relations = list_relations(session, partner_id, 50)
        return {
            "partner": partner,
            **shown_fields(visit.say, cells_of(partner)),
            "people": people_of(session, partner_id),
            "plan": session.get(PlannedCapacity, partner_id),
            "protections": list_protections(session, visit.now, partner_id),
            "claims": list_own(session, partner_id, visit.now, limit=30),
            "relations": relations,
            "evidence": evidence_in(session, visit.language, relations),
            "changes": recent_changes(session, partner_id),
            "absences": [span for span in partner.absent if span[1] >= today.isoformat()],
            "closed_days": [day for day in partner.closed_days if day >= today.isoformat()],
            "today": today,
            "actions": f"/partners/{partner_id}",
        }

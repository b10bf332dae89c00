"""Data protection for staff: customers' wishes, partners' tasks, who was shown whose contact, what is kept how long."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit
from accounts.tables import Role
from dialer import erasure, retention
from dialer.erasure import Forgotten
from dialer.retention import kinds
from leads import privacy
from leads.disclosures import list_shown
from web.csv_answers import download
from web.privacy_view import asked_for, disclosures_csv
from web.visit import PageGate, Visit
from web.wishes import read_number
from web.words import N_

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
Admin = Annotated[Visit, Depends(PageGate(Role.ADMIN))]
Number = Annotated[str, Form(max_length=40)]
DONE = N_("Done. Contacts: %(contacts)s, leads: %(leads)s, tasks sent to partners: %(tasks)s.")


@router.get("/privacy")
def show_privacy(visit: Staff, wanted: str = "") -> Response:
    """The whole page; `wanted` asks the log for a lead or a customer."""
    return visit.page("privacy.html", **_values(visit, wanted))


@router.get("/privacy/disclosures.csv")
def export_disclosures(visit: Staff, wanted: str = "") -> Response:
    """The disclosure log as a file."""
    with visit.parts.database.transaction() as session:
        audit.record(session, visit.act("disclosures_exported", "disclosures"), visit.now)
    return download(disclosures_csv(visit.parts.database, wanted), "disclosures")


@router.post("/privacy/erase")
def erase_customer(visit: Admin, number: Number) -> Response:
    """Forget a customer, and ask partners to do the same."""
    done = erasure.erase_customer(visit.parts, read_number(number), visit.person.user_id, visit.now)
    return _done(visit, "customer_erased", done)


@router.post("/privacy/withdraw")
def withdraw_consent(visit: Staff, number: Number) -> Response:
    """Use a customer's data no more, and tell partners to stop."""
    done = erasure.withdraw_consent(visit.parts, read_number(number), visit.person.user_id, visit.now)
    return _done(visit, "consent_withdrawn", done)


def _done(visit: Visit, action: str, done: Forgotten) -> Response:
    facts: dict[str, str | int | bool | None] = {"leads": done.leads, "tasks": done.tasks}
    with visit.parts.database.transaction() as session:
        audit.record(session, visit.act(action, done.request_id, facts), visit.now)
    said = visit.say(DONE, contacts=done.contacts, leads=done.leads, tasks=done.tasks)
    return visit.part("parts/privacy.html", message=said, **_values(visit, ""))


def _values(visit: Visit, wanted: str) -> dict[str, Any]:
    with visit.parts.database.reading() as session:
        return {
            "tasks": privacy.list_tasks(session),
            "shown": list_shown(session, asked_for(wanted)),
            "wanted": wanted,
            "kinds": kinds(visit.parts.settings),
            "due": retention.count_due(session, visit.parts.runtime, visit.now),
            "runs": retention.list_runs(session, 3),
        }

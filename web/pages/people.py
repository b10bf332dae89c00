"""People who sign in: add agents, partners' people and staff; change roles, lock out, end sessions, hand out links."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit, sessions, sign_in, users
from accounts.tables import Role
from campaigns.tables import Campaign, CampaignStatus
from leads.figures import list_partners
from web.language import LANGUAGES
from web.new_people import NewPerson, add_person
from web.visit import PageGate, Visit
from web.wishes import read_role
from web.words import N_

router = APIRouter()

Admin = Annotated[Visit, Depends(PageGate(Role.ADMIN))]
ADDED = N_("Added. Pass the link below on: it signs in once, within a day.")
LINK_MADE = N_("Pass the link below on: it signs in once, within a day.")
SAVED = N_("Saved.")
SESSIONS_ENDED = N_("All sessions of this person are over.")


class PersonForm(BaseModel):
    """The form for a new person."""

    email: str = Field(max_length=300)
    name: str = Field(max_length=200)
    role: str = Field(max_length=20)
    language: str = Field("de", max_length=2)
    endpoint: str = Field("", max_length=200)
    languages: list[str] = Field(default_factory=list, max_length=10)
    campaign_id: str = Field("", max_length=40)
    partner_id: str = Field("", max_length=40)

    def as_new_person(self) -> NewPerson:
        """The value."""
        return NewPerson(**self.model_dump(exclude={"languages"}), languages=frozenset(self.languages))


@router.get("/people")
def show_people(visit: Admin) -> Response:
    """Everyone who may sign in."""
    with visit.parts.database.reading() as session:
        return visit.page("people.html", **_values(visit, session))


@router.post("/people")
def add(visit: Admin, form: Annotated[PersonForm, Form()]) -> Response:
    """A new person, with a link to sign in."""
    with visit.parts.database.transaction() as session:
        user = add_person(session, form.as_new_person(), visit.now)
        audit.record(session, visit.act("user_added", user.id, {"role": user.role}), visit.now)
        link = _link(visit, session, user.id)
    return _answer(visit, ADDED, link)


@router.post("/people/{user_id}/link")
def make_link(visit: Admin, user_id: str) -> Response:
    """Another link to sign in once."""
    with visit.parts.database.transaction() as session:
        link = _link(visit, session, user_id)
        audit.record(session, visit.act("sign_in_link_made", user_id), visit.now)
    return _answer(visit, LINK_MADE, link)


@router.post("/people/{user_id}/role")
def change_role(visit: Admin, user_id: str, role: Annotated[str, Form()]) -> Response:
    """Another role, from the next request on."""
    with visit.parts.database.transaction() as session:
        users.change_role(session, user_id, read_role(role))
        audit.record(session, visit.act("role_changed", user_id, {"role": role}), visit.now)
    return _answer(visit, SAVED)


@router.post("/people/{user_id}/lock-out")
def lock_out(visit: Admin, user_id: str) -> Response:
    """Nothing works for this person any more."""
    with visit.parts.database.transaction() as session:
        users.deactivate(session, user_id)
        audit.record(session, visit.act("user_locked_out", user_id), visit.now)
    return _answer(visit, SAVED)


@router.post("/people/{user_id}/let-in")
def let_in(visit: Admin, user_id: str) -> Response:
    """The person may sign in again."""
    with visit.parts.database.transaction() as session:
        users.reactivate(session, users.get_user(session, user_id).id)
        audit.record(session, visit.act("user_let_in", user_id), visit.now)
    return _answer(visit, SAVED)


@router.post("/people/{user_id}/end-sessions")
def end_sessions(visit: Admin, user_id: str) -> Response:
    """Sign the person out everywhere."""
    with visit.parts.database.transaction() as session:
        sessions.close_all_sessions(session, users.get_user(session, user_id).id)
        audit.record(session, visit.act("sessions_ended", user_id), visit.now)
    return _answer(visit, SESSIONS_ENDED)


def _link(visit: Visit, session: Session, user_id: str) -> str:
    secret = sign_in.new_sign_in_link(session, user_id, visit.now)
    return f"{visit.parts.settings.web_url}/sign-in/{secret}"


def _answer(visit: Visit, message: str, link: str = "") -> Response:
    with visit.parts.database.reading() as session:
        values = _values(visit, session)
    return visit.part("parts/people.html", message=visit.say(message), **(values | {"link": link}))


def _values(visit: Visit, session: Session) -> dict[str, Any]:
    unfinished = select(Campaign).where(Campaign.status != CampaignStatus.FINISHED).order_by(Campaign.id)
    return {
        "people": users.list_users(session, at_most=1000),
        "open_sessions": sessions.count_sessions(session, visit.now),
        "roles": list(Role),
        "partners": list_partners(session),
        "campaigns": list(session.scalars(unfinished)),
        "spoken": LANGUAGES,
        "link": "",
    }

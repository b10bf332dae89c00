"""Numbers that must not be called: add one, look one up, see the latest. Nothing here lifts a block."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from compliance import do_not_call
from compliance.tables import DoNotCall
from web.visit import PageGate, Visit
from web.wishes import read_number

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
SHOWN = 50


@router.get("/do-not-call")
def show_blocked(visit: Staff, number: str = "") -> Response:
    """The latest blocked numbers, or the blocks of one number."""
    e164 = read_number(number) if number.strip() else ""
    with visit.parts.database.reading() as session:
        return visit.page("do_not_call.html", blocked=_blocked(session, e164), number=e164)


@router.post("/do-not-call")
def block_number(
    visit: Staff, number: Annotated[str, Form(max_length=40)], note: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Block a number everywhere, from the next look of the dialer on."""
    e164 = read_number(number)
    with visit.parts.database.transaction() as session:
        row = do_not_call.block(session, e164, source="page", now=visit.now, note=note, added_by=visit.person.user_id)
        audit.record(session, visit.act("number_blocked", row.id), visit.now)
    with visit.parts.database.reading() as session:
        message = visit.say("This number will not be called.")
        return visit.part("parts/do_not_call.html", blocked=_blocked(session, ""), number="", message=message)


def _blocked(session: Session, e164: str) -> list[DoNotCall]:
    query = select(DoNotCall).order_by(DoNotCall.id.desc()).limit(SHOWN)
    if e164:
        query = query.where(DoNotCall.value == e164)
    return list(session.scalars(query))

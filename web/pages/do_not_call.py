"""Who must not be called: add, read a file in, look up, erase, see the latest. Nothing here lifts a block."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from campaigns.tables import Campaign
from compliance import do_not_call, registers
from compliance.register_import import FileTerms, import_numbers
from compliance.tables import DoNotCall
from foundation.errors import Invalid
from foundation.secret_key import derived_key
from web.visit import PageGate, Visit
from web.wishes import read_number, start_of_day

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
Admin = Annotated[Visit, Depends(PageGate(Role.ADMIN))]
SHOWN = 50
FILES = ("list", *registers.ALL)


@router.get("/do-not-call")
def show_blocked(visit: Staff, number: str = "") -> Response:
    """The latest blocked numbers, or the blocks of one number."""
    e164 = read_number(number) if number.strip() else ""
    with visit.parts.database.reading() as session:
        listed = registers.registered(session, [e164], registers.ALL).get(e164, []) if e164 else []
        return visit.page(
            "do_not_call.html",
            blocked=_blocked(session, e164, visit),
            number=e164,
            listed=listed,
            kinds=do_not_call.KINDS,
            files=FILES,
            campaigns=session.scalars(select(Campaign).order_by(Campaign.created_at.desc()).limit(100)).all(),
            editions=registers.newest_editions(session, registers.ALL, visit.now),
        )


@router.post("/do-not-call")
def add_block(  # noqa: PLR0913, PLR0917 - one argument for each field of the form
    visit: Staff,
    number: Annotated[str, Form(max_length=300)],
    kind: Annotated[str, Form(max_length=10)] = "number",
    campaign_id: Annotated[str, Form(max_length=40)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Block a number, prefix or company, from the next look of the dialer on."""
    target = do_not_call.read_target(kind, read_number(number) if kind == "number" else number)
    expires_at = start_of_day(until) if until else None
    if expires_at is not None and expires_at <= visit.now:
        raise Invalid("The block ends on a day that is still to come.")
    terms = do_not_call.BlockTerms("page", campaign_id, note, visit.person.user_id, expires_at)
    with visit.parts.database.transaction() as session:
        row = do_not_call.block_target(session, target, terms, visit.now)
        audit.record(session, visit.act("number_blocked", row.id, {"kind": kind}), visit.now)
    return _latest(visit, visit.say("This number will not be called."))


@router.post("/do-not-call/files")
def import_blocks(
    visit: Staff,
    file: Annotated[UploadFile, File()],
    which: Annotated[str, Form(max_length=20)],
    as_of: Annotated[str, Form(max_length=10)] = "",
    is_complete: Annotated[str, Form(max_length=3)] = "yes",
) -> Response:
    """Read in a register's file or a plain list."""
    terms = FileTerms(
        register=which,
        file_name=file.filename or "file",
        as_of=start_of_day(as_of) if as_of else visit.now,
        by=visit.person.user_id,
        is_complete=is_complete == "yes",
    )
    report = import_numbers(visit.parts.database, file.file, terms, visit.now)
    with visit.parts.database.transaction() as session:
        facts: dict[str, str | int | bool | None] = {"numbers": report.numbers, "refused": report.refused}
        audit.record(session, visit.act("blocks_imported", which, facts), visit.now)
    message = visit.say(
        "Numbers taken in: %(numbers)s, lines refused: %(refused)s.", numbers=report.numbers, refused=report.refused
    )
    return _latest(visit, message)


@router.post("/do-not-call/erase")
def erase_number(visit: Admin, number: Annotated[str, Form(max_length=40)]) -> Response:
    """Forget a blocked number and keep its blocks."""
    e164 = read_number(number)
    with visit.parts.database.transaction() as session:
        erased = do_not_call.erase(session, e164, derived_key(visit.parts.settings, "do-not-call"), visit.now)
        audit.record(session, visit.act("number_erased", "do_not_call", {"blocks": erased}), visit.now)
    return _latest(visit, visit.say("The number is forgotten, and stays blocked."))


def _latest(visit: Visit, message: str) -> Response:
    with visit.parts.database.reading() as session:
        return visit.part(
            "parts/do_not_call.html", blocked=_blocked(session, "", visit), number="", listed=[], message=message
        )


def _blocked(session: Session, e164: str, visit: Visit) -> list[DoNotCall]:
    """The latest blocks, or those that hold for one number, erased ones among them."""
    query = select(DoNotCall).order_by(DoNotCall.id.desc()).limit(SHOWN)
    if e164:
        callee = do_not_call.Callee((e164,), "")
        holding = do_not_call.blocks_of(
            session, [callee], visit.now, lambda: derived_key(visit.parts.settings, "do-not-call")
        )[0]
        query = query.where((DoNotCall.value == e164) | DoNotCall.id.in_(holding))
    return list(session.scalars(query))

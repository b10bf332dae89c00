"""A partner's own profile: what it offers, how much it takes, when it is away or closed."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit
from accounts.tables import Role
from foundation.errors import Invalid
from leads import presence
from leads.live_lines import LiveLine
from leads.partner_calendar import canton_of_partner
from leads.partners import profile_of
from leads.presence import Sayer
from leads.profile_tables import PlannedCapacity
from leads.protection import local_day
from leads.tables import Partner
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter(prefix="/profile")

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]
TOMORROW = N_("Noted. It counts from tomorrow.")
AWAY = N_("Noted. You get no new offers on these days.")
BACK = N_("Welcome back. New offers come from tomorrow, or from the day that you planned.")
LIVE = N_("Noted. Customers on the line may be put through to you from now on.")
NOT_LIVE = N_("Noted. Nobody is put through to you.")
CLOSED = N_("Noted. Your clocks stand still on these days.")


@router.get("")
def show_profile(visit: Own) -> Response:
    """The page."""
    return visit.page("profile.html", **_values(visit))


@router.post("/capacity")
def plan_capacity(visit: Own, weekly_capacity: Annotated[int, Form(ge=1, le=9999)]) -> Response:
    """Take more or fewer leads a week, from tomorrow on."""
    with visit.parts.database.transaction() as session:
        presence.plan_capacity(session, visit.person.partner_id, weekly_capacity, _sayer(visit))
        facts: dict[str, str | int | bool | None] = {"weekly_capacity": weekly_capacity}
        audit.record(session, visit.act("own_capacity_planned", visit.person.partner_id, facts), visit.now)
    return _answer(visit, TOMORROW)


@router.post("/away")
def go_away(visit: Own, first: Annotated[date, Form()], last: Annotated[date, Form()]) -> Response:
    """No new offers on these days."""
    with visit.parts.database.transaction() as session:
        presence.go_away(session, visit.person.partner_id, first, last, _sayer(visit))
        facts: dict[str, str | int | bool | None] = {"first": first.isoformat(), "last": last.isoformat()}
        audit.record(session, visit.act("own_absence", visit.person.partner_id, facts), visit.now)
    return _answer(visit, AWAY)


@router.post("/back")
def come_back(visit: Own, first: Annotated[date, Form()]) -> Response:
    """End an absence."""
    with visit.parts.database.transaction() as session:
        presence.come_back(session, visit.person.partner_id, first, _sayer(visit))
        facts: dict[str, str | int | bool | None] = {"first": first.isoformat()}
        audit.record(session, visit.act("own_absence_ended", visit.person.partner_id, facts), visit.now)
    return _answer(visit, BACK)


@router.post("/closed-days")
def close_on(visit: Own, days: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Set the days on which the house is closed."""
    with visit.parts.database.transaction() as session:
        presence.close_on(session, visit.person.partner_id, read_days(days), _sayer(visit))
        audit.record(session, visit.act("own_closed_days", visit.person.partner_id), visit.now)
    return _answer(visit, CLOSED)


@router.post("/live-line")
def set_live_line(
    visit: Own,
    live_number: Annotated[str, Form(max_length=30)] = "",
    live_hours: Annotated[str, Form(max_length=60)] = "",
    takes_live_calls: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Set where and when customers on the line may be put through."""
    is_on = takes_live_calls == "yes"
    with visit.parts.database.transaction() as session:
        wanted = LiveLine(is_on, live_number, live_hours)
        presence.set_live_line(session, visit.person.partner_id, wanted, visit.now)
        facts: dict[str, str | int | bool | None] = {"takes_live_calls": is_on}
        audit.record(session, visit.act("own_live_line", visit.person.partner_id, facts), visit.now)
    return _answer(visit, LIVE if is_on else NOT_LIVE)


def read_days(text: str) -> list[date]:
    """The days of a line such as `2026-12-24 2026-12-31`. Raises Invalid for what is none."""
    try:
        return [date.fromisoformat(word) for word in text.replace(",", " ").split()]
    except ValueError as error:
        raise Invalid("Write the day as 2026-03-02.") from error


def _sayer(visit: Visit) -> Sayer:
    return Sayer(visit.person.user_id, False, visit.now)


def _answer(visit: Visit, message: str) -> Response:
    return visit.part("parts/profile.html", message=visit.say(message), **_values(visit))


def _values(visit: Visit) -> dict[str, Any]:
    today = local_day(visit.now)
    with visit.parts.database.reading() as session:
        partner = session.get_one(Partner, visit.person.partner_id)
        plan = session.get(PlannedCapacity, visit.person.partner_id)
    return {
        "partner": partner,
        "plan": plan,
        "canton": canton_of_partner(profile_of(partner)),
        "absences": [span for span in partner.absent if span[1] >= today.isoformat()],
        "closed_days": [day for day in partner.closed_days if day >= today.isoformat()],
        "today": today,
        "hours": visit.parts.settings.business_hours,
        "actions": "/profile",
    }

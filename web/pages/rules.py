"""The rules by country, today's and what is coming, and what they say of one number at one moment."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from accounts.tables import Role
from compliance.explain import Explanation, explain, rules_of_day
from compliance.jurisdictions import Jurisdiction, all_jurisdictions, find_jurisdiction
from dialer.number_check import Question, facts_about
from foundation.errors import Invalid, NotFound
from foundation.phone_number import parse_phone_number
from web.language import OFFICE_TIME_ZONE
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.get("/rules")
def show_rules(  # noqa: PLR0913, PLR0917 - one argument for each field of the form
    visit: Staff,
    country: Annotated[str, Query(max_length=2)] = "CH",
    number: Annotated[str, Query(max_length=40)] = "",
    at: Annotated[str, Query(max_length=30)] = "",
    region: Annotated[str, Query(max_length=10)] = "",
    party: Annotated[str, Query(pattern="^(consumers|businesses)?$")] = "",
    caller_number: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """A country's rules; with a number, what applies to it at a moment and why."""
    moment = _moment(at) if at else visit.now
    explanation: Explanation | None = None
    if number.strip():
        country, explanation = _explained(visit, (number, region.upper(), party, caller_number), moment)
    jurisdiction = _jurisdiction(country)
    in_force, coming = rules_of_day(jurisdiction, moment.astimezone(OFFICE_TIME_ZONE).date())
    return visit.page(
        "rules.html",
        countries=sorted(all_jurisdictions()),
        country=jurisdiction.country,
        in_force=in_force,
        coming=coming,
        explanation=explanation,
        asked={"number": number, "region": region, "party": party, "caller_number": caller_number},
        moment=moment,
        moment_text=moment.astimezone(OFFICE_TIME_ZONE).strftime("%Y-%m-%dT%H:%M"),
    )


def _explained(visit: Visit, asked: tuple[str, str, str, str], moment: datetime) -> tuple[str, Explanation]:
    number, region, party, caller_number = asked
    found = parse_phone_number(number, "CH")
    if found is None:
        raise Invalid("This is not a phone number. Write it with its country code, such as +41 44 668 18 00.")
    shown = parse_phone_number(caller_number, "CH") if caller_number.strip() else None
    question = Question(found.e164, found.country, region, party, shown.e164 if shown else "")
    jurisdiction = _jurisdiction(found.country)
    with visit.parts.database.reading() as session:
        facts = facts_about(visit.parts.settings, session, question, moment)
    return found.country, explain(jurisdiction, facts)


def _jurisdiction(country: str) -> Jurisdiction:
    jurisdiction = find_jurisdiction(country.upper())
    if jurisdiction is None:
        raise NotFound("There are no rules for this country, so nobody there is called.")
    return jurisdiction


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("Write the moment as 2026-12-24T17:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=OFFICE_TIME_ZONE)

"""The launch check, and why nothing is dialing, in the words of whoever looks."""

from dataclasses import dataclass

from campaigns.tables import Campaign
from dialer.launch_check import Finding
from dialer.standstill import Standstill
from web.language import Formats
from web.navigation import entry_of
from web.reason_view import shown_reasons
from web.visit import Visit
from web.words import N_, word_in

FOR_ADMINISTRATORS = N_("An administrator does this.")


@dataclass(frozen=True)
class ShownFinding:
    """One finding as a page shows it; `link` leads to where it is mended and is empty where no page does."""

    code: str
    is_green: bool
    is_note: bool
    why: str
    mend: str
    link: str


def shown_finding(visit: Visit, campaign: Campaign, finding: Finding) -> ShownFinding:
    """A finding in the visitor's language, its link made whole."""
    formats = Formats(visit.language)
    values = {
        **{name: formats.number(int(value)) if value.isdecimal() else value for name, value in finding.values.items()},
        "languages": ", ".join(word_in(visit.language, code) for code in finding.languages),
        "places": ", ".join(word_in(visit.language, f"country:{code}") for code in finding.places),
        "moment": formats.moment(finding.at),
    }
    link = f"/campaigns/{campaign.id}{finding.link}" if finding.link.startswith("#") else finding.link
    mend = visit.say(finding.mend, **values) if finding.mend else ""
    if link.startswith("/") and entry_of(visit.person.role, link) is None:
        mend, link = f"{mend} {visit.say(FOR_ADMINISTRATORS)}", ""
    return ShownFinding(finding.code, finding.is_green, finding.is_note, visit.say(finding.why, **values), mend, link)


def shown_answer(visit: Visit, answer: Standstill) -> str:
    """Why nothing is dialing, in the visitor's language."""
    languages = ", ".join(word_in(visit.language, code) for code in answer.languages)
    moment = Formats(visit.language).moment(answer.next_at)
    detail = shown_reasons(visit.language, answer.why)
    return visit.say(answer.text, detail=detail, languages=languages, moment=moment)

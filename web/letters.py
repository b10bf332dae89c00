"""Notices as letters in the partner's language: plain text and simple HTML, no personal data, no link that acts.

Handing a letter to the mail server is `foundation.mail`'s; when, and when again, is decided in `leads`.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from foundation.errors import Invalid
from foundation.mail import MailServer, NotTaken, address_of
from foundation.runtime import Runtime
from leads import delivery
from leads.delivery import Tried
from leads.sending import Try, is_over
from leads.tables import Delivery, Offer, Partner
from web.appointment_view import appointment_file
from web.language import LANGUAGES, SOURCE_LANGUAGE, Formats, translations
from web.rendering import render
from web.words import N_, word

# Why nothing is sent.
NO_MAIL = N_("no mail server is set")
OFFER_OVER = N_("the offer is over")
NO_RECEIVER = N_("the partner has no e-mail address that can be used")


@dataclass(frozen=True)
class Wording:
    """What a kind of notice says: its subject, its text, and the page of the portal that has more."""

    subject: str
    text: str
    page: str


WORDINGS = {
    delivery.OFFER_MADE: Wording(
        N_("A lead waits for your answer"),
        N_("A lead is offered to you until %(until)s. You see the contact once you accept."),
        "/offers",
    ),
    delivery.LEAD_RECALLED: Wording(
        N_("A lead was taken back"),
        N_("A lead that you had accepted was taken back, because its first contact was not confirmed in time."),
        "/offers",
    ),
    delivery.CONTACT_HALF: Wording(
        N_("Please make the first contact"),
        N_(
            "Half of the time for the first contact with a customer is over. Please confirm it in the portal once made."
        ),
        "/offers",
    ),
    delivery.CONTACT_LATE: Wording(
        N_("The time for the first contact is nearly up"),
        N_("If you do not confirm the first contact with a customer soon, the lead goes to another partner."),
        "/offers",
    ),
    delivery.APPOINTMENT_SET: Wording(
        N_("An appointment with a customer"),
        N_("The appointment is attached for your calendar, also when it was moved or called off."),
        "/appointments",
    ),
    delivery.PRIVACY_TASK: Wording(
        N_("A customer's data has to be deleted, or not used any more"),
        N_("A customer whose contact you had asked for this. Please do so by %(until)s and confirm it in the portal."),
        "/data-protection",
    ),
    delivery.PRIVACY_REMINDER: Wording(
        N_("Reminder: a task of data protection waits for you"),
        N_("Please delete the customer's data, or stop using it, by %(until)s, and confirm it in the portal."),
        "/data-protection",
    ),
    delivery.PROTECTION_LAPSED: Wording(
        N_("A protection has ended"),
        N_("A customer is no longer protected for you: its next lead goes by the rules again."),
        "/own-leads",
    ),
    delivery.EXTENSION_GRANTED: Wording(
        N_("A protection was extended"),
        N_("A customer stays protected for you, as you asked. The portal says until when."),
        "/own-leads",
    ),
    delivery.EXTENSION_REFUSED: Wording(
        N_("A protection was not extended"),
        N_("The protection of a customer was not extended. The portal says why."),
        "/own-leads",
    ),
    delivery.CLAIM_CONFIRMED: Wording(
        N_("What you registered is confirmed"),
        N_("A relation or a deal that you registered was confirmed. It counts from now on."),
        "/registrations",
    ),
    delivery.CLAIM_REFUSED: Wording(
        N_("What you registered was not confirmed"),
        N_("A relation or a deal that you registered was not confirmed. The portal says why."),
        "/registrations",
    ),
    delivery.CLAIM_REVOKED: Wording(
        N_("What you registered no longer counts"),
        N_("A relation or a deal that was confirmed for you was revoked. The portal says why."),
        "/registrations",
    ),
    delivery.DISPUTE_DECIDED: Wording(
        N_("Your dispute is decided"),
        N_("Somebody who had no part in the decision has reviewed it. The portal says what and why."),
        "/disputes",
    ),
}
OTHER = Wording(N_("News in your portal"), N_("There is something new for you in the portal."), "/offers")
FOOTER = N_("This letter was written by a program. Please answer in the portal, after signing in there.")
TEASER_ROWS = (
    ("solution", N_("Solution"), "solution:"),
    ("canton", N_("Region"), ""),
    ("language", N_("Language"), ""),
    ("employees", N_("Employees"), ""),
    ("seats", N_("Seats"), ""),
    ("time_frame", N_("When"), "time_frame:"),
    ("budget", N_("Budget"), "budget:"),
)


class Letters:
    """Makes tries that send a notice as a letter."""

    def __init__(self, runtime: Runtime, server: MailServer | None) -> None:
        self._runtime = runtime
        self._server = server

    def __call__(self, notice: Delivery) -> Try | str:
        """A try of this notice, or why it is not sent."""
        server = self._server
        if server is None:
            return NO_MAIL
        if is_over(self._runtime, notice):
            return OFFER_OVER
        with self._runtime.database.reading() as session:
            partner = session.get_one(Partner, notice.partner_id)
            offer = session.get(Offer, notice.offer_id) if notice.offer_id else None
            language = next((one for one in partner.languages if one in LANGUAGES), SOURCE_LANGUAGE)
            file = appointment_file(session, notice, language, self._runtime.clock.now())
        try:
            receiver = address_of(partner.email)
        except Invalid:
            return NO_RECEIVER
        letter = write_letter(notice, offer, language, self._runtime.settings.web_url)
        if file:
            letter.add_attachment(file, subtype="calendar", filename="appointment.ics", params={"method": "PUBLISH"})
        letter["To"] = receiver
        letter["Date"] = format_datetime(self._runtime.clock.now())
        letter["Message-ID"] = f"<{notice.message_id}@{server.sender.domain}>"
        return lambda: _send(server, letter)


def write_letter(notice: Delivery, offer: Offer | None, language: str, web_url: str) -> EmailMessage:
    """The letter without sender, receiver and date. All that is in it comes from our own words and codes."""
    wording = WORDINGS.get(notice.notice, OTHER)
    found, formats = translations(language), Formats(language)
    facts = _teaser(offer, language) if offer is not None and notice.notice == delivery.OFFER_MADE else []
    until = formats.moment(_until(notice, offer))
    subject = found.gettext(wording.subject)
    text = found.gettext(wording.text) % {"until": until}
    footer, link = found.gettext(FOOTER), web_url + wording.page
    letter = EmailMessage()
    letter["Subject"] = subject
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = language
    lines = [text, "\n".join(f"{name}: {value}" for name, value in facts), link, f"-- \n{footer}"]
    letter.set_content("\n\n".join(filter(None, lines)) + "\n")
    values: dict[str, Any] = {"subject": subject, "paragraphs": [text], "facts": facts, "link": link, "footer": footer}
    letter.add_alternative(render("mail/letter.html", language, values), subtype="html")
    return letter


def _teaser(offer: Offer, language: str) -> Sequence[tuple[str, str]]:
    found = translations(language)
    return [
        (found.gettext(label), word(found, f"{place}{offer.teaser[key]}") if place or key == "language" else value)
        for key, label, place in TEASER_ROWS
        if (value := str(offer.teaser.get(key) or ""))
    ]


def _until(notice: Delivery, offer: Offer | None) -> datetime | None:
    due = notice.facts.get("due_at")
    if due:
        return datetime.fromisoformat(due)
    return offer.expires_at if offer is not None else None


def _send(server: MailServer, letter: EmailMessage) -> Tried:
    began = time.monotonic()
    try:
        server.send(letter)
    except NotTaken as error:
        spent = round(1000 * (time.monotonic() - began))
        return Tried(str(error), error.code, spent, is_final=error.is_final)
    return Tried(milliseconds=round(1000 * (time.monotonic() - began)))

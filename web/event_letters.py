"""Letters to guests in their language, with calendar entries, and the step that sends those that are due.

Whether a letter still says the truth, and when it is tried again, is decided in `events.letters`.
"""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from events.event_book import text_in, title_in
from events.letters import Claimed, LetterKind, claim, due_letters, note_not_sent, note_sent
from foundation.errors import Invalid
from foundation.logs import get_logger
from foundation.mail import MailServer, NotTaken, address_of
from foundation.runtime import Runtime
from foundation.settings import Settings
from web.event_calendar import Entry, entry_file
from web.language import LANGUAGES, SOURCE_LANGUAGE, Formats, translations
from web.rendering import render
from web.seat_links import key_of_seat
from web.words import N_

log = get_logger(__name__)

AT_ONCE = 50
CALLED_OFF = frozenset({LetterKind.WITHDRAWN, LetterKind.CALLED_OFF})


@dataclass(frozen=True)
class Wording:
    """What a kind of letter says. `%(event)s` and `%(until)s` are filled in."""

    subject: str
    text: str


WORDINGS = {
    LetterKind.HELD: Wording(
        N_("Please confirm your seat: %(event)s"),
        N_("A seat is reserved for you until %(until)s. Please confirm it on the page below, or give it up there."),
    ),
    LetterKind.OFFERED: Wording(
        N_("A seat is free for you: %(event)s"),
        N_("You were on the waiting list, and a seat is free now. It is reserved until %(until)s. Please confirm it."),
    ),
    LetterKind.WAITING: Wording(
        N_("You are on the waiting list: %(event)s"),
        N_("All seats are taken at the moment. As soon as one is free for you, we write to you."),
    ),
    LetterKind.CONFIRMED: Wording(
        N_("Your seat is confirmed: %(event)s"),
        N_("We are glad that you come. The entry for your calendar is attached."),
    ),
    LetterKind.LAPSED: Wording(
        N_("Your seat was given on: %(event)s"),
        N_("The seat was not confirmed in time, so it was given to somebody who waits."),
    ),
    LetterKind.MOVED: Wording(
        N_("New date or place: %(event)s"),
        N_("Date or place have changed; below you find what counts now. If you cannot come, please give up your seat."),
    ),
    LetterKind.WITHDRAWN: Wording(
        N_("Your seat is given up: %(event)s"), N_("Thank you for telling us. Your seat goes to somebody who waits.")
    ),
    LetterKind.CALLED_OFF: Wording(
        N_("Called off: %(event)s"), N_("This event does not take place. We are sorry for that.")
    ),
    LetterKind.REMINDER_WEEK: Wording(
        N_("In a week: %(event)s"), N_("We look forward to seeing you. If you cannot come, please give up your seat.")
    ),
    LetterKind.REMINDER_DAY: Wording(
        N_("Tomorrow: %(event)s"), N_("We look forward to seeing you. If you cannot come, please give up your seat.")
    ),
}
FOOTER = N_("You get this letter because you answered an invitation to this event.")
LABELS = (N_("When"), N_("Where"), N_("Online"))


def send_due_letters(runtime: Runtime, server: MailServer | None) -> int:
    """Send the letters to guests that are due; how many. Without a mail server they wait."""
    if server is None:
        return 0
    sent = 0
    for letter_id, event_id in due_letters(runtime.database, runtime.clock.now(), AT_ONCE):
        try:
            sent += _send_one(runtime, server, letter_id, event_id)
        except Exception:  # a letter that cannot be written must not keep the others from their way
            log.exception("letter_to_guest_failed", letter_id=letter_id)
    return sent


def _send_one(runtime: Runtime, server: MailServer, letter_id: str, event_id: str) -> bool:
    with runtime.database.transaction() as session:
        claimed = claim(session, letter_id, event_id, runtime.clock.now())
    if claimed is None:
        return False
    problem, is_final = "", False
    try:
        server.send(write_letter(claimed, runtime.settings, server, runtime.clock.now()))
    except Invalid:
        problem, is_final = "the address is none", True
    except NotTaken as error:
        problem, is_final = str(error), error.is_final
    with runtime.database.transaction() as session:
        if problem:
            note_not_sent(session, letter_id, problem, runtime.clock.now(), is_final=is_final)
        else:
            note_sent(session, letter_id, runtime.clock.now())
    return not problem


def write_letter(claimed: Claimed, settings: Settings, server: MailServer, now: datetime) -> EmailMessage:
    """The whole letter but for its sender.

    Raises:
        Invalid: the guest's address is none.
    """
    seat, event, kind = claimed.seat, claimed.event, LetterKind(claimed.letter.kind)
    language = seat.language if seat.language in LANGUAGES else SOURCE_LANGUAGE
    say, formats = translations(language).gettext, Formats(language)
    title = title_in(event, language)
    until = formats.moment_in(seat.held_until, event.time_zone) if seat.held_until else ""
    filled = {"event": " ".join(title.split()), "until": until}
    subject, text = (say(words) % filled for words in (WORDINGS[kind].subject, WORDINGS[kind].text))
    starts, ends = (formats.moment_in(one, event.time_zone) for one in (event.starts_at, event.ends_at))
    cells = (f"{starts} – {ends}", event.place, event.online_link if kind not in CALLED_OFF else "")
    facts = [(say(label), value) for label, value in zip(LABELS, cells, strict=True) if value]
    link = f"{settings.web_url}/invitations/{key_of_seat(settings, seat.id)}"
    letter = EmailMessage()
    letter["To"] = address_of(seat.email)
    letter["Subject"] = subject
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{claimed.letter.id}@{server.sender.domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = language
    footer, paragraphs = say(FOOTER), [text, text_in(event, language)]
    lines = [*paragraphs, "\n".join(f"{name}: {value}" for name, value in facts), link, f"-- \n{footer}"]
    letter.set_content("\n\n".join(filter(None, lines)) + "\n")
    shown = {"subject": subject, "paragraphs": list(filter(None, paragraphs)), "facts": facts, "link": link}
    letter.add_alternative(render("mail/letter.html", language, {**shown, "footer": footer}), subtype="html")
    if claimed.letter.sequence is not None:
        entry = Entry(
            seat.id, claimed.letter.sequence, event.starts_at, event.ends_at, title, server.sender.addr_spec,
            seat.email, text_in(event, language), event.place, event.online_link, kind in CALLED_OFF,
        )  # fmt: skip
        letter.add_alternative(entry_file(entry, now), subtype="calendar", params={"method": entry.method})
    return letter

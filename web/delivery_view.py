"""What the pages about delivery show: addresses with their secrets' number, and the log of messages."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from accounts import audit
from foundation import mail, outbound_http
from foundation.marking import figures_of
from leads import delivery_log, endpoints, sending
from leads.hand_over import layouts
from leads.news import ring_to_send
from web.messages import in_words
from web.visit import Visit
from web.wishes import start_of_day
from web.words import N_

SHOWN = 50
AGAIN = N_("It is sent again.")
# What the log of messages keeps in English with figures in it; the rest of what it keeps is told word by word.
WITH_FIGURES = (
    sending.ANSWERED,
    sending.NO_WAY,
    outbound_http.NO_ANSWER,
    outbound_http.NO_ANSWER_IN_TIME,
    mail.REFUSED_ADDRESS,
    mail.ANSWERED,
    mail.NO_ANSWER,
)


def why_not_taken(language: str, kept: str) -> str:
    """What was wrong with a try, in a language of the pages; what is none of our texts stays as it is."""
    told = ((text, figures_of(text, kept)) for text in WITH_FIGURES)
    found = ((text, figures) for text, figures in told if figures is not None)
    return in_words(language, *next(found, (kept, {})))


@dataclass(frozen=True)
class DeliveryPage:
    """One partner's delivery on a page at `base`. Staff may repeat what was sent, and change nothing else."""

    partner_id: str
    base: str
    is_own: bool

    def values(self, session: Session, visit: Visit) -> dict[str, Any]:
        """What its templates need."""
        rows = endpoints.list_endpoints(session, self.partner_id)
        messages = delivery_log.list_messages(session, self.partner_id, limit=SHOWN)
        return {
            "base": self.base,
            "is_own": self.is_own,
            "endpoints": rows,
            "secrets": endpoints.count_secrets(session, [row.id for row in rows], visit.now),
            "messages": messages,
            "problems": {one.problem: why_not_taken(visit.language, one.problem) for one in messages if one.problem},
            "urls": {row.id: row.url for row in rows},
            "has_mail": bool(visit.parts.settings.smtp_url.get_secret_value()),
            "partner_id": self.partner_id,
            "today": visit.now,
            "layouts": list(layouts().values()) if self.is_own else [],
        }

    def replay_one(self, session: Session, visit: Visit, message_id: str) -> str:
        """Send one message again; what to say of it."""
        delivery_log.replay_one(session, self.partner_id, message_id, visit.now)
        audit.record(session, visit.act("message_replayed", message_id), visit.now)
        ring_to_send(visit.parts.runtime, session)
        return visit.say(AGAIN)

    def replay_since(self, session: Session, visit: Visit, endpoint_id: str, day: str) -> str:
        """Send everything again since the beginning of a day; what to say of it."""
        begin = start_of_day(day)
        count = delivery_log.replay_since(session, self.partner_id, endpoint_id, begin, visit.now)
        audit.record(session, visit.act("messages_replayed", endpoint_id, {"messages": count}), visit.now)
        ring_to_send(visit.parts.runtime, session)
        return visit.say("Messages sent again: %(count)s.", count=count)

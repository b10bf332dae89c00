"""Which live topics a person may listen to. Pure."""

from accounts.tables import Role
from foundation.errors import Forbidden, Invalid
from web.access import Person

TOPICS_AT_MOST = 64


def allowed_topics(person: Person, wanted: str) -> frozenset[str]:
    """The topics of a comma-separated wish.

    Raises:
        Forbidden: one of them is not this person's to hear.
        Invalid: none, or too many.
    """
    topics = frozenset(topic.strip() for topic in wanted.split(",") if topic.strip())
    if not topics or len(topics) > TOPICS_AT_MOST:
        raise Invalid("Name 1 to %(most)s topics.", most=TOPICS_AT_MOST)
    if not all(_may_hear(person, topic) for topic in topics):
        raise Forbidden("One of these topics is not yours to hear.")
    return topics


def _may_hear(person: Person, topic: str) -> bool:
    match person.role:
        case Role.ADMIN | Role.MANAGER:
            kind = topic.partition(":")[0]
            return topic in {"board", "leads"} or kind in {"campaign", "agent", "partner", "upload", "event"}
        case Role.AGENT:
            return bool(person.agent_id) and topic == f"agent:{person.agent_id}"
        case Role.PARTNER:
            return bool(person.partner_id) and topic == f"partner:{person.partner_id}"

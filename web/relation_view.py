"""What proves a partner's relations, in the language of the page: our sentences in its words, people's as written."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.event_book import title_in
from events.tables import Event
from leads.relation_evidence import own_sentence
from leads.tables import PartnerRelation
from web.language import translations


def evidence_in(session: Session, language: str, relations: Sequence[PartnerRelation]) -> dict[int, str]:
    """The evidence of each relation, by its id. Events are called by their titles, while they are known."""
    ours = {one.id: sentence for one in relations if (sentence := own_sentence(one))}
    named = {sentence.facts["event"] for sentence in ours.values() if "event" in sentence.facts}
    events = session.scalars(select(Event).where(Event.id.in_(sorted(named)))) if named else ()
    titles = {event.id: title_in(event, language) for event in events}
    translate = translations(language).gettext
    return {one.id: one.evidence for one in relations} | {
        relation_id: translate(sentence.text) % {name: titles.get(fact, fact) for name, fact in sentence.facts.items()}
        for relation_id, sentence in ours.items()
    }

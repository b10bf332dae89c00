"""What stands as evidence of a relation where nobody wrote it: the program's own sentences, told from people's words.

They are kept as they are said in English, as decisions and their replays hold them; pages say them in their language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from foundation.marking import N_, figures_of
from leads.tables import PartnerRelation

IN_FILE = N_("named in the partner file")
WHEN_ADDED = N_("named when the partner was added")
INVITED = N_("invited to event %(event)s")

_SENTENCES = (IN_FILE, WHEN_ADDED, INVITED)


@dataclass(frozen=True)
class OwnSentence:
    """A text of the program, and what fills it: an event is named by its id."""

    text: str
    facts: Mapping[str, str] = field(default_factory=dict)


def invited_to(event_id: str) -> str:
    """The evidence of a customer who accepted an invitation to this event."""
    return INVITED % {"event": event_id}


def own_sentence(relation: PartnerRelation) -> OwnSentence | None:
    """Which of our sentences the evidence of a relation is; None: somebody's own words."""
    if relation.author or relation.claim_id:
        return None
    for sentence in _SENTENCES:
        figures = figures_of(sentence, relation.evidence)
        if figures is not None:
            return OwnSentence(sentence, figures)
    return None

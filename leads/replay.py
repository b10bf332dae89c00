"""Runs a kept decision again from its kept inputs, to show that it would come out the same."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from leads.facts import LeadFacts, PartnerFacts, Policy, Profile, RelationFacts
from leads.ranking import Inputs, decide
from leads.tables import PartnerRevision, RoutingRound


def replays_identically(session: Session, lead_id: str, number: int) -> bool:
    """Whether the decision of a round comes out again, to the byte.

    Raises:
        NotFound: the lead has no such round.
    """
    kept = session.get(RoutingRound, (lead_id, number))
    if kept is None:
        raise NotFound("this lead has no such round")
    again = decide(inputs_from_json(session, kept.inputs))
    return _bytes_of(again.to_json()) == _bytes_of(kept.decision)


def inputs_from_json(session: Session, kept: dict[str, Any]) -> Inputs:
    """The inputs of a decision, with each partner as it was in that revision."""
    named = [(str(counts[0]), int(counts[1])) for counts in kept["partners"]]
    profiles = _profiles(session, named)
    return Inputs(
        lead=LeadFacts.from_json(kept["lead"]),
        partners=tuple(
            PartnerFacts(counts[0], counts[1], profiles[counts[0], counts[1]], *counts[2:])
            for counts in kept["partners"]
        ),
        relations=tuple(RelationFacts.from_json(relation) for relation in kept["relations"]),
        policy=Policy.from_json(kept["policy"]),
        now=datetime.fromisoformat(kept["now"]),
    )


def _profiles(session: Session, named: list[tuple[str, int]]) -> dict[tuple[str, int], Profile]:
    revision = tuple_(PartnerRevision.partner_id, PartnerRevision.revision)
    rows = session.scalars(select(PartnerRevision).where(revision.in_(named)))
    return {(row.partner_id, row.revision): Profile.from_json(row.profile) for row in rows}


def _bytes_of(decision: dict[str, Any]) -> bytes:
    return json.dumps(decision, sort_keys=True).encode()

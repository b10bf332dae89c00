"""Customers who accepted an invitation to a partner's own event: a relation, as of a project that is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from foundation.database import insert_unless_known
from leads.customer_identity import CustomerMark
from leads.protection import local_day
from leads.relation_evidence import invited_to
from leads.tables import Partner, PartnerRelation

KIND = "past"


def note_invited(session: Session, partner_id: str, marks: Sequence[CustomerMark], event_id: str, now: datetime) -> int:
    """Remember that a customer accepted this partner's invitation; how many marks of the customer were new.

    A relation of the kind that is known already stays as it is.
    """
    if session.get(Partner, partner_id) is None:
        return 0
    today = local_day(now)
    added = 0
    for mark in marks:
        row = {
            "partner_id": partner_id,
            "known_by": mark.known_by,
            "customer_key": mark.key,
            "kind": KIND,
            "evidence": invited_to(event_id),
            "since": today,
            "until": today,
            "recorded_at": now,
            "author": "",
        }
        added += insert_unless_known(
            session, PartnerRelation, [row], ("partner_id", "known_by", "customer_key", "kind")
        )
    return added

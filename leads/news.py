"""Tells browsers that a lead or offer changed. Ids and states only; whoever may see more asks for it."""

from sqlalchemy.orm import Session

from foundation.queue import QueueName
from foundation.runtime import Runtime
from leads.delivery import has_something_to_send
from leads.job_names import SEND_DUE


def tell_browsers(runtime: Runtime, session: Session, lead_id: str, status: str, *partner_ids: str) -> None:
    """Publish, once committed, to the people who watch all leads and to each partner concerned."""
    runtime.live.publish_after_commit(session, "leads", lead_id=lead_id, status=str(status))
    for partner_id in filter(None, dict.fromkeys(partner_ids)):
        # A partner hears that something of its own changed, and not how a lead fares elsewhere.
        runtime.live.publish_after_commit(session, f"partner:{partner_id}", lead_id=lead_id)
    ring_to_send(runtime, session)


def ring_to_send(runtime: Runtime, session: Session) -> None:
    """Once committed, have the notices sent that this transaction has written, if any."""
    if has_something_to_send(session):
        runtime.queue.put_after_commit(session, QueueName.SEND, SEND_DUE)

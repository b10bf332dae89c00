"""Tells browsers that a lead or offer changed. Ids and states only; whoever may see more asks for it."""

from sqlalchemy.orm import Session

from foundation.runtime import Runtime


def tell_browsers(runtime: Runtime, session: Session, lead_id: str, status: str, *partner_ids: str) -> None:
    """Publish, once committed, to the people who watch all leads and to each partner concerned."""
    runtime.live.publish_after_commit(session, "leads", lead_id=lead_id, status=str(status))
    for partner_id in filter(None, dict.fromkeys(partner_ids)):
        # A partner hears that something of its own changed, and not how a lead fares elsewhere.
        runtime.live.publish_after_commit(session, f"partner:{partner_id}", lead_id=lead_id)

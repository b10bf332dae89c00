"""Only one ticker acts per campaign: a lease row with a fencing token that each tick checks in its own transaction."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dialer.tables import DialLease
from foundation.database import insert_unless_known


def take_lease(session: Session, campaign_id: str, holder: str, lasts: timedelta, now: datetime) -> int | None:
    """The fencing token for a campaign, or None while another holder's lease runs. The row stays locked to the end
    of the transaction, so that who ticks is the only one who ticks.
    """
    lease = session.get(DialLease, campaign_id, with_for_update=True, populate_existing=True)
    if lease is None:
        # Several may be the first at once: one of them adds the row, the others queue for its lock.
        row = {"campaign_id": campaign_id, "holder": holder, "token": 1, "expires_at": now + lasts}
        insert_unless_known(session, DialLease, [row], ["campaign_id"])
        lease = session.get_one(DialLease, campaign_id, with_for_update=True, populate_existing=True)
    if lease.holder != holder:
        if lease.expires_at > now:
            return None
        lease.holder = holder
        lease.token += 1
    lease.expires_at = now + lasts
    return lease.token

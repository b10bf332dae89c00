"""Only one ticker acts per campaign: a lease row with a fencing token that each tick checks in its own transaction."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import String, Table, bindparam, update
from sqlalchemy.orm import Session

from dialer.tables import DialLease
from foundation.database import insert_unless_known
from foundation.utc_datetime import UtcDateTime


def take_lease(session: Session, campaign_id: str, holder: str, lasts: timedelta, now: datetime) -> int | None:
    """The fencing token for a campaign, or None while another holder's lease runs. The row stays locked to the end
    of the transaction, so that who ticks is the only one who ticks.
    """
    # Nearly always it is held already, and is held on to by one statement.
    mine = {"whose": campaign_id, "by": holder, "until": now + lasts}
    token: int | None = session.execute(_HOLD_ON, mine).scalar()
    return token if token is not None else _take_over(session, campaign_id, holder, lasts, now)


_HOLD_ON = (
    update(cast(Table, DialLease.__table__))
    .where(DialLease.campaign_id == bindparam("whose", type_=String), DialLease.holder == bindparam("by", type_=String))
    .values(expires_at=bindparam("until", type_=UtcDateTime))
    .returning(DialLease.token)
)


def _take_over(session: Session, campaign_id: str, holder: str, lasts: timedelta, now: datetime) -> int | None:
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

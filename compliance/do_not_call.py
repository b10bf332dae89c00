"""Numbers that must not be called: added by a disposition, an import, the API or a page; effective at the next look.

The one door to these rows. A block can get stricter; nothing here lifts one.
"""

import re
from datetime import datetime

from sqlalchemy import Insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from compliance.tables import DoNotCall
from foundation.errors import Invalid
from foundation.ids import new_id

_E164 = re.compile(r"\+[1-9][0-9]{5,14}")


def block(  # noqa: PLR0913 - each argument is one column of the row
    session: Session,
    phone_number: str,
    *,
    source: str,
    now: datetime,
    campaign_id: str = "",
    note: str = "",
    added_by: str = "",
    expires_at: datetime | None = None,
) -> DoNotCall:
    """Never dial this number (E.164) again, in one campaign or, when that is empty, in any.

    Blocking twice keeps the first row; of two expiries the later one counts, and none at all outlasts both.

    Raises:
        Invalid: the number is not in E.164 form.
    """
    if not _E164.fullmatch(phone_number):
        raise Invalid("Write the number with its country code and without spaces, such as +41446681800.")
    row = {
        "id": new_id("dnc"),
        "phone_number": phone_number,
        "campaign_id": campaign_id,
        "source": source,
        "note": note[:500],
        "added_at": now,
        "added_by": added_by,
        "expires_at": expires_at,
    }
    # Two who block the same number at once are both right: the second one finds the first one's row.
    session.execute(_insert_unless_there(session).values(row))
    blocked = session.scalars(
        select(DoNotCall)
        .where(DoNotCall.phone_number == phone_number, DoNotCall.campaign_id == campaign_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if blocked.expires_at is not None and (expires_at is None or expires_at > blocked.expires_at):
        blocked.expires_at = expires_at
    return blocked


def is_blocked(session: Session, phone_number: str, campaign_id: str, now: datetime) -> bool:
    """Whether the number (E.164) must not be dialed for this campaign now."""
    found = session.scalar(
        select(DoNotCall.id)
        .where(
            DoNotCall.phone_number == phone_number,
            DoNotCall.campaign_id.in_(("", campaign_id)),
            or_(DoNotCall.expires_at.is_(None), DoNotCall.expires_at > now),
        )
        .limit(1)
    )
    return found is not None


def _insert_unless_there(session: Session) -> Insert:
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(DoNotCall).on_conflict_do_nothing()
    return postgresql.insert(DoNotCall).on_conflict_do_nothing()

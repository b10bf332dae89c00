"""Steps on whole lists and lines, in transactions of a size that nobody has to wait for.

Each goes on until nothing is left to do; what dies in between is finished by doing it again.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns import list_keeping
from campaigns.list_keeping import AT_ONCE, Recycling
from campaigns.tables import ContactList
from compliance import grounds
from foundation.database import Database


def recycle(database: Database, campaign_id: str, wanted: Recycling, now: datetime) -> int:
    """Put contacts back in line by outcome; how many they were."""
    return _until_done(database, lambda session: list_keeping.recycle_some(session, campaign_id, wanted, now))


def archive(database: Database, list_id: str, now: datetime) -> int:
    """Set a list aside; how many contacts left the line."""
    return _until_done(database, lambda session: list_keeping.archive_some(session, list_id, now))


def unarchive(database: Database, list_id: str, now: datetime) -> int:
    """Take an archived list up again; how many contacts are back in line."""
    return _until_done(database, lambda session: list_keeping.unarchive_some(session, list_id, now))


def order_line(database: Database, campaign_id: str, now: datetime) -> None:
    """Give everybody who waits their place by the campaign's present order."""
    after_id = ""
    while True:
        with database.transaction(relaxed=True) as session:
            after_id = list_keeping.order_some(session, campaign_id, after_id, now)
        if not after_id:
            return


def split_list(
    session: Session, list_id: str, parts: int, now: datetime, rows_seen: int | None = None
) -> list[ContactList]:
    """Split a list; each part rests on the same lawful grounds."""
    new = list_keeping.split(session, list_id, parts, now, rows_seen)
    grounds.carry_over(session, list_id, [one.id for one in new], now)
    return new


def _until_done(database: Database, some: Callable[[Session], int]) -> int:
    total = 0
    while True:
        with database.transaction() as session:
            count = some(session)
        total += count
        if count < AT_ONCE:
            return total

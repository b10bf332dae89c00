"""One writer at a time, where no row can be locked because the row is what is about to be written."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def be_only_writer(session: Session, number: int) -> None:
    """Wait until no other transaction holds `number`, and hold it until this one ends. Each thing has its own number.

    What is read after it is as the writer before has left it. SQLite has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(number)))

"""One writer at a time, where no row can be locked because the row is what is about to be written."""

from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def be_only_writer(session: Session, of: str) -> None:
    """Wait until no other transaction writes of this, and let none do so until this one ends. `of` is any name for it.

    What is read after it is as the writer before has left it. SQLite has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(sha256(of.encode()).digest()[:8], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))

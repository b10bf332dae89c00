"""Which state of the rules a verdict was made by: kept once, to replay it after the files have changed."""

from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from compliance.jurisdictions import Jurisdiction, find_jurisdiction, read_jurisdiction
from compliance.tables import RuleFile
from foundation.database import after_commit, insert_unless_known

# By engine: a process may look at several databases, as tests do.
_kept: WeakKeyDictionary[Engine, set[str]] = WeakKeyDictionary()


def editions_in_use(country: str) -> dict[str, str]:
    """What a verdict of this process rests on: the digest of the country's file, and the calendars' versions."""
    jurisdiction = find_jurisdiction(country)
    return {"rules_digest": jurisdiction.digest if jurisdiction else "", "calendars": _calendars()}


def keep_in_use(session: Session, country: str, now: datetime) -> None:
    """Keep the country's file as it is now; once per process and database."""
    jurisdiction = find_jurisdiction(country)
    if jurisdiction is None:
        return
    kept = _kept.setdefault(session.get_bind().engine, set())
    if jurisdiction.digest in kept:
        return
    row = {
        "digest": jurisdiction.digest,
        "country": country,
        "content": jurisdiction.content,
        "first_used_at": now,
    }
    insert_unless_known(session, RuleFile, [row], ["digest"])
    after_commit(session, lambda: kept.add(jurisdiction.digest))


def kept_edition(session: Session, digest: str) -> Jurisdiction | None:
    """A jurisdiction as it was when a verdict was made by it; None when it was not kept."""
    row = session.get(RuleFile, digest)
    return read_jurisdiction(row.content, f"{row.country} as of {row.first_used_at.date()}") if row else None


@lru_cache(maxsize=1)
def _calendars() -> str:
    return f"holidays {version('holidays')}, tzdata {version('tzdata')}"

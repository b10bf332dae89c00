"""States what the law wants stated before a test's contacts may be called: a ground, and a listed caller number."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.tables import ContactList
from cli.ground_recording import attest_campaign_recorded, look_recorded
from compliance import directory, grounds
from compliance.directory import Look
from compliance.grounds import LIST, Attestation, Subject
from foundation.runtime import Runtime

WORDS = "The people of this test are made up, and listed without a star."


def no_key() -> bytes:
    """The key of erased numbers, for tests that erase none: asking for it is an error."""
    raise AssertionError("nothing was erased, so no key is needed")


def listed_without_star(now: datetime) -> Attestation:
    """A ground that holds for ninety days."""
    return Attestation("listed_without_star", now, "directory of the tests", WORDS, "A. Tester")


def found_in_directory(now: datetime) -> Look:
    """A look at the directory that found the number."""
    return Look(True, "directory of the tests", "A. Tester", now, listed_as="Muster AG")


def state_grounds(runtime: Runtime, campaign_id: str, caller_number: str) -> None:
    """A ground for each list of a campaign and a look at its caller number, by the same steps as the commands."""
    now = runtime.clock.now()
    attest_campaign_recorded(runtime, campaign_id, listed_without_star(now))
    look_recorded(runtime, caller_number, found_in_directory(now))


def add_grounds(session: Session, campaign_ids: Iterable[str], caller_number: str, now: datetime) -> None:
    """The same inside a transaction, without an audit trail."""
    wanted = select(ContactList.id).where(ContactList.campaign_id.in_(tuple(campaign_ids)))
    for list_id in session.scalars(wanted).all():
        grounds.attest(session, Subject(LIST, list_id), listed_without_star(now), "tests", now)
    directory.record_look(session, caller_number, found_in_directory(now), "tests", now)

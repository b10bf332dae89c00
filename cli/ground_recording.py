"""Attesting grounds and looking numbers up, each with its line in the audit trail; for commands and for rehearsals."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.tables import Campaign, ContactList
from cli.access import ACTOR, act, record
from compliance import directory, grounds
from compliance.directory import Look
from compliance.grounds import LIST, Attestation, Subject
from dialer.tables import PoolNumber
from foundation.errors import Invalid
from foundation.runtime import Runtime


def attest_recorded(runtime: Runtime, subjects: Sequence[Subject], said: Attestation) -> list[str]:
    """Keep a ground for lists or numbers; the ids of what was kept.

    Contacts of these lists that had been put aside for want of a ground come back into line.
    """
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        attested = []
        for subject in subjects:
            attested.append(grounds.attest(session, subject, said, ACTOR, now))
            if subject.kind == LIST:
                contact_queue.bring_back(session, outcome="no_ground", list_id=subject.id, now=now)
                contact_list = session.get(ContactList, subject.id)
                _tell(runtime, session, [contact_list.campaign_id] if contact_list is not None else [])
        for ground in attested:
            record(session, act("ground_attested", ground.id, kind=said.kind, evidence=ground.evidence_hash), now)
        runtime.live.ring_after_commit(session, "tick")
    return [ground.id for ground in attested]


def attest_campaign_recorded(runtime: Runtime, campaign_id: str, said: Attestation) -> list[str]:
    """Keep one ground for each list of a campaign.

    Raises:
        Invalid: the campaign has no list, or the ground lacks something.
    """
    with runtime.database.reading() as session:
        list_ids = session.scalars(select(ContactList.id).where(ContactList.campaign_id == campaign_id)).all()
    if not list_ids:
        raise Invalid("This campaign has no contact list yet. Import one first.")
    return attest_recorded(runtime, [Subject(LIST, list_id) for list_id in list_ids], said)


def look_recorded(runtime: Runtime, phone_number: str, look: Look) -> tuple[str, datetime | None]:
    """Keep what somebody found in the directory about a number that we show; its id, and until when it may be shown."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        check = directory.record_look(session, phone_number, look, ACTOR, now)
        record(session, act("caller_number_checked", check.id, is_listed=look.is_listed), now)
        until = directory.listed_until(session, phone_number, "CH", now)
        pools = select(PoolNumber.campaign_id).where(PoolNumber.number == phone_number)
        showing = select(Campaign.id).where((Campaign.caller_number == phone_number) | Campaign.id.in_(pools))
        _tell(runtime, session, session.scalars(showing).all())
    return check.id, until


def _tell(runtime: Runtime, session: Session, campaign_ids: Sequence[str]) -> None:
    """Let pages that show these campaigns look at their launch check again."""
    for campaign_id in campaign_ids:
        runtime.live.publish_after_commit(session, f"campaign:{campaign_id}")

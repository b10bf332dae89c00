"""A campaign's status and figures."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from campaigns import contact_queue
from campaigns.campaigns import (
    CampaignDraft,
    Figures,
    change_campaign,
    create_campaign,
    figures,
    finish_when_done,
    pause,
    start,
)
from campaigns.tables import CampaignEvent, CampaignStatus
from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from tests.integration.campaigns.campaign_rows import NOW, add_campaign, add_contacts, campaign
from tests.meanwhile import meanwhile

DRAFT = CampaignDraft("Spring", "+41 44 668 18 00")


def history(database: Database, campaign_id: str) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = session.scalars(
            select(CampaignEvent).where(CampaignEvent.campaign_id == campaign_id).order_by(CampaignEvent.id)
        )
        return [(row.from_status, row.to_status, row.actor) for row in rows]


def test_a_new_campaign_is_a_draft_with_a_caller_number_in_one_form(database: Database) -> None:
    with database.transaction() as session:
        made = create_campaign(session, replace(DRAFT, caller_number="044 668 18 00"), NOW)
    kept = campaign(database, made.id)
    assert (kept.status, kept.caller_number, kept.name) == (CampaignStatus.DRAFT, "+41446681800", "Spring")


@pytest.mark.parametrize(
    ("draft", "hint"),
    [
        (replace(DRAFT, name="  "), "name"),
        (replace(DRAFT, name="x" * 201), "name"),
        (replace(DRAFT, caller_number="12"), "caller number"),
        (replace(DRAFT, max_attempts=0), "max_attempts: use a number from 1 to 20"),
        (replace(DRAFT, retry_minutes=0), "retry_minutes"),
        (replace(DRAFT, ring_timeout_seconds=1000), "ring_timeout_seconds"),
        (replace(DRAFT, dial_level=0.5), "dial_level"),
    ],
)
def test_a_draft_that_cannot_be_says_why(sqlite_database: Database, draft: CampaignDraft, hint: str) -> None:
    with pytest.raises(Invalid, match=hint), sqlite_database.transaction() as session:
        create_campaign(session, draft, NOW)


def test_two_campaigns_that_take_a_name_at_the_same_moment_do_not_share_it(postgres_database: Database) -> None:
    database, other = postgres_database, add_campaign(postgres_database, "Autumn")

    def rename() -> None:
        with database.transaction() as session:
            change_campaign(session, other, DRAFT)

    with pytest.raises(Conflict, match="Choose another name"):
        meanwhile(database, lambda session: create_campaign(session, DRAFT, NOW), rename)
    with pytest.raises(Conflict, match="Choose another name"):
        meanwhile(
            database,
            lambda session: change_campaign(session, other, replace(DRAFT, name="Winter")),
            lambda: add_campaign(database, "Winter"),
        )


def test_two_campaigns_cannot_share_a_name(database: Database) -> None:
    add_campaign(database)
    with pytest.raises(Conflict, match="Spring"):
        add_campaign(database, " Spring ")


def test_a_changed_campaign_keeps_its_status_and_may_keep_its_name(database: Database) -> None:
    campaign_id = add_campaign(database)
    add_contacts(database, campaign_id, 1)
    with database.transaction() as session:
        start(session, campaign_id, NOW)
        change_campaign(session, campaign_id, replace(DRAFT, max_attempts=2, scripts={"de": "Guten Tag {{person}}"}))
    kept = campaign(database, campaign_id)
    assert (kept.status, kept.max_attempts) == (CampaignStatus.RUNNING, 2)
    assert kept.scripts == {"de": "Guten Tag {{person}}"}


def test_a_campaign_starts_pauses_and_goes_on_with_its_history(database: Database) -> None:
    campaign_id = add_campaign(database)
    add_contacts(database, campaign_id, 1)
    with database.transaction() as session:
        start(session, campaign_id, NOW, actor="user_1")
        start(session, campaign_id, NOW, actor="user_2")
        pause(session, campaign_id, NOW, actor="user_3")
        pause(session, campaign_id, NOW, actor="user_4")
        start(session, campaign_id, NOW)
    assert history(database, campaign_id) == [
        ("draft", "running", "user_1"),
        ("running", "paused", "user_3"),
        ("paused", "running", ""),
    ]
    assert campaign(database, campaign_id).started_at == NOW


def test_a_campaign_without_contacts_does_not_start(database: Database) -> None:
    campaign_id = add_campaign(database)
    with pytest.raises(Conflict, match="Import a contact list"), database.transaction() as session:
        start(session, campaign_id, NOW)
    assert campaign(database, campaign_id).status == CampaignStatus.DRAFT


def test_a_draft_is_not_paused_and_an_unknown_campaign_not_found(database: Database) -> None:
    campaign_id = add_campaign(database)
    with database.transaction() as session:
        assert pause(session, campaign_id, NOW).status == CampaignStatus.DRAFT
    with pytest.raises(NotFound), database.transaction() as session:
        pause(session, "campaign_none", NOW)


def test_a_campaign_finishes_with_its_last_contact_and_not_before(database: Database) -> None:
    campaign_id = add_campaign(database)
    one, other = add_contacts(database, campaign_id, 2)
    with database.transaction() as session:
        start(session, campaign_id, NOW)
        contact_queue.reserve_next(session, campaign_id, "de", 1, NOW)
    steps = []
    for step in ("waits and is reserved", "is fenced", "is done"):
        with database.transaction() as session:
            steps.append((step, finish_when_done(session, campaign_id, NOW)))
            if step == "waits and is reserved":
                contact_queue.finish(session, other, outcome="do_not_call", now=NOW, attempted=False)
                contact_queue.fence(session, one, why="outcome_unknown", now=NOW, call_id="")
            else:
                contact_queue.finish(session, one, outcome="busy", now=NOW, attempted=True)
    assert steps == [("waits and is reserved", False), ("is fenced", False), ("is done", True)]
    assert campaign(database, campaign_id).finished_at == NOW
    with database.transaction() as session:
        assert not finish_when_done(session, campaign_id, NOW)


def test_a_finished_campaign_starts_again_with_new_contacts(database: Database) -> None:
    campaign_id = add_campaign(database)
    (one,) = add_contacts(database, campaign_id, 1)
    with database.transaction() as session:
        start(session, campaign_id, NOW)
        contact_queue.finish(session, one, outcome="busy", now=NOW, attempted=False)
        assert finish_when_done(session, campaign_id, NOW)
    add_contacts(database, campaign_id, 1)
    with database.transaction() as session:
        assert start(session, campaign_id, NOW).status == CampaignStatus.RUNNING
    assert campaign(database, campaign_id).finished_at is None


def test_figures_add_up_to_all_contacts(database: Database) -> None:
    campaign_id = add_campaign(database)
    ids = add_contacts(database, campaign_id, 7)
    with database.transaction() as session:
        contact_queue.reserve_next(session, campaign_id, "de", 5, NOW)
        contact_queue.fence(session, ids[0], why="outcome_unknown", now=NOW, call_id="")
        for contact_id, outcome in ((ids[1], "qualified"), (ids[2], "busy"), (ids[3], "busy")):
            contact_queue.finish(session, contact_id, outcome=outcome, now=NOW, attempted=True)
    with database.reading() as session:
        found = figures(session, campaign_id)
    assert found == Figures(waiting=2, reserved=1, fenced=1, done={"busy": 2, "qualified": 1})
    assert found.total == 7

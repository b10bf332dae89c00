"""Fills databases with what a benchmark starts from: a running campaign, its waiting contacts, parked agents.

Large lists are made by the database itself, in one statement.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.line_order import LineOrder, order_key
from campaigns.tables import Campaign, CampaignStatus, ContactList
from compliance import directory, grounds
from compliance.directory import Look
from compliance.grounds import LIST, Attestation, Subject
from dialer import calls
from dialer.agent_states import AgentStatus
from dialer.call_states import CallStatus
from dialer.tables import Agent, AgentLanguage, Call
from foundation.database import Database
from foundation.utc_datetime import UtcDateTime

CAMPAIGN_ID = "campaign_bench"
LANGUAGES = ("de", "fr", "it")
_LIST_ID = "list_bench"
_CALLER = "+41445550100"

_CONTACT_COLUMNS = """
    INSERT INTO contacts (id, campaign_id, list_id, row_number, phone_number, extension, number_country, number_kind,
        repaired, company, person, email, language, postcode, place, canton, time_zone, uid, existing_partner,
        existing_partners, language_basis, phone_label, external_id, notes, fields,
        status, outcome, not_before, attempts_made, callback_agent_id, status_since, order_key, hopper_key)
"""
_SQLITE_CONTACTS = text(
    """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
    """
    + _CONTACT_COLUMNS
    + """
    SELECT printf('contact_%010d', n), :campaign_id, :list_id, n, printf('+4144%07d', n), '', 'CH', 'fixed_line',
        0, 'Muster ' || n || ' AG', '', '', CASE n % 3 WHEN 0 THEN 'de' WHEN 1 THEN 'fr' ELSE 'it' END,
        '8001', 'Zürich', 'ZH', 'Europe/Zurich', '', '', '[]', 'canton', '', '', '', '{}', 'waiting', '',
        :moment, 0, '', :moment, :order_key, :order_key
    FROM numbers
    """
)
_POSTGRES_CONTACTS = text(
    _CONTACT_COLUMNS
    + """
    SELECT 'contact_' || lpad(n::text, 10, '0'), :campaign_id, :list_id, n, '+4144' || lpad(n::text, 7, '0'), '', 'CH',
        'fixed_line', FALSE, 'Muster ' || n || ' AG', '', '',
        CASE n % 3 WHEN 0 THEN 'de' WHEN 1 THEN 'fr' ELSE 'it' END,
        '8001', 'Zürich', 'ZH', 'Europe/Zurich', '', '', '[]', 'canton', '', '', '', '{}', 'waiting', '',
        :moment, 0, '', :moment, :order_key, :order_key
    FROM generate_series(1, :count) AS n
    """
)


def add_campaign(session: Session, now: datetime) -> None:
    """A running campaign with an empty list."""
    session.add(
        Campaign(
            id=CAMPAIGN_ID,
            name="Benchmark",
            status=CampaignStatus.RUNNING,
            caller_number=_CALLER,
            announced_as="Muster AG",
            created_at=now,
            started_at=now,
        )
    )
    session.flush()
    session.add(
        ContactList(
            id=_LIST_ID,
            campaign_id=CAMPAIGN_ID,
            file_name="benchmark.csv",
            content_hash="-",
            encoding="utf-8",
            delimiter=";",
            imported_at=now,
        )
    )
    session.flush()
    _state_grounds(session, now)


def _state_grounds(session: Session, now: datetime) -> None:
    said = Attestation("listed_without_star", now, "made up", "Nobody of this benchmark exists.", "benchmark")
    grounds.attest(session, Subject(LIST, _LIST_ID), said, "benchmark", now)
    directory.record_look(session, _CALLER, Look(True, "made up", "benchmark", now, "Muster AG"), "benchmark", now)


def add_contacts(database: Database, count: int, now: datetime) -> None:
    """So many contacts, all waiting and due. The database's own statistics are brought up to date afterwards."""
    statement = _SQLITE_CONTACTS if database.is_sqlite else _POSTGRES_CONTACTS
    facts = {"count": count, "campaign_id": CAMPAIGN_ID, "list_id": _LIST_ID, "moment": now - timedelta(hours=1)}
    facts["order_key"] = order_key(LineOrder(), 0, {}, now - timedelta(hours=1))
    with database.transaction() as session:
        session.execute(statement.bindparams(bindparam("moment", type_=UtcDateTime())), facts)
    with database.transaction() as session:
        session.execute(text("ANALYZE"))


def settle(database: Database) -> None:
    """As on the morning after: what filling the tables left behind is swept up and on disk, and statistics are new.

    Otherwise the server does it by itself while something is measured, for a minute and more.
    """
    with database.engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in ("ANALYZE",) if database.is_sqlite else ("VACUUM (ANALYZE)", "CHECKPOINT"):
            alone.exec_driver_sql(statement)


def add_parked_agents(session: Session, count: int, now: datetime) -> None:
    """So many ready agents, each with a parked leg; two of three speak one language, the rest two."""
    for number in range(count):
        agent_id, leg_id = f"agent_{number:05}", f"call_leg_{number:05}"
        moment = now - timedelta(seconds=count - number)
        session.add(
            Agent(
                id=agent_id,
                name=f"Agent {number}",
                endpoint=f"client:agent{number}",
                status=AgentStatus.READY,
                status_since=moment,
                ready_since=moment,
                wants="ready",
                leg_call_id=leg_id,
                created_at=moment,
            )
        )
        session.flush()
        spoken = {LANGUAGES[number % 3], LANGUAGES[(number + number // 3) % 3]}
        session.add_all(AgentLanguage(agent_id=agent_id, language=language) for language in sorted(spoken))
        session.add(
            Call(
                id=leg_id,
                kind="agent",
                agent_id=agent_id,
                to_number=f"client:agent{number}",
                from_number=_CALLER,
                status=CallStatus.BRIDGED,
                status_since=moment,
                queued_at=moment,
                carrier_sid=f"CA{number:032x}",
            )
        )
    session.flush()


def add_silent_calls(session: Session, call_ids: Sequence[str], now: datetime) -> None:
    """Calls that were placed long ago and of which nothing was heard since: no decision counts them, and each may begin
    to ring. Languages take turns.
    """
    moment = now - timedelta(minutes=10)
    for number, call_id in enumerate(call_ids):
        [contact] = contact_queue.reserve_next(session, CAMPAIGN_ID, LANGUAGES[number % len(LANGUAGES)], 1, now)
        call = Call(
            id=call_id,
            kind="contact",
            campaign_id=CAMPAIGN_ID,
            contact_id=contact.id,
            attempt_number=1,
            language=contact.language,
            to_number=contact.phone_number,
            from_number=_CALLER,
            status=CallStatus.UNKNOWN,
            status_since=moment,
            queued_at=moment,
            placing_at=moment,
        )
        calls.queue_call(session, call)

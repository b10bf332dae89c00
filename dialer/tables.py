"""Rows of the dialer: calls, what happened to them, agents, the callbacks' inbox, leases and the pace of placing."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from dialer.agent_states import AgentStatus
from dialer.call_states import CallStatus
from foundation.database import Table


class Agent(Table):
    """Someone who talks to contacts. `status` is written by `dialer.agents` alone."""

    __tablename__ = "agents"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    endpoint: Mapped[str] = mapped_column(String(200))  # client:name, sip:user@host or E.164
    campaign_id: Mapped[str] = mapped_column(String(40), default="")  # empty: works on every running campaign
    status: Mapped[str] = mapped_column(String(20), default=AgentStatus.OFFLINE)
    pause_reason: Mapped[str] = mapped_column(String(40), default="")
    status_since: Mapped[datetime]
    ready_since: Mapped[datetime | None]  # longest waiting first
    wants: Mapped[str] = mapped_column(String(20), default="")  # ready, paused or offline: what comes after this call
    wants_reason: Mapped[str] = mapped_column(String(40), default="")
    current_call_id: Mapped[str] = mapped_column(String(40), default="")
    signal: Mapped[str] = mapped_column(
        String(20), default="", server_default=""
    )  # what the desk last told of this step of work
    signal_at: Mapped[datetime | None]
    leg_call_id: Mapped[str] = mapped_column(String(40), default="")  # the call that parks the agent, if any
    leg_failures: Mapped[int] = mapped_column(default=0)
    wrap_up_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_agents_ready", "status", "ready_since"),)


class AgentLanguage(Table):
    """A language that an agent speaks."""

    __tablename__ = "agent_languages"

    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)


class AgentEvent(Table):
    """History of an agent's states, one row per change."""

    __tablename__ = "agent_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    at: Mapped[datetime]
    from_status: Mapped[str] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(String(60))
    call_id: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = (Index("ix_agent_events_agent_id_at", "agent_id", "at"),)


class Call(Table):
    """One call that we asked, or will ask, the carrier for. `status` is written by `dialer.calls` alone.

    A contact call dials a contact (`contact_id`, `campaign_id`, `attempt_number`); an agent leg dials an agent's phone
    and parks it (`agent_id` only); a partner call asks a partner to take a customer who is on the line (none of these:
    it counts for no campaign). One row is one attempt, and one attempt is at most one call at the carrier.
    """

    __tablename__ = "calls"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # contact, agent, partner, orphan
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("campaigns.id"))
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contacts.id"))
    attempt_number: Mapped[int | None]
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))
    # Who has promised this call back and takes it if they can; empty: anyone.
    for_agent_id: Mapped[str] = mapped_column(String(40), default="", server_default="")
    # That agent is kept for this call alone: a contact who was shown to them, or whose last call was abandoned.
    keeps_agent: Mapped[bool] = mapped_column(default=False, server_default=false())
    language: Mapped[str] = mapped_column(String(2), default="")
    to_number: Mapped[str] = mapped_column(String(200))
    from_number: Mapped[str] = mapped_column(String(20))
    ring_timeout_seconds: Mapped[int] = mapped_column(default=25)
    detect_machines: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(30), default=CallStatus.QUEUED)
    status_since: Mapped[datetime]
    carrier_sid: Mapped[str | None] = mapped_column(String(40), unique=True)
    queued_at: Mapped[datetime]
    placing_at: Mapped[datetime | None]
    placed_at: Mapped[datetime | None]
    ringing_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    bridged_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]  # when the pacing asked the carrier to let it ring no longer
    next_check_at: Mapped[datetime | None]  # when the sweep looks at it again
    checks_made: Mapped[int] = mapped_column(default=0)
    end_reason: Mapped[str] = mapped_column(String(60), default="")
    carrier_code: Mapped[int | None]
    sip_code: Mapped[int | None]
    answered_by: Mapped[str] = mapped_column(String(20), default="")  # human, machine, fax, unknown; empty: not known
    duration_seconds: Mapped[int | None]
    gate_verdict: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the gate saw and said, for replay
    disposition: Mapped[str] = mapped_column(String(40), default="")
    disposition_at: Mapped[datetime | None]
    notes: Mapped[str] = mapped_column(String(4000), default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lead_id: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = (
        UniqueConstraint("contact_id", "attempt_number"),
        Index("ix_calls_status_status_since", "status", "status_since"),
        # Talks of which nobody has said yet what came of them: few, whatever the number of calls.
        Index(
            "ix_calls_undisposed",
            "ended_at",
            sqlite_where=text("disposition = '' AND status = 'completed'"),
            postgresql_where=text("disposition = '' AND status = 'completed'"),
        ),
        Index("ix_calls_campaign_id_status", "campaign_id", "status"),
        Index("ix_calls_to_number_queued_at", "to_number", "queued_at"),
        Index("ix_calls_agent_id_queued_at", "agent_id", "queued_at"),
        Index("ix_calls_from_number_queued_at", "from_number", "queued_at"),
        # Few calls are answered: counting the abandoned ones among them reads no others.
        Index(
            "ix_calls_answered",
            "campaign_id",
            "answered_at",
            sqlite_where=text("answered_at IS NOT NULL"),
            postgresql_where=text("answered_at IS NOT NULL"),
        ),
        Index("ix_calls_campaign_id_ended_at", "campaign_id", "ended_at"),
    )


class ContactPreview(Table):
    """A contact that an agent looks at before it is dialed; open while `ended_at` is empty.

    `dialer.previews` alone writes it. The contact is out of the line meanwhile.
    """

    __tablename__ = "contact_previews"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"))
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    language: Mapped[str] = mapped_column(String(2))
    shown_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str] = mapped_column(String(20), default="")  # dialed, skipped, lapsed, refused, withdrawn
    reason: Mapped[str] = mapped_column(String(60), default="")
    call_id: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = (
        # Nobody looks at two contacts, and no contact is looked at twice at once, whatever crashes or races.
        Index(
            "ix_contact_previews_open_contact",
            "contact_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_contact_previews_open_agent",
            "agent_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_contact_previews_agent_id_shown_at", "agent_id", "shown_at"),
    )


class PacingState(Table):
    """What the pacing of a campaign has learned and where it stands, so that any ticker can go on. One row each."""

    __tablename__ = "pacing_states"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    habits: Mapped[dict[str, Any]] = mapped_column(default=dict)  # as `dialer.pacing.habits` writes them
    nerve: Mapped[float] = mapped_column(default=0.0)
    lines_until: Mapped[datetime]  # calls that ended or were answered up to then are learned
    steps_until: Mapped[int] = mapped_column(default=0)  # so are the events of agents up to this id
    brake: Mapped[str] = mapped_column(String(20), default="off")
    brake_reasons: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")  # as `dialer.reasons` does
    brake_why: Mapped[str] = mapped_column(String(300), default="")  # English, of a brake set before there were codes
    brake_since: Mapped[datetime | None]
    is_trusted: Mapped[bool] = mapped_column(default=False)  # whether enough was seen to pace by it
    waiting: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # contacts by language
    waiting_counted_at: Mapped[datetime | None]


class PacingEvent(Table):
    """History of a campaign's brake, one row per change."""

    __tablename__ = "pacing_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"))
    at: Mapped[datetime]
    from_brake: Mapped[str] = mapped_column(String(20))
    to_brake: Mapped[str] = mapped_column(String(20))
    reasons: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")  # as `dialer.reasons` does
    why: Mapped[str] = mapped_column(String(300), default="")  # English, of events from before there were codes

    __table_args__ = (Index("ix_pacing_events_campaign_id_at", "campaign_id", "at"),)


class AbandonmentDay(Table):
    """What was answered and abandoned on a local day that is over, by language. Written once, by `abandonment`."""

    __tablename__ = "abandonment_days"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    answered: Mapped[int]
    people: Mapped[int]
    connected: Mapped[int]
    abandoned: Mapped[int]
    screened: Mapped[int] = mapped_column(default=0, server_default="0")  # people whom a machine detector listened to


class CampaignForecast(Table):
    """The last forecast of a campaign: what was asked, and what each mode would come to. Written by `forecasts`."""

    __tablename__ = "campaign_forecasts"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]  # None: it is being made
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    outlooks: Mapped[list[Any]] = mapped_column(default=list)


class PoolNumber(Table):
    """A number that a campaign may show, to contacts of one language or (empty) of all. Caps count local days."""

    __tablename__ = "pool_numbers"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)  # E.164
    language: Mapped[str] = mapped_column(String(2), default="")
    daily_cap: Mapped[int] = mapped_column(default=0)  # 0: none
    # How often it rang and was answered: in the last day, and in the week before it. The sweep counts them anew.
    lately_shown: Mapped[int] = mapped_column(default=0)
    lately_answered: Mapped[int] = mapped_column(default=0)
    before_shown: Mapped[int] = mapped_column(default=0)
    before_answered: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class CallEvent(Table):
    """History of a call: each report that was applied, or that changed nothing, once. `key` names the report."""

    __tablename__ = "call_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id"))
    key: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]  # when it was applied here
    reported_at: Mapped[datetime | None]  # what the carrier's clock said
    what: Mapped[str] = mapped_column(String(30))
    from_status: Mapped[str] = mapped_column(String(30))
    to_status: Mapped[str] = mapped_column(String(30))

    __table_args__ = (UniqueConstraint("call_id", "key"),)


class InboxEntry(Table):
    """A signed callback as it came in, kept before it is answered. The key makes a repeat land on the same row."""

    __tablename__ = "callback_inbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    call_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        Index(
            "ix_callback_inbox_unapplied",
            "id",
            sqlite_where=text("applied_at IS NULL"),
            postgresql_where=text("applied_at IS NULL"),
        ),
    )


class DialLease(Table):
    """Which ticker acts for a campaign. The token grows with each change of hands and fences out the one before."""

    __tablename__ = "dial_leases"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    holder: Mapped[str] = mapped_column(String(60))
    token: Mapped[int]
    expires_at: Mapped[datetime]


class CarrierPace(Table):
    """When the carrier account may be asked for its next call: calls per second across all processes."""

    __tablename__ = "carrier_pace"

    account: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_slot_at: Mapped[datetime]

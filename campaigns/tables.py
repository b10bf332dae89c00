"""Rows of campaigns: the campaign, uploads, its lists, refused rows, contacts with their numbers, and their history."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class CampaignStatus(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"


class ContactStatus(StrEnum):
    """Where a contact stands in line."""

    WAITING = "waiting"  # may be dialed once `not_before` has come
    RESERVED = "reserved"  # a call for it exists and has not ended
    FENCED = "fenced"  # a call's outcome is unknown: nobody dials it until that is settled
    DONE = "done"  # for good; `outcome` says why


class Campaign(Table):
    """One campaign. Scripts are text by language with `{{field}}` for merge fields."""

    __tablename__ = "campaigns"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    status: Mapped[str] = mapped_column(String(20), default=CampaignStatus.DRAFT)
    country: Mapped[str] = mapped_column(String(2), default="CH")  # how numbers without a country are read
    caller_number: Mapped[str] = mapped_column(String(20))
    announced_as: Mapped[str] = mapped_column(String(200), default="")  # who calls, as the abandoned-call message says
    paused_reason: Mapped[str] = mapped_column(String(200), default="")  # a code; English words in old rows
    paused_facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # figures of that code
    pacing_mode: Mapped[str] = mapped_column(String(20), default="progressive")
    dial_level: Mapped[float] = mapped_column(default=1.0)
    most_abandoned_percent: Mapped[float | None]  # of those who answer; None: what the callees' country allows
    max_attempts: Mapped[int] = mapped_column(default=4)
    retry_minutes: Mapped[int] = mapped_column(default=1440)
    ring_timeout_seconds: Mapped[int] = mapped_column(default=25)
    wrap_up_seconds: Mapped[int] = mapped_column(default=60)
    detect_machines: Mapped[bool] = mapped_column(default=False)
    preview_seconds: Mapped[int] = mapped_column(default=60, server_default="60")  # how long an agent may look
    preview_dials_when_over: Mapped[bool] = mapped_column(default=False, server_default=false())
    allows_live_transfer: Mapped[bool] = mapped_column(default=False, server_default=false())  # to a partner, by agents
    max_attempts_per_number: Mapped[int] = mapped_column(default=20, server_default="20")
    retry_rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # by ending or disposition
    callback_patience_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    line_order: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    list_mix: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # list id to per cent
    uses_answer_times: Mapped[bool] = mapped_column(default=True, server_default=true())
    answer_times: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # learned scores
    scripts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class CampaignEvent(Table):
    """History of a campaign's status, one row per change."""

    __tablename__ = "campaign_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    at: Mapped[datetime]
    from_status: Mapped[str] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(60), default="")


class UploadStatus(StrEnum):
    """Where an uploaded file stands."""

    RECEIVED = "received"  # its columns are shown; nobody has said yet what they hold
    READING = "reading"  # each row is being read
    READ = "read"  # what would become of each row is shown
    COMMITTING = "committing"  # decided: from here on it gets in whole, whatever dies
    COMMITTED = "committed"
    FAILED = "failed"  # it is no list; `problem` says why
    CANCELED = "canceled"


class Upload(Table):
    """One file on its way into a campaign. The file and its rows lie in the data folder until it is settled."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    list_id: Mapped[str] = mapped_column(String(40), default="")  # the list that it becomes
    file_name: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(100), default="")  # where such lists come from, for the next one
    actor: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[str] = mapped_column(String(20), default=UploadStatus.RECEIVED)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what became, or would become, of its rows
    problem: Mapped[str] = mapped_column(String(500), default="")
    bytes_total: Mapped[int] = mapped_column(BigInteger, default=0)
    bytes_read: Mapped[int] = mapped_column(BigInteger, default=0)
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_written: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    alive_at: Mapped[datetime]  # when whoever works on it was last seen

    __table_args__ = (Index("ix_uploads_status", "status", "alive_at"),)


class SavedMapping(Table):
    """What the columns of a source's lists hold, as somebody confirmed it; offered for the next list of this form."""

    __tablename__ = "saved_mappings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(100))
    columns_key: Mapped[str] = mapped_column(String(64))  # of the names of the columns, in their order
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    saved_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("source", "columns_key"), Index("ix_saved_mappings_columns", "columns_key"))


class ContactList(Table):
    """One file that was taken in. Created, updated, unchanged and refused rows add up to `total_rows`, always."""

    __tablename__ = "contact_lists"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(100), default="", server_default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    encoding: Mapped[str] = mapped_column(String(20))
    delimiter: Mapped[str] = mapped_column(String(4))
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    total_rows: Mapped[int] = mapped_column(default=0)
    created_rows: Mapped[int] = mapped_column(default=0)
    updated_rows: Mapped[int] = mapped_column(default=0, server_default="0")
    unchanged_rows: Mapped[int] = mapped_column(default=0, server_default="0")
    repaired_rows: Mapped[int] = mapped_column(default=0)
    refused_rows: Mapped[int] = mapped_column(default=0)
    # New here, taken in or refused, while another campaign has them.
    in_book_rows: Mapped[int] = mapped_column(default=0, server_default="0")
    imported_at: Mapped[datetime]
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    mix_position: Mapped[float] = mapped_column(default=0.0, server_default="0")  # how far it has come in the mix
    archived_at: Mapped[datetime | None]  # out of line, kept for its history
    split_from: Mapped[str] = mapped_column(String(40), default="", server_default="")

    __table_args__ = (
        Index("ix_contact_lists_content", "campaign_id", "content_hash"),
        Index("uq_contact_lists_campaign", "id", "campaign_id", unique=True),  # what contacts refer to
    )


class RefusedRow(Table):
    """One row of a file that did not become a contact: where, what was expected, what was found, how to mend it."""

    __tablename__ = "refused_rows"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    list_id: Mapped[str] = mapped_column(ForeignKey("contact_lists.id"), index=True)
    row_number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(40), index=True)
    column_name: Mapped[str] = mapped_column(String(200), default="")
    found: Mapped[str] = mapped_column(String(500), default="")
    cells: Mapped[list[str]] = mapped_column(default=list)


# In the form in which queries must say it too: planners use an index of some rows for nothing less.
IN_HOPPER = "hopper_key IS NOT NULL"
RESTING = "status = 'waiting' AND hopper_key IS NULL AND promised_at IS NULL"
# How large a company is, as `times_of_day.segment_of` says it.
_SIZE = (
    "CASE WHEN employees IS NULL THEN 'unknown' WHEN employees < 10 THEN 'small' "
    "WHEN employees < 50 THEN 'medium' ELSE 'large' END"
)
# Compared letter by letter, whatever the server's language is.
_OrderKey = String(120).with_variant(String(120, collation="C"), "postgresql")


def _index_while(name: str, condition: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


class Contact(Table):
    """One company in line. Where it stands and why is written by `contact_queue` alone."""

    __tablename__ = "contacts"
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 - as SQLAlchemy declares it

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    campaign_id: Mapped[str] = mapped_column(String(40))  # its list's
    list_id: Mapped[str] = mapped_column(String(40))
    row_number: Mapped[int]
    phone_number: Mapped[str] = mapped_column(String(20))  # E.164
    extension: Mapped[str] = mapped_column(String(20), default="")
    number_country: Mapped[str] = mapped_column(String(2))
    number_kind: Mapped[str] = mapped_column(String(30), default="")
    phone_label: Mapped[str] = mapped_column(String(60), default="", server_default="")  # what the list calls it
    repaired: Mapped[bool] = mapped_column(default=False)
    external_id: Mapped[str] = mapped_column(String(100), default="", server_default="")  # the source's own number
    company: Mapped[str] = mapped_column(String(300), default="")
    person: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(2))  # de, fr, it, en: the language the agent must speak
    # What the language rests on: column, postcode, canton or country; open where the canton speaks several.
    language_basis: Mapped[str] = mapped_column(String(10), default="", server_default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    canton: Mapped[str] = mapped_column(String(10), default="")  # empty: unknown
    time_zone: Mapped[str] = mapped_column(String(50), default="Europe/Zurich")
    employees: Mapped[int | None]
    company_size: Mapped[str | None] = mapped_column(String(10), Computed(_SIZE, persisted=True), deferred=True)
    uid: Mapped[str] = mapped_column(String(20), default="")  # Swiss company number, CHE-123.456.789
    existing_partner: Mapped[str] = mapped_column(String(300), default="")  # the first one
    # All of them, each with what says so: [{"name": "Muster AG", "evidence": "contract 4711"}].
    existing_partners: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    notes: Mapped[str] = mapped_column(Text, default="", server_default="")
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)  # further columns, for scripts

    status: Mapped[str] = mapped_column(String(20), default=ContactStatus.WAITING)
    outcome: Mapped[str] = mapped_column(String(40), default="")  # why it is done
    waits_for: Mapped[str] = mapped_column(String(60), default="", server_default="")  # why it waits; empty: it is new
    order_key: Mapped[str] = mapped_column(_OrderKey, default="", server_default="")  # its place among the due
    # Its place in line, while it is known to be due; None while it rests until `not_before`, or is out of line.
    hopper_key: Mapped[str | None] = mapped_column(_OrderKey)
    not_before: Mapped[datetime]
    attempts_made: Mapped[int] = mapped_column(default=0)
    counts_from: Mapped[datetime | None]  # attempts before this moment do not count any more
    last_attempt_at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]  # a callback that was promised for this moment goes before the line
    callback_agent_id: Mapped[str] = mapped_column(String(40), default="")  # who promised it; empty: anyone
    status_since: Mapped[datetime]

    __table_args__ = (
        # One look at the list for both: a server takes as long for each as for three indexes.
        ForeignKeyConstraint(["list_id", "campaign_id"], ["contact_lists.id", "contact_lists.campaign_id"]),
        # The number first, so that it serves those who look for a number in all campaigns, too.
        UniqueConstraint("phone_number", "extension", "campaign_id", name="uq_contacts_number"),
        # Who is due, in the order of the line: over all lists, and for each list by itself where lists are mixed.
        _index_while("ix_contacts_hopper", IN_HOPPER, "campaign_id", "language", "hopper_key", "id"),
        _index_while("ix_contacts_hopper_list", IN_HOPPER, "campaign_id", "list_id", "language", "hopper_key", "id"),
        # The same by how large the company is, for hours at which people of one size answer more than others.
        _index_while(
            "ix_contacts_hopper_size", IN_HOPPER, "campaign_id", "language", "company_size", "hopper_key", "id"
        ),
        _index_while(
            "ix_contacts_hopper_list_size",
            IN_HOPPER,
            *("campaign_id", "list_id", "language", "company_size", "hopper_key", "id"),
        ),
        # Who waits for a moment to come, or has not been seen to be due yet.
        _index_while("ix_contacts_resting", RESTING, "campaign_id", "language", "not_before", "id"),
        Index(
            "ix_contacts_promised",
            "campaign_id",
            "promised_at",
            "id",
            sqlite_where=text("promised_at IS NOT NULL"),
            postgresql_where=text("promised_at IS NOT NULL"),
        ),
        # Out of line for the moment: few, however many wait. The sweep reads it.
        Index(
            "ix_contacts_held",
            "status_since",
            sqlite_where=text("status IN ('reserved', 'fenced')"),
            postgresql_where=text("status IN ('reserved', 'fenced')"),
        ),
        Index("ix_contacts_outcome", "campaign_id", "status", "outcome", "waits_for"),
        # A company that is in the campaign, or in another one, already.
        Index(
            "ix_contacts_uid",
            "uid",
            "campaign_id",
            sqlite_where=text("uid <> ''"),
            postgresql_where=text("uid <> ''"),
        ),
        # A list's contacts, and which countries' numbers they have: a look for each, however many they are.
        Index("ix_contacts_list_country", "list_id", "number_country"),
    )


class ContactPhone(Table):
    """A further number of a contact. The first is in the contact's own row, so `position` begins with 2, up to 5."""

    __tablename__ = "contact_phones"

    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"))
    phone_number: Mapped[str] = mapped_column(String(20), index=True)  # E.164
    extension: Mapped[str] = mapped_column(String(20), default="")
    number_country: Mapped[str] = mapped_column(String(2))
    number_kind: Mapped[str] = mapped_column(String(30), default="")
    phone_label: Mapped[str] = mapped_column(String(60), default="")
    repaired: Mapped[bool] = mapped_column(default=False)

    # Within a campaign a number belongs to one contact.
    __table_args__ = (UniqueConstraint("campaign_id", "phone_number", "extension"),)


class Callback(Table):
    """A call promised to a contact for a moment. The open one of a contact is `promised_at` in its own row, too.

    A call promises at most one, and a contact has at most one that is open, whatever crashes.
    """

    __tablename__ = "callbacks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), index=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"))
    call_id: Mapped[str | None] = mapped_column(String(40), unique=True)  # the call in which it was promised
    agent_id: Mapped[str] = mapped_column(String(40), default="")  # whose it is; empty: anyone's
    at: Mapped[datetime]
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_why: Mapped[str] = mapped_column(String(60), default="")
    closed_by_call_id: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = (
        Index(
            "uq_callbacks_open",
            "contact_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_callbacks_of_agent",
            "agent_id",
            "at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class ContactEvent(Table):
    """History of a contact's place in line, one row per change."""

    __tablename__ = "contact_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), index=True)
    at: Mapped[datetime]
    from_status: Mapped[str] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(String(60))
    call_id: Mapped[str] = mapped_column(String(40), default="")

"""Rows of compliance: who must not be called, why somebody may be, and what was checked before calling."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Table


class DoNotCall(Table):
    """One block. An empty `campaign_id` blocks everywhere. A later disposition never lifts a block.

    `value` is a number in E.164, a prefix of one, a company number or a company's plain name, as `kind` says; of an
    erased number it is a keyed hash, which still matches and no longer tells.
    """

    __tablename__ = "do_not_call"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default="number")  # number, prefix, uid, company
    value: Mapped[str] = mapped_column(String(300))
    campaign_id: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(40))  # disposition, ivr, import, api, page, cli
    note: Mapped[str] = mapped_column(String(500), default="")
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(40), default="")
    expires_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("kind", "value", "campaign_id"),)


class SuppressionKey(Table):
    """Marks of the secrets with which numbers were erased: whoever has another secret would not find them again."""

    __tablename__ = "suppression_keys"

    mark: Mapped[str] = mapped_column(String(16), primary_key=True)
    first_used_at: Mapped[datetime]


class RegisterEdition(Table):
    """A copy of an official do-not-call register, or changes to it, as it was read in. The newest one counts."""

    __tablename__ = "register_editions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    register: Mapped[str] = mapped_column(String(20))
    as_of: Mapped[datetime]  # the copy's own date
    file_name: Mapped[str] = mapped_column(String(300), default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    numbers: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    is_complete: Mapped[bool] = mapped_column(default=True)  # or a list of changes
    imported_at: Mapped[datetime]
    imported_by: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = (Index("ix_register_editions_register", "register", "as_of"),)


class RegisterNumber(Table):
    """A number in an official register: the digits of its E.164 form. Replaced with each complete edition."""

    __tablename__ = "register_numbers"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    register: Mapped[str] = mapped_column(String(20), primary_key=True)
    edition_id: Mapped[str] = mapped_column(String(40))


class EvidenceFile(Table):
    """A proof as it was handed in, by the hash of its content. Never changed."""

    __tablename__ = "evidence_files"

    content_hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256
    name: Mapped[str] = mapped_column(String(300))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(40), default="")


class LawfulGround(Table):
    """Why somebody may be called, as a person attested it: for all rows of a list, or for one number.

    Written by `grounds` alone, and once; only a revocation is added later.
    """

    __tablename__ = "lawful_grounds"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(10))  # list, number
    subject: Mapped[str] = mapped_column(String(40))  # the list's id, or the number in E.164
    kind: Mapped[str] = mapped_column(String(30))  # listed_without_star, business_relationship, consent, …
    party: Mapped[str] = mapped_column(String(10), default="")  # consumers, businesses; empty: not said
    as_of: Mapped[datetime]  # when the directory was looked at, contact was last had, or consent given
    source: Mapped[str] = mapped_column(String(300))  # which directory, what relationship, by which channel
    words: Mapped[str] = mapped_column(Text, default="")  # what was consented to, or what proves it
    stated_by: Mapped[str] = mapped_column(String(200), default="")  # who looked it up or took the consent
    evidence_hash: Mapped[str] = mapped_column(String(64), default="")
    expires_at: Mapped[datetime | None]
    extension_reason: Mapped[str] = mapped_column(String(500), default="")  # why it lasts longer than is usual
    attested_at: Mapped[datetime]
    attested_by: Mapped[str] = mapped_column(String(40))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(String(40), default="")
    revoked_reason: Mapped[str] = mapped_column(String(500), default="")

    __table_args__ = (Index("ix_lawful_grounds_subject", "subject_kind", "subject"),)


class GroundUse(Table):
    """One call that rested on a ground. Each row's hash covers the row before it, so later edits show."""

    __tablename__ = "ground_uses"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    call_id: Mapped[str] = mapped_column(String(40), unique=True)
    campaign_id: Mapped[str] = mapped_column(String(40), default="")
    ground_id: Mapped[str] = mapped_column(String(40), index=True)
    ground_hash: Mapped[str] = mapped_column(String(64))  # of what the ground said then
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class DirectoryCheck(Table):
    """Somebody looked whether a number that we show stands in the public directory. The newest look counts."""

    __tablename__ = "directory_checks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    phone_number: Mapped[str] = mapped_column(String(20))  # E.164
    is_listed: Mapped[bool]
    listed_as: Mapped[str] = mapped_column(String(200), default="")
    directory: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500), default="")
    checked_at: Mapped[datetime]
    checked_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = (Index("ix_directory_checks_phone_number", "phone_number", "checked_at"),)


class RuleFile(Table):
    """A jurisdiction's file as it was when a call was decided by it, so that old verdicts can be replayed."""

    __tablename__ = "rule_files"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    content: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime]

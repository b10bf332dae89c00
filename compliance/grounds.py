"""Why somebody may be called: attest a ground for a list or a number, revoke it, read what holds. The one door to them.

What a ground is worth where, and for how long, is `rules`; each use of one is kept in `ground_uses`.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import Session

from compliance.gate_facts import HeldGround
from compliance.rule_rows import GROUND_KINDS
from compliance.tables import EvidenceFile, LawfulGround
from foundation.database import insert_unless_known
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.many_values import TextArray, is_one_of
from foundation.utc_datetime import UtcDateTime

LARGEST_EVIDENCE = 10 * 1024 * 1024
# The Federal Supreme Court found seven years after a purchase too long (BGE 149 IV 1); nothing lasts longer than this.
LONGEST_EXTENSION = timedelta(days=3 * 365)
PARTIES = frozenset({"", "consumers", "businesses"})
LIST, NUMBER = "list", "number"


class Subject(NamedTuple):
    """What a ground is for: all rows of a list (its id), or one number (E.164)."""

    kind: str  # list, number
    id: str


@dataclass(frozen=True)
class Evidence:
    """A proof file as it was handed in."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Attestation:
    """What somebody states. Which fields are needed depends on the kind; see `attest`."""

    kind: str
    as_of: datetime
    source: str  # which directory, what relationship, by which channel
    words: str = ""  # the text that was consented to; or what else proves it
    stated_by: str = ""  # who looked it up or took the consent
    party: str = ""
    evidence: Evidence | None = None
    expires_at: datetime | None = None
    extension_reason: str = ""


def attest(session: Session, subject: Subject, said: Attestation, by: str, now: datetime) -> LawfulGround:
    """Keep a ground with its evidence. `by` is the id of the user who attests it.

    - listed without a star: when (`as_of`), in which directory (`source`), who looked (`stated_by`)
    - business relationship, presumed consent: its kind (`source`), the last contact (`as_of`)
    - consent: when (`as_of`), by which channel (`source`), to what (`words`), with a proof file

    For all rows of a list, there is also a proof file, or words of what proves it.

    Raises:
        Invalid: something is missing, or out of range.
    """
    _check(subject, said, now)
    evidence_hash = _keep_evidence(session, said.evidence, by, now) if said.evidence is not None else ""
    ground = LawfulGround(
        id=new_id("ground"),
        subject_kind=subject.kind,
        subject=subject.id,
        kind=said.kind,
        party=said.party,
        as_of=said.as_of,
        source=said.source.strip(),
        words=said.words.strip(),
        stated_by=said.stated_by.strip(),
        evidence_hash=evidence_hash,
        expires_at=said.expires_at,
        extension_reason=said.extension_reason.strip(),
        attested_at=now,
        attested_by=by,
    )
    session.add(ground)
    session.flush()
    return ground


def revoke(session: Session, ground_id: str, reason: str, by: str, now: datetime) -> LawfulGround:
    """A ground no longer holds, from the next look on. It stays on record.

    Raises:
        NotFound: there is no such ground.
        Conflict: it is revoked already.
        Invalid: no reason is given.
    """
    ground = session.get(LawfulGround, ground_id, with_for_update=True, populate_existing=True)
    if ground is None:
        raise NotFound("There is no such ground.")
    if ground.revoked_at is not None:
        raise Conflict("This ground is revoked already.")
    if not reason.strip():
        raise Invalid("Say why the ground no longer holds.")
    ground.revoked_at, ground.revoked_by, ground.revoked_reason = now, by, reason.strip()[:500]
    return ground


# Made once: making it costs as much as sending it. The ids of each kind come under its name.
_ATTESTED = (
    select(LawfulGround)
    .where(
        or_(
            *(
                and_(
                    LawfulGround.subject_kind == kind,
                    is_one_of(LawfulGround.subject, bindparam(kind, type_=TextArray)),
                )
                for kind in (LIST, NUMBER)
            )
        ),
        or_(
            LawfulGround.revoked_at.is_(None),
            LawfulGround.revoked_at > bindparam("now", type_=UtcDateTime),
        ),
    )
    .order_by(LawfulGround.id)
)


def grounds_of(session: Session, subjects: Collection[Subject], now: datetime) -> dict[Subject, list[LawfulGround]]:
    """What has been attested for each subject and not been revoked, in one query; whether it holds is for the rules."""
    found: dict[Subject, list[LawfulGround]] = {subject: [] for subject in subjects}
    if not subjects:
        return found
    for row in session.scalars(_ATTESTED, {**_ids_by_kind(subjects), "now": now}):
        found[Subject(row.subject_kind, row.subject)].append(row)
    return found


def lists_without_ground(session: Session, list_ids: Collection[str], now: datetime) -> list[str]:
    """Those lists for which no ground that may still hold was attested as a whole; single rows may have their own."""
    found = grounds_of(session, [Subject(LIST, list_id) for list_id in list_ids], now)
    return [
        subject.id
        for subject, grounds in found.items()
        if not any(ground.expires_at is None or ground.expires_at > now for ground in grounds)
    ]


def subjects_with_ground(subject_kind: str, accepts: Mapping[str, int], now: datetime) -> Select[str]:
    """The lists or numbers for which a ground holds, to be asked for in one query: by kinds of ground and their days.

    `accepts` is what `rules.accepted_grounds` says of a country.
    """
    holding = [
        and_(
            LawfulGround.kind == kind,
            or_(LawfulGround.extension_reason != "", LawfulGround.as_of > now - timedelta(days=days or 100_000)),
        )
        for kind, days in accepts.items()
    ]
    return select(LawfulGround.subject).where(
        LawfulGround.subject_kind == subject_kind,
        LawfulGround.revoked_at.is_(None),
        LawfulGround.as_of <= now,
        or_(LawfulGround.expires_at.is_(None), LawfulGround.expires_at > now),
        or_(false(), *holding),
    )


def held(ground: LawfulGround) -> HeldGround:
    """The ground as the gate's facts keep it."""
    return HeldGround(ground.id, ground.kind, ground.as_of, ground.expires_at, bool(ground.extension_reason))


def party_of(grounds: Iterable[LawfulGround]) -> str:
    """Consumers or businesses, as the latest ground that speaks of it says; empty when none does, or they disagree."""
    said = {ground.party for ground in grounds if ground.party}
    return said.pop() if len(said) == 1 else ""


def history_of(session: Session, subject: Subject) -> list[LawfulGround]:
    """All that was ever attested for a subject, the newest first."""
    query = select(LawfulGround).where(LawfulGround.subject_kind == subject.kind, LawfulGround.subject == subject.id)
    return list(session.scalars(query.order_by(LawfulGround.id.desc())))


def carry_over(session: Session, from_list: str, to_lists: Collection[str], now: datetime) -> None:
    """Let lists that were split off keep the grounds of the list that their rows came from."""
    for ground in grounds_of(session, [Subject(LIST, from_list)], now)[Subject(LIST, from_list)]:
        said = {column.key: getattr(ground, column.key) for column in LawfulGround.__table__.columns}
        for list_id in to_lists:
            session.add(LawfulGround(**{**said, "id": new_id("ground"), "subject": list_id}))
    session.flush()


def _ids_by_kind(subjects: Collection[Subject]) -> Mapping[str, list[str]]:
    ids: dict[str, list[str]] = {LIST: [], NUMBER: []}
    for kind, subject in subjects:
        ids[kind].append(subject)
    return ids


def _check(subject: Subject, said: Attestation, now: datetime) -> None:
    if subject.kind not in {LIST, NUMBER} or not subject.id:
        raise Invalid("A ground is for a list or for a number.")
    if said.kind not in GROUND_KINDS:
        raise Invalid("The ground is one of: %(choices)s.", choices=", ".join(sorted(GROUND_KINDS)))
    if said.party not in PARTIES:
        raise Invalid("Say consumers or businesses, or nothing.")
    if said.as_of.tzinfo is None or said.as_of > now:
        raise Invalid("Say when it was checked or given: a moment that has passed.")
    if len(said.source.strip()) < 3 or len(said.source) > 300:
        raise Invalid("Say in which directory, what relationship, or by which channel.")
    if said.kind == "listed_without_star" and not said.stated_by.strip():
        raise Invalid("Say who looked into the directory.")
    if said.kind == "consent" and (not said.words.strip() or said.evidence is None):
        raise Invalid("Consent needs the text that was agreed to and a file that proves it.")
    if subject.kind == LIST and said.evidence is None and len(said.words.strip()) < 20:
        raise Invalid("Add a file that proves it for the whole list, or say in a sentence what does.")
    _check_expiry(said, now)


def _check_expiry(said: Attestation, now: datetime) -> None:
    if said.extension_reason.strip() and said.expires_at is None:
        raise Invalid("Say until when the ground lasts for this reason.")
    if said.expires_at is None:
        return
    if said.expires_at.tzinfo is None or said.expires_at <= now:
        raise Invalid("The ground ends at a moment that is still to come.")
    if said.extension_reason.strip() and said.expires_at > said.as_of + LONGEST_EXTENSION:
        raise Invalid("No reason makes a ground last longer than three years after the last contact.")


def _keep_evidence(session: Session, evidence: Evidence, by: str, now: datetime) -> str:
    if not evidence.content or len(evidence.content) > LARGEST_EVIDENCE:
        raise Invalid("A proof file has between 1 byte and 10 MB.")
    content_hash = hashlib.sha256(evidence.content).hexdigest()
    row = {
        "content_hash": content_hash,
        "name": evidence.name[:300] or "proof",
        "size": len(evidence.content),
        "content": evidence.content,
        "added_at": now,
        "added_by": by,
    }
    insert_unless_known(session, EvidenceFile, [row], ["content_hash"])
    return content_hash
